"""When the database or a disk does not do its part: which fault it is, and the one sentence that is
true of it.

A fault of the server is never shown as a fault of the reader: not as a wrong password, too many
attempts or a bad request. Pages answer 503 (``thaithuy_bhxh.refusals``), commands one sentence
(``agents.commands``, ``manage.py``), ``/readyz`` the code.
"""

from __future__ import annotations

import errno
import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import DatabaseError, InterfaceError, OperationalError


@dataclass(frozen=True, slots=True)
class Outage:
    """One kind of fault: ``code`` for supervisors, ``words`` for people, ``seconds`` until trying
    again has sense.

    ``advice`` is for whoever sits at the server.
    """

    code: str
    words: str
    seconds: int
    advice: str


class DatabaseFileMissing(OperationalError):
    """The SQLite file of the settings is not there, and this process may not begin a new one."""


class DatabaseFileReadOnly(OperationalError):
    """The SQLite file is there, but this process may not write to it or beside it."""


_DISK = "Hãy dọn hoặc nối thêm đĩa rồi làm lại."
BUSY = Outage("busy", "Máy chủ đang bận ghi việc khác.", 5, "Hãy làm lại sau ít phút.")
FULL = Outage("full", "Đĩa của máy chủ đã đầy nên không ghi được gì thêm.", 300, _DISK)
READ_ONLY = Outage(
    "read_only",
    "Cơ sở dữ liệu đang chỉ cho đọc nên không ghi được gì.",
    300,
    "Hãy xem quyền ghi của tệp và thư mục, hoặc máy PostgreSQL có đang là bản sao chỉ đọc.",
)
DAMAGED = Outage(
    "damaged",
    "Cơ sở dữ liệu bị hỏng.",
    300,
    "Hãy dừng máy chủ, giữ nguyên tệp hiện có và khôi phục từ bản sao lưu.",
)
DISK = Outage(
    "disk",
    "Đĩa của máy chủ đọc ghi lỗi hoặc đã đầy.",
    300,
    "Hãy xem đĩa còn chỗ không và hệ thống có báo lỗi đĩa không.",
)
MISSING = Outage(
    "missing",
    "Không thấy hoặc không mở được tệp cơ sở dữ liệu của cổng.",
    300,
    "Hãy xem lại DATABASE_URL và ổ đĩa; tệp đã mất thì khôi phục từ bản sao lưu, cài mới thì "
    "chạy migrate.",
)
AWAY = Outage(
    "away",
    "Cổng không nối được với cơ sở dữ liệu.",
    30,
    "Hãy xem lại DATABASE_URL và dịch vụ PostgreSQL.",
)
UNMIGRATED = Outage(
    "migrations",
    "Cơ sở dữ liệu chưa khớp với phiên bản phần mềm đang chạy.",
    120,
    "Hãy chạy migrate; nếu đã chạy mà vẫn thiếu bảng thì khôi phục từ bản sao lưu.",
)
NO_MEMORY = Outage(
    "memory",
    "Máy chủ không đủ bộ nhớ cho việc này.",
    60,
    "Hãy chia nhỏ tệp hoặc thêm bộ nhớ rồi làm lại.",
)
STORE = Outage(
    "store",
    "Máy chủ không đọc hoặc không ghi được một tệp cần cho việc này.",
    300,
    "Hãy xem lại thư mục và quyền đọc ghi.",
)

_SQLITE = (
    (sqlite3.SQLITE_BUSY, BUSY),
    (sqlite3.SQLITE_LOCKED, BUSY),
    (sqlite3.SQLITE_FULL, FULL),
    (sqlite3.SQLITE_READONLY, READ_ONLY),
    (sqlite3.SQLITE_CORRUPT, DAMAGED),
    (sqlite3.SQLITE_NOTADB, DAMAGED),
    (sqlite3.SQLITE_IOERR, DISK),
    (sqlite3.SQLITE_CANTOPEN, MISSING),
    (sqlite3.SQLITE_PERM, MISSING),
    (sqlite3.SQLITE_NOMEM, NO_MEMORY),
)
"""Primary result codes of SQLite (sqlite.org/rescode.html)."""

