"""The workbook handed back: the upload with a column of reasons, nothing in it that could act, read
again the same.
"""

from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import PatternFill
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation

from enrollment.importing.error_workbook import write_error_workbook
from enrollment.importing.gate import UnreadableFile
from enrollment.importing.lines import LineError
from enrollment.importing.mapping import headers_of
from enrollment.importing.reader import read_d05
from tests.enrollment.importing import sheets
from tests.enrollment.importing.sheets import FIRST, person
from tests.enrollment.importing.test_two_readers import HEAD, VALUES, saved, with_sheet

SHEET = "xl/worksheets/sheet1.xml"


def handed_back(content: bytes, *errors: LineError) -> bytes:
    target = BytesIO()
    write_error_workbook(content, errors or read_d05(content).errors, target)
    return target.getvalue()


def parts(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def computed(content: bytes, formula: str, value: str) -> bytes:
    """The workbook as Excel saves it, with the value of a formula."""
    target = BytesIO()
    with zipfile.ZipFile(target, "w") as copy:
        for name, part in parts(content).items():
            for end in (b"<v />", b"<v/>", b"<v></v>"):
                old = f"<f>{formula}</f>".encode() + end
                part = part.replace(old, f"<f>{formula}</f><v>{value}</v>".encode())
            copy.writestr(name, part)
    return target.getvalue()


def dangerous() -> bytes:
    book = sheets.listed(
        person(_8="=12*165000", _16="KHONG-CO", _5="x"), person(_4="BD25-0000002", _17="=1+1")
    )
    sheet = book.active
    assert sheet is not None
    sheet["X40"] = "chữ"
    sheet["X40"].hyperlink = "https://example.invalid/x"
    sheet["A1"].comment = Comment("=1+1", "x")
    sheet.conditional_formatting.add(
        "A1", FormulaRule(formula=["WEBSERVICE(A1)"], fill=PatternFill("solid"))
    )
    rule = DataValidation(type="list", formula1="=WEBSERVICE(A1)")
    rule.add("A1")
    sheet.add_data_validation(rule)
    sheet.auto_filter.ref = "A1:B2"
    book.defined_names["x"] = DefinedName("x", attr_text="WEBSERVICE(1)")
    sheet.print_title_rows = "1:3"
    return computed(sheets.packed(book), "12*165000", "1980000")


def test_a_formula_is_handed_back_as_its_value_and_one_without_as_its_text():
    content = handed_back(dangerous())
    sheet = load_workbook(BytesIO(content))["D05"]
    assert (sheet.cell(FIRST, 11).value, sheet.cell(FIRST, 11).data_type) == (1_980_000, "n")
    bare = sheet.cell(FIRST + 1, 20)
    assert (bare.value, bare.data_type, bare.quotePrefix) == ("=1+1", "s", True)


def test_nothing_that_could_act_is_handed_back():
    found = parts(handed_back(dangerous()))
    assert set(found) == {
        "[Content_Types].xml",
        "_rels/.rels",
        "xl/_rels/workbook.xml.rels",
        "xl/workbook.xml",
        "xl/styles.xml",
        "xl/theme/theme1.xml",
        SHEET,
    }
    for words in (
        b"WEBSERVICE",
        b"<f>",
        b"hyperlink",
        b"dataValidation",
        b"conditionalFormatting",
        b"example.invalid",
    ):
        assert not any(words in part for name, part in found.items() if name != "xl/styles.xml"), (
            words
        )
    assert b"$1:$3" in found["xl/workbook.xml"], "rows repeated in print are no formula"


def look(sheet: Any) -> list[tuple[Any, ...]]:
    return [
        (
            cell.coordinate,
            cell.value,
            cell.data_type,
            cell.number_format,
            cell.font.b,
            cell.fill.fgColor.rgb,
        )
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    ]


def test_everything_else_stays_as_it_was():
    content = (Path(__file__).parents[2] / "data" / "d05-ts-sample.xlsx").read_bytes()
    before = load_workbook(BytesIO(content)).worksheets[0]
    after = load_workbook(
        BytesIO(handed_back(content, LineError(11, "3", "thử", "D05-TS")))
    ).worksheets[0]
    added = {"U10", "U11"}
    assert [one for one in look(after) if one[0] not in added] == look(before)
    assert (after["U10"].value, after["U11"].value) == ("Lý do lỗi", "Cột 3: thử")
    assert {str(one) for one in after.merged_cells.ranges} == {
        str(one) for one in before.merged_cells.ranges
    }
    widths = {key: one.width for key, one in after.column_dimensions.items() if key != "U"}
    assert widths == {key: one.width for key, one in before.column_dimensions.items()}
    assert after.column_dimensions["U"].width == 60


BAD = {
    "formula": sheets.listed(person(_16="=1"), person(_4="BD25-0000002", _17="=A1")),
    "own column": sheets.listed(person(_4="*"), person(_4="BD25-0000002", _1=None, _C=None)),
    "error cell": sheets.listed(person(_8="#N/A"), person(_4="BD25-0000002")),
}


@pytest.mark.parametrize("name", BAD)
def test_read_again_it_tells_the_same(name: str):
    content = sheets.packed(BAD[name])
    first = read_d05(content)
    again = read_d05(handed_back(content))
    assert first.errors and (again.errors, again.lines) == (first.errors, first.lines)


def test_a_header_that_was_matched_by_hand_is_known_again():
    head = [f"Cột số {number}" for number in range(20)]
    content = sheets.packed(sheets.of_rows([head, ["I. Tăng"], person(_16="*")]))
    again = handed_back(content, LineError(2, "16", "thử", "D05"))
    assert [one.fingerprint for one in headers_of(again)] == [
        one.fingerprint for one in headers_of(content)
    ]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.dictionaries(
        st.tuples(st.integers(1, 12), st.integers(1, 8)), VALUES, min_size=1, max_size=8
    ),
    st.sets(st.integers(1, 15), min_size=1, max_size=4),
)
def test_reasons_stand_beside_their_rows_whatever_the_sheet_holds(
    cells: dict[Any, Any], rows: set[int]
):
    content = saved(cells)
    errors = [LineError(row, "B", f"lý do {row}") for row in sorted(rows)]
    before = load_workbook(BytesIO(content)).worksheets[0]
    after = load_workbook(BytesIO(handed_back(content, *errors))).worksheets[0]
    column = before.max_column + 1
    told = {row: after.cell(row, column).value for row in range(1, after.max_row + 1)}
    assert {row: text for row, text in told.items() if text not in (None, "Lý do lỗi")} == {
        row: f"Cột B: lý do {row}" for row in rows
    }
    kept = [one for one in look(after) if not one[0].startswith(chr(64 + column))]
    assert [one[:3] for one in kept] == [one[:3] for one in look(before)]


