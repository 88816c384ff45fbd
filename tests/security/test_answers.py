"""Every kind of answer carries the same protecting headers, compared with one list."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings as installed
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError
from django.test import Client
from django.urls import reverse

from tests.security.scene import Scene

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "manifest-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
    "object-src": "'none'",
}
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains; preload",
}
FEATURES = {
    "camera",
    "microphone",
    "geolocation",
    "payment",
    "usb",
    "browsing-topics",
    "display-capture",
}
PERIOD = "?tu=2026-01&den=2026-01"
COUNSEL = "?sinh=1980&gioi=female&doi_tuong=other&muc=1500000&phuong_thuc=12"

Ask = Callable[[Scene, pytest.MonkeyPatch, Any], Any]


def stranger(**more: Any) -> Client:
    return Client(raise_request_exception=False, **more)


def got(role: str, path: str) -> Ask:
    return lambda s, m, settings: s.browsers[role].get(path, secure=True)


def far(path: str, **more: Any) -> Ask:
    return lambda s, m, settings: stranger().get(path, secure=True, **more)


def broken_with(error: Exception) -> Ask:
    def ask(s: Scene, monkeypatch: pytest.MonkeyPatch, settings: Any) -> Any:
        def broken(*args: Any) -> None:
            raise error

        monkeypatch.setattr("reports.views.home.lead_home", broken)
        monkeypatch.setattr(s.browsers["lead"], "raise_request_exception", False)
        return s.browsers["lead"].get("/", secure=True)

    return ask


def too_large(s: Scene, m: Any, settings: Any) -> Any:
    length = str(settings.MAX_REQUEST_BYTES + 1)
    return s.browsers["lead"].post(
        reverse("enrollment:imports"), CONTENT_LENGTH=length, secure=True
    )


def too_often(s: Scene, m: Any, settings: Any) -> Any:
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "counsel": "1/m/ip"}
    far("/tu-van/")(s, m, settings)
    return far("/tu-van/")(s, m, settings)


def forged(s: Scene, m: Any, settings: Any) -> Any:
    return stranger(enforce_csrf_checks=True).post(
        reverse("account_login"), {"login": "a"}, secure=True
    )


def redirected(s: Scene, m: Any, settings: Any) -> Any:
    settings.SECURE_SSL_REDIRECT = True
    return stranger().get("/tai-khoan/login/")


def spoilt(s: Scene, m: Any, settings: Any) -> Any:
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 1
    return stranger().post(reverse("account_login"), {"login": "a", "password": "b"}, secure=True)


def refused_file(s: Scene, m: Any, settings: Any) -> Any:
    file = SimpleUploadedFile("x.xlsx", b"none")
    return s.browsers["lead"].post(reverse("enrollment:imports"), {"file": file}, secure=True)


def static_file(s: Scene, m: Any, settings: Any) -> Any:
    return stranger().get(staticfiles_storage.url("css/portal.css"), secure=True)


KINDS: dict[str, tuple[int, Ask]] = {
    "a page for everybody": (200, far("/tai-khoan/login/")),
    "a page of somebody": (200, got("manager", "/nguoi-tham-gia/")),
    "a form that was refused": (200, refused_file),
    "a redirect to the log-in": (302, far("/")),
    "a redirect to TLS": (301, redirected),
    "a wrong host": (400, far("/tai-khoan/login/", headers={"host": "evil.example"})),
    "a request of too many fields": (400, spoilt),
    "a wrong role": (403, got("lead", "/quan-ly-tai-khoan/")),
    "a form without its token": (403, forged),
    "a page that is not there": (404, far("/khong-co/")),
    "a file that is not there": (404, far("/static/khong-co.js")),
    "a wrong method": (405, got("lead", "/nguoi-tham-gia/tim/")),
    "a request that is too large": (413, too_large),
    "too many requests": (429, too_often),
    "a broken page": (500, broken_with(RuntimeError("inside"))),
    "a database that is away": (503, broken_with(OperationalError("connection refused"))),
    "a style sheet": (200, static_file),
    "a workbook": (200, got("manager", f"/bao-cao/tang-truong/{PERIOD}&dinh_dang=xlsx")),
    "a list": (200, got("manager", f"/bao-cao/tang-truong/{PERIOD}&dinh_dang=csv")),
    "a chart": (200, got("manager", "/bao-cao/tang-truong/bieu-do.svg" + PERIOD)),
    "a picture for everybody": (200, far(f"/tu-van/anh.png{COUNSEL}")),
    "a supervisor's question": (200, far("/healthz")),
    "another question of the supervisor": (200, far("/readyz")),
}
KEPT = {"a style sheet"}
"""What a browser or a shared computer may keep: nothing with people in it."""


@pytest.fixture
def over_tls(settings: Any) -> Any:
    settings.SECURE_HSTS_SECONDS = 31_536_000
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = settings.SECURE_HSTS_PRELOAD = True
    return settings


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_answer_carries_the_same_headers(
    scene: Scene,
    db: None,
    over_tls: Any,
    untouched_limits: None,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
):
    status, ask = KINDS[kind]
    answer = ask(scene, monkeypatch, over_tls)
    assert answer.status_code == status
    # Over plain HTTP a browser takes no notice of the duty to use TLS, so that it is not sent
    # there.
    expected = {
        n: v for n, v in HEADERS.items() if status != 301 or n != "Strict-Transport-Security"
    }
    assert {name: answer.get(name) for name in expected} == expected
    policy = dict(
        part.strip().split(" ", 1) for part in answer["Content-Security-Policy"].split(";")
    )
    assert policy == POLICY
    denied = {part.strip().removesuffix("=()") for part in answer["Permissions-Policy"].split(",")}
    assert denied >= FEATURES and all(
        part.strip().endswith("=()") for part in answer["Permissions-Policy"].split(",")
    )
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert ("no-store" in answer["Cache-Control"]) == (kind not in KEPT)


def test_nothing_else_in_the_middleware_stands_before_the_headers():
    assert installed.MIDDLEWARE[0] == "thaithuy_bhxh.headers.ProtectingHeadersMiddleware"
