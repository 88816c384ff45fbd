"""Streams into and out of a backup: packed by gzip, encrypted by age when there is a key, in constant memory.

Three forms, known by their first bytes: gzip alone; an age file for an age key; and, for a key in words, one line with
an age identity of this file alone, locked by the words, before the age file.
"""

from __future__ import annotations

import base64
import gzip
import io
import os
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from threading import Thread
from typing import Any, BinaryIO, cast

import pyrage
from cryptography.fernet import Fernet, InvalidToken

from thaithuy_bhxh.backup.keys import Key
from thaithuy_bhxh.errors import Refused

NAME = "thaithuy-bhxh-backup"
_LEVEL = 3
"""Of 9: half of the time of the usual one for a tenth more bytes."""
GZIP_HEAD = b"\x1f\x8b\x08\x08\0\0\0\0\0\xff" + NAME.encode() + b"\0"
AGE_HEAD = b"age-encryption.org/v1\n"
WORDS_HEAD = NAME.encode() + b" "
_LONGEST_LINE = 1024
_BLOCK = 64 * 1024


class Damaged(Exception):
    """The file is not what was written: cut off, altered, or no backup at all."""


class WrongKey(Exception):
    """The file is encrypted for another key."""


def is_backup(head: bytes) -> bool:
    """Whether a file that begins so is a backup of ours."""
    return head.startswith((GZIP_HEAD, AGE_HEAD, WORDS_HEAD))


@contextmanager
def packing(file: BinaryIO, key: Key | None) -> Iterator[BinaryIO]:
    """A stream whose content goes into the file."""
    with (
        _locking(file, key) as locked,
        gzip.GzipFile(NAME, "wb", _LEVEL, locked, mtime=0) as packed,
    ):
        yield cast(BinaryIO, packed)


@contextmanager
def unpacking(file: BinaryIO, key: Key | None) -> Iterator[BinaryIO]:
    """The content of a file from :func:`packing`; :class:`Damaged`, :class:`WrongKey` or :class:`Refused`."""
    head = file.read(len(WORDS_HEAD))
    file.seek(0)
    if GZIP_HEAD.startswith(head) and head:
        yield cast(BinaryIO, io.BufferedReader(Inflated(file), _BLOCK))
        return
    if key is None:
        if not is_backup(head):
            raise Damaged
        raise Refused("Bản sao lưu này được mã hóa; hãy nêu tệp khóa bằng --key-file.")
    if not key.opens:
        raise Refused("Tệp khóa chỉ có nửa công khai, chỉ để khóa; hãy dùng tệp có dòng AGE-SECRET-KEY.")
    with _unlocking(file, _identities(file, head, key)) as clear:
        yield cast(BinaryIO, io.BufferedReader(Inflated(clear), _BLOCK))


@contextmanager
def _locking(file: BinaryIO, key: Key | None) -> Iterator[BinaryIO]:
    if key is None:
        yield file
        return
    recipients: Sequence[Any] = key.recipients
    if key.words:
        identity, salt = pyrage.x25519.Identity.generate(), os.urandom(16)
        token = Fernet(key.stretched(salt)).encrypt(str(identity).encode())
        file.write(WORDS_HEAD + base64.urlsafe_b64encode(salt) + b" " + token + b"\n")
        recipients = (identity.to_public(),)
    reading, writing = os.pipe()
    with _beside(lambda: _encrypt(reading, file, recipients)), os.fdopen(writing, "wb", _BLOCK) as sink:
        yield sink


@contextmanager
def _unlocking(file: BinaryIO, identities: Sequence[Any]) -> Iterator[BinaryIO]:
    reading, writing = os.pipe()
    with _beside(lambda: _decrypt(file, writing, identities)), os.fdopen(reading, "rb", _BLOCK) as source:
        yield source


def _identities(file: BinaryIO, head: bytes, key: Key) -> Sequence[Any]:
    """Who can read what follows; the file stands at the beginning of its age part afterwards."""
    if head != WORDS_HEAD:
        if not AGE_HEAD.startswith(head[: len(AGE_HEAD)]):
            raise Damaged
        if not key.identities:
            raise WrongKey
        return key.identities
    if not key.words:
        raise WrongKey
    parts = file.readline(_LONGEST_LINE).removeprefix(WORDS_HEAD).split(b" ")
    try:
        salt, token = parts
        clear = Fernet(key.stretched(base64.b64decode(salt, b"-_", validate=True))).decrypt(token.removesuffix(b"\n"))
    except InvalidToken as error:
        raise WrongKey from error
    except ValueError as error:
        raise Damaged from error
    return (pyrage.x25519.Identity.from_str(clear.decode()),)


def _encrypt(reading: int, file: BinaryIO, recipients: Sequence[Any]) -> None:
    with os.fdopen(reading, "rb", _BLOCK) as source:
        pyrage.encrypt_io(source, file, recipients)


def _decrypt(file: BinaryIO, writing: int, identities: Sequence[Any]) -> None:
    with os.fdopen(writing, "wb", _BLOCK) as sink:
        try:
            pyrage.decrypt_io(file, sink, identities)
        except pyrage.DecryptError as error:
            raise (WrongKey if "No matching keys" in str(error) else Damaged) from error
        except OSError as error:
            # What age refuses has no number of the system.
            if error.errno is None:
                raise Damaged from error
            raise


@contextmanager
def _beside(work: Callable[[], None]) -> Iterator[None]:
    """Let a thread do the work at the other end of a pipe; its own failure tells more than that of this end."""
    failures: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - raised by the caller's thread
            failures.append(error)

    thread = Thread(target=run, name="backup")
    thread.start()
    try:
        yield
    except BaseException as error:
        thread.join()
        if failures and not isinstance(failures[0], BrokenPipeError):
            raise failures[0] from error
        raise
    thread.join()
    if failures:
        raise failures[0]


class Inflated(io.RawIOBase):
    """One gzip stream of ours and nothing after it. Python's own reader passes over what it does not need."""

    def __init__(self, source: BinaryIO) -> None:
        self._source = source
        self._packed = zlib.decompressobj(wbits=31)
        self._waiting = self._source.read(len(GZIP_HEAD))
        if self._waiting != GZIP_HEAD:
            raise Damaged

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while True:
            try:
                found = self._packed.decompress(self._waiting, len(buffer))
            except zlib.error as error:
                raise Damaged from error
            self._waiting = self._packed.unconsumed_tail
            if found:
                buffer[: len(found)] = found
                return len(found)
            if self._packed.eof:
                if self._packed.unused_data or self._source.read(1):
                    raise Damaged
                return 0
            if not self._waiting:
                self._waiting = self._source.read(_BLOCK)
                if not self._waiting:
                    raise Damaged
