"""How a year's figures would add up to the ones above them once a workbook's changes are saved."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from agents.models import CollectionAgent, Collector, Metric
from agents.operations.targets import Owner
from reports.setting_targets.forms import Cells
from reports.setting_targets.grid import Balance, kind_of
from reports.setting_targets.workbook import SHEETS, Book


@dataclass(frozen=True, slots=True)
class BalancePreview:
    """Whose figures they are, and their sum beside the figure above."""

    whose: str
    balance: Balance


def outlooks(book: Book, cells: Cells) -> list[BalancePreview]:
    """Every level and metric that the changed cells touch: a part of it, or the figure above."""
    return [
        BalancePreview(
            whose,
            Balance(metric, _sum(book, cells, metric, parts), _after(book, cells, metric, above)),
        )
        for whose, above, parts in _levels(book)
        for metric in Metric
        if any(_key(metric, owner) in cells for owner in (above, *parts))
    ]


def _levels(book: Book) -> Iterator[tuple[str, Owner, Sequence[Owner]]]:
    communes, agents, staff = (book.owners[sheet] for sheet in SHEETS)
    yield (
        "Các xã, thị trấn",
        None,
        [unit for unit in communes if unit and book.board.is_counted(unit)],
    )
    yield "Các đại lý", None, agents
    for agent in agents:
        mine = [
            one for one in staff if isinstance(one, Collector) and one.point.agent_id == _pk(agent)
        ]
        if isinstance(agent, CollectionAgent) and mine:
            yield f"Nhân viên thu của {agent.name}", agent, mine


def _key(metric: Metric, owner: Owner) -> tuple[str, int | None, str]:
    return str(kind_of(owner)), _pk(owner), metric.value


def _pk(owner: Owner) -> int | None:
    return owner.pk if owner else None


def _after(book: Book, cells: Cells, metric: Metric, owner: Owner) -> int | None:
    key = _key(metric, owner)
    return cells[key] if key in cells else book.history(metric, owner).now


def _sum(book: Book, cells: Cells, metric: Metric, owners: Sequence[Owner]) -> int | None:
    values = [
        value for owner in owners if (value := _after(book, cells, metric, owner)) is not None
    ]
    return sum(values) if values else None
