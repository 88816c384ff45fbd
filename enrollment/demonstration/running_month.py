"""A campaign that ends within a month knows only those who have paid by then."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from enrollment.demonstration.campaign import Campaign, SimulatedHousehold


def without_the_unpaid(campaign: Campaign, settled: int) -> Campaign:
    """The campaign without the people of its last month whose first receipt is still to come.

    The first ``settled`` people joined before; those who are left after them are counted anew, as
    :attr:`SimulatedPerson.id` is their place.
    """
    *months, running = campaign.months
    joined = [*range(settled), *sorted(running.newcomers)]
    ids = {pk: place for place, pk in enumerate(joined)}
    batch = replace(
        running,
        moves=tuple(replace(one, person=ids[one.person]) for one in running.moves),
        newcomers=tuple(ids[pk] for pk in running.newcomers),
    )
    return replace(
        campaign,
        people=tuple(replace(campaign.people[pk], id=place) for pk, place in ids.items()),
        households=tuple(_households(campaign, ids)),
        months=(*months, batch),
    )


def _households(campaign: Campaign, ids: dict[int, int]) -> Iterator[SimulatedHousehold]:
    for one in campaign.households:
        members = tuple((ids[pk], relation) for pk, relation in one.members if pk in ids)
        if one.head in ids and members:
            yield SimulatedHousehold(ids[one.head], members)
