"""What a benchmark hands to the table: a figure, its unit, and what is required of it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

MARK = "figure "
ENGINES = ("SQLite", "PostgreSQL")


@dataclass(frozen=True)
class Figure:
    """``required`` is a bound such as ``">= 1500"`` or empty; ``plain`` a remark beside the
    number.
    """

    name: str
    value: float
    unit: str = ""
    required: str = ""
    plain: str = ""

    @property
    def kept(self) -> bool | None:
        """Whether the bound is kept; ``None`` when there is none."""
        if not self.required:
            return None
        sign, bound = self.required.split()
        return self.value >= float(bound) if sign == ">=" else self.value <= float(bound)

    @property
    def shown(self) -> str:
        number = f"{self.value:,.0f}" if self.value >= 100 else f"{self.value:.1f}"
        return f"{number} {self.unit}{self.plain}".strip()


def hand_over(figures: Iterable[Figure]) -> None:
    """Print the figures for the process that asked for them."""
    for figure in figures:
        print(MARK + json.dumps(asdict(figure)), flush=True)


def taken(output: str) -> list[Figure]:
    """The figures in what a process printed."""
    lines = (line.removeprefix(MARK) for line in output.splitlines() if line.startswith(MARK))
    return [Figure(**json.loads(line)) for line in lines]


def best_seconds(act: Callable[[], Any], times: int = 3) -> float:
    """The shortest of several runs: what the machine's other work disturbs least."""
    durations = []
    for _ in range(times):
        started = time.perf_counter()
        act()
        durations.append(time.perf_counter() - started)
    return min(durations)


def table(found: Mapping[str, list[Figure]]) -> str:
    """One row per figure, one column per engine, what is required, and whether it is kept
    everywhere.
    """
    by_name: dict[str, dict[str, Figure]] = {}
    for engine, figures in found.items():
        for figure in figures:
            by_name.setdefault(figure.name, {})[engine] = figure
    rows = [("", *ENGINES, "required", "")]
    rows += [_row(name, figures) for name, figures in by_name.items()]
    widths = [max(len(row[column]) for row in rows) for column in range(5)]
    return "\n".join("  ".join(_cells(row, widths)).rstrip() for row in rows)


def _row(name: str, figures: Mapping[str, Figure]) -> tuple[str, ...]:
    shown = [figures[engine].shown if engine in figures else "–" for engine in ENGINES]
    kept = [figure.kept for figure in figures.values()]
    word = "" if None in kept else "ok" if all(kept) else "MISSED"
    required = next(iter(figures.values())).required
    return name, *shown, required, word


def _cells(row: tuple[str, ...], widths: list[int]) -> list[str]:
    """Names and words begin their column, numbers end it."""
    padded = zip(row, widths, (str.ljust, str.rjust, str.rjust, str.rjust, str.ljust), strict=True)
    return [pad(cell, width) for cell, width, pad in padded]
