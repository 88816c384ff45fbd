"""The office's people and the communes that they follow since the campaign began in 2019."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from enrollment.demonstration.campaign import Assignment, OfficePerson
from enrollment.demonstration.places import Place, Territory

OFFICE = (
    OfficePerson("cq01", "Phạm Thị Minh Hằng", "officer"),
    OfficePerson("cq02", "Vũ Đức Thịnh", "officer"),
    OfficePerson("cq03", "Bùi Thị Kim Oanh", "officer"),
    OfficePerson("cq04", "Trần Quang Hưng", "officer"),
    OfficePerson("cq05", "Đỗ Thị Thu Huệ", "officer"),
    OfficePerson("cq06", "Lương Văn Toàn", "officer"),
    OfficePerson("cq07", "Ngô Thị Hồng Nhung", "officer"),
    OfficePerson("ld01", "Nguyễn Xuân Trường", "manager"),
    OfficePerson("ld02", "Đặng Thị Thanh Mai", "manager"),
    OfficePerson("ld03", "Hoàng Đình Sơn", "manager"),
)
_BEGIN = date(2019, 1, 1)
_OFFICERS = ("cq01", "cq02", "cq03", "cq04", "cq05", "cq06")
_LEADERS = ("ld01", "ld02", "ld03")
_HANDOVERS = {
    "officer": (
        (date(2019, 10, 1), "cq05", "cq06", 1),
        (date(2020, 9, 1), "cq02", "cq05", 1),
        (date(2021, 7, 1), "cq03", "cq07", None),
        (date(2022, 10, 3), "cq04", "cq02", 1),
        (date(2023, 4, 3), "cq01", "cq06", 1),
        (date(2024, 3, 1), "cq06", "cq04", 1),
        (date(2025, 9, 3), "cq07", "cq01", 1),
        (date(2026, 1, 2), "cq05", "cq02", 1),
    ),
    "leader": ((date(2022, 6, 1), "ld03", "ld02", 2),),
}
"""Day, from whom, to whom, and how many of that person's areas (``None`` = all)."""


def assignments(territory: Territory, until: date) -> tuple[Assignment, ...]:
    """Officer and leader of every unit of every era; hand-overs up to the day ``until``."""
    areas = sorted(
        {final.id for final in territory.final.values()}, key=lambda id_: territory.places[id_].code
    )
    found: list[Assignment] = []
    for kind, staff in (("officer", _OFFICERS), ("leader", _LEADERS)):
        holders = {area: [(_BEGIN, staff[index % len(staff)])] for index, area in enumerate(areas)}
        for day, giver, taker, count in _HANDOVERS[kind]:
            if day <= until:
                given = [area for area in areas if holders[area][-1][1] == giver][:count]
                for area in given:
                    holders[area].append((day, taker))
        for place in territory.places:
            found.extend(_of_unit(kind, place, holders[territory.final[place.id].id]))
    return tuple(found)


def _of_unit(kind: str, place: Place, holders: list[tuple[date, str]]) -> Iterator[Assignment]:
    """The holders of an area, cut to the days of one of its units."""
    for index, (first, username) in enumerate(holders):
        last = holders[index + 1][0] - timedelta(days=1) if index + 1 < len(holders) else None
        start = max(first, place.valid_from)
        ends = [day for day in (last, place.valid_to) if day]
        end = min(ends, default=None)
        if end is None or start <= end:
            yield Assignment(kind, place.key, username, start, end)
