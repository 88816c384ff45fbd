"""Workbooks into lines: headers wherever they stand, groups, totals, sign blocks, cells of every
kind.
"""

from __future__ import annotations

from datetime import date, datetime
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook

from enrollment.importing.lines import LineError, ReceiptLine, StopLine
from enrollment.importing.reader import UnreadableFile, read_d05
from tests.enrollment.importing import sheets
from tests.enrollment.importing.sheets import FIRST, person, stop
from thaithuy_bhxh.months import Month


def read(book: Any) -> tuple[list[ReceiptLine | StopLine], list[LineError]]:
    result = read_d05(sheets.packed(book))
    return result.lines, result.errors


def receipt(**values: Any) -> ReceiptLine:
    """The only line of a list of one person."""
    lines, errors = read(sheets.listed(person(**values)))
    assert errors == []
    (line,) = lines
    assert isinstance(line, ReceiptLine)
    return line


def refusal(**values: Any) -> LineError:
    lines, errors = read(sheets.listed(person(**values)))
    assert lines == []
    (error,) = errors
    return error


def test_a_row_under_increase_is_a_receipt_with_every_value_of_its_columns():
    assert receipt() == ReceiptLine(
        row=FIRST,
        full_name="Người Mẫu Thử",
        bhxh_no="3400000001",
        citizen_id="034180000001",
        address="Thôn Bắc, xã Thái Ninh, tỉnh Hưng Yên",
        received_on=date(2025, 8, 5),
        number="BD25-0000001",
        chosen_income=1_500_000,
        months=6,
        method="6",
        from_month=Month(2025, 8),
        collector_code="BD001-01",
        group="other",
        gross=sheets.GROSS,
        participant_amount=sheets.GROSS - sheets.STATE,
        state_support=sheets.STATE,
        local_support=0,
        other_support=0,
        note="P.Thức Tăng_mới",
        sheet="D05",
    )


@pytest.mark.parametrize(
    ("note", "reason"),
    [
        ("Chuyển BHXH bắt buộc", "compulsory"),
        ("Hưởng lương hưu", "retired"),
        ("hưởng bhxh một lần", "one_off"),
        ("Chết", "death"),
        ("CHUYỂN ĐỊA BÀN", "left_area"),
        ("Đóng nhầm / trùng", "error"),
        ("Không còn tiền", "not_renewed"),
        (None, "not_renewed"),
    ],
)
def test_a_row_under_decrease_is_a_stop_with_its_month_and_reason(note: str | None, reason: str):
    lines, errors = read(sheets.listed(person(), stops=[stop(_17=note)]))
    assert errors == []
    assert isinstance(lines[1], StopLine)
    assert (lines[1].row, lines[1].month, lines[1].reason) == (FIRST + 4, Month(2025, 10), reason)


@pytest.mark.parametrize(
    ("months", "note", "method"),
    [
        (1, "", "1"),
        (3, "", "3"),
        (12, "", "12"),
        (24, "", "ADV"),
        (60, "", "ADV"),
        (60, "P.Thức Còn_thiếu", "MISS"),
        (6, "Còn thiếu giấy tờ", "6"),
    ],
)
def test_the_method_follows_from_the_months_unless_the_tag_says_missing(
    months: int, note: str, method: str
):
    assert receipt(_6=months, _17=note).method == method


@pytest.mark.parametrize(
    ("note", "group"),
    [
        ("P.Thức Đóng_tiếp; Đối tượng Hộ_nghèo", "poor"), ("Đối tượng Hộ_cận_nghèo", "near_poor"),
        ("đối tượng dân_tộc_thiểu_số", "ethnic_minority"), ("Đối tượng Xã_đảo", "island"),
        ("Đối tượng Khác", "other"), ("P.Thức Tăng_mới", "other"), (None, "other"),
    ],
)  # fmt: skip
def test_the_tag_gives_the_support_group(note: str | None, group: str):
    assert receipt(_17=note).group == group


