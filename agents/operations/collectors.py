"""Collectors and their cards."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.db.models import Q

from agents import audit
from agents.access import require_role
from agents.models import CollectionPoint, Collector, CollectorCard, User
from agents.operations.saving import (
    KEEPERS,
    assign,
    changed_labels,
    code_of,
    locked,
    refuse_stale,
    required,
    stamp,
    store,
)
from thaithuy_bhxh.errors import Refused
from thaithuy_bhxh.text import clean


def do_add_collector(*, actor: User, point: CollectionPoint, code: str, full_name: str, phone: str = "") -> Collector:
    """A new collector at a point. Takes no money before a card is added."""
    require_role(actor, *KEEPERS)
    collector = Collector(
        code=code_of(required(code, "code", "Hãy nhập mã nhân viên thu.")), full_name=_full_name(full_name),
        point=point, phone=_phone(phone),
    )  # fmt: skip
    with transaction.atomic():
        if taken := Collector.objects.filter(code__iexact=collector.code).first():
            raise Refused(f"Mã nhân viên thu {collector.code} đã có: {taken.full_name}.", "code")
        store(collector, taken=f"Mã nhân viên thu {collector.code} đã có.", field="code")
        audit.record(
            actor=actor, action="collector.add", on=collector, summary=f"Thêm nhân viên thu {collector} tại {point}"
        )
    return collector


def do_edit_collector(
    *, actor: User, collector: Collector, point: CollectionPoint, full_name: str, phone: str, seen: str = ""
) -> Collector:
    """Correct name or phone, or move to another point of the same agent.

    ``seen`` is the :func:`stamp` that the editor's form was opened with; empty = whatever stands now.
    """
    require_role(actor, *KEEPERS)
    with transaction.atomic():
        row = locked(collector)
        now = stamp(row)
        if point.agent_id != row.point.agent_id:
            raise Refused("Chỉ chuyển được sang điểm thu khác của cùng đại lý; đại lý khác phải cấp mã mới.", "point")
        if point.pk != row.point_id and point.closed_on:
            raise Refused(f"{point.name} đã ngừng hoạt động từ sau {point.closed_on:%d/%m/%Y}.", "point")
        changes = assign(row, full_name=_full_name(full_name), phone=_phone(phone), point=point)
        refuse_stale(row, seen=seen, now=now, changes=changes)
        if changes:
            store(row)
            audit.record(
                actor=actor, action="collector.edit", on=row, changes=changes,
                summary=f"Sửa {changed_labels(row, changes)}" + (f": {point}" if "point" in changes else ""),
            )  # fmt: skip
    return row


def do_add_card(
    *, actor: User, collector: Collector, number: str, valid_from: date, valid_to: date | None
) -> CollectorCard:
    """A card for the days ``valid_from``–``valid_to`` (``None`` = until ended); one card on any day."""
    require_role(actor, *KEEPERS)
    _refuse_backwards(valid_from, valid_to)
    with transaction.atomic():
        owner = locked(collector)
        card = CollectorCard(collector=owner, number=clean(number), valid_from=valid_from, valid_to=valid_to)
        _refuse_overlap(card, "valid_from")
        _refuse_outside_agent(card)
        holder = CollectorCard.objects.filter(number__iexact=card.number).exclude(collector=owner)
        if card.number and (other := holder.select_related("collector").first()):
            raise Refused(f"Số thẻ {card.number} đã cấp cho {other.collector}.", "number")
        store(card, taken="Đã có thẻ từ đúng ngày này.", field="valid_from")
        audit.record(
            actor=actor, action="card.add", on=owner, summary=f"Cấp thẻ {card}, {_days(card)}",
            changes={"number": card.number, "valid_from": valid_from, "valid_to": valid_to},
        )  # fmt: skip
    return card


def do_end_card(*, actor: User, card: CollectorCard, valid_to: date) -> CollectorCard:
    """Set a card's last day."""
    require_role(actor, *KEEPERS)
    with transaction.atomic():
        owner = locked(card.collector)
        row = locked(card)
        _refuse_backwards(row.valid_from, valid_to)
        changes = assign(row, valid_to=valid_to)
        _refuse_overlap(row, "valid_to")
        _refuse_after_closing(row)
        if changes:
            store(row)
            audit.record(
                actor=actor, action="card.end", on=owner, changes=changes,
                summary=f"Thẻ {row} có giá trị đến hết {valid_to:%d/%m/%Y}",
            )  # fmt: skip
    return row


def _refuse_backwards(first: date, last: date | None) -> None:
    if last and last < first:
        raise Refused(f"Ngày hết giá trị không được trước ngày bắt đầu {first:%d/%m/%Y}.", "valid_to")


def _refuse_overlap(card: CollectorCard, field: str) -> None:
    others = CollectorCard.objects.filter(collector=card.collector).exclude(pk=card.pk)
    others = others.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=card.valid_from))
    if card.valid_to:
        others = others.filter(valid_from__lte=card.valid_to)
    if other := others.first():
        raise Refused(f"Trùng ngày với thẻ {other} ({_days(other)}); hãy kết thúc thẻ đó trước.", field)


def _refuse_outside_agent(card: CollectorCard) -> None:
    """A new card holds only while its agent, and the point that its holder is at, are at work."""
    point = card.collector.point
    for what, opened_on in (("Đại lý", point.agent.opened_on), (point.name, point.opened_on)):
        if card.valid_from < opened_on:
            raise Refused(f"{what} hoạt động từ {opened_on:%d/%m/%Y}; thẻ không thể có giá trị sớm hơn.", "valid_from")
    _refuse_after_closing(card)


def _refuse_after_closing(card: CollectorCard) -> None:
    """A card ends no later than its agent and the point that its holder is at."""
    point = card.collector.point
    for what, closed_on in (("Đại lý", point.agent.closed_on), (point.name, point.closed_on)):
        if closed_on and (card.valid_to is None or card.valid_to > closed_on):
            raise Refused(f"{what} ngừng hoạt động sau {closed_on:%d/%m/%Y}; thẻ không thể dài hơn.", "valid_to")


def _days(card: CollectorCard) -> str:
    end = f"đến {card.valid_to:%d/%m/%Y}" if card.valid_to else "không thời hạn"
    return f"từ {card.valid_from:%d/%m/%Y} {end}"


def _full_name(text: str) -> str:
    return required(text, "full_name", "Hãy nhập họ và tên.")


def _phone(text: str) -> str:
    """Ten digits that begin with 0, or nothing."""
    digits = "".join(char for char in clean(text) if char not in " .-")
    if digits.startswith("+84"):
        digits = "0" + digits[3:]
    if digits and not (digits.isascii() and digits.isdigit() and len(digits) in (10, 11) and digits[0] == "0"):
        raise Refused("Số điện thoại gồm 10 chữ số, bắt đầu bằng 0.", "phone")
    return digits
