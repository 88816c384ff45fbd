"""A random office whose people, receipts and papers carry words that exist nowhere else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from django.db import transaction
from django.utils import timezone

from agents.models import (
    CollectionAgent,
    Collector,
    Commune,
    CommuneAssignment,
    CommuneSuccession,
    OfficeProfile,
    PointCommune,
    Role,
    User,
)
from agents.operations.contacts import do_note_contact
from agents.operations.contracts import do_add_contract
from agents.operations.organisations import do_close_agent
from agents.operations.targets import Figure, do_set_targets
from agents.operations.training import do_invite, do_plan_course
from enrollment.importing.upload import do_check_upload
from enrollment.models import Participant, Receipt
from enrollment.operations.corrections import do_correct_participant, person_of
from enrollment.operations.drafts import do_start_draft
from enrollment.operations.handover import do_end_collector
from enrollment.operations.participants import (
    Evidence,
    do_add_support_status,
    do_join_household,
    do_move,
)
from enrollment.operations.receipts import do_void_receipt
from enrollment.operations.service import do_rate, do_record_complaint
from enrollment.operations.stops import do_stop
from tests import builders
from tests.enrollment.importing import d05_workbook as d05
from tests.shipped import load_shipped
from thaithuy_bhxh.clock import this_month, today
from thaithuy_bhxh.errors import Refused
from thaithuy_bhxh.months import Month

SYLLABLES = [consonant + vowel for consonant in "bdghklmnprstvx" for vowel in "aeiou"]
PEOPLE = 18
"""In a world that is part of every run."""


@dataclass
class Renaming:
    """A correction of a name, and when it was recorded."""

    person: int
    at: datetime
    before: str
    after: str


@dataclass
class World:
    """The office's accounts by a name of their own, and what the slow reference cannot read off the
    tables.
    """

    random: Random
    manager: User
    users: dict[str, User] = field(default_factory=dict)
    agents: list[CollectionAgent] = field(default_factory=list)
    communes: list[Commune] = field(default_factory=list)
    renamings: list[Renaming] = field(default_factory=list)
    words: set[str] = field(default_factory=set)

    def word(self) -> str:
        """A name-like word that was never used before."""
        while (found := "".join(self.random.choices(SYLLABLES, k=4)).capitalize()) in self.words:
            pass
        self.words.add(found)
        return found


@contextmanager
def a_world(seed: int, people: int = PEOPLE) -> Iterator[World]:
    """The world of a seed, and nothing of it afterwards."""
    with transaction.atomic():
        load_shipped()
        yield _build(seed, people)
        transaction.set_rollback(True)


def _build(seed: int, people: int) -> World:
    world = World(Random(seed), builders.user(f"giamdoc{seed}", Role.MANAGER))
    OfficeProfile.objects.get_or_create(
        valid_from=date(2025, 7, 1),
        defaults={
            "parent_name": "BHXH thử",
            "name": "Cơ sở thử",
            "place": "Thái Thụy",
            "chief_title": "Giám đốc",
        },
    )
    world.communes = world.random.sample(list(Commune.objects.valid_on(today()).order_by("pk")), 4)
    collectors = _network(world, seed)
    _accounts(world, seed, collectors)
    _people(world, collectors, people)
    _papers(world, collectors)
    _close_one(world, collectors)
    return world


# --- who and where --------------------------------------------------------------------------------


def _network(world: World, seed: int) -> list[Collector]:
    """Four agents with two collectors each; the last agent will close."""
    found = []
    for number, network in enumerate(
        ("post_office", "commune_committee", "commune_committee", "post_office")
    ):
        agent = builders.agent(
            f"{'BD' if network == 'post_office' else 'XA'}{seed % 1000:03d}{number}", network
        )
        world.agents.append(agent)
        found += [builders.collector(agent, each) for each in (1, 2)]
        for commune in world.random.sample(world.communes, world.random.randint(1, 2)):
            PointCommune.objects.get_or_create(point=found[-1].point, commune=commune)
    return found


def _accounts(world: World, seed: int, collectors: list[Collector]) -> None:
    """Each agent's lead and collectors; officers whose communes change hands; the management;
    somebody dismissed.
    """
    users = world.users
    for agent in world.agents:
        users[f"lead of {agent.code}"] = builders.user(
            f"pt{agent.code}".lower(), Role.LEAD, agent=agent
        )
    for who in collectors:
        name = f"nv{who.code}".lower().replace("-", "")
        users[f"collector {who.code}"] = builders.user(
            name, Role.COLLECTOR, agent=who.point.agent, collector=who
        )
    officers = [builders.user(f"cq{seed}{number}", Role.OFFICER) for number in range(4)]
    users |= {f"officer {number}": one for number, one in enumerate(officers)}
    _assign(world, officers[:3])
    users |= {
        "manager": world.manager,
        "auditor": builders.user(f"tt{seed}", Role.AUDITOR),
        "administrator": builders.user(f"qt{seed}", Role.ADMINISTRATOR),
    }


def _assign(world: World, officers: list[User]) -> None:
    """Present communes and the old ones that went into them, some handed over since, some to
    nobody.
    """
    for commune in (*world.communes, *_former(world.communes)):
        first, second = world.random.choice(officers), world.random.choice(officers)
        since, until = max(commune.valid_from, date(2018, 1, 1)), commune.valid_to
        change = min(
            since + timedelta(days=world.random.randint(30, 400)), today() - timedelta(days=1)
        )
        if world.random.random() < 0.5 and (until is None or change < until):
            _term(commune, first, since, change)
            since, first = change + timedelta(days=1), second
        if world.random.random() < 0.85:
            _term(commune, first, since, until)


def _former(communes: list[Commune]) -> list[Commune]:
    edges = CommuneSuccession.objects.filter(successor__in=communes).select_related("predecessor")
    return [edge.predecessor for edge in edges]


def _term(commune: Commune, user: User, since: date, until: date | None) -> None:
    CommuneAssignment.objects.create(
        kind="officer", commune=commune, user=user, valid_from=since, valid_to=until
    )


# --- what people do -------------------------------------------------------------------------------


def _people(world: World, collectors: list[Collector], number: int) -> None:
    """People pay somewhere; some are renamed; some pay elsewhere, move, stop, are voided; some are
    renamed again.
    """
    slips = [_slip(world, collectors, world.random.randint(2, 80)) for _ in range(number)]
    _import(world, slips)
    everybody = list(Participant.objects.order_by("pk"))
    _rename(world, world.random.sample(everybody, number // 2), phones=True)
    again = world.random.choices(everybody, k=number)
    _import(
        world,
        [_slip(world, collectors, world.random.randint(0, 14), of=person) for person in again],
    )
    for person in world.random.sample(everybody, number // 3):
        _move(world, person)
    for receipt in world.random.sample(list(Receipt.objects.order_by("pk")), number // 4):
        with suppress(Refused):
            do_void_receipt(
                actor=world.manager, receipt=receipt, on=today(), reason=f"Nhầm {world.word()}"
            )
    for person in world.random.sample(everybody, number // 4):
        with suppress(Refused):
            do_stop(
                actor=world.manager,
                participant=person,
                month=this_month(),
                reason="compulsory",
                note=f"Đi làm {world.word()}",
            )
    _rename(world, world.random.sample(everybody, number // 2), phones=False)
    _households(world, everybody)


def _slip(
    world: World, collectors: list[Collector], ago: int, of: Participant | None = None
) -> Any:
    """A receipt of so many months ago, in a commune of its own day."""
    month, who = this_month() - ago, world.random.choice(collectors)
    last = (today() - month.first_day).days
    day = month.first_day + timedelta(days=world.random.randint(0, min(27, max(last, 0))))
    here = world.random.choice(_standing(world, day))
    values: dict[str, Any] = {"full_name": f"Người {world.word()}"}
    if of is not None:
        values = builders.again(of)
    months = world.random.choice((1, 3, 6, 12))
    line = builders.receipt_line(
        here, who, day, months=months, number=f"BL-{world.word()}", **values
    )
    return replace(
        line,
        from_month=Month.of(day),
        address=line.address.replace("Thôn Bắc", f"Thôn {world.word()}", 1),
    )


def _standing(world: World, day: date) -> list[Commune]:
    """What of the world's territory stood on a day."""
    wanted, level = list(world.communes), list(world.communes)
    while level := _former(level):
        wanted += level
    return [
        one
        for one in wanted
        if one.valid_from <= day and (one.valid_to is None or day <= one.valid_to)
    ]


