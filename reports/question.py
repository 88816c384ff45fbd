"""The question that a report answers, as an address or a command line puts it."""

from __future__ import annotations

from dataclasses import dataclass

from thaithuy_bhxh.months import Month


@dataclass(frozen=True, slots=True)
class Asked:
    """What a command line or an address asks of a report, before it is judged."""

    first: Month
    last: Month
    by: str
    territory: str
    rule: str
    metric: str = ""
    """The one target asked about; empty = all, or none where a report knows no targets."""
