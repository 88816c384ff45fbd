"""QR codes as one path of an inline SVG, so that no picture has to be fetched or stored."""

from __future__ import annotations

from dataclasses import dataclass

from qrcode.constants import ERROR_CORRECT_M
from qrcode.main import QRCode

_QUIET = 4
"""Modules of white around the code, as its standard asks."""


@dataclass(frozen=True, slots=True)
class QrPicture:
    """``size`` modules wide and high; ``path`` draws the dark ones."""

    size: int
    path: str


def qr_of(text: str) -> QrPicture:
    """The code of an address; a sixth of it may be dirty or torn."""
    code = QRCode(border=_QUIET, error_correction=ERROR_CORRECT_M)
    code.add_data(text)
    code.make(fit=True)
    rows = code.get_matrix()
    path = "".join(
        f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark
    )
    return QrPicture(len(rows), path)
