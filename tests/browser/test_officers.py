"""Officers in a real browser: a hand-over from the board to the record, and letters of exactly one page."""

from __future__ import annotations

from pypdf import PdfReader  # noqa: F401 - replaced below when it is not installed
