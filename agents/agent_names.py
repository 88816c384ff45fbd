"""Names of agents in lists to choose from: two offices of one name are told apart by their days."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from agents.models import CollectionAgent


def told_apart(agents: Iterable[CollectionAgent]) -> dict[int, str]:
    """Each agent's name by its key, in the order given; of a name that several have, with its last
    or first day.
    """
    listed = list(agents)
    names = {one.pk: one.name for one in listed}
    for name_of in (_with_day, _with_code):
        often = Counter(names.values())
        names |= {one.pk: name_of(one) for one in listed if often[names[one.pk]] > 1}
    return names


def _with_day(one: CollectionAgent) -> str:
    said = f"đến {one.closed_on:%d/%m/%Y}" if one.closed_on else f"từ {one.opened_on:%d/%m/%Y}"
    return f"{one.name} ({said})"


def _with_code(one: CollectionAgent) -> str:
    return f"{_with_day(one)[:-1]}, {one.code})"
