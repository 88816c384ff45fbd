"""Bringing in a list on the screen: upload → what will happen → confirm → result, and the errors
handed back.
"""

from __future__ import annotations

import json
import re
import resource
import signal
from html import unescape
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from agents import audit
from agents.models import AuditEntry
from enrollment.importing import error_workbook
from enrollment.importing import upload as upload_room
from enrollment.importing.lines import MOST_ERRORS
from enrollment.importing.upload import do_check_upload
from enrollment.models import ImportBatch, Participant, Receipt
from tests import builders
from tests.cast import Cast
from tests.enrollment.importing import d05_workbook as d05
from tests.pages import markup
from thaithuy_bhxh.clock import today
from thaithuy_bhxh.errors import Refused

LIST = reverse("enrollment:imports")
WHY = "sửa bảng kê rồi tải lên lại"


@pytest.fixture(autouse=True)
def uploads(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def client(browser: Any) -> Client:
    return browser("lead_a")


def page(batch: ImportBatch) -> str:
    return reverse("enrollment:import", args=[batch.pk])


def good(cast: Cast, number: str = "MAU-1", **values: Any) -> list[Any]:
    """A faultless row for somebody new."""
    return d05.row(
        "Người Mẫu Thử",
        builders.citizen_id("female"),
        today(),
        number,
        cast.collector_a.code,
        **values,
    )


def sent(client: Client, *rows: list[Any]) -> ImportBatch:
    client.post(LIST, {"file": d05.upload(rows)})
    return ImportBatch.objects.latest("id")


def test_a_clean_list_is_shown_then_taken_over_once(client: Client, cast: Cast):
    batch = sent(client, good(cast, "MAU-1"), good(cast, "MAU-2"))
    text = markup(client.get(page(batch)))
    assert "Không có lỗi" in text and "Xác nhận nhập 2 dòng" in text
    assert not Receipt.objects.exists(), "looking writes nothing"
    confirm = reverse("enrollment:import_confirm", args=[batch.pk])
    client.post(confirm)
    client.post(confirm)
    assert Receipt.objects.count() == Participant.objects.count() == 2
    text = markup(client.get(page(batch)))
    assert "<strong>Đã nhập.</strong> 2 biên lai</p>" in text and confirm not in text
    led = re.search(r'href="(/bien-lai/[^"]*)"', text)
    assert led
    listed = markup(client.get(unescape(led[1])))
    assert "<strong>2 biên lai</strong>" in listed and "MAU-1" in listed


def test_a_list_with_errors_is_handed_back_with_its_reasons(client: Client, cast: Cast):
    batch = sent(client, good(cast), good(cast, "MAU-2", **{"16": "KHONG-CO"}))
    text = markup(client.get(page(batch)))
    assert "Có 1 dòng lỗi" in text and "KHONG-CO" in text and f">dòng {d05.FIRST_ROW + 1}" in text
    assert "Xác nhận nhập" not in text and "Chỉ nhập 1 dòng tốt" in text
    client.post(reverse("enrollment:import_confirm", args=[batch.pk]))
    assert not Receipt.objects.exists(), "whole or not at all"
    answer = client.post(reverse("enrollment:import_errors", args=[batch.pk]), {"reason": WHY})
    sheet = load_workbook(BytesIO(b"".join(answer.streaming_content))).worksheets[0]
    assert "KHONG-CO" in str(sheet.cell(row=d05.FIRST_ROW + 1, column=sheet.max_column).value)
    assert "KHONG-CO" not in str(sheet.cell(row=d05.FIRST_ROW, column=sheet.max_column).value)
    assert sheet.cell(row=d05.FIRST_ROW, column=2).value == "Người Mẫu Thử"


def test_only_the_good_rows_when_that_is_asked_for(client: Client, cast: Cast):
    batch = sent(client, good(cast), good(cast, "MAU-2", **{"16": "KHONG-CO"}))
    client.post(reverse("enrollment:import_confirm", args=[batch.pk]), {"bo_dong_loi": "1"})
    assert Receipt.objects.get().number == "MAU-1"
    assert "1 dòng lỗi không nhập" in markup(client.get(page(batch)))


def test_a_list_that_is_known_already_changes_nothing(client: Client, cast: Cast):
    row = good(cast)
    client.post(reverse("enrollment:import_confirm", args=[sent(client, row).pk]))
    again = sent(client, row)
    text = markup(client.get(page(again)))
    assert "Không có gì mới" in text and "Xác nhận nhập" not in text


def test_a_list_given_up_records_nothing(client: Client, cast: Cast):
    batch = sent(client, good(cast))
    client.post(reverse("enrollment:import_cancel", args=[batch.pk]))
    client.post(reverse("enrollment:import_confirm", args=[batch.pk]))
    assert not Receipt.objects.exists()
    assert "Không dòng nào của bảng kê này được ghi" in markup(client.get(page(batch)))


def test_what_is_no_workbook_is_refused_in_words(client: Client):
    text = markup(client.post(LIST, {"file": SimpleUploadedFile("x.xlsx", b"khong phai excel")}))
    assert 'id="id_file_error"' in text and not ImportBatch.objects.exists()
    assert "Hãy chọn tệp bảng kê." in markup(client.post(LIST, {"file": ""}))


def test_a_clean_list_has_no_error_file(client: Client, cast: Cast):
    assert (
        client.get(
            reverse("enrollment:import_errors", args=[sent(client, good(cast)).pk])
        ).status_code
        == 404
    )


def test_lists_belong_to_their_author_and_to_managers(browser: Any, client: Client, cast: Cast):
    batch = sent(client, good(cast))
    assert browser("lead_b").get(page(batch)).status_code == 404
    assert (
        browser("lead_b").post(reverse("enrollment:import_confirm", args=[batch.pk])).status_code
        == 404
    )
    assert browser("manager").get(page(batch)).status_code == 200
    for who in ("staff_a", "auditor", "administrator"):
        assert browser(who).get(LIST).status_code == 403


def test_the_pages_are_cheap(client: Client, cast: Cast, django_assert_max_num_queries: Any):
    batch = sent(client, *(good(cast, f"MAU-{n}", **{"16": "KHONG-CO"}) for n in range(30)))
    with django_assert_max_num_queries(12):
        client.get(page(batch))
    with django_assert_max_num_queries(12):
        client.get(LIST)


def test_an_upload_that_could_not_be_kept_leaves_no_file_behind(
    cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def broken(**row: Any) -> None:
        raise DatabaseError("không ghi được")

    monkeypatch.setattr(audit, "record", broken)
    with pytest.raises(DatabaseError), transaction.atomic():
        do_check_upload(actor=cast.manager, upload=d05.upload([good(cast)]))
    assert not ImportBatch.objects.exists()
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_workbook_of_too_many_cells_is_not_opened_to_be_handed_back(
    client: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch
):
    batch = sent(client, good(cast, **{"16": "KHONG-CO"}))
    address = reverse("enrollment:import_errors", args=[batch.pk])
    assert client.post(address, {"reason": WHY}).streaming
    monkeypatch.setattr(error_workbook, "MAX_CELLS", 10)
    assert "quá nhiều ô" in markup(client.post(address, {"reason": WHY}))


def test_people_leave_the_portal_only_by_a_post_that_says_what_for(client: Client, cast: Cast):
    batch = sent(client, good(cast, **{"16": "KHONG-CO"}))
    address = reverse("enrollment:import_errors", args=[batch.pk])
    asked = AuditEntry.objects.filter(action="export.people")
    assert client.head(address).status_code == 405
    assert 'name="reason"' in markup(client.get(address))
    for reason in ("", "x", "aaaaaaaaaaaa", "\u200b"):
        answer = client.post(address, {"reason": reason})
        assert not answer.streaming and 'id="id_reason_error"' in markup(answer), reason
    assert not asked.exists()
    client.post(address, {"reason": WHY})
    row = asked.get()
    assert (row.changes["why"], row.object_id) == (WHY, batch.pk) and WHY in row.summary


def test_an_upload_that_vanished_is_told_in_a_sentence(client: Client, cast: Cast):
    batch = sent(client, good(cast, **{"16": "KHONG-CO"}))
    batch.file.storage.delete(batch.file.name)
    answer = client.post(reverse("enrollment:import_errors", args=[batch.pk]), {"reason": WHY})
    assert (answer.status_code, "không còn trong kho" in markup(answer)) == (200, True)
    answer = client.post(
        reverse("enrollment:import_confirm", args=[batch.pk]), {"bo_dong_loi": "1"}, follow=True
    )
    assert (answer.status_code, "không còn trong kho" in markup(answer)) == (200, True)


def test_a_folder_that_takes_no_upload_is_told_in_a_sentence(
    client: Client, cast: Cast, settings: Any, tmp_path: Path
):
    (tmp_path / "file").write_text("no folder")
    settings.MEDIA_ROOT = str(tmp_path / "file")
    answer = client.post(LIST, {"file": d05.upload([good(cast)])})
    assert (answer.status_code, "chưa cất được tệp" in markup(answer)) == (200, True)
    assert not ImportBatch.objects.exists()


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_the_file_of_a_list_given_up_or_taken_over_whole_is_taken_away(
    client: Client, cast: Cast, tmp_path: Path, django_capture_on_commit_callbacks: Any
):
    for number, act in enumerate(("import_cancel", "import_confirm")):
        batch = sent(client, good(cast, f"MAU-{number}"))
        assert len(files_in(tmp_path)) == 1
        with django_capture_on_commit_callbacks(execute=True):
            client.post(reverse(f"enrollment:{act}", args=[batch.pk]))
        batch.refresh_from_db()
        assert files_in(tmp_path) == [] and not batch.file
        assert client.get(page(batch)).status_code == 200


def test_the_file_of_a_list_taken_over_in_part_stays_for_its_bad_rows(
    client: Client, cast: Cast, tmp_path: Path, django_capture_on_commit_callbacks: Any
):
    batch = sent(client, good(cast), good(cast, "MAU-2", **{"16": "KHONG-CO"}))
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("enrollment:import_confirm", args=[batch.pk]), {"bo_dong_loi": "1"})
    assert len(files_in(tmp_path)) == 1
    assert client.post(
        reverse("enrollment:import_errors", args=[batch.pk]), {"reason": WHY}
    ).streaming


def test_a_disk_that_fills_up_while_a_file_is_written_keeps_no_half_of_it(
    client: Client, cast: Cast, tmp_path: Path
):
    content = d05.upload([good(cast)]).read()
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(content) // 2, limit[1]))
    try:
        with pytest.raises(Refused, match="chưa cất được tệp"):
            ImportBatch().file.save("nua.xlsx", ContentFile(content), save=False)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
        signal.signal(signal.SIGXFSZ, before)
    assert files_in(tmp_path) == []


def test_a_list_of_nothing_but_bad_rows_leaves_little_behind(
    client: Client, cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(upload_room, "MOST_USELESS", 1000)
    rows: list[list[Any]] = [[None, f"Người Mẫu Số {number}"] for number in range(3000)]
    batch = sent(client, *rows)
    assert (batch.result["bad_rows"], len(batch.result["errors"])) == (3000, MOST_ERRORS)
    assert (
        batch.result["error_count"] > 3000 and "dòng khác" in batch.result["errors"][-1]["reason"]
    )
    assert len(json.dumps(batch.result)) < 200_000 and files_in(tmp_path) == []
    text = markup(client.get(page(batch)))
    assert "Có 3.000 dòng lỗi" in text and "không được giữ lại" in text
    client.post(reverse("enrollment:import_confirm", args=[batch.pk]), {"bo_dong_loi": "1"})
    assert "không còn được giữ" in markup(client.get(page(batch)))
