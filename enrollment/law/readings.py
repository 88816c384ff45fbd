"""Where the law may be read in two ways, an office chooses (docs/rules.md 4.7): the five
settings.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from enrollment.law.refusals import LawRefused

AT_PAYMENT, MONTH_BY_MONTH, AS_REGISTERED = "at_payment", "month_by_month", "as_registered"

READINGS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "paid_after_change": (
        "Nộp trong hạn sau khi tham số thay đổi",
        {
            AT_PAYMENT: "theo tham số của ngày nộp cho cả kỳ",
            MONTH_BY_MONTH: "theo tham số của từng tháng trong kỳ",
            AS_REGISTERED: "theo tham số của tháng đầu kỳ, khi đăng ký",
        },
    ),
    "miss_support": (
        "NSNN hỗ trợ những tháng còn thiếu",
        {"no": "không hỗ trợ", "yes": "có hỗ trợ"},
    ),
    "back_payment": (
        "Đóng bù từ ngày 01/07/2025",
        {"refused": "không nhận", "allowed": "nhận, có tính lãi gộp"},
    ),
    "off_step": (
        "Mức thu nhập không theo bước 50.000 đ từ ngày 01/07/2025",
        {"warn": "nhận và cảnh báo", "refuse": "không nhận"},
    ),
    "miss_counts_toward_120": (
        "Những tháng còn thiếu tính vào số tháng được hỗ trợ tối đa",
        {"no": "không tính", "yes": "có tính"},
    ),
}
"""Setting → its Vietnamese name and its choices with their Vietnamese descriptions; the first
choice is the default.
"""


@dataclass(frozen=True, slots=True)
class Readings:
    """The office's choice for each unsettled question. :class:`LawRefused` for a choice that does
    not exist.
    """

    paid_after_change: str = AT_PAYMENT
    miss_support: str = "no"
    back_payment: str = "refused"
    off_step: str = "warn"
    miss_counts_toward_120: str = "no"

    def __post_init__(self) -> None:
        for name, (label, choices) in READINGS.items():
            if getattr(self, name) not in choices:
                raise LawRefused(
                    name, f"{label}: không có cách hiểu này; hãy chọn {', '.join(choices)}."
                )

    def as_dict(self) -> dict[str, str]:
        """For storage; ``Readings(**stored)`` gives the same back."""
        return {name: getattr(self, name) for name in READINGS}

    def described(self, name: str) -> str:
        """``Đóng bù từ ngày 01/07/2025: không nhận``."""
        label, choices = READINGS[name]
        return f"{label}: {choices[getattr(self, name)]}"


DEFAULT = Readings()
"""The readings of an office that chose nothing."""
