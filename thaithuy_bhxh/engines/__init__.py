"""Who may begin a new SQLite file: a missing one is a lost database, not a reason for an
empty one.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_may_begin: ContextVar[bool] = ContextVar("may_begin", default=False)


@contextmanager
def beginning_databases() -> Iterator[None]:
    """Within this block a SQLite file that is not there is begun: for ``migrate``, ``demo`` and
    restoring.
    """
    token = _may_begin.set(True)
    try:
        yield
    finally:
        _may_begin.reset(token)


def may_begin() -> bool:
    """Whether this is such a block."""
    return _may_begin.get()
