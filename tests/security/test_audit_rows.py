"""Every operation writes its audit row in its own transaction: when the row cannot be written, nothing is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.db import transaction

from agents.models import AuditEntry, Role
from agents.operations import accounts, assignments, collectors, contacts, exports, office, organisations, targets
from enrollment.importing.upload import do_cancel_upload, do_check_upload
from enrollment.law import LABELS
from enrollment.models import PolicyParameter, Stop
from enrollment.operations import participants, policy, readings, receipts, stops, unmask
from tests import builders
from tests.security.scene import Scene, _bad_list, fingerprint
from thaithuy_bhxh.clock import this_month, today

Act = Callable[[Scene], Any]


def payment(scene: Scene, **values: Any) -> receipts.Payment:
    """This month at the floor, for somebody new."""
    given: dict[str, Any] = {
        "collector": scene.cast.collector_a, "received_on": today(), "method": "1", "from_month": this_month(),
        "chosen_income": 1_500_000, "commune": scene.cast.commune_a, **values,
    }  # fmt: skip
    return receipts.Payment(**given)


def somebody(name: str = "Người Mẫu Mới") -> participants.Person:
    return participants.Person(name, citizen_id=builders.citizen_id("male", 1980), sex="male", birth_year=1980)


def corrected(s: Scene) -> Any:
    person = replace(participants.person_of(s.a.person), full_name="Người Mẫu Tên Khác")
    version = s.a.person.version
    return participants.do_correct_participant(
        actor=s.cast.lead_a, participant=s.a.person, version=version, person=person
    )


ACTS: dict[str, Act] = {
    "participant.create": lambda s: participants.do_enroll(
        actor=s.cast.lead_a, person=somebody(), payment=payment(s)
    ),
    "participant.correct": corrected,
    "participant.move": lambda s: participants.do_move(
        actor=s.cast.lead_a, participant=s.a.person, commune=s.cast.commune_b, hamlet="Thôn", since=today()
    ),
    "participant.support": lambda s: participants.do_add_support_status(
        actor=s.cast.lead_a, participant=s.a.person, evidence=participants.Evidence("poor", "GCN 1", date(2026, 1, 1))
    ),
    "participant.household": lambda s: participants.do_join_household(
        actor=s.cast.lead_a, participant=s.a.person, other=s.a.stopped, relation="vợ"
    ),
    "participant.stop": lambda s: stops.do_stop(
        actor=s.cast.lead_a, participant=s.a.person, month=this_month() + 1, reason="retired"
    ),
    "participant.withdraw_stop": lambda s: stops.do_withdraw_stop(
        actor=s.cast.lead_a, stop=Stop.objects.get(participant=s.a.stopped), on=today(), reason="thử"
    ),
    "participant.unmask": lambda s: unmask.do_unmask(actor=s.cast.lead_a, participant=s.a.person, reason="đối chiếu"),
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
    "import.cancel": lambda s: do_cancel_upload(actor=s.cast.lead_a, batch=s.a.batches["lead"]),
    "parameter.save": lambda s: policy.do_save_parameter(actor=s.cast.administrator, values=_policy()),
    "reading.choose": lambda s: readings.do_choose_reading(
        actor=s.cast.administrator, name="off_step", choice="refuse", valid_from=today(), source="Công văn mẫu"
    ),
    "parameter.confirm": lambda s: policy.do_confirm_parameter(
        actor=s.cast.administrator, parameter=_doubtful(), note="Công báo mẫu"
    ),
    "agent.add": lambda s: organisations.do_add_agent(
        actor=s.cast.manager, code="MOI1", name="Đại lý mới", network="post_office", opened_on=today()
    ),
    "agent.edit": lambda s: organisations.do_edit_agent(
        actor=s.cast.manager, agent=s.cast.agent_a, name="Tên khác", opened_on=s.cast.agent_a.opened_on
    ),
    "agent.close": lambda s: organisations.do_close_agent(
        actor=s.cast.manager, agent=s.cast.agent_a, closed_on=today()
    ),
    "point.add": lambda s: organisations.do_add_point(
        actor=s.cast.manager, agent=s.cast.agent_a, code="MOI-P9", name="Điểm mới", opened_on=today(), communes=[]
    ),
    "point.edit": lambda s: organisations.do_edit_point(
        actor=s.cast.manager, point=s.cast.collector_a.point, name="Tên khác",
        opened_on=s.cast.collector_a.point.opened_on, communes=[s.cast.commune_a],
    ),
    "point.communes": lambda s: organisations.do_serve_communes(
        actor=s.cast.manager, point=s.cast.collector_a.point, communes=[s.cast.commune_b]
    ),
    "collector.add": lambda s: collectors.do_add_collector(
        actor=s.cast.manager, point=s.cast.collector_a.point, code="BD001-77", full_name="Người Thu Mới"
    ),
    "collector.edit": lambda s: collectors.do_edit_collector(
        actor=s.cast.manager, collector=s.cast.collector_a, point=s.cast.collector_a.point, full_name="Tên Khác",
        phone="",
    ),
    "card.add": lambda s: collectors.do_add_card(
        actor=s.cast.manager, collector=s.cast.collector_a, number="T-9", valid_from=date(2014, 1, 1),
        valid_to=date(2014, 12, 31),
    ),
    "card.end": lambda s: collectors.do_end_card(
        actor=s.cast.manager, card=s.cast.collector_a.cards.get(), valid_to=today()
    ),
    "account.add": lambda s: accounts.do_create_account(
        actor=s.cast.administrator, username="moi", full_name="Tài khoản mới", post=accounts.Post(Role.MANAGER)
    ),
    "account.edit": lambda s: accounts.do_edit_account(
        actor=s.cast.administrator, user=s.cast.auditor, full_name="Tên Khác", post=accounts.Post(Role.AUDITOR)
    ),
    "account.reset": lambda s: accounts.do_reset_password(actor=s.cast.administrator, user=s.cast.auditor),
    "account.deactivate": lambda s: accounts.do_deactivate_account(actor=s.cast.administrator, user=s.cast.auditor),
    "account.activate": lambda s: accounts.do_activate_account(actor=s.cast.administrator, user=s.idle_account),
    "agent.reopen": lambda s: organisations.do_reopen_agent(actor=s.cast.manager, agent=s.closed_agent),
    "point.close": lambda s: organisations.do_close_point(
        actor=s.cast.manager, point=s.empty_point, closed_on=today()
    ),
    "assignment.add": lambda s: assignments.do_assign_commune(
        actor=s.cast.manager, kind="leader", commune=s.cast.commune_a, user=s.cast.manager, valid_from=today()
    ),
    "target.set": lambda s: targets.do_set_targets(
        actor=s.cast.manager, figures=[targets.Figure(2031, "new", s.cast.commune_a, 10)]
    ),
    "office.save": lambda s: office.do_save_office_profile(
        actor=s.cast.administrator, profile=s.office,
        values=office.ProfileValues(date(2025, 7, 1), "Cấp trên", "Tên khác", "Thái Thụy", "Giám đốc"),
    ),
    "assignment.end": lambda s: assignments.do_end_assignment(
        actor=s.cast.manager, assignment=s.term, valid_to=today()
    ),
    "assignment.hand_over": lambda s: assignments.do_hand_over(
        actor=s.cast.officer_a, giver=s.cast.officer_a, taker=s.cast.officer_b, communes=[s.cast.commune_a],
        on=today(),
    ),
    "contact.note": lambda s: contacts.do_note_contact(
        actor=s.cast.officer_a, commune=s.cast.commune_a, happened_on=today(), kind="phone", with_whom="Chủ tịch",
        content="Hẹn hội nghị",
    ),
    "contact.finish": lambda s: contacts.do_finish_contact(
        actor=s.cast.officer_a, contact=s.a.contact, done_on=today()
    ),
    "export.download": lambda s: exports.do_record_export(actor=s.cast.lead_a, what="báo cáo", asked={}),
}  # fmt: skip


def _doubtful() -> PolicyParameter:
    return PolicyParameter.objects.filter(confidence="medium").exclude(value="")[0]


def _policy() -> policy.ParameterValues:
    return policy.ParameterValues(next(iter(LABELS)), "5", date(2031, 1, 1), "NQ 1/2031")


@pytest.mark.parametrize("action", ACTS)
def test_the_act_leaves_its_row(scene: Scene, db: None, action: str):
    before = set(AuditEntry.objects.values_list("pk", flat=True))
    ACTS[action](scene)
    rows = AuditEntry.objects.exclude(pk__in=before)
    assert action in rows.values_list("action", flat=True)
    assert set(rows.values_list("actor", flat=True)) != {None}


@pytest.mark.parametrize("action", ACTS)
def test_without_its_row_the_act_is_not_done(scene: Scene, db: None, action: str, monkeypatch: pytest.MonkeyPatch):
    def fails(*args: Any, **kwargs: Any) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr("agents.audit.record", fails)
    monkeypatch.setattr("agents.audit.record_all", fails)
    before = fingerprint()
    with pytest.raises(OSError, match="disk is full"):
        ACTS[action](scene)
    assert fingerprint() == before


def test_a_row_outside_a_transaction_is_a_mistake(scene: Scene, monkeypatch: pytest.MonkeyPatch):
    from agents import audit

    monkeypatch.setattr(transaction.get_connection(), "in_atomic_block", False)
    with pytest.raises(RuntimeError):
        audit.record(actor=None, action="x.y", on=scene.cast.agent_a, summary="x")
