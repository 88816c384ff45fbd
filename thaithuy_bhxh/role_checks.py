"""What the application's database role must not be able to do: whoever owns a table can drop its
triggers.

Asked by ``check --deploy --database default``; ``docs/database-roles.md`` sets the two roles up.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import connections

from thaithuy_bhxh import triggers

SEE = "Hãy lập hai vai trò như docs/database-roles.md."


@register(Tags.database, deploy=True)
def check_database_guards(
    app_configs: Any, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """``portal.E020`` triggers are missing; ``portal.W020`` the role owns tables, ``portal.W021``
    it may empty them.
    """
    found: list[CheckMessage] = []
    for alias in databases or ():
        connection = connections[alias]
        if lacking := triggers.missing(connection):
            sentence = f"Thiếu hoặc sai {len(lacking)} trigger, ví dụ {lacking[0]}."
            found.append(
                Error(
                    sentence, hint="Hãy chạy migrate bằng vai trò chủ các bảng.", id="portal.E020"
                )
            )
        if connection.vendor == "postgresql":
            found += _of_role(connection)
    return found


def _of_role(connection: Any) -> list[CheckMessage]:
    tables = sorted(triggers.guards())
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_user, bool_or(pg_has_role(c.relowner, 'USAGE')),"
            " bool_or(has_table_privilege(c.oid, 'TRUNCATE') OR has_table_privilege(c.oid, "
            "'TRIGGER'))"
            " FROM pg_class c WHERE c.relname = ANY(%s) AND c.relnamespace = "
            "current_schema()::regnamespace",
            [tables],
        )
        role, owns, empties = cursor.fetchone()
    found: list[CheckMessage] = []
    if owns:
        found.append(
            Warning(f"Vai trò {role} đang làm chủ các bảng của cổng.", hint=SEE, id="portal.W020")
        )
    if empties:
        found.append(
            Warning(
                f"Vai trò {role} làm trống hoặc gỡ trigger của bảng được.",
                hint=SEE,
                id="portal.W021",
            )
        )
    return found
