"""Refusals that people read: one Vietnamese sentence, and the field that it is about."""

from __future__ import annotations

from collections.abc import Sequence


class Refused(Exception):
    """An operation that was not done, and why. ``field`` is the form field's name, empty for the
    whole form.
    """

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.field = field


class EditConflict(Refused):
    """Somebody else changed the same ``fields`` since the form was opened; nothing was changed by
    this attempt.
    """

    def __init__(self, message: str, fields: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.fields = tuple(fields)