@pytest.mark.parametrize(
    "rows",
    [
        '<row><c><v>1</v></c><c t="inlineStr"><is><r><t>a&amp;</t></r><rPh sb="0" '
        'eb="1"><t>x</t></rPh><r><t> b</t></r>'
        "</is></c></row><row/><row><c><v>2</v></c></row>",
        '<row r="1" spans="1:2" x:dy="1" xmlns:x="urn:x"><c r="A1"><v>1</v></c><c r="B1" '
        't="str"><v>a&amp; b</v></c>'
        '</row><row r="3"><c r="A3"><v>2</v></c></row>',
    ],
)
def test_odd_ways_to_write_a_sheet_are_understood(rows: str):
    sheet = load_workbook(
        BytesIO(handed_back(with_sheet(rows), LineError(3, "B", "thử")))
    ).worksheets[0]
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [
        [1, "a& b", None],
        [None, None, "Lý do lỗi"],
        [2, None, "Cột B: thử"],
    ]


def test_a_namespace_with_a_prefix_is_the_same_sheet():
    content = saved({(1, 1): 5, (2, 1): 6})
    target = BytesIO()
    with zipfile.ZipFile(target, "w") as copy:
        for name, part in parts(content).items():
            text = HEAD.replace("<", "<x:").replace("xmlns=", "xmlns:x=") + (
                '<x:row r="1"><x:c r="A1"><x:v>5</x:v></x:c></x:row></x:sheetData></x:worksheet>'
            )
            copy.writestr(name, text if name == SHEET else part)
    sheet = load_workbook(
        BytesIO(handed_back(target.getvalue(), LineError(1, "B", "thử")))
    ).worksheets[0]
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [[5, "Cột B: thử"]]


def test_texts_that_cells_share_are_passed_on():
    """As Excel saves them: in a part of their own, named by their place."""
    target = BytesIO()
    shared = (
        "<sst "
        'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>chung</t></si></sst>'
    )
    relation = b'<Relationship Id="rId9" Target="sharedStrings.xml" Type="http://schemas.openxmlformats.org/'
    relation += b'officeDocument/2006/relationships/sharedStrings"/></Relationships>'
    with zipfile.ZipFile(target, "w") as copy:
        for name, part in parts(
            with_sheet('<row r="1"><c r="A1" t="s"><v>0</v></c></row>')
        ).items():
            copy.writestr(
                name,
                part.replace(b"</Relationships>", relation)
                if "workbook.xml.rels" in name
                else part,
            )
        copy.writestr("xl/sharedStrings.xml", shared)
    sheet = load_workbook(
        BytesIO(handed_back(target.getvalue(), LineError(1, "B", "thử")))
    ).worksheets[0]
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [["chung", "Cột B: thử"]]


def test_a_workbook_that_cannot_be_taken_apart_is_refused():
    book = Workbook()
    content = sheets.packed(book)
    with pytest.raises(UnreadableFile):
        handed_back(content[: len(content) // 2], LineError(1, "B", "thử"))
