"""What this app adds to the navigation."""

from __future__ import annotations

from agents.navigation import TARGETS, TODAY, NavEntry
from agents.roles import Can

OWN = (
    NavEntry("Hôm nay", "home", Can.SEE_ALARMS, 10, TODAY, covers=("can-xu-ly",)),
    # Office staff come to the letters from the board and have no entry of their own for them.
    NavEntry("Chuyên quản", "officers:board", Can.WATCH_COMMUNES, 15, TODAY, covers=("thu-thang",)),
    NavEntry("Thư tháng", "letters:letters", Can.WORK_FOR_AN_AGENT, 125, TARGETS),
    NavEntry("Chỉ tiêu", "targets:grid", Can.SEE_TARGET_DECISIONS, 90, TARGETS),
    NavEntry("Báo cáo", "reports:index", Can.SEE_REPORTS, 120, TARGETS),
)
THUMB = (NavEntry("Hôm nay", "home", Can.RECORD_RECEIPTS, 10, TODAY, "house"),)
LINKS = {
    "board": "officers:board",
    "target_history": "targets:history",
    "letter_to_agent": "letters:agent",
    "letter_to_commune": "letters:commune",
}
"""Pages that templates of the apps below lead to."""