def _import(world: World, lines: list[Any]) -> None:
    builders.import_lines(world.manager, *lines, skip_bad=True)


def _rename(world: World, people: list[Participant], *, phones: bool) -> None:
    for one in people:
        person = Participant.objects.get(pk=one.pk)
        said = replace(person_of(person), full_name=f"Người {world.word()}")
        if phones:
            said = replace(said, phone=f"09{person.pk:08d}", bhxh_no=f"34{person.pk:08d}")
        before = person.full_name
        do_correct_participant(
            actor=world.manager, participant=person, version=person.version, person=said
        )
        world.renamings.append(Renaming(person.pk, timezone.now(), before, said.full_name))


def _move(world: World, person: Participant) -> None:
    since = today() - timedelta(days=world.random.randint(0, 60))
    where = world.random.choice(world.communes)
    with suppress(Refused):
        do_move(
            actor=world.manager,
            participant=person,
            commune=where,
            hamlet=f"Thôn {world.word()}",
            since=since,
            note=world.word(),
        )


def _households(world: World, everybody: list[Participant]) -> None:
    pairs = world.random.sample(everybody, 6)
    for one, other in zip(pairs[::2], pairs[1::2], strict=True):
        with suppress(Refused):
            do_join_household(actor=world.manager, participant=one, other=other, relation="vợ")
        evidence = Evidence("poor", f"GCN {world.word()}", date(2026, 1, 1))
        with suppress(Refused):
            do_add_support_status(actor=world.manager, participant=one, evidence=evidence)


