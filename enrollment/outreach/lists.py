"""What the page of potentials shows: one list of one place and holder, the most promising first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import F, OuterRef, QuerySet, Subquery

from agents.access import lineage_for
from agents.lineage import place_now
from agents.models import User
from enrollment.models import Holding, Participant, Prospect, VisitOutcome
from enrollment.outreach.people import Who, who
from enrollment.outreach.potentials import (
    OF_PARTICIPANTS,
    ListOf,
    counts,
    due_people,
    held,
    of_list,
    prospects_on,
    stopped_people,
)
from enrollment.outreach.promise import PromiseReason, in_words, reasons_of, with_promise
from enrollment.outreach.workers import communes_folded, communes_of
from enrollment.person_status import status_of

PER_PAGE = 15
HOLDERS = {"": "Mọi người", "toi": "Của tôi", "chung": "Chưa giao ai", "giao": "Đã giao"}


@dataclass(frozen=True, slots=True)
class ListedPerson:
    """One person of the list: today's place, why promising or where the person stands, who holds
    it, what came of the last visit.
    """

    named: Who
    person: Any
    place: str
    reasons: list[PromiseReason]
    sentence: str
    holder: str
    last: VisitOutcome | None

    @property
    def why(self) -> str:
        """Where a participant stands; what is promising of anybody else."""
        return self.sentence or in_words(self.reasons)


class PotentialList:
    """The reader's choice from the address, and its people."""

    def __init__(self, query: Mapping[str, Any], user: User, day: date) -> None:
        self._user, self._day = user, day
        self.counts = counts(user, day)
        asked = query.get("danh_sach")
        filled = (code for code in ListOf.values if self.counts[code])
        self.code = asked if asked in ListOf.values else next(filled, ListOf.STOPPED)
        self.holder = query.get("giu") if query.get("giu") in HOLDERS else ""
        self.communes = communes_of(user, day)
        self.commune = next((c for c in self.communes if str(c.id) == query.get("xa")), None)
        pages = Paginator(self._people(), PER_PAGE)
        if not self.commune and not self.holder:
            pages.__dict__["count"] = self.counts[self.code]
        self.page: Page[Any] = pages.get_page(query.get("trang"))

    @property
    def tabs(self) -> list[tuple[str, str, int]]:
        """Code, name and number of people of each list."""
        return [(code, ListOf(code).label, self.counts[code]) for code in ListOf.values]

    @property
    def place(self) -> str:
        """The end of an address that keeps the commune."""
        return f"&xa={self.commune.id}" if self.commune else ""

    @property
    def label(self) -> str:
        return str(ListOf(self.code).label)

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    def _people(self) -> QuerySet[Any]:
        column = "participant" if self.code in OF_PARTICIPANTS else "prospect"
        found: QuerySet[Any]
        if column == "participant":
            source = stopped_people if self.code == ListOf.STOPPED else due_people
            found = source(self._user, self._day).order_by("commune", "hamlet", "sort_key", "pk")
        else:
            listed = of_list(prospects_on(self._user, self._day), self.code)
            found = with_promise(listed, self._day).select_related("group")
            found = found.order_by(F("promise").desc(), "commune", "hamlet", "sort_key", "pk")
        if self.commune:
            found = found.filter(
                commune__in=communes_folded(self._user, self.commune.id, self._day)
            )
        return self._of_holder(found, column)

    def _of_holder(self, found: QuerySet[Any], column: str) -> QuerySet[Any]:
        if self.holder == "toi":
            return found.filter(held(column, self._day, collector=self._user.collector_id or 0))
        if self.holder == "chung":
            return found.filter(~held(column, self._day))
        return found.filter(held(column, self._day)) if self.holder else found

    def rows(self) -> list[ListedPerson]:
        """The rows of the page (two statements more)."""
        people = list(self.page.object_list)
        holders, last = _holders(people, self._day), last_outcomes(people)
        lineage = lineage_for(self._user)
        return [
            ListedPerson(
                who(one),
                one,
                place_now(lineage, one.commune_id, self._day),
                reasons_of(one, self._day) if isinstance(one, Prospect) else [],
                status_of(one, self._day).sentence if isinstance(one, Participant) else "",
                holders.get(who(one), ""),
                last.get(who(one)),
            )
            for one in people
        ]


def _column(people: list[Any]) -> str:
    return "participant" if people and isinstance(people[0], Participant) else "prospect"


def _holders(people: list[Any], day: date) -> dict[Who, str]:
    column = _column(people)
    rows = Holding.objects.in_force(day).filter(**{f"{column}__in": [one.pk for one in people]})
    return {
        Who("n" if column == "participant" else "t", getattr(row, f"{column}_id")): (
            row.worker.full_name
        )
        for row in rows.select_related("collector", "collaborator")
    }


def last_outcomes(people: list[Any]) -> dict[Who, VisitOutcome]:
    """What came of the latest visit to each, with the visit (one statement)."""
    column = _column(people)
    latest = VisitOutcome.objects.filter(**{column: OuterRef(column)}).order_by(
        "-visit__visited_at", "-pk"
    )
    rows = VisitOutcome.objects.filter(
        **{f"{column}__in": [one.pk for one in people]}, pk=Subquery(latest.values("pk")[:1])
    )
    kind = "n" if column == "participant" else "t"
    return {Who(kind, getattr(row, f"{column}_id")): row for row in rows.select_related("visit")}
