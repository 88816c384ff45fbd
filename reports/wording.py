"""Figures of targets in words."""

from __future__ import annotations

from agents.models import Metric

LABELS = {Metric.ACTIVE: "Đang tham gia", Metric.NEW: "Tăng mới", Metric.COLLECTED: "Tiền thu (đồng)"}


def figure(value: int | None, metric: str) -> str:
    """“1.234 người” or “1.234.567 đ”; nothing for unknown."""
    if value is None:
        return ""
    return f"{value:,}".replace(",", ".") + (" đ" if metric == Metric.COLLECTED else " người")


def rate(value: str | int | None, metric: str) -> str:
    """“1,20 người” or “164 triệu đ” of a working day: a pace is an estimate, and is not told to the đồng."""
    if isinstance(value, str):
        return f"{value.replace('.', ',')} người"
    if value is None or metric != Metric.COLLECTED or value < 1_000_000:
        return figure(value, metric)
    if value < 999_500_000:
        return f"{(value + 500_000) // 1_000_000} triệu đ"
    hundredths = (value + 5_000_000) // 10_000_000
    return f"{figure(hundredths // 100, '').removesuffix(' người')},{hundredths % 100:02d} tỷ đ"
