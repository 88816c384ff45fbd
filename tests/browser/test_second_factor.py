"""A passkey in a real browser: made on the own page, asked for after the password, under the
content policy.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page

from tests import builders
from tests.browser.stage import Server
from tests.cast import Cast

Visit = Callable[..., Page]
KEY = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def log_in(page: Page, address: str, name: str) -> None:
    page.goto(f"{address}/tai-khoan/login/")
    page.get_by_label("Tên đăng nhập").fill(name)
    page.get_by_label("Mật khẩu").fill(builders.PASSWORD)
    page.get_by_role("button", name="Đăng nhập").click()


def test_a_passkey_is_made_and_opens_the_portal(
    cast: Cast, visit: Visit, server: Server, settings: Any
):
    settings.MFA_REQUIRED = settings.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "localhost"]
    # A passkey belongs to a name, never to an address of figures.
    address = server.url.replace("127.0.0.1", "localhost")
    page = visit()
    keys = page.context.new_cdp_session(page)
    keys.send("WebAuthn.enable")
    keys.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})
    log_in(page, address, cast.manager.username)
    page.get_by_text("phải có xác thực hai lớp").wait_for()
    page.get_by_role("link", name="Thêm khóa truy cập").click()
    page.get_by_role("button", name="Tạo khóa trên máy này").click()
    page.get_by_role("heading", name="Mã dự phòng").wait_for()
    assert page.locator(".codes li").count() == 10
    page.goto(f"{address}/")
    assert page.url == f"{address}/"
    page.context.clear_cookies()
    log_in(page, address, cast.manager.username)
    page.get_by_role("button", name="Dùng khóa truy cập").click()
    page.wait_for_url(f"{address}/")
