"""One small office with something of everything on sides A and B, made once for a whole module of
tests.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from hashlib import sha256
from typing import Any

from django.apps import apps
from django.db import transaction
from django.db.models import Q
from django.test import Client
from django.utils import timezone

from agents.models import (
    AccountRequest,
    AuditEntry,
    AuditLink,
    CollectionAgent,
    CollectionPoint,
    Collector,
    CommuneAssignment,
    CommuneContact,
    OfficeProfile,
    PortalSession,
    Role,
    User,
)
from agents.operations.account_requests import do_request_reset
from agents.operations.assignments import do_assign_commune, do_hand_over
from agents.operations.contacts import do_note_contact
from agents.operations.targets import Figure, do_set_targets
from enrollment.importing.upload import do_check_upload
from enrollment.models import Complaint, Draft, ImportBatch, Participant, PolicyParameter, Receipt
from enrollment.operations.drafts import do_start_draft
from enrollment.operations.service import do_record_complaint
from enrollment.operations.stops import do_stop
from tests import builders
from tests import cast as stage
from tests.enrollment.importing import d05_workbook as d05
from tests.security.outreach_scene import OutreachSide, add_outreach, name_account
from tests.security.people_scene import PeopleScene, add_people
from tests.shipped import load_shipped
from thaithuy_bhxh.clock import this_month, today

ROLES = tuple(Role.values)
SIDED = {"collector": "staff", "lead": "lead", "officer": "officer"}
BACKEND = "agents.backends.PortalBackend"


@dataclass
class Side:
    """What hangs on one commune and its agent."""

    person: Participant
    receipt: Receipt
    stopped: Participant
    complaint: Complaint
    user: dict[str, User]
    contact: CommuneContact
    hand_over: AuditEntry
    outreach: OutreachSide
    drafts: dict[str, Draft] = field(default_factory=dict)
    batches: dict[str, ImportBatch] = field(default_factory=dict)
    unmatched: dict[str, ImportBatch] = field(default_factory=dict)


@dataclass
class Scene:
    """The cast with both sides, and a browser per role (of side A)."""

    cast: stage.Cast
    a: Side
    b: Side
    term: CommuneAssignment
    office: OfficeProfile
    parameter: PolicyParameter
    idle_account: User
    closed_agent: CollectionAgent
    empty_point: CollectionPoint
    uncarded: Collector
    clean_list: ImportBatch
    browsers: dict[str, Client]
    people: PeopleScene
    account_request: AccountRequest
    told_requests: dict[str, AccountRequest]


def browser_of(user: User) -> Client:
    """Somebody logged in; a page that breaks answers 500 instead of raising."""
    client = Client(raise_request_exception=False)
    client.force_login(user, backend=BACKEND)
    return client


@contextmanager
def set_scene() -> Iterator[Scene]:
    """The scene, and nothing of it afterwards."""
    with transaction.atomic():
        load_shipped()
        yield _scene(stage.gather())
        transaction.set_rollback(True)


def _scene(cast: stage.Cast) -> Scene:
    office, _ = OfficeProfile.objects.get_or_create(
        valid_from=date(2025, 7, 1),
        defaults={
            "parent_name": "BHXH thử",
            "name": "Cơ sở thử",
            "place": "Thái Thụy",
            "chief_title": "Giám đốc",
        },
    )
    term = CommuneAssignment.objects.filter(commune=cast.commune_a).first()
    parameter = PolicyParameter.objects.first()
    assert term and parameter
    browsers = {role: browser_of(cast.by_role(role)) for role in ROLES}
    closed = builders.agent("XADONG", "commune_committee", closed_on=date(2020, 1, 1))
    _assign_targets(cast)
    name_account(cast)
    return Scene(
        cast,
        _side(cast, "a"),
        _side(cast, "b"),
        term,
        office,
        parameter,
        idle_account=builders.user("da_nghi", Role.AUDITOR, is_active=False),
        closed_agent=closed,
        empty_point=builders.point(cast.agent_a, 5),
        uncarded=_uncarded(cast),
        clean_list=_clean_list(cast),
        browsers=browsers,
        people=add_people(cast),
        account_request=do_request_reset(
            actor=cast.administrator, user=cast.lead_b, reason="quên mật khẩu"
        ),
        told_requests={role: _told_request(cast, role) for role in ROLES},
    )


def _told_request(cast: stage.Cast, role: str) -> AccountRequest:
    """What was done to the account of a role, of which its owner reads."""
    now = timezone.now()
    return AccountRequest.objects.create(
        kind="reset",
        account=cast.by_role(role),
        outcome="done",
        asked_by=cast.administrator,
        asked_at=now,
        decided_by=cast.manager,
        decided_at=now,
    )


def _uncarded(cast: stage.Cast) -> Collector:
    """Somebody of side A who holds no card yet."""
    point = cast.collector_a.point
    return Collector.objects.create(code="BD001-78", full_name="Người Thu Chưa Thẻ", point=point)


def _clean_list(cast: stage.Cast) -> ImportBatch:
    """A list without errors that waits for its confirmation."""
    return do_check_upload(actor=cast.manager, upload=d05.upload([new_row(cast, "SACH-1")]))


def new_row(cast: stage.Cast, number: str) -> list[Any]:
    """A row of a list for somebody new, received today on side A."""
    return d05.row(
        "Người Mẫu Trong Danh Sách",
        builders.citizen_id("female"),
        today(),
        number,
        cast.collector_a.code,
    )


def strange_list(cast: stage.Cast, number: str) -> Any:
    """A list whose columns are named in words that nobody knows."""
    return d05.upload([new_row(cast, number)], names=d05.STRANGE)


def _assign_targets(cast: stage.Cast) -> None:
    """A decision of this January, so that its papers and its history have something to tell."""
    owners = (None, cast.commune_a, cast.agent_a, cast.collector_a)
    decided = ("15/QD", date(2026, 1, 12))
    figures = [
        Figure(2026, metric, owner, 90, *decided)
        for owner in owners
        for metric in ("active", "new")
    ]
    do_set_targets(actor=cast.manager, figures=figures)


def _side(cast: stage.Cast, letter: str) -> Side:
    commune, collector = getattr(cast, f"commune_{letter}"), getattr(cast, f"collector_{letter}")
    first = this_month().first_day
    name = f"Người Mẫu Bên {letter.upper()}"
    receipt = builders.paid(cast.manager, commune, collector, first, full_name=name)
    stopped = builders.paid(
        cast.manager, commune, collector, first, full_name=f"{name} Dừng"
    ).participant
    do_stop(actor=cast.manager, participant=stopped, month=this_month() + 1, reason="compulsory")
    users = {role: getattr(cast, f"{short}_{letter}") for role, short in SIDED.items()} | {
        "manager": cast.manager
    }
    complaint = do_record_complaint(
        actor=cast.manager,
        agent=receipt.agent,
        received_on=today(),
        channel="phone",
        content="Thái độ chưa tốt",
        receipt=receipt,
    )
    outreach = add_outreach(cast, letter, receipt.participant)
    contact, hand_over = _followed(cast, letter)
    side = Side(
        receipt.participant, receipt, stopped, complaint, users, contact, hand_over, outreach
    )
    for role in ("collector", "lead"):
        side.drafts[role] = do_start_draft(actor=users[role], title="Nháp", participant=side.person)
    for role in ("lead", "officer", "manager"):
        side.batches[role] = do_check_upload(
            actor=users[role], upload=_bad_list(collector.code, letter)
        )
        side.unmatched[role] = do_check_upload(
            actor=users[role], upload=strange_list(cast, f"LA-{letter}-1")
        )
    return side


def _followed(cast: stage.Cast, letter: str) -> tuple[CommuneContact, AuditEntry]:
    """A contact with something left to do, and the record of one leader's hand-over to another."""
    commune, other = (
        getattr(cast, f"commune_{letter}"),
        builders.user(f"lanhdao_{letter}", Role.MANAGER),
    )
    contact = do_note_contact(
        actor=cast.manager,
        commune=commune,
        happened_on=today(),
        kind="visit",
        with_whom="Chủ tịch xã",
        content="Bàn kế hoạch",
        next_step="Gửi danh sách",
    )
    first = date(2025, 7, 1)
    do_assign_commune(
        actor=cast.manager, kind="leader", commune=commune, user=cast.manager, valid_from=first
    )
    do_hand_over(
        actor=cast.manager,
        giver=cast.manager,
        taker=other,
        communes=[commune],
        on=today(),
        kind="leader",
    )
    return contact, AuditEntry.objects.get(action="assignment.hand_over", object_id=commune.pk)


def _bad_list(collector: str, letter: str) -> Any:
    """A list whose one row is dated tomorrow, so that there is an error to hand back."""
    late = today() + timedelta(days=1)
    name = f"Người Mẫu Lỗi {letter}"
    return d05.upload(
        [d05.row(name, builders.citizen_id("female"), late, f"LOI-{letter}", collector)]
    )


def fingerprint() -> str:
    """Everything on record, as one number: equal before and after means that nothing was changed.

    That something was read or refused is on record too, and is no change.
    """
    digest, noticed = sha256(), Q(action__startswith="refusal.") | Q(action__endswith=".read")
    for label in ("agents", "enrollment"):
        for model in apps.get_app_config(label).get_models():
            if model in (PortalSession, AuditLink):
                continue
            rows = (
                model._default_manager.exclude(noticed)
                if model is AuditEntry
                else model._default_manager
            )
            names = [
                field.attname for field in model._meta.concrete_fields if field.name != "last_login"
            ]
            digest.update(
                f"{model._meta.label}{list(rows.order_by('pk').values_list(*names))}".encode()
            )
    return digest.hexdigest()
