"""The shared cache that limits are counted in: an error of the database stays an error.

Django's own back end answers ``False`` when it could not write, which a limit reads as "too many
attempts"; and it writes while it reads, so that reading waits for whoever writes.
"""

from __future__ import annotations

import base64
import pickle
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.db import DatabaseCache
from django.db import connection
from django.utils import timezone


class TruthfulDatabaseCache(DatabaseCache):
    """The database cache of the default connection; a call succeeds or raises."""

    _table: str
    _cull: Any

    def get_many(self, keys: Iterable[str], version: int | None = None) -> dict[str, Any]:
        named = {self.make_and_validate_key(key, version=version): key for key in keys}
        if not named:
            return {}
        places = ", ".join(["%s"] * len(named))
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT cache_key, value FROM {self._quoted} WHERE cache_key IN ({places}) "
                "AND expires >= %s",
                [*named, _stored(timezone.now())],
            )
            return {
                named[key]: pickle.loads(base64.b64decode(value))
                for key, value in cursor.fetchall()
            }

    def _base_set(self, mode: str, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT) -> bool:
        """``set``, ``add`` or ``touch``; whether a row was written."""
        now, ends = timezone.now(), self._end(timeout)
        with connection.cursor() as cursor:
            if mode == "touch":
                cursor.execute(
                    f"UPDATE {self._quoted} SET expires = %s WHERE cache_key = %s", [ends, key]
                )
                return bool(cursor.rowcount)
            self._make_room(cursor, now)
            taken = f" WHERE {self._quoted}.expires < %s" if mode == "add" else ""
            packed = base64.b64encode(pickle.dumps(value, self.pickle_protocol)).decode("ascii")
            cursor.execute(
                f"INSERT INTO {self._quoted} (cache_key, value, expires) VALUES (%s, %s, %s) "
                "ON CONFLICT (cache_key)"
                f" DO UPDATE SET value = excluded.value, expires = excluded.expires{taken}",
                [key, packed, ends, *([_stored(now)] if taken else [])],
            )
            return bool(cursor.rowcount)

    def expired(self, before: datetime, *, remove: bool) -> int:
        """How many rows had expired before a moment; with ``remove`` they go."""
        act = "DELETE" if remove else "SELECT count(*)"
        with connection.cursor() as cursor:
            cursor.execute(f"{act} FROM {self._quoted} WHERE expires < %s", [_stored(before)])
            return int(cursor.rowcount if remove else cursor.fetchone()[0])

    @property
    def _quoted(self) -> str:
        return connection.ops.quote_name(self._table)

    def _end(self, timeout: Any) -> Any:
        seconds = self.get_backend_timeout(timeout)
        return _stored(
            datetime.max.replace(tzinfo=UTC)
            if seconds is None
            else datetime.fromtimestamp(seconds, UTC)
        )

    def _make_room(self, cursor: Any, now: datetime) -> None:
        cursor.execute(f"SELECT COUNT(*) FROM {self._quoted}")
        (rows,) = cursor.fetchone()
        if rows > self._max_entries:
            self._cull(connection.alias, cursor, now, rows)


def _stored(moment: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(moment.replace(microsecond=0))
