"""What every answer tells the browser: where scripts may come from, what may be kept, who may frame
it.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client, override_settings
from django.urls import reverse

from tests.pages import markup
from tests.security.scene import Scene

PAGES = (
    "home",
    "enrollment:participants",
    "enrollment:receipts",
    "reports:growth",
    "agents:agents",
)


@pytest.mark.parametrize("name", PAGES)
def test_pages_with_people_are_kept_in_no_cache(scene: Scene, db: None, name: str):
    answer = scene.browsers["manager"].get(reverse(name))
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]


def test_files_and_the_person_page_are_kept_in_no_cache_either(scene: Scene, db: None):
    urls = (
        reverse("enrollment:participant", args=[scene.a.person.pk]),
        reverse("reports:growth") + "?tu=2026-01&den=2026-01&dinh_dang=csv",
        reverse("reports:growth_chart") + "?tu=2026-01&den=2026-01",
        reverse("enrollment:import_errors", args=[scene.a.batches["manager"].pk]),
    )
    for url in urls:
        answer = scene.browsers["manager"].get(url)
        assert answer.status_code == 200, url
        assert "no-store" in answer["Cache-Control"], url


@pytest.mark.parametrize("path", ["/", "/tai-khoan/login/", "/khong-co/", "/healthz"])
def test_every_answer_carries_the_protecting_headers(db: None, path: str):
    answer = Client().get(path)
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    policy = dict(
        part.strip().split(" ", 1)
        for part in answer["Content-Security-Policy"].split(";")
        if part.strip()
    )
    assert "unsafe" not in answer["Content-Security-Policy"]
    assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["form-action"] == "'self'"


def test_over_tls_the_browser_is_told_to_stay_there(db: None):
    with override_settings(SECURE_SSL_REDIRECT=True, SECURE_HSTS_SECONDS=31_536_000):
        plain = Client().get("/tai-khoan/login/")
        assert (plain.status_code, plain["Location"]) == (
            301,
            "https://testserver/tai-khoan/login/",
        )
        assert (
            "max-age=31536000"
            in Client().get("/tai-khoan/login/", secure=True)["Strict-Transport-Security"]
        )


def test_scripts_read_no_cookie_and_foreign_pages_send_none(settings: Any):
    assert settings.SESSION_COOKIE_HTTPONLY and settings.CSRF_COOKIE_HTTPONLY
    assert settings.SESSION_COOKIE_SAMESITE == settings.CSRF_COOKIE_SAMESITE == "Lax"
    assert settings.SESSION_EXPIRE_AT_BROWSER_CLOSE
    assert settings.SESSION_COOKIE_AGE <= 12 * 3600


def test_the_session_cookie_itself_says_so(scene: Scene, db: None):
    from tests import builders

    answer = Client().post(
        reverse("account_login"), {"login": "lanhdao", "password": builders.PASSWORD}
    )
    cookie = answer.cookies["sessionid"]
    assert cookie["httponly"] and cookie["samesite"] == "Lax" and not cookie["max-age"]


def test_a_form_without_its_token_is_refused_in_words(scene: Scene, db: None):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(scene.cast.staff_a, backend="agents.backends.PortalBackend")
    for url in (reverse("enrollment:enroll"), reverse("account_login"), reverse("account_logout")):
        answer = browser.post(url, {"full_name": "A B"})
        assert answer.status_code == 403
        assert "<html" in markup(answer) and "Traceback" not in markup(answer)


@pytest.mark.parametrize("path", ["/tu-van/", "/tai-khoan/login/"])
def test_pages_are_sent_compressed_to_whoever_can_unpack_them(db: None, path: str):
    plain, packed = Client().get(path), Client().get(path, headers={"accept-encoding": "gzip"})
    assert "Content-Encoding" not in plain
    assert packed["Content-Encoding"] == "gzip" and len(packed.content) < len(plain.content)
