"""The head and foot of an office's sheets, by the office's particulars of the day (Decree
30/2020).
"""

from __future__ import annotations

from datetime import date

from agents.querysets import office_on
from reports.renderers.xlsx import Letterhead


def letterhead(day: date) -> Letterhead:
    """Names, place and date line for a sheet printed on this day."""
    office = office_on(day)
    if office is None:
        return Letterhead(parent="", office="", place="", day=day, chief_title="Giám đốc")
    return Letterhead(
        parent=office.parent_name,
        office=office.name,
        place=office.place,
        day=day,
        chief_title=office.chief_title,
    )
