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
    """“1,20 người” or “1.234.567 đ” of a working day."""
    if isinstance(value, str):
        return f"{value.replace('.', ',')} người"
    return figure(value, metric)
