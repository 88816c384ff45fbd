"""Cells that the fast reader shows as something else than what stands in them: found in the sheets'
own XML.

It shows an error and a formula without a value as an empty cell, and a negative number in a cell
for days as midnight. Only the sheets in which the gate has met such cells are gone through, without
building anything of them.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterable, Mapping
from io import BytesIO
from typing import Any
from xml.etree import ElementTree
from xml.parsers import expat

from openpyxl.cell.cell import ERROR_CODES

from enrollment.importing.cells import Cell, Fault
from enrollment.importing.gate import BROKEN, DAMAGED, UnreadableFile
from enrollment.importing.sheet_xml import SheetWalk, sheet_parts

OddCells = Mapping[int, Mapping[int, Cell]]
"""Row from 1 → position from 0 → what stands there."""

MOST = 20_000
TOO_MANY = (
    "Tệp có quá nhiều ô báo lỗi hoặc ô công thức chưa có kết quả; hãy mở tệp bằng "
    "Excel, sửa công thức rồi lưu lại."
)
UNCOMPUTED = Fault(
    "Ô này là công thức chưa có kết quả; hãy mở tệp bằng Excel rồi lưu lại, hoặc ghi thẳng giá trị."
)
MARK = "@;@;@;@"
"""The number format of a cell in which the text of such a formula was handed back: the same is said
of it again.
"""
ERRORS = {
    code: Fault(f"Ô này báo lỗi “{code}”; hãy sửa công thức hoặc ghi thẳng giá trị.")
    for code in ERROR_CODES
}
_OTHER_ERROR = Fault("Ô này báo lỗi; hãy sửa công thức hoặc ghi thẳng giá trị.")


def odd_cells(
    content: bytes, parts: Iterable[str], pause: Callable[[], None]
) -> dict[str, OddCells]:
    """The odd cells of these parts of a workbook, by the name of every sheet; nothing at all when
    there are no parts.

    ``pause`` is called now and then and may raise. :class:`UnreadableFile` for a broken part, or
    more such cells than anybody would mend one by one.
    """
    wanted = set(parts)
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            marked = _marked_formats(archive)
            if not wanted and not marked:
                return {}
            found: dict[str, OddCells] = {}
            for name, part in sheet_parts(archive).items():
                found[name] = {}
                if marked or part in wanted:
                    with archive.open(part) as stream:
                        found[name] = _Search(pause, marked).read(stream)
            return found
    except (*BROKEN, StopIteration, expat.ExpatError, ElementTree.ParseError) as error:
        if isinstance(error, UnreadableFile):
            raise
        raise UnreadableFile(DAMAGED) from error


def _marked_formats(archive: zipfile.ZipFile) -> frozenset[str]:
    """The numbers of the formats that mark what was a formula without a value before it was handed
    back.
    """
    found: set[str] = set()
    for part in (name for name in archive.namelist() if name.lower().endswith("styles.xml")):
        if (text := archive.read(part)).find(MARK.encode()) < 0:
            continue
        root = list(ElementTree.fromstring(text).iter())
        ours = {one.get("numFmtId") for one in root if one.get("formatCode") == MARK}
        for formats in (one for one in root if one.tag.endswith("}cellXfs")):
            found |= {str(at) for at, one in enumerate(formats) if one.get("numFmtId") in ours}
    return frozenset(found)


class _Search(SheetWalk):
    """Goes through one sheet, with what it has found so far."""

    def __init__(self, pause: Callable[[], None], marked: frozenset[str]) -> None:
        super().__init__()
        self._pause = pause
        self._marked = marked
        self._found: dict[int, dict[int, Cell]] = {}
        self._count = 0
        self._cell: Mapping[str, str] | None = None
        self._formula = self._valued = False
        self._text = ""

    def read(self, stream: Any) -> dict[int, dict[int, Cell]]:
        for _ in self._parse(stream):
            self._pause()
        self._close()
        return self._found

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        kind = self._kind(name)
        self._parser.CharacterDataHandler = None
        if kind in ("c", "row"):
            self._close()
            self._formula, self._valued, self._text = False, False, ""
            self._place(kind, attributes)
            self._cell = attributes if kind == "c" else None
        elif kind == "f":
            self._formula = True
        elif kind in ("v", "t"):
            self._valued = True
            self._parser.CharacterDataHandler = self._take

    def _take(self, text: str) -> None:
        self._text += text

    def _close(self) -> None:
        """The cell before is over."""
        cell, self._cell = self._cell, None
        if cell is None:
            return
        odd = self._odd(cell.get("t", "n"), self._text.strip(), cell.get("s", "0") in self._marked)
        if odd is not None:
            self._count += 1
            if self._count > MOST:
                raise UnreadableFile(TOO_MANY)
            self._found.setdefault(self._row, {})[self._column - 1] = odd

    def _odd(self, kind: str, text: str, marked: bool) -> Cell | None:
        if marked and kind in ("s", "inlineStr", "str"):
            return UNCOMPUTED
        if kind == "e":
            return ERRORS.get(text, _OTHER_ERROR)
        if self._formula and not text and not (kind == "str" and self._valued):
            return UNCOMPUTED
        if kind == "n" and text.startswith("-"):
            return _number(text)
        return None


def _number(text: str) -> Cell | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return int(value) if value.is_integer() and abs(value) < 1e18 else value
