"""The members of a backup and their sums: written one after the other, read in the same order,
twice.

``about.json`` first (what it is, which migrations, which figures), then tables in parts of JSON
lines, then uploads, and ``sums.json`` last: size and SHA-256 of every member, rows and digest of
every table.
"""

from __future__ import annotations

import json
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

from thaithuy_bhxh.backup.keys import Key
from thaithuy_bhxh.backup.sealing import Damaged, unpacking

FORMAT = 1
ABOUT, SUMS = "about.json", "sums.json"
TABLES, UPLOADS = "tables/", "uploads/"


@dataclass(slots=True)
class ArchiveWriter:
    """Puts members into a stream and keeps their sums."""

    stream: BinaryIO
    sums: list[tuple[str, int, str]] = field(default_factory=list)
    _tar: tarfile.TarFile = field(init=False)

    def __post_init__(self) -> None:
        self._tar = tarfile.TarFile(mode="w", fileobj=self.stream, format=tarfile.PAX_FORMAT)

    def add(self, name: str, content: bytes) -> None:
        info = tarfile.TarInfo(name)
        info.size, info.mode = len(content), 0o600
        self._tar.addfile(info, BytesIO(content))
        self._tar.members.clear()  # type: ignore[attr-defined]  # It keeps them all otherwise.
        self.sums.append((name, len(content), sha256(content).hexdigest()))

    def add_json(self, name: str, document: Any) -> None:
        self.add(name, json.dumps(document, ensure_ascii=False, indent=1).encode())

    def finish(self, more: dict[str, Any]) -> None:
        """The list of sums, and the end."""
        self.add_json(SUMS, {"members": self.sums, **more})
        self._tar.close()


@dataclass(frozen=True, slots=True)
class Contents:
    """What a whole and sound backup says of itself."""

    about: dict[str, Any]
    tables: dict[str, dict[str, Any]]
    missing: list[str]
    members: list[list[Any]]

    @property
    def taken_at(self) -> datetime:
        """The moment that the copy is of."""
        return datetime.fromisoformat(self.about["taken_at"])

    @property
    def rows(self) -> int:
        return sum(int(table["rows"]) for table in self.tables.values())

    @property
    def uploads(self) -> list[tuple[str, int, str]]:
        """Name within the uploads, size and sum of every uploaded file inside."""
        return [
            (name.removeprefix(UPLOADS), size, sum_)
            for name, size, sum_ in self.members
            if name.startswith(UPLOADS)
        ]


def verify(path: Path, key: Key | None) -> Contents:
    """Read the whole file and compare every member with its sum; :class:`Damaged` unless all is as
    written.
    """
    found: list[list[Any]] = []
    kept: dict[str, Any] = {}

    def look(name: str, content: bytes) -> None:
        if name in (ABOUT, SUMS):
            kept[name] = json.loads(content)
        if name != SUMS:
            found.append([name, len(content), sha256(content).hexdigest()])

    _each_member(path, key, look)
    try:
        about, sums = kept[ABOUT], kept[SUMS]
        if found[0][0] != ABOUT or sums["members"] != found:
            raise Damaged
        return Contents(about, sums["tables"], sums["missing"], found)
    except (KeyError, IndexError, TypeError) as error:
        raise Damaged from error


def replay(
    path: Path, key: Key | None, contents: Contents, take: Callable[[str, bytes], None]
) -> None:
    """Hand over the members once more; :class:`Damaged` when the file is no longer what was
    verified.
    """
    expected = iter(contents.members)

    def compare(name: str, content: bytes) -> None:
        if name == SUMS:
            return
        if [name, len(content), sha256(content).hexdigest()] != next(expected, None):
            raise Damaged
        take(name, content)

    _each_member(path, key, compare)


def _each_member(path: Path, key: Key | None, take: Callable[[str, bytes], None]) -> None:
    with path.open("rb") as file, unpacking(file, key) as stream:
        try:
            for name, content in _members(stream):
                take(name, content)
        except (tarfile.TarError, json.JSONDecodeError, UnicodeDecodeError, EOFError) as error:
            raise Damaged from error


def _members(stream: BinaryIO) -> Iterator[tuple[str, bytes]]:
    with tarfile.open(mode="r|", fileobj=stream) as tar:
        while info := tar.next():
            inside = tar.extractfile(info)
            if inside is None:
                raise Damaged
            yield info.name, inside.read()
            tar.members.clear()  # type: ignore[attr-defined]
    # The end of a tar is zeros; reading them to the last byte has gzip and age compare their own
    # sums.
    while rest := stream.read(64 * 1024):
        if rest.strip(b"\0"):
            raise Damaged
