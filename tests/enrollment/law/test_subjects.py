"""Each parameter of the law belongs to one subject of its page."""

from __future__ import annotations

from enrollment.law import LABELS
from enrollment.law.subjects import (
    CONTRIBUTION,
    INDEXATION,
    OTHER_BENEFITS,
    PENSION,
    SERVICE,
    SUBJECTS,
    SUPPORT,
    subject_of,
)


def test_every_parameter_has_a_subject_and_every_subject_parameters() -> None:
    assert {subject_of(key) for key in LABELS} == set(SUBJECTS)


def test_a_parameter_stands_where_somebody_looks_for_it() -> None:
    known = {
        "contribution_rate": CONTRIBUTION,
        "payment_window_months.6": CONTRIBUTION,
        "state_support_pct.poor": SUPPORT,
        "state_support_max_months": SUPPORT,
        "early_pension_age_months.male": PENSION,
        "social_pension_age_months": OTHER_BENEFITS,
        "cpi_coefficient.2020": INDEXATION,
        "service.answer_working_days": SERVICE,
    }
    assert {key: subject_of(key) for key in known} == known
