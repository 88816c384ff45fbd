"""The power goes while the portal takes payments: what was acknowledged is there when it comes back.

The database lies on a file system of its own in an image file. At a moment the writing process stands still and the
image is copied, without any sync: the copy holds what had reached the disk, as after a cut. See ``tests.kill``.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings

CUTS = 4
SIZE = 96 * 1024 * 1024
BETWEEN = 5
"""Receipts acknowledged between two cuts, at least."""

pytestmark = [
    pytest.mark.skipif(not os.environ.get("POWER_CUT"), reason="the power cut runs with POWER_CUT=1 (make power-cut)"),
    pytest.mark.skipif("sqlite" not in settings.DATABASES["default"]["ENGINE"], reason="SQLite's own test"),
]


def test_nothing_acknowledged_is_lost(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    begun = tmp_path / "begun.sqlite3"
    _portal(begun, "begin")
    figures = {pace: _cuts(tmp_path, begun, pace) for pace in ("FULL", "NORMAL")}
    with capsys.disabled():
        for pace, (acknowledged, lost) in figures.items():
            print(f"\nsynchronous={pace}: {lost} of {acknowledged} acknowledged receipts lost in {CUTS} cuts", end="")
    assert figures["FULL"][1] == 0 and figures["FULL"][0] >= CUTS * BETWEEN
    assert figures["NORMAL"][1] > 0, "or the copies are not what a cut leaves"


def _cuts(folder: Path, begun: Path, pace: str) -> tuple[int, int]:
    """Receipts acknowledged before a cut and those of them that are missing afterwards, over all cuts."""
    image, copies = folder / f"{pace}.img", []
    with image.open("wb") as empty:
        empty.truncate(SIZE)
    _run_if_allowed("mkfs.ext4", "-q", "-F", str(image))
    with _mounted(image, folder / f"{pace}.mounted") as place:
        shutil.copy(begun, place / "portal.sqlite3")
        os.sync()
        with _writing(place / "portal.sqlite3", pace) as writer:
            told: list[str] = []
            for cut in range(CUTS):
                _await(writer, told, len(told) + BETWEEN + cut)
                copies.append((_cut(writer, told, image, folder / f"{pace}-{cut}.img"), set(told)))
    lost = [len(told - _on_record(copy, folder / f"{copy.stem}.mounted")) for copy, told in copies]
    return sum(len(told) for _, told in copies), sum(lost)


def _cut(writer: subprocess.Popen[bytes], told: list[str], image: Path, copy: Path) -> Path:
    """The image as it is at this moment; ``told`` then holds everything that was acknowledged before."""
    os.kill(writer.pid, signal.SIGSTOP)
    os.waitpid(writer.pid, os.WUNTRACED)
    try:
        _run("cp", "--sparse=always", "--reflink=auto", str(image), str(copy))
        _read(writer, told)
    finally:
        os.kill(writer.pid, signal.SIGCONT)
    return copy


def _on_record(image: Path, place: Path) -> set[str]:
    """The numbers on record after the file system and the database have recovered."""
    with _mounted(image, place) as found:
        return set(_portal(found / "portal.sqlite3", "count").split())


def _await(writer: subprocess.Popen[bytes], told: list[str], number: int) -> None:
    until = time.monotonic() + 120
    while len(told) < number:
        assert writer.poll() is None and time.monotonic() < until, "the portal does not write"
        _read(writer, told)
        time.sleep(0.002)


def _read(writer: subprocess.Popen[bytes], told: list[str]) -> None:
    """Take what the portal has said so far, without waiting for more."""
    assert writer.stdout is not None
    said = writer.stdout.read() or b""
    told.extend(said.decode().split())


@contextmanager
def _writing(database: Path, pace: str) -> Iterator[subprocess.Popen[bytes]]:
    writer = subprocess.Popen(_command(pace), env=_environment(database), stdout=subprocess.PIPE, bufsize=0)
    assert writer.stdout is not None
    os.set_blocking(writer.stdout.fileno(), False)
    try:
        yield writer
    finally:
        writer.kill()
        writer.wait()
        writer.stdout.close()


@contextmanager
def _mounted(image: Path, place: Path) -> Iterator[Path]:
    place.mkdir()
    _run_if_allowed("mount", "-o", "loop", str(image), str(place))
    try:
        yield place
    finally:
        _run("umount", str(place))


def _portal(database: Path, what: str) -> str:
    done = subprocess.run(
        _command(what), env=_environment(database), stdout=subprocess.PIPE, text=True, check=True, timeout=300
    )
    return done.stdout


def _command(what: str) -> list[str]:
    return [sys.executable, "-m", "tests.kill.writer", what]


def _environment(database: Path) -> dict[str, str]:
    return {**os.environ, "DATABASE_URL": f"sqlite:///{database}", "DJANGO_SETTINGS_MODULE": "thaithuy_bhxh.settings"}


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True, timeout=120)


def _run_if_allowed(*command: str) -> None:
    try:
        _run(*command)
    except (OSError, subprocess.CalledProcessError) as refusal:
        pytest.skip(f"The power cut did not run: a file system of its own is not allowed here ({refusal}).")
