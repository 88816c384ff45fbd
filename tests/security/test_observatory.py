"""The portal's mark by the rules of Mozilla's HTTP Observatory (scoring of version 2), computed
from its answers.

The rules are the published ones: 100 points, less the penalties; the bonuses count from 90 points
on.
"""

from __future__ import annotations

import re
import runpy
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookies import Morsel
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client

from agents.models import Role
from tests import builders

ROOT = Path(__file__).resolve().parents[2]
LEAST = 130
BONUS_FROM = 90
MODIFIERS = {
    "csp-implemented-with-no-unsafe-default-src-none": 10,
    "csp-implemented-with-no-unsafe": 5,
    "csp-implemented-with-unsafe-inline-in-style-src-only": 0,
    "csp-implemented-with-insecure-scheme-in-passive-content-only": -10,
    "csp-implemented-with-unsafe-eval": -10,
    "csp-implemented-with-insecure-scheme": -20,
    "csp-implemented-with-unsafe-inline": -20,
    "csp-not-implemented": -25,
    "cookies-secure-with-httponly-sessions-and-samesite": 5,
    "cookies-secure-with-httponly-sessions": 0,
    "cookies-not-found": 0,
    "cookies-without-secure-flag-but-protected-by-hsts": -5,
    "cookies-session-without-secure-flag-but-protected-by-hsts": -10,
    "cookies-without-secure-flag": -20,
    "cookies-samesite-flag-invalid": -20,
    "cookies-anticsrf-without-samesite-flag": -20,
    "cookies-session-without-httponly-flag": -30,
    "cookies-session-without-secure-flag": -40,
    "cross-origin-resource-sharing-not-implemented": 0,
    "cross-origin-resource-sharing-implemented-with-public-access": 0,
    "cross-origin-resource-sharing-implemented-with-universal-access": -50,
    "hsts-implemented-max-age-at-least-six-months": 0,
    "hsts-implemented-max-age-less-than-six-months": -10,
    "hsts-not-implemented": -20,
    "redirection-to-https": 0,
    "redirection-off-host-from-http": -5,
    "redirection-not-to-https-on-initial-redirection": -10,
    "redirection-missing": -20,
    "referrer-policy-private": 5,
    "referrer-policy-not-implemented": 0,
    "referrer-policy-unsafe": -5,
    "sri-implemented-and-all-scripts-loaded-securely": 5,
    "sri-not-implemented-but-all-scripts-loaded-from-secure-origin": 0,
    "sri-not-implemented-but-no-scripts-loaded": 0,
    "sri-not-implemented-but-external-scripts-loaded-securely": -5,
    "sri-not-implemented-and-external-scripts-not-loaded-securely": -50,
    "x-content-type-options-nosniff": 0,
    "x-content-type-options-not-implemented": -5,
    "x-frame-options-implemented-via-csp": 5,
    "x-frame-options-sameorigin-or-deny": 0,
    "x-frame-options-not-implemented": -20,
    "cross-origin-resource-policy-implemented-with-same-origin": 10,
    "cross-origin-resource-policy-implemented-with-same-site": 10,
    "cross-origin-resource-policy-implemented-with-cross-origin": 0,
    "cross-origin-resource-policy-not-implemented": 0,
    "cross-origin-resource-policy-header-invalid": -5,
}
PRIVATE = {"no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin"}
SIX_MONTHS = 15_768_000


@dataclass
class Visit:
    """What a scanner got: where plain HTTP led first, and the last page's headers, cookies and
    text.
    """

    first: str
    headers: dict[str, str]
    cookies: list[Morsel[str]] = field(default_factory=list)
    text: str = ""
    host: str = "testserver"

    @property
    def policy(self) -> dict[str, list[str]]:
        parts = self.headers.get("content-security-policy", "").split(";")
        return {words[0]: words[1:] for part in parts if (words := part.split())}

    @property
    def keeps_to_tls(self) -> bool:
        return "strict-transport-security" in self.headers


def policy(visit: Visit) -> str:
    rules = visit.policy
    if not rules:
        return "csp-not-implemented"
    scripts = rules.get("script-src", rules.get("default-src", ["*"]))
    objects = rules.get("object-src", rules.get("default-src", ["*"]))
    styles = rules.get("style-src", rules.get("default-src", ["*"]))
    loose = {"'unsafe-inline'", "data:", "https:", "http:", "*"}
    if loose & {*scripts, *objects}:
        return "csp-implemented-with-unsafe-inline"
    if any(source.startswith("http:") for sources in rules.values() for source in sources):
        return "csp-implemented-with-insecure-scheme"
    if "'unsafe-eval'" in scripts:
        return "csp-implemented-with-unsafe-eval"
    if loose & set(styles):
        return "csp-implemented-with-unsafe-inline-in-style-src-only"
    forms = rules.get("form-action", ["*"])
    strict = rules.get("default-src") == ["'none'"] and forms in (["'self'"], ["'none'"])
    return f"csp-implemented-with-no-unsafe{'-default-src-none' if strict else ''}"


