"""Stored steps computed again from their own figures, for an audit. Knows no table and no
law.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal, localcontext
from typing import Any

from enrollment.law.exact import EXACT, rounded, sum_of_powers

Figures = Mapping[str, Any]


def replay(steps: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """Operation → amount in đồng, from the figures of stored steps (``Step.as_dict``).

    Steps without an operation say something that has no amount; support is 0 where no step
    grants any.
    """
    found: dict[str, int] = {}
    with localcontext(EXACT):
        for step in steps:
            if (compute := _OPERATIONS.get(step["op"])) is not None:
                found[_NAMES.get(step["op"], step["op"])] = compute(step["figures"], found)
    return found


def differences(steps: Iterable[Mapping[str, Any]]) -> list[str]:
    """Labels of the stored steps whose amount does not follow from their figures; empty =
    reproducible.
    """
    stored = list(steps)
    again = replay(stored)
    return [
        step["label"]
        for step in stored
        if step["op"] in _OPERATIONS and again[_NAMES.get(step["op"], step["op"])] != step["amount"]
    ]


def _flat(figures: Figures, _: Mapping[str, int]) -> int:
    return rounded(
        sum(
            (Decimal(p["rate"]) * figures["income"] * p["months"] for p in figures["parts"]),
            Decimal(0),
        )
    )


def _discounted(figures: Figures, _: Mapping[str, int]) -> int:
    growth = 1 + Decimal(figures["r"])
    month = Decimal(figures["rate"]) * figures["income"]
    skipped = figures.get("skipped", 0)
    return rounded(month * sum_of_powers(1 / growth, figures["months"]) / growth**skipped)


def _compounded(figures: Figures, _: Mapping[str, int]) -> int:
    growth = 1 + Decimal(figures["r"])
    return rounded(
        Decimal(figures["rate"])
        * figures["income"]
        * growth
        * sum_of_powers(growth, figures["months"])
    )


def _share(figures: Figures, _: Mapping[str, int]) -> int:
    parts = figures["parts"]
    due = sum(
        (_one_percent(part) * Decimal(part["percent"]) * part["months"] for part in parts),
        Decimal(0),
    )
    return min(rounded(due), int(figures["most"]))


def _one_percent(part: Figures) -> Decimal:
    return Decimal(part["rate"]) * Decimal(part["line"]) / 100


def _participant(_: Figures, found: Mapping[str, int]) -> int:
    return found["gross"] - sum(found.get(name, 0) for name in ("state", "local", "other"))


def _product(figures: Figures, _: Mapping[str, int]) -> int:
    """Σ of products, divided by ``by``, rounded once."""
    total = Decimal(0)
    for factors in figures["terms"]:
        term = Decimal(1)
        for factor in factors:
            term *= Decimal(factor)
        total += term
    return rounded(total / Decimal(figures.get("by", "1")))


_OPERATIONS: Mapping[str, Callable[[Figures, Mapping[str, int]], int]] = {
    "income": lambda figures, _: int(figures["income"]),
    "floor": lambda figures, _: int(Decimal(figures["line"]).to_integral_value(ROUND_CEILING)),
    "ceiling": lambda figures, _: int(
        (Decimal(figures["multiplier"]) * Decimal(figures["base"])).to_integral_value(ROUND_FLOOR)
    ),
    "flat": _flat,
    "discounted": _discounted,
    "compounded": _compounded,
    "state": _share,
    "local": _share,
    "none": lambda figures, _: 0,
    "other": lambda figures, _: int(figures["amount"]),
    "participant": _participant,
    "given": lambda figures, _: int(figures["amount"]),
    "product": _product,
    "least": lambda figures, _: min(int(amount) for amount in figures["amounts"]),
    "minus": lambda figures, _: int(figures["from"]) - int(figures["take"]),
}
_NAMES = {"flat": "gross", "discounted": "gross", "compounded": "gross", "none": "state"}
