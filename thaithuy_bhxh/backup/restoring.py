"""Restoring a backup into an empty database of either engine: everything or nothing."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from thaithuy_bhxh.backup import tables
from thaithuy_bhxh.backup.archive import FORMAT, TABLES, UPLOADS, Contents, replay, verify
from thaithuy_bhxh.backup.databases import is_missing, new_file, without_triggers
from thaithuy_bhxh.backup.keys import Key
from thaithuy_bhxh.backup.places import fsync_folder
from thaithuy_bhxh.backup.sealing import Damaged, WrongKey
from thaithuy_bhxh.backup.taking import applied_migrations, known_migrations
from thaithuy_bhxh.errors import Refused
from thaithuy_bhxh.outages import reason_of, sentence_of

_DAMAGED = (
    "Tệp “{}” bị cắt cụt, bị sửa đổi hoặc không phải bản sao lưu của cổng; hãy lấy "
    "một bản sao khác."
)
_WRONG_KEY = "Khóa không mở được bản sao lưu “{}”; hãy dùng đúng tệp khóa của lần sao lưu đó."


def read_backup(path: str, key: Key | None) -> Contents:
    """Verify the whole file and that this portal can take it in; :class:`Refused` otherwise."""
    with _in_words(path):
        contents = verify(Path(path), key)
        _refuse_unfitting(contents.about)
        _refuse_unknown_tables(contents)
    return contents


def restore_backup(path: str, key: Key | None, contents: Contents, uploads: Path) -> None:
    """Bring everything into the empty database and the folder of uploads, or change nothing."""
    with _in_words(path), new_file() if is_missing() else nullcontext():
        _without_waiting_for_keys()
        with Incoming(uploads).laid_out() as incoming, transaction.atomic():
            _prepare()
            with without_triggers(sorted(contents.tables)):
                replay(
                    Path(path), key, contents, lambda name, content: _take(name, content, incoming)
                )
                _settle(contents)
            incoming.put_in_place()


@contextmanager
def _in_words(path: str) -> Iterator[None]:
    try:
        yield
    except Damaged as error:
        raise Refused(_DAMAGED.format(path)) from error
    except WrongKey as error:
        raise Refused(_WRONG_KEY.format(path)) from error
    except FileNotFoundError as error:
        raise Refused(f"Không có tệp “{error.filename or path}”.") from error
    except OSError as error:
        file = f" “{error.filename}”" if error.filename else ""
        raise Refused(
            f"Không đọc hoặc không ghi được tệp{file}: {reason_of(error)}. Chưa có gì thay đổi."
        ) from error
    except DatabaseError as error:
        sentence = sentence_of(error) or "Cơ sở dữ liệu không nhận bản sao lưu này."
        raise Refused(f"{sentence} Chưa có gì thay đổi.") from error


def _refuse_unfitting(about: dict[str, Any]) -> None:
    if about["format"] != FORMAT:
        raise Refused(
            f"Bản sao lưu có dạng {about['format']} mà phiên bản cổng này chưa biết; hãy nâng "
            "cấp cổng trước."
        )
    known, listed = set(known_migrations()), set(about["migrations"])
    if newer := sorted(listed - known):
        raise Refused(
            f"Bản sao lưu của một phiên bản cổng mới hơn (có bước {newer[0]}); hãy nâng cấp "
            "cổng trước."
        )
    if older := sorted(known - listed):
        raise Refused(
            f"Bản sao lưu của một phiên bản cổng cũ hơn (chưa có bước {older[0]}); hãy cài "
            "đúng phiên bản "
            f"{about['portal']} đã tạo bản sao, khôi phục rồi mới nâng cấp."
        )


def _refuse_unknown_tables(contents: Contents) -> None:
    """With the same migrations the tables and their columns are the same; anything else is no
    backup of this portal.
    """
    listed = {name: table["columns"] for name, table in contents.tables.items()}
    if listed != {model._meta.db_table: tables.columns_of(model) for model in tables.kept_models()}:
        raise Refused(
            "Bản sao lưu có các bảng khác với phiên bản cổng này; hãy cài đúng phiên bản đã "
            "tạo bản sao."
        )


def _without_waiting_for_keys() -> None:
    """SQLite makes no tables in a transaction that checks foreign keys as it goes; they are checked
    at last.
    """
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA foreign_keys=OFF")


def _prepare() -> None:
    """Tables, made here when there are none at all; nobody else's rows before ours."""
    there = set(connection.introspection.table_names())
    if not there:
        call_command("migrate", verbosity=0, interactive=False)
    elif applied_migrations() != known_migrations():
        raise Refused(
            "Cơ sở dữ liệu đích chưa đủ các bước migrate; hãy chạy migrate, hoặc dùng một cơ "
            "sở dữ liệu trống."
        )
    models = tables.kept_models()
    if connection.vendor == "postgresql":
        names = ", ".join(connection.ops.quote_name(model._meta.db_table) for model in models)
        with connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {names} IN EXCLUSIVE MODE NOWAIT")
            # Making tables leaves the keys of this transaction checked at once.
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    filled = [model for model in models if model._base_manager.exists()]
    if filled:
        raise Refused(
            f"Cơ sở dữ liệu đích không trống (bảng {filled[0]._meta.db_table} đã có dữ liệu); "
            f"chỉ khôi phục vào một cơ sở dữ liệu mới."
        )


