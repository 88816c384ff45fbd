"""Early warnings: who is behind with a target while there is time to act, and why, in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from reports.progress.lines import TargetLine
from reports.progress.wording import estimate


@dataclass(frozen=True, slots=True)
class EarlyWarning:
    """A line that needs somebody, with the reason, of which ``pace`` is the part that says what is
    missing to the year's end.

    The farther behind, the smaller the ``share`` of what today calls for.
    """

    line: TargetLine
    reason: str
    pace: str
    share: float


def warnings_of(lines: Iterable[TargetLine]) -> list[EarlyWarning]:
    """Lines below the share of what today calls for, or whose year-end stays below the target even
    at its best.
    """
    found = [
        EarlyWarning(line, _reason(line), line.still_to_come, _share(line))
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


def _reason(line: TargetLine) -> str:
    """“chậm 12 người so với mức cần đến nay; thiếu 32 người đến 31/12, khoảng 7 người mỗi
    tuần …”.
    """
    parts = []
    if line.progress.behind:
        behind = estimate(line.progress.behind, line.metric)
        parts.append(f"chậm {behind} so với mức cần đến nay")
    parts.append(line.still_to_come)
    best = line.forecast.high if line.forecast.high is not None else line.forecast.centre
    if _falls_short(line):
        parts.append(f"cuối năm dự báo cao nhất {estimate(best, line.metric)}, dưới chỉ tiêu")
    return "; ".join(part for part in parts if part)
