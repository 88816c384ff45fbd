"""Every operation writes its audit row in its own transaction: when the row cannot be written,
nothing is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import transaction

from agents.models import AuditEntry, CommuneBoundary, Role
from agents.office_settings import definition_of
from agents.operations import (
    account_requests,
    accounts,
    assignments,
    collectors,
    confirming,
    contacts,
    contracts,
    decisions,
    exports,
    hiring,
    labour,
    office,
    office_settings,
    organisations,
    targets,
    territory,
    training,
)
from agents.operations.reference import load_territory
from enrollment.importing.upload import (
    do_cancel_upload,
    do_check_upload,
    do_confirm_upload,
    do_match_columns,
)
from enrollment.models import PolicyParameter, Stop
from enrollment.operations import (
    corrections,
    handover,
    participants,
    policy,
    readings,
    receipts,
    service,
    slips,
    sources,
    stops,
    unmask,
)
from enrollment.operations.exports import do_take_errors
from tests import builders
from tests.enrollment.importing import d05_workbook as d05
from tests.security.scene import Scene, _bad_list, fingerprint, new_row
from tests.shipped import unguarded
from thaithuy_bhxh.clock import this_month, today

Act = Callable[[Scene], Any]


def payment(scene: Scene, **values: Any) -> receipts.Payment:
    """This month at the floor, for somebody new."""
    given: dict[str, Any] = {
        "collector": scene.cast.collector_a,
        "received_on": today(),
        "method": "1",
        "from_month": this_month(),
        "chosen_income": 1_500_000,
        "commune": scene.cast.commune_a,
        **values,
    }
    return receipts.Payment(**given)


def somebody(name: str = "Người Mẫu Mới") -> participants.Person:
    return participants.Person(
        name, citizen_id=builders.citizen_id("male", 1980), sex="male", birth_year=1980
    )


def corrected(s: Scene) -> Any:
    person = replace(corrections.person_of(s.a.person), full_name="Người Mẫu Tên Khác")
    version = s.a.person.version
    return corrections.do_correct_participant(
        actor=s.cast.lead_a, participant=s.a.person, version=version, person=person
    )


AGENTS = (
    "agent_code,agent_name,network,point_code,point_name,commune_code,commune_valid_from,commune_name,"
    "collector_code,collector_name,active_from,active_to\n"
    "BD9,Bưu điện,post_office,BD9-P1,Điểm 1,12862,,Thuỵ Xuân,BD9-01,Đỗ Văn Mẫu,2016-01-01,\n"
).encode()
TARGETS = (
    b"year,metric,owner_kind,owner_code,value,decision_no,decision_date\n"
    b"2032,new,commune,12922,10,,\n"
)


def manage(command: str, name: str, content: bytes) -> None:
    """A command that takes a file over, as the manager would give it."""
    path = Path(settings.MEDIA_ROOT) / name
    path.write_bytes(content)
    call_command(command, str(path), "--as", "lanhdao", stdout=StringIO(), stderr=StringIO())


ACTS: dict[str, Act] = {
    "participant.create": lambda s: participants.do_enroll(
        actor=s.cast.lead_a, person=somebody(), payment=payment(s)
    ),
    "participant.correct": corrected,
    "participant.move": lambda s: participants.do_move(
        actor=s.cast.lead_a,
        participant=s.a.person,
        commune=s.cast.commune_b,
        hamlet="Thôn",
        since=today(),
    ),
    "participant.support": lambda s: participants.do_add_support_status(
        actor=s.cast.lead_a,
        participant=s.a.person,
        evidence=participants.Evidence("poor", "GCN 1", date(2026, 1, 1)),
    ),
    "participant.household": lambda s: participants.do_join_household(
        actor=s.cast.lead_a, participant=s.a.person, other=s.a.stopped, relation="vợ"
    ),
    "participant.stop": lambda s: stops.do_stop(
        actor=s.cast.lead_a, participant=s.a.person, month=this_month() + 1, reason="retired"
    ),
    "participant.withdraw_stop": lambda s: stops.do_withdraw_stop(
        actor=s.cast.lead_a,
        stop=Stop.objects.get(participant=s.a.stopped),
        on=today(),
        reason="thử",
    ),
    "participant.unmask": lambda s: unmask.do_unmask(
        actor=s.cast.lead_a, participant=s.a.person, reason="Đối chiếu giấy tờ"
    ),
    "participant.call": lambda s: unmask.do_take_number_to_call(
        actor=s.cast.lead_a, participant=_with_phone(s)
    ),
    "receipt.print": lambda s: slips.do_print_slip(actor=s.cast.lead_a, receipt=s.a.receipt),
    "receipt.record": lambda s: participants.do_enroll(
        actor=s.cast.lead_a, person=somebody("Người Mẫu Khác"), payment=payment(s)
    ),
    "receipt.void": lambda s: receipts.do_void_receipt(
        actor=s.cast.lead_a, receipt=s.a.receipt, on=today(), reason="thử"
    ),
    "receipt.import": lambda s: builders.import_lines(
        s.cast.manager, builders.receipt_line(s.cast.commune_a, s.cast.collector_a, today())
    ),
    "import.upload": lambda s: do_check_upload(
        actor=s.cast.lead_a, upload=_bad_list(s.cast.collector_a.code, "nua")
    ),
    "import.confirm": lambda s: do_confirm_upload(actor=s.cast.manager, batch=s.clean_list),
    "import.match": lambda s: do_match_columns(
        actor=s.cast.lead_a, batch=s.a.unmatched["lead"], row=2, columns=d05.PLACES
    ),
    "receipt.import of import_d05": lambda s: manage(
        "import_d05", "l.xlsx", d05.upload([new_row(s.cast, "LENH-1")]).read()
    ),
    "participant.create of import_d05": lambda s: manage(
        "import_d05", "m.xlsx", d05.upload([new_row(s.cast, "LENH-2")]).read()
    ),
    "card.add of import_agents": lambda s: manage("import_agents", "a.csv", AGENTS),
    "target.set of import_targets": lambda s: manage("import_targets", "t.csv", TARGETS),
    "import.cancel": lambda s: do_cancel_upload(actor=s.cast.lead_a, batch=s.a.batches["lead"]),
    "parameter.save": lambda s: policy.do_save_parameter(
        actor=s.cast.administrator, values=_policy()
    ),
    "reading.choose": lambda s: readings.do_choose_reading(
        actor=s.cast.administrator,
        name="off_step",
        choice="refuse",
        valid_from=today(),
        source="Công văn mẫu",
    ),
    "parameter.confirm": lambda s: policy.do_confirm_parameter(
        actor=s.cast.administrator, parameter=_doubtful(), note="Công báo mẫu"
    ),
    "agent.add": lambda s: organisations.do_add_agent(
        actor=s.cast.manager,
        code="MOI1",
        name="Đại lý mới",
        network="post_office",
        opened_on=today(),
    ),
    "agent.edit": lambda s: organisations.do_edit_agent(
        actor=s.cast.manager,
        agent=s.cast.agent_a,
        name="Tên khác",
        opened_on=s.cast.agent_a.opened_on,
    ),
    "agent.close": lambda s: organisations.do_close_agent(
        actor=s.cast.manager, agent=s.cast.agent_a, closed_on=today()
    ),
    "point.add": lambda s: organisations.do_add_point(
        actor=s.cast.manager,
        agent=s.cast.agent_a,
        code="MOI-P9",
        name="Điểm mới",
        opened_on=today(),
        communes=[],
    ),
    "point.edit": lambda s: organisations.do_edit_point(
        actor=s.cast.manager,
        point=s.cast.collector_a.point,
        name="Tên khác",
        opened_on=s.cast.collector_a.point.opened_on,
        communes=[s.cast.commune_a],
    ),
    "point.communes": lambda s: organisations.do_serve_communes(
        actor=s.cast.manager, point=s.cast.collector_a.point, communes=[s.cast.commune_b]
    ),
    "collector.add": lambda s: collectors.do_add_collector(
        actor=s.cast.manager,
        point=s.cast.collector_a.point,
        code="BD001-77",
        full_name="Người Thu Mới",
    ),
    "collector.edit": lambda s: collectors.do_edit_collector(
        actor=s.cast.manager,
        collector=s.cast.collector_a,
        point=s.cast.collector_a.point,
        full_name="Tên Khác",
        phone="",
    ),
    "card.add": lambda s: collectors.do_add_card(
        actor=s.cast.manager, collector=s.uncarded, number="T-9", valid_from=today(), valid_to=None
    ),
    "card.end": lambda s: collectors.do_end_card(
        actor=s.cast.manager, card=s.cast.collector_a.cards.get(), valid_to=today()
    ),
    "contract.add": lambda s: contracts.do_add_contract(
        actor=s.cast.manager,
        agent=s.cast.agent_a,
        number="HD-9",
        signed_on=date(2019, 1, 1),
        valid_from=date(2019, 1, 1),
        valid_to=date(2019, 12, 31),
        communes=[s.cast.commune_a],
    ),
    "contract.end": lambda s: contracts.do_end_contract(
        actor=s.cast.manager, contract=s.people.a.contract, ended_on=today(), reason="thử"
    ),
    "course.plan": lambda s: training.do_plan_course(
        actor=s.cast.manager,
        code="TH-9",
        title="Lớp thử",
        starts_on=today(),
        ends_on=today(),
        place="Hội trường",
    ),
    "course.edit": lambda s: training.do_edit_course(
        actor=s.cast.manager,
        course=s.people.coming,
        title="Tên khác",
        starts_on=s.people.coming.starts_on,
        ends_on=s.people.coming.ends_on,
        place="Hội trường",
    ),
    "course.cancel": lambda s: training.do_cancel_course(
        actor=s.cast.manager, course=s.people.coming, cancelled_on=today(), reason="mưa bão"
    ),
    "course.invite": lambda s: training.do_invite_collectors(
        actor=s.cast.lead_a, course=s.people.coming, collectors=[s.cast.collector_a]
    ),
    "course.uninvite": lambda s: training.do_withdraw_invitation(
        actor=s.cast.lead_a, attendance=s.people.a.guest
    ),
    "course.results": lambda s: training.do_record_results(
        actor=s.cast.manager,
        course=s.people.over,
        results=[training.CourseOutcome(s.people.a.candidate, False)],
    ),
    "course.certify": lambda s: training.do_certify_many(
        actor=s.cast.manager,
        course=s.people.over,
        numbers={s.people.a.candidate: "CN-9"},
        certified_on=today(),
    ),
    "course.hire": lambda s: hiring.do_hire_candidate(
        actor=s.cast.lead_a,
        attendance=s.people.a.candidate,
        point=s.cast.collector_a.point,
        code="BD001-99",
        hired_on=today(),
    ),
    "collector.end": lambda s: handover.do_end_collector(
        actor=s.cast.manager,
        collector=s.cast.collector_a,
        ended_on=today(),
        successor=s.people.successor,
    ),
    "collector.take_over": lambda s: ACTS["collector.end"](s),
    "account.add": lambda s: accounts.do_create_account(
        actor=s.cast.administrator,
        username="moi",
        full_name="Tài khoản mới",
        post=accounts.Post(Role.MANAGER),
    ),
    "account.edit": lambda s: accounts.do_edit_account(
        actor=s.cast.administrator,
        user=s.cast.auditor,
        full_name="Tên Khác",
        post=accounts.Post(Role.AUDITOR),
    ),
    "account.reset": lambda s: confirming.do_confirm_request(
        actor=s.cast.manager, request=s.account_request
    ),
    "account.decide": lambda s: confirming.do_refuse_request(
        actor=s.cast.manager, request=s.account_request
    ),
    "account.request": lambda s: account_requests.do_request_reset(
        actor=s.cast.administrator, user=s.cast.auditor
    ),
    "factor.reset": lambda s: confirming.do_confirm_request(
        actor=s.cast.manager,
        request=account_requests.do_request_factor_reset(
            actor=s.cast.administrator, user=s.cast.lead_a
        ),
    ),
    "account.deactivate": lambda s: accounts.do_deactivate_account(
        actor=s.cast.administrator, user=s.cast.auditor
    ),
    "account.activate": lambda s: accounts.do_activate_account(
        actor=s.cast.administrator, user=s.idle_account
    ),
    "agent.reopen": lambda s: organisations.do_reopen_agent(
        actor=s.cast.manager, agent=s.closed_agent
    ),
    "point.close": lambda s: organisations.do_close_point(
        actor=s.cast.manager, point=s.empty_point, closed_on=today()
    ),
    "assignment.add": lambda s: assignments.do_assign_commune(
        actor=s.cast.manager,
        kind="leader",
        commune=s.cast.commune_a,
        user=s.cast.manager,
        valid_from=today(),
    ),
    "target.set": lambda s: targets.do_set_targets(
        actor=s.cast.manager, figures=[targets.Figure(2031, "new", s.cast.commune_a, 10)]
    ),
    "target.decision": lambda s: decisions.do_correct_decision(
        actor=s.cast.manager,
        year=2026,
        decided=("15/QD", date(2026, 1, 12)),
        number="16/QD",
        day=date(2026, 1, 12),
    ),
    "labour.set": lambda s: labour.do_set_labour_forces(
        actor=s.cast.manager,
        rows=[labour.LabourRow(s.cast.commune_a, date(2026, 1, 1), 5000, "Báo cáo mẫu")],
    ),
    "commune.merge": lambda s: territory.do_merge_communes(
        actor=s.cast.manager,
        predecessors=[s.cast.commune_a, s.cast.commune_b],
        code="12922",
        name="Xã mẫu mới",
        kind="xã",
        on=this_month().first_day,
        source="Nghị quyết mẫu",
    ),
    "office.save": lambda s: office.do_save_office_profile(
        actor=s.cast.administrator,
        profile=s.office,
        values=office.ProfileValues(
            date(2025, 7, 1), "Cấp trên", "Tên khác", "Thái Thụy", "Giám đốc"
        ),
    ),
    "office.setting": lambda s: office_settings.do_set_office_setting(
        actor=s.cast.manager,
        definition=definition_of("void_days"),
        value=3,
        valid_from=today(),
        why="Quyết định 1",
    ),
    "assignment.end": lambda s: assignments.do_end_assignment(
        actor=s.cast.manager, assignment=s.term, valid_to=today()
    ),
    "participant.source": lambda s: sources.do_set_source(
        actor=s.cast.lead_a, participant=s.a.person, source="visit"
    ),
    "service.rate": lambda s: service.do_rate(actor=s.cast.manager, receipt=s.a.receipt, score=5),
    "service.complain": lambda s: service.do_record_complaint(
        actor=s.cast.officer_a,
        agent=s.cast.agent_a,
        received_on=today(),
        channel="phone",
        content="Chậm trả biên lai",
    ),
    "service.answer": lambda s: service.do_answer_complaint(
        actor=s.cast.officer_a,
        complaint=s.a.complaint,
        answer="Đã nhắc nhở",
        answered_on=today(),
        upheld=True,
    ),
    "assignment.hand_over": lambda s: assignments.do_hand_over(
        actor=s.cast.officer_a,
        giver=s.cast.officer_a,
        taker=s.cast.officer_b,
        communes=[s.cast.commune_a],
        on=today(),
    ),
    "contact.note": lambda s: contacts.do_note_contact(
        actor=s.cast.officer_a,
        commune=s.cast.commune_a,
        happened_on=today(),
        kind="phone",
        with_whom="Chủ tịch",
        content="Hẹn hội nghị",
    ),
    "contact.finish": lambda s: contacts.do_finish_contact(
        actor=s.cast.officer_a, contact=s.a.contact, done_on=today()
    ),
    "export.people": lambda s: do_take_errors(
        actor=s.cast.manager, batch=s.a.batches["manager"], reason="sửa bảng kê rồi tải lên lại"
    ),
    "export.download": lambda s: exports.do_record_export(
        actor=s.cast.lead_a, what="báo cáo", asked={}
    ),
}


def _with_phone(s: Scene) -> Any:
    s.a.person.phone = "0912345678"
    return s.a.person


def _doubtful() -> PolicyParameter:
    return PolicyParameter.objects.filter(confidence="medium").exclude(value="")[0]


def _policy() -> policy.ParameterValues:
    return policy.ParameterValues("contribution_rate", "0,22", date(2031, 1, 1), "NQ 1/2031")


@pytest.mark.parametrize("action", ACTS)
def test_the_act_leaves_its_row(scene: Scene, db: None, action: str):
    before = set(AuditEntry.objects.values_list("pk", flat=True))
    ACTS[action](scene)
    rows = AuditEntry.objects.exclude(pk__in=before)
    assert action.partition(" ")[0] in rows.values_list("action", flat=True)
    assert set(rows.values_list("actor", flat=True)) != {None}


@pytest.mark.parametrize("action", ACTS)
def test_without_its_row_the_act_is_not_done(
    scene: Scene, db: None, action: str, monkeypatch: pytest.MonkeyPatch
):
    def fails(*args: Any, **kwargs: Any) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr("agents.audit.record", fails)
    monkeypatch.setattr("agents.audit.record_all", fails)
    before = fingerprint()
    with pytest.raises(OSError, match="disk is full"):
        ACTS[action](scene)
    assert fingerprint() == before


def _lacks_a_parameter() -> None:
    with unguarded(PolicyParameter):
        PolicyParameter.objects.filter(key="rural_poverty_line").earliest("valid_from").delete()


def _lacks_an_outline() -> None:
    with unguarded(CommuneBoundary):
        CommuneBoundary.objects.first().delete()  # type: ignore[union-attr]


LOADS: dict[str, tuple[Callable[[], None], Callable[[], int]]] = {
    "parameter.load": (_lacks_a_parameter, policy.load_policy),
    "commune.load": (_lacks_an_outline, load_territory),
}
"""What the software ships is loaded by whoever runs the server: nobody is logged in, but the row is
written.
"""


@pytest.mark.parametrize("action", LOADS)
def test_a_load_of_what_is_shipped_leaves_its_row_once(scene: Scene, db: None, action: str):
    lacks, load = LOADS[action]
    lacks()
    before = set(AuditEntry.objects.values_list("pk", flat=True))
    assert (load(), load()) == (1, 0)
    (row,) = AuditEntry.objects.exclude(pk__in=before)
    assert (row.action, row.actor) == (action, None)


@pytest.mark.parametrize("action", LOADS)
def test_without_its_row_nothing_shipped_is_loaded(
    scene: Scene, db: None, action: str, monkeypatch: Any
):
    def fails(*args: Any, **kwargs: Any) -> None:
        raise OSError("the disk is full")

    lacks, load = LOADS[action]
    lacks()
    monkeypatch.setattr("agents.audit.record", fails)
    before = fingerprint()
    with pytest.raises(OSError, match="disk is full"):
        load()
    assert fingerprint() == before


def test_a_row_outside_a_transaction_is_a_mistake(scene: Scene, monkeypatch: pytest.MonkeyPatch):
    from agents import audit

    monkeypatch.setattr(transaction.get_connection(), "in_atomic_block", False)
    with pytest.raises(RuntimeError):
        audit.record(actor=None, action="x.y", on=scene.cast.agent_a, summary="x")
