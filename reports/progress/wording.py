"""Figures of targets in words."""

from __future__ import annotations

from agents.models import Metric
from thaithuy_bhxh.figures import decimal_in_words, dots

LABELS = {
    Metric.ACTIVE: "Đang tham gia",
    Metric.NEW: "Tăng mới",
    Metric.COLLECTED: "Tiền thu (đồng)",
}

WEEK = 5
"""Working days of a week."""


def figure(value: int | None, metric: str) -> str:
    """“1.234 người” or “1.234.567 đ”; nothing for unknown."""
    if value is None:
        return ""
    return dots(value) + (" đ" if metric == Metric.COLLECTED else " người")


def estimate(value: int | None, metric: str) -> str:
    """“13.697 triệu đ” or “600 người”: forecasts and rates of money are rounded to
    millions of đồng.
    """
    if value is None or metric != Metric.COLLECTED or value < 1_000_000:
        return figure(value, metric)
    return f"{dots((value + 500_000) // 1_000_000)} triệu đ"


def rate(value: str | int | None, metric: str) -> str:
    """“1,20 người” or “164 triệu đ” of a working day."""
    return f"{decimal_in_words(value)} người" if isinstance(value, str) else estimate(value, metric)


def still_to_come(missing: int, days: int, metric: str) -> str:
    """“thiếu 32 người đến 31/12, khoảng 7 người mỗi tuần (còn 24 ngày làm việc)”: whole persons and
    days; no weekly part where fewer than one a week is enough, or for the last days.
    """
    text = f"thiếu {estimate(missing, metric)} đến 31/12"
    if not days:
        return text
    a_week = -(-missing * WEEK // days)
    left = f" (còn {days} ngày làm việc)"
    if days <= WEEK or missing * WEEK < days:
        return text + left
    return f"{text}, khoảng {estimate(a_week, metric)} mỗi tuần{left}"
