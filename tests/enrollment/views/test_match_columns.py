"""Lists with columns of other names: matched by hand once, read without asking from then on."""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from agents.models import AuditEntry
from enrollment.importing.mapping import headers_of
from enrollment.importing.upload import do_check_upload, do_match_columns
from enrollment.models import ImportBatch, ImportMapping, Receipt
from tests import builders
from tests.cast import Cast
from tests.enrollment.importing import d05_workbook as d05
from tests.pages import markup
from tests.security.scene import fingerprint
from thaithuy_bhxh.clock import today
from thaithuy_bhxh.errors import Refused

LIST = reverse("enrollment:imports")
Browser = Callable[[str], Client]


@pytest.fixture(autouse=True)
def uploads(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def client(browser: Browser) -> Client:
    return browser("lead_a")


def strange(cast: Cast, number: str, collector: str = "", **values: Any) -> SimpleUploadedFile:
    """One good row under names that the portal does not know."""
    who = collector or cast.collector_a.code
    row = d05.row(
        "Người Mẫu Nguồn Lạ", builders.citizen_id("female"), today(), number, who, **values
    )
    return d05.upload([row], names=d05.STRANGE)


def sent(client: Client, upload: SimpleUploadedFile) -> ImportBatch:
    client.post(LIST, {"file": upload})
    return ImportBatch.objects.latest("id")


def screen(batch: ImportBatch) -> str:
    return reverse("enrollment:import_match", args=[batch.pk])


def page(batch: ImportBatch) -> str:
    return reverse("enrollment:import", args=[batch.pk])


def matched(**values: Any) -> dict[str, Any]:
    """The form as an officer fills it, with the positions of the strange list."""
    return {"dong": 2, **{f"cot_{code}": at for code, at in d05.PLACES.items()}, **values}


def test_unknown_names_lead_to_the_matching_and_then_to_the_preview(client: Client, cast: Cast):
    answer = client.post(LIST, {"file": strange(cast, "LA-1")})
    batch = ImportBatch.objects.get()
    assert answer["Location"] == screen(batch)
    text = markup(client.get(screen(batch)))
    assert "B – Truong01" in text and "Mã nhân viên thu (16)" in text
    assert not ImportMapping.objects.exists() and not Receipt.objects.exists()
    assert client.post(screen(batch), matched())["Location"] == page(batch)
    assert "Xác nhận nhập 1 dòng" in markup(client.get(page(batch)))
    client.post(reverse("enrollment:import_confirm", args=[batch.pk]))
    receipt = Receipt.objects.get()
    assert (receipt.number, receipt.chosen_income, receipt.participant_amount) == (
        "LA-1",
        1_500_000,
        1_584_000,
    )


def test_the_next_file_of_that_source_is_read_without_asking(client: Client, cast: Cast):
    client.post(screen(sent(client, strange(cast, "LA-1"))), matched())
    second = sent(client, strange(cast, "LA-2"))
    text = markup(client.get(page(second)))
    assert second.state == "checked" and "Xác nhận nhập 1 dòng" in text and "Khớp lại cột" in text
    assert ImportMapping.objects.count() == 1


def test_the_command_goes_by_the_saved_matching_too(browser: Browser, cast: Cast, tmp_path: Path):
    path = tmp_path / "la.xlsx"
    path.write_bytes(strange(cast, "LA-9").read())
    words = ["import_d05", str(path), "--as", "lanhdao"]
    with pytest.raises(CommandError, match="khớp cột") as refused:
        call_command(*words, stdout=StringIO(), stderr=StringIO())
    assert refused.value.returncode == 1
    manager = browser("manager")
    manager.post(screen(sent(manager, strange(cast, "LA-1"))), matched())
    call_command(*words, stdout=StringIO(), stderr=StringIO())
    assert Receipt.objects.get().number == "LA-9"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"cot_16": ""}, "cot_16"),
        ({"cot_B": "99"}, "cot_B"),
        ({"cot_5": d05.PLACES["4"]}, "cot_5"),
        ({"cot_C": "", "cot_1": ""}, "cot_1"),
    ],
    ids=[
        "a needed one is missing",
        "no such column",
        "one column twice",
        "no number of the person",
    ],
)
def test_a_matching_that_cannot_be_is_refused_at_its_field_and_not_saved(
    client: Client, cast: Cast, values: dict[str, Any], field: str
):
    batch = sent(client, strange(cast, "LA-1"))
    before = fingerprint()
    text = markup(client.post(screen(batch), matched(**values)))
    assert f'id="id_{field}_error"' in text
    assert f'<option value="{d05.PLACES["7"]}" selected>' in text, "what was chosen stays"
    assert fingerprint() == before


def test_a_matching_by_which_no_line_can_be_read_is_refused_with_the_first_reason(
    client: Client, cast: Cast
):
    batch = sent(client, strange(cast, "LA-1"))
    before = fingerprint()
    swapped = {"cot_3": d05.PLACES["2"], "cot_2": d05.PLACES["3"]}
    text = markup(client.post(screen(batch), matched(**swapped)))
    assert "không đọc được dòng nào" in text and f"dòng {d05.FIRST_ROW}" in text
    assert fingerprint() == before


def test_a_matching_is_corrected_and_the_former_one_stays_on_record(client: Client, cast: Cast):
    batch = sent(client, strange(cast, "LA-1"))
    client.post(screen(batch), matched(cot_17=""))
    client.post(screen(batch), matched())
    assert ImportMapping.objects.get().columns["17"] == d05.PLACES["17"]
    last = AuditEntry.objects.filter(action="import.match").latest("id")
    before, after = last.changes["columns"]
    assert "17" not in before and after["17"] == d05.PLACES["17"] and last.actor == cast.lead_a