_POSTGRESQL = (
    ("25006", READ_ONLY),
    ("40001", BUSY),
    ("40P01", BUSY),
    ("55P03", BUSY),
    ("57014", BUSY),
    ("42P01", UNMIGRATED),
    ("42703", UNMIGRATED),
    ("53100", FULL),
    ("53200", NO_MEMORY),
    ("53", BUSY),
    ("58", DISK),
    ("XX", DAMAGED),
    ("08", AWAY),
    ("28", AWAY),
    ("3D", AWAY),
    ("57", AWAY),
)
"""Beginnings of SQLSTATE (PostgreSQL, appendix A), the longer ones first."""

_DISKS = {
    errno.ENOSPC: FULL,
    errno.EDQUOT: FULL,
    errno.EROFS: STORE,
    errno.EACCES: STORE,
    errno.EPERM: STORE,
    errno.ENOENT: STORE,
    errno.ENOTDIR: STORE,
    errno.EIO: DISK,
    errno.ENOMEM: NO_MEMORY,
}


def outage_of(error: BaseException | None) -> Outage | None:
    """The fault behind an error, also behind one that was raised while it was handled; ``None`` for
    any other error.
    """
    return next((found for one in _chain(error) if (found := _direct(one))), None)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _direct(error: BaseException) -> Outage | None:
    if isinstance(error, MemoryError):
        return NO_MEMORY
    if isinstance(error, DatabaseFileMissing):
        return MISSING
    if isinstance(error, DatabaseFileReadOnly):
        return READ_ONLY
    if isinstance(error, OSError):
        return _DISKS.get(error.errno or 0)
    if isinstance(error, InterfaceError) and not isinstance(error.__cause__, sqlite3.Error):
        return AWAY
    return _of_engine(error) if isinstance(error, DatabaseError) else None


def _of_engine(error: DatabaseError) -> Outage | None:
    cause = error.__cause__
    if isinstance(cause, sqlite3.Error):
        return _of_sqlite(cause)
    state = getattr(cause, "sqlstate", None)
    if state:
        return next((outage for begin, outage in _POSTGRESQL if state.startswith(begin)), None)
    # Nobody answered, so that there is no state to go by.
    return AWAY if isinstance(error, OperationalError) else None


def _of_sqlite(error: sqlite3.Error) -> Outage | None:
    if re.search(r"no such (table|column)|has no column named", str(error)):
        return UNMIGRATED
    primary = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_OK) & 0xFF
    return next((outage for code, outage in _SQLITE if code == primary), None)


_FILES = {
    errno.ENOSPC: "đĩa đã đầy",
    errno.EDQUOT: "đã hết hạn mức đĩa",
    errno.EFBIG: "tệp vượt cỡ mà hệ thống cho phép",
    errno.EROFS: "ổ đĩa chỉ cho đọc",
    errno.EACCES: "không có quyền",
    errno.EPERM: "không có quyền",
    errno.ENOENT: "không có tệp hoặc thư mục ấy",
    errno.ENOTDIR: "đường dẫn đi qua một tệp",
    errno.EISDIR: "đó là một thư mục",
    errno.ENOTEMPTY: "thư mục không trống",
    errno.EIO: "đĩa đọc ghi lỗi",
    errno.ENAMETOOLONG: "tên tệp quá dài",
    errno.EMFILE: "tiến trình mở quá nhiều tệp",
    errno.EEXIST: "đã có tệp cùng tên",
}


def reason_of(error: OSError) -> str:
    """Why the system refused a file, to follow a colon: what the system itself says is English."""
    number = error.errno or 0
    return _FILES.get(
        number, f"hệ thống báo lỗi số {number}" if number else "hệ thống không nói vì sao"
    )


def sentence_of(error: BaseException) -> str:
    """What a command says of a fault, with the file that it is about; empty for any other error."""
    outage = outage_of(error)
    if outage is None:
        return ""
    file = getattr(error, "filename", None)
    return f"{outage.words}{f' Tệp: {file}.' if file else ''} {outage.advice}"
