"""A real browser against a real server: production's static storage, the real cookies, the real
content policy.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page, sync_playwright

from agents.models import User
from tests.browser.stage import LAUNCH, Server, Watch, open_page
from tests.browser_setup import browser_path
from tests.shipped import start_over

SESSION = "sessionid"


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One headless browser per worker; Playwright's loop runs in this thread, which Django must
    tolerate.
    """
    os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path(), args=LAUNCH)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def _server(django_db_setup: None) -> Iterator[Server]:
    server = Server()
    yield server
    server.close()


@pytest.fixture
def server(
    _server: Server, transactional_db: None, settings: Any, tmp_path: Path
) -> Iterator[Server]:
    """The portal on a port of its own; what the test leaves in the database is emptied
    afterwards.
    """
    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "127.0.0.1"]
    settings.MEDIA_ROOT = tmp_path / "uploads"
    yield _server
    start_over()


@pytest.fixture
def visit(
    chromium: Browser, server: Server, logged_in: Callable[[User], Client]
) -> Iterator[Callable[..., Page]]:
    """``visit(user)`` opens that person's browser at a desk, ``phone=True`` on a 390 px touch
    phone.

    Whatever a browser complains of (console, page errors, failed or refused requests) fails the
    test at its end.
    """
    opened: list[tuple[Page, Watch]] = []

    def enter(user: User | None = None, *, phone: bool = False, script: bool = True) -> Page:
        page, watch = open_page(chromium, server.url, phone=phone, script=script)
        if user:
            cookie = logged_in(user).cookies[SESSION].value
            page.context.add_cookies([{"name": SESSION, "value": cookie, "url": server.url}])
        opened.append((page, watch))
        return page

    yield enter
    complaints = [complaint for _, watch in opened for complaint in watch.complaints]
    for page, _ in opened:
        page.context.close()
    assert not complaints, complaints
