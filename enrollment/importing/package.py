"""The parts of a workbook around its sheets: copied are those a list needs, and none that could
act.
"""

from __future__ import annotations

import posixpath
import re
import shutil
import zipfile
from collections.abc import Mapping
from xml.etree import ElementTree
from xml.sax.saxutils import quoteattr

from enrollment.importing.odd_cells import MARK
from enrollment.importing.sheet_xml import book_of, relations_of

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_SHEET_ML = "application/vnd.openxmlformats-officedocument.spreadsheetml."
_CONTENT = {
    "worksheet": f"{_SHEET_ML}worksheet+xml",
    "styles": f"{_SHEET_ML}styles+xml",
    "sharedStrings": f"{_SHEET_ML}sharedStrings+xml",
    "theme": "application/vnd.openxmlformats-officedocument.theme+xml",
}
"""Kinds of parts that are copied, with their content types."""
_DEFAULTS = (
    '<Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
)
_RANGE = re.compile(r"(?:'[^'\[\]!]+'|\w+)!\$[A-Z0-9$:]+(?:,(?:'[^'\[\]!]+'|\w+)!\$[A-Z0-9$:]+)*")
_REASON = (
    '<font xmlns="{0}"><color rgb="FFA8231B"/></font>',
    (
        '<fill xmlns="{0}"><patternFill patternType="solid"><fgColor '
        'rgb="FFFDE9E7"/></patternFill></fill>'
    ),
)
_XF = (
    '<xf xmlns="{0}" numFmtId="0" fontId="{1}" fillId="{2}" borderId="0" xfId="0" '
    'applyFont="1" applyFill="1" '
    'applyAlignment="1"><alignment vertical="top" wrapText="1"/></xf>'
)
_QUOTED = (
    '<xf xmlns="{0}" numFmtId="{1}" fontId="0" fillId="0" borderId="0" xfId="0" '
    'applyNumberFormat="1" quotePrefix="1"/>'
)
_FORMAT = '<numFmt xmlns="{0}" numFmtId="{1}" formatCode="{2}"/>'
_FIRST_FREE = 164
"""Number formats below are the program's own."""
_EMPTY = (
    f'<styleSheet xmlns="{MAIN}"><fonts><font/></fonts><fills><fill><patternFill '
    'patternType="none"/></fill><fill>'
    "<patternFill "
    'patternType="gray125"/></fill></fills><borders><border/></borders><cellStyleXfs><xf/></cellStyleXfs>'
    "<cellXfs><xf/></cellXfs></styleSheet>"
)


class Package:
    """What surrounds the sheets ``parts`` (name → part) of a workbook."""

    def __init__(self, source: zipfile.ZipFile, parts: Mapping[str, str]) -> None:
        self._source = source
        self._parts = parts
        self._book = book_of(source)
        self._relations = [one for one in relations_of(source, self._book) if one.kind in _CONTENT]

    def write(self, copy: zipfile.ZipFile) -> Mapping[str, int]:
        """Everything but the sheets; returns the numbers of formats ``reason`` and ``quoted``."""
        copy.writestr("[Content_Types].xml", self._types())
        copy.writestr("_rels/.rels", _relations([("rId1", "officeDocument", f"/{self._book}")]))
        folder, name = posixpath.split(self._book)
        named = [
            (one.key, one.kind, f"/{one.part}")
            for one in self._relations
            if self._is_kept(one.kind, one.part)
        ]
        has_styles = any(kind == "styles" for _, kind, _ in named)
        if not has_styles:
            named.append(("rIdStyles", "styles", f"/{folder}/styles.xml"))
        copy.writestr(f"{folder}/_rels/{name}.rels", _relations(named))
        copy.writestr(self._book, self._book_text())
        return self._write_parts(
            copy, [(kind, part.lstrip("/")) for _, kind, part in named], has_styles
        )

    def _write_parts(
        self, copy: zipfile.ZipFile, parts: list[tuple[str, str]], has_styles: bool
    ) -> Mapping[str, int]:
        styles: Mapping[str, int] = {}
        for kind, part in parts:
            if kind == "styles":
                text, styles = _with_formats(
                    self._source.read(part) if has_styles else _EMPTY.encode()
                )
                copy.writestr(part, text)
            elif kind != "worksheet":
                with self._source.open(part) as stream, copy.open(part, "w") as target:
                    shutil.copyfileobj(stream, target)
        return styles

    def _is_kept(self, kind: str, part: str) -> bool:
        return kind != "worksheet" or part in self._parts.values()

    def _types(self) -> str:
        parts = {
            f"/{one.part}": _CONTENT[one.kind]
            for one in self._relations
            if self._is_kept(one.kind, one.part)
        }
        added = f"/{posixpath.dirname(self._book)}/styles.xml"
        parts.setdefault(added, _CONTENT["styles"])
        if sum(kind == _CONTENT["styles"] for kind in parts.values()) > 1:
            del parts[added]
        parts[f"/{self._book}"] = f"{_SHEET_ML}sheet.main+xml"
        listed = "".join(
            f"<Override PartName={quoteattr(k)} ContentType={quoteattr(v)}/>"
            for k, v in parts.items()
        )
        return f'<Types xmlns="{_TYPES}">{_DEFAULTS}{listed}</Types>'

    def _book_text(self) -> bytes:
        """The list of sheets, how they are looked at, and which rows are repeated in print."""
        root = _plain(ElementTree.fromstring(self._source.read(self._book)))
        keys = {
            one.key
            for one in self._relations
            if one.kind == "worksheet" and one.part in self._parts.values()
        }
        for child in list(root):
            kind = child.tag.rpartition("}")[2]
            if kind not in ("workbookPr", "bookViews", "sheets", "definedNames"):
                root.remove(child)
            _remove_others(child, kind, keys)
            if kind == "definedNames" and not len(child):
                root.remove(child)
        return _text(root)


