"""The workbooks that the portal writes: formulas with their values, numbered columns, and pages
that never end with a signature alone.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from agents.access import Scope
from reports.question import Asked
from reports.registry import REPORTS, Report
from reports.renderers.leaves import breaks_before, is_one_page
from reports.renderers.target_book import BookRow, BookSheet, render_book
from reports.renderers.xlsx import Letterhead, render
from reports.tables import Column, Row, Table, column_numbers
from tests.cast import Cast
from thaithuy_bhxh.months import Month

HEAD = Letterhead("BHXH tỉnh", "BHXH cơ sở", "Thái Thụy", date(2026, 1, 5), "Giám đốc")
COLUMNS = [
    Column("code", "Mã", kind="code"),
    Column("name", "Tên", kind="text", width=30),
    Column("aim", "Giao", total="sum"),
    Column("extra", "Gập", on_page=False, total="sum"),
    Column("done", "Đạt", total="sum"),
    Column("moved_in", "Đến", total="sum"),
    Column("rate", "%", kind="percent", total="ratio", numerator="done", denominator="aim"),
    Column("part", "% riêng", kind="percent", total="ratio", numerator="extra", denominator="aim"),
    Column("money", "Tiền", kind="money", total="sum"),
]


def table(rows: int) -> Table:
    """Of unit ``n``: 3 given, n folded, 2 done, 1 moved in (0 in the total), n million đồng."""
    cells = [
        {
            "code": f"{n:03d}",
            "name": "=1+1" if n == 1 else f"Xã {n}",
            "aim": 3,
            "extra": n,
            "done": 2,
            "moved_in": 1,
            "rate": "66.67",
            "part": None,
            "money": n * 1_000_000,
        }
        for n in range(1, rows + 1)
    ]
    folded = rows * (rows + 1) // 2
    total = {
        "code": None,
        "name": "Cộng",
        "aim": 3 * rows,
        "extra": folded,
        "done": 2 * rows,
        "moved_in": 0,
        "rate": "66.67",
        "part": "12.34",
        "money": folded * 1_000_000,
    }
    return Table(
        code="x",
        title="Bảng thử",
        subtitle_lines=["Tháng 01/2026"],
        sentence="Câu kết quả.",
        columns=COLUMNS,
        rows=[Row(one) for one in cells],
        total=Row(total),
    )


def sheet_of(content: bytes, **how: Any) -> Worksheet:
    return load_workbook(BytesIO(content), **how).worksheets[0]


def total_of(sheet: Worksheet) -> list[Any]:
    row = next(row for row in sheet.iter_rows() if row[1].value == "Cộng")
    return [cell.value for cell in row]


def test_a_formula_stands_beside_its_value() -> None:
    content = render(table(4), HEAD)
    values = total_of(sheet_of(content, data_only=True))
    assert values == [None, "Cộng", 12, 10, 8, 0, 66.67, 12.34, 10_000_000]
    formulas = total_of(sheet_of(content))
    assert [str(cell)[:5] for cell in formulas[2:5]] == ["=SUM("] * 3
    assert str(formulas[6]).startswith("=IF(")


def test_a_total_that_is_not_made_of_the_rows_is_a_figure() -> None:
    """Moves cancel out, and a rate may count some of the units only: a formula would say otherwise
    as soon as the program computes.
    """
    formulas = total_of(sheet_of(render(table(4), HEAD)))
    assert (formulas[5], formulas[7]) == (0, 12.34)


def test_a_text_that_begins_like_a_formula_stays_a_text() -> None:
    cell = next(
        cell
        for row in sheet_of(render(table(1), HEAD)).iter_rows()
        for cell in row
        if cell.value == "=1+1"
    )
    assert cell.data_type == "s" and cell.quotePrefix


def test_equal_tables_of_a_day_are_equal_bytes() -> None:
    assert render(table(3), HEAD) == render(table(3), HEAD)


def test_printed_columns_are_numbered_without_gaps() -> None:
    numbers = ["(1)", "(2)", "(3)", "(3a)", "(4)", "(5)", "(6)", "(7)", "(8)"]
    assert column_numbers(COLUMNS) == numbers
    sheet = sheet_of(render(table(1), HEAD))
    assert numbers in [[cell.value for cell in row] for row in sheet.iter_rows()]


def test_columns_folded_away_in_number_have_names_of_their_own() -> None:
    many = [Column("a", "A"), *(Column(f"k{n}", "K", on_page=False) for n in range(60))]
    numbers = column_numbers(many)
    assert len(set(numbers)) == 61 and numbers[1] == "(1a)"


@pytest.mark.parametrize("rows", range(60))
def test_the_signature_has_rows_of_the_table_on_its_page(rows: int) -> None:
    """A head of 8 rows, the total, notes and signatures beneath: 12 rows."""
    heights = [15.0] * (8 + rows + 12)
    breaks = breaks_before(heights, [12] * 10, (5, 7), 7 + rows)
    assert all(8 <= at <= max(8, 8 + rows - 3) for at in breaks)
    ends = [*breaks, len(heights)]
    room = (8.27 - 1.5) * 72
    for start, end in zip([0, *breaks], ends, strict=True):
        assert sum(heights[start:end]) + (45 if start else 0) <= room


def test_a_tail_longer_than_a_page_is_broken_where_it_must_be() -> None:
    heights = [15.0] * 10 + [15.0] * 5 + [200.0] * 6
    assert breaks_before(heights, [12], (3, 4), 14) == [16, 18, 20]


def test_a_sheet_a_little_too_long_is_drawn_smaller_on_one_page() -> None:
    room = (8.27 - 1.5) * 72
    assert is_one_page([room * 1.15], [12]) and not is_one_page([room * 1.3], [12])


def test_the_book_of_targets_has_whole_figures_in_free_cells() -> None:
    rows = [BookRow("001", "", "+Xã", (1234567, None, 0))]
    book = render_book([BookSheet("Xã", "Năm 2026 ", rows)], ["A", "B", "C"], date(2026, 1, 5))
    sheet = sheet_of(book)
    assert [cell.value for cell in sheet[4]] == [
        "001",
        None,
        "+Xã",
        1234567,
        None,
        0,
        1234567,
        None,
        0,
    ]
    assert [cell.protection.locked for cell in sheet[4]][2:6] == [True, False, False, False]
    assert sheet.protection.sheet and sheet["C4"].data_type == "s"
    assert sheet.print_title_rows == "$3:$3"


@pytest.mark.parametrize("code", REPORTS)
def test_page_and_sheet_name_a_column_alike(cast: Cast, code: str) -> None:
    """The heads of the page are those of the sheet's columns that it shows, and in their order."""
    report = REPORTS[code]
    asked = Asked(Month(2026, 1), Month(2026, 2), _first(report, "by", "commune"), "as_of", "grace")
    made = report.build(Scope(everything=True), asked)
    labels = {column.key: column.heading for column in made.sheet_columns}
    assert all(labels.get(one.key, one.heading) == one.heading for one in made.page_columns)
    sheet = sheet_of(render(made, HEAD))
    top = next(row[0].row for row in sheet.iter_rows() if row[0].value == "(1)")
    depth = 2 if any(column.group for column in made.sheet_columns) else 1
    for at, column in enumerate(made.sheet_columns, start=1):
        over = sheet.cell(top - depth, at).value
        own = sheet.cell(top - 1, at).value
        assert (own or over) == column.label
        if column.group and over:
            assert over == column.group


