"""What the browser tests stand on: the server, the browser's settings, and what is asked of every
state of a page.
"""

from __future__ import annotations

import threading
from functools import cached_property
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from django.core.handlers.wsgi import WSGIHandler
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.db import connection
from playwright.sync_api import Browser, ConsoleMessage, Download, Locator, Page, Request, Response

LAUNCH = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESK, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
ONLY_VIOLATIONS = {"resultTypes": ["violations"]}
"""Spares axe describing every element that passes; every rule still runs."""
PATIENCE = 10_000
"""Milliseconds until what should appear counts as missing."""


class _Quiet(WSGIRequestHandler):
    def log_message(self, *args: object) -> None:
        pass


class Server:
    """The portal's WSGI application as production runs it.

    Not pytest-django's live server: that one serves static files from their sources, this one by
    their hashed names.
    """

    def __init__(self) -> None:
        self._httpd = ThreadedWSGIServer(
            ("127.0.0.1", 0), _Quiet, allow_reuse_address=False, connections_override={}
        )
        self._httpd.set_app(WSGIHandler())
        self._thread = threading.Thread(target=self._httpd.serve_forever, daemon=True)
        self._thread.start()

    @cached_property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._httpd.server_address[1]}"

    def close(self) -> None:
        self._httpd.shutdown()
        self._httpd.server_close()
        self._thread.join()


class Watch:
    """Collects what a browser complains of."""

    def __init__(self, page: Page) -> None:
        self.complaints: list[str] = []
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.complaints.append(f"error in a script: {error}"))
        page.on("requestfailed", self._failed)
        page.on("response", self._response)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(f"console: {message.text}")

    def _failed(self, request: Request) -> None:
        # A download and a page left before its pictures came are reported as aborted; neither is a
        # fault.
        if request.failure != "net::ERR_ABORTED":
            self.complaints.append(f"{request.url}: {request.failure}")

    def _response(self, response: Response) -> None:
        if response.status >= 400:
            self.complaints.append(f"{response.url}: {response.status}")


def open_page(browser: Browser, url: str, *, phone: bool, script: bool) -> tuple[Page, Watch]:
    """A page in a fresh context at a desk or on a touch phone."""
    context = browser.new_context(
        base_url=url,
        viewport=PHONE if phone else DESK,
        has_touch=phone,
        is_mobile=phone,
        java_script_enabled=script,
        locale="vi-VN",
        timezone_id="Asia/Ho_Chi_Minh",
        accept_downloads=True,
    )
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    return page, Watch(page)


def look(page: Page) -> None:
    """What holds in every state: nothing for axe to find, nothing wider than the screen.

    Axe examines each state in the run on SQLite; the markup that PostgreSQL leads to is the same,
    and half of the browser's time goes into it.
    """
    fits(page)
    if connection.vendor != "sqlite":
        return
    found = Axe().run(page, options=ONLY_VIOLATIONS)
    assert not found.response["violations"], f"{page.url}\n{found.generate_report()}"


def fits(page: Page) -> None:
    """The document is no wider than the window."""
    # After a click the new document may be committed with nothing in it yet.
    page.wait_for_load_state()
    wide, window = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert wide <= window, f"{page.url} is {wide} px wide in a window of {window}"


def saved(download: Download, folder: Path) -> Path:
    """The downloaded file under its own name."""
    target = folder / download.suggested_filename
    download.save_as(target)
    return target


def press(page: Page, name: str) -> None:
    """Press the one button of that name."""
    page.get_by_role("button", name=name, exact=True).click()


def follow(page: Page, name: str) -> None:
    """Follow the one link of that name in the content."""
    page.get_by_role("main").get_by_role("link", name=name, exact=True).click()


def field(page: Page, label: str, *, exact: bool = False) -> Locator:
    """The field of that label in the content; the search field of the header asks for much the same
    things.
    """
    return page.get_by_role("main").get_by_label(label, exact=exact)
