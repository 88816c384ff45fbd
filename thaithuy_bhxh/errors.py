"""Refusals that people read: one Vietnamese sentence, and the field that it is about."""

from __future__ import annotations


class Refused(Exception):
    """An operation that was not done, and why. ``field`` is the form field's name, empty for the whole form."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.field = field


class EditConflict(Refused):
    """Somebody else changed the record since the form was opened; nothing was changed by this attempt."""