def test_refusals_name_the_sheets_row_and_the_column():
    for code, cell in {
        "B": "12345",
        "C": "123",
        "1": "12",
        "2": None,
        "3": "hôm qua",
        "4": None,
        "5": "nhiều",
        "6": 7,
        "7": "13/2025",
        "8": None,
        "9": "x",
        "11": "x",
        "16": None,
        "17": "Đối tượng Lạ",
    }.items():
        error = refusal(**{f"_{code}": cell})
        assert (error.row, error.column) == (FIRST, code), error


def test_somebody_without_any_number_is_refused():
    assert refusal(_C=None, _1=None).column == "1"


@pytest.mark.parametrize(
    "cell", [datetime(2025, 8, 5, 14, 30), 45874, 45874.5, "5.8.25", "05-08-2025"]
)
def test_dates_of_every_spelling(cell: Any):
    assert receipt(_3=cell).received_on == date(2025, 8, 5)


@pytest.mark.parametrize("cell", [datetime(2025, 8, 1), "8/2025", "08/2025"])
def test_the_first_month_may_be_a_date(cell: Any):
    assert receipt(_7=cell).from_month == Month(2025, 8)


def test_a_number_cell_of_a_citizen_id_is_padded_and_text_is_tidied():
    decomposed = "\u00a0\u200bNgươ\u0300i\u00a0Mẫu  Thử\u200b "
    line = receipt(_1=34180000001, _B=decomposed, _8="1.980.000", _9="1 584 000")
    assert (line.citizen_id, line.full_name) == ("034180000001", "Người Mẫu Thử")
    assert (line.gross, line.participant_amount) == (1_980_000, 1_584_000)


def test_a_text_that_begins_with_equals_stays_a_text():
    book = sheets.listed(person(_17="x"))
    cell = book.active.cell(row=FIRST, column=20)
    cell.value, cell.data_type, cell.quotePrefix = "=Đối tượng Hộ_nghèo", "s", True
    (line,), errors = read(book)
    assert errors == [] and line.note == "=Đối tượng Hộ_nghèo"


def test_a_formula_without_a_computed_value_is_an_error_of_its_cell():
    lines, errors = read(sheets.listed(person(_C="=1+1"), person(_4="BD25-0000002")))
    assert [(one.row, one.column) for one in errors] == [(FIRST, "C")] and "công thức" in errors[
        0
    ].reason
    assert [one.row for one in lines] == [FIRST + 1]


def test_a_formula_counts_by_its_cached_value():
    content = sheets.packed(sheets.listed(person(_8="=12*165000")))
    line = read_d05(
        _replaced(content, b"<f>12*165000</f><v />", b"<f>12*165000</f><v>1980000</v>")
    ).lines[0]
    assert isinstance(line, ReceiptLine) and line.gross == 1_980_000


def _replaced(content: bytes, old: bytes, new: bytes) -> bytes:
    from zipfile import ZipFile

    target = BytesIO()
    with ZipFile(BytesIO(content)) as source, ZipFile(target, "w") as copy:
        for name in source.namelist():
            part = source.read(name)
            if name.endswith("sheet1.xml"):
                assert old.replace(b" />", b"/>") in part or old in part
                part = part.replace(old, new).replace(old.replace(b" />", b"/>"), new)
            copy.writestr(name, part)
    return target.getvalue()


MACHINE = (
    "STT",
    "HoTen",
    "MasoBHXH",
    "SoCCCD",
    "DiaChi",
    "NgayBienLai",
    "SoBienLai",
    "MucTien",
    "Sothang",
    "Tuthang",
    "TongTien",
    "TienNTG",
    "TyLeNSNN",
    "TienNSNN",
    "TyLeNSDP",
    "TienNSDP",
    "TyLeKhac",
    "TienHoTroKhac",
    "MaNVThu",
    "GhiChu",
)
UNITS = (
    "STT",
    "Họ và tên",
    "Mã số BHXH",
    "Số CCCD",
    "Địa chỉ",
    "Ngày biên lai (dd/mm/yyyy)",
    "Số biên lai",
    "Mức thu nhập (đồng/tháng)",
    "Số tháng đóng (tháng)",
    "Từ tháng (tháng/năm)",
    "Số tiền phải đóng (ĐVT: đồng)",
    "Người tham gia đóng (đ)",
    "Tỷ lệ NSNN (%)",
    "Số tiền NSNN [VNĐ]",
    "Tỷ lệ NSĐP",
    "Số tiền NSĐP (đồng)",
    "Tỷ lệ khác",
    "Số tiền khác (VND)",
    "Mã nhân viên thu",
    "Ghi chú",
)


