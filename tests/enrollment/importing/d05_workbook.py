"""A small D05-TS list as an office would send it: the printed head, the row of column codes,
artificial people.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook

from tests.d05_header import CODES, NAMES

PLACES = {code: at for at, code in enumerate(CODES) if code not in ("A", "10", "12", "14")}
"""Where the columns that the portal reads stand, from 0."""
FIRST_ROW = 6
"""Sheet row of the first person."""


def row(
    name: str, citizen_id: str, day: date, number: str, collector: str, **values: Any
) -> list[Any]:
    """Six months at 1.500.000 đ for somebody new of Thái Ninh: 22 % of it, of which the state gives
    20 % since 2025.
    """
    cells: dict[str, Any] = {
        "B": name,
        "1": citizen_id,
        "2": "Thôn Bắc, xã Thái Ninh",
        "3": day,
        "4": number,
        "5": 1_500_000,
        "6": 6,
        "7": f"{day:%m/%Y}",
        "8": 1_980_000,
        "9": 1_584_000,
        "10": 20,
        "11": 396_000,
        "16": collector,
        "17": "P.Thức Tăng_mới",
        **values,
    }
    return [cells.get(code) for code in CODES]


STRANGE = tuple(f"Truong{at:02d}" for at in range(len(CODES)))
"""Names of columns that say nothing."""


def upload(
    rows: Sequence[Sequence[Any]],
    name: str = "bang-ke-mau.xlsx",
    names: Sequence[Any] | None = None,
) -> SimpleUploadedFile:
    """The rows under “I. Tăng” as an uploaded workbook; with ``names``, these head the columns and
    no codes do.
    """
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    heads = [list(names), []] if names else [list(NAMES), list(CODES)]
    for line in (
        ["DANH SÁCH NGƯỜI THAM GIA BẢO HIỂM XÃ HỘI TỰ NGUYỆN"],
        *heads,
        ["I. Tăng"],
        ["I.1 Tăng mới"],
    ):
        sheet.append(list(line))
    for cells in rows:
        sheet.append(list(cells))
    target = BytesIO()
    book.save(target)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return SimpleUploadedFile(name, target.getvalue(), content_type=kind)
