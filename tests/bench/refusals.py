"""What hostile workbooks cost until they are refused: processor seconds and memory, by command and
on the screen, and what is left of them in the database and the upload folder.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from openpyxl import Workbook

from tests.bench import stage
from tests.bench.figures import Figure, hand_over, taken
from tests.d05_header import CODES, NAMES

MOST_SECONDS, MOST_MEMORY, MOST_LEFT = "<= 10", "<= 300", "<= 1"
ROWS = 50_000
SHEET = "xl/worksheets/sheet1.xml"
HEAD = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
ERROR = b'<c r="A%d" t="e"><v>#N/A</v></c>'
FORMULA = b'<c r="A%d"><f>1+1</f></c>'


def main(folder: str) -> None:
    worst: dict[str, tuple[float, str]] = {}
    for name, content in _hostile():
        path = Path(folder) / f"{name}.xlsx"
        path.write_bytes(content)
        for way in ("command", "screen"):
            for figure in _cost(way, path):
                what = f"{figure.name} by {way}" if figure.name != "left" else figure.name
                worst[what] = max(worst.get(what, (0.0, "")), (figure.value, name))
    bounds = {"left": MOST_LEFT}
    for what in worst:
        bounds.setdefault(what, MOST_SECONDS if what.startswith("processor") else MOST_MEMORY)
    hand_over(
        Figure(
            f"dearest refusal, {what}",
            value,
            "s" if what.startswith("processor") else "MB",
            bounds[what],
            f" ({name})",
        )
        for what, (value, name) in worst.items()
    )


def _cost(way: str, path: Path) -> list[Figure]:
    """Of a process that does nothing else, counted by the system."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.bench", "refusal", way, str(path)],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    told = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, path.name
    seconds = Figure("processor", usage.ru_utime + usage.ru_stime)
    return [seconds, Figure("memory", usage.ru_maxrss / 1024), *taken(told)]


def _hostile() -> Iterator[tuple[str, bytes]]:
    listed = _listed()
    yield "names only", listed
    rng = random.Random(stage.SEED)
    # More different rows than a packer looks back, so that the file is packed no better than a
    # list.
    some = [
        b"".join(b"<c><v>%d</v></c>" % rng.randint(1, 10**9) for _ in range(20)) for _ in range(500)
    ]
    filled = b"".join(b"<row>" + some[at % len(some)] + b"</row>" for at in range(ROWS))
    for name, odd in (
        ("an error among a million cells", ERROR),
        ("a formula among a million cells", FORMULA),
    ):
        yield (
            f"{name}, no header",
            _with_sheet(listed, HEAD + filled + b"<row>" + odd % (ROWS + 1) + b"</row>"),
        )
        yield (
            name,
            _with_sheet(listed, _headed(listed) + filled + b"<row>" + odd % (ROWS + 4) + b"</row>"),
        )
    yield (
        "a far styled cell",
        _with_sheet(listed, HEAD + b'<row r="60000"><c r="BL60000" s="0"/></row>'),
    )
    yield (
        "far cells",
        _with_sheet(
            listed,
            HEAD + b'<row r="1"><c r="A1"><v>1</v></c></row>'
            b'<row r="60000"><c r="BL60000"><v>1</v></c></row>',
        ),
    )
    yield (
        "errors all over",
        _with_sheet(
            listed,
            _headed(listed)
            + b"".join(b"<row>" + ERROR % row + b"</row>" for row in range(4, 60_000)),
        ),
    )
    yield "many sheets of names", _sheets(12)


def _listed() -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("D05")
    for line in (
        NAMES,
        CODES,
        ("I. Tăng",),
        *([None, f"Người Mẫu Số {n}"] for n in range(ROWS)),
    ):
        sheet.append(line)
    target = BytesIO()
    book.save(target)
    return target.getvalue()


def _headed(content: bytes) -> bytes:
    """The sheet's beginning up to its first three rows."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        part = archive.read(SHEET)
    end = 0
    for _ in range(3):
        end = part.index(b"</row>", end) + len(b"</row>")
    return part[:end]


def _with_sheet(content: bytes, sheet: bytes) -> bytes:
    target = BytesIO()
    with (
        zipfile.ZipFile(BytesIO(content)) as source,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as copy,
    ):
        for name in source.namelist():
            copy.writestr(
                name, sheet + b"</sheetData></worksheet>" if name == SHEET else source.read(name)
            )
    return target.getvalue()


def _sheets(count: int) -> bytes:
    book = Workbook(write_only=True)
    for number in range(count):
        sheet = book.create_sheet(f"D05-{number}")
        for line in (
            NAMES,
            CODES,
            ("I. Tăng",),
            *([None, f"Người Mẫu {n}"] for n in range(ROWS // 2)),
        ):
            sheet.append(line)
    target = BytesIO()
    book.save(target)
    return target.getvalue()
