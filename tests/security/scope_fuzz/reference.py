"""Who may read what, told once more and slowly: from the facts and docs, never from ``visible_to``
or what is derived.

Collectors and leads read what belongs to their agent: the people whose latest contribution it took,
its receipts, and the people that a closed agent's collector handed over. An account officer reads
the communes held today, of every era. Managers and auditors read everything, an administrator
nobody.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from django.apps import apps
from django.db.models import CharField, JSONField, TextField
from django.utils.timezone import now

from agents.models import (
    AgentContract,
    CollectionAgent,
    CollectionPoint,
    Collector,
    CollectorCard,
    CollectorHandover,
    Commune,
    CommuneAssignment,
    CommuneContact,
    CommuneSuccession,
    CourseAttendance,
    PointCommune,
    User,
)
from agents.office_settings import office_setting
from enrollment.looking import SETTLING_DAYS
from enrollment.models import (
    Complaint,
    Draft,
    ImportBatch,
    Participant,
    Receipt,
    ReceiptVoid,
    Residence,
    ServiceRating,
    Stop,
    SupportStatus,
)
from tests.security.scope_fuzz.reading import texts_of
from tests.security.scope_fuzz.worlds import SYLLABLES, World
from thaithuy_bhxh.clock import today

_SYLLABLE = "(?:" + "|".join(SYLLABLES) + ")"
WORD = re.compile(rf"(?=(?<![a-z])({_SYLLABLE}{{4}})(?![a-z]))")
"""The worlds' words in folded text."""
NUMBER = re.compile(r"(?<![0-9])[0-9]{9,12}(?![0-9])")
MASKED = re.compile(r"[0-9]{4}•+[0-9]{2,4}")

ALL_SEEING = ("manager", "auditor")
OF_AN_AGENT = ("collector", "lead")
OFFICE = ("officer", "manager", "administrator", "auditor")


def words_in(text: str) -> set[str]:
    """The words of the world in a text."""
    return set(WORD.findall(text.lower()))


def rows(model: Any, *names: str) -> list[dict[str, Any]]:
    """Plain rows of a table."""
    return list(model._default_manager.order_by("pk").values("pk", *names))


@dataclass(frozen=True)
class Sight:
    """What one account may read: keys of records by kind."""

    user: User
    people: frozenset[int]
    receipts: frozenset[int]
    written_here: frozenset[int]
    """Receipts of the own agent or communes, whoever pays there now."""
    known_by: Mapping[int, str]
    """People who were inside once → the names that they had until they left."""
    words: frozenset[str]
    """The words that may appear."""


