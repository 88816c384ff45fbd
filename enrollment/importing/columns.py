"""The columns of a D05-TS list: code, names under which they are met, how a cell is read."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from enrollment.importing import cleaning
from thaithuy_bhxh.text import fold

_NOT_WORD = re.compile(r"[^a-z0-9]")


def normalised(value: Any) -> str:
    """A header as it is compared: folded, letters and digits only."""
    return _NOT_WORD.sub("", fold(str(value))) if value is not None else ""


@dataclass(frozen=True, slots=True)
class Column:
    """``read`` gives the value or raises ``ValueError`` with a Vietnamese sentence; it is given non-empty cells only.

    ``required`` says whether a receipt row must fill the cell; ``missing`` is the sentence when it does not.
    """

    code: str
    label: str
    aliases: tuple[str, ...]
    read: Callable[[Any], Any]
    required: bool = False


COLUMNS: Mapping[str, Column] = {
    column.code: column
    for column in (
        Column("A", "STT", ("stt", "sothutu", "tt"), cleaning.text),
        Column("B", "Họ và tên", ("hovaten", "hoten", "tennguoithamgia", "hotennguoithamgia"), cleaning.name, True),
        Column("C", "Mã số BHXH", ("masobhxh", "sobhxh", "masobaohiemxahoi", "msbhxh", "sosobhxh"), cleaning.bhxh_no),
        Column(
            "1",
            "Số CCCD",
            (
                "socccdddcnhochieu",
                "socccd",
                "cccd",
                "sodinhdanh",
                "socmnd",
                "cmnd",
                "sodinhdanhcanhan",
                "ddcn",
                "socccdcmnd",
            ),
            cleaning.citizen_id,
        ),
        Column("2", "Địa chỉ", ("diachi", "noio", "diachicutru", "diachilienhe"), cleaning.text, True),
        Column("3", "Ngày biên lai", ("ngaybienlai", "ngaybl", "ngaythu", "ngaylapbienlai"), cleaning.day, True),
        Column("4", "Số biên lai", ("sobienlai", "sobl", "bienlai", "maso bienlai"), cleaning.receipt_number, True),
        Column(
            "5",
            "Mức thu nhập",
            ("mucthunhapthangdongbhxh", "mucthunhap", "muctien", "mucdong", "thunhap", "mucthunhapchondong"),
            cleaning.money,
            True,
        ),
        Column("6", "Số tháng đóng", ("sothangdong", "sothang"), cleaning.count, True),
        Column("7", "Từ tháng/năm", ("tuthangnam", "tuthang", "thangbatdau"), cleaning.month, True),
        Column("8", "Số tiền phải đóng", ("sotienphaidong", "tongtien", "tienphaidong"), cleaning.money, True),
        Column("9", "Người tham gia đóng", ("nguoithamgiadong", "tienntg", "tiennguoithamgia"), cleaning.money, True),
        Column("10", "NSNN hỗ trợ, tỷ lệ", ("tylensnn", "nsnnhotrotyle"), cleaning.text),
        Column(
            "11", "NSNN hỗ trợ, số tiền", ("tiennsnn", "sotiennsnn", "nsnnhotrosotien", "tiennsnnhotro"), cleaning.money
        ),
        Column("12", "NSĐP hỗ trợ, tỷ lệ", ("tylensdp", "nsdphotrotyle"), cleaning.text),
        Column(
            "13", "NSĐP hỗ trợ, số tiền", ("tiennsdp", "sotiennsdp", "nsdphotrosotien", "tiennsdphotro"), cleaning.money
        ),
        Column("14", "Hỗ trợ khác, tỷ lệ", ("tylekhac", "hotrokhactyle"), cleaning.text),
        Column("15", "Hỗ trợ khác, số tiền", ("tienhotrokhac", "hotrokhacsotien", "sotienhotrokhac"), cleaning.money),
        Column("16", "Mã nhân viên thu", ("manhanvienthu", "manvthu", "manv", "nhanvienthu"), cleaning.text, True),
        Column("17", "Ghi chú", ("ghichu", "phuongan", "lydo"), cleaning.text),
    )
}
_BY_ALIAS = {normalised(alias): column.code for column in COLUMNS.values() for alias in (*column.aliases, column.label)}
_PAIRS = {"nsnnhotro": ("10", "11"), "nsdphotro": ("12", "13"), "hotrokhac": ("14", "15")}
_NEEDED = ("B", "7")


def recognise(header: Sequence[Any], below: Sequence[Any]) -> dict[str, int] | None:
    """Column code → position for a header row and the row under it; ``None`` when this is no header of the list."""
    found: dict[str, int] = {}
    for position, value in enumerate(header):
        name = normalised(value)
        if name in _PAIRS:
            for code, offset in zip(_PAIRS[name], _parts(below, position), strict=True):
                found.setdefault(code, offset)
        elif name in _BY_ALIAS:
            found.setdefault(_BY_ALIAS[name], position)
    return found if len(found) >= 5 and all(code in found for code in _NEEDED) else None


def _parts(below: Sequence[Any], position: int) -> tuple[int, int]:
    """Positions of percentage and amount under a merged header; side by side unless the row below says otherwise."""
    under = [normalised(value) for value in below[position : position + 2]]
    return (position + 1, position) if under[:1] == ["sotien"] else (position, position + 1)


def codes_in(row: Sequence[Any]) -> dict[str, int] | None:
    """Column code → position when the row is the list's row of column codes (A, B, C, 1 … 17)."""
    found: dict[str, int] = {}
    for position, value in enumerate(row):
        text = str(value).strip().upper() if value is not None else ""
        text = text.removesuffix(".0").strip("()")
        if text in COLUMNS:
            found.setdefault(text, position)
    return found if len(found) >= 8 and {"A", "B", "C"} <= found.keys() else None