def cookies(visit: Visit) -> str:
    found = [_cookie(one, visit.keeps_to_tls) for one in visit.cookies]
    if not found:
        return "cookies-not-found"
    return min(found, key=lambda key: MODIFIERS[key])


def _cookie(one: Morsel[str], keeps_to_tls: bool) -> str:
    is_session, is_token = "sess" in one.key.lower(), "csrf" in one.key.lower()
    if not one["secure"]:
        kept = "-but-protected-by-hsts" * keeps_to_tls
        return f"cookies-{'session-' * is_session}without-secure-flag{kept}"
    if is_session and not one["httponly"]:
        return "cookies-session-without-httponly-flag"
    if not one["samesite"]:
        return (
            "cookies-anticsrf-without-samesite-flag"
            if is_token
            else "cookies-secure-with-httponly-sessions"
        )
    if one["samesite"] not in ("Lax", "Strict"):
        return "cookies-samesite-flag-invalid"
    return "cookies-secure-with-httponly-sessions-and-samesite"


def sharing(visit: Visit) -> str:
    allowed = visit.headers.get("access-control-allow-origin")
    if allowed is None:
        return "cross-origin-resource-sharing-not-implemented"
    with_credentials = visit.headers.get("access-control-allow-credentials") == "true"
    kind = "universal" if with_credentials else "public"
    return f"cross-origin-resource-sharing-implemented-with-{kind}-access"


def transport(visit: Visit) -> str:
    age = re.search(r"max-age=(\d+)", visit.headers.get("strict-transport-security", ""))
    if not age:
        return "hsts-not-implemented"
    long = "at-least" if int(age[1]) >= SIX_MONTHS else "less-than"
    return f"hsts-implemented-max-age-{long}-six-months"


def redirection(visit: Visit) -> str:
    if not visit.first:
        return "redirection-missing"
    first = urlsplit(visit.first)
    if first.scheme != "https":
        return "redirection-not-to-https-on-initial-redirection"
    return (
        "redirection-to-https" if first.hostname == visit.host else "redirection-off-host-from-http"
    )


def referrer(visit: Visit) -> str:
    value = visit.headers.get("referrer-policy")
    if value is None:
        return "referrer-policy-not-implemented"
    return f"referrer-policy-{'private' if value in PRIVATE else 'unsafe'}"


