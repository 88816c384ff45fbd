"""Figures of targets in words."""

from __future__ import annotations

from agents.models import Metric
from thaithuy_bhxh.figures import decimal_in_words, dots

LABELS = {
    Metric.ACTIVE: "Đang tham gia",
    Metric.NEW: "Tăng mới",
    Metric.COLLECTED: "Tiền thu (đồng)",
}


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
