"""A collector stops working: card, account, drafts and people go in one step; credit stays where it
was earned.
"""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from agents import audit
from agents.access import require
from agents.models import Collector, CollectorHandover, User
from agents.operations.accounts import set_active
from agents.operations.collectors import end_card
from agents.roles import Can
from enrollment.models import Draft, Receipt
from enrollment.outreach.operations.sharing import hand_on
from thaithuy_bhxh.clock import today
from thaithuy_bhxh.errors import Refused
from thaithuy_bhxh.storing import assign, locked, store
from thaithuy_bhxh.text import clean


def do_end_collector(
    *, actor: User, collector: Collector, ended_on: date, successor: Collector, note: str = ""
) -> CollectorHandover:
    """End a collector after the last day ``ended_on`` (today or earlier) and hand everything to
    ``successor``.

    The running card ends, one issued ahead is taken back, the account is closed, forms put aside go
    to the successor's account, people held to the successor. From the next day on the successor
    follows the people; receipts, and with them all figures of the past, stay with who wrote them.
    Raises :class:`Refused` naming the field.
    """
    require(actor, Can.KEEP_AGENTS)
    with transaction.atomic():
        # In order of key, so that two endings at once wait for each other instead of locking each
        # other out.
        rows = {
            one.pk: locked(one) for one in sorted((collector, successor), key=lambda one: one.pk)
        }
        row, taker = rows[collector.pk], rows[successor.pk]
        _refuse_day(row, ended_on)
        _refuse_successor(row, taker, ended_on)
        changes = assign(row, ended_on=ended_on)
        store(row)
        _end_cards(actor, row, ended_on)
        drafts = _hand_drafts(actor, row, taker)
        hand_on(actor, row, taker)
        handover = CollectorHandover(
            giver=row,
            taker=taker,
            handed_on=ended_on,
            note=clean(note),
            recorded_by=actor,
            recorded_at=timezone.now(),
        )
        store(handover, taken=f"{row} đã bàn giao.", field="successor")
        _record(actor, handover, changes, drafts)
    return handover


def _record(
    actor: User, handover: CollectorHandover, changes: dict[str, list[object]], drafts: int
) -> None:
    giver, taker, day = handover.giver, handover.taker, f"{handover.handed_on:%d/%m/%Y}"
    more = f", cùng {drafts} bản nháp" if drafts else ""
    audit.record(
        actor=actor,
        action="collector.end",
        on=giver,
        changes={**changes, "successor": taker, "drafts": drafts},
        summary=f"Nghỉ sau {day}, bàn giao cho {taker}{more}",
    )
    audit.record(
        actor=actor,
        action="collector.take_over",
        on=taker,
        changes={"giver": giver},
        summary=f"Nhận bàn giao từ {giver} sau {day}{more}",
    )


def _refuse_day(row: Collector, ended_on: date) -> None:
    if row.ended_on:
        raise Refused(f"{row} đã nghỉ sau {row.ended_on:%d/%m/%Y}.", "ended_on")
    if ended_on > today():
        raise Refused(
            "Ngày cuối ở tương lai; hãy ghi vào ngày cuối làm việc hoặc sau đó.", "ended_on"
        )
    if row.hired_on and ended_on < row.hired_on:
        raise Refused(f"{row.full_name} chỉ làm việc từ {row.hired_on:%d/%m/%Y}.", "ended_on")
    later = (
        Receipt.objects.live()
        .filter(collector=row, received_on__gt=ended_on)
        .order_by("-received_on")
        .first()
    )
    if later:
        raise Refused(
            f"{row.full_name} còn biên lai {later.number} ngày {later.received_on:%d/%m/%Y}, "
            "sau ngày này.",
            "ended_on",
        )


def _refuse_successor(row: Collector, taker: Collector, ended_on: date) -> None:
    if taker.pk == row.pk:
        raise Refused("Hãy chọn người khác nhận bàn giao.", "successor")
    agent = row.point.agent
    closing = agent.closed_on is not None and agent.closed_on <= ended_on
    if taker.point.agent_id != agent.pk and not closing:
        raise Refused(
            "Chỉ bàn giao được cho người cùng đại lý, trừ khi đại lý ngừng hoạt động.", "successor"
        )
    next_day = ended_on + timedelta(days=1)
    if not taker.has_card_on(next_day):
        raise Refused(
            f"{taker} không có thẻ còn giá trị vào ngày {next_day:%d/%m/%Y}.", "successor"
        )


def _end_cards(actor: User, row: Collector, day: date) -> None:
    """The running card ends; one issued ahead, as next year's are, is taken back, for it will never
    hold.
    """
    cards = row.cards.select_for_update().filter(Q(valid_to__isnull=True) | Q(valid_to__gt=day))
    for card in cards.filter(valid_from__gt=day):
        audit.record(
            actor=actor,
            action="card.withdraw",
            on=row,
            summary=f"Thu hồi thẻ {card} chưa đến ngày có giá trị",
            changes={
                "number": card.number,
                "valid_from": card.valid_from,
                "valid_to": card.valid_to,
            },
        )
        card.delete()
    for card in cards.filter(valid_from__lte=day):
        end_card(
            actor, row, card, day, f"Kết thúc thẻ {card} vì nghỉ việc, ngày cuối {day:%d/%m/%Y}"
        )


def _hand_drafts(actor: User, row: Collector, taker: Collector) -> int:
    """Close the account of who leaves; what it put aside goes to the successor's. How many forms
    went.
    """
    account = User.objects.filter(collector=row).first()
    if account is None:
        return 0
    drafts = Draft.objects.filter(owner=account)
    number = drafts.count()
    if number:
        drafts.update(owner=_draft_taker(taker, number))
    if account.is_active:
        set_active(actor, account, active=False)
    return number


def _draft_taker(taker: Collector, number: int) -> User:
    """The successor's account, else that of a lead of the same agent."""
    accounts = User.objects.filter(is_active=True)
    account = accounts.filter(collector=taker).first()
    account = (
        account
        or accounts.filter(
            role__in=Can.LEAD_AN_AGENT.roles, agent=taker.point.agent_id, collector=None
        )
        .order_by("pk")
        .first()
    )
    if account is None:
        raise Refused(
            f"Còn {number} bản nháp mà {taker.full_name} chưa có tài khoản; hãy tạo tài khoản "
            "trước.",
            "successor",
        )
    return account
