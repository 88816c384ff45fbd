"""The user's own workbook given back with a column of reasons.

It is passed through part by part and cell by cell, never held whole. What it is made of stays:
values, texts, formats, widths, merged cells. What could act under the portal's name does not: a
formula is replaced by its stored value, or by its text where it has none, and everything beside the
cells (links, queries, drawings, macros) is left out.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from openpyxl.utils import get_column_letter

from enrollment.importing.cells import REASONS
from enrollment.importing.gate import BROKEN, DAMAGED, UnreadableFile, inspect
from enrollment.importing.lines import LineError
from enrollment.importing.package import Package
from enrollment.importing.sheet_xml import SheetWalk, column_and_row, sheet_parts

MAX_CELLS = 900_000
"""More than a list of 30,000 rows has."""
TOO_MANY_CELLS = (
    "Tệp có quá nhiều ô nên không ghi lý do lỗi vào được; hãy xóa hẳn các dòng, cột thừa quanh "
    "bảng rồi lưu lại, "
    "hoặc tách bảng kê thành nhiều tệp."
)
_WIDTH = 60
_KEPT = frozenset(
    {
        "sheetPr",
        "tabColor",
        "outlinePr",
        "pageSetUpPr",
        "sheetViews",
        "sheetView",
        "pane",
        "selection",
        "sheetFormatPr",
        "cols",
        "col",
        "mergeCells",
        "mergeCell",
        "printOptions",
        "pageMargins",
        "pageSetup",
    }
)
"""Elements of a sheet beside its cells that are passed on; none of them can act or point anywhere.
"""


def write_error_workbook(
    content: bytes, errors: Sequence[LineError], target: str | Path | BytesIO
) -> None:
    """Write the workbook of ``content`` to ``target``; right of each list stand the reasons of its
    faulty rows.

    Cells keep their types, so that a text which begins like a formula stays a text.
    """
    if inspect(content).cells > MAX_CELLS:
        raise UnreadableFile(TOO_MANY_CELLS)
    made = BytesIO()
    try:
        with (
            zipfile.ZipFile(BytesIO(content)) as source,
            zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as copy,
        ):
            _pass_on(source, copy, errors)
    except (*BROKEN, StopIteration, expat.ExpatError, ElementTree.ParseError) as error:
        raise UnreadableFile(DAMAGED) from error
    if isinstance(target, BytesIO):
        target.write(made.getbuffer())
    else:
        Path(target).write_bytes(made.getbuffer())


def _pass_on(source: zipfile.ZipFile, copy: zipfile.ZipFile, errors: Sequence[LineError]) -> None:
    parts = sheet_parts(source)
    reasons = _by_sheet(errors, list(parts))
    package = Package(source, parts)
    styles = package.write(copy)
    for name, part in parts.items():
        texts = reasons.get(name, {})
        with source.open(part) as stream:
            width = _Width().of(stream) if texts else 0
        with source.open(part) as stream, copy.open(part, "w") as target:
            for piece in _Copy(texts, width + 1, styles).of(stream):
                target.write(piece.encode())


def _by_sheet(
    errors: Sequence[LineError], sheets: Sequence[str]
) -> Mapping[str, Mapping[int, str]]:
    """The text for each faulty row; errors of a sheet that has another name by now are on the first
    one.
    """
    found: dict[str, dict[int, list[str]]] = {}
    for error in errors:
        name = error.sheet if error.sheet in sheets else sheets[0]
        found.setdefault(name, {}).setdefault(error.row, []).append(
            f"Cột {error.column}: {error.reason}"
        )
    return {
        name: {row: "\n".join(texts) for row, texts in rows.items()} for name, rows in found.items()
    }


class _Width(SheetWalk):
    """The last column that holds a value or is merged: beyond it stand formats only, which are not
    passed on.
    """

    def of(self, stream: Any) -> int:
        self._most = 0
        for _ in self._parse(stream):
            pass
        return self._most

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        kind = self._kind(name)
        if kind in ("row", "c"):
            self._place(kind, attributes)
        elif kind in ("v", "t", "f"):
            self._most = max(self._most, self._column)
        elif kind == "mergeCell" and (
            last := column_and_row(attributes.get("ref", "").rpartition(":")[2])
        ):
            self._most = max(self._most, last[0])


class _Copy(SheetWalk):
    """The sheet again, with ``reasons`` by row in a ``column`` of its own."""

    def __init__(self, reasons: Mapping[int, str], column: int, styles: Mapping[str, int]) -> None:
        super().__init__()
        self._parser.EndElementHandler = self._end
        self._column_added = column
        self._styles = styles
        texts = {max(1, min(reasons) - 1): REASONS, **reasons} if reasons else {}
        self._left = sorted(texts.items(), reverse=True)
        self._out: list[str] = []
        self._skipped = 0
        self._has_columns = not reasons
        self._reasoned = bool(reasons)
        self._cell: Mapping[str, str] | None = None
        self._formula: str | None = None
        self._text: str | None = None
        self._taken = ""

    def of(self, stream: Any) -> Iterator[str]:
        yield '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        for _ in self._parse(stream):
            yield "".join(self._out)
            self._out.clear()

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        kind = self._kind(name)
        self._parser.CharacterDataHandler = None
        if self._skipped:
            self._skipped += 1
        elif self._cell is not None:
            self._inside(kind)
        elif kind == "c":
            self._place(kind, attributes)
            self._cell, self._formula, self._text = attributes, None, None
        elif kind == "row":
            self._place(kind, attributes)
            self._out += self._rows_before(self._row)
            self._out.append(
                f"<row{_attributes({**attributes, 'r': str(self._row)}, without='spans')}>"
            )
        elif kind == "worksheet":
            self._out.append(
                '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
            )
        elif kind == "sheetData":
            self._out.append("" if self._has_columns else f"<cols>{self._added_column()}</cols>")
            self._out.append("<sheetData>")
        elif kind == "col":
            self._out.append(self._narrowed(attributes))
        elif kind in _KEPT:
            self._out.append(f"<{kind}{_attributes(attributes)}>")
        else:
            self._skipped = 1

    def _inside(self, kind: str) -> None:
        """Of a cell its formula and its value are read: a plain value, or the runs of a text
        without their formats.
        """
        if kind in ("f", "v", "t"):
            self._taken = ""
            self._parser.CharacterDataHandler = self._take
        elif kind == "rPh":
            self._skipped = 1

    def _take(self, text: str) -> None:
        self._taken += text

    def _end(self, name: str) -> None:
        kind = self._kind(name)
        self._parser.CharacterDataHandler = None
        if self._skipped:
            self._skipped -= 1
        elif self._cell is not None:
            self._leave(kind)
        elif kind == "row":
            if self._left and self._left[-1][0] == self._row:
                self._out.append(self._reason(*self._left.pop()))
            self._out.append("</row>")
        elif kind == "sheetData":
            self._out += self._rows_before(10**9)
            self._out.append("</sheetData>")
        elif kind == "cols" and not self._has_columns:
            self._has_columns = True
            self._out.append(f"{self._added_column()}</cols>")
        elif kind in _KEPT | {"worksheet"} and kind != "col":
            self._out.append(f"</{kind}>")

    def _leave(self, kind: str) -> None:
        if kind == "f":
            self._formula = self._taken
        elif kind in ("v", "t"):
            self._text = (self._text or "") + self._taken
        elif kind == "c":
            assert self._cell is not None
            self._out.append(self._written(self._cell))
            self._cell = None

    def _written(self, cell: Mapping[str, str]) -> str:
        at, kind = f"{get_column_letter(self._column)}{self._row}", cell.get("t", "n")
        style = f" s={quoteattr(cell['s'])}" if "s" in cell else ""
        if self._formula is not None and not self._text and kind != "str":
            # As a text, and marked so that it stays one when the cell is edited.
            return _inline(at, self._styles["quoted"], f"={self._formula or '(công thức)'}")
        if self._text is None:
            if self._reasoned and self._column >= self._column_added:
                return ""
            return f'<c r="{at}"{style}/>'
        if kind == "inlineStr":
            return (
                f'<c r="{at}"{style} t="inlineStr"><is><t '
                f'xml:space="preserve">{escape(self._text)}</t></is></c>'
            )
        return f'<c r="{at}"{style} t={quoteattr(kind)}><v>{escape(self._text)}</v></c>'

    def _rows_before(self, number: int) -> Iterator[str]:
        """Rows that have a reason and stand nowhere in the sheet."""
        while self._left and self._left[-1][0] < number:
            row, text = self._left.pop()
            yield f'<row r="{row}">{self._reason(row, text)}</row>'

    def _reason(self, row: int, text: str) -> str:
        return _inline(
            f"{get_column_letter(self._column_added)}{row}", self._styles["reason"], text
        )

    def _added_column(self) -> str:
        at = self._column_added
        return f'<col min="{at}" max="{at}" width="{_WIDTH}" customWidth="1"/>'

    def _narrowed(self, attributes: dict[str, str]) -> str:
        """Widths may be set for all columns to the end of the sheet; those of ours are our own."""
        last = int(attributes.get("max", "0"))
        if not self._has_columns:
            last = min(last, self._column_added - 1)
        if last < int(attributes.get("min", "1")):
            return ""
        return f"<col{_attributes({**attributes, 'max': str(last)})}/>"


def _inline(at: str, style: int, text: str) -> str:
    return (
        f'<c r="{at}" s="{style}" t="inlineStr"><is><t '
        f'xml:space="preserve">{escape(text)}</t></is></c>'
    )


def _attributes(attributes: Mapping[str, str], without: str = "") -> str:
    """Those of the sheet's own language: others name namespaces or other parts."""
    plain: Iterable[tuple[str, str]] = (
        (k, v) for k, v in attributes.items() if ":" not in k and k != without
    )
    return "".join(f" {key}={quoteattr(value)}" for key, value in plain if key != "xmlns")