def _first(report: Report, name: str, usual: str) -> str:
    return report.choices.get(name, (usual,))[0]


needs_office = pytest.mark.skipif(
    shutil.which("soffice") is None, reason="LibreOffice (soffice) is not installed here"
)


def converted(content: bytes, folder: Path, form: str) -> Path:
    source = folder / "bang.xlsx"
    source.write_bytes(content)
    out = folder / form
    subprocess.run(
        [
            "soffice",
            f"-env:UserInstallation=file://{folder / 'profile'}",
            "--headless",
            "--convert-to",
            form,
            "--outdir",
            str(out),
            str(source),
        ],
        check=True,
        capture_output=True,
        timeout=180,
    )
    return out / f"bang.{form}"


@needs_office
def test_an_office_program_computes_the_values_that_were_written(tmp_path: Path) -> None:
    content = render(table(4), HEAD)
    again = converted(content, tmp_path, "xlsx").read_bytes()
    assert total_of(sheet_of(again, data_only=True)) == total_of(sheet_of(content, data_only=True))


@needs_office
@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="pdftotext is not installed here")
@pytest.mark.parametrize("rows", [11, 17, 24, 40])
def test_on_paper_the_signature_stands_with_rows_and_the_head_on_every_page(
    tmp_path: Path, rows: int
) -> None:
    printed = converted(render(table(rows), HEAD), tmp_path, "pdf")
    text = subprocess.run(
        ["pdftotext", "-layout", str(printed), "-"], check=True, capture_output=True
    ).stdout.decode()
    pages = [page for page in text.split("\f") if page.strip()]
    assert all("(1)" in page for page in pages)
    assert "Người lập biểu" in pages[-1]
    assert len(re.findall(r"Xã \d+", pages[-1])) >= 3
    assert (len(pages) == 1) is (rows <= 17)
