"""Files that nobody should open: each refused in words, quickly and cheaply."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from enrollment.importing.gate import UnreadableFile
from enrollment.importing.reader import read_d05
from tests.enrollment.importing import sheets

GOOD = sheets.packed(sheets.listed(sheets.person()))
SHEET = "xl/worksheets/sheet1.xml"


def changed(**parts: bytes) -> bytes:
    """The good workbook with its sheet replaced and further parts."""
    target = BytesIO()
    with (
        zipfile.ZipFile(BytesIO(GOOD)) as source,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as copy,
    ):
        for name in source.namelist():
            copy.writestr(
                name, parts.pop("sheet", source.read(name)) if name == SHEET else source.read(name)
            )
        for name, data in parts.items():
            copy.writestr(name, data)
    return target.getvalue()


def sheet_of(rows: bytes) -> bytes:
    head = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    )
    return head + rows + b"</sheetData></worksheet>"


def zipped(name: str, data: bytes = b"") -> bytes:
    target = BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr(name, data)
    return target.getvalue()


def many_members() -> bytes:
    target = BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for number in range(3000):
            archive.writestr(f"{number}.xml", b"")
    return target.getvalue()


def locked() -> bytes:
    content = bytearray(GOOD)
    at = content.rfind(b"PK\x01\x02")
    content[at + 8] |= 1
    return bytes(content)


CELL = b'<row r="1"><c r="%s"><v>1</v></c></row>'
DOCTYPE = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><worksheet/>'
HOSTILE = {
    "empty": (b"", "rỗng"),
    "text": (b"khong phai excel", "không phải là tệp Excel"),
    "pdf": (b"%PDF-1.7 ...", "PDF"),
    "html": (b"<html><table><tr></tr></table></html>", "trang web"),
    "xls": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), ".xls đời cũ"),
    "encrypted": (
        b"\xd0\xcf\x11\xe0" + bytes(600) + "EncryptedPackage".encode("utf-16-le"),
        "mật khẩu",
    ),
    "locked": (locked(), "mật khẩu"),
    "zip": (zipped("a.txt"), "tệp nén"),
    "word": (zipped("word/document.xml"), "Word"),
    "members": (many_members(), "phình"),
    "cut": (GOOD[: len(GOOD) // 2], "hỏng"),
    "bomb": (changed(sheet=sheet_of(b"<row></row>" * 9_000_000)), "phình"),
    "bomb-styles": (changed(**{"xl/other.xml": b"<x/>" * 3_000_000}), "phình"),
    "far-row": (changed(sheet=sheet_of(CELL % b"A1048576")), "60.000"),
    "far-column": (changed(sheet=sheet_of(CELL % b"XFD1")), "cột"),
    "absurd": (changed(sheet=sheet_of(CELL % b"ZZZZZZ99999999999")), "cột"),
    "doctype": (changed(sheet=DOCTYPE.encode()), "DOCTYPE"),
    "doctype-utf16": (changed(sheet=DOCTYPE.encode("utf-16")), "DOCTYPE"),
    "no-xml": (changed(sheet=b"khong phai xml"), "hỏng"),
    "ghost-rows": (changed(sheet=sheet_of(b'<row r="1048576"/><row r="99999999999"/>')), "tiêu đề"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_in_words(name: str):
    content, words = HOSTILE[name]
    with pytest.raises(UnreadableFile, match=words):
        read_d05(content)


MEASURE = """
import re, sys, time
from pathlib import Path
import django
django.setup()
from enrollment.importing.reader import UnreadableFile, read_d05
for name in sys.argv[1:]:
    content, start = open(name, "rb").read(), time.process_time()
    try:
        read_d05(content)
        sys.exit(name + " was read")
    except UnreadableFile:
        if time.process_time() - start > 2:
            sys.exit(name + " took too long")
# Unlike getrusage this does not remember the memory of whoever started the process.
peak = int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])
if peak > 300 * 1024:
    sys.exit(f"{peak} kB of memory")
"""


def test_refusing_costs_neither_time_nor_memory(tmp_path: Path):
    names = []
    for name, (content, _) in HOSTILE.items():
        (tmp_path / f"{name}.xlsx").write_bytes(content)
        names.append(str(tmp_path / f"{name}.xlsx"))
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, *names], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, len(GOOD) - 1), st.binary(min_size=1, max_size=40))
def test_a_damaged_file_is_read_or_refused_but_never_crashes(at: int, noise: bytes):
    try:
        read_d05(GOOD[:at] + noise + GOOD[at + len(noise) :])
    except UnreadableFile as error:
        assert str(error)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.lists(
            st.one_of(
                st.none(),
                st.text("ab=./1 I\u00a0Tăng", max_size=8),
                st.integers(),
                st.booleans(),
                st.datetimes(),
            ),
            max_size=20,
        ),
        max_size=4,
    )
)
def test_no_rows_under_a_header_crash_the_reader(rows: list[list[object]]):
    result = read_d05(sheets.packed(sheets.listed(*rows)))
    assert all(error.reason for error in result.errors)
