"""Collectors and their cards."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction

from agents import audit
from agents.access import require
from agents.models import CollectionPoint, Collector, CollectorCard, CourseAttendance, User
from agents.phones import phone_of
from agents.roles import Can
from thaithuy_bhxh.errors import Refused
from thaithuy_bhxh.storing import (
    assign,
    changed_labels,
    code_of,
    locked,
    one_at_a_time,
    refuse_stale,
    required,
    stamp,
    store,
)
from thaithuy_bhxh.terms import lasting_to
from thaithuy_bhxh.text import clean, person_name


def do_add_collector(
    *,
    actor: User,
    point: CollectionPoint,
    code: str,
    full_name: str,
    phone: str = "",
    hired_on: date | None = None,
) -> Collector:
    """A new collector at a point, at work from ``hired_on`` on. Takes no money before a card is
    added.
    """
    require(actor, Can.KEEP_AGENTS)
    return add_collector(actor, point, code, full_name, phone, hired_on)


def add_collector(
    actor: User,
    point: CollectionPoint,
    code: str,
    full_name: str,
    phone: str,
    hired_on: date | None,
) -> Collector:
    """The same for callers that have checked who may."""
    collector = Collector(
        code=code_of(required(code, "code", "Hãy nhập mã nhân viên thu.")),
        full_name=_full_name(full_name),
        point=point,
        phone=phone_of(phone),
        hired_on=hired_on,
    )
    _refuse_outside(point, hired_on)
    with transaction.atomic():
        if taken := Collector.objects.filter(code__iexact=collector.code).first():
            raise Refused(f"Mã nhân viên thu {collector.code} đã có: {taken.full_name}.", "code")
        store(collector, taken=f"Mã nhân viên thu {collector.code} đã có.", field="code")
        audit.record(
            actor=actor,
            action="collector.add",
            on=collector,
            summary=f"Thêm nhân viên thu {collector} tại {point}",
        )
    return collector


def do_edit_collector(
    *,
    actor: User,
    collector: Collector,
    point: CollectionPoint,
    full_name: str,
    phone: str,
    hired_on: date | None = None,
    seen: str = "",
) -> Collector:
    """Correct name, phone or first day (``None`` = as it stands), or move to another point of the
    same agent.

    ``seen`` is the :func:`stamp` that the editor's form was opened with; empty = whatever stands
    now.
    """
    require(actor, Can.KEEP_AGENTS)
    with transaction.atomic():
        row, point = locked(collector), locked(point)
        now = stamp(row)
        if point.agent_id != row.point.agent_id:
            raise Refused(
                "Chỉ chuyển được sang điểm thu khác của cùng đại lý; đại lý khác phải cấp mã mới.",
                "point",
            )
        if point.pk != row.point_id and point.closed_on:
            raise Refused(
                f"{point.name} đã ngừng hoạt động từ sau {point.closed_on:%d/%m/%Y}.", "point"
            )
        first = hired_on or row.hired_on
        changes = assign(
            row, full_name=_full_name(full_name), phone=phone_of(phone), point=point, hired_on=first
        )
        if "hired_on" in changes:
            _refuse_late_hiring(row)
        refuse_stale(row, seen=seen, now=now, changes=changes)
        if changes:
            store(row)
            audit.record(
                actor=actor,
                action="collector.edit",
                on=row,
                changes=changes,
                summary=f"Sửa {changed_labels(row, changes)}"
                + (f": {point}" if "point" in changes else ""),
            )
    return row


def do_add_card(
    *,
    actor: User,
    collector: Collector,
    number: str,
    valid_from: date,
    valid_to: date | None,
    attendance: CourseAttendance | None = None,
) -> CollectorCard:
    """A card for the days ``valid_from``–``valid_to`` (``None`` = until ended); one card on any
    day.

    ``attendance`` names the certificate that the card was issued upon. A card begins no earlier
    than its holder was hired and never outlasts the holder's work.
    """
    require(actor, Can.KEEP_AGENTS)
    _refuse_backwards(valid_from, valid_to)
    with transaction.atomic():
        owner = _at_point(locked(collector))
        one_at_a_time("card number")
        card = CollectorCard(
            collector=owner, number=clean(number), valid_from=valid_from, valid_to=valid_to
        )
        _refuse_overlap(card, "valid_from")
        _refuse_outside_agent(card)
        _refuse_outside_work(card)
        ground = _certificate(attendance, owner)
        holder = CollectorCard.objects.filter(number__iexact=card.number).exclude(collector=owner)
        if card.number and (other := holder.select_related("collector").first()):
            raise Refused(f"Số thẻ {card.number} đã cấp cho {other.collector}.", "number")
        store(card, taken="Đã có thẻ từ đúng ngày này.", field="valid_from")
        audit.record(
            actor=actor,
            action="card.add",
            on=owner,
            summary=f"Cấp thẻ {card}, {_days(card)}{ground}",
            changes={"number": card.number, "valid_from": valid_from, "valid_to": valid_to},
        )
    return card


def do_end_card(*, actor: User, card: CollectorCard, valid_to: date) -> CollectorCard:
    """Set a card's last day."""
    require(actor, Can.KEEP_AGENTS)
    with transaction.atomic():
        owner = _at_point(locked(card.collector))
        row = locked(card)
        row.collector = owner
        _refuse_backwards(row.valid_from, valid_to)
        changes = assign(row, valid_to=valid_to)
        _refuse_overlap(row, "valid_to")
        _refuse_after_closing(row)
        _refuse_outside_work(row)
        if changes:
            end_card(
                actor,
                owner,
                row,
                valid_to,
                f"Thẻ {row} có giá trị đến hết {valid_to:%d/%m/%Y}",
                changes,
            )
    return row


