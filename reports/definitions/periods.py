"""The months that a report is asked for, and months and days as its cells write them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from thaithuy_bhxh.clock import this_month
from thaithuy_bhxh.errors import Refused
from thaithuy_bhxh.months import Month

LONGEST = 240
"""Months that one report may span."""


@dataclass(frozen=True, slots=True)
class Months:
    """From the first to the last month, both included."""

    first: Month
    last: Month

    @classmethod
    def checked(cls, first: Month, last: Month) -> Months:
        """The months, or :class:`Refused` with the field and a sentence."""
        refuse_backwards(first, last)
        if last - first >= LONGEST:
            raise Refused(f"Kỳ báo cáo dài nhất là {LONGEST} tháng.", "last")
        return cls(first, last)

    @property
    def parameters(self) -> dict[str, Any]:
        """As data repeat them."""
        return {"from": str(self.first), "to": str(self.last)}


def refuse_backwards(first: Month, last: Month) -> None:
    """:class:`Refused` when the last month stands before the first."""
    if last < first:
        raise Refused(f"Tháng cuối {last.vi} đứng trước tháng đầu {first.vi}; hãy đổi lại.", "last")


def usual_months(*, running: bool) -> Months:
    """What is shown when nobody asks: from January to the last whole month, or to the running one
    where the work of today is followed.
    """
    last = this_month() if running else this_month() - 1
    return Months(Month(last.year, 1), last)


def about_months_to_come(last: Month) -> list[str]:
    """A sentence when the period reaches beyond the running month: it says less than it will."""
    if last <= this_month():
        return []
    return [
        f"Kỳ này gồm tháng chưa tới (đến {last.vi}): số liệu chỉ gồm những gì đã ghi đến hôm nay."
    ]


def span_in_words(first: Month, last: Month) -> str:
    """“tháng 02/2021” or “từ 01/2021 đến 02/2021”."""
    return f"tháng {first.vi}" if first == last else f"từ {first.vi} đến {last.vi}"


def day_in_words(day: date | None) -> str | None:
    """dd/mm/yyyy; ``None`` for unknown."""
    return f"{day:%d/%m/%Y}" if day else None
