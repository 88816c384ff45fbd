"""Taking money and voiding receipts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from agents import audit
from agents.access import require
from agents.models import CollectionAgent, Collector, CollectorCard, Commune, User
from agents.roles import Can
from agents.taken_over import TAKEN_OVER, VOIDED, is_taken_over, notice_of, notice_of_void
from enrollment.admission import Account, CardPeriod, admit_receipt, refuse_without_card
from enrollment.law import ContributionRequest, Quote
from enrollment.law.methods import MISSING, remark_on_gap
from enrollment.law.wording import dong
from enrollment.models import Draft, Participant, Receipt, ReceiptCounter, ReceiptVoid
from enrollment.operations.derive import derive, derive_one
from enrollment.operations.on_record import OnRecord, fact_of, on_record
from enrollment.operations.paid_so_far import account_of
from enrollment.parameters_in_force import OfficeLaw, office_law
from enrollment.receipt_columns import Amounts, receipt_columns
from enrollment.write_scope import follows, require_voiding
from thaithuy_bhxh.clock import today
from thaithuy_bhxh.errors import Refused
from thaithuy_bhxh.months import Month
from thaithuy_bhxh.prepared import Given, Prepared, PreparedRecords
from thaithuy_bhxh.text import clean, receipt_number


@dataclass(frozen=True, slots=True)
class Payment:
    """What a receipt form says. ``chosen_income`` and ``other_support`` in đồng; ``number`` empty =
    ours; ``back_payment`` = for a period whose window has closed; ``shown`` = what the payer was
    asked for, in đồng, ``None`` where nobody was shown an amount.
    """

    collector: Collector
    received_on: date
    method: str
    from_month: Month
    chosen_income: int
    commune: Commune
    hamlet: str = ""
    months: int | None = None
    other_support: int = 0
    number: str = ""
    note: str = ""
    back_payment: bool = False
    shown: int | None = None


def quote_payment(
    participant: Participant | None,
    payment: Payment,
    groups: tuple[str, ...] | None = None,
    law: OfficeLaw | None = None,
    newcomer: tuple[str, date | None] = ("", None),
    *,
    foreign: bool = False,
    known: OnRecord | None = None,
) -> Quote:
    """The amounts that this payment would come to, with every rule checked; nothing is written.
    ``known`` is what is on record of the participant, where that was read before.

    ``newcomer`` is sex and birth date of somebody who is not on record yet. Of a ``foreign`` payer,
    whom somebody else follows until now, no refusal names earlier receipts: their numbers say which
    agent wrote them.
    """
    if participant and known is None:
        known = on_record(participant)
    account = account_of(known) if known else Account()
    for paid in account.paid if foreign else ():
        paid.number = ""
    if groups is None:
        groups = known.groups_on(payment.received_on) if known else ("other",)
    request = ContributionRequest(
        method=payment.method,
        income=payment.chosen_income,
        from_month=payment.from_month,
        paid_on=payment.received_on,
        months=payment.months,
        groups=groups,
        prior_supported_months=account.supported_months,
        other_support=payment.other_support,
        back_payment=payment.back_payment,
        **_missing_rules(payment, participant, newcomer),
    )
    table, readings = law or office_law()
    result = admit_receipt(
        account, request, table, today=today(), readings=readings.on(payment.received_on)
    )
    gap = remark_on_gap(payment.from_month, payment.received_on, account.covered_to)
    return replace(result, warnings=(*result.warnings, gap)) if gap else result


def _missing_rules(
    payment: Payment, participant: Participant | None, newcomer: tuple[str, date | None]
) -> dict[str, Any]:
    """What the rules of missing months ask besides: the age, where it is known to the day, and the
    months paid.
    """
    if payment.method != MISSING:
        return {}
    sex, born = (participant.sex, participant.birth_date) if participant else newcomer
    paid = {"months_paid": participant.paid_months} if participant else {}
    return {"sex": sex, "birth_date": born, **paid} if sex and born else paid


class AlreadyRecorded(Refused):
    """The form became ``receipt`` before: nothing was recorded this time, whatever the form holds
    by now.
    """

    def __init__(self, receipt: Receipt) -> None:
        super().__init__(
            f"Lần thu này đã ghi trước đó, biên lai số {receipt.number}; không ghi thêm lần nữa."
        )
        self.receipt = receipt


def do_record_receipt(
    *, actor: User, participant: Participant, payment: Payment, draft: Draft | None = None
) -> Receipt:
    """Record one receipt; the form that it was filled in on, ``draft``, ends with it.

    Raises :class:`AlreadyRecorded` when the form became a receipt before, else :class:`Refused`
    naming the field; nothing is changed then.
    """
    require(actor, Can.RECORD_RECEIPTS)
    try:
        with transaction.atomic():
            locked = _PAYER.get(person=participant.pk)
            return _record(actor, locked, payment, draft)
    except Refused:
        refuse_recorded(draft)
        raise
    except IntegrityError as error:
        # Two at once: the loser of a unique column learns which it was.
        refuse_recorded(draft)
        raise _number_taken(payment.number) from error


def refuse_recorded(draft: Draft | None) -> None:
    """Raise :class:`AlreadyRecorded` if this form became a receipt."""
    key = draft.data.get("key") if draft else None
    done = Receipt.objects.filter(submission_key=key).first() if key else None
    if done:
        raise AlreadyRecorded(done)


def _number_taken(number: str) -> Refused:
    if not number:
        return Refused(
            "Số biên lai vừa cấp đã có người ghi tay; chưa ghi gì, hãy bấm ghi lại.", "number"
        )
    return Refused(f"Số biên lai {number} đã có trong sổ; hãy kiểm tra lại số.", "number")


def _record(
    actor: User, participant: Participant, payment: Payment, draft: Draft | None
) -> Receipt:
    agent = _locked(payment.collector).point.agent
    _refuse_foreign(actor, agent.pk)
    _use_up(actor, draft)
    _refuse_unentitled(payment.collector, agent, payment.received_on)
    known = on_record(participant)
    foreign = not follows(actor, participant)
    result = quote_payment(participant, payment, foreign=foreign, known=known)
    _refuse_unseen(payment, result)
    receipt = build_receipt(
        participant, payment, result, number=_number(payment, agent.code), actor=actor
    )
    if draft:
        receipt.submission_key, receipt.draft_no = draft.data["key"], draft.pk
    receipt.clean_fields(exclude=_REFERENCES)
    receipt.save(force_insert=True)
    _audit(actor, participant, receipt, result)
    derive_one(known, fact_of(receipt))
    return receipt


def _refuse_unentitled(collector: Collector, agent: CollectionAgent, day: date) -> None:
    """Only who holds a card on that day, of an agent that still works, takes money."""
    periods = [CardPeriod(*row) for row in _CARDS.rows(collector=collector.pk)]
    refuse_without_card(collector.full_name, periods, day)
    if agent.closed_on and agent.closed_on < day:
        raise Refused(
            f"Đại lý {agent.name} đã ngừng hoạt động từ sau {agent.closed_on:%d/%m/%Y}.",
            "collector",
        )


def _audit(actor: User, participant: Participant, receipt: Receipt, result: Quote) -> None:
    moved = _taken_over(participant, receipt)
    audit.record(
        actor=actor,
        action=TAKEN_OVER if moved else "receipt.record",
        on=receipt,
        summary=receipt_summary(receipt),
        changes={
            **receipt_facts(receipt),
            **reckoning(result),
            "steps": [step.as_dict() for step in result.steps],
            **moved,
        },
    )


_REFERENCES = frozenset(field.name for field in Receipt._meta.concrete_fields if field.is_relation)
"""What a receipt points to was just read, and the database checks it; asking again would cost a
statement each.
"""


def _refuse_unseen(payment: Payment, result: Quote) -> None:
    """Another receipt, or a parameter that came into force meanwhile, may have changed the
    amount.
    """
    if payment.shown not in (None, result.participant):
        raise Refused(
            f"Số tiền phải thu nay là {dong(result.participant)}, khác {dong(payment.shown)} "
            "trên trang vừa xem; "
            f"chưa ghi gì. Hãy xem lại rồi ghi."
        )


def _use_up(actor: User, draft: Draft | None) -> None:
    """The form ends in the receipt's own transaction; whoever sends it once more waits here, and
    then finds it gone.

    After the collector, as in a hand-over, or the two could lock each other out.
    """
    if (
        draft
        and not Draft.objects.filter(
            pk=draft.pk, owner=actor, updated_at=draft.updated_at
        ).delete()[0]
    ):
        raise Refused(
            "Bản nháp này vừa được sửa, bỏ hoặc bàn giao; chưa ghi gì. Hãy mở lại từ trang Hôm nay."
        )


def _number(payment: Payment, agent_code: str) -> str:
    number = receipt_number(payment.number)
    if not number:
        return next_number(agent_code, payment.received_on.year)
    if Receipt.objects.filter(number=number).exists():
        raise _number_taken(number)
    return number


def _taken_over(participant: Participant, receipt: Receipt) -> dict[str, Any]:
    """The notice to the former agent, when another one followed the payer; asks the database
    nothing.
    """
    former = participant.agent_id
    if former is None or not is_taken_over(former, receipt.agent_id, receipt.received_on):
        return {}
    return notice_of(
        participant.full_name,
        receipt.agent.name,
        receipt.received_on,
        from_agent=former,
        from_commune=participant.commune_id,
    )


def _locked(collector: Collector) -> Collector:
    """The collector and agent as they are now: whoever ends one of them waits, or this receipt
    learns of the end.
    """
    return _COLLECTOR.get(collector=collector.pk)


_PAYER: PreparedRecords[Participant] = PreparedRecords(
    lambda: Participant.objects.select_for_update().filter(pk=Given("person")).order_by()
)
_COLLECTOR: PreparedRecords[Collector] = PreparedRecords(
    lambda: (
        Collector.objects.select_related("point__agent")
        .select_for_update(of=("self", "point__agent"), no_key=True)
        .filter(pk=Given("collector"))
        .order_by()
    )
)
_CARDS = Prepared(
    lambda: (
        CollectorCard.objects.filter(collector=Given("collector"))
        .order_by()
        .values_list("valid_from", "valid_to")
    )
)


def _refuse_foreign(actor: User, agent: int) -> None:
    if actor.agent_id != agent:
        raise Refused("Chỉ ghi được biên lai của nhân viên thu thuộc đại lý mình.", "collector")


def build_receipt(
    participant: Participant, payment: Payment, result: Quote, *, number: str, actor: User
) -> Receipt:
    """An unsaved receipt with the amounts of the quote."""
    columns = receipt_columns(
        Amounts.of(result),
        number=number,
        participant_id=participant.pk,
        collector_id=payment.collector.pk,
        agent_id=payment.collector.point.agent_id,
        commune_id=payment.commune.pk,
        hamlet=clean(payment.hamlet),
        received_on=payment.received_on,
        from_month=payment.from_month,
        method=payment.method,
        chosen_income=payment.chosen_income,
        readings=result.basis.readings.as_dict(),
        note=clean(payment.note),
        recorded_by_id=actor.pk,
        recorded_at=timezone.now(),
    )
    receipt = Receipt(**columns)
    # These are at hand; the audit row and the former agent's notice name them without a look-up.
    receipt.participant, receipt.recorded_by = participant, actor
    receipt.collector, receipt.commune = payment.collector, payment.commune
    receipt.agent = payment.collector.point.agent
    return receipt


def next_number(agent_code: str, year: int) -> str:
    """The next number in the agent's series of that year, such as ``BD001-26-0000042``."""
    series = f"{agent_code}-{year % 100:02d}"
    last, taken = _counted(series)
    while taken:
        # Somebody wrote our next number on a paper receipt: go past it, or the series would be
        # stuck for good.
        last, taken = _counted(series)
    return f"{series}-{last:07d}"


