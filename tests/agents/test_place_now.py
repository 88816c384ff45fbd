"""A place is called by today's name of its commune, the former one in brackets."""

from __future__ import annotations

from datetime import date

import pytest

from agents.lineage import Edge, Lineage, LineageUnit, place_now

MERGED = date(2025, 7, 1)
BEFORE, AFTER = date(2025, 6, 30), date(2026, 11, 30)


@pytest.fixture
def lineage() -> Lineage:
    units = [
        LineageUnit(1, "1", "Diêm Điền", date(2000, 1, 1), BEFORE),
        LineageUnit(2, "2", "Thụy Trường", date(2000, 1, 1), BEFORE),
        LineageUnit(3, "3", "Thái Thụy", MERGED, None),
        LineageUnit(4, "4", "Thuỵ Trường", MERGED, None),
        LineageUnit(5, "5", "Nơi xa", date(2000, 1, 1), BEFORE),
    ]
    return Lineage.of(units, [Edge(1, 3, MERGED), Edge(2, 4, MERGED)])


@pytest.mark.parametrize(
    ("commune", "day", "said"),
    [
        (1, BEFORE, "Diêm Điền"),
        (1, AFTER, "Thái Thụy (Diêm Điền cũ)"),
        (2, AFTER, "Thụy Trường"),
        (3, AFTER, "Thái Thụy"),
        (5, AFTER, "Nơi xa"),
        (None, AFTER, ""),
    ],
)
def test_the_name_of_today_and_the_former_one(
    lineage: Lineage, commune: int | None, day: date, said: str
) -> None:
    assert place_now(lineage, commune, day) == said
