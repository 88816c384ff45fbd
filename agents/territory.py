"""The lineage as the database holds it, and finding the commune that an address names."""

from __future__ import annotations

import re
from datetime import date

from django.db.models import Exists, Value

from agents.lineage import Edge, Lineage, LineageUnit
from agents.models import Commune
from thaithuy_bhxh.terms import holds_on
from thaithuy_bhxh.text import clean, fold, upper_first

_KINDS = r"xã|thị trấn|phường|tt\.?|thi tran|xa"
_NAMED = re.compile(rf"^(?:{_KINDS})\s+(.+)$", re.IGNORECASE)
_LARGER = ("huyen ", "tinh ", "thanh pho ", "tp ", "tp. ", "quan ")


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
        parts = [clean(part) for part in address.split(",")]
        named = [(i, match[1]) for i, part in enumerate(parts) if (match := _NAMED.match(part))]
        bare = [(i, part) for i, part in enumerate(parts) if not fold(part).startswith(_LARGER)]
        unknown = ""
        for index, name in named or reversed(bare):
            candidates = self._units.get(fold(name), [])
            for commune in candidates:
                if holds_on(commune, day):
                    return commune, ", ".join(parts[:index])
            unknown = unknown or self._explain(name, candidates, day)
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
