"""What goes wrong with a backup is said in one sentence, and nothing is changed: not a database,
not an older file.
"""

from __future__ import annotations

import errno
import io
import itertools
import json
import os
import random
import resource
import signal
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from agents.models import User
from enrollment.models import Receipt
from reports.backups import take
from reports.drill import hold_drill
from tests.backup.conftest import Config, Office, standing
from tests.backup.test_round_trip import content, files_of, restored
from thaithuy_bhxh.backup.archive import ABOUT, ArchiveWriter, replay
from thaithuy_bhxh.backup.databases import standing_on
from thaithuy_bhxh.backup.keys import Key, make_key, read_key
from thaithuy_bhxh.backup.places import throw_away_folder
from thaithuy_bhxh.backup.restoring import read_backup, restore_backup
from thaithuy_bhxh.backup.sealing import Damaged, packing, unpacking
from thaithuy_bhxh.backup.taking import take_backup
from thaithuy_bhxh.errors import Refused
from thaithuy_bhxh.outages import reason_of

FORMS = ("plain", "age", "words")
CUTS, FLIPS, KILLS = 40, 60, 8


@pytest.fixture(scope="module")
def saved(
    _office: Office, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Any]:
    """A backup in each form, with its key."""
    folder = tmp_path_factory.mktemp("saved")
    make_key(str(folder / "age.key"))
    (folder / "words.key").write_text("mot cau rat dai khong ai biet\n")
    found: dict[str, Any] = {}
    with django_db_blocker.unblock(), standing(_office.filled, _office.uploads):
        for form in FORMS:
            key = None if form == "plain" else read_key(str(folder / f"{form}.key"))
            found[form] = (take_backup(str(folder / form), key, dict).path, key)
    return found


def refusal(path: Path, key: Key | None) -> str:
    with pytest.raises(Refused) as refused:
        read_backup(str(path), key)
    return refused.value.message


@pytest.mark.parametrize("form", FORMS)
def test_a_file_that_was_cut_off_anywhere_is_refused(
    saved: dict[str, Any], tmp_path: Path, form: str
):
    path, key = saved[form]
    whole, cut = path.read_bytes(), tmp_path / "cut"
    dice = random.Random(7)
    for length in {
        0,
        1,
        5,
        40,
        len(whole) - 1,
        len(whole) - 8,
        *(dice.randrange(len(whole)) for _ in range(CUTS)),
    }:
        cut.write_bytes(whole[:length])
        assert "bị cắt cụt" in refusal(cut, key) or (
            form == "words" and "Khóa" in refusal(cut, key)
        ), length
    cut.write_bytes(whole + b"\0")
    assert "bị cắt cụt" in refusal(cut, key)


@pytest.mark.parametrize("form", FORMS)
def test_a_flipped_bit_anywhere_is_refused(saved: dict[str, Any], tmp_path: Path, form: str):
    path, key = saved[form]
    whole, bad = path.read_bytes(), tmp_path / "bad"
    dice = random.Random(11)
    beyond_head = 200 if form == "words" else 0  # Each other head costs the stretching of a key.
    for place in {beyond_head, *range(3, 40, 6 if not beyond_head else 40)} | {
        dice.randrange(beyond_head, len(whole)) for _ in range(FLIPS)
    }:
        altered = bytearray(whole)
        altered[place] ^= 1 << dice.randrange(8)
        bad.write_bytes(altered)
        assert refusal(bad, key), place


def test_no_bit_of_a_packed_stream_is_without_guard():
    """Gzip's own reader passes over some."""
    file = io.BytesIO()
    with packing(file, None) as stream:
        stream.write(b"mot doan ngan va " * 9)
    whole = file.getvalue()
    for place, bit in itertools.product(range(len(whole)), range(8)):
        altered = bytearray(whole)
        altered[place] ^= 1 << bit
        with pytest.raises(Damaged), unpacking(io.BytesIO(altered), None) as stream:
            stream.read()


def test_the_wrong_key_or_none_is_told(saved: dict[str, Any], tmp_path: Path):
    other = tmp_path / "other.key"
    make_key(str(other))
    (tmp_path / "half").write_text(other.read_text().splitlines()[0].removeprefix("# public key: "))
    (tmp_path / "words").write_text("mot cau khac cung dai nhu the")
    for form in ("age", "words"):
        path = saved[form][0]
        assert "hãy nêu tệp khóa" in refusal(path, None)
        for name in ("other.key", "words"):
            assert "Khóa không mở được" in refusal(path, read_key(str(tmp_path / name)))
        assert "nửa công khai" in refusal(path, read_key(str(tmp_path / "half")))


