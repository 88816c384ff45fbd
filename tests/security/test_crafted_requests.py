"""What a request made by hand could try: others' people, others' collectors, fields that no form
offers, formulas.
"""

from __future__ import annotations

import csv
from datetime import timedelta
from io import BytesIO, StringIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from agents.models import AuditEntry, User
from enrollment.importing.people import NOT_AS_ON_RECORD
from enrollment.importing.upload import do_check_upload
from enrollment.models import Draft, Participant, Receipt, ReceiptVoid, Stop
from enrollment.operations.drafts import do_start_draft
from tests import builders
from tests.enrollment.importing import d05_workbook as d05
from tests.pages import markup
from tests.security.scene import Scene, fingerprint
from thaithuy_bhxh.clock import this_month, today

YEAR = f"tu={this_month() - 1}&den={this_month()}"
BOUNDED = ("collector", "lead", "officer")


def text_of(answer: Any) -> str:
    assert answer.status_code == 200
    return markup(answer)


def paying(**values: Any) -> dict[str, Any]:
    return {
        "chosen_income": "1.500.000",
        "method": "1",
        "from_month": this_month().vi,
        "received_on": f"{today():%d/%m/%Y}",
        "number": "",
        "other_support": "",
        **values,
    }


def newcomer(scene: Scene, user: User) -> Draft:
    """A draft about somebody new, ready for the payment."""
    who = {
        "full_name": "Người Mẫu Thử Tay",
        "sex": "male",
        "birth": "1980",
        "citizen_id": builders.citizen_id(),
        "bhxh_no": "",
        "phone": "",
        "commune": str(scene.cast.commune_a.pk),
        "hamlet": "",
    }
    return do_start_draft(
        actor=user,
        title="Nháp",
        data={"ca-nhan": who, "doi-tuong": {"group": "other", "evidence": ""}},
    )


def send(browser: Client, draft: Draft, **values: Any) -> Any:
    url = reverse("enrollment:enroll_step", args=[draft.pk, "muc-dong"])
    browser.post(url, paying(**values))
    return browser.post(
        reverse("enrollment:enroll_step", args=[draft.pk, "kiem-tra"]), {"khoa": draft.data["key"]}
    )


@pytest.mark.parametrize("role", BOUNDED)
def test_others_people_show_in_no_list_search_or_count(scene: Scene, db: None, role: str):
    browser = scene.browsers[role]
    own, foreign = scene.a.person.full_name, scene.b.person.full_name
    for url in (
        reverse("enrollment:participants"),
        reverse("enrollment:receipts"),
        reverse("home"),
    ):
        assert foreign not in text_of(browser.get(url)), url
    assert own in text_of(browser.get(reverse("enrollment:participants")))
    answer = browser.post(
        reverse("enrollment:participant_search"), {"tim": scene.b.person.citizen_id}
    )
    assert answer["Location"] == reverse("enrollment:participants") + "?tim=1", (
        "a full number opens nobody out of scope"
    )
    answer = browser.get(reverse("enrollment:participants") + f"?dai_ly={scene.cast.agent_b.code}")
    assert foreign not in text_of(answer)


@pytest.mark.parametrize("role", BOUNDED)
def test_others_people_show_in_no_report_export_chart_or_list_behind(
    scene: Scene, db: None, role: str
):
    browser, growth = scene.browsers[role], reverse("reports:growth")
    everything = scene.browsers["manager"].get(f"{growth}?{YEAR}&dinh_dang=json").json()
    own = browser.get(f"{growth}?{YEAR}&dinh_dang=json").json()
    assert (everything["total"]["closing"], own["total"]["closing"]) == (4, 2)
    for by, code in (("commune", scene.cast.commune_b.code), ("agent", scene.cast.agent_b.code)):
        url = f"{reverse('reports:growth_list')}?{YEAR}&theo={by}&cot=closing&don_vi={code}"
        answer = browser.get(url)
        assert answer.status_code == 404 or scene.b.person.full_name not in markup(answer)
    answer = text_of(browser.get(f"{reverse('reports:growth_list')}?{YEAR}&cot=closing"))
    assert scene.a.person.full_name in answer and scene.b.person.full_name not in answer
    rows = browser.get(f"{growth}?{YEAR}&theo=agent&dinh_dang=csv").content.decode("utf-8-sig")
    if role != "officer":
        assert scene.cast.agent_b.name not in rows


@pytest.mark.parametrize("role", ["administrator"])
def test_the_administrator_sees_nobody_anywhere(scene: Scene, db: None, role: str):
    for name in (
        "enrollment:participants",
        "enrollment:receipts",
        "reports:growth",
        "reports:growth_list",
    ):
        assert scene.browsers[role].get(reverse(name)).status_code == 403
    for url in (reverse("home"), reverse("agents:audit")):
        text = text_of(scene.browsers[role].get(url))
        assert scene.a.person.full_name not in text and scene.b.person.full_name not in text


