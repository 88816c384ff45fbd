"""Exact arithmetic: enough digits that no total can be rounded the wrong way, and the one rounding
of the law.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal, DivisionByZero, InvalidOperation, Overflow

EXACT = Context(prec=60, rounding=ROUND_HALF_UP, traps=[InvalidOperation, DivisionByZero, Overflow])


def rounded(amount: Decimal) -> int:
    """Whole đồng, half up."""
    return int(amount.to_integral_value(ROUND_HALF_UP))


def sum_of_powers(base: Decimal, count: int) -> Decimal:
    """1 + base + … + base^(count−1)."""
    total = Decimal(0)
    for _ in range(count):
        total = total * base + 1
    return total
