"""The gate before a workbook is opened: what is none, or would cost more than a list ever needs, is
refused here.

Nothing is unpacked whole and nothing that the archive says of itself is believed: every part is
read once in pieces, its true size counted, its text searched for what a list never holds.
"""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from io import BytesIO
from typing import NamedTuple

MAX_BYTES = 20 * 1024 * 1024
MAX_UNPACKED = 100 * 1024 * 1024
MAX_OTHER_PART = 4 * 1024 * 1024
MAX_MEMBERS = 500
MAX_RATIO = 150
RATIO_FROM = 4 * 1024 * 1024
MAX_TAGS = 6_000_000
MAX_TEXTS = 400_000
MAX_ROWS = 60_000
MAX_COLUMNS = 64
_CHUNK = 1024 * 1024
_OVERLAP = 256

DAMAGED = "Tệp Excel bị hỏng, không mở được; hãy mở bằng Excel rồi lưu lại dạng .xlsx."
NOT_A_WORKBOOK = (
    "Đây không phải là tệp Excel .xlsx; hãy mở bằng Excel rồi chọn Lưu thành (Save As) dạng .xlsx."
)
SWOLLEN = "Tệp phình ra quá lớn khi mở; hãy chép riêng bảng kê sang tệp mới rồi lưu dạng .xlsx."
TOO_LARGE = "Tệp lớn hơn 20 MB; hãy tách bảng kê thành nhiều tệp."
LOCKED = "Tệp có mật khẩu; hãy bỏ mật khẩu rồi lưu lại dạng .xlsx."
DECLARES = (
    "Tệp chứa khai báo XML (DOCTYPE) không được phép; hãy mở bằng Excel rồi lưu lại dạng .xlsx."
)
TOO_WIDE = (
    f"Trang tính có ô ở quá cột thứ {MAX_COLUMNS}; hãy xóa hẳn các cột thừa bên phải "
    "bảng rồi lưu lại."
)
TOO_DEEP = (
    "Trang tính có ô ở quá dòng 60.000; hãy xóa hẳn các dòng thừa bên dưới bảng rồi lưu lại, "
    "hoặc tách bảng kê thành nhiều tệp."
)

BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    RuntimeError,
    ValueError,
    LookupError,
    OverflowError,
)
"""What the standard library raises over a damaged archive (``NotImplementedError`` is a
``RuntimeError``).
"""

# These begin with a plain text, which is what makes the search fast.
_WIDE = re.compile(rb' r="(?:[A-Z]{3}|[C-Z][A-Z]\d|B[M-Z]\d)')
_DEEP = re.compile(rb' r="[A-Z]+(?:[6-9]\d{4}|\d{6})(?<![A-Z]60000)')
_UNCOMPUTED = re.compile(
    rb"<(?:\w+:)?f(?:\s[^<>]*)?(?:/>|>[^<]*</(?:\w+:)?f>)\s*(?:<(?:\w+:)?v\s*(?:/>|>\s*</(?:\w+:)?v>)\s*)?</(?:\w+:)?c>"
)
_EMPTY = re.compile(rb"[^<>]*(?:/>|>\s*</(?:\w+:)?c>|$)")
_DATE1904 = re.compile(rb"""<(?:\w+:)?workbookPr\s[^<>]*date1904\s*=\s*["'](?:1|true)["']""")
_ROW = re.compile(rb"<(?:\w+:)?row\s[^<>]*hidden=[^<>]*>")
_NUMBER = re.compile(rb"""\sr=["'](\d{1,7})["']""")
_IS_HIDDEN = re.compile(rb"""\shidden=["'](?:1|true)["']""")
_ENCODING = re.compile(rb"""^\s*<\?xml[^>]*?encoding\s*=\s*["']([^"']*)["']""")
_LARGE_PARTS = re.compile(
    r"^xl/(worksheets/.*|sharedstrings\.xml|media/.*|embeddings/.*|drawings/.*|.*\.bin)$"
)
_OTHER_DOCUMENTS = {
    "word/document.xml": "Đây là tệp Word; hãy chọn tệp bảng kê Excel dạng .xlsx.",
    "ppt/presentation.xml": "Đây là tệp trình chiếu; hãy chọn tệp bảng kê Excel dạng .xlsx.",
    "content.xml": "Đây là tệp OpenDocument (.ods, .odt); hãy lưu lại dạng Excel .xlsx.",
    "xl/workbook.bin": "Đây là tệp .xlsb; hãy mở bằng Excel rồi chọn Lưu thành (Save As) dạng "
    ".xlsx.",
}


