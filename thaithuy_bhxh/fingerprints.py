"""What a chained row says, as one number: the same on every engine and for as long as the row is
kept.

The form is fixed for good: digests of rows written years ago are computed again from what stands in
the table. A new column begins a new form beside this one.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

FORM = 1
"""First item of what is hashed: which columns follow, and how they are written."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def _refuse(value: object) -> Any:
    raise TypeError(f"A fingerprint has no form for {type(value).__name__}.")


_written = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), allow_nan=False, default=_refuse
).encode


def fingerprint(values: Sequence[Any]) -> str:
    """SHA-256 of plain values in their order: text, whole numbers, yes or no, nothing, lists and
    maps with text keys.

    Fractions are refused: PostgreSQL and SQLite give them back in different words.
    """
    return sha256(_written([FORM, *values]).encode()).hexdigest()


def moment(at: datetime) -> int:
    """A moment as whole microseconds since 1970, whatever its time zone."""
    return (at - _EPOCH) // _MICROSECOND


def linked(before: str, key: int, content: str) -> str:
    """The digest of one link: that of the link before (empty for the first), the row's key and its
    fingerprint.

    PostgreSQL computes the same in a trigger (see ``agents/chain.py``).
    """
    return sha256(f"{before}|{key}|{content}".encode()).hexdigest()
