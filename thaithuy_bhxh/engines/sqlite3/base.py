"""The connection: a missing file is refused unless a command begins one, which then belongs to its
owner alone.
"""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from django.db.backends.sqlite3 import base

from thaithuy_bhxh.engines import may_begin
from thaithuy_bhxh.outages import DatabaseFileMissing, DatabaseFileReadOnly


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's, with a look at the file before SQLite would make an empty one."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        path = file_of(conn_params["database"])
        if path is not None and not path.exists():
            if not may_begin():
                raise DatabaseFileMissing("the SQLite file of the settings is not there")
            # -wal and -shm get the permissions of the file that they belong to.
            os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
        try:
            return super().get_new_connection(conn_params)
        except sqlite3.OperationalError as error:
            # SQLite only says that it cannot open one of its files; which is wrong, the system
            # knows.
            if path is None or (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)):
                raise
            raise DatabaseFileReadOnly(
                "the SQLite file or its folder cannot be written to"
            ) from error


def file_of(name: str | os.PathLike[str]) -> Path | None:
    """The file behind a database's name; ``None`` for one that lives in memory."""
    text = os.fspath(name)
    if not text.startswith("file:"):
        return None if text == ":memory:" else Path(text)
    parts = urlsplit(text)
    in_memory = parse_qs(parts.query).get("mode") == ["memory"] or parts.path in ("", ":memory:")
    return None if in_memory else Path(unquote(parts.path))
