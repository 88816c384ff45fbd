"""What the judgement of a list rests on: read before the lines are judged, and again when they are
about to be written.

Lines are judged outside the transaction that writes them, so that no other writer waits for it.
What was judged may be written when the register still says the same of everybody and everything
that the list names.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import Model, QuerySet

from agents.access import Scope, require, scope_of
from agents.models import Commune, CommuneSuccession, User
from agents.roles import Can
from enrollment.importing.lines import ReceiptLine, StopLine
from enrollment.models import (
    LawReading,
    Participant,
    PolicyParameter,
    Receipt,
    ReceiptVoid,
    Residence,
    Stop,
    StopWithdrawal,
    SupportStatus,
)
from thaithuy_bhxh.bulk import chunks

_FACTS: tuple[tuple[type[Model], str], ...] = (
    (Receipt, "participant"),
    (ReceiptVoid, "receipt__participant"),
    (Stop, "participant"),
    (StopWithdrawal, "stop__participant"),
    (Residence, "participant"),
    (SupportStatus, "participant"),
)
"""Rows are only ever added to these, so their number says whether anything was."""
_PERSON = (
    "pk",
    "version",
    "citizen_id",
    "bhxh_no",
    "full_name",
    "birth_date",
    "birth_year",
    "agent_id",
    "commune_id",
)


@dataclass(slots=True)
class Written:
    """What an import has put into the register so far: new people (ids), receipt numbers, facts of
    people on record.
    """

    people: set[int] = field(default_factory=set)
    numbers: set[str] = field(default_factory=set)
    facts: Counter[type[Model]] = field(default_factory=Counter)


class World:
    """What the register says of a list's people, receipt numbers, law and places, as it stood when
    asked first.
    """

    def __init__(self, actor: User, lines: Sequence[ReceiptLine | StopLine]) -> None:
        self._actor = actor
        self._ids = _listed(line.citizen_id for line in lines)
        self._nos = _listed(line.bhxh_no for line in lines)
        self._numbers = _listed(line.number for line in lines if isinstance(line, ReceiptLine))
        self.people: list[int] = []
        """The ids of those on record."""
        self._looked: int | None = None
        self.scope = Scope()
        """The importer's, past what the account object remembers."""
        self._seen = self._read(Written())

    def still_stands(self, written: Written | None = None) -> bool:
        """Whether nothing of it has changed but by what this transaction has ``written`` itself.

        Inside a transaction it cannot change until the end.
        """
        if self._looked is not None and self._looked == _version():
            return True
        for some in chunks(self.people):
            list(
                Participant.objects.select_for_update()
                .filter(pk__in=some)
                .order_by("pk")
                .values_list("pk")
            )
        return self._read(written or Written()) == self._seen

    def look_again(self) -> None:
        """Before the transaction of an engine that has one lock for all: when nobody has committed
        anything from here to the lock, looking again under the lock is spared. Within a caller's
        transaction nobody else has written since it began, so that once is enough.
        """
        before = _version()
        within = connection.in_atomic_block
        self._looked = before if within or not self.has_changed() else None

    def has_changed(self) -> bool:
        """Whether something of it is different by now."""
        return self._read(Written()) != self._seen

    def _read(self, written: Written) -> list[Any]:
        actor = User.objects.select_related("agent").get(pk=self._actor.pk)
        require(actor, Can.IMPORT_LISTS)
        self.scope = scope_of(actor)
        people = {row[0]: row for row in self._named("citizen_id", self._ids)}
        people |= {row[0]: row for row in self._named("bhxh_no", self._nos)}
        self.people = sorted(people.keys() - written.people)
        numbers = {
            number
            for some in chunks(self._numbers)
            for number in Receipt.objects.filter(number__in=some).values_list("number", flat=True)
        }
        return [
            [people[pk] for pk in self.people],
            [self._count(model, path) - written.facts.get(model, 0) for model, path in _FACTS],
            numbers - written.numbers,
            [
                _rows(model.objects.all())
                for model in (PolicyParameter, LawReading, Commune, CommuneSuccession)
            ],
            self.scope,
        ]

    def _count(self, model: type[Model], path: str) -> int:
        found = (
            model._default_manager.filter(**{f"{path}__in": some}) for some in chunks(self.people)
        )
        return sum(one.order_by().count() for one in found)

    @staticmethod
    def _named(field: str, numbers: Sequence[str]) -> Iterable[tuple[Any, ...]]:
        for some in chunks(numbers):
            yield from (
                Participant.objects.filter(**{f"{field}__in": some})
                .order_by()
                .values_list(*_PERSON)
            )


def _version() -> int:
    """SQLite's own count of what other connections have committed."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA data_version")
        count: int = cursor.fetchone()[0]
    return count


def _listed(numbers: Iterable[str | None]) -> list[str]:
    return sorted({number for number in numbers if number})


def _rows(found: QuerySet[Any]) -> list[tuple[Any, ...]]:
    return list(found.order_by("pk").values_list())