def _counted(series: str) -> tuple[int, bool]:
    """Count on, under the counter's lock; also whether that number has been used."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, {"series": series})
        if (found := cursor.fetchone()) is None:
            ReceiptCounter.objects.get_or_create(series=series)
            cursor.execute(_COUNT, {"series": series})
            found = cursor.fetchone()
    last, taken = found
    return last, bool(taken)


_COUNT = """
UPDATE enrollment_receiptcounter SET last = last + 1 WHERE series = %(series)s
RETURNING last, EXISTS (
  SELECT 1 FROM enrollment_receipt
  WHERE number = %(series)s || '-' || SUBSTR(CAST(10000000 + last AS TEXT), 2)
)
"""


def receipt_summary(receipt: Any) -> str:
    """One line for the audit trail and the person's timeline."""
    return (
        f"Biên lai {receipt.number}: {receipt.months} tháng "
        f"{receipt.from_month.vi}–{receipt.to_month.vi}, "
        f"thu {dong(receipt.participant_amount)}"
    )


def receipt_facts(receipt: Any) -> dict[str, Any]:
    """The figures of a receipt for its audit row."""
    return {
        "received_on": receipt.received_on.isoformat(),
        "method": receipt.method,
        "chosen_income": receipt.chosen_income,
        "gross": receipt.gross,
        "participant_amount": receipt.participant_amount,
        "state_support": receipt.state_support,
        "group": receipt.group,
    }


