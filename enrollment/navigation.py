"""What this app adds to the navigation."""

from __future__ import annotations

from agents.navigation import ADMINISTRATION, PEOPLE, NavEntry
from agents.roles import Can

OWN = (
    NavEntry("Người tham gia", "enrollment:participants", Can.SEE_PEOPLE, 20, PEOPLE),
    NavEntry("Biên lai", "enrollment:receipts", Can.SEE_PEOPLE, 30, PEOPLE),
    NavEntry("Vận động", "enrollment:potentials", Can.SEE_OUTREACH, 35, PEOPLE),
    NavEntry("Phản ánh", "enrollment:complaints", Can.SEE_COMPLAINTS, 100, PEOPLE),
    NavEntry("Nhập bảng kê", "enrollment:imports", Can.IMPORT_LISTS, 110, PEOPLE),
    NavEntry(
        "Tham số",
        "enrollment:parameters",
        Can.SEE_PARAMETERS,
        130,
        ADMINISTRATION,
        covers=("quan-tri",),
    ),
)
THUMB = (
    NavEntry("Người", "enrollment:participants", Can.RECORD_RECEIPTS, 20, PEOPLE, "users"),
    NavEntry(
        "Thu tiền",
        "enrollment:enroll",
        Can.RECORD_RECEIPTS,
        30,
        PEOPLE,
        "plus",
        steps=("enrollment:enroll_step",),
    ),
    NavEntry("Biên lai", "enrollment:receipts", Can.RECORD_RECEIPTS, 40, PEOPLE, "receipt-text"),
)
LINKS = {
    "search": "enrollment:participant_search",
    "people": "enrollment:participants",
    "end_collector": "enrollment:collector_end",
    "counsel": "counsel:page",
    "rating": "rating:find",
}
"""Pages that templates of the app below lead to."""
