"""What the free text of column 17 says: the support group, the method's tag, the reason of
a stop.
"""

from __future__ import annotations

import re
from functools import lru_cache

from thaithuy_bhxh.text import fold

_GROUP = re.compile(r"doi tuong[\s:]+([a-z ]+)")
_MISSING = re.compile(r"p\.? ?thuc[\s:]+con thieu")
_GROUPS = {
    "ho ngheo": "poor",
    "ho can ngheo": "near_poor",
    "dan toc thieu so": "ethnic_minority",
    "xa dao": "island",
    "khac": "other",
}
_REASONS = {
    "chuyen bhxh bat buoc": "compulsory",
    "huong luong huu": "retired",
    "huong bhxh mot lan": "one_off",
    "chet": "death",
    "chuyen dia ban": "left_area",
    "dong nham/trung": "error",
}
_NOT_RENEWED = "not_renewed"


@lru_cache(maxsize=1024)
def group_of(note: str) -> str:
    """The support group of the tag “Đối tượng …”; no tag = other; ``ValueError`` for one that is
    not known.
    """
    match = _GROUP.search(_plain(note))
    if match is None:
        return "other"
    code = next(
        (code for label, code in _GROUPS.items() if match[1].strip().startswith(label)), None
    )
    if code is None:
        known = "Hộ_nghèo, Hộ_cận_nghèo, Dân_tộc_thiểu_số, Xã_đảo, Khác"
        raise ValueError(
            f"Không rõ đối tượng trong ghi chú “{note[:80]}”; hãy dùng một trong: {known}."
        )
    return code


@lru_cache(maxsize=1024)
def says_missing(note: str) -> bool:
    """Whether the tag “P.Thức Còn_thiếu” stands in the note."""
    return bool(_MISSING.search(_plain(note)))


def reason_of(note: str) -> str:
    """The stop reason that the note, or a part of it between semicolons, names; anything else = not
    renewed.
    """
    parts = (part.strip(" .,:") for part in re.sub(r" ?/ ?", "/", _plain(note)).split(";"))
    return next((_REASONS[part] for part in parts if part in _REASONS), _NOT_RENEWED)


def speaks_of_reason(note: str) -> bool:
    """Whether a reason is named among other words, so that :func:`reason_of` did not take it."""
    plain = re.sub(r" ?/ ?", "/", _plain(note))
    return reason_of(note) == _NOT_RENEWED and any(
        re.search(rf"\b{re.escape(reason)}\b", plain) for reason in _REASONS
    )


def _plain(note: str) -> str:
    return re.sub(r"\s+", " ", fold(note).replace("_", " "))
