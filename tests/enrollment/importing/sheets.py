"""D05-TS workbooks built by the tests: any header, any cells, artificial people."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import Any

from openpyxl import Workbook

from tests.d05_header import CODES, NAMES

HALVES = (*[None] * 12, *("Tỷ lệ (%)", "Số tiền") * 3, None, None)
HEAD = (NAMES, HALVES, CODES)
FIRST = len(HEAD) + 2
"""Sheet row of the first person under “I. Tăng”."""
GROSS, STATE = 1_980_000, 396_000
"""Since 2025-07: 6 × 22 % of 1.500.000, and 20 % of 6 × 22 % of the poverty line of 1.500.000."""


def person(**values: Any) -> list[Any]:
    """Half a year from August 2025 at 1.500.000 đ, by column code with an underscore in front
    (``_17="…"``).
    """
    cells: dict[str, Any] = {
        "A": 1,
        "B": "Người Mẫu Thử",
        "C": "3400000001",
        "1": "034180000001",
        "2": "Thôn Bắc, xã Thái Ninh, tỉnh Hưng Yên",
        "3": "05/08/2025",
        "4": "BD25-0000001",
        "5": 1_500_000,
        "6": 6,
        "7": "08/2025",
        "8": GROSS,
        "9": GROSS - STATE,
        "10": 20,
        "11": STATE,
        "16": "BD001-01",
        "17": "P.Thức Tăng_mới",
        **{code.lstrip("_"): value for code, value in values.items()},
    }
    return [cells.get(code) for code in CODES]


def stop(**values: Any) -> list[Any]:
    """A row under “II. Giảm”."""
    empty = dict.fromkeys(["_2", "_3", "_4", "_5", "_6", "_8", "_9", "_10", "_11"])
    return person(**{**empty, "_7": "10/2025", "_17": "Chết", **values})


def of_rows(rows: Sequence[Sequence[Any]], title: str = "D05") -> Workbook:
    """A workbook of one sheet with exactly these rows."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for cells in rows:
        sheet.append(list(cells))
    return book


def listed(
    *people: Sequence[Any], stops: Sequence[Sequence[Any]] = (), head: Sequence[Any] = HEAD
) -> Workbook:
    """A whole form: header, receipts, stops, totals, sign block."""
    rows: list[Sequence[Any]] = [
        *head,
        ["I. Tăng"],
        *people,
        [None, "Cộng tăng", *[None] * 8, 1, 1],
    ]
    rows += [
        ["II. Giảm"],
        ["II.1 Dừng đóng"],
        *stops,
        [None, "Cộng giảm"],
        [None, "TỔNG CỘNG", *[None] * 8, 1, 1],
    ]
    rows += [
        [None] * 13 + ["Thái Thụy, ngày 31 tháng 12 năm 2025"],
        [None, "Người lập biểu", *[None] * 5, "Cán bộ thu"],
    ]
    return of_rows(
        [*rows, [None, "(Ký, ghi rõ họ tên)"], [None, "Người Ký Tên", *[None] * 5, "Người Ký Khác"]]
    )


def packed(book: Workbook) -> bytes:
    target = BytesIO()
    book.save(target)
    return target.getvalue()