def reckoning(result: Quote) -> dict[str, Any]:
    """What the amounts were reckoned from, so that the same steps can be shown for ever: readings,
    months of support used before, whether it was back-payment, and the parameter rows as
    ``key@first day``.
    """
    rows = {f"{row.key}@{row.valid_from}" for row in result.basis.rows_used if row.valid_from}
    return {
        "readings": result.basis.readings.as_dict(),
        "prior_supported_months": result.basis.request.prior_supported_months,
        "parameters": sorted(rows),
        **({"back_payment": True} if result.basis.request.back_payment else {}),
    }


def do_void_receipt(*, actor: User, receipt: Receipt, on: date, reason: str) -> ReceiptVoid:
    """Void a receipt from a day on, with a reason; months before that day's month do not move."""
    require_voiding(actor, receipt)
    reason = clean(reason)
    if not reason:
        raise Refused("Hãy ghi lý do hủy biên lai.", "reason")
    if not receipt.received_on <= on <= today():
        raise Refused(
            f"Ngày hủy phải từ ngày biên lai {receipt.received_on:%d/%m/%Y} đến hôm nay "
            f"{today():%d/%m/%Y}.",
            "on",
        )
    with transaction.atomic():
        Participant.objects.select_for_update().get(pk=receipt.participant_id)
        if ReceiptVoid.objects.filter(receipt=receipt).exists():
            raise Refused(f"Biên lai {receipt.number} đã hủy trước đó.", "reason")
        void = ReceiptVoid(
            receipt=receipt,
            voided_on=on,
            voided_month=Month.of(on),
            reason=reason,
            recorded_by=actor,
            recorded_at=timezone.now(),
        )
        void.full_clean()
        void.save(force_insert=True)
        audit.record(
            actor=actor,
            action=VOIDED,
            on=receipt,
            summary=f"Hủy biên lai {receipt.number}: {reason}",
            changes={"voided_on": on, **notice_of_void(receipt, receipt.number)},
        )
        derive([receipt.participant_id])
    return void
