"""The order of a list, chosen by the heads of its columns: links, so that it needs no script."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F
from django.db.models.expressions import BaseExpression, OrderBy

KEY = "xep"
"""In the address: the head that orders, with a minus before it when it goes down."""
_DOWN = "-"


@dataclass(frozen=True)
class Head:
    """A head that orders: its name in the address, how the order is said, and what it goes by.

    ``gaps`` says that some have no value; they stand last either way. Without gaps the database
    may go along an index.
    """

    name: str
    words: str
    by: str | BaseExpression
    gaps: bool = False


class Order:
    """The order that an address asks for, else by the first of ``heads``; then by ``ties``."""

    def __init__(
        self, query: Mapping[str, Any], heads: Sequence[Head], ties: Sequence[str]
    ) -> None:
        asked = str(query.get(KEY) or "")
        named = {head.name: head for head in heads}
        self._head = named.get(asked.removeprefix(_DOWN), heads[0])
        self.down = asked == f"{_DOWN}{self._head.name}"
        self._ties = ties
        self.choices = [(head.name, head.words) for head in heads]

    def state_of(self, name: str) -> str:
        """For ``aria-sort``: empty where the list does not go by this head."""
        if name != self._head.name:
            return ""
        return "descending" if self.down else "ascending"

    def link_of(self, name: str) -> str:
        """What the head's link asks for: this order, or the other way round where it holds."""
        return f"{_DOWN}{name}" if self.state_of(name) == "ascending" else name

    @property
    def words(self) -> str:
        """“tên gọi”, “hạn đóng tiếp (ngược lại)”."""
        return f"{self._head.words}{' (ngược lại)' if self.down else ''}"

    @property
    def value(self) -> str:
        """As it stands in the address."""
        return f"{_DOWN if self.down else ''}{self._head.name}"

    def by(self) -> list[OrderBy | str]:
        """For ``order_by``."""
        by = F(self._head.by) if isinstance(self._head.by, str) else self._head.by
        last = True if self._head.gaps else None
        return [OrderBy(by, descending=self.down, nulls_last=last), *self._ties]
