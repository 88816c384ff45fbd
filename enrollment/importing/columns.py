"""The columns of a D05-TS list: code, the names under which they are met, how a cell is read, who
must fill it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from enrollment.importing import cleaning
from enrollment.importing.cells import Cell
from thaithuy_bhxh.text import fold

_NOT_WORD = re.compile(r"[^a-z0-9]")
_UNIT = re.compile(
    r"[(\[] *(?:(?:don vi tinh|don vi|dvt) *:? *)?"
    r"(?:dong(?: ?/ ?thang)?|d|vnd|thang|dd/mm/yyyy|mm/yyyy|ngay/thang/nam|thang/nam) *[)\]]"
)
"""A unit or pattern in brackets, as offices add to a header."""


class Use(Enum):
    """What a kind of row makes of a column."""

    UNUSED = 0
    OPTIONAL = 1
    REQUIRED = 2


@dataclass(frozen=True, slots=True)
class ListColumn:
    """``names`` are headers as :func:`normalised` gives them; ``clean`` gives the value or raises
    ``ValueError`` with a Vietnamese sentence; ``dated`` columns hold Excel serials when they hold
    numbers; ``fields`` are what the rules call it, so that a refusal finds its cell.
    """

    code: str
    label: str
    names: tuple[str, ...]
    clean: Callable[[Cell], Any]
    receipt: Use = Use.REQUIRED
    stop: Use = Use.UNUSED
    dated: bool = False
    fields: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """Label and code, as messages name the column."""
        return f"{self.label} ({self.code})"


def normalised(header: str) -> str:
    """A header as it is compared: without diacritics, case and unit, letters and digits only
    (``HoTen`` = ``Họ tên``, ``Số tiền phải đóng (đồng)`` = ``Số tiền phải đóng``).
    """
    return _NOT_WORD.sub("", _UNIT.sub("", fold(header)))


COLUMNS: Mapping[str, ListColumn] = {
    column.code: column
    for column in (
        ListColumn(
            "A", "STT", ("stt", "sott", "tt", "sothutu", "thutu"), cleaning.text, Use.UNUSED
        ),
        ListColumn(
            "B",
            "Họ và tên",
            (
                "hovaten",
                "hoten",
                "hotennguoithamgia",
                "hovatennguoithamgia",
                "tennguoithamgia",
                "hotenntg",
            ),
            cleaning.full_name,
            stop=Use.REQUIRED,
            fields=("full_name",),
        ),
        ListColumn(
            "C",
            "Mã số BHXH",
            (
                "masobhxh",
                "mabhxh",
                "sobhxh",
                "sosobhxh",
                "masosobhxh",
                "msbhxh",
                "masobaohiemxahoi",
                "masobhxhbhyt",
            ),
            cleaning.bhxh_no,
            Use.OPTIONAL,
            Use.OPTIONAL,
            fields=("bhxh_no",),
        ),
        ListColumn(
            "1",
            "Số CCCD/ĐDCN",
            (
                "socccdddcnhochieu",
                "socccd",
                "cccd",
                "masocccd",
                "socccdcmnd",
                "socmndcccd",
                "socmnd",
                "cmnd",
                "cccdcmnd",
                "cmndcccd",
                "sodinhdanh",
                "sodinhdanhcanhan",
                "madinhdanh",
                "soddcn",
                "ddcn",
                "socancuoc",
                "socancuoccongdan",
                "socccdddcn",
                "socccdhochieu",
                "socmndcccdhochieu",
                "sodinhdanhcanhancccd",
                "sodinhdanhcanhancmndhochieu",
                "sodinhdanhcanhancccdhochieu",
                "sogiayto",
            ),
            cleaning.citizen_id,
            Use.OPTIONAL,
            Use.OPTIONAL,
            fields=("citizen_id", "birth_date"),
        ),
        ListColumn(
            "2",
            "Địa chỉ",
            (
                "diachi",
                "diachinoio",
                "noio",
                "diachicutru",
                "noicutru",
                "diachithuongtru",
                "diachilienhe",
            ),
            cleaning.address,
            fields=("address",),
        ),
        ListColumn(
            "3",
            "Ngày biên lai",
            (
                "ngaybienlai",
                "ngaybl",
                "ngaythangbienlai",
                "ngaylapbienlai",
                "ngaylapbl",
                "ngaythu",
                "ngaythutien",
            ),
            cleaning.day,
            dated=True,
            fields=("received_on",),
        ),
        ListColumn(
            "4",
            "Số biên lai",
            ("sobienlai", "sobl", "bienlaiso", "sobienlaithutien"),
            cleaning.receipt_number,
            fields=("number",),
        ),
        ListColumn(
            "5",
            "Mức thu nhập tháng đóng BHXH",
            (
                "mucthunhapthangdongbhxh",
                "mucthunhap",
                "mucthunhapthang",
                "mucthunhapdongbhxh",
                "mucthunhapchondong",
                "mucthunhapthangchondong",
                "mucthunhaplamcancudong",
                "mucthunhaplamcancudongbhxh",
                "muctien",
                "mucthunhapthanglamcancudongbhxh",
                "mucthunhaplachon",
                "thunhap",
                "thunhapthang",
            ),
            cleaning.income,
            fields=("chosen_income",),
        ),
        ListColumn(
            "6",
            "Số tháng đóng",
            ("sothangdong", "sothang", "sothangthamgia"),
            cleaning.months,
            fields=("months", "method", "monthly_rate"),
        ),
        ListColumn(
            "7",
            "Từ tháng/năm",
            ("tuthangnam", "tuthang", "dongtuthang", "dongtuthangnam", "thangbatdau"),
            cleaning.month,
            stop=Use.REQUIRED,
            dated=True,
            fields=("from_month", "month"),
        ),
        ListColumn(
            "8",
            "Số tiền phải đóng",
            (
                "sotienphaidong",
                "tongsotienphaidong",
                "tienphaidong",
                "tongtien",
                "tongsotien",
                "tongsotiendong",
            ),
            cleaning.money,
            fields=("gross",),
        ),
        ListColumn(
            "9",
            "Người tham gia đóng",
            (
                "nguoithamgiadong",
                "sotiennguoithamgiadong",
                "sotiennguoithamgia",
                "tiennguoithamgia",
                "tiennguoithamgiadong",
                "nguoithamgianop",
                "sotienntg",
                "tienntg",
                "ntgdong",
            ),
            cleaning.money,
            fields=("participant",),
        ),
        ListColumn(
            "10",
            "NSNN hỗ trợ, tỷ lệ",
            ("tylensnn", "tylensnnhotro", "nsnntyle"),
            cleaning.text,
            Use.UNUSED,
        ),
        ListColumn(
            "11",
            "NSNN hỗ trợ, số tiền",
            ("sotiennsnn", "tiennsnn", "sotiennsnnhotro", "tiennsnnhotro", "nsnnsotien"),
            cleaning.money_or_nothing,
            Use.OPTIONAL,
            fields=("state_support",),
        ),
        ListColumn(
            "12",
            "NSĐP hỗ trợ, tỷ lệ",
            ("tylensdp", "tylensdphotro", "nsdptyle"),
            cleaning.text,
            Use.UNUSED,
            fields=("local_percent",),
        ),
        ListColumn(
            "13",
            "NSĐP hỗ trợ, số tiền",
            ("sotiennsdp", "tiennsdp", "sotiennsdphotro", "tiennsdphotro", "nsdpsotien"),
            cleaning.money_or_nothing,
            Use.OPTIONAL,
            fields=("local_support",),
        ),
        ListColumn(
            "14", "Hỗ trợ khác, tỷ lệ", ("tylehotrokhac", "tylekhac"), cleaning.text, Use.UNUSED
        ),
        ListColumn(
            "15",
            "Hỗ trợ khác, số tiền",
            ("sotienhotrokhac", "tienhotrokhac", "sotienkhac", "tienkhac"),
            cleaning.money_or_nothing,
            Use.OPTIONAL,
            fields=("other_support",),
        ),
        ListColumn(
            "16",
            "Mã nhân viên thu",
            ("manhanvienthu", "manvthu", "manvt", "manv", "masonhanvienthu", "nhanvienthu"),
            cleaning.collector_code,
            stop=Use.OPTIONAL,
            fields=("collector",),
        ),
        ListColumn(
            "17",
            "Ghi chú",
            ("ghichu",),
            cleaning.text,
            Use.OPTIONAL,
            Use.OPTIONAL,
            fields=("group", "reason"),
        ),
    )
}

_ELSE = "B"
"""Where the reason stands of a line whose refused field is no column's."""


