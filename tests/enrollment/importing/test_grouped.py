"""Errors are read by reason: one sentence once, the rows and people beside it."""

from __future__ import annotations

from typing import Any

from enrollment.importing.batch import do_import_lists
from enrollment.importing.grouped import NAMED, grouped
from enrollment.importing.reader import read_d05
from tests import builders
from tests.cast import Cast
from tests.enrollment.importing import d05_workbook as d05
from thaithuy_bhxh.clock import today


def error(row: int, column: str, reason: str, **more: Any) -> dict[str, Any]:
    return {"row": row, "column": column, "reason": reason, **more}


def test_a_sentence_stands_once_and_the_commonest_first() -> None:
    rare, common = grouped(
        [error(7, "B", "lẻ"), *(error(row, "16", "chung", name="An") for row in range(8, 30))]
    )[::-1]
    assert (rare.reason, rare.rows, rare.others) == ("lẻ", [(7, "")], 0)
    assert common.column == "Mã nhân viên thu (16)"
    assert common.shown == [(row, "An") for row in range(8, 8 + NAMED)]
    assert len(common.shown) + common.others == 22


def test_a_row_outside_the_scope_names_agent_commune_and_who_is_in_charge(cast: Cast) -> None:
    cells = d05.row(
        "Người Mẫu Xa",
        builders.citizen_id("female"),
        today(),
        "MAU-9",
        cast.collector_b.code,
        **{"2": "Thôn Bắc, xã Thụy Anh"},
    )
    read = read_d05(d05.upload([cells]).read())
    (outcome,) = do_import_lists(actor=cast.officer_a, lists=[read], dry_run=True)
    (refusal,) = outcome.errors
    assert (refusal.column, refusal.name) == ("16", "Người Mẫu Xa")
    for part in (cast.agent_b.name, "xã Thụy Anh", f"chuyên quản: {cast.officer_b.full_name}"):
        assert part in refusal.reason
