"""An address is read in its usual spellings, and its parents must be ours."""

from __future__ import annotations

from datetime import date

import pytest

from agents.territory import AddressBook
from tests.cast import Cast

pytestmark = pytest.mark.django_db
DAY = date(2025, 8, 5)


@pytest.mark.parametrize(
    "address",
    [
        "Thôn Bắc, xã Thái Ninh, tỉnh Hưng Yên",
        "Thôn Bắc; X. Thái Ninh; H. Thái Thụy; Thái Bình",
        "Thôn Bắc - xã Thái Ninh - huyện Thái Thụy - tỉnh Thái Bình",
        "Thôn Bắc-xã Thái Ninh-huyện Thái Thụy",
        "Thôn Bắc – X.Thái Ninh – Thái Thụy",
        "Thôn Bắc, Xa Thai Ninh, huyen Thai Thuy",
        "Thôn Bắc, Thái Ninh",
        "Thôn Bắc, xã Thái Ninh, Thái Thụy, Thái Bình",
        "Thôn Bắc, Thái Ninh, Thái Thụy, Thái Bình",
        "Thôn Bắc, xã Thái Ninh, Thai Thuy, Hung Yen",
    ],
)
def test_usual_spellings_name_the_commune(cast: Cast, address: str):
    commune, hamlet = AddressBook().locate(address, DAY)
    assert (commune.name, hamlet) == ("Thái Ninh", "Thôn Bắc")


@pytest.mark.parametrize(
    ("address", "part"),
    [
        ("Thôn Bắc, xã Thái Ninh, huyện Hưng Hà, tỉnh Hưng Yên", "huyện Hưng Hà"),
        ("Thôn Bắc, xã Thái Ninh, H. Hưng Hà", "H. Hưng Hà"),
        ("Thôn Bắc, xã Thái Ninh, Hưng Hà, Thái Bình", "Hưng Hà"),
        ("Thôn Bắc, Thái Ninh, Quỳnh Phụ", "Quỳnh Phụ"),
        ("Thôn Bắc, Thái Ninh, tỉnh Nam Định", "tỉnh Nam Định"),
        ("Thôn Bắc, xã Thái Ninh, TP. Thái Bình", "TP. Thái Bình"),
        ("Thôn Bắc, xã Không Có, tỉnh Hưng Yên", "Không Có"),
    ],
)
def test_the_part_that_is_wrong_is_named(cast: Cast, address: str, part: str):
    with pytest.raises(ValueError, match=part):
        AddressBook().locate(address, DAY)


def test_the_province_of_today_was_another_one_before(cast: Cast):
    with pytest.raises(ValueError, match="tỉnh Hưng Yên"):
        AddressBook().locate("xã Thái Ninh, tỉnh Hưng Yên", date(2025, 6, 30))


def test_the_commune_named_as_the_district_is_found_when_it_stands_alone(cast: Cast):
    commune, hamlet = AddressBook().locate("Thôn Bắc, Thái Thụy, Hưng Yên", DAY)
    assert (commune.name, hamlet) == ("Thái Thụy", "Thôn Bắc")
