"""The sentence at the top of the office's home page: what the year still asks for, and in how many
working days.
"""

from __future__ import annotations

from reports.progress.lines import TargetLine
from thaithuy_bhxh.figures import dots


def headline(active: TargetLine, new: TargetLine) -> str:
    """The two targets of people in one sentence; money has its own figure below it."""
    if active.target is None and new.target is None:
        return "Chưa giao chỉ tiêu năm nay."
    lacking = [
        f"{dots(line.progress.missing)} {what}"
        for line, what in ((new, "người mới"), (active, "người đang tham gia"))
        if line.progress.missing
    ]
    if not lacking:
        return "Đã đạt chỉ tiêu người mới và người đang tham gia của cả năm."
    time = f"trong {new.days_left} ngày làm việc" if new.days_left else "khi năm đã hết"
    done = _done(active, new) if len(lacking) == 1 else ""
    return f"{done}{'còn' if done else 'Còn'} thiếu {' và '.join(lacking)} {time}."


def _done(active: TargetLine, new: TargetLine) -> str:
    if active.progress.reached:
        return "Đủ người đang tham gia, nhưng "
    return "Đủ người mới, nhưng " if new.progress.reached else ""
