"""The simulated campaign into the database, through the portal's own operations and
importer only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date

from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from agents.chain import QUEUE
from agents.models import CollectionAgent, CollectionPoint, Collector, Commune, Marker, Role, User
from agents.operations.accounts import Post, do_create_account, one_time_password
from agents.operations.assignments import do_assign_commune, do_hand_over
from agents.operations.collectors import do_add_collector
from agents.operations.organisations import do_add_agent, do_add_point, do_close_agent
from agents.operations.reference import load_territory
from agents.operations.targets import Figure, do_set_targets
from enrollment.demonstration.campaign import Campaign, CommuneKey, MonthBatch, TargetFigure
from enrollment.demonstration.mark import do_mark_demonstration
from enrollment.demonstration.side_record_loader import SideRecordLoader
from enrollment.demonstration.side_records import SideRecords
from enrollment.importing.batch import do_import_lines
from enrollment.importing.lines import ReceiptLine
from enrollment.models import Participant, Receipt
from enrollment.operations.bulk import Newcomer, do_form_households, do_register_people
from enrollment.operations.derive import derived_once
from enrollment.operations.participants import Evidence, Person, do_move
from enrollment.operations.policy import load_policy
from enrollment.operations.receipts import do_void_receipt

Say = Callable[[str], None]
CACHE = str(settings.CACHES["default"]["LOCATION"])  # type: ignore[index]


@dataclass(frozen=True, slots=True)
class Issued:
    """An account of the demonstration and its password, made for this database: nothing but its
    people's invented data is behind it, so that it need not be changed.
    """

    username: str
    role: str
    password: str


@dataclass(slots=True)
class Loader:
    """Loads one campaign; ``say`` receives progress messages."""

    campaign: Campaign
    records: SideRecords
    say: Say
    _communes: dict[CommuneKey, Commune] = field(default_factory=dict)
    _agents: dict[str, CollectionAgent] = field(default_factory=dict)
    _points: dict[str, CollectionPoint] = field(default_factory=dict)
    _users: dict[str, User] = field(default_factory=dict)
    _people: dict[int, Participant] = field(default_factory=dict)
    _issued: list[Issued] = field(default_factory=list)
    _collectors: dict[str, Collector] = field(default_factory=dict)
    _manager: User | None = None

    @property
    def manager(self) -> User:
        assert self._manager is not None
        return self._manager

    def load(self) -> list[Issued]:
        """Everything, in the order of an office's work; returns one account
        per role.
        """
        self.say("Nạp danh mục xã và tham số pháp luật…")
        load_territory()
        load_policy()
        do_mark_demonstration()
        self._communes = {(c.code, c.valid_from): c for c in Commune.objects.all()}
        self._manager = self._account("lanhdao", "Lãnh đạo Trình diễn", Post(Role.MANAGER))
        self.say("Ghi đại lý, hợp đồng, nhân viên thu, lớp tập huấn và thẻ…")
        self._load_agents()
        more = self._side_record_loader()
        more.contracts()
        more.courses()
        for one in self.campaign.collectors:
            more.cards(one)
        self._load_office()
        with derived_once():
            self._load_months()
        self.say("Ghi hộ gia đình và chỉ tiêu…")
        self._load_households()
        more.labour()
        self._load_targets(self.campaign.targets)
        self.say("Ghi bàn giao, đánh giá, phản ánh và liên hệ với xã…")
        more.leavings()
        more.ratings()
        more.complaints()
        more.contacts(self._followers())
        self._close_agents()
        self._load_staff_accounts()
        return self._issued

    def _account(self, username: str, name: str, post: Post) -> User:
        """An account that is handed out."""
        word = one_time_password()
        made = do_create_account(
            actor=None, username=username, full_name=name, post=post, password=word
        )
        self._issued.append(Issued(username, Role(post.role).label, word))
        return made.user

    def _load_agents(self) -> None:
        for agent in self.campaign.agents:
            self._agents[agent.code] = do_add_agent(
                actor=self.manager,
                code=agent.code,
                name=agent.name,
                network=agent.network,
                opened_on=agent.opened_on,
            )
        for point in self.campaign.points:
            self._points[point.code] = do_add_point(
                actor=self.manager,
                agent=self._agents[point.agent_code],
                code=point.code,
                name=point.name,
                opened_on=point.opened_on,
                communes=[self._communes[key] for key in point.communes],
            )
        for one in self.campaign.collectors:
            self._collectors[one.code] = do_add_collector(
                actor=self.manager,
                point=self._points[one.point_code],
                code=one.code,
                full_name=one.full_name,
                phone=one.phone,
                hired_on=one.cards[0].valid_from,
            )

    def _side_record_loader(self) -> SideRecordLoader:
        return SideRecordLoader(
            self.records, self.manager, self._communes, self._agents, self._collectors
        )

    def _followers(self) -> dict[CommuneKey, User]:
        """The officers of the communes of today."""
        return {
            one.commune: self._users[one.username]
            for one in self.campaign.assignments
            if one.kind == "officer" and one.valid_to is None
        }

    def _load_office(self) -> None:
        """Officers and leaders have accounts of their own; one officer's is handed out."""
        handed_out, *others = self.campaign.office
        self._users[handed_out.username] = self._account(
            handed_out.username, handed_out.full_name, Post(handed_out.role)
        )
        for person in others:
            self._users[person.username] = do_create_account(
                actor=None,
                username=person.username,
                full_name=person.full_name,
                post=Post(person.role),
            ).user
        self._load_assignments()

    def _load_assignments(self) -> None:
        """The first in charge of every commune; who follows in its life is handed over to, several
        communes at once.
        """
        handed: dict[tuple[date, str, str, str], list[Commune]] = {}
        holder: dict[tuple[str, CommuneKey], str] = {}
        for one in sorted(self.campaign.assignments, key=lambda one: one.valid_from):
            giver = holder.get((one.kind, one.commune))
            holder[one.kind, one.commune] = one.username
            if giver:
                handing = (one.valid_from, one.kind, giver, one.username)
                handed.setdefault(handing, []).append(self._communes[one.commune])
                continue
            do_assign_commune(
                actor=self.manager,
                kind=one.kind,
                commune=self._communes[one.commune],
                user=self._users[one.username],
                valid_from=one.valid_from,
            )
        for (day, kind, giver, taker), communes in handed.items():
            do_hand_over(
                actor=self.manager,
                giver=self._users[giver],
                taker=self._users[taker],
                communes=communes,
                on=day,
                kind=kind,
                note="Bàn giao danh sách người sắp đến hạn và các việc đã hẹn với xã",
            )

    def _load_months(self) -> None:
        year = 0
        right: tuple[ReceiptLine, ...] = ()
        for batch in self.campaign.months:
            if batch.month.year != year:
                year = batch.month.year
                self.say(f"Ghi biên lai năm {year}…")
            self._load_month(batch, right)
            right = batch.corrections
        do_import_lines(actor=self.manager, lines=right)

    def _load_month(self, batch: MonthBatch, right: tuple[ReceiptLine, ...]) -> None:
        """One month; ``right`` are the receipts that stand for those voided in the month before."""
        people = [self.campaign.people[pk] for pk in batch.newcomers]
        newcomers = [
            Newcomer(
                Person(
                    p.full_name,
                    p.citizen_id or "",
                    p.bhxh_no or "",
                    p.sex,
                    p.birth_date,
                    p.birth_year,
                    p.phone,
                ),
                [Evidence(e.group, e.paper, e.valid_from, e.valid_to) for e in p.evidence],
                self.records.sources.get(p.id, ""),
            )
            for p in people
        ]
        made = do_register_people(actor=self.manager, newcomers=newcomers)
        self._people.update(zip(batch.newcomers, made, strict=True))
        do_import_lines(actor=self.manager, lines=[*right, *batch.lines])
        for void in batch.voids:
            receipt = Receipt.objects.get(number=void.number)
            do_void_receipt(
                actor=self.manager, receipt=receipt, on=void.voided_on, reason=void.reason
            )
        for move in batch.moves:
            do_move(
                actor=self.manager,
                participant=self._people[move.person],
                commune=self._communes[move.commune],
                hamlet=move.hamlet,
                since=move.since,
            )

    def _load_households(self) -> None:
        do_form_households(
            actor=self.manager,
            households=[
                (
                    self._people[one.head],
                    [(self._people[pk], relation) for pk, relation in one.members],
                )
                for one in self.campaign.households
                if one.head in self._people and all(pk in self._people for pk, _ in one.members)
            ],
        )

    def _load_targets(self, figures: Iterable[TargetFigure]) -> None:
        do_set_targets(
            actor=self.manager,
            figures=[
                Figure(
                    one.year,
                    one.metric,
                    self._owner(one),
                    one.value,
                    one.decision_no,
                    one.decision_date,
                )
                for one in figures
            ],
        )

    def _owner(self, one: TargetFigure) -> Commune | CollectionAgent | Collector | None:
        if one.commune:
            return self._communes[one.commune]
        if one.collector_code:
            return self._collectors[one.collector_code]
        return self._agents[one.agent_code] if one.agent_code else None

    def _close_agents(self) -> None:
        for agent in self.campaign.agents:
            if agent.closed_on:
                do_close_agent(
                    actor=self.manager, agent=self._agents[agent.code], closed_on=agent.closed_on
                )

    def _load_staff_accounts(self) -> None:
        """A lead and a collector of the post office, an auditor and an administrator."""
        post_office = self._agents["BD001"]
        first = Collector.objects.filter(point__agent=post_office).order_by("code")[0]
        self._account("phutrach", "Phụ trách Bưu điện Trình diễn", Post(Role.LEAD, post_office))
        self._account("nhanvien", first.full_name, Post(Role.COLLECTOR, post_office, first))
        self._account("quantri", "Quản trị Trình diễn", Post(Role.ADMINISTRATOR))
        self._account("thanhtra", "Thanh tra Trình diễn", Post(Role.AUDITOR))


def is_demonstration() -> bool:
    """Whether this database holds the demonstration and nothing else."""
    return Marker.objects.filter(name=Marker.DEMONSTRATION).exists()


def is_foreign() -> bool:
    """Whether this database holds anything but the demonstration; it may be of an older portal, or
    of none at all.
    """
    tables = set(connection.introspection.table_names())
    if Marker._meta.db_table in tables and is_demonstration():
        return False
    ours = {
        *connection.introspection.django_table_names(),
        MigrationRecorder.Migration._meta.db_table,
        CACHE,
        QUEUE,
    }
    begun = any(
        model._meta.db_table in tables and model.objects.exists()
        for model in (User, CollectionAgent, Participant)
    )
    return begun or bool(tables - ours)
