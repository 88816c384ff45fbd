"""Refusals are Vietnamese pages without a word of the program's inside; what is too big is not read
at all.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from enrollment.models import ImportBatch
from tests import builders
from tests.pages import markup
from tests.security.scene import Scene, fingerprint


def words(answer: Any) -> str:
    text = markup(answer)
    assert 'lang="vi"' in text
    assert not any(word in text for word in ("Traceback", "Exception", "django", "site-packages"))
    return text


def test_a_missing_page_says_so(scene: Scene, db: None):
    assert "Không tìm thấy" in words(scene.browsers["lead"].get("/khong-co/"))
    assert "Không tìm thấy" in words(Client().get("/khong-co/"))


def test_a_wrong_role_is_told_so(scene: Scene, db: None):
    answer = scene.browsers["lead"].get(reverse("agents:accounts"))
    assert answer.status_code == 403
    words(answer)


def test_a_wrong_method_is_told_so(scene: Scene, db: None):
    answer = scene.browsers["lead"].get(reverse("enrollment:participant_search"))
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert "Không làm được theo cách này" in words(answer)


def test_a_foreign_host_name_is_a_bad_request(db: None):
    answer = Client(raise_request_exception=False).get(
        "/tai-khoan/login/", headers={"host": "evil.example"}
    )
    assert answer.status_code == 400
    words(answer)


def test_a_broken_page_tells_nothing_of_its_inside(
    scene: Scene, db: None, monkeypatch: pytest.MonkeyPatch
):
    def broken(*args: Any) -> None:
        raise RuntimeError("secret-of-the-inside")

    monkeypatch.setattr("reports.views.home.lead_home", broken)
    answer = scene.browsers["lead"].get("/")
    assert answer.status_code == 500
    assert "secret-of-the-inside" not in words(answer)


def test_too_many_log_ins_from_one_place_are_told_to_wait(
    db: None, settings: Any, untouched_limits: None
):
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "login": "1/m/ip"}
    client, form = Client(), {"login": "khong.co", "password": "sai"}
    client.post(reverse("account_login"), form)
    answer = client.post(reverse("account_login"), form)
    assert answer.status_code == 429
    assert "Thử quá nhiều lần" in words(answer)


def test_a_request_beyond_the_limit_is_refused_before_it_is_read(
    scene: Scene, db: None, settings: Any
):
    before = fingerprint()
    for browser in (Client(), scene.browsers["manager"]):
        answer = browser.post(
            reverse("enrollment:imports"), CONTENT_LENGTH=str(settings.MAX_REQUEST_BYTES + 1)
        )
        assert answer.status_code == 413
        assert "20 MB" in words(answer)
    assert fingerprint() == before


def test_fields_beyond_the_limit_are_a_bad_request(scene: Scene, db: None, settings: Any):
    body = {"tim": "a" * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)}
    answer = scene.browsers["lead"].post(
        reverse("enrollment:participant_search"),
        "&".join(f"{k}={v}" for k, v in body.items()),
        content_type="application/x-www-form-urlencoded",
    )
    assert answer.status_code == 400
    words(answer)


@pytest.mark.parametrize("content", [b"", b"not a workbook", b"PK\x03\x04broken", b"\x00" * 4096])
def test_what_is_no_workbook_is_refused_and_not_kept(scene: Scene, db: None, content: bytes):
    before = ImportBatch.objects.count()
    answer = scene.browsers["lead"].post(
        reverse("enrollment:imports"), {"file": SimpleUploadedFile("x.xlsx", content)}
    )
    assert answer.status_code == 200
    assert ImportBatch.objects.count() == before


def test_a_file_name_with_a_path_stays_a_name(scene: Scene, db: None):
    from tests.security.scene import _bad_list

    upload = _bad_list(scene.cast.collector_a.code, "duong-dan")
    upload.name = "../../etc/passwd\r\nX-Evil: 1.xlsx"
    scene.browsers["lead"].post(reverse("enrollment:imports"), {"file": upload})
    batch = ImportBatch.objects.latest("id")
    assert "/" not in batch.file_name and ".." not in str(batch.file)
    address = reverse("enrollment:import_errors", args=[batch.pk])
    answer = scene.browsers["lead"].post(address, {"reason": "sửa bảng kê rồi tải lên lại"})
    assert "\n" not in answer["Content-Disposition"] and "X-Evil" not in answer.headers


def test_only_the_author_and_managers_get_an_uploaded_list_back(scene: Scene, db: None):
    url = reverse("enrollment:import_errors", args=[scene.a.batches["lead"].pk])
    answers = {role: browser.get(url).status_code for role, browser in scene.browsers.items()}
    assert answers == {
        "lead": 200,
        "manager": 200,
        "officer": 404,
        "collector": 403,
        "administrator": 403,
        "auditor": 403,
    }
    assert builders.PASSWORD not in url


def test_a_page_about_an_upload_that_vanished_is_no_trace(scene: Scene, db: None):
    batch = scene.a.unmatched["lead"]
    browser = Client(raise_request_exception=False)
    browser.force_login(scene.cast.lead_a, backend="agents.backends.PortalBackend")
    kept, storage = batch.file.name, batch.file.storage
    content = storage.open(kept).read()
    storage.delete(kept)
    try:
        answer = browser.get(reverse("enrollment:import_match", args=[batch.pk]), follow=True)
    finally:
        storage.save(kept, ContentFile(content))
    assert answer.status_code == 200
    assert "không còn" in words(answer)