def test_what_the_names_say_by_themselves_is_chosen_already(client: Client, cast: Cast):
    names = [*d05.STRANGE]
    names[d05.PLACES["B"]], names[d05.PLACES["16"]] = "HoTen", "MaNV"
    row = d05.row(
        "Người Mẫu Nguồn Lạ", builders.citizen_id("female"), today(), "LA-1", cast.collector_a.code
    )
    (header,) = headers_of(d05.upload([row], names=names).read())
    assert header.known == {"B": d05.PLACES["B"], "16": d05.PLACES["16"]} and header.row == 2


def test_one_missing_name_of_many_can_be_matched_as_well(client: Client, cast: Cast):
    """The list is known by its names, but nobody knows what its “Truong18” is."""
    names = [
        "STT",
        "HoTen",
        "MasoBHXH",
        "SoCCCD",
        "DiaChi",
        "NgayBienLai",
        "SoBienLai",
        "MucTien",
        "SoThang",
        "TuThang",
        "TongTien",
        "NguoiThamGiaDong",
        *d05.STRANGE[12:],
    ]
    row = d05.row(
        "Người Mẫu Nguồn Lạ", builders.citizen_id("female"), today(), "LA-1", cast.collector_a.code
    )
    first = sent(client, d05.upload([row], names=names))
    assert "Khớp lại cột" in markup(client.get(page(first))) and first.result["errors"]
    assert client.post(screen(first), matched()).status_code == 302
    first.refresh_from_db()
    assert (first.result["errors"], first.result["receipts"]) == ([], 1)


def test_the_standard_form_is_never_read_by_a_matching(client: Client, cast: Cast):
    row = d05.row(
        "Người Mẫu Thường",
        builders.citizen_id("female"),
        today(),
        "THUONG-1",
        cast.collector_a.code,
    )
    batch = sent(client, d05.upload([row]))
    assert "Khớp lại cột" not in markup(client.get(page(batch)))
    assert client.get(screen(batch))["Location"] == page(batch)
    with pytest.raises(Refused, match="dòng tiêu đề"):
        do_match_columns(actor=cast.lead_a, batch=batch, row=2, columns=d05.PLACES)


def test_a_list_that_waits_is_not_taken_over_and_can_be_given_up(client: Client, cast: Cast):
    batch = sent(client, strange(cast, "LA-1"))
    client.post(reverse("enrollment:import_confirm", args=[batch.pk]))
    batch.refresh_from_db()
    assert batch.state == "unmatched" and not Receipt.objects.exists()
    assert "Chờ khớp cột" in markup(client.get(LIST))
    assert "Chưa nhận ra các cột" in markup(client.get(page(batch)))
    client.post(reverse("enrollment:import_cancel", args=[batch.pk]))
    assert client.post(screen(batch), matched())["Location"] == page(batch)
    assert not ImportMapping.objects.exists()


def test_an_agents_matching_is_its_own_and_the_offices_is_everybodys(browser: Browser, cast: Cast):
    own, other, manager = browser("lead_a"), browser("lead_b"), browser("manager")
    own.post(screen(sent(own, strange(cast, "LA-1"))), matched())
    theirs = sent(
        other, strange(cast, "LA-2", cast.collector_b.code, **{"2": "Thôn Bắc, xã Thụy Anh"})
    )
    assert theirs.state == "unmatched", "a wrong matching of one agent spoils nobody else's lists"
    manager.post(screen(sent(manager, strange(cast, "LA-3"))), matched())
    again = sent(
        other, strange(cast, "LA-4", cast.collector_b.code, **{"2": "Thôn Bắc, xã Thụy Anh"})
    )
    assert (again.state, again.result["errors"]) == ("checked", [])


def test_a_manager_confirms_an_agents_list_by_the_agents_matching(browser: Browser, cast: Cast):
    own = browser("lead_a")
    batch = sent(own, strange(cast, "LA-1"))
    own.post(screen(batch), matched())
    browser("manager").post(reverse("enrollment:import_confirm", args=[batch.pk]))
    assert Receipt.objects.get().number == "LA-1"


def test_another_agents_list_is_absent_and_readers_may_not_match(browser: Browser, cast: Cast):
    batch = do_check_upload(actor=cast.lead_a, upload=strange(cast, "LA-1"))
    before = fingerprint()
    for who, code in (
        ("lead_b", 404),
        ("officer_b", 404),
        ("staff_a", 403),
        ("auditor", 403),
        ("administrator", 403),
    ):
        assert browser(who).get(screen(batch)).status_code == code, who
        assert browser(who).post(screen(batch), matched()).status_code == code, who
    assert fingerprint() == before
    assert browser("manager").get(screen(batch)).status_code == 200


def test_a_header_further_down_is_chosen_by_its_row(client: Client, cast: Cast):
    """Five words of a table that stands above the list look like a header too."""
    row = d05.row(
        "Người Mẫu Nguồn Lạ", builders.citizen_id("female"), today(), "LA-1", cast.collector_a.code
    )
    batch = sent(
        client,
        d05.upload(
            [["Một", "Hai", "Ba", "Bốn", "Năm"], d05.STRANGE, row], names=["A1", "B2", "C3"]
        ),
    )
    text = markup(client.get(screen(batch)))
    assert "dòng 6: Một, Hai" in text and "dòng 7: Truong00" in text
    assert "B – Truong01" in markup(client.get(f"{screen(batch)}?dong=7"))
    client.post(screen(batch), matched(dong=7))
    batch.refresh_from_db()
    assert (batch.state, batch.result["receipts"]) == ("checked", 1)
