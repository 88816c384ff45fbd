"""Very many people at little cost: copied inside the database from a small seed, alike on both
engines.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection

from agents.models import CollectionAgent, Commune
from enrollment.models import Participant, StopReason
from enrollment.querysets import participant_keys
from tests.shipped import unguarded
from thaithuy_bhxh.clock import this_month

FAMILY = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Vũ", "Đặng", "Bùi", "Đỗ", "Ngô")
MIDDLE = ("Văn", "Thị", "Đức", "Minh", "Thanh", "Xuân", "Hữu", "Ngọc", "Quang", "Thu")
GIVEN = ("An", "Bình", "Chi", "Dung", "Hải", "Lan", "Nam", "Oanh", "Sơn", "Yến")
SEED = 100
Home = tuple[CollectionAgent, Commune]


def crowd(homes: Sequence[Home], size: int) -> None:
    """``size`` people more (a multiple of 100), spread over names, homes and every status."""
    first = Participant.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    people = [_person(*homes[number % len(homes)], number) for number in range(SEED)]
    Participant.objects.bulk_create(people)
    _multiply(first, size // SEED, Participant.objects.count())


def _person(agent: CollectionAgent, commune: Commune, number: int) -> Participant:
    family, middle, given = (
        FAMILY[number % 10],
        MIDDLE[number // 10],
        GIVEN[(number * 7 + number // 10) % 10],
    )
    name, month = f"{family} {middle} {given}", this_month()
    covered, gone = month + (number % 30 - 15), number % 20 == 0
    return Participant(
        full_name=name,
        **participant_keys(name),
        method="12",
        agent=agent,
        commune=commune,
        first_active=month - 40,
        covered_to=covered,
        active_to=covered + 6,
        stopped_from=covered if gone else None,
        stop_reason=StopReason.COMPULSORY if gone else "",
        due_on=None if gone else (covered + 6).last_day,
    )


def _multiply(after: int, times: int, taken: int) -> None:
    """Copy the rows behind ``after`` so that there are ``times`` of each; numbers and phones count
    upward.
    """
    quote = connection.ops.quote_name
    table = quote(Participant._meta.db_table)
    own = {
        field.column: f"one.{quote(field.column)}" for field in Participant._meta.concrete_fields
    }
    del own["id"]
    serial = f"({taken} + n * {SEED} + one.id - {after})"
    own["citizen_id"] = _padded("034180", serial, 6)
    own["bhxh_no"] = _padded("34", serial, 8)
    own["phone"] = _padded("09", serial, 8)
    with unguarded(Participant), connection.cursor() as cursor:
        cursor.execute(
            "WITH RECURSIVE series(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM series WHERE n "
            f"< {times}) "
            f"INSERT INTO {table} ({', '.join(map(quote, own))}) SELECT {', '.join(own.values())} "
            f"FROM series CROSS JOIN {table} one WHERE one.id > {after}"
        )
        cursor.execute(f"DELETE FROM {table} WHERE id > {after} AND citizen_id IS NULL")
        cursor.execute("ANALYZE")


def _padded(prefix: str, number: str, width: int) -> str:
    """SQL text of a number with leading zeros."""
    return f"'{prefix}' || SUBSTR(CAST({10**width} + {number} AS TEXT), 2)"