@dataclass
class Office:
    """All facts of a world, read once."""

    world: World
    day: date = field(default_factory=today)
    before: Office | None = None
    """The same office before something was done in it: its words are the world's, the rest is read
    again.
    """

    def __post_init__(self) -> None:
        self.people = {
            row["pk"]: row
            for row in rows(Participant, "full_name", "household", "citizen_id", "phone")
        }
        self.voids = {row["receipt"] for row in rows(ReceiptVoid, "receipt")}
        self.receipts = rows(
            Receipt,
            "participant",
            "agent",
            "commune",
            "collector",
            "received_on",
            "recorded_at",
            "number",
            "recorded_by__role",
        )
        self.moves = rows(Residence, "participant", "commune", "since", "recorded_at")
        self.terms = rows(CommuneAssignment, "kind", "commune", "user", "valid_from", "valid_to")
        self.heirs = {
            row["predecessor"]: row
            for row in rows(CommuneSuccession, "predecessor", "successor", "effective_on")
        }
        self.home = {row["pk"]: row["point__agent"] for row in rows(Collector, "point__agent")}
        self.handed = {
            row["giver"]: row for row in rows(CollectorHandover, "giver", "taker", "handed_on")
        }
        self._sights: dict[int, Sight] = {}

    # --- where somebody is ------------------------------------------------------------------------

    def counting(self, person: int) -> list[dict[str, Any]]:
        """The receipts that speak for somebody: those that hold, or all when none does."""
        own = [row for row in self.receipts if row["participant"] == person]
        return [row for row in own if row["pk"] not in self.voids] or own

    def latest(self, person: int) -> dict[str, Any] | None:
        return max(self.counting(person), key=_when, default=None)

    def commune_of(self, person: int) -> int | None:
        visits = [(*_when(row), row["commune"]) for row in self.counting(person)]
        visits += [
            (row["since"], row["recorded_at"], row["pk"], row["commune"])
            for row in self.moves
            if row["participant"] == person
        ]
        return max(visits)[3] if visits else None

    def heir(self, commune: int) -> int:
        """The unit of today that a unit's history went into."""
        while (edge := self.heirs.get(commune)) and edge["effective_on"] <= self.day:
            commune = edge["successor"]
        return commune

    def follower(self, collector: int) -> int:
        met = {collector}
        while (
            (step := self.handed.get(collector))
            and step["handed_on"] < self.day
            and step["taker"] not in met
        ):
            collector = step["taker"]
            met.add(collector)
        return collector

    # --- what an account may read -----------------------------------------------------------------

    def holds(self, user: User, agent: int | None, commune: int | None) -> bool:
        """Whether a fact of this agent and commune is the account's own."""
        if not user.is_active:
            return False
        if user.role in ALL_SEEING:
            return True
        if user.role in OF_AN_AGENT:
            return agent is not None and agent == user.agent_id
        return (
            user.role == "officer" and commune is not None and self.heir(commune) in self.held(user)
        )

    def held(self, user: User) -> set[int]:
        return {
            term["commune"]
            for term in self.terms
            if term["user"] == user.pk
            and term["kind"] == "officer"
            and term["valid_from"] <= self.day
            and (term["valid_to"] is None or self.day <= term["valid_to"])
        }

    def sees_person(self, user: User, person: int) -> bool:
        latest = self.latest(person)
        if self.holds(user, latest["agent"] if latest else None, self.commune_of(person)):
            return True
        if (
            not user.is_active
            or user.role not in OF_AN_AGENT
            or latest is None
            or latest["pk"] in self.voids
        ):
            return False
        writer = latest["collector"]
        return (
            self.home[writer] != user.agent_id and self.home[self.follower(writer)] == user.agent_id
        )

    def sight(self, user: User) -> Sight:
        """What this account may read."""
        if user.pk not in self._sights:
            self._sights[user.pk] = self._sight(user)
        return self._sights[user.pk]

    def _sight(self, user: User) -> Sight:
        people = frozenset(pk for pk in self.people if self.sees_person(user, pk))
        settled = {pk for pk in people if not self.just_came(user, pk)}
        own = frozenset(
            row["pk"] for row in self.receipts if self.holds(user, row["agent"], row["commune"])
        )
        paid = frozenset(row["pk"] for row in self.receipts if row["participant"] in settled)
        draft = Sight(user, people, own | paid, own, self._known_by(user, people), frozenset())
        words = frozenset(
            word for word, holders in self.holders.items() if self._may(draft, holders)
        )
        return Sight(user, people, own | paid, own, draft.known_by, words)

    def just_came(self, user: User, person: int) -> bool:
        """Whether a payer came over to the user's agent within the office's days: then what was
        before stays hidden.
        """
        if user.role not in OF_AN_AGENT:
            return False
        wait = timedelta(days=office_setting(SETTLING_DAYS))

        def is_own(row: dict[str, Any]) -> bool:
            writer = row["collector"]
            return (
                row["agent"] == user.agent_id or self.home[self.follower(writer)] == user.agent_id
            )

        def is_settled(row: dict[str, Any]) -> bool:
            by_office = row["recorded_by__role"] in ("officer", "manager")
            return row["recorded_at"] <= now() - wait or (
                by_office and row["received_on"] < self.day - wait
            )

        held = [
            row
            for row in self.receipts
            if row["participant"] == person and row["pk"] not in self.voids
        ]
        latest = max(
            (row for row in held if not is_own(row) or is_settled(row)), key=_when, default=None
        )
        return latest is not None and not is_own(latest)

    def _known_by(self, user: User, people: frozenset[int]) -> dict[int, str]:
        found = {}
        for pk, person in self.people.items():
            told = [
                (row["recorded_at"], self.holds(user, row["agent"], row["commune"]))
                for row in self.receipts
                if row["participant"] == pk
            ]
            if user.role == "officer":
                told += [
                    (row["recorded_at"], self.holds(user, None, row["commune"]))
                    for row in self.moves
                    if row["participant"] == pk
                ]
            inside = [at for at, own in told if own]
            if pk not in people and inside:
                gone = min(
                    (at for at, own in told if not own and at > max(inside)), default=max(inside)
                )
                found[pk] = self._name_at(pk, gone, str(person["full_name"]))
        return found

    def _name_at(self, person: int, moment: datetime, name: str) -> str:
        """What somebody was called until then, the last name and those before it."""
        own = [one for one in self.world.renamings if one.person == person]
        later = [one for one in own if one.at >= moment]
        last = min(later, key=lambda one: one.at).before if later else name
        return " ".join([last, *(one.before for one in own if one.at < moment)])

    def may_open(self, user: User, model: Any, pk: int) -> bool | None:
        """Whether a record's own addresses may answer; ``None`` where the role alone decides, or
        more than the key.
        """
        sight, row = self.sight(user), self.find(model, pk)
        if row is None:
            # The whole district's targets stand under a key that no commune has.
            return None if model is Commune else False
        if model in (Participant, Receipt):
            return pk in (sight.people if model is Participant else sight.receipts)
        if model is Complaint:
            return self._complaint(sight, row)
        if model is Draft:
            return bool(row["owner"] == user.pk)
        if model is ImportBatch:
            return bool(row["created_by"] == user.pk) or user.role == "manager"
        if model is CommuneContact and user.role == "officer":
            return self.holds(user, None, row["commune"])
        owner = self._agent_of(model, row)
        return (
            None if owner is None or user.role not in OF_AN_AGENT else bool(owner == user.agent_id)
        )

    def _agent_of(self, model: Any, row: Mapping[str, Any]) -> int | None:
        if model is CollectionAgent:
            return int(row["id"])
        if model is CollectorCard:
            return int(self.home[row["collector"]])
        if model is Collector:
            return int(self.home[row["id"]])
        return row["agent"] if model in (CollectionPoint, AgentContract, CourseAttendance) else None

    # --- words and who holds them -----------------------------------------------------------------

    @cached_property
    def holders(self) -> dict[str, list[tuple[Any, int]]]:
        """Each word of the world → the rows that hold it; found in every text of every table but
        the trail's.
        """
        if self.before is not None:
            return self.before.holders
        found: dict[str, list[tuple[Any, int]]] = {}
        made = {word.lower() for word in self.world.words}
        for model, pk, text in _texts():
            for word in words_in(text) & made:
                found.setdefault(word, []).append((model, pk))
        for one in self.world.renamings:
            for word in words_in(one.before):
                found.setdefault(word, []).append((Participant, one.person))
        return found

    @cached_property
    def numbers(self) -> dict[str, int]:
        """Full numbers and phones → whose they are."""
        return {
            text: pk
            for pk, *texts in Participant.objects.values_list(
                "pk", "citizen_id", "bhxh_no", "phone"
            )
            for text in texts
            if text
        }

    @cached_property
    def masked(self) -> dict[str, int]:
        """Masked numbers → whose they are, as far as they are one person's alone."""
        found: dict[str, set[int]] = {}
        for text, pk in self.numbers.items():
            shown = 4 if len(text) == 12 else 2
            found.setdefault(f"{text[:4]}•{text[-shown:]}", set()).add(pk)
        return {text: pks.pop() for text, pks in found.items() if len(pks) == 1}

    def _may(self, sight: Sight, holders: Iterable[tuple[Any, int]]) -> bool:
        return any(self._may_read(sight, model, pk) for model, pk in holders)

    def _may_read(self, sight: Sight, model: Any, pk: int) -> bool:
        role, agent = sight.user.role, sight.user.agent_id
        row = self.find(model, pk)
        if row is None:
            return False
        if model is Participant:
            return pk in sight.people
        if model in (Receipt, ReceiptVoid, ServiceRating):
            return (pk if model is Receipt else row["receipt"]) in sight.receipts
        if model in (Residence, Stop):
            return row["participant"] in sight.people
        if model is SupportStatus:
            return bool(self._household(row) & sight.people)
        if model is Complaint:
            return self._complaint(sight, row)
        if model is Draft:
            return bool(row["owner"] == sight.user.pk)
        if model is ImportBatch:
            return role in ALL_SEEING or row["created_by"] == sight.user.pk
        if model is AgentContract:
            # The letter to an agent, which all of its staff may read, names the contract.
            return role in OFFICE or row["agent"] == agent
        if model is CourseAttendance:
            return role in OFFICE or (role == "lead" and row["agent"] == agent)
        if model is CommuneContact:
            return role in ("officer", *ALL_SEEING)
        raise AssertionError(f"Nobody said who may read {model._meta.label}.")

    def find(self, model: Any, pk: int) -> dict[str, Any] | None:
        """A record with the names that decide about it; ``None`` when there is none."""
        if (model, pk) not in self._records:
            values = model._default_manager.filter(pk=pk).values().first()
            if values is None:
                return None
            self._records[model, pk] = {
                key.removesuffix("_id"): value for key, value in values.items()
            }
        return self._records[model, pk]

    @cached_property
    def _records(self) -> dict[tuple[Any, int], dict[str, Any]]:
        return {}

    def _household(self, row: Mapping[str, Any]) -> set[int]:
        if row["household"] is None:
            return {row["participant"]}
        return {pk for pk, one in self.people.items() if one["household"] == row["household"]}

    def _complaint(self, sight: Sight, row: Mapping[str, Any]) -> bool:
        role = sight.user.role
        if role in ALL_SEEING:
            return True
        if role == "lead":
            return bool(row["agent"] == sight.user.agent_id)
        if role != "officer":
            return False
        if row["receipt"] is not None:
            receipt = next(one for one in self.receipts if one["pk"] == row["receipt"])
            return self.holds(sight.user, None, receipt["commune"])
        return any(
            one["point__agent"] == row["agent"] and self.holds(sight.user, None, one["commune"])
            for one in rows(PointCommune, "point__agent", "commune")
        )


def _when(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return row["received_on"], row["recorded_at"], row["pk"]


def _texts() -> Iterable[tuple[Any, int, str]]:
    """Every text of every table, but those of the trail, which repeats what stands elsewhere."""
    for label in ("agents", "enrollment"):
        for model in apps.get_app_config(label).get_models():
            names = [
                one.attname
                for one in model._meta.concrete_fields
                if isinstance(one, CharField | TextField | JSONField)
            ]
            if names and model.__name__ not in ("AuditEntry", "User", CollectionAgent.__name__):
                for pk, *texts in model._default_manager.values_list("pk", *names):
                    yield model, pk, " ".join(map(str, texts))
    for batch in ImportBatch.objects.exclude(file=""):
        with batch.file.open("rb") as file:
            yield ImportBatch, batch.pk, "\n".join(texts_of(file.read()))
