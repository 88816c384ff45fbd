"""The XML of a workbook as far as reading and handing back need it: its parts, and a walk through
one sheet.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple
from xml.etree import ElementTree
from xml.parsers import expat

_REFERENCE = re.compile(r"([A-Z]{1,3})(\d{1,7})")
_CHUNK = 1024 * 1024


class Relation(NamedTuple):
    """How a part of the archive names another: key, last word of its kind, the part."""

    key: str
    kind: str
    part: str


def sheet_parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """Names of sheets → parts of the archive, in the order of the workbook."""
    book = book_of(archive)
    targets = {one.key: one.part for one in relations_of(archive, book) if one.kind == "worksheet"}
    found = {}
    for element in ElementTree.fromstring(archive.read(book)).iter():
        if element.tag.rpartition("}")[2] == "sheet":
            key = next((value for at, value in element.attrib.items() if at.endswith("}id")), "")
            if key in targets:
                found[element.get("name", "")] = targets[key]
    return found


def book_of(archive: zipfile.ZipFile) -> str:
    """The part that lists the sheets."""
    return next(one.part for one in relations_of(archive, "") if one.kind == "officeDocument")


def relations_of(archive: zipfile.ZipFile, part: str) -> list[Relation]:
    """Which other parts a part names (the archive itself, when it is empty)."""
    folder, name = posixpath.split(part)
    listed = posixpath.join(folder, "_rels", f"{name}.rels")
    return [
        Relation(
            one.get("Id", ""),
            one.get("Type", "").rpartition("/")[2],
            posixpath.normpath(posixpath.join("/", folder, one.get("Target", ""))).lstrip("/"),
        )
        for one in ElementTree.fromstring(archive.read(listed))
        if one.get("TargetMode") != "External"
    ]


def column_and_row(reference: str) -> tuple[int, int] | None:
    """``C7`` → 3, 7; ``None`` for anything else."""
    found = _REFERENCE.fullmatch(reference)
    return (_position(found[1]), int(found[2])) if found else None


def _position(letters: str) -> int:
    """``A`` = 1."""
    at = 0
    for letter in letters:
        at = at * 26 + ord(letter) - 64
    return at


class SheetWalk:
    """Goes through one sheet piece by piece, knowing where each cell stands: rows and cells may
    lack their reference.

    ``_start`` is called for every element; it says what to do with it.
    """

    def __init__(self) -> None:
        self._row = self._column = 0
        self._names: dict[str, str] = {}
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start

    def _kind(self, name: str) -> str:
        return self._names.get(name) or self._names.setdefault(name, name.rpartition(":")[2])

    def _place(self, kind: str, attributes: Mapping[str, str]) -> None:
        if kind == "row":
            self._row, self._column = int(attributes.get("r", self._row + 1)), 0
        elif place := column_and_row(attributes.get("r", "")):
            self._column, self._row = place
        else:
            self._column += 1

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        raise NotImplementedError

    def _parse(self, stream: Any) -> Iterator[None]:
        while piece := stream.read(_CHUNK):
            self._parser.Parse(piece, False)
            yield
        self._parser.Parse(b"", True)
        yield
