"""The letterhead of a printed receipt."""

from __future__ import annotations

from datetime import date

from agents.models import OfficeProfile


def office_on(day: date) -> OfficeProfile | None:
    """The office as it was called on a day; ``None`` while nobody has entered its name."""
    return OfficeProfile.objects.on(day)
