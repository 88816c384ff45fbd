"""How often a person may do a thing in a day: counted from the trail, with a row that the office is
alarmed by.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import QuerySet

from agents import audit
from agents.access import scope_of
from agents.models import AuditEntry, PointCommune, User
from agents.office_settings import office_setting
from agents.roles import Can
from thaithuy_bhxh.clock import start_of, today
from thaithuy_bhxh.storing import one_at_a_time

REACHED = "limit.reached"
"""The action of the row that says who came to a limit; one per person, day and limit."""
ALARM_DAYS = 7
"""Days for which the office sees it."""


@dataclass(frozen=True, slots=True)
class DailyLimit:
    """``actions`` of the trail that count, the office ``setting`` that says how many, and the thing
    in words.
    """

    setting: str
    actions: tuple[str, ...]
    what: str

    @property
    def most(self) -> int:
        return office_setting(self.setting)

    @property
    def refusal(self) -> str:
        return (
            f"Hôm nay bạn đã {self.what} đủ {self.most} lần theo quy định của cơ quan. "
            "Nếu còn cần, hãy liên hệ chuyên quản thu hoặc lãnh đạo; mai làm tiếp được."
        )


def acts_today(actor: User, limit: DailyLimit) -> QuerySet[AuditEntry]:
    """What the person did today that counts."""
    return AuditEntry.objects.filter(
        actor=actor, action__in=limit.actions, at__gte=start_of(today())
    )


def count_alone(actor: User, limit: DailyLimit) -> None:
    """What is counted of this person from here on still holds when the transaction ends."""
    one_at_a_time(f"{limit.setting} {actor.pk}")


def may_once_more(actor: User, limit: DailyLimit, used: int | None = None) -> bool:
    """Whether the person may; at the limit the row that alarms the office is written. Inside the
    act's transaction.

    ``used`` is how many count already, where not every act does: counted after :func:`count_alone`.
    The caller refuses after its transaction, because the row has to stay.
    """
    count_alone(actor, limit)
    if used is None:
        used = acts_today(actor, limit).count()
    if used < limit.most:
        return True
    noted = AuditEntry.objects.filter(actor=actor, action=REACHED, at__gte=start_of(today()))
    if limit.setting not in {row.changes.get("limit") for row in noted}:
        audit.record(
            actor=actor,
            action=REACHED,
            on=actor,
            changes={"limit": limit.setting, "most": limit.most},
            summary=f"{actor}: đã {limit.what} đủ {limit.most} lần trong ngày {today():%d/%m/%Y}",
        )
    return False


def reached_lately(reader: User, day: date) -> QuerySet[AuditEntry]:
    """Who came to a limit in the last days: an officer sees the agents that serve the own
    communes.
    """
    if not reader.may(Can.HEAR_OF_LIMITS):
        return AuditEntry.objects.none()
    found = AuditEntry.objects.filter(
        action=REACHED, at__gte=start_of(day - timedelta(days=ALARM_DAYS))
    )
    if not scope_of(reader).everything:
        serving = PointCommune.objects.filter(commune__in=scope_of(reader).communes)
        found = found.filter(actor__agent__in=serving.values("point__agent"))
    return found
