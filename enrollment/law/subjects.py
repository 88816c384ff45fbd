"""Subjects of the law's parameters, as a page of them is divided."""

from __future__ import annotations

from collections.abc import Mapping

from enrollment.law.keys import CPI

CONTRIBUTION = "Mức đóng và cách đóng"
SUPPORT = "Hỗ trợ của Nhà nước và địa phương"
PENSION = "Lương hưu"
OTHER_BENEFITS = "Một lần, tử tuất, thai sản, trợ cấp hằng tháng"
INDEXATION = "Hệ số điều chỉnh thu nhập theo năm"
SERVICE = "Phục vụ"
SUBJECTS: Mapping[str, tuple[str, ...]] = {
    CONTRIBUTION: (),
    SUPPORT: ("state_support", "local_support"),
    PENSION: ("pension.", "odd_months.", "retirement_age", "early_pension"),
    OTHER_BENEFITS: (
        "one_off.",
        "survivor.",
        "funeral.",
        "maternity.",
        "social_pension",
        "allowance.",
    ),
    INDEXATION: (CPI,),
    SERVICE: ("service.",),
}
"""Each subject with the beginnings of its keys; what no other one names is about contributions."""
FOLDED = {OTHER_BENEFITS, INDEXATION}
"""Subjects that few look for, or of many parameters alike."""


def subject_of(key: str) -> str:
    """The subject of a parameter."""
    return next(
        (subject for subject, starts in SUBJECTS.items() if starts and key.startswith(starts)),
        CONTRIBUTION,
    )
