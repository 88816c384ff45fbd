"""Judgements of the agents' service: a payer's rating of a receipt, complaints and their
answers.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from agents import audit
from agents.models import AuditEntry, CollectionAgent, Collector, User
from agents.office_settings import Definition, define, office_setting
from agents.origin import NOWHERE, Origin
from enrollment.law.keys import ANSWER_DAYS
from enrollment.models import Complaint, Receipt, ReceiptVoid, ServiceRating
from enrollment.parameters_in_force import current_table
from enrollment.write_scope import require_agent_to_complain_of, require_answering
from thaithuy_bhxh.clock import today
from thaithuy_bhxh.errors import Refused
from thaithuy_bhxh.storing import twin_of
from thaithuy_bhxh.text import clean
from thaithuy_bhxh.workdays import add_working_days

MOST_RATINGS = 20
"""Ratings of one receipt: people change their minds, machines send for ever."""
RATING_WAIT = define(
    Definition(
        "rating_wait",
        "Số phút sau khi ghi biên lai mà đánh giá chưa được tính điểm",
        "Đánh giá gửi trong thời gian này, hoặc từ địa chỉ mạng của chính đại lý, được giữ lại "
        "nhưng không tính.",
        "phút",
        default=15,
        most=1440,
    )
)
KNOWN_DAYS = 90
"""Days for which an address from which an agent's staff worked is the agent's."""
SCORES = range(1, 6)
_LONGEST_ANSWER_DAYS = 250
_MOST_COMMENT, _MOST_TEXT = 500, 2000


def do_rate(
    *,
    actor: User | None = None,
    receipt: Receipt,
    score: int,
    comment: str = "",
    complaint: str = "",
    rated_at: datetime | None = None,
    origin: Origin = NOWHERE,
) -> ServiceRating:
    """A rating of 1–5 for a receipt, which replaces an earlier one, and the complaint sent with it,
    both or neither.

    The payer needs no account (``actor`` ``None``). One that may be the agent's own is kept and not
    counted. Raises
    :class:`Refused` for a voided receipt.
    """
    at = rated_at or timezone.now()
    _refuse_unratable(receipt, score, timezone.localtime(at).date())
    with transaction.atomic():
        rating = _rate(actor, receipt, score, comment, at, _doubt(receipt, at, origin))
        if complaint:
            do_record_complaint(
                actor=actor,
                agent=receipt.agent,
                received_on=timezone.localtime(at).date(),
                channel=Complaint.Channel.ONLINE,
                content=complaint,
                receipt=receipt,
            )
        return rating


def _doubt(receipt: Receipt, at: datetime, origin: Origin) -> str:
    """Why the rating may come from who is rated; empty when there is no such sign."""
    since = at - receipt.recorded_at
    if timedelta(0) <= since < timedelta(minutes=office_setting(RATING_WAIT)):
        return ServiceRating.Doubt.SOON
    staff = AuditEntry.objects.filter(
        actor__agent=receipt.agent_id,
        address=origin.address,
        at__gte=at - timedelta(days=KNOWN_DAYS),
    )
    return ServiceRating.Doubt.ADDRESS if origin.address and staff.exists() else ""


def _refuse_unratable(receipt: Receipt, score: int, day: date) -> None:
    if score not in SCORES:
        raise Refused("Hãy chọn một mức từ 1 đến 5.", "score")
    if ReceiptVoid.objects.filter(receipt=receipt, voided_on__lte=day).exists():
        raise Refused(
            "Biên lai này đã hủy nên không đánh giá được; nếu có điều chưa rõ, hãy báo cơ quan "
            "BHXH."
        )
    if not receipt.received_on <= day <= today():
        raise Refused("Ngày đánh giá phải từ ngày biên lai đến hôm nay.")
    if ServiceRating.objects.filter(receipt=receipt).count() >= MOST_RATINGS:
        raise Refused(
            "Biên lai này đã được đánh giá quá nhiều lần; đánh giá đã gửi vẫn giữ nguyên."
        )


def _rate(
    actor: User | None, receipt: Receipt, score: int, comment: str, at: datetime, doubt: str
) -> ServiceRating:
    words = _text(comment, "comment", _MOST_COMMENT)
    rating = ServiceRating.objects.create(
        receipt=receipt, score=score, comment=words, rated_at=at, doubt=doubt
    )
    # Neither the receipt nor the words: a reader of the trail must not learn who judged whom.
    audit.record(
        actor=actor,
        action="service.rate",
        on=rating,
        summary=f"Đánh giá {score}/5 về {receipt.agent.name}",
        changes={"score": score, "doubt": doubt},
    )
    return rating


def do_record_complaint(
    *,
    actor: User | None,
    agent: CollectionAgent,
    received_on: date,
    channel: str,
    content: str,
    collector: Collector | None = None,
    receipt: Receipt | None = None,
) -> Complaint:
    """Write down what somebody says against an agent's service, with the day by which it must be
    answered.

    The same complaint sent twice by the same person, and not answered yet, is one. Without an
    ``actor`` only from the rating page, about a receipt. Raises :class:`Refused` naming the field.
    """
    _refuse_stranger(actor, agent, channel, receipt)
    if received_on > today():
        raise Refused("Ngày nhận không được ở tương lai.", "received_on")
    _refuse_foreign(agent, collector, receipt)
    words = _text(content, "content", needed="Hãy ghi nội dung phản ánh.")
    complaint = Complaint(
        agent=agent,
        collector=collector or (receipt.collector if receipt else None),
        receipt=receipt,
        received_on=received_on,
        channel=channel,
        content=words,
        due_on=due_on(received_on),
        recorded_by=actor,
        recorded_at=timezone.now(),
    )
    with transaction.atomic():
        if noted := twin_of(complaint, "recorded_at"):
            return noted
        complaint.save(force_insert=True)
        audit.record(
            actor=actor,
            action="service.complain",
            on=complaint,
            summary=f"Nhận phản ánh về {agent.name}, hạn trả lời {complaint.due_on:%d/%m/%Y}",
            changes={"received_on": received_on, "channel": channel, "due_on": complaint.due_on},
        )
    return complaint


def _refuse_stranger(
    actor: User | None, agent: CollectionAgent, channel: str, receipt: Receipt | None
) -> None:
    if actor is not None:
        require_agent_to_complain_of(actor, agent, receipt)
    elif channel != Complaint.Channel.ONLINE or receipt is None:
        raise Refused("Phản ánh không qua trang đánh giá phải do cơ quan BHXH ghi nhận.", "channel")
    if channel not in Complaint.Channel.values:
        raise Refused("Hãy chọn kênh nhận phản ánh.", "channel")


def _refuse_foreign(
    agent: CollectionAgent, collector: Collector | None, receipt: Receipt | None
) -> None:
    if receipt and receipt.agent_id != agent.pk:
        raise Refused(f"Biên lai {receipt.number} không phải của {agent.name}.", "receipt")
    if (
        collector
        and collector.point.agent_id != agent.pk
        and not (receipt and receipt.collector_id == collector.pk)
    ):
        raise Refused(f"{collector.full_name} không thuộc {agent.name}.", "collector")


def due_on(received_on: date) -> date:
    """The last day for the answer, by the office's setting of that day. Raises :class:`Refused`
    without one.
    """
    row = current_table().at(ANSWER_DAYS, received_on)
    if row is None:
        raise Refused(
            f"Hạn trả lời phản ánh của ngày {received_on:%d/%m/%Y} chưa có trong bảng tham số.",
            "received_on",
        )
    if row.number > _LONGEST_ANSWER_DAYS:
        raise Refused(
            "Hạn trả lời phản ánh trong bảng tham số dài quá một năm; hãy sửa tham số.",
            "received_on",
        )
    return add_working_days(received_on, int(row.number))


def do_answer_complaint(
    *, actor: User, complaint: Complaint, answer: str, answered_on: date, upheld: bool
) -> Complaint:
    """Answer a complaint, once; ``upheld`` = it was right. Raises :class:`Refused` naming the
    field.
    """
    require_answering(actor, complaint)
    words = _text(answer, "answer", needed="Hãy ghi nội dung trả lời.")
    if not complaint.received_on <= answered_on <= today():
        raise Refused(
            f"Ngày trả lời phải từ ngày nhận {complaint.received_on:%d/%m/%Y} đến hôm nay "
            f"{today():%d/%m/%Y}.",
            "answered_on",
        )
    with transaction.atomic():
        locked = Complaint.objects.select_for_update().get(pk=complaint.pk)
        if locked.answered_on:
            raise Refused(
                f"Phản ánh này đã được trả lời ngày {locked.answered_on:%d/%m/%Y}.", "answer"
            )
        locked.answer, locked.answered_on, locked.upheld = words, answered_on, upheld
        locked.save(update_fields=["answer", "answered_on", "upheld"])
        audit.record(
            actor=actor,
            action="service.answer",
            on=locked,
            summary=f"Trả lời phản ánh về {locked.agent.name}: "
            f"{'đúng' if upheld else 'không đúng'}",
            changes={"answered_on": [None, answered_on], "upheld": [None, upheld]},
        )
    return locked


def _text(text: str, field: str, most: int = _MOST_TEXT, needed: str = "") -> str:
    """What was typed with its lines, cleaned; refused when too long, or empty where something is
    needed.
    """
    words = "\n".join(clean(line) for line in text.splitlines()).strip()
    if needed and not words:
        raise Refused(needed, field)
    if len(words) > most:
        raise Refused(f"Hãy viết ngắn hơn, nhiều nhất {most} ký tự.", field)
    return words
