"""The store of uploaded files: one that vanished, or a folder that cannot be written, is a
sentence.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

from django.core.files.storage import FileSystemStorage

from thaithuy_bhxh.errors import Refused
from thaithuy_bhxh.outages import outage_of

VANISHED = "Tệp này không còn trong kho của cổng; hãy tải bảng kê lên lại."
NOT_STORED = (
    "Máy chủ chưa cất được tệp vào kho nên chưa nhận bảng kê này; hãy báo quản trị hệ thống."
)


class PrivateStorage(FileSystemStorage):
    """Django's store of files; its errors are :class:`Refused` and name the upload's field."""

    def _open(self, name: str, mode: str = "rb") -> Any:
        try:
            return super()._open(name, mode)  # type: ignore[misc]
        except FileNotFoundError as error:
            raise Refused(VANISHED, "file") from error
        except OSError as error:
            raise Refused(_words(error), "file") from error

    def _save(self, name: str, content: Any) -> str:
        try:
            return str(super()._save(name, content))  # type: ignore[misc]
        except OSError as error:
            # A disk that fills up leaves the beginning of the file, which nothing names.
            with suppress(OSError):
                Path(self.path(name)).unlink(missing_ok=True)
            raise Refused(f"{_words(error)} {NOT_STORED}", "file") from error


def _words(error: OSError) -> str:
    outage = outage_of(error)
    return outage.words if outage else "Máy chủ không đọc hoặc không ghi được tệp."
