"""How promising somebody is, in points that the office weighs, and why, in words (docs/rules.md
9.1).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import Case, Exists, Expression, F, IntegerField, OuterRef, Q, Value, When
from django.db.models.functions import Coalesce

from agents.office_settings import Definition, define, office_setting
from enrollment.models import (
    Participant,
    Prospect,
    ProspectQuerySet,
    SupportStatus,
    VisitOutcome,
)
from enrollment.models.participants import SupportGroup
from thaithuy_bhxh.terms import holding_on


def _weight(key: str, what: str, default: int) -> str:
    meaning = "Điểm càng cao thì người như vậy càng đứng trên trong danh sách tiềm năng."
    return define(
        Definition(f"promise_{key}", f"Điểm triển vọng: {what}", meaning, "điểm", default, most=100)
    )


AGREED = _weight("agreed", "đã đồng ý tham gia", 40)
HOUSEHOLD = _weight("household", "hộ có người đang hoặc đã tham gia", 20)
POOR = _weight("poor", "hộ nghèo, cận nghèo", 15)
FULL_YEARS = _weight("full_years", "còn đủ 15 năm đóng trước tuổi nghỉ hưu", 15)
PHONE = _weight("phone", "có số điện thoại", 5)
YEARS = 15
"""Of contributions, for a pension (Law 41/2024 Art. 98)."""
_RETIRE = {"male": 62, "female": 60}
"""The ages that the Labour Code's path leads to; whoever reaches them earlier has the years too."""


@dataclass(frozen=True, slots=True)
class PromiseReason:
    """One reason: the points and the words."""

    points: int
    words: str


def with_promise(prospects: ProspectQuerySet, day: date) -> ProspectQuerySet:
    """The prospects with ``promise`` (points) and the facts that explain it."""
    outcomes = VisitOutcome.objects.filter(prospect=OuterRef("pk"), outcome="agreed")
    member = Participant.objects.filter(household=OuterRef("household"), first_active__isnull=False)
    statuses = SupportStatus.objects.filter(
        holding_on(day), household=OuterRef("household"), household__isnull=False
    )
    found = prospects.annotate(
        has_member=Exists(member),
        has_agreed=Exists(outcomes),
        is_poor=Exists(statuses.filter(group=SupportGroup.POOR)),
        is_near_poor=Exists(statuses.filter(group=SupportGroup.NEAR_POOR)),
        has_years=_has_years(day),
    )
    return found.annotate(
        promise=_points("has_member", HOUSEHOLD)
        + _points("has_agreed", AGREED)
        + _points("has_years", FULL_YEARS)
        + Case(
            When(Q(is_poor=True) | Q(is_near_poor=True), then=Value(office_setting(POOR))),
            default=Value(0),
        )
        + Case(When(phone="", then=Value(0)), default=Value(office_setting(PHONE)))
        + Coalesce(F("group__weight"), Value(0))
    )


def _has_years(day: date) -> Case:
    within = Q()
    for sex, age in _RETIRE.items():
        within |= Q(sex=sex, birth_year__gte=day.year - age + YEARS)
    return Case(When(within, then=Value(True)), default=Value(False))


def _points(fact: str, key: str) -> Expression:
    return Case(
        When(**{fact: True}, then=Value(office_setting(key))),
        default=Value(0),
        output_field=IntegerField(),
    )


def reasons_of(prospect: Prospect, day: date) -> list[PromiseReason]:
    """Why somebody read by :func:`with_promise` is promising, the weightiest first."""
    return sorted(_reasons(prospect, day), key=lambda one: -one.points)


def _reasons(one: Prospect, day: date) -> Iterator[PromiseReason]:
    facts = vars(one)
    if facts["has_agreed"]:
        yield PromiseReason(office_setting(AGREED), "đã đồng ý tham gia")
    if facts["has_member"]:
        yield PromiseReason(office_setting(HOUSEHOLD), "hộ có người tham gia")
    if facts["is_poor"]:
        yield PromiseReason(office_setting(POOR), "hộ nghèo: Nhà nước hỗ trợ nhiều nhất")
    elif facts["is_near_poor"]:
        yield PromiseReason(office_setting(POOR), "hộ cận nghèo: Nhà nước hỗ trợ thêm")
    if facts["has_years"] and one.birth_year:
        age = day.year - one.birth_year
        yield PromiseReason(
            office_setting(FULL_YEARS), f"{age} tuổi: đủ 15 năm trước tuổi nghỉ hưu"
        )
    if one.group:
        yield PromiseReason(one.group.weight, one.group.name.lower())
    if one.phone:
        yield PromiseReason(office_setting(PHONE), "có số điện thoại")


def in_words(reasons: list[PromiseReason]) -> str:
    """“hộ có người tham gia; 41 tuổi: đủ 15 năm trước tuổi nghỉ hưu”."""
    return "; ".join(one.words for one in reasons)
