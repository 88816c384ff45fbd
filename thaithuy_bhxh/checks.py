"""System checks that refuse an unsafe production start, each with an id."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.core.exceptions import ImproperlyConfigured

from thaithuy_bhxh.engines.sqlite3.base import file_of

HERE = ("", "localhost", "127.0.0.1", "::1")
TLS = ("require", "verify-ca", "verify-full")


class UnsafeStart(ImproperlyConfigured):
    """A server that would serve unsafely; the sentences say what is missing."""


def refuse_unsafe_start() -> None:
    """What a server must not start with, whoever starts it; the demonstration (DEBUG) is
    let pass.
    """
    if settings.DEBUG:
        return
    found = [*_key(), *_proxy(), *check_content_security_policy(None)]
    if found:
        sentences = " ".join(f"{message.msg} {message.hint or ''}".strip() for message in found)
        raise UnsafeStart(f"Cổng không khởi động: {sentences}")


@register(Tags.security, deploy=True)
def check_production(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """What a production start must not lack; ``portal.E0xx`` are refusals, ``portal.W0xx``
    warnings.
    """
    found: list[CheckMessage] = []
    if settings.DEBUG:
        found.append(Error("DEBUG đang bật.", hint="Bỏ DEBUG khỏi môi trường.", id="portal.E001"))
    found += _key()
    if not settings.ALLOWED_HOSTS or "*" in settings.ALLOWED_HOSTS:
        found.append(
            Error(
                "ALLOWED_HOSTS trống hoặc mở cho mọi tên.",
                hint="Ghi tên máy chủ của cổng.",
                id="portal.E003",
            )
        )
    if not settings.HTTPS:
        found.append(
            Error("HTTPS đang tắt.", hint="Phục vụ qua TLS; bỏ HTTPS=0.", id="portal.E004")
        )
    if not settings.MFA_REQUIRED:
        hint = (
            "Bỏ MFA_REQUIRED=0: chuyên quản, lãnh đạo, quản trị và thanh tra phải có xác "
            "thực hai lớp."
        )
        found.append(Error("Xác thực hai lớp đang tắt.", hint=hint, id="portal.E010"))
    return [*found, *_proxy(), *_database()]


def _key() -> Iterator[CheckMessage]:
    if not settings.SECRET_KEY_IS_CONFIGURED:
        hint = (
            "Đặt SECRET_KEY là một chuỗi dài, ngẫu nhiên, giữ kín, trong môi trường hoặc tệp .env."
        )
        yield Error("Chưa đặt SECRET_KEY.", hint=hint, id="portal.E002")


def _proxy() -> Iterator[CheckMessage]:
    if settings.BEHIND_TLS_PROXY and settings.ALLAUTH_TRUSTED_PROXY_COUNT < 1:
        yield Error(
            "BEHIND_TLS_PROXY bật mà TRUSTED_PROXY_COUNT là 0: mọi người có chung một địa chỉ.",
            hint="Đặt TRUSTED_PROXY_COUNT là số máy chủ trung gian mà cơ quan đặt trước cổng, "
            "thường là 1.",
            id="portal.E006",
        )


def _database() -> Iterator[CheckMessage]:
    database = settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3"):
        yield Warning(
            "Cơ sở dữ liệu là SQLite đi kèm.",
            hint="Một cơ quan nên dùng PostgreSQL.",
            id="portal.W001",
        )
        yield from _file(database)
    elif not _is_protected(database):
        yield Error(
            "Nối tới PostgreSQL ở máy khác mà không đòi TLS.",
            hint="Thêm ?sslmode=verify-full (hoặc verify-ca, require) vào DATABASE_URL.",
            id="portal.E007",
        )


def _is_protected(database: dict[str, Any]) -> bool:
    host = str(database.get("HOST") or "")
    mode = database.get("OPTIONS", {}).get("sslmode") or os.environ.get("PGSSLMODE", "")
    return host in HERE or host.startswith("/") or mode in TLS


def _file(database: dict[str, Any]) -> Iterator[CheckMessage]:
    """The file is its owner's alone, and nobody else can put another in its place."""
    file = file_of(database.get("NAME") or ":memory:")
    if file is None or not file.exists():
        return
    if file.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        hint = "Chạy chmod 600 cho tệp cơ sở dữ liệu và các tệp -wal, -shm cạnh nó."
        yield Warning(
            "Người khác trên máy đọc được tệp cơ sở dữ liệu.", hint=hint, id="portal.W002"
        )
    if file.parent.stat().st_mode & stat.S_IWOTH and not file.parent.stat().st_mode & stat.S_ISVTX:
        hint = "Chạy chmod o-w cho thư mục của tệp cơ sở dữ liệu."
        yield Warning(
            "Ai trên máy cũng ghi được vào thư mục của cơ sở dữ liệu.", hint=hint, id="portal.W003"
        )


@register(Tags.security)
def check_content_security_policy(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """No ``unsafe-*`` in the policy, whatever the environment."""
    values = [str(v) for vs in settings.CONTENT_SECURITY_POLICY["DIRECTIVES"].values() for v in vs]
    if any("unsafe" in value for value in values):
        return [Error("Chính sách nội dung (CSP) có nguồn không an toàn.", id="portal.E005")]
    return []
