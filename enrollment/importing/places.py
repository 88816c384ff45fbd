"""Where and by whom a line's money was taken: the commune of the address, the collector's post on
the day.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from django.db.models import Q

from agents.access import Scope
from agents.models import Collector, CollectorCard, Commune, CommuneAssignment
from agents.territory import AddressBook
from enrollment.admission import CardPeriod
from thaithuy_bhxh.errors import Refused


@dataclass(frozen=True, slots=True)
class CollectorPost:
    """A collector with the agent and the card periods (ids)."""

    collector: int
    label: str
    agent: int
    agent_name: str
    closed_on: date | None
    cards: tuple[CardPeriod, ...]


class Places:
    """Looks up communes and collectors for one importer, within the ``scope`` that person
    may see.
    """

    def __init__(self, scope: Scope) -> None:
        # A list repeats its addresses.
        self._locate = lru_cache(maxsize=4096)(AddressBook().locate)
        self._scope = scope
        self._posts = _posts(Q())
        self._officers: dict[int, str] | None = None

    def locate(self, address: str, day: date) -> tuple[Commune, str]:
        """The commune of the address on the day, and the hamlet; refused when it names none."""
        try:
            return self._locate(address, day)
        except ValueError as error:
            raise Refused(str(error), "address") from error

    def post(self, code: str, day: date, commune: Commune) -> CollectorPost:
        """The collector's post; refused when unknown, closed on the day or outside the importer's
        scope.
        """
        post = self._posts.get(code.casefold())
        if post is None:
            raise Refused(
                f"Không có nhân viên thu mã “{code}”; hãy kiểm tra cột mã nhân viên thu.",
                "collector",
            )
        if post.closed_on and post.closed_on < day:
            raise Refused(
                f"Đại lý {post.agent_name} ngừng hoạt động từ sau {post.closed_on:%d/%m/%Y}.",
                "collector",
            )
        if not self._scope.holds(agent=post.agent, commune=commune.pk):
            raise Refused(
                f"Ngoài phạm vi của bạn: {post.agent_name} thu ở {commune.label} "
                f"({self._in_charge(commune)}).",
                "collector",
            )
        return post

    def _in_charge(self, commune: Commune) -> str:
        """Who follows the commune today, or followed it last."""
        if self._officers is None:
            terms = CommuneAssignment.objects.officers().order_by("valid_from")
            self._officers = {
                pk: f"chuyên quản{' sau cùng' if ended else ''}: {name}"
                for pk, name, ended in terms.values_list(
                    "commune_id", "user__full_name", "valid_to"
                )
            }
        return self._officers.get(commune.pk, "chưa có chuyên quản")


def hold_posts(posts: Iterable[CollectorPost]) -> bool:
    """From here to the end of the transaction nobody ends these collectors, their cards or their
    agents; false when somebody did since the posts were read.
    """
    used = {post.collector: post for post in posts}
    held = Collector.objects.select_related("point__agent").filter(pk__in=used).order_by("pk")
    list(held.select_for_update(of=("self", "point__agent"), no_key=True))
    now = {post.collector: post for post in _posts(Q(pk__in=used)).values()}
    return now == used


def _posts(which: Q) -> dict[str, CollectorPost]:
    """The collectors' posts by code in lower case."""
    found = Collector.objects.filter(which)
    cards: dict[int, list[CardPeriod]] = {}
    periods = (
        CollectorCard.objects.filter(collector__in=found) if which else CollectorCard.objects.all()
    )
    for collector, first, last in periods.values_list("collector_id", "valid_from", "valid_to"):
        cards.setdefault(collector, []).append(CardPeriod(first, last))
    fields = (
        "pk",
        "code",
        "full_name",
        "point__agent",
        "point__agent__name",
        "point__agent__closed_on",
    )
    return {
        code.casefold(): CollectorPost(
            pk, f"{name} ({code})", agent, agent_name, closed_on, tuple(cards.get(pk, ()))
        )
        for pk, code, name, agent, agent_name, closed_on in found.values_list(*fields)
    }
