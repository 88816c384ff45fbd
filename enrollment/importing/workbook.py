"""Opening a workbook that somebody sent: what is not one, or would swell, is refused before it is read."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from io import BytesIO
from typing import Any, NamedTuple

from openpyxl import load_workbook

MAX_BYTES = 20 * 1024 * 1024
MAX_UNPACKED = 160 * 1024 * 1024
MAX_MEMBERS = 400
MAX_ROWS = 60_000
MAX_COLUMNS = 64
_CHUNK = 1 << 20
_CELL = re.compile(rb'<(?:\w+:)?(?:c|row)\b[^>]*?\sr="([A-Z]{0,3})(\d{1,9})"')
_DECLARATION = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.I)


class UnreadableFile(ValueError):
    """A file that cannot be taken at all; the message is a Vietnamese sentence."""


class Sheet(NamedTuple):
    """One sheet: its name and its rows as values, from row 1."""

    name: str
    rows: Iterator[tuple[Any, ...]]


def sheets_of(content: bytes) -> Iterator[Sheet]:
    """The sheets of an .xlsx workbook; :class:`UnreadableFile` for anything else or anything too large."""
    refuse_hostile(content)
    try:
        book = load_workbook(BytesIO(content), read_only=True, data_only=True, keep_links=False)
    except Exception as error:  # openpyxl raises whatever the broken part raises
        raise UnreadableFile("Tệp Excel bị hỏng, không mở được; hãy mở bằng Excel rồi lưu lại dạng .xlsx.") from error
    try:
        for sheet in book.worksheets:
            sheet.reset_dimensions()
            yield Sheet(sheet.title, _rows(sheet))
    finally:
        book.close()


def _rows(sheet: Any) -> Iterator[tuple[Any, ...]]:
    try:
        yield from sheet.iter_rows(max_row=MAX_ROWS, max_col=MAX_COLUMNS, values_only=True)
    except UnreadableFile:
        raise
    except Exception as error:  # a sheet is parsed while it is read, and a broken one fails in many ways
        raise UnreadableFile("Trang tính trong tệp bị hỏng; hãy mở bằng Excel rồi lưu lại dạng .xlsx.") from error


def refuse_hostile(content: bytes) -> None:
    """Everything that can be known without building the workbook."""
    if not content:
        raise UnreadableFile("Tệp này rỗng; hãy chọn tệp bảng kê.")
    if len(content) > MAX_BYTES:
        raise UnreadableFile("Tệp lớn hơn 20 MB; hãy tách bảng kê thành nhiều tệp.")
    if content[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        raise UnreadableFile("Đây là tệp .xls cũ hoặc tệp có mật khẩu; hãy lưu lại dạng .xlsx không mật khẩu.")
    try:
        archive = zipfile.ZipFile(BytesIO(content))
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise UnreadableFile("Đây không phải là tệp Excel .xlsx; hãy chọn đúng tệp bảng kê.") from error
    with archive:
        _refuse_members(archive)
        _scan(archive)


def _refuse_members(archive: zipfile.ZipFile) -> None:
    members = archive.infolist()
    names = {member.filename for member in members}
    if "[Content_Types].xml" not in names or not any(name.startswith("xl/worksheets/") for name in names):
        raise UnreadableFile("Tệp nén này không phải là tệp Excel .xlsx; hãy chọn đúng tệp bảng kê.")
    if len(members) > MAX_MEMBERS or sum(member.file_size for member in members) > MAX_UNPACKED:
        raise UnreadableFile("Tệp phình ra quá lớn khi mở; hãy xóa dữ liệu thừa rồi lưu lại.")
    if any(member.flag_bits & 1 for member in members):
        raise UnreadableFile("Tệp có mật khẩu; hãy bỏ mật khẩu rồi lưu lại.")


def _scan(archive: zipfile.ZipFile) -> None:
    """Read every part once in pieces: true sizes, no entity declarations, no cell beyond the caps."""
    unpacked = 0
    try:
        for member in archive.infolist():
            is_sheet = member.filename.startswith("xl/worksheets/")
            rest = b""
            with archive.open(member) as part:
                while piece := part.read(_CHUNK):
                    unpacked += len(piece)
                    if unpacked > MAX_UNPACKED:
                        raise UnreadableFile("Tệp phình ra quá lớn khi mở; hãy xóa dữ liệu thừa rồi lưu lại.")
                    _scan_piece(rest + piece, is_sheet)
                    rest = piece[-200:]
    except (zipfile.BadZipFile, OSError, EOFError, RuntimeError, NotImplementedError, ValueError) as error:
        if isinstance(error, UnreadableFile):
            raise
        raise UnreadableFile("Tệp Excel bị hỏng, không mở được; hãy mở bằng Excel rồi lưu lại dạng .xlsx.") from error
    except Exception as error:  # zlib.error has no common base with the rest
        raise UnreadableFile("Tệp Excel bị hỏng, không mở được; hãy mở bằng Excel rồi lưu lại dạng .xlsx.") from error


def _scan_piece(piece: bytes, is_sheet: bool) -> None:
    if _DECLARATION.search(piece):
        raise UnreadableFile("Tệp chứa khai báo không được phép; hãy lưu lại bằng Excel.")
    if not is_sheet:
        return
    for letters, row in _CELL.findall(piece):
        if int(row) > MAX_ROWS:
            raise UnreadableFile(
                f"Bảng có ô ở dòng {int(row):,}".replace(",", ".") + ", quá 60.000 dòng; "
                "hãy xóa hẳn các dòng trống phía dưới bảng rồi lưu lại."
            )
        if _position(letters) > MAX_COLUMNS:
            raise UnreadableFile(
                f"Bảng có ô ở cột {letters.decode()}, quá {MAX_COLUMNS} cột; hãy xóa hẳn các cột trống bên phải."
            )


def _position(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
