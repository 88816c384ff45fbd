"""Who may join, visits to them, conferences (docs/rules.md 9)."""