def test_nobody_takes_money_in_the_name_of_somebody_else_s_collector(scene: Scene, db: None):
    for role in ("collector", "lead"):
        draft = newcomer(scene, scene.a.user[role])
        send(scene.browsers[role], draft, collector=scene.cast.collector_b.pk)
    taken = Receipt.objects.filter(participant__full_name="Người Mẫu Thử Tay")
    assert {receipt.collector for receipt in taken} <= {scene.cast.collector_a}


def test_fields_that_no_form_offers_change_nothing(scene: Scene, db: None):
    extra = {
        "gross": "1",
        "participant_amount": "1",
        "state_support": "0",
        "agent": scene.cast.agent_b.pk,
        "recorded_by": "1",
        "key": "0",
        "participant": scene.b.person.pk,
        "months": "120",
        "series": "XX",
        "recorded_at": "2020-01-01",
    }
    answer = send(scene.browsers["collector"], newcomer(scene, scene.cast.staff_a), **extra)
    receipt = Receipt.objects.latest("id")
    assert answer["Location"] == reverse("enrollment:receipt", args=[receipt.pk])
    assert (receipt.gross, receipt.months, receipt.recorded_by) == (330_000, 1, scene.cast.staff_a)
    assert receipt.agent == scene.cast.agent_a and receipt.participant != scene.b.person
    assert receipt.number.startswith(f"{scene.cast.agent_a.code}-")


def test_a_person_s_standing_cannot_be_typed_in(scene: Scene, db: None):
    person = scene.a.person
    form = {
        "full_name": "Người Mẫu Sửa Tay",
        "sex": "male",
        "birth": "1980",
        "citizen_id": person.citizen_id,
        "bhxh_no": "",
        "phone": "",
        "version": person.version,
        "agent": scene.cast.agent_b.pk,
        "paid_months": "999",
        "supported_months": "0",
        "commune": scene.cast.commune_b.pk,
    }
    scene.browsers["lead"].post(reverse("enrollment:correct", args=[person.pk]), form)
    now = Participant.objects.get(pk=person.pk)
    assert now.full_name == "Người Mẫu Sửa Tay"
    assert (now.agent_id, now.commune_id, now.paid_months) == (
        person.agent_id,
        person.commune_id,
        6,
    )


def test_an_account_form_makes_nobody_more_than_it_says(scene: Scene, db: None):
    form = {
        "username": "them.tay",
        "full_name": "A B",
        "role": "auditor",
        "must_change_password": "",
        "is_superuser": "1",
        "password": "x",
        "is_active": "1",
    }
    scene.browsers["administrator"].post(reverse("agents:account_add"), form)
    made = User.objects.get(username="them.tay")
    assert made.must_change_password and made.role == "auditor" and not made.check_password("x")


def test_somebody_else_s_draft_is_neither_read_nor_sent(scene: Scene, db: None):
    draft = scene.b.drafts["lead"]
    before = fingerprint()
    for step in ("muc-dong", "kiem-tra"):
        url = reverse("enrollment:enroll_step", args=[draft.pk, step])
        answers = {
            scene.browsers["lead"].get(url).status_code,
            scene.browsers["lead"].post(url, paying()).status_code,
        }
        assert answers == {404}
    assert fingerprint() == before


def test_somebody_else_s_submission_key_opens_no_receipt(scene: Scene, db: None):
    draft = newcomer(scene, scene.cast.staff_a)
    send(scene.browsers["collector"], draft)
    url = reverse("enrollment:enroll_step", args=[scene.a.drafts["lead"].pk, "muc-dong"])
    answer = scene.browsers["lead"].post(url, {**paying(), "khoa": draft.data["key"]})
    assert "bien-lai" not in answer.get("Location", "")


def test_a_household_joins_nobody_out_of_scope(scene: Scene, db: None):
    before = fingerprint()
    form = {"number": scene.b.person.citizen_id, "relation": "vợ"}
    text = text_of(
        scene.browsers["lead"].post(reverse("enrollment:household", args=[scene.a.person.pk]), form)
    )
    assert scene.b.person.full_name not in text
    assert fingerprint() == before


def stopping_list(scene: Scene) -> Any:
    """A list under “II. Giảm” about the person of side B, under a guessed name."""
    cells = d05.row(
        "Tên Đoán Mò",
        scene.b.person.citizen_id or "",
        today(),
        "",
        scene.cast.collector_a.code,
        **{"17": "Hưởng lương hưu"},
    )
    return d05.upload([[None, "II. Giảm"], cells])


