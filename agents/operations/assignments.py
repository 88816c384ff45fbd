"""Who follows a commune: assigning and handing over the account officer and the leader in
charge.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction

from agents import audit
from agents.access import require
from agents.models import Commune, CommuneAssignment, User
from agents.roles import Can
from thaithuy_bhxh.clock import today
from thaithuy_bhxh.errors import Refused
from thaithuy_bhxh.storing import assign, locked, store
from thaithuy_bhxh.terms import holds_on, lasting_to
from thaithuy_bhxh.text import paragraphs, upper_first

Kind = CommuneAssignment.Kind

HOLDERS = {Kind.OFFICER: Can.FOLLOW_COMMUNES, Kind.LEADER: Can.STAND_BEHIND_COMMUNES}
"""Who can be in charge: officers follow a commune, managers stand behind it."""
LONGEST_NOTE = 2000
HAND_OVER = "assignment.hand_over"
"""The action of a hand-over's audit rows; each names all communes that went together."""


def do_assign_commune(
    *,
    actor: User,
    kind: str,
    commune: Commune,
    user: User,
    valid_from: date,
    valid_to: date | None = None,
) -> CommuneAssignment:
    """Put a person in charge of a commune from a day on; the one before stays until the day before.

    A hand-over on the very first day of a term replaces the person of that term. The term ends at
    ``valid_to``, at the latest with the commune itself or before the next term that is planned
    already.
    """
    require(actor, Can.KEEP_COMMUNES)
    return assign_commune(actor, kind, commune, user, valid_from, valid_to)


def assign_commune(
    actor: User | None,
    kind: str,
    commune: Commune,
    user: User,
    valid_from: date,
    valid_to: date | None = None,
) -> CommuneAssignment:
    """The same without asking for a role: for operations that asked already."""
    with transaction.atomic():
        row, replaced = _put(kind, commune, user, valid_from, valid_to)
        _record(actor, row, replaced)
    return row


def _put(
    kind: str,
    commune: Commune,
    user: User,
    valid_from: date,
    valid_to: date | None,
    giver: User | None = None,
) -> tuple[CommuneAssignment, User | None]:
    """The new term and whom it replaces; with a ``giver``, nobody but the giver is replaced."""
    unit = locked(commune)
    _refuse_holder(kind, user)
    _refuse_day(unit, valid_from, valid_to)
    terms = CommuneAssignment.objects.select_for_update(of=("self",)).filter(
        kind=kind, commune=unit
    )
    terms = terms.select_related("user")
    former = terms.valid_on(valid_from).first()
    if giver and (former is None or former.user_id != giver.pk):
        raise Refused(
            f"{giver} không phụ trách {unit.label} vào ngày {valid_from:%d/%m/%Y}.", "communes"
        )
    if former and former.user_id == user.pk:
        raise Refused(f"{user} đã phụ trách {unit.label} từ {former.valid_from:%d/%m/%Y}.", "user")
    following = terms.filter(valid_from__gt=valid_from).order_by("valid_from").first()
    # What is handed over is the rest of the giver's term: nobody but a manager's own act makes it
    # longer.
    rest = former.valid_to if giver and former else None
    before_next = following.valid_from - timedelta(days=1) if following else None
    ends = (valid_to, unit.valid_to, rest, before_next)
    replaced = former.user if former else None
    row = _term_from(former, kind, unit, valid_from)
    row.user, row.valid_to = user, min((day for day in ends if day), default=None)
    store(row, taken="Người khác vừa giao địa bàn này; hãy tải lại trang.", field="valid_from")
    return row, replaced


def _term_from(
    former: CommuneAssignment | None, kind: str, unit: Commune, valid_from: date
) -> CommuneAssignment:
    """The row to write: the former term where it begins on this very day, else a new one before
    which the former ends.
    """
    if former and former.valid_from == valid_from:
        return former
    _end_before(former, valid_from)
    return CommuneAssignment(kind=kind, commune=unit, valid_from=valid_from)


def do_hand_over(
    *,
    actor: User,
    giver: User,
    taker: User,
    communes: Iterable[Commune],
    on: date,
    kind: str = Kind.OFFICER,
    note: str = "",
) -> list[CommuneAssignment]:
    """Hand communes over from one person in charge to another from a day on: all of them or none.

    The giver's terms end the day before; the taker's end where the giver's would have, at the
    latest before a term of somebody else that is planned already. Managers do it for anybody, an
    officer for the own communes from today on. Raises :class:`Refused`; then nothing is changed.
    """
    _refuse_handing(actor, giver, taker, on, kind)
    units = sorted({one.pk: one for one in communes}.values(), key=lambda one: one.pk)
    said = paragraphs(note)
    if not units:
        raise Refused("Hãy chọn ít nhất một xã để bàn giao.", "communes")
    if len(said) > LONGEST_NOTE:
        raise Refused(f"Nội dung bàn giao dài nhất {LONGEST_NOTE} ký tự.", "note")
    with transaction.atomic():
        rows = [_put(kind, unit, taker, on, None, giver)[0] for unit in units]
        for row in rows:
            _record_handing(actor, row, giver, [unit.pk for unit in units], said)
    return rows