def _remove_others(element: ElementTree.Element, kind: str, keys: set[str]) -> None:
    """Take out sheets without one of these keys, and names of anything but ranges to print."""
    for one in list(element):
        if kind == "sheets" and one.get(f"{{{_OFFICE}}}id") not in keys:
            element.remove(one)
        if kind == "definedNames" and not _is_range(one):
            element.remove(one)


def _is_range(name: ElementTree.Element) -> bool:
    return name.get("name", "").startswith("_xlnm.Print_") and bool(
        _RANGE.fullmatch(name.text or "")
    )


def _with_formats(styles: bytes) -> tuple[bytes, Mapping[str, int]]:
    root = _plain(ElementTree.fromstring(styles))
    font, fill = (
        _add(root, kind, text.format(MAIN))
        for kind, text in zip(("fonts", "fills"), _REASON, strict=True)
    )
    reason = _add(root, "cellXfs", _XF.format(MAIN, font, fill))
    quoted = _add(root, "cellXfs", _QUOTED.format(MAIN, _mark(root)))
    return _text(root), {"reason": reason, "quoted": quoted}


def _mark(root: ElementTree.Element) -> int:
    """The number format that marks a formula's text."""
    if root.find(f"{{{MAIN}}}numFmts") is None:
        root.insert(0, ElementTree.Element(f"{{{MAIN}}}numFmts"))
    used = [int(one.get("numFmtId", "0")) for one in root.iter(f"{{{MAIN}}}numFmt")]
    number = max([_FIRST_FREE - 1, *used]) + 1
    _add(root, "numFmts", _FORMAT.format(MAIN, number, MARK))
    return number


def _add(root: ElementTree.Element, kind: str, text: str) -> int:
    """The number of the new entry of a list of formats."""
    found = root.find(f"{{{MAIN}}}{kind}")
    if found is None:
        raise ValueError(kind)
    found.append(ElementTree.fromstring(text))
    found.attrib.pop("count", None)
    return len(found) - 1


def _plain(element: ElementTree.Element) -> ElementTree.Element:
    """Without elements and attributes of other namespaces, which are no longer declared."""
    for key in [
        key
        for key in element.attrib
        if key.startswith("{") and not key.startswith(f"{{{_OFFICE}}}")
    ]:
        del element.attrib[key]
    for child in list(element):
        if child.tag.startswith(f"{{{MAIN}}}") and not child.tag.endswith("}extLst"):
            _plain(child)
        else:
            element.remove(child)
    return element


def _text(root: ElementTree.Element) -> bytes:
    ElementTree.register_namespace("", MAIN)
    ElementTree.register_namespace("r", _OFFICE)
    written: bytes = ElementTree.tostring(root, encoding="UTF-8", xml_declaration=True)
    return written


def _relations(named: list[tuple[str, str, str]]) -> str:
    rows = (
        f'<Relationship Id={quoteattr(key)} Type="{_OFFICE}/{kind}" Target={quoteattr(target)}/>'
        for key, kind, target in named
    )
    return f'<Relationships xmlns="{_RELATIONS}">{"".join(rows)}</Relationships>'