def take_over(browser: Client, upload: Any) -> str:
    """What the page of the list says, before it is confirmed."""
    page = browser.post(reverse("enrollment:imports"), {"file": upload})["Location"]
    text = text_of(browser.get(page))
    browser.post(f"{page}nhap/", {"bo_dong_loi": "1"})
    return text


def test_a_list_stops_nobody_out_of_scope_and_tells_nobody_s_name(scene: Scene, db: None):
    for role in ("lead", "officer"):
        text = take_over(scene.browsers[role], stopping_list(scene))
        assert "Không tìm thấy người này" in text and scene.b.person.full_name not in text
    assert not Stop.objects.filter(participant=scene.b.person).exists()
    take_over(scene.browsers["manager"], stopping_list(scene))
    assert Stop.objects.filter(participant=scene.b.person).count() == 1, (
        "who sees the person may stop"
    )


@pytest.mark.parametrize("role", ["lead", "officer"])
def test_a_list_tells_no_number_and_no_name_of_anybody_out_of_scope(
    scene: Scene, db: None, role: str
):
    """Half a stranger's numbers with a made-up other half: what is wrong is said without what is on
    record.
    """
    stranger, other = scene.b.person, scene.b.stopped
    Participant.objects.filter(pk=stranger.pk).update(bhxh_no="3412000901")
    Participant.objects.filter(pk=other.pk).update(bhxh_no="3412000902")
    code, made_up = scene.cast.collector_a.code, builders.citizen_id()
    rows = [
        d05.row("Tên Đoán Mò", made_up, today(), "DOAN-1", code, C="3412000901"),
        d05.row("Tên Đoán Mò", stranger.citizen_id or "", today(), "DOAN-2", code, C="3412000999"),
        d05.row("Tên Đoán Mò", stranger.citizen_id or "", today(), "DOAN-3", code, C="3412000902"),
    ]
    secret = (stranger.citizen_id, "3412000901", stranger.full_name, other.full_name)
    told = [error["reason"] for error in _errors(scene.cast.by_role(role), rows)]
    assert len(told) == 3 and set(told) == {NOT_AS_ON_RECORD}, (
        "one answer, whatever it is that does not fit"
    )
    assert not any(word in NOT_AS_ON_RECORD for word in secret)
    shown = " ".join(error["reason"] for error in _errors(scene.cast.manager, rows))
    assert all(word in shown for word in secret), "who sees them is told both"


@pytest.mark.parametrize("role", ["lead", "officer"])
def test_a_preview_does_not_tell_who_is_on_record_elsewhere(scene: Scene, db: None, role: str):
    """Numbers typed by guessing: somebody on record elsewhere looks like somebody new, whatever
    month is asked.
    """
    code, actor = scene.cast.collector_a.code, scene.cast.by_role(role)

    def result(number: str, serial: int, **cells: Any) -> dict[str, Any]:
        row = d05.row("Tên Đoán Mò", number, today(), f"DOAN-{serial}", code, **cells)
        found: dict[str, Any] = do_check_upload(actor=actor, upload=d05.upload([row])).result
        return found

    stopped = scene.b.stopped
    where = scene.cast.manager, scene.cast.commune_b, scene.cast.collector_b
    paid, lately = (builders.paid(*where, today() - timedelta(days=days)) for days in (300, 40))
    unknown = result(builders.citizen_id("female"), 1)
    known = result(paid.participant.citizen_id or "", 2)
    assert known == unknown and known["created_participants"] == 1 and known["renewals"] == 0
    for person in (lately.participant, stopped):
        told = result(person.citizen_id or "", 3)["errors"]
        assert [error["reason"] for error in told] == [NOT_AS_ON_RECORD]


def _errors(user: User, rows: Any) -> list[dict[str, Any]]:
    errors: list[dict[str, Any]] = do_check_upload(actor=user, upload=d05.upload(rows)).result[
        "errors"
    ]
    return errors


def test_a_void_made_by_hand_in_another_scope_is_as_good_as_nothing(scene: Scene, db: None):
    url = reverse("enrollment:receipt_void", args=[scene.b.receipt.pk])
    form = {"on": f"{today():%d/%m/%Y}", "reason": "thử"}
    for role in BOUNDED:
        assert scene.browsers[role].post(url, form).status_code == 404
    assert not ReceiptVoid.objects.exists()


