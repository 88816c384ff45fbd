"""Calendar months as values: the unit in which participation is counted.

A :class:`Month` is an ``int`` (``year * 12 + month - 1``), so that it sorts, subtracts and is
stored as a plain integer on every database; it prints as ISO ``2021-01`` and, for people, as
``01/2021``.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import date
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.db import models

_ISO = re.compile(r"([0-9]{4})-([0-9]{1,2})")
_VI = re.compile(r"([0-9]{1,2})[/.\-]([0-9]{4})")


class Month(int):
    """One calendar month; ``Month(2021, 1) + 1 == Month(2021, 2)``; the difference of two months is
    an ``int``.
    """

    __slots__ = ()

    def __new__(cls, year: int, month: int) -> Self:
        if not 1 <= month <= 12:
            raise ValueError(f"Tháng {month} không có; hãy nhập từ 1 đến 12.")
        if not 1900 <= year <= 2199:
            raise ValueError(f"Năm {year} nằm ngoài khoảng 1900–2199.")
        return int.__new__(cls, year * 12 + month - 1)

    @classmethod
    def from_index(cls, index: int) -> Self:
        """The month with this stored integer."""
        return int.__new__(cls, index)

    @classmethod
    def of(cls, day: date) -> Self:
        """The month that contains this day."""
        return int.__new__(cls, day.year * 12 + day.month - 1)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``2021-01``, ``01/2021`` or ``1/2021``; ``ValueError`` with a Vietnamese sentence
        otherwise.
        """
        text = text.strip()
        if match := _ISO.fullmatch(text):
            return cls(int(match[1]), int(match[2]))
        if match := _VI.fullmatch(text):
            return cls(int(match[2]), int(match[1]))
        raise ValueError(f"“{text}” không phải là tháng; hãy nhập như 01/2021.")

    @property
    def year(self) -> int:
        return int(self) // 12

    @property
    def month(self) -> int:
        return int(self) % 12 + 1

    @property
    def first_day(self) -> date:
        return date(self.year, self.month, 1)

    @property
    def last_day(self) -> date:
        return date(self.year, self.month, monthrange(self.year, self.month)[1])

    @property
    def vi(self) -> str:
        """``01/2021``, as people write it."""
        return f"{self.month:02d}/{self.year:04d}"

    def __add__(self, months: int) -> Month:
        return Month.from_index(int(self) + int(months))

    def __sub__(self, other: int) -> Any:
        """A month minus months is a month; a month minus a month is the number of months between
        them.
        """
        if isinstance(other, Month):
            return int(self) - int(other)
        return Month.from_index(int(self) - other)

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"

    def __repr__(self) -> str:
        return f"Month({self.year}, {self.month})"

    def __format__(self, spec: str) -> str:
        return format(str(self), spec)


def months_between(first: Month, last: Month) -> Iterator[Month]:
    """Every month from ``first`` to ``last``, both included; none when ``last`` is earlier."""
    return (Month.from_index(index) for index in range(int(first), int(last) + 1))


class MonthField(models.IntegerField):  # type: ignore[type-arg]
    """A :class:`Month` in the database, stored as its integer."""

    description = "Calendar month"

    def from_db_value(self, value: int | None, expression: Any, connection: Any) -> Month | None:
        return None if value is None else Month.from_index(value)

    def to_python(self, value: Any) -> Month | None:
        if value is None or isinstance(value, Month):
            return value
        if isinstance(value, date):
            return Month.of(value)
        if isinstance(value, int):
            return Month.from_index(value)
        try:
            return Month.parse(str(value))
        except ValueError as error:
            raise ValidationError(str(error)) from error

    def get_prep_value(self, value: Any) -> int | None:
        if value is None:
            return None
        return int(value) if isinstance(value, int) else int(self.to_python(value) or 0)
