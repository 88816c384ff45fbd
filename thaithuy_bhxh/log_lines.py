"""What the server says of itself: one JSON object a line, which a program can read and nobody can
forge.

Moments are UTC. A long number (of a person, a card, a phone) keeps its last four digits; addresses
come without their query; line breaks and other control characters are escaped, so that one event
stays one line.
"""

from __future__ import annotations

import json
import logging
import re
from datetime import UTC, datetime
from typing import Any

from thaithuy_bhxh.sealed import HIDDEN, SHOWN

_NUMBER = re.compile(r"(?<!\d)\d{9,12}(?!\d)")


class JsonLine(logging.Formatter):
    """A record with when, how grave, which part, what, of which request, and the traceback of an
    error.
    """

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": _masked(record.getMessage()),
            "process": record.process,
            **_request(getattr(record, "request", None)),
            **getattr(record, "facts", {}),
        }
        if record.exc_info:
            line["error"] = _masked(self.formatException(record.exc_info))
        return json.dumps(line)


def _request(request: Any) -> dict[str, Any]:
    """Of a request: what was asked for, the trusted address and the mark of the session; never a
    cookie or a field.
    """
    if not hasattr(request, "path"):
        return {}
    origin = getattr(request, "origin", None)
    whence = {"address": origin.address, "session": origin.session} if origin else {}
    return {"method": request.method, "path": _masked(request.path), **whence}


def _masked(text: str) -> str:
    return _NUMBER.sub(lambda found: HIDDEN + found.group()[-SHOWN:], text)
