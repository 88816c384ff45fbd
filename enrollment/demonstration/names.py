"""Names and numbers of people who do not exist.

Every number is recognisable: serials of citizen ids begin with 9, insurance numbers with 3499, old
cards with 1599, telephone numbers with 0100, which no operator has.
"""

from __future__ import annotations

from random import Random

_SURNAMES = (
    ("Nguyễn", 34),
    ("Phạm", 12),
    ("Trần", 11),
    ("Vũ", 8),
    ("Bùi", 6),
    ("Đỗ", 6),
    ("Lê", 6),
    ("Hoàng", 4),
    ("Đặng", 3),
    ("Ngô", 3),
    ("Đào", 2),
    ("Tạ", 2),
    ("Hà", 2),
    ("Lương", 2),
    ("Tô", 1),
    ("Khổng", 1),
    ("Quách", 1),
    ("Giang", 1),
)
_MIDDLES = {
    "male": (
        "Văn",
        "Văn",
        "Văn",
        "Đức",
        "Xuân",
        "Ngọc",
        "Hữu",
        "Quang",
        "Minh",
        "Duy",
        "Đình",
        "Công",
        "Trọng",
        "Bá",
    ),
    "female": (
        "Thị",
        "Thị",
        "Thị",
        "Thị Thu",
        "Thị Kim",
        "Thị Hồng",
        "Thị Minh",
        "Thị Ngọc",
        "Thị Thanh",
        "Thúy",
    ),
}
_GIVEN = {
    "male": (
        "Anh",
        "Bình",
        "Chiến",
        "Cường",
        "Dũng",
        "Duy",
        "Đạt",
        "Đông",
        "Giang",
        "Hà",
        "Hải",
        "Hiếu",
        "Hòa",
        "Hoàng",
        "Hùng",
        "Huy",
        "Hưng",
        "Khánh",
        "Kiên",
        "Lâm",
        "Long",
        "Lực",
        "Mạnh",
        "Minh",
        "Nam",
        "Nghĩa",
        "Phong",
        "Phúc",
        "Quân",
        "Quyết",
        "Sơn",
        "Tài",
        "Tâm",
        "Thái",
        "Thành",
        "Thắng",
        "Thịnh",
        "Tiến",
        "Toàn",
        "Trung",
        "Trường",
        "Tuấn",
        "Tùng",
        "Vinh",
        "Vượng",
    ),
    "female": (
        "An",
        "Ánh",
        "Bích",
        "Cúc",
        "Diệp",
        "Dung",
        "Duyên",
        "Đào",
        "Hà",
        "Hạnh",
        "Hằng",
        "Hiền",
        "Hoa",
        "Hòa",
        "Hồng",
        "Huế",
        "Huệ",
        "Hường",
        "Lan",
        "Liên",
        "Loan",
        "Lụa",
        "Ly",
        "Mai",
        "Mến",
        "Mơ",
        "Nga",
        "Ngân",
        "Nhàn",
        "Nhung",
        "Oanh",
        "Phương",
        "Quyên",
        "Quỳnh",
        "Sen",
        "Tâm",
        "Thảo",
        "Thắm",
        "Thoa",
        "Thơm",
        "Thúy",
        "Tuyết",
        "Vân",
        "Xuân",
        "Yến",
    ),
}

_SURNAME_POOL = tuple(name for name, share in _SURNAMES for _ in range(share))


def full_name(rng: Random, sex: str, surname: str | None = None) -> str:
    """A common name for this sex, of the given family where one is given; NFC."""
    parts = (
        surname or rng.choice(_SURNAME_POOL),
        rng.choice(_MIDDLES[sex]),
        rng.choice(_GIVEN[sex]),
    )
    return " ".join(parts)


class Numbers:
    """Hands out numbers that were not handed out before."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._used: set[str] = set()

    def _unused(self, prefix: str, digits: int) -> str:
        while True:
            number = f"{prefix}{self._rng.randrange(10**digits):0{digits}d}"
            if number not in self._used:
                self._used.add(number)
                return number

    def citizen_id(self, sex: str, birth_year: int) -> str:
        """12 digits: Thái Bình (034), century and sex, year of birth, serial 9xxxxx (Decree
        137/2015).
        """
        code = (birth_year // 100 - 19) * 2 + (sex == "female")
        return self._unused(f"034{code}{birth_year % 100:02d}9", 5)

    def old_card(self) -> str:
        """9 digits of a CMND."""
        return self._unused("1599", 5)

    def bhxh_no(self) -> str:
        """10 digits."""
        return self._unused("3499", 6)

    def phone(self) -> str:
        """10 digits in a range that no operator has."""
        return self._unused("0100", 6)