class Scripts(HTMLParser):
    """The scripts of a page: where from, and whether with a digest."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, bool]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        if tag == "script" and named.get("src"):
            self.found.append((str(named["src"]), bool(named.get("integrity"))))


def integrity(visit: Visit) -> str:
    found = Scripts(visit.text).found
    if not found:
        return "sri-not-implemented-but-no-scripts-loaded"
    if all(has_digest for _, has_digest in found):
        return "sri-implemented-and-all-scripts-loaded-securely"
    foreign = [source for source, _ in found if urlsplit(source).netloc not in ("", visit.host)]
    if not foreign:
        return "sri-not-implemented-but-all-scripts-loaded-from-secure-origin"
    secure = all(source.startswith("https://") for source in foreign)
    how = (
        "but-external-scripts-loaded-securely"
        if secure
        else "and-external-scripts-not-loaded-securely"
    )
    return f"sri-not-implemented-{how}"


def sniffing(visit: Visit) -> str:
    is_off = visit.headers.get("x-content-type-options") == "nosniff"
    return f"x-content-type-options-{'nosniff' if is_off else 'not-implemented'}"


def frames(visit: Visit) -> str:
    if set(visit.policy.get("frame-ancestors", [])) & {"'none'", "'self'"}:
        return "x-frame-options-implemented-via-csp"
    known = visit.headers.get("x-frame-options", "").upper() in ("DENY", "SAMEORIGIN")
    return f"x-frame-options-{'sameorigin-or-deny' if known else 'not-implemented'}"


def resources(visit: Visit) -> str:
    value = visit.headers.get("cross-origin-resource-policy")
    if value is None:
        return "cross-origin-resource-policy-not-implemented"
    if value not in ("same-origin", "same-site", "cross-origin"):
        return "cross-origin-resource-policy-header-invalid"
    return f"cross-origin-resource-policy-implemented-with-{value}"


RULES = (
    policy,
    cookies,
    sharing,
    transport,
    redirection,
    referrer,
    integrity,
    sniffing,
    frames,
    resources,
)


def results(visit: Visit) -> list[str]:
    return [rule(visit) for rule in RULES]


def score(visit: Visit) -> int:
    points = [MODIFIERS[result] for result in results(visit)]
    mark = max(0, 100 + sum(one for one in points if one < 0))
    return mark + sum(one for one in points if one > 0) if mark >= BONUS_FROM else mark


def cookie(name: str, **marks: str | bool) -> Morsel[str]:
    made: Morsel[str] = Morsel()
    made.set(name, "x", "x")
    made.update({"secure": "", "httponly": "", "samesite": "", **marks})
    return made


WORKED_OUT = [
    (Visit("", {}), 10),
    (Visit("https://testserver/", {"strict-transport-security": "max-age=31536000"}), 50),
    (
        Visit(
            "https://testserver/",
            {
                "strict-transport-security": "max-age=31536000",
                "x-content-type-options": "nosniff",
                "x-frame-options": "DENY",
                "content-security-policy": "default-src 'self'; script-src 'self' 'unsafe-inline'",
            },
        ),
        80,
    ),
    (
        Visit(
            "https://testserver/",
            {
                "strict-transport-security": "max-age=31536000",
                "x-content-type-options": "nosniff",
                "content-security-policy": "default-src 'self'; frame-ancestors 'none'",
                "referrer-policy": "no-referrer",
            },
            [cookie("sessionid", secure=True, httponly=True)],
        ),
        115,
    ),
    (
        Visit(
            "https://testserver/",
            {
                "strict-transport-security": "max-age=31536000",
                "x-content-type-options": "nosniff",
                "content-security-policy": "default-src 'none'; form-action 'self'; "
                "frame-ancestors 'none'",
                "cross-origin-resource-policy": "same-site",
            },
            [cookie("sessionid", samesite="Lax", httponly=True)],
        ),
        115,
    ),
    (Visit("https://other.example/", {}, text="<script src=http://x.example/a.js>"), 0),
]


@pytest.mark.parametrize(
    ("visit", "mark"), WORKED_OUT, ids=lambda one: str(one) if isinstance(one, int) else ""
)
def test_the_rules_mark_what_was_worked_out_by_hand(visit: Visit, mark: int):
    assert score(visit) == mark


TAKEN = (
    "SECURE_SSL_REDIRECT",
    "SECURE_HSTS_SECONDS",
    "SECURE_HSTS_INCLUDE_SUBDOMAINS",
    "SECURE_HSTS_PRELOAD",
    "SESSION_COOKIE_SECURE",
    "CSRF_COOKIE_SECURE",
    "SESSION_COOKIE_NAME",
    "CSRF_COOKIE_NAME",
)


@pytest.fixture
def as_served(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The settings that an office has which sets nothing but what it must."""
    monkeypatch.setenv("DEBUG", "0")
    monkeypatch.delenv("HTTPS", raising=False)
    shipped = runpy.run_path(str(ROOT / "thaithuy_bhxh" / "settings.py"))
    for name in TAKEN:
        setattr(settings, name, shipped[name])


@pytest.mark.parametrize("path", ["/", "/tai-khoan/login/", "/tu-van/"])
def test_the_portal_gets_at_least_130_points(
    db: None, as_served: None, untouched_limits: None, path: str
):
    browser = Client()
    plain = browser.get(path)
    page = browser.get(path, secure=True, follow=True)
    assert (plain.status_code, page.status_code) == (301, 200)
    headers = {name.lower(): value for name, value in page.headers.items()}
    visit = Visit(plain["Location"], headers, list(browser.cookies.values()), page.content.decode())
    assert score(visit) >= LEAST, results(visit)
    assert all(
        one.key.startswith("__Host-") and one["path"] == "/" and not one["domain"]
        for one in visit.cookies
    )


def test_the_mark_also_holds_for_the_cookies_of_somebody_who_logged_in(
    db: None, as_served: None, untouched_limits: None
):
    builders.user("thu.ngan", Role.MANAGER)
    browser = Client(headers={"referer": "https://testserver/tai-khoan/login/"})
    form = {"login": "thu.ngan", "password": builders.PASSWORD}
    first = browser.post("/tai-khoan/login/", form, secure=True)
    page = browser.get("/", secure=True)
    assert (first.status_code, page.status_code) == (302, 200)
    headers = {name.lower(): value for name, value in page.headers.items()}
    kept = [one for one in browser.cookies.values() if one.value]
    visit = Visit("https://testserver/", headers, kept, page.content.decode())
    assert "cookies-secure-with-httponly-sessions-and-samesite" in results(visit)
    assert score(visit) >= LEAST, results(visit)
