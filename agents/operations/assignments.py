"""Who follows a commune: assigning and handing over the account officer and the leader in charge."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction
from django.db.models import Q

from agents import audit
from agents.access import require_role
from agents.models import Commune, CommuneAssignment, Role, User
from agents.operations.saving import assign, locked, store
from thaithuy_bhxh.errors import Refused

Kind = CommuneAssignment.Kind

HOLDERS = {Kind.OFFICER: (Role.OFFICER,), Kind.LEADER: (Role.MANAGER,)}
"""Roles that can be in charge: officers follow a commune, managers stand behind it."""


def do_assign_commune(
    *, actor: User, kind: str, commune: Commune, user: User, valid_from: date, valid_to: date | None = None
) -> CommuneAssignment:
    """Put a person in charge of a commune from a day on; whoever was, is until the day before.

    A hand-over on the very first day of a term replaces the person of that term. The term ends at ``valid_to``, at
    the latest with the commune itself or before the next term that is planned already.
    """
    require_role(actor, Role.MANAGER)
    return assign_commune(actor, kind, commune, user, valid_from, valid_to)


def assign_commune(
    actor: User | None, kind: str, commune: Commune, user: User, valid_from: date, valid_to: date | None = None
) -> CommuneAssignment:
    """The same without asking for a role: for operations that asked already."""
    with transaction.atomic():
        unit = locked(commune)
        _refuse_holder(kind, user)
        _refuse_day(unit, valid_from, valid_to)
        terms = CommuneAssignment.objects.select_for_update(of=("self",)).filter(kind=kind, commune=unit)
        terms = terms.select_related("user")
        former = terms.valid_on(valid_from).first()
        if former and former.user_id == user.pk:
            raise Refused(f"{user} đã phụ trách {unit.label} từ {former.valid_from:%d/%m/%Y}.", "user")
        following = terms.filter(valid_from__gt=valid_from).order_by("valid_from").first()
        ends = (valid_to, unit.valid_to, following.valid_from - timedelta(days=1) if following else None)
        if former and former.valid_from == valid_from:
            row = former
        else:
            row = CommuneAssignment(kind=kind, commune=unit, valid_from=valid_from)
            _end_before(former, valid_from)
        replaced = former.user if former else None
        row.user, row.valid_to = user, min((day for day in ends if day), default=None)
        store(row, taken="Người khác vừa giao địa bàn này; hãy tải lại trang.", field="valid_from")
        _record(actor, row, replaced)
    return row


def do_end_assignment(*, actor: User, assignment: CommuneAssignment, valid_to: date) -> CommuneAssignment:
    """Set the last day of a term without a successor: from then on the commune has nobody of this kind."""
    require_role(actor, Role.MANAGER)
    with transaction.atomic():
        unit = locked(assignment.commune)
        row = locked(assignment)
        if valid_to < row.valid_from:
            raise Refused(f"Ngày cuối không được trước ngày được giao {row.valid_from:%d/%m/%Y}.", "valid_to")
        if row.valid_to and valid_to > row.valid_to:
            raise Refused(f"Việc giao này đã kết thúc ngày {row.valid_to:%d/%m/%Y}.", "valid_to")
        changes = assign(row, valid_to=valid_to)
        if changes:
            store(row)
            audit.record(
                actor=actor, action="assignment.end", on=unit, changes=changes,
                summary=f"{row.get_kind_display()} {row.user}: thôi phụ trách sau {valid_to:%d/%m/%Y}",
            )  # fmt: skip
    return row


def _end_before(former: CommuneAssignment | None, day: date) -> None:
    if former:
        former.valid_to = day - timedelta(days=1)
        store(former)


def _record(actor: User | None, row: CommuneAssignment, replaced: User | None) -> None:
    after = f"{row.get_kind_display()}: {row.user} từ {row.valid_from:%d/%m/%Y}"
    before = f", thay {replaced}" if replaced else ""
    audit.record(
        actor=actor, action="assignment.add", on=row.commune, summary=after + before,
        changes={
            "kind": row.kind, "valid_from": row.valid_from, "valid_to": row.valid_to,
            "user": [replaced, row.user],
        },
    )  # fmt: skip


def _refuse_holder(kind: str, user: User) -> None:
    if kind not in Kind.values:
        raise Refused("Hãy chọn chuyên quản thu hoặc lãnh đạo phụ trách.", "kind")
    if not user.is_active:
        raise Refused(f"Tài khoản của {user} đã ngừng dùng.", "user")
    if not user.has_role(*HOLDERS[Kind(kind)]):
        wanted = " hoặc ".join(role.label.lower() for role in HOLDERS[Kind(kind)])
        raise Refused(f"{user} không phải {wanted}.", "user")


def _refuse_day(commune: Commune, first: date, last: date | None) -> None:
    if commune.valid_from > first or (commune.valid_to and commune.valid_to < first):
        raise Refused(f"{commune.label.capitalize()} không có vào ngày {first:%d/%m/%Y}.", "valid_from")
    if last and last < first:
        raise Refused("Ngày cuối không được trước ngày đầu.", "valid_to")


def open_terms_of(user: User, day: date) -> int:
    """How many communes this person is in charge of on a day or later."""
    held = CommuneAssignment.objects.filter(user=user).filter(Q(valid_to__isnull=True) | Q(valid_to__gte=day))
    return held.count()