def column_of(field: str) -> str:
    """The code of the column in which a refused field stands."""
    found = (code for code, column in COLUMNS.items() if field in column.fields)
    return next(found, _ELSE)


def place_of(code: str) -> int:
    """Where a column stands among the others, from 0."""
    return list(COLUMNS).index(code)


ENGINE_KNOWS = frozenset({"8", "9"})
"""Columns that a list may lack altogether: the law engine's figures are used."""

NEEDED = (
    frozenset(column.code for column in COLUMNS.values() if column.receipt is Use.REQUIRED)
    - ENGINE_KNOWS
)
"""Columns without which no receipt can be read; besides them one of C and 1."""

CODE_OF: Mapping[str, str] = {
    name: column.code
    for column in COLUMNS.values()
    for name in (*column.names, normalised(column.label))
}
"""Column code of every header name."""

PAIRS: Mapping[str, tuple[str, str]] = {
    name: codes
    for names, codes in (
        (
            (
                "nsnnhotro",
                "nsnn",
                "ngansachnhanuochotro",
                "nhanuochotro",
                "nsttwhotro",
                "nstwhotro",
            ),
            ("10", "11"),
        ),
        (("nsdphotro", "nsdp", "ngansachdiaphuonghotro", "diaphuonghotro"), ("12", "13")),
        (("hotrokhac", "khac", "tochuccanhanhotro", "tochuccanhankhachotro"), ("14", "15")),
    )
    for name in names
}
"""Merged headers above a percentage and an amount, with the codes of the two."""

RATES = frozenset({"tyle", "tile", "tylephantram", "phantram"})
AMOUNTS = frozenset({"sotien", "tien", "thanhtien"})
"""What stands under a merged header (“Tỷ lệ (%)”, “Số tiền”)."""
