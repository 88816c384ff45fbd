"""Early warnings: who is behind with a target while there is time to act, and why, in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from agents.models import Metric
from reports.progress.lines import TargetLine
from reports.progress.pace import achieved_per_day, half_up, two_decimals
from reports.progress.wording import estimate, figure, rate
from reports.progress.year_so_far import YearPoint
from thaithuy_bhxh.figures import decimal_in_words


@dataclass(frozen=True, slots=True)
class EarlyWarning:
    """A line that needs somebody, with the reason, of which ``pace`` is the part that says what to
    reach a day.

    The farther behind, the smaller the ``share`` of what today calls for.
    """

    line: TargetLine
    reason: str
    pace: str
    share: float


def warnings_of(lines: Iterable[TargetLine], point: YearPoint) -> list[EarlyWarning]:
    """Lines below the share of what today calls for, or whose year-end stays below the target even
    at its best.
    """
    found = [
        EarlyWarning(line, _reason(line, point), _pace(line, point), _share(line))
        for line in lines
        if _alarming(line)
    ]
    return sorted(found, key=lambda one: (one.share, one.line.code))


def _alarming(line: TargetLine) -> bool:
    return bool(line.target) and (line.progress.tone == "bad" or _falls_short(line))


def _falls_short(line: TargetLine) -> bool:
    best = line.forecast.high if line.forecast.high is not None else line.forecast.centre
    return line.target is not None and best is not None and best < line.target


def _share(line: TargetLine) -> float:
    expected = line.progress.expected
    return line.done / expected if expected else 1.0


def _reason(line: TargetLine, point: YearPoint) -> str:
    """“chậm 12 người so với mức cần đến nay; cần 1,20 người mỗi ngày làm việc, đang đạt
    0,50; …”.
    """
    parts = []
    if line.progress.behind:
        parts.append(f"chậm {figure(line.progress.behind, line.metric)} so với mức cần đến nay")
    parts.append(_pace(line, point))
    best = line.forecast.high if line.forecast.high is not None else line.forecast.centre
    if _falls_short(line):
        parts.append(f"cuối năm dự báo cao nhất {estimate(best, line.metric)}, dưới chỉ tiêu")
    return "; ".join(parts)


def _pace(line: TargetLine, point: YearPoint) -> str:
    if line.needed is None:
        return f"hết năm còn thiếu {figure((line.target or 0) - line.done, line.metric)}"
    done = line.done - line.base if line.metric == Metric.ACTIVE else line.done
    achieved = achieved_per_day(done, point.day, point.year)
    text = f"cần {rate(line.needed, line.metric)} mỗi ngày làm việc"
    if achieved is None:
        return text
    now = (
        estimate(half_up(achieved), line.metric)
        if line.is_money
        else decimal_in_words(two_decimals(achieved))
    )
    return f"{text}, đang đạt {now}"
