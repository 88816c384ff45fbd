"""Paces in words."""

from __future__ import annotations

import pytest

from reports.progress.wording import rate


@pytest.mark.parametrize(
    ("value", "metric", "told"),
    [
        (164_043_280, "collected", "164 triệu đ"),
        (13_697_063_672, "collected", "13.697 triệu đ"),
        (999_600_000, "collected", "1.000 triệu đ"),
        (850_000, "collected", "850.000 đ"),
        ("1.20", "new", "1,20 người"),
        ("-0.01", "active", "−0,01 người"),
        (None, "collected", ""),
    ],
)
def test_a_pace_of_money_is_rounded_as_an_estimate(value, metric, told):
    assert rate(value, metric) == told