class UnreadableFile(ValueError):
    """A file that cannot be taken at all; the message is a Vietnamese sentence that says what to
    do.
    """


class Findings(NamedTuple):
    """What the search met: the parts that may hold a formula saved without its value, an Excel
    error or a negative number; days from 1904; and at most how many cells there are, empty ones too
    (rows, texts and the like are counted with them).
    """

    odd: frozenset[str]
    date1904: bool
    cells: int
    hidden: Mapping[str, frozenset[int]]
    """Part → numbers of the rows that a filter or a hand hides."""


def inspect(content: bytes, pause: Callable[[], None] = lambda: None) -> Findings:
    """Refuse what is no workbook or would swell; tell what reading must look out for. ``pause`` is
    called now and then, and may raise.
    """
    if len(content) > MAX_BYTES:
        raise UnreadableFile(TOO_LARGE)
    if not content.strip(b"\0\r\n\t "):
        raise UnreadableFile("Tệp này rỗng; hãy chọn tệp bảng kê.")
    _refuse_other_types(content)
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            _refuse_members(archive.infolist())
            return _Scan(pause).read(archive)
    except UnreadableFile:
        raise
    except BROKEN as error:
        raise UnreadableFile(DAMAGED) from error


def _refuse_other_types(content: bytes) -> None:
    if content.startswith(b"PK"):
        # Every entry of the directory begins with this mark, so too many marks need no directory to
        # be built.
        if content.count(b"PK\x01\x02") > 2 * MAX_MEMBERS:
            raise UnreadableFile(SWOLLEN)
        return
    start = content[:2048].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise UnreadableFile(LOCKED)
        raise UnreadableFile(
            "Đây là tệp .xls đời cũ; hãy mở bằng Excel rồi chọn Lưu thành (Save As) dạng .xlsx."
        )
    if start.startswith(b"%pdf"):
        raise UnreadableFile("Đây là tệp PDF; hãy chọn tệp bảng kê Excel dạng .xlsx.")
    if start.startswith((b"<!doctype html", b"<html", b"<table", b"<?xml", b"<meta", b"<head")):
        raise UnreadableFile(
            "Đây là trang web mang tên tệp Excel; hãy mở bằng Excel rồi lưu lại dạng .xlsx."
        )
    raise UnreadableFile(NOT_A_WORKBOOK)


def _refuse_members(members: list[zipfile.ZipInfo]) -> None:
    names = {member.filename.lower() for member in members}
    for name, sentence in _OTHER_DOCUMENTS.items():
        if name in names:
            raise UnreadableFile(sentence)
    if "[content_types].xml" not in names:
        raise UnreadableFile(
            "Đây là tệp nén, không phải tệp Excel .xlsx; hãy giải nén rồi chọn tệp bảng kê."
        )
    if any(member.flag_bits & 0x1 for member in members):
        raise UnreadableFile(LOCKED)
    # Only these two are unpacked piece by piece by the standard library; a workbook uses no other.
    if any(
        member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for member in members
    ):
        raise UnreadableFile(DAMAGED)
    if len(members) > MAX_MEMBERS or sum(member.file_size for member in members) > MAX_UNPACKED:
        raise UnreadableFile(SWOLLEN)
    if any(_is_swollen(member) for member in members):
        raise UnreadableFile(SWOLLEN)