def altered(saved: dict[str, Any], folder: Path, change: Callable[[dict[str, Any]], None]) -> Path:
    """The backup with another account of itself, otherwise whole and sound."""
    path = saved["plain"][0]
    contents = read_backup(str(path), None)
    change(contents.about)
    with (folder / "altered").open("wb") as file, packing(file, None) as stream:
        writer = ArchiveWriter(stream)

        def take(name: str, content: bytes) -> None:
            writer.add(name, json.dumps(contents.about).encode() if name == ABOUT else content)

        replay(path, None, contents, take)
        writer.finish({"tables": contents.tables, "missing": []})
    return folder / "altered"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda about: about.update(format=2), "dạng 2"),
        (lambda about: about["migrations"].append("agents.9999_later"), "mới hơn"),
        (lambda about: about["migrations"].remove("enrollment.0006_derived_copies"), "cũ hơn"),
    ],
)
def test_what_this_version_cannot_take_in_is_told(
    saved: dict[str, Any], tmp_path: Path, change: Any, words: str
):
    assert words in refusal(altered(saved, tmp_path, change), None)


def test_only_an_empty_database_is_restored_into(
    office: Office, saved: dict[str, Any], tmp_path: Path
):
    place, (path, key) = office.empty_place(), saved["plain"]
    with standing(place, tmp_path / "u"):
        User.objects.create(username="quantri", role="administrator")
        before = content()
        with pytest.raises(Refused, match="không trống"):
            restore_backup(str(path), key, read_backup(str(path), key), tmp_path / "u")
        assert content() == before and files_of(tmp_path / "u") == {}


def test_a_database_with_migrations_to_be_done_is_refused(
    office: Office, saved: dict[str, Any], tmp_path: Path
):
    path, key = saved["plain"]
    with standing(office.databases.new(office.empty), tmp_path / "u"):
        call_command("migrate", "account", "zero", verbosity=0, interactive=False)
        with pytest.raises(Refused, match="hãy chạy migrate"):
            restore_backup(str(path), key, read_backup(str(path), key), tmp_path / "u")
        with pytest.raises(Refused, match="chạy migrate"):
            take_backup(str(tmp_path / "b"), None, dict)
        assert not (tmp_path / "b").exists()


def test_an_upload_of_the_same_name_is_not_overwritten(
    office: Office, saved: dict[str, Any], tmp_path: Path
):
    path, key = saved["plain"]
    contents = read_backup(str(path), key)
    there = tmp_path / "u" / contents.uploads[0][0]
    there.parent.mkdir(parents=True)
    there.write_bytes(b"khac")
    with standing(office.empty_place(), tmp_path / "u"):
        with pytest.raises(Refused, match="đã có tệp"):
            restore_backup(str(path), key, contents, tmp_path / "u")
        assert not User.objects.exists() and list(files_of(tmp_path / "u").values()) == [b"khac"]