@pytest.mark.parametrize(
    "head",
    [
        [MACHINE],
        [sheets.NAMES, sheets.CODES],
        [sheets.NAMES, sheets.HALVES],
        [["BẢNG KÊ"], [], [None, "Số: 01"], [], *sheets.HEAD],
        [
            [str(name).upper() if name else None for name in sheets.NAMES],
            sheets.HALVES,
            sheets.CODES,
        ],
        [UNITS],
    ],
)
def test_headers_of_every_kind_are_found_wherever_they_stand(head: list[Any]):
    lines, errors = read(sheets.listed(person(), head=head))
    assert errors == [] and isinstance(lines[0], ReceiptLine)
    assert (lines[0].row, lines[0].state_support, lines[0].collector_code) == (
        len(head) + 2,
        sheets.STATE,
        "BD001-01",
    )


def test_columns_may_stand_in_any_order():
    turned = [list(reversed(row)) for row in (MACHINE, person())]
    (line,), errors = read(sheets.of_rows([turned[0], [*[None] * 19, "I. Tăng"], turned[1]]))
    assert errors == [] and (line.full_name, line.citizen_id) == ("Người Mẫu Thử", "034180000001")


def test_a_workbook_without_a_list_is_refused():
    with pytest.raises(UnreadableFile, match="tiêu đề"):
        read(sheets.of_rows([["Họ và tên", "Lương"], ["Người Mẫu Thử", 5]]))


def test_every_sheet_with_a_list_is_read_and_named():
    book = sheets.of_rows([["Trang bìa"]], "Bìa")
    for title, number in (("Tháng 8", "A-1"), ("Tháng 9", "A-2")):
        sheet = book.create_sheet(title)
        for row in (MACHINE, ["I. Tăng"], person(_4=number)):
            sheet.append(list(row))
    lines, errors = read(book)
    assert errors == [] and [(one.sheet, one.row) for one in lines] == [
        ("Tháng 8", 3),
        ("Tháng 9", 3),
    ]


def test_names_under_the_sign_block_are_no_people():
    lines, errors = read(sheets.listed(person(), stops=[stop()]))
    assert (len(lines), errors) == (2, [])


def test_the_sample_holds_twenty_five_receipts_and_three_stops():
    from pathlib import Path

    result = read_d05((Path(__file__).parents[2] / "data" / "d05-ts-sample.xlsx").read_bytes())
    assert result.errors == []
    assert [type(line) for line in result.lines] == [ReceiptLine] * 25 + [StopLine] * 3


def test_the_error_workbook_is_the_users_own_with_reasons_in_the_right_sheet_and_row():
    from enrollment.importing.error_workbook import write_error_workbook

    book = sheets.listed(person(), person(_4="=1"))
    cell = book.active.cell(row=FIRST + 1, column=7)
    cell.value, cell.data_type = "=1", "s"
    book.active.merge_cells(start_row=1, end_row=2, start_column=19, end_column=24)
    book.create_sheet("Khác", 0).append(["nguyên vẹn"])
    target = BytesIO()
    content = sheets.packed(book)
    write_error_workbook(content, read_d05(content).errors, target)
    written = load_workbook(target)
    sheet = written["D05"]
    assert "Cột 4" in str(sheet.cell(row=FIRST + 1, column=25).value)
    assert sheet.cell(row=FIRST, column=25).value == "Lý do lỗi"
    assert sheet.cell(row=FIRST + 1, column=7).data_type == "s", "a text stays a text"
    assert written["Khác"].max_column == 1