def _refuse_handing(actor: User, giver: User, taker: User, on: date, kind: str) -> None:
    require(actor, Can.HAND_COMMUNES_OVER)
    if kind not in Kind.values:
        raise Refused("Hãy chọn chuyên quản thu hoặc lãnh đạo phụ trách.", "kind")
    if giver.pk == taker.pk:
        raise Refused("Người nhận phải khác người bàn giao.", "taker")
    if actor.may(Can.KEEP_COMMUNES):
        return
    if kind != Kind.OFFICER or giver.pk != actor.pk:
        raise PermissionDenied
    if on < today():
        raise Refused(
            "Chuyên quản chỉ bàn giao từ hôm nay trở đi; ngày đã qua do lãnh đạo ghi.", "on"
        )


def _record_handing(
    actor: User, row: CommuneAssignment, giver: User, together: list[int], note: str
) -> None:
    audit.record(
        actor=actor,
        action=HAND_OVER,
        on=row.commune,
        summary=f"{row.get_kind_display()}: {giver} bàn giao cho {row.user} từ "
        f"{row.valid_from:%d/%m/%Y}",
        changes={
            "kind": row.kind,
            "valid_from": row.valid_from,
            "valid_to": row.valid_to,
            "user": [giver, row.user],
            "communes": together,
            "note": note,
        },
    )


def do_end_assignment(
    *, actor: User, assignment: CommuneAssignment, valid_to: date
) -> CommuneAssignment:
    """Set the last day of a term without a successor: from then on the commune has nobody of this
    kind.
    """
    require(actor, Can.KEEP_COMMUNES)
    with transaction.atomic():
        unit = locked(assignment.commune)
        row = locked(assignment)
        if valid_to < row.valid_from:
            raise Refused(
                f"Ngày cuối không được trước ngày được giao {row.valid_from:%d/%m/%Y}.", "valid_to"
            )
        if row.valid_to and valid_to > row.valid_to:
            raise Refused(f"Việc giao này đã kết thúc ngày {row.valid_to:%d/%m/%Y}.", "valid_to")
        changes = assign(row, valid_to=valid_to)
        if changes:
            store(row)
            audit.record(
                actor=actor,
                action="assignment.end",
                on=unit,
                changes=changes,
                summary=f"{row.get_kind_display()} {row.user}: thôi phụ trách sau "
                f"{valid_to:%d/%m/%Y}",
            )
    return row


def _end_before(former: CommuneAssignment | None, day: date) -> None:
    if former:
        former.valid_to = day - timedelta(days=1)
        store(former)


def _record(actor: User | None, row: CommuneAssignment, replaced: User | None) -> None:
    after = f"{row.get_kind_display()}: {row.user} từ {row.valid_from:%d/%m/%Y}"
    before = f", thay {replaced}" if replaced else ""
    audit.record(
        actor=actor,
        action="assignment.add",
        on=row.commune,
        summary=after + before,
        changes={
            "kind": row.kind,
            "valid_from": row.valid_from,
            "valid_to": row.valid_to,
            "user": [replaced, row.user],
        },
    )


def _refuse_holder(kind: str, user: User) -> None:
    if kind not in Kind.values:
        raise Refused("Hãy chọn chuyên quản thu hoặc lãnh đạo phụ trách.", "kind")
    if not user.is_active:
        raise Refused(f"Tài khoản của {user} đã ngừng dùng.", "user")
    holders = HOLDERS[Kind(kind)]
    if not user.may(holders):
        wanted = " hoặc ".join(sorted(role.label.lower() for role in holders.roles))
        raise Refused(f"{user} không phải {wanted}.", "user")


def _refuse_day(commune: Commune, first: date, last: date | None) -> None:
    if not holds_on(commune, first):
        raise Refused(
            f"{upper_first(commune.label)} không có vào ngày {first:%d/%m/%Y}.", "valid_from"
        )
    if last and last < first:
        raise Refused("Ngày cuối không được trước ngày đầu.", "valid_to")


def open_terms_of(user: User, day: date) -> int:
    """How many communes this person is in charge of on a day or later."""
    held = CommuneAssignment.objects.filter(user=user).filter(lasting_to(day))
    return held.count()
