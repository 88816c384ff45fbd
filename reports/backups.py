"""Backups of this portal: what a copy has to repeat besides its rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from django.db import DatabaseError
from django.db.models import Count, Sum
from django.db.models.functions import ExtractYear

from agents.backups import copies_to_keep
from agents.models import AuditEntry
from agents.operations.backups import Run, do_note_run
from agents.verifying import head
from enrollment.models import Receipt, ReceiptVoid
from reports.counting.measures import MONEY, STOCKS, Period, PeriodTally
from thaithuy_bhxh.backup.keys import Key
from thaithuy_bhxh.backup.places import remove_out_of_date
from thaithuy_bhxh.backup.taking import Taken, take_backup
from thaithuy_bhxh.clock import this_month
from thaithuy_bhxh.months import Month

MONTHS = 3
"""So many last months of growth are compared, commune by commune."""
_MONEY = (
    (
        Receipt,
        "received_on",
        {
            "gross": "số phải đóng",
            "participant_amount": "người tham gia đóng",
            "state_support": "NSNN hỗ trợ",
            "local_support": "NSĐP hỗ trợ",
            "other_support": "hỗ trợ khác",
        },
    ),
    (ReceiptVoid, "voided_on", {"receipt__gross": "số phải đóng đã hủy"}),
)
"""Models of money, the day that says their year, and what is summed, in words."""
_SUBJECTS = {"money": "tiền", "figures": "số liệu", "trail": "nhật ký"}


def take(path: str, key: Key | None) -> tuple[Taken, list[str]]:
    """A backup, and the names of older ones that were removed by the office's rule; only in a
    folder of backups.
    """
    taken = take_backup(path, key, lambda: facts(this_month()))
    folder = Path(path)
    return taken, remove_out_of_date(folder, copies_to_keep()) if folder.is_dir() else []


def note(run: Run) -> bool:
    """Leave a line about the run; whether it could be written."""
    try:
        do_note_run(actor=None, run=run)
    except DatabaseError:
        return False
    return True


def facts(last: Month) -> dict[str, Any]:
    """Sums and figures of the database, counted by the engine; figures of the months that end with
    ``last``.
    """
    return {"month": int(last), "money": money(), "figures": figures(last), "trail": trail()}


def money() -> dict[str, dict[str, int]]:
    """Receipts and their amounts in đồng by the year of the receipt, voids by the year of
    the void.
    """
    found: dict[str, dict[str, int]] = {}
    for model, day, amounts in _MONEY:
        sums = {f"n{at}": Sum(name) for at, name in enumerate(amounts)}
        rows: Any = model._base_manager.order_by().values(year=ExtractYear(day))
        for row in rows.annotate(n=Count("pk"), **sums):
            year = found.setdefault(str(row["year"]), {})
            year[f"số dòng {model._meta.db_table}"] = row["n"]
            year |= {label: int(row[f"n{at}"]) for at, label in enumerate(amounts.values())}
    return found


def figures(last: Month) -> dict[str, dict[str, int]]:
    """The figures of growth of every commune, by its key."""
    tally = PeriodTally.of(Period(last - MONTHS + 1, last))
    found: dict[str, dict[str, int]] = {}
    for row in tally.stock:
        _add(found, row, {name: row[name] for name in STOCKS})
    for row in tally.movements:
        _add(
            found, row, {f"{row['kind']} {row['reason']}".strip(): row["n"], "new_ytd": row["ytd"]}
        )
    for row in tally.money:
        _add(found, row, {name: row[name] for name in MONEY})
    return found


def _add(found: dict[str, dict[str, int]], row: Mapping[str, Any], more: Mapping[str, Any]) -> None:
    commune = found.setdefault(str(row["commune_id"]), {})
    for name, value in more.items():
        commune[name] = commune.get(name, 0) + int(value)


def trail() -> dict[str, Any]:
    """The length of the audit trail, the head of its chain, and its first row, which
    differs from office to office.
    """
    first = AuditEntry.objects.order_by("pk").values_list("pk", "at", "action").first()
    return {
        "rows": AuditEntry.objects.count(),
        "head": head(),
        "first": [str(value) for value in first or ()],
    }


def unlike(noted: Mapping[str, Any], found: Mapping[str, Any]) -> list[str]:
    """A sentence for every sum or figure that the restored copy does not repeat."""
    ours, theirs = dict(_leaves(noted)), dict(_leaves(found))
    return [
        f"{' '.join(path)}: khi sao lưu {ours.get(path)}, khôi phục ra {theirs.get(path)}"
        for path in sorted(ours.keys() | theirs.keys())
        if ours.get(path) != theirs.get(path)
    ]


def _leaves(facts: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    if not isinstance(facts, Mapping):
        yield path, facts
        return
    for name, value in facts.items():
        yield from _leaves(
            value, (*path, str(name) if path else _SUBJECTS.get(str(name), str(name)))
        )
