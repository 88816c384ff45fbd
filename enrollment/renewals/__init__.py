"""Calls to those whose payment is due (docs/rules.md 9.3)."""