def test_numbers_are_masked_in_lists_and_on_the_page(scene: Scene, db: None):
    person = scene.a.person
    number = person.citizen_id or ""
    urls = (
        reverse("enrollment:participants"),
        reverse("enrollment:participant", args=[person.pk]),
        reverse("enrollment:receipts"),
        reverse("home"),
        f"{reverse('reports:growth_list')}?{YEAR}&cot=closing",
    )
    for role in ("collector", "manager", "auditor"):
        for url in urls:
            assert number not in text_of(scene.browsers[role].get(url)), url
    page = text_of(scene.browsers["manager"].get(urls[1]))
    assert number[:4] in page and number[-4:] in page, "four figures at either end"


def test_full_numbers_are_shown_for_a_reason_only_and_on_record(scene: Scene, db: None):
    person, browser = scene.a.person, scene.browsers["auditor"]
    url, page = (
        reverse(f"enrollment:{name}", args=[person.pk])
        for name in ("participant_unmask", "participant")
    )
    for empty in ({}, {"ly_do": ""}, {"ly_do": " \u200b "}):
        browser.post(url, empty)
        assert person.citizen_id not in text_of(browser.get(page))
    assert not AuditEntry.objects.filter(action="participant.unmask").exists()
    browser.post(url, {"ly_do": "đối chiếu hồ sơ 12"})
    assert person.citizen_id in text_of(browser.get(page))
    row = AuditEntry.objects.get(action="participant.unmask")
    assert (row.actor, row.object_id) == (scene.cast.auditor, person.pk)
    assert "đối chiếu hồ sơ 12" in row.summary
    assert person.citizen_id not in text_of(scene.browsers["manager"].get(page)), (
        "for the one who asked only"
    )


def test_what_is_searched_for_stands_in_no_address(scene: Scene, db: None):
    answer = scene.browsers["manager"].post(
        reverse("enrollment:participant_search"), {"tim": "Người Mẫu Bên"}, follow=True
    )
    (target, _), *more = answer.redirect_chain
    assert (target, more) == (reverse("enrollment:participants") + "?tim=1", [])
    assert "Người Mẫu Bên A" in markup(answer)


def test_asking_for_the_headers_of_a_file_takes_nothing_out(scene: Scene, db: None):
    month = "/thu-thang/xa/"
    for url in (
        f"{reverse('reports:growth')}?{YEAR}&dinh_dang=xlsx",
        reverse("targets:download"),
        month,
    ):
        scene.browsers["manager"].head(url)
    assert not AuditEntry.objects.filter(action="export.download").exists()


def test_no_reason_is_made_up_for_whoever_gives_none(scene: Scene, db: None):
    scene.browsers["lead"].get(f"{reverse('reports:growth')}?{YEAR}&dinh_dang=csv")
    row = AuditEntry.objects.get(action="export.download")
    assert "mục đích" not in row.summary


@pytest.mark.parametrize("form", ["xlsx", "csv", "json"])
def test_whoever_takes_figures_out_is_on_record(scene: Scene, db: None, form: str):
    url = f"{reverse('reports:growth')}?{YEAR}&theo=agent&ly_do=họp giao ban"
    scene.browsers["lead"].get(url)
    assert not AuditEntry.objects.filter(action="export.download").exists(), "looking is no export"
    scene.browsers["lead"].get(f"{url}&dinh_dang={form}")
    row = AuditEntry.objects.get(action="export.download")
    assert row.actor == scene.cast.lead_a
    assert "họp giao ban" in row.summary and form in row.summary
    assert (row.changes["by"], row.changes["format"], row.changes["rows"]) == ("agent", form, 1)
    assert row.summary in text_of(scene.browsers["manager"].get(reverse("agents:audit"))).replace(
        "&#x27;", "'"
    )


FORMULAS = ["=1+1", "+84", "-2+3", "@SUM(A1)", '=HYPERLINK("http://evil.example")', "\x01=1+1"]


@pytest.mark.parametrize("name", FORMULAS)
def test_no_text_becomes_a_formula_in_a_sheet(scene: Scene, db: None, name: str):
    scene.cast.agent_a.__class__.objects.filter(pk=scene.cast.agent_a.pk).update(name=name)
    url = f"{reverse('reports:growth')}?{YEAR}&theo=agent&dinh_dang="
    rows = list(
        csv.reader(StringIO(scene.browsers["manager"].get(f"{url}csv").content.decode("utf-8-sig")))
    )
    cells = [cell for row in rows for cell in row]
    name = name.lstrip("\x01")
    assert f"'{name}" in cells and name not in cells
    book = load_workbook(BytesIO(scene.browsers["manager"].get(f"{url}xlsx").content))
    found = [
        cell for sheet in book for line in sheet.iter_rows() for cell in line if cell.value == name
    ]
    assert found and all(cell.data_type == "s" for cell in found)