@pytest.fixture
def files_up_to() -> Iterator[Callable[[int], None]]:
    """Makes the disk one on which no file grows beyond a size."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    yield lambda size: resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("form", ["plain", "age"])
def test_a_full_disk_leaves_the_older_backup(
    office: Office,
    saved: dict[str, Any],
    tmp_path: Path,
    form: str,
    files_up_to: Callable[[int], None],
):
    path = tmp_path / "daily.backup"
    with standing(office.filled, office.uploads):
        take_backup(str(path), None, dict)
        older = path.read_bytes()

        def fills() -> dict[str, Any]:
            files_up_to(len(older) // 2)
            return {}

        with pytest.raises(Refused, match="Không ghi được bản sao lưu"):
            take_backup(str(path), saved[form][1], fills)
    files_up_to(resource.RLIM_INFINITY)
    assert files_of(tmp_path) == {"daily.backup": older}


def test_a_full_disk_at_restoring_changes_nothing(
    office: Office, saved: dict[str, Any], tmp_path: Path, files_up_to: Callable[[int], None]
):
    path, key = saved["plain"]
    contents, place = read_backup(str(path), key), office.empty_place()
    files_up_to(1000 if connection.vendor == "postgresql" else 200_000)
    with standing(place, tmp_path / "u"), pytest.raises(Refused, match="Chưa có gì thay đổi"):
        restore_backup(str(path), key, contents, tmp_path / "u")
    files_up_to(resource.RLIM_INFINITY)
    with standing(place, tmp_path / "u"):
        assert not User.objects.exists() and files_of(tmp_path / "u") == {}
    assert restored(place, tmp_path / "u", path, key)


def killed_at(statement: int, place: Config, uploads: Path, act: Callable[[], Any]) -> bool:
    """Whether a process that does this was killed before its so many-th statement; else it came to
    its end.
    """
    child = os.fork()
    if child == 0:
        count = iter(range(10**9))

        def reaper(execute: Any, *args: Any) -> Any:
            if next(count) == statement:
                os.kill(os.getpid(), signal.SIGKILL)
            return execute(*args)

        code = 1
        try:
            connection.close = lambda: None  # type: ignore[method-assign]
            with standing(place, uploads), connection.execute_wrapper(reaper):
                act()
            code = 0
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    return os.WIFSIGNALED(status)


def statements_of(place: Config, uploads: Path, act: Callable[[], Any]) -> int:
    """How many statements the act takes on the connection of the place."""
    seen: list[str] = []
    with (
        standing(place, uploads),
        connection.execute_wrapper(lambda run, sql, *rest: seen.append(sql) or run(sql, *rest)),
    ):
        act()
    return len(seen)


def test_a_restoring_killed_anywhere_changes_nothing(
    office: Office, saved: dict[str, Any], tmp_path: Path
):
    path, key = saved["plain"]
    contents = read_backup(str(path), key)

    def act(uploads: Path) -> Callable[[], Any]:
        return lambda: restore_backup(str(path), key, contents, uploads)

    number = statements_of(office.empty_place(), tmp_path / "first", act(tmp_path / "first"))
    place, uploads, dice = office.empty_place(), tmp_path / "u", random.Random(5)
    for statement in sorted({1, number - 1, *(dice.randrange(number) for _ in range(KILLS))}):
        assert killed_at(statement, place, uploads, act(uploads)), statement
        with standing_on(place):
            assert not User.objects.exists() and not Receipt.objects.exists()
    assert restored(place, uploads, path, key)
    assert files_of(uploads) == files_of(office.uploads)


def test_a_drill_that_was_killed_leaves_nothing_after_the_next(
    office: Office,
    tmp_path_factory: pytest.TempPathFactory,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
):
    """Its folders hold everybody's data. That of a drill at work stays."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    place, path = office.filled, str(tmp_path_factory.mktemp("copies") / "daily.backup")
    with standing(place, office.uploads):
        take(path, None)

    def dies() -> None:
        with throw_away_folder("portal-drill-") as folder:
            Path(folder, "drill.sqlite3").write_bytes(b"moi nguoi")
            os.kill(os.getpid(), signal.SIGKILL)

    assert killed_at(-1, place, office.uploads, dies) and len(list(tmp_path.iterdir())) == 1
    with throw_away_folder("portal-drill-") as at_work, standing(place, office.uploads):
        assert [str(left) for left in tmp_path.iterdir()] == [at_work]
        assert not hold_drill(path, None).differences
        assert [str(left) for left in tmp_path.iterdir()] == [at_work]
    assert not list(tmp_path.iterdir())


def test_what_the_engine_or_the_system_says_is_not_passed_on(
    office: Office, saved: dict[str, Any], tmp_path: Path
):
    """Both speak English; the sentence is ours."""
    path, key = saved["plain"]
    contents = read_backup(str(path), key)
    receipts = contents.tables["enrollment_receipt"]
    receipts["digest"] = "0" * 64
    with standing(office.empty_place(), tmp_path / "u"):
        with pytest.raises(Refused, match="đọc lại khác với bản sao lưu. Chưa có gì thay đổi"):
            restore_backup(str(path), key, contents, tmp_path / "u")
        assert not User.objects.exists()
    with pytest.raises(Refused, match=f"“{tmp_path}”: đó là một thư mục. Chưa có gì thay đổi"):
        read_backup(str(tmp_path), None)
    with pytest.raises(Refused, match="đó là một thư mục"):
        read_key(str(tmp_path))
    assert reason_of(OSError(errno.ENOSPC, "No space left on device")) == "đĩa đã đầy"
    assert (
        reason_of(OSError(errno.EPROTO, "Protocol error")) == f"hệ thống báo lỗi số {errno.EPROTO}"
    )


def test_a_backup_killed_anywhere_leaves_the_older_one(office: Office, tmp_path: Path):
    """And what it left half is gone with the next one."""
    place, path = office.filled, tmp_path / "daily.backup"
    with standing(place, office.uploads):
        take_backup(str(path), None, dict)
    older = path.read_bytes()
    for moment in ("before", "after"):

        def dies(moment: str = moment) -> dict[str, Any]:
            os.kill(os.getpid(), signal.SIGKILL)
            return {}

        assert killed_at(
            -1, place, office.uploads, lambda dies=dies: take_backup(str(path), None, dies)
        )
        assert path.read_bytes() == older and len(files_of(tmp_path)) == 2
    with standing(place, office.uploads):
        take_backup(str(path), None, dict)
    assert list(files_of(tmp_path)) == ["daily.backup"]
