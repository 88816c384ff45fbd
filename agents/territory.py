"""The lineage as the database holds it, and finding the commune that an address names."""

from __future__ import annotations

import re
from datetime import date

from django.db.models import Exists, Value

from agents.lineage import Edge, Lineage, LineageUnit
from agents.models import Commune
from thaithuy_bhxh.terms import holds_on
from thaithuy_bhxh.text import clean, fold, upper_first

_NAMED = re.compile(
    r"(?:xã|thị trấn|phường|xa|thi tran|phuong)\s*:?\s+(.+)|(?:tt|t\.t|x|p)\.\s*(.+)|tt\s+(.+)",
    re.IGNORECASE,
)
_PART = re.compile(
    r"\s*[,;]\s*|\s+[-–—]\s*|\s*[-–—]\s+|\s*[-–—]\s*(?=(?:xã|thị trấn|huyện|tỉnh)\b)",
    re.IGNORECASE,
)
_DISTRICT = re.compile(
    r"(?:huyen|quan|thi xa|thanh pho)\s*:?\s+(.+)|(?:h|q|tx|tp|t\.p)\.\s*(.+)|tp\s+(.+)"
)
_PROVINCE = re.compile(r"tinh\s*:?\s+(.+)")
_OUR_DISTRICT = "thai thuy"
_NEIGHBOURS = {"dong hung", "hung ha", "kien xuong", "quynh phu", "tien hai", "vu thu"}
"""The province's other districts, which an address may name without “huyện”; no commune of ours
bears such a name.
"""
_OUR_PROVINCES = {"thai binh": date.min, "hung yen": date(2025, 7, 1)}
"""Folded name → from which day an address of ours may name it (Resolution 202/2025/QH15); the old
name goes on being written.
"""


def load_lineage() -> Lineage:
    """All units and edges (one query; every unit has at most one successor, because every edge is
    whole).
    """
    return load_marked_lineage(Value(False))[0]


def load_marked_lineage(mark: Value | Exists) -> tuple[Lineage, set[int]]:
    """The lineage together with the ids of the units for which the condition ``mark`` holds (one
    query).
    """
    edge = ("successions__successor_id", "successions__effective_on")
    rows = list(
        Commune.objects.values_list("id", "code", "name", "valid_from", "valid_to", *edge, mark)
    )
    units = (LineageUnit(*row[:5]) for row in rows)
    edges = (Edge(row[0], row[5], row[6]) for row in rows if row[5] is not None)
    return Lineage.of(units, edges), {row[0] for row in rows if row[7]}


class AddressBook:
    """Reads addresses such as “Thôn Bắc, xã Thái Nguyên, huyện Thái Thụy, tỉnh Thái Bình” for the
    unit of a day.
    """

    def __init__(self) -> None:
        self._units: dict[str, list[Commune]] = {}
        for commune in Commune.objects.all():
            self._units.setdefault(commune.search_key, []).append(commune)

    def locate(self, address: str, day: date) -> tuple[Commune, str]:
        """The commune named in the address that exists on ``day``, and the part before it (hamlet).

        Raises ``ValueError`` with a Vietnamese sentence when none is named or it did not exist that
        day.
        """
        parts = _parts(clean(address))
        named = [
            (i, match[1] or match[2] or match[3])
            for i, part in enumerate(parts)
            if (match := _NAMED.fullmatch(part))
        ]
        bare = [(i, part) for i, part in enumerate(parts) if not _is_larger(part)]
        # One commune bears the district's name: it is meant when no other part names a commune.
        bare.sort(key=lambda one: (fold(one[1]) == _OUR_DISTRICT, -one[0]))
        unknown = ""
        for index, name in named or bare:
            candidates = self._units.get(fold(name), [])
            for commune in candidates:
                if holds_on(commune, day):
                    _refuse_elsewhere(parts, day)
                    return commune, ", ".join(parts[:index])
            unknown = unknown or self._explain(name, candidates, day)
        _refuse_elsewhere(parts, day)
        raise ValueError(
            unknown
            or f"Địa chỉ “{clean(address)}” không nêu tên xã, thị trấn; hãy ghi như “Thôn Bắc, "
            "xã …”."
        )

    @staticmethod
    def _explain(name: str, candidates: list[Commune], day: date) -> str:
        if candidates:
            return (
                f"{upper_first(candidates[0].label)} không còn hoặc chưa có vào ngày "
                f"{day:%d/%m/%Y}; "
                "hãy ghi tên đơn vị của ngày đó."
            )
        return (
            f"Không có xã, thị trấn tên “{name}” trên địa bàn; hãy kiểm tra tên xã trong địa chỉ."
        )


def _parts(address: str) -> list[str]:
    return [part.strip(" .") if part.endswith(".") else part for part in _PART.split(address)]


def _is_larger(part: str) -> bool:
    plain = fold(part)
    return bool(_DISTRICT.fullmatch(plain) or _PROVINCE.fullmatch(plain))


def _refuse_elsewhere(parts: list[str], day: date) -> None:
    """A district or province that is not ours: the commune of that name is another one."""
    for number, part in enumerate(parts):
        plain = fold(part)
        district, province = _DISTRICT.fullmatch(plain), _PROVINCE.fullmatch(plain)
        elsewhere = district and next(filter(None, district.groups())) != _OUR_DISTRICT
        if elsewhere or (plain in _NEIGHBOURS and number > 0):
            raise ValueError(
                f"“{part}” không phải là huyện Thái Thụy; hãy kiểm tra huyện trong địa chỉ."
            )
        if province and day < _OUR_PROVINCES.get(province[1], date.max):
            raise ValueError(
                f"“{part}” không phải là tỉnh của địa bàn vào ngày {day:%d/%m/%Y}; "
                "hãy kiểm tra tỉnh trong địa chỉ."
            )