def _take(name: str, content: bytes, incoming: Incoming) -> None:
    if name.startswith(TABLES):
        tables.write_part(_by_table()[name.split("/")[1]], content)
    elif name.startswith(UPLOADS):
        incoming.add(name.removeprefix(UPLOADS), content)


def _by_table() -> dict[str, tables.Model]:
    return {model._meta.db_table: model for model in tables.kept_models()}


def _settle(contents: Contents) -> None:
    """Keys and numbering as they belong; what was written reads back as what was saved."""
    connection.check_constraints()
    for model in tables.kept_models():
        listed = contents.tables[model._meta.db_table]
        if listed["last_key"] is not None:
            tables.set_last_key(model, listed["last_key"])
        if tables.tally_of(model).as_dict() != {"rows": listed["rows"], "digest": listed["digest"]}:
            raise Refused(
                f"Bảng {model._meta.db_table} đọc lại khác với bản sao lưu. Chưa có gì thay đổi."
            )


@dataclass(slots=True)
class Incoming:
    """Uploads beside their place until the database has taken its part."""

    uploads: Path
    _names: list[str] = field(default_factory=list)
    _moved: list[Path] = field(default_factory=list)
    _folder: Path = field(init=False)

    @contextmanager
    def laid_out(self) -> Iterator[Incoming]:
        """A folder for them; nothing of it stays when the block fails."""
        self.uploads.mkdir(parents=True, exist_ok=True)
        for left in self.uploads.glob(".khoi-phuc-*"):
            shutil.rmtree(left, ignore_errors=True)
        with tempfile.TemporaryDirectory(prefix=".khoi-phuc-", dir=self.uploads) as name:
            self._folder = Path(name)
            try:
                yield self
            except BaseException:
                for path in self._moved:
                    path.unlink(missing_ok=True)
                raise

    def add(self, name: str, content: bytes) -> None:
        if Path(name).is_absolute() or ".." in Path(name).parts:
            raise Damaged
        there = self.uploads / name
        if there.exists():
            if there.read_bytes() != content:
                raise Refused(
                    f"Thư mục tải lên đã có tệp “{name}” khác với bản sao; hãy dùng một thư "
                    "mục trống."
                )
            return
        beside = self._folder / str(len(self._names))
        with beside.open("wb") as file:
            os.fchmod(file.fileno(), 0o600)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        self._names.append(name)

    def put_in_place(self) -> None:
        """Give every file its name, just before the database commits."""
        for number, name in enumerate(self._names):
            place = self.uploads / name
            place.parent.mkdir(parents=True, exist_ok=True)
            (self._folder / str(number)).rename(place)
            self._moved.append(place)
        for folder in {path.parent for path in self._moved}:
            fsync_folder(folder)
