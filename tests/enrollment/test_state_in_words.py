"""The word for somebody who does not participate now: waiting, paused, or gone for long."""

from __future__ import annotations

from datetime import date

import pytest

from enrollment.models import Participant
from enrollment.person_status import status_of
from thaithuy_bhxh.months import Month

TODAY = date(2026, 11, 30)


@pytest.mark.parametrize(
    ("active_to", "due_on", "word", "tone"),
    [
        # A monthly payer of October may pay November without a gap until its last day.
        (Month(2026, 10), date(2026, 11, 30), "Chờ đóng kỳ này", "warn"),
        (Month(2026, 10), date(2026, 11, 29), "Gián đoạn", "bad"),
        (Month(2025, 11), date(2025, 11, 30), "Gián đoạn", "bad"),
        # Without participation since November 2025: twelve months.
        (Month(2025, 10), date(2025, 10, 31), "Nghỉ từ 2025", "quiet"),
        (Month(2017, 1), date(2017, 8, 31), "Nghỉ từ 2017", "quiet"),
    ],
)
def test_a_gap_is_urgent_only_while_it_is_fresh(
    active_to: Month, due_on: date, word: str, tone: str
) -> None:
    person = Participant(active_to=active_to, covered_to=active_to, due_on=due_on)
    found = status_of(person, TODAY)
    assert (found.code, found.word, found.tone) == ("gian-doan", word, tone)