def _is_swollen(member: zipfile.ZipInfo) -> bool:
    if member.file_size > MAX_OTHER_PART and not _LARGE_PARTS.match(member.filename.lower()):
        return True
    return member.file_size > RATIO_FROM and member.file_size > MAX_RATIO * member.compress_size


class _Scan:
    """Reads every part once, in pieces."""

    def __init__(self, pause: Callable[[], None]) -> None:
        self._pause = pause
        self._unpacked = 0
        self._tags = 0
        self._texts = 0
        self._cells = 0
        self._odd: set[str] = set()
        self._hidden: dict[str, set[int]] = {}
        self._date1904 = False

    def read(self, archive: zipfile.ZipFile) -> Findings:
        for member in archive.infolist():
            with archive.open(member) as part:
                rest = b""
                while piece := part.read(_CHUNK):
                    self._pause()
                    self._count(piece, is_first=not rest)
                    self._search(rest + piece)
                    if b"hidden=" in rest + piece:
                        self._hide(member.filename, rest + piece)
                    if member.filename not in self._odd and _may_be_odd(rest + piece):
                        self._odd.add(member.filename)
                    rest = piece[-_OVERLAP:]
        hidden = {part: frozenset(rows) for part, rows in self._hidden.items()}
        return Findings(frozenset(self._odd), self._date1904, self._cells, hidden)

    def _hide(self, part: str, piece: bytes) -> None:
        for row in _ROW.finditer(piece):
            if (number := _NUMBER.search(row[0])) and _IS_HIDDEN.search(row[0]):
                self._hidden.setdefault(part, set()).add(int(number[1]))

    def _count(self, piece: bytes, *, is_first: bool) -> None:
        self._unpacked += len(piece)
        if is_first and piece.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<":
            _refuse_encoding(piece)
        elif is_first and piece[:2] in (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<"):
            raise UnreadableFile(DECLARES)
        tags = piece.count(b"<")
        self._tags += tags
        self._texts += piece.count(b"<si>")
        self._cells += tags - piece.count(b"</") - piece.count(b"<v>") - piece.count(b"<t>")
        if self._unpacked > MAX_UNPACKED or self._tags > MAX_TAGS or self._texts > MAX_TEXTS:
            raise UnreadableFile(SWOLLEN)

    def _search(self, piece: bytes) -> None:
        if b"<!DOCTYPE" in piece or b"<!ENTITY" in piece:
            raise UnreadableFile(DECLARES)
        for pattern, sentence in ((_WIDE, TOO_WIDE), (_DEEP, TOO_DEEP)):
            if any(_is_cell(piece, found.start()) for found in pattern.finditer(piece)):
                raise UnreadableFile(sentence)
        self._date1904 = self._date1904 or (b"date1904" in piece and bool(_DATE1904.search(piece)))


def _may_be_odd(piece: bytes) -> bool:
    if b't="e"' in piece or b"t='e'" in piece or b"v>-" in piece:
        return True
    return (b"<f" in piece or b":f" in piece) and bool(_UNCOMPUTED.search(piece))


def _is_cell(piece: bytes, at: int) -> bool:
    """Whether the attribute at this place belongs to a cell that holds something; elsewhere it may
    stand in a text, and a format without a value is nothing.
    """
    name = piece[piece.rfind(b"<", 0, at) + 1 : at].partition(b" ")[0]
    return (name == b"c" or name.endswith(b":c")) and not _EMPTY.match(piece, at)


def _refuse_encoding(piece: bytes) -> None:
    """Any other encoding could hide a declaration from the search; workbooks are UTF-8."""
    named = _ENCODING.match(piece[:512].lstrip(b"\xef\xbb\xbf"))
    if (named and named[1].lower() not in (b"utf-8", b"us-ascii", b"ascii")) or b"\0" in piece[:64]:
        raise UnreadableFile(DECLARES)
