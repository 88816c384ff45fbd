"""One small office with something of everything on sides A and B, made once for a whole module of tests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from hashlib import sha256
from typing import Any

from django.apps import apps
from django.db import transaction
from django.test import Client

from agents.models import (
    AuditEntry,
    CollectionAgent,
    CollectionPoint,
    CommuneAssignment,
    CommuneContact,
    OfficeProfile,
    Role,
    User,
)
from agents.operations.assignments import do_assign_commune, do_hand_over
from agents.operations.contacts import do_note_contact
from agents.operations.reference import load_territory
from enrollment.importing.upload import do_check_upload
from enrollment.models import Draft, ImportBatch, Participant, PolicyParameter, Receipt
from enrollment.operations.drafts import do_start_draft
from enrollment.operations.policy import load_policy
from enrollment.operations.stops import do_stop
from tests import builders
from tests import cast as stage
from tests.enrollment.views import d05_workbook as d05
from thaithuy_bhxh.clock import this_month, today

ROLES = ("collector", "lead", "officer", "manager", "administrator", "auditor")
SIDED = {"collector": "staff", "lead": "lead", "officer": "officer"}
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@dataclass
class Side:
    """What hangs on one commune and its agent."""

    person: Participant
    receipt: Receipt
    stopped: Participant
    user: dict[str, User]
    contact: CommuneContact
    hand_over: AuditEntry
    drafts: dict[str, Draft] = field(default_factory=dict)
    batches: dict[str, ImportBatch] = field(default_factory=dict)


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
    browsers: dict[str, Client]


def browser_of(user: User) -> Client:
    """Somebody logged in; a page that breaks answers 500 instead of raising."""
    client = Client(raise_request_exception=False)
    client.force_login(user, backend=BACKEND)
    return client


@contextmanager
def set_scene() -> Iterator[Scene]:
    """The scene, and nothing of it afterwards."""
    with transaction.atomic():
        load_territory()
        load_policy()
        yield _scene(stage.gather())
        transaction.set_rollback(True)


def _scene(cast: stage.Cast) -> Scene:
    office, _ = OfficeProfile.objects.get_or_create(
        valid_from=date(2025, 7, 1),
        defaults={"parent_name": "BHXH thử", "name": "Cơ sở thử", "place": "Thái Thụy", "chief_title": "Giám đốc"},
    )
    term = CommuneAssignment.objects.filter(commune=cast.commune_a).first()
    parameter = PolicyParameter.objects.first()
    assert term and parameter
    browsers = {role: browser_of(cast.by_role(role)) for role in ROLES}
    closed = builders.agent("XADONG", "commune_committee", closed_on=date(2020, 1, 1))
    return Scene(
        cast, _side(cast, "a"), _side(cast, "b"), term, office, parameter,
        idle_account=builders.user("da_nghi", Role.AUDITOR, is_active=False), closed_agent=closed,
        empty_point=builders.point(cast.agent_a, 5), browsers=browsers,
    )  # fmt: skip


def _side(cast: stage.Cast, letter: str) -> Side:
    commune, collector = getattr(cast, f"commune_{letter}"), getattr(cast, f"collector_{letter}")
    first = this_month().first_day
    name = f"Người Mẫu Bên {letter.upper()}"
    receipt = builders.paid(cast.manager, commune, collector, first, full_name=name)
    stopped = builders.paid(cast.manager, commune, collector, first, full_name=f"{name} Dừng").participant
    do_stop(actor=cast.manager, participant=stopped, month=this_month() + 1, reason="compulsory")
    users = {role: getattr(cast, f"{short}_{letter}") for role, short in SIDED.items()} | {"manager": cast.manager}
    side = Side(receipt.participant, receipt, stopped, users, *_followed(cast, letter))
    for role in ("collector", "lead"):
        side.drafts[role] = do_start_draft(actor=users[role], title="Nháp", participant=side.person)
    for role in ("lead", "officer", "manager"):
        side.batches[role] = do_check_upload(actor=users[role], upload=_bad_list(collector.code, letter))
    return side


def _followed(cast: stage.Cast, letter: str) -> tuple[CommuneContact, AuditEntry]:
    """A contact with something left to do, and the record of one leader's hand-over to another."""
    commune, other = getattr(cast, f"commune_{letter}"), builders.user(f"lanhdao_{letter}", Role.MANAGER)
    contact = do_note_contact(
        actor=cast.manager, commune=commune, happened_on=today(), kind="visit", with_whom="Chủ tịch xã",
        content="Bàn kế hoạch", next_step="Gửi danh sách",
    )  # fmt: skip
    first = date(2025, 7, 1)
    do_assign_commune(actor=cast.manager, kind="leader", commune=commune, user=cast.manager, valid_from=first)
    do_hand_over(actor=cast.manager, giver=cast.manager, taker=other, communes=[commune], on=today(), kind="leader")
    return contact, AuditEntry.objects.get(action="assignment.hand_over", object_id=commune.pk)


def _bad_list(collector: str, letter: str) -> Any:
    """A list whose one row is dated tomorrow, so that there is an error to hand back."""
    late = today() + timedelta(days=1)
    name = f"Người Mẫu Lỗi {letter}"
    return d05.upload([d05.row(name, builders.citizen_id("female"), late, f"LOI-{letter}", collector)])


def fingerprint() -> str:
    """Everything on record, as one number: equal before and after means that nothing was changed."""
    digest = sha256()
    for label in ("agents", "enrollment"):
        for model in apps.get_app_config(label).get_models():
            names = [field.attname for field in model._meta.concrete_fields if field.name != "last_login"]
            digest.update(
                f"{model._meta.label}{list(model._default_manager.order_by('pk').values_list(*names))}".encode()
            )
    return digest.hexdigest()
