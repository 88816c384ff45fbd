"""Collection agents and their service points: opening, naming, closing, and the communes that a
point serves.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from agents import audit
from agents.access import require
from agents.models import (
    CollectionAgent,
    CollectionPoint,
    CollectorCard,
    Commune,
    Network,
    PointCommune,
    User,
)
from agents.operations.collectors import end_card
from agents.operations.contracts import end_contract
from agents.roles import Can
from thaithuy_bhxh.errors import Refused
from thaithuy_bhxh.storing import (
    assign,
    changed_labels,
    code_of,
    locked,
    refuse_stale,
    required,
    stamp,
    store,
)
from thaithuy_bhxh.text import place_key


def do_add_agent(
    *, actor: User, code: str, name: str, network: str, opened_on: date
) -> CollectionAgent:
    """A new agent of one of the two networks. Raises :class:`Refused` naming the field."""
    require(actor, Can.KEEP_AGENTS)
    if network not in Network.values:
        raise Refused("Hãy chọn hệ thống: Bưu điện hoặc UBND xã, thị trấn.", "network")
    agent = CollectionAgent(
        code=_code(code), name=_name(name), network=network, opened_on=opened_on
    )
    with transaction.atomic():
        _refuse_taken(CollectionAgent.objects.filter(code__iexact=agent.code), "đại lý", agent.code)
        store(agent, taken=f"Mã đại lý {agent.code} đã có.", field="code")
        audit.record(
            actor=actor,
            action="agent.add",
            on=agent,
            summary=f"Thêm đại lý {agent.name} ({agent.code})",
        )
    return agent


def do_edit_agent(
    *, actor: User, agent: CollectionAgent, name: str, opened_on: date, seen: str = ""
) -> CollectionAgent:
    """Correct the name or the first day. Code and network stay: figures are kept by them.

    ``seen`` is the :func:`stamp` that the editor's form was opened with; empty = whatever stands
    now.
    """
    require(actor, Can.KEEP_AGENTS)
    with transaction.atomic():
        row = locked(agent)
        now = stamp(row)
        changes = assign(row, name=_name(name), opened_on=opened_on)
        refuse_stale(row, seen=seen, now=now, changes=changes)
        _refuse_backwards(row)
        _refuse_earlier_beginnings(row)
        if changes:
            store(row)
            audit.record(
                actor=actor,
                action="agent.edit",
                on=row,
                summary=f"Sửa {changed_labels(row, changes)}",
                changes=changes,
            )
    return row


def do_close_agent(*, actor: User, agent: CollectionAgent, closed_on: date) -> CollectionAgent:
    """End an agent with its last day: open points close, running cards and the contract end on that
    day too.

    Refused when a point, a card or a contract begins only after that day.
    """
    require(actor, Can.KEEP_AGENTS)
    with transaction.atomic():
        row = locked(agent)
        # A card that is just being given at one of the points is waited for, and then known here.
        list(row.points.select_for_update().order_by("pk"))
        changes = assign(row, closed_on=closed_on)
        _refuse_backwards(row)
        _refuse_later_beginnings(row, closed_on)
        if changes:
            store(row)
            audit.record(
                actor=actor,
                action="agent.close",
                on=row,
                changes=changes,
                summary=f"Ngừng hoạt động, ngày cuối {closed_on:%d/%m/%Y}",
            )
            _close_points(actor, row, closed_on)
            _end_cards(actor, row, closed_on)
            _end_contracts(actor, row, closed_on)
    return row


def do_reopen_agent(*, actor: User, agent: CollectionAgent) -> CollectionAgent:
    """Take back a closing. Points and cards that it ended are opened again one by one, by whoever
    knows which.
    """
    require(actor, Can.KEEP_AGENTS)
    with transaction.atomic():
        row = locked(agent)
        changes = assign(row, closed_on=None)
        if changes:
            store(row)
            audit.record(
                actor=actor,
                action="agent.reopen",
                on=row,
                summary="Hoạt động trở lại",
                changes=changes,
            )
    return row


def do_add_point(
    *,
    actor: User,
    agent: CollectionAgent,
    code: str,
    name: str,
    opened_on: date,
    communes: Iterable[Commune],
) -> CollectionPoint:
    """A new service point of an agent with the communes that it serves."""
    require(actor, Can.KEEP_AGENTS)
    with transaction.atomic():
        owner = locked(agent)
        _refuse_outside(owner, opened_on)
        point = CollectionPoint(
            code=_code(code), name=_name(name), agent=owner, opened_on=opened_on
        )
        _refuse_taken(
            CollectionPoint.objects.filter(code__iexact=point.code), "điểm thu", point.code
        )
        store(point, taken=f"Mã điểm thu {point.code} đã có.", field="code")
        audit.record(
            actor=actor,
            action="point.add",
            on=point,
            summary=f"Thêm điểm thu {point.name} ({point.code})",
        )
        _serve(actor, point, communes)
    return point


def do_edit_point(
    *,
    actor: User,
    point: CollectionPoint,
    name: str,
    opened_on: date,
    communes: Iterable[Commune],
    seen: str = "",
) -> CollectionPoint:
    """Correct the name, the first day or the communes served; ``seen`` as for an agent."""
    require(actor, Can.KEEP_AGENTS)
    with transaction.atomic():
        row = locked(point)
        _refuse_outside(row.agent, opened_on)
        now = stamp(row)
        changes = assign(row, name=_name(name), opened_on=opened_on)
        refuse_stale(row, seen=seen, now=now, changes=changes)
        _refuse_backwards(row)
        _refuse_earlier_cards(row, changes)
        if changes:
            store(row)
            audit.record(
                actor=actor,
                action="point.edit",
                on=row,
                summary=f"Sửa {changed_labels(row, changes)}",
                changes=changes,
            )
        _serve(actor, row, communes)
    return row


def do_close_point(*, actor: User, point: CollectionPoint, closed_on: date) -> CollectionPoint:
    """End a point with its last day; refused while one of its collectors holds a card beyond that
    day.
    """
    require(actor, Can.KEEP_AGENTS)
    with transaction.atomic():
        row = locked(point)
        changes = assign(row, closed_on=closed_on)
        _refuse_backwards(row)
        _refuse_after_agent(row)
        staying = _cards_after(closed_on).filter(collector__point=row).select_related("collector")
        if names := sorted({card.collector.full_name for card in staying}):
            raise Refused(
                f"Còn nhân viên thu có thẻ sau ngày đó: {', '.join(names[:5])}. "
                "Hãy chuyển họ sang điểm khác hoặc kết thúc thẻ trước.",
                "closed_on",
            )
        if changes:
            store(row)
            audit.record(
                actor=actor,
                action="point.close",
                on=row,
                changes=changes,
                summary=f"Ngừng hoạt động, ngày cuối {closed_on:%d/%m/%Y}",
            )
    return row


def do_reopen_point(*, actor: User, point: CollectionPoint) -> CollectionPoint:
    """Take back the closing of a point whose agent is open."""
    require(actor, Can.KEEP_AGENTS)
    with transaction.atomic():
        row = locked(point)
        if row.agent.closed_on:
            raise Refused(
                "Đại lý đã ngừng hoạt động; hãy cho đại lý hoạt động trở lại trước.", "closed_on"
            )
        changes = assign(row, closed_on=None)
        if changes:
            store(row)
            audit.record(
                actor=actor,
                action="point.reopen",
                on=row,
                summary="Hoạt động trở lại",
                changes=changes,
            )
    return row


def do_serve_communes(*, actor: User, point: CollectionPoint, communes: Iterable[Commune]) -> bool:
    """Add communes to those that a point serves; true when one was new."""
    require(actor, Can.KEEP_AGENTS)
    with transaction.atomic():
        row = locked(point)
        return _serve(actor, row, [*row.communes.all(), *communes])


def _serve(actor: User, point: CollectionPoint, communes: Iterable[Commune]) -> bool:
    before = {commune.pk: commune for commune in point.communes.all()}
    after = {commune.pk: commune for commune in communes}
    added, dropped = after.keys() - before.keys(), before.keys() - after.keys()
    if not added and not dropped:
        return False
    PointCommune.objects.filter(point=point, commune__in=dropped).delete()
    PointCommune.objects.bulk_create(
        PointCommune(point=point, commune=after[pk]) for pk in sorted(added)
    )
    names = ", ".join(sorted((commune.name for commune in after.values()), key=place_key))
    audit.record(
        actor=actor,
        action="point.communes",
        on=point,
        summary=f"Phục vụ: {names or 'không xã nào'}",
        changes={"communes": [sorted(before), sorted(after)]},
    )
    return True


def _close_points(actor: User, agent: CollectionAgent, day: date) -> None:
    for point in agent.points.select_for_update().filter(
        Q(closed_on__isnull=True) | Q(closed_on__gt=day)
    ):
        changes = assign(point, closed_on=day)
        store(point)
        audit.record(
            actor=actor,
            action="point.close",
            on=point,
            summary="Ngừng hoạt động cùng đại lý",
            changes=changes,
        )


def _end_cards(actor: User, agent: CollectionAgent, day: date) -> None:
    ending = _cards_after(day).filter(collector__point__agent=agent).select_for_update(of=("self",))
    for card in ending.select_related("collector"):
        end_card(
            actor,
            card.collector,
            card,
            day,
            f"Kết thúc thẻ {card} cùng đại lý, ngày cuối {day:%d/%m/%Y}",
        )


def _end_contracts(actor: User, agent: CollectionAgent, day: date) -> None:
    running = agent.contracts.select_for_update().filter(valid_from__lte=day, valid_to__gt=day)
    for contract in running.filter(Q(ended_on__isnull=True) | Q(ended_on__gt=day)):
        end_contract(actor, agent, contract, day, "Đại lý ngừng hoạt động")


def _cards_after(day: date) -> QuerySet[CollectorCard]:
    return CollectorCard.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=day))


def _refuse_later_beginnings(agent: CollectionAgent, day: date) -> None:
    late = agent.points.filter(opened_on__gt=day).first()
    if late:
        raise Refused(
            f"{late.name} chỉ mở từ {late.opened_on:%d/%m/%Y}, sau ngày này.", "closed_on"
        )
    card = CollectorCard.objects.filter(collector__point__agent=agent, valid_from__gt=day).first()
    if card:
        raise Refused(
            f"Thẻ của {card.collector.full_name} chỉ có giá trị từ {card.valid_from:%d/%m/%Y}, "
            "sau ngày này.",
            "closed_on",
        )
    if contract := agent.contracts.filter(valid_from__gt=day).first():
        raise Refused(
            f"Hợp đồng {contract} chỉ có hiệu lực từ {contract.valid_from:%d/%m/%Y}, sau ngày này.",
            "closed_on",
        )


def _refuse_backwards(row: CollectionAgent | CollectionPoint) -> None:
    if row.closed_on and row.closed_on < row.opened_on:
        raise Refused(
            f"Ngày cuối không được trước ngày bắt đầu hoạt động {row.opened_on:%d/%m/%Y}.",
            "closed_on",
        )


def _refuse_earlier_beginnings(agent: CollectionAgent) -> None:
    """An agent begins no later than its first point, its first contract and its first card."""
    point = agent.points.filter(opened_on__lt=agent.opened_on).order_by("opened_on").first()
    if point:
        raise Refused(
            f"{point.name} đã mở từ {point.opened_on:%d/%m/%Y}, trước ngày này.", "opened_on"
        )
    if contract := agent.contracts.filter(valid_from__lt=agent.opened_on).first():
        raise Refused(
            f"Hợp đồng {contract} có hiệu lực từ {contract.valid_from:%d/%m/%Y}, trước ngày này.",
            "opened_on",
        )
    cards = CollectorCard.objects.filter(
        collector__point__agent=agent, valid_from__lt=agent.opened_on
    )
    if card := cards.select_related("collector").order_by("valid_from").first():
        raise Refused(
            f"Thẻ của {card.collector.full_name} có giá trị từ {card.valid_from:%d/%m/%Y}, "
            "trước ngày này.",
            "opened_on",
        )


def _refuse_earlier_cards(point: CollectionPoint, changes: dict[str, list[Any]]) -> None:
    """A point's first day is not put behind a card given there; cards older than the point came
    along with a move.
    """
    if "opened_on" not in changes:
        return
    before, after = changes["opened_on"]
    cards = CollectorCard.objects.filter(
        collector__point=point, valid_from__gte=before, valid_from__lt=after
    )
    if card := cards.select_related("collector").order_by("valid_from").first():
        raise Refused(
            f"Thẻ của {card.collector.full_name} có giá trị từ {card.valid_from:%d/%m/%Y}, "
            "trước ngày này.",
            "opened_on",
        )


def _refuse_after_agent(point: CollectionPoint) -> None:
    last = point.agent.closed_on
    if last and point.closed_on and point.closed_on > last:
        raise Refused(
            f"Đại lý đã ngừng hoạt động sau {last:%d/%m/%Y}; điểm thu không thể lâu hơn.",
            "closed_on",
        )


def _refuse_outside(agent: CollectionAgent, day: date) -> None:
    if day < agent.opened_on:
        raise Refused(f"Đại lý chỉ hoạt động từ {agent.opened_on:%d/%m/%Y}.", "opened_on")
    if agent.closed_on and day > agent.closed_on:
        raise Refused(f"Đại lý đã ngừng hoạt động sau {agent.closed_on:%d/%m/%Y}.", "opened_on")


def _refuse_taken(
    same: QuerySet[CollectionAgent] | QuerySet[CollectionPoint], what: str, code: str
) -> None:
    if found := same.first():
        raise Refused(f"Mã {what} {code} đã có: {found.name}.", "code")


def _code(text: str) -> str:
    return code_of(required(text, "code", "Hãy nhập mã."))


def _name(text: str) -> str:
    return required(text, "name", "Hãy nhập tên.")
