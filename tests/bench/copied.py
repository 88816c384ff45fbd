"""The people of a database with all that counts of them, copied in SQL: a hundred thousand in
seconds.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.db import connection, models

from enrollment.models import (
    ActivitySpan,
    Movement,
    Participant,
    Receipt,
    ReceiptVoid,
    Residence,
    Stop,
    StopWithdrawal,
)

APART = 10_000_000
"""Between the ids of two copies."""
COPIED: Mapping[type[models.Model], Mapping[str, str]] = {
    Participant: {
        "citizen_id": "SUBSTR(CAST(900000000000 + id + {apart} AS TEXT), 1, 12)",
        "bhxh_no": "NULL",
        "household_id": "NULL",
    },
    Receipt: {
        "number": "number || '-{copy}'",
        "submission_key": "NULL",
        "draft_no": "NULL",
        "batch_id": "NULL",
    },
    ReceiptVoid: {},
    Stop: {},
    StopWithdrawal: {},
    Residence: {},
    ActivitySpan: {},
    Movement: {},
}
"""What differs in a copy besides the keys, by table."""
_KEYS = ("id", "participant_id", "receipt_id", "stop_id")


def copy_people(times: int) -> None:
    """Have everybody there ``times`` times, with other keys and numbers, and the engine take stock
    of it.
    """
    for copy in range(1, times):
        for model, other in COPIED.items():
            _copy(model, other, copy)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def _copy(model: type[models.Model], other: Mapping[str, str], copy: int) -> None:
    quote, apart = connection.ops.quote_name, copy * APART
    names = [field.column for field in model._meta.concrete_fields]
    taken = [
        other[name].format(apart=apart, copy=copy)
        if name in other
        else f"{name} + {apart}"
        if name in _KEYS
        else quote(name)
        for name in names
    ]
    into, key = quote(model._meta.db_table), quote(names[0])
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {into} ({', '.join(map(quote, names))})"
            f" SELECT {', '.join(taken)} FROM {into} WHERE {key} < {APART}"
        )
