"""The sentence at the top of the office's home page."""

from __future__ import annotations

from typing import Any

import pytest

from agents.models import Metric
from reports.home.headline import headline
from reports.progress.forecast import Forecast
from reports.progress.lines import TargetLine
from reports.progress.pace import Progress


def line(metric: Metric, done: int, target: int | None, days_left: int = 23) -> TargetLine:
    empty: Any = Forecast(None, None, None)
    return TargetLine(
        code="district",
        name="",
        metric=metric,
        first=None,
        revision_no=None,
        decision_no=None,
        progress=Progress(done, target, target),
        needed=None,
        forecast=empty,
        before=0,
        levels=None,
        base=0,
        days_left=days_left,
    )


@pytest.mark.parametrize(
    ("active", "new", "said"),
    [
        (
            (4494, 4530),
            (539, 640),
            "Còn thiếu 101 người mới và 36 người đang tham gia trong 23 ngày làm việc.",
        ),
        (
            (4530, 4530),
            (541, 640),
            "Đủ người đang tham gia, nhưng còn thiếu 99 người mới trong 23 ngày làm việc.",
        ),
        (
            (3000, 4530),
            (640, 640),
            "Đủ người mới, nhưng còn thiếu 1.530 người đang tham gia trong 23 ngày làm việc.",
        ),
        (
            (5000, 4530),
            (700, 640),
            "Đã đạt chỉ tiêu người mới và người đang tham gia của cả năm.",
        ),
        ((5000, None), (600, 640), "Còn thiếu 40 người mới trong 23 ngày làm việc."),
        ((5000, None), (600, None), "Chưa giao chỉ tiêu năm nay."),
    ],
)
def test_the_headline_says_what_is_missing_and_how_many_days_are_left(
    active: tuple[int, int | None], new: tuple[int, int | None], said: str
) -> None:
    assert headline(line(Metric.ACTIVE, *active), line(Metric.NEW, *new)) == said


def test_after_the_last_working_day_no_days_are_named() -> None:
    found = headline(line(Metric.ACTIVE, 1, 1, 0), line(Metric.NEW, 1, 3, 0))
    assert found == "Đủ người đang tham gia, nhưng còn thiếu 2 người mới khi năm đã hết."
