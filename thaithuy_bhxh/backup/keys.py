"""Key files of backups: an age identity, the public half of one, or any words or bytes of some
length.
"""

from __future__ import annotations

import base64
import hashlib
import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyrage

from thaithuy_bhxh.errors import Refused
from thaithuy_bhxh.outages import reason_of

SHORTEST = 12
"""Bytes that a key in words must have: each try of a guess costs a tenth of a second and 64 MB."""
LARGEST = 1024 * 1024
_SECRET, _PUBLIC = "AGE-SECRET-KEY-1", "age1"
_COST = {"n": 2**16, "r": 8, "p": 2, "maxmem": 160 * 1024 * 1024}
"""Scrypt as current guidance recommends it for 64 MB."""


@dataclass(frozen=True, slots=True)
class Key:
    """What a key file holds. Without ``identities`` and ``words`` it can only lock."""

    recipients: tuple[Any, ...] = ()
    identities: tuple[Any, ...] = ()
    words: bytes = b""

    @property
    def opens(self) -> bool:
        return bool(self.identities or self.words)

    def stretched(self, salt: bytes) -> bytes:
        """A key for Fernet from the words."""
        return _stretch(self.words, salt)


@lru_cache(maxsize=2)
def _stretch(words: bytes, salt: bytes) -> bytes:
    """A restoring reads its file twice."""
    return base64.urlsafe_b64encode(hashlib.scrypt(words, salt=salt, dklen=32, **_COST))


def read_key(path: str) -> Key:
    """The key in a file; :class:`Refused` when there is none or it is too weak."""
    try:
        content = Path(path).read_bytes()
    except OSError as error:
        raise Refused(f"Không đọc được tệp khóa “{path}”: {reason_of(error)}.") from error
    if len(content) > LARGEST:
        raise Refused(f"Tệp khóa “{path}” dài hơn 1 MB; hãy chọn đúng tệp khóa.")
    lines = _lines(content)
    try:
        if secrets := [line for line in lines if line.startswith(_SECRET)]:
            identities = tuple(pyrage.x25519.Identity.from_str(line) for line in secrets)
            return Key(tuple(one.to_public() for one in identities), identities)
        if lines and all(line.startswith(_PUBLIC) for line in lines):
            return Key(tuple(pyrage.x25519.Recipient.from_str(line) for line in lines))
    except (pyrage.IdentityError, pyrage.RecipientError) as error:
        raise Refused(f"Khóa trong tệp “{path}” bị thiếu hoặc thừa ký tự.") from error
    words = content.strip()
    if len(words) < SHORTEST:
        raise Refused(
            f"Khóa trong tệp “{path}” quá ngắn; cần ít nhất {SHORTEST} ký tự, hoặc tạo bằng "
            "--new-key."
        )
    return Key(words=words)


def make_key(path: str) -> str:
    """A new key in a new file that only its owner reads; returns its public half."""
    identity = pyrage.x25519.Identity.generate()
    public = str(identity.to_public())
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(f"# public key: {public}\n{identity}\n")
            file.flush()
            os.fsync(file.fileno())
    except FileExistsError as error:
        raise Refused(f"Đã có tệp “{path}”; không ghi đè lên một khóa.") from error
    except OSError as error:
        raise Refused(f"Không ghi được tệp khóa “{path}”: {reason_of(error)}.") from error
    return public


def is_open_to_others(path: str) -> bool:
    """Whether other accounts of the machine may read the key file."""
    return bool(os.stat(path).st_mode & 0o077)


def _lines(content: bytes) -> list[str]:
    """Lines of a text file without blanks and remarks; none of a file of bytes."""
    try:
        text = content.decode("ascii")
    except UnicodeDecodeError:
        return []
    return [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
