"""Files that get their name when they are whole; what killed runs left; which copies of a folder
are kept.
"""

from __future__ import annotations

import fcntl
import os
import re
import secrets
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

_UNFINISHED = re.compile(r"\..+\.[0-9a-f]{8}\.dang-ghi(-wal|-shm|-journal)?")
_OWN = re.compile(r"thaithuy-(\d{8}-\d{6})\.backup")


@contextmanager
def temporary_name(path: Path) -> Iterator[Path]:
    """A name beside the path, held by this process until the end; whatever has it then is
    removed.
    """
    with _held(path) as (beside, _):
        try:
            yield beside
        finally:
            for end in ("", "-wal", "-shm", "-journal"):
                Path(f"{beside}{end}").unlink(missing_ok=True)


@contextmanager
def finished(path: Path) -> Iterator[BinaryIO]:
    """A new private file that gets its name, and takes the place of an older one, only when all has
    gone well.
    """
    with _held(path) as (beside, handle), os.fdopen(handle, "w+b", closefd=False) as file:
        try:
            yield file
            file.flush()
            os.fsync(handle)
            os.replace(beside, path)
        except BaseException:
            beside.unlink(missing_ok=True)
            raise
        fsync_folder(path.parent)


@contextmanager
def _held(path: Path) -> Iterator[tuple[Path, int]]:
    """A new file beside the path, locked so that nobody takes it for a left-over."""
    while True:
        beside = path.with_name(f".{path.name[:200]}.{secrets.token_hex(4)}.dang-ghi")
        handle = os.open(beside, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        fcntl.flock(handle, fcntl.LOCK_EX)
        if os.fstat(handle).st_nlink:
            break
        os.close(handle)
    try:
        yield beside, handle
    finally:
        os.close(handle)


def remove_left_over(folder: Path) -> None:
    """Unfinished files of runs that were killed; those of runs at work are locked and stay."""
    for path in folder.iterdir():
        if _UNFINISHED.fullmatch(path.name) and path.is_file():
            with suppress(OSError), path.open("rb") as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                path.unlink()


@contextmanager
def throw_away_folder(prefix: str) -> Iterator[str]:
    """A private folder that is gone afterwards; those of killed runs, which hold people's data, go
    first.
    """
    _remove_left_folders(Path(tempfile.gettempdir()), prefix)
    name, handle = _held_folder(prefix)
    try:
        yield name
    finally:
        shutil.rmtree(name, ignore_errors=True)
        os.close(handle)


def _held_folder(prefix: str) -> tuple[str, int]:
    """A new folder, locked so that nobody takes it for a left-over."""
    while True:
        name = tempfile.mkdtemp(prefix=prefix)
        with suppress(FileNotFoundError):
            handle = os.open(name, os.O_RDONLY)
            fcntl.flock(handle, fcntl.LOCK_EX)
            if Path(name).exists():
                return name, handle
            os.close(handle)


def _remove_left_folders(parent: Path, prefix: str) -> None:
    """Those of this account that no run at work holds."""
    for path in parent.glob(f"{prefix}*"):
        with suppress(OSError):
            handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if os.fstat(handle).st_uid == os.getuid():
                    shutil.rmtree(path, ignore_errors=True)
            finally:
                os.close(handle)


def fsync_folder(folder: Path) -> None:
    """The names in the folder are on the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@dataclass(frozen=True, slots=True)
class Keep:
    """How many copies of the last days, weeks and months stay; 0 of all keeps everything."""

    daily: int
    weekly: int
    monthly: int


def dated_name(moment: datetime) -> str:
    """The name of a copy in a folder of copies."""
    return f"thaithuy-{moment:%Y%m%d-%H%M%S}.backup"


def out_of_date(names: Iterable[str], keep: Keep) -> list[str]:
    """Copies that no longer count: the latest of each kept day, week and month stays, and so do
    foreign names.
    """
    if not (keep.daily or keep.weekly or keep.monthly):
        return []
    own = sorted((name for name in names if _OWN.fullmatch(name)), reverse=True)
    kept = set(own[:1])
    for count, period in ((keep.daily, _day), (keep.weekly, _week), (keep.monthly, _month)):
        latest: dict[object, str] = {}
        for name in own:
            latest.setdefault(period(_moment(name)), name)
        kept |= set(list(latest.values())[:count])
    return [name for name in own if name not in kept]


def remove_out_of_date(folder: Path, keep: Keep) -> list[str]:
    """Remove the copies of a folder that no longer count; returns their names."""
    gone = out_of_date((path.name for path in folder.iterdir()), keep)
    for name in gone:
        (folder / name).unlink(missing_ok=True)
    return gone


def _moment(name: str) -> datetime:
    found = _OWN.fullmatch(name)
    assert found
    return datetime.strptime(found[1], "%Y%m%d-%H%M%S")


def _day(moment: datetime) -> object:
    return moment.date()


def _week(moment: datetime) -> object:
    return moment.isocalendar()[:2]


def _month(moment: datetime) -> object:
    return (moment.year, moment.month)