def end_card(
    actor: User,
    owner: Collector,
    card: CollectorCard,
    day: date,
    summary: str,
    changes: dict[str, list[Any]] | None = None,
) -> None:
    """Write a locked card's last day; inside the caller's transaction, which has checked who may
    and when.
    """
    changed = {**(changes or {}), **assign(card, valid_to=day)}
    _refuse_taken_after(owner, *changed["valid_to"])
    store(card)
    audit.record(actor=actor, action="card.end", on=owner, changes=changed, summary=summary)


def _at_point(owner: Collector) -> Collector:
    """A locked collector whose point nobody closes, alone or with its agent, before this
    transaction ends.
    """
    owner.point = locked(owner.point)
    return owner


def _refuse_backwards(first: date, last: date | None) -> None:
    if last and last < first:
        raise Refused(
            f"Ngày hết giá trị không được trước ngày bắt đầu {first:%d/%m/%Y}.", "valid_to"
        )


def _refuse_taken_after(owner: Collector, before: date | None, last: date) -> None:
    """A card is not cut back over days on which its holder has taken money."""
    taken = owner.receipts.filter(
        void__isnull=True, received_on__gt=last, received_on__lte=before or date.max
    )
    if late := taken.order_by("-received_on").first():
        raise Refused(
            f"{owner.full_name} đã thu biên lai {late.number} ngày "
            f"{late.received_on:%d/%m/%Y}, sau ngày này; "
            "hãy chọn ngày cuối muộn hơn hoặc hủy biên lai đó trước.",
            "valid_to",
        )


def _refuse_overlap(card: CollectorCard, field: str) -> None:
    others = CollectorCard.objects.filter(collector=card.collector).exclude(pk=card.pk)
    others = others.filter(lasting_to(card.valid_from))
    if card.valid_to:
        others = others.filter(valid_from__lte=card.valid_to)
    if other := others.first():
        raise Refused(
            f"Trùng ngày với thẻ {other} ({_days(other)}); hãy kết thúc thẻ đó trước.", field
        )


def _refuse_outside_agent(card: CollectorCard) -> None:
    """A new card holds only while its agent, and the point that its holder is at, are at work."""
    point = card.collector.point
    for what, opened_on in (("Đại lý", point.agent.opened_on), (point.name, point.opened_on)):
        if card.valid_from < opened_on:
            raise Refused(
                f"{what} hoạt động từ {opened_on:%d/%m/%Y}; thẻ không thể có giá trị sớm hơn.",
                "valid_from",
            )
    _refuse_after_closing(card)


def _refuse_after_closing(card: CollectorCard) -> None:
    """A card ends no later than its agent and the point that its holder is at."""
    point = card.collector.point
    for what, closed_on in (("Đại lý", point.agent.closed_on), (point.name, point.closed_on)):
        if closed_on and (card.valid_to is None or card.valid_to > closed_on):
            raise Refused(
                f"{what} ngừng hoạt động sau {closed_on:%d/%m/%Y}; thẻ không thể dài hơn.",
                "valid_to",
            )


def _refuse_outside_work(card: CollectorCard) -> None:
    """A card holds only while its holder works."""
    who = card.collector
    if who.hired_on and card.valid_from < who.hired_on:
        raise Refused(f"{who.full_name} chỉ làm việc từ {who.hired_on:%d/%m/%Y}.", "valid_from")
    if who.ended_on and (card.valid_to is None or card.valid_to > who.ended_on):
        raise Refused(
            f"{who.full_name} đã nghỉ sau {who.ended_on:%d/%m/%Y}; không có thẻ sau ngày đó.",
            "valid_to",
        )


def _refuse_late_hiring(row: Collector) -> None:
    first = row.cards.order_by("valid_from").first()
    if first and row.hired_on and row.hired_on > first.valid_from:
        raise Refused(
            f"Thẻ {first} đã có giá trị từ {first.valid_from:%d/%m/%Y}, trước ngày này.", "hired_on"
        )


def _refuse_outside(point: CollectionPoint, hired_on: date | None) -> None:
    """Hired while the agent works; a point may have opened later than its people began."""
    agent = point.agent
    if hired_on and hired_on < agent.opened_on:
        raise Refused(f"Đại lý chỉ hoạt động từ {agent.opened_on:%d/%m/%Y}.", "hired_on")
    if hired_on and agent.closed_on and hired_on > agent.closed_on:
        raise Refused(f"Đại lý đã ngừng hoạt động sau {agent.closed_on:%d/%m/%Y}.", "hired_on")


def _certificate(attendance: CourseAttendance | None, owner: Collector) -> str:
    """“, theo giấy chứng nhận 12/CN (TH01)” for the audit row."""
    if attendance is None:
        return ""
    if attendance.collector_id != owner.pk or not attendance.certificate_no:
        raise Refused("Hãy chọn giấy chứng nhận của chính nhân viên thu này.", "attendance")
    return f", theo giấy chứng nhận {attendance.certificate_no} ({attendance.course.code})"


def _days(card: CollectorCard) -> str:
    end = f"đến {card.valid_to:%d/%m/%Y}" if card.valid_to else "không thời hạn"
    return f"từ {card.valid_from:%d/%m/%Y} {end}"


def _full_name(text: str) -> str:
    return person_name(required(text, "full_name", "Hãy nhập họ và tên."))
