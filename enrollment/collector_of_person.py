"""Who follows a person now: the collector of the latest receipt that counts, or the successor
from that one.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db.models import OuterRef, Subquery

from agents.access import scope_of
from agents.collector_hand_overs import Following, Handed
from agents.models import Collector, CollectorHandover, User
from enrollment.models import Draft, Participant, Receipt
from enrollment.querysets import LATEST_FIRST, ParticipantQuerySet


def following_on(day: date) -> Following:
    """All hand-overs as they stand on a day (one query)."""
    rows = CollectorHandover.objects.values_list("giver", "taker", "handed_on")
    return Following([Handed(*row) for row in rows], day)


def followed_by(people: ParticipantQuerySet, collector: int, day: date) -> ParticipantQuerySet:
    """Those of the people whom a collector (by key) follows on a day."""
    latest = Receipt.objects.live().filter(participant=OuterRef("pk")).order_by(*LATEST_FIRST)
    followed = following_on(day).followed_by(collector)
    # Only people with a receipt of this collector can be followed by them: the first condition
    # leaves out the rest of the register.
    theirs = people.filter(
        pk__in=Receipt.objects.filter(collector__in=followed).values("participant")
    )
    return theirs.annotate(last_collector=Subquery(latest.values("collector")[:1])).filter(
        last_collector__in=followed
    )


WITH_FOLLOWER = (
    "collector__point__agent",
    "collector__handover__taker__point__agent",
    "collector__handover__taker__handover",
)
"""What a query about receipts fetches along, so that :func:`follower_of` asks nothing more in the
ordinary case.
"""


def follower_of(receipts: Iterable[Receipt], day: date) -> Collector | None:
    """Who follows the payer of these receipts on a day; ``None`` when none of them counts.

    ``receipts`` come with their void and :data:`WITH_FOLLOWER`; only a second hand-over costs
    questions (two).
    """
    live = [one for one in receipts if not one.is_voided]
    if not live:
        return None
    collector = max(live, key=lambda one: (one.received_on, one.recorded_at, one.pk)).collector
    handover: CollectorHandover | None = getattr(collector, "handover", None)
    if handover is None or handover.handed_on >= day:
        return collector
    if getattr(handover.taker, "handover", None) is None:
        return handover.taker
    return Collector.objects.select_related("point__agent").get(
        pk=following_on(day).follower(collector.pk)
    )


def number_followed(user: User, day: date) -> int | None:
    """How many people the collector of an account follows; ``None`` for anybody else."""
    if not user.collector_id:
        return None
    return followed_by(Participant.objects.visible_to(user), user.collector_id, day).count()


def collectors_to_filter_by(user: User, agent: int | None, code: str) -> list[Collector]:
    """The collectors of the own agent; for office readers those of the agent chosen, or of the one
    with this code.
    """
    found = Collector.objects.order_by("code")
    own = scope_of(user).agent or agent
    if own:
        return list(found.filter(point__agent=own))
    return list(found.filter(code=code)) if code and scope_of(user).agent is None else []


def left_behind(collector: Collector, day: date) -> tuple[int, int]:
    """How many people a collector follows and how many forms the account has put aside: what a
    hand-over moves.
    """
    people = followed_by(Participant.objects.all(), collector.pk, day).count()
    return people, Draft.objects.filter(owner__collector=collector).count()