# --- papers ---------------------------------------------------------------------------------------


def _papers(world: World, collectors: list[Collector]) -> None:
    """Complaints, ratings, drafts, uploads, contacts, contracts, courses and targets."""
    manager, pick = world.manager, world.random
    receipts = list(Receipt.objects.live().select_related("agent").order_by("pk"))
    for receipt in pick.sample(receipts, 6):
        with suppress(Refused):
            do_rate(
                receipt=receipt,
                score=2,
                comment=f"Chậm {world.word()}",
                complaint=f"Phiền {world.word()}",
            )
    for agent in world.agents:
        do_record_complaint(
            actor=manager,
            agent=agent,
            received_on=today(),
            channel="phone",
            content=f"Chê {world.word()}",
        )
        do_add_contract(
            actor=manager,
            agent=agent,
            number=f"HD-{world.word()}",
            signed_on=date(2026, 1, 1),
            valid_from=date(2026, 1, 1),
            valid_to=today() + timedelta(days=30),
            communes=world.communes[:1],
        )
    course = do_plan_course(
        actor=manager,
        code=f"TH-{pick.randint(0, 999)}",
        title="Nghiệp vụ",
        starts_on=today() + timedelta(days=9),
        ends_on=today() + timedelta(days=9),
        place="Hội trường",
    )
    for agent in world.agents:
        do_invite(
            actor=manager,
            course=course,
            agent=agent,
            full_name=f"Ứng Viên {world.word()}",
            invited_on=today(),
        )
    for commune in world.communes:
        do_note_contact(
            actor=manager,
            commune=commune,
            happened_on=today(),
            kind="visit",
            with_whom=f"Chủ tịch {world.word()}",
            content=f"Bàn {world.word()}",
            next_step="Gửi danh sách",
        )
    owners = (None, *world.communes, *world.agents, *collectors[:2])
    do_set_targets(
        actor=manager,
        figures=[Figure(2026, "new", owner, 90, "15/QD", date(2026, 1, 12)) for owner in owners],
    )
    _unfinished(world, collectors)


def _unfinished(world: World, collectors: list[Collector]) -> None:
    """Forms and lists that somebody left halfway."""
    people = list(Participant.objects.order_by("pk"))
    for name, user in world.users.items():
        if user.role in (Role.LEAD, Role.COLLECTOR):
            own = [one for one in people if one.agent_id == user.agent_id]
            typed = {"who": {"full_name": f"Người {world.word()}", "birth": "1980"}}
            do_start_draft(actor=user, title=f"Người {world.word()}", data=typed)
            if own:
                do_start_draft(actor=user, title=own[0].full_name, participant=own[0])
        if user.role in (Role.LEAD, Role.OFFICER) or name == "manager":
            late, who = today() + timedelta(days=1), world.random.choice(collectors)
            cells = d05.row(
                f"Người {world.word()}",
                builders.citizen_id(),
                late,
                f"LOI-{world.word()}",
                who.code,
            )
            do_check_upload(actor=user, upload=d05.upload([cells], name=f"{world.word()}.xlsx"))


def _close_one(world: World, collectors: list[Collector]) -> None:
    """The last agent closes; one of its collectors hands over to another agent, who follows the
    people from then on.
    """
    agent, giver = world.agents[-1], collectors[-1]
    taker = world.random.choice(collectors[:2])
    yesterday = today() - timedelta(days=1)
    latest = max(
        [yesterday, *Receipt.objects.filter(agent=agent).values_list("received_on", flat=True)]
    )
    with suppress(Refused):
        do_close_agent(actor=world.manager, agent=agent, closed_on=min(latest, yesterday))
        agent.refresh_from_db()
        do_end_collector(actor=world.manager, collector=giver, ended_on=yesterday, successor=taker)
