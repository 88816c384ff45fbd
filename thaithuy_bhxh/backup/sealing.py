"""Streams into and out of a backup: packed by gzip, encrypted by age when there is a key, in
constant memory.

Three forms, known by their first bytes: gzip alone; an age file for an age key; and, for a key in
words, one line with an age identity of this file alone, locked by the words, before the age file.
"""

from __future__ import annotations

import base64
import gzip
import io
import os
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
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
HEAD = 64
"""So many bytes show what a file is."""
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
    with _locking(file, key) as locked:
        summed = _Summed(locked)
        with gzip.GzipFile(NAME, "wb", _LEVEL, cast(BinaryIO, summed), mtime=0) as packed:
            yield cast(BinaryIO, packed)
        locked.write(_tail(summed.digest()))


@contextmanager
def unpacking(file: BinaryIO, key: Key | None) -> Iterator[BinaryIO]:
    """The content of a file from :func:`packing`; :class:`Damaged`, :class:`WrongKey` or
    :class:`Refused`.
    """
    head = file.read(HEAD)
    file.seek(0)
    if head.startswith(GZIP_HEAD[:2]):
        yield cast(BinaryIO, io.BufferedReader(Inflated(file), _BLOCK))
        return
    if key is None:
        if not is_backup(head):
            raise Damaged
        raise Refused("Bản sao lưu này được mã hóa; hãy nêu tệp khóa bằng --key-file.")
    if not key.opens:
        raise Refused(
            "Tệp khóa chỉ có nửa công khai, chỉ để khóa; hãy dùng tệp có dòng AGE-SECRET-KEY."
        )
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
    with (
        _beside(lambda: _encrypt(reading, file, recipients)),
        os.fdopen(writing, "wb", _BLOCK) as sink,
    ):
        yield sink


@contextmanager
def _unlocking(file: BinaryIO, identities: Sequence[Any]) -> Iterator[BinaryIO]:
    reading, writing = os.pipe()
    with (
        _beside(lambda: _decrypt(file, writing, identities)),
        os.fdopen(reading, "rb", _BLOCK) as source,
    ):
        yield source


def _identities(file: BinaryIO, head: bytes, key: Key) -> Sequence[Any]:
    """Who can read what follows; the file stands at the beginning of its age part afterwards."""
    if not head.startswith(WORDS_HEAD):
        if not head.startswith(AGE_HEAD):
            raise Damaged
        if not key.identities:
            raise WrongKey
        return key.identities
    if not key.words:
        raise WrongKey
    parts = file.readline(_LONGEST_LINE).removeprefix(WORDS_HEAD).split(b" ")
    try:
        salt, token = parts
        clear = Fernet(key.stretched(base64.b64decode(salt, b"-_", validate=True))).decrypt(
            token.removesuffix(b"\n")
        )
    except InvalidToken as error:
        raise WrongKey from error
    except ValueError as error:
        raise Damaged from error
    return (pyrage.x25519.Identity.from_str(clear.decode()),)


def _encrypt(reading: int, file: BinaryIO, recipients: Sequence[Any]) -> None:
    watched = _Watched(file)
    with os.fdopen(reading, "rb", _BLOCK) as source:
        try:
            pyrage.encrypt_io(source, watched, recipients)
        except pyrage.EncryptError as error:
            raise (watched.failure or error) from error


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


def _tail(digest: bytes) -> bytes:
    """A second, empty gzip with the SHA-256 of the first in its extra field: gzip itself has bits
    that nothing guards, and whoever unpacks the file without the portal does not notice.
    """
    return (
        b"\x1f\x8b\x08\x04\0\0\0\0\0\xff"
        + len(digest).to_bytes(2, "little")
        + digest
        + b"\x03"
        + b"\0" * 9
    )


class _Summed:
    """A file to write to that keeps the sum of what was written."""

    def __init__(self, file: BinaryIO) -> None:
        self._file, self._sum = file, sha256()

    def write(self, content: bytes) -> int:
        self._sum.update(content)
        return self._file.write(content)

    def flush(self) -> None:
        self._file.flush()

    def digest(self) -> bytes:
        return self._sum.digest()


class _Watched:
    """A file to write to that remembers what the system said: age tells a full disk in words of its
    own.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.failure: OSError | None = None

    def write(self, content: bytes) -> int:
        try:
            return self._file.write(content)
        except OSError as error:
            self.failure = error
            raise

    def flush(self) -> None:
        """Whoever finishes the file does it."""


@contextmanager
def _beside(work: Callable[[], None]) -> Iterator[None]:
    """Let a thread do the work at the other end of a pipe; its own failure tells more than that of
    this end.
    """
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
    """One gzip stream of ours and nothing after it. Python's own reader passes over what it does
    not need.
    """

    def __init__(self, source: BinaryIO) -> None:
        self._source = source
        self._packed = zlib.decompressobj(wbits=31)
        self._sum, self._ended = sha256(), False
        self._waiting = self._source.read(len(GZIP_HEAD))
        if self._waiting != GZIP_HEAD:
            raise Damaged

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while True:
            if found := self._next(len(buffer)):
                buffer[: len(found)] = found
                return len(found)
            if self._packed.eof:
                if not self._ended:
                    self._check_end()
                return 0
            if not self._waiting:
                self._waiting = self._source.read(_BLOCK)
                if not self._waiting:
                    raise Damaged

    def _next(self, most: int) -> bytes:
        try:
            found = self._packed.decompress(self._waiting, most)
        except zlib.error as error:
            raise Damaged from error
        rest = self._packed.unused_data if self._packed.eof else self._packed.unconsumed_tail
        self._sum.update(self._waiting[: len(self._waiting) - len(rest)])
        self._waiting = b"" if self._packed.eof else rest
        return found

    def _check_end(self) -> None:
        tail = _tail(self._sum.digest())
        if self._packed.unused_data + self._source.read(len(tail) + 1) != tail:
            raise Damaged
        self._ended = True
