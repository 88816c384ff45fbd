"""Outreach on both sides of the scene: somebody who may join, who works with them, what came of
it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.utils import timezone

from agents.models import Collaborator, OfficeAccount
from enrollment.models import (
    Attendance,
    Conference,
    ConferenceQuestion,
    ConferenceStep,
    Exclusion,
    Holding,
    HouseholdVisit,
    OfficerTask,
    Participant,
    Prospect,
    ProspectGroup,
    RenewalCall,
)
from enrollment.outreach.operations.prospects import do_exclude
from enrollment.outreach.operations.sharing import do_share_out
from enrollment.outreach.operations.visits import Result
from enrollment.outreach.people import who
from tests import builders
from tests import cast as stage
from thaithuy_bhxh.clock import today


@dataclass
class OutreachSide:
    """``held`` is with the side's collector, ``free`` with nobody, ``excluded`` left alone."""

    held: Prospect
    free: Prospect
    excluded: Exclusion
    holding: Holding
    visit: HouseholdVisit
    conference: Conference
    planned: Conference
    attendance: Attendance
    task: OfficerTask
    collaborator: Collaborator
    call: RenewalCall
    group: ProspectGroup


def add_outreach(cast: stage.Cast, letter: str, person: Participant) -> OutreachSide:
    """One of everything on a side."""
    commune, agent = getattr(cast, f"commune_{letter}"), getattr(cast, f"agent_{letter}")
    collector, staff = getattr(cast, f"collector_{letter}"), getattr(cast, f"staff_{letter}")
    name = f"Người Mẫu Tiềm Năng {letter.upper()}"
    held, free, left = (
        builders.prospect(cast.manager, commune, full_name=f"{name} {word}", hamlet="Thôn Bắc")
        for word in ("Giữ", "Chung", "Thôi")
    )
    do_share_out(actor=cast.manager, people=[who(held)], workers=[collector])
    visit = builders.visit(staff, commune, Result(who(held), "undecided"), hamlet="Thôn Bắc")
    excluded = do_exclude(actor=cast.manager, person=left, reason="asked")
    conference, planned = (
        _conference(cast, commune, agent, state) for state in ("held", "planned")
    )
    now = timezone.now()
    common = {"recorded_by": cast.manager, "recorded_at": now}
    attendance = Attendance.objects.create(
        conference=conference,
        prospect=held,
        invited_at=now,
        attended_at=now,
        way="list",
        recorded_by=cast.manager,
    )
    ConferenceQuestion.objects.create(conference=conference, question="Đóng ở đâu?", **common)
    return OutreachSide(
        held,
        free,
        excluded,
        Holding.objects.get(prospect=held),
        visit,
        conference,
        planned,
        attendance,
        OfficerTask.objects.create(
            officer=getattr(cast, f"officer_{letter}"),
            commune=commune,
            week=today() - timedelta(days=today().weekday()),
            what="Đến 3 hộ",
            due_on=today(),
            set_by=cast.manager,
            set_at=now,
        ),
        Collaborator.objects.create(
            agent=agent,
            collector=collector,
            full_name=f"Trưởng Thôn {letter.upper()}",
            commune=commune,
            hamlet="Thôn Bắc",
            is_hamlet_head=True,
            valid_from=today(),
            **common,
        ),
        RenewalCall.objects.create(
            key=uuid4(),
            participant=person,
            commune=commune,
            agent=agent,
            collector=collector,
            called_on=today(),
            result="no_answer",
            **common,
        ),
        ProspectGroup.objects.get_or_create(
            code="ngu-dan", defaults={"name": "Ngư dân", "valid_from": today()}
        )[0],
    )


def _conference(cast: stage.Cast, commune: Any, agent: Any, state: str) -> Conference:
    row = Conference.objects.create(
        topic="Ngư dân với BHXH",
        commune=commune,
        place="Nhà văn hóa",
        planned_on=today(),
        starts_at="19:30",
        agent=agent,
        state=state,
        planned_by=cast.manager,
        planned_at=timezone.now(),
    )
    ConferenceStep.objects.create(
        conference=row, state=state, taken_by=cast.manager, taken_at=timezone.now()
    )
    return row


def name_account(cast: stage.Cast) -> OfficeAccount:
    """The office's account, for the picture to pay by."""
    return OfficeAccount.objects.create(
        valid_from=today(),
        bank_bin="970436",
        bank_name="Ngân hàng thử",
        number="0123456789",
        holder="BHXH CO SO THU",
        set_by=cast.manager,
        set_at=timezone.now(),
    )
