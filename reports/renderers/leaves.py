"""Where the pages of a sheet end, so that its signature never stands alone on the last one.

Pure. Measured for A4 landscape that is drawn as wide as the page; a little of every page is kept
free, because programs differ in the height of a line.
"""

from __future__ import annotations

from collections.abc import Sequence

_PAGE_WIDTH, _PAGE_HEIGHT = (11.69 - 2 * 0.4) * 72, (8.27 - 2 * 0.75) * 72
"""Points between the margins of A4 landscape."""
_PER_DIGIT, _PER_COLUMN = 7 * 0.75, 5 * 0.75
"""Points of a column: so much for each digit and so much beside."""
_FILLED = 0.94
_SMALLEST = 0.8
"""A sheet that would end with a few rows on a second page is rather drawn so much smaller."""
_KEPT = 3
"""Rows of the table that stay with the signature."""


def breaks_before(
    heights: Sequence[float], breadths: Sequence[int], head: tuple[int, int], last: int
) -> list[int]:
    """The rows (from 0) that begin a page, the first page's left out.

    ``heights`` in points by row, ``breadths`` of the columns that are printed, in digits; ``head``
    the first and last row that every page repeats; ``last`` the table's last row: from a few rows
    above it everything to the end stays together, unless that is more than a page holds.
    """
    room = _PAGE_HEIGHT * _FILLED / _scale(breadths)
    repeated = sum(heights[head[0] : head[1] + 1])
    tail = max(head[1] + 1, last + 1 - _KEPT)
    found: list[int] = []
    used = 0.0
    for row, height in enumerate(heights):
        whole = sum(heights[tail:]) if row == tail else height
        fits = used + whole <= room
        if row > head[1] and not fits and (row != tail or repeated + whole <= room):
            found.append(row)
            used = repeated
        used += height
    return found


def is_one_page(heights: Sequence[float], breadths: Sequence[int]) -> bool:
    """Whether the whole sheet may go on one page, made a little smaller where it has to be."""
    return sum(heights) * _scale(breadths) * _SMALLEST <= _PAGE_HEIGHT * _FILLED


def _scale(breadths: Sequence[int]) -> float:
    """By how much the sheet is made smaller to fit the page's width."""
    width = sum(breadth * _PER_DIGIT + _PER_COLUMN for breadth in breadths)
    return min(1.0, _PAGE_WIDTH / width) if width else 1.0
