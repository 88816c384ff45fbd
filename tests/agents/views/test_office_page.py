"""The office's dated names on their page, and where they are printed: on sheets of their
own days.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from agents.models import OfficeProfile, User
from reports.letterhead import letterhead
from tests.cast import Cast
from tests.pages import markup
from tests.security.scene import fingerprint
from thaithuy_bhxh.clock import today

PAGE, ADD = reverse("agents:office"), reverse("agents:office_add")
WORKBOOK = reverse("reports:growth") + "?tu=2026-01&den=2026-01&dinh_dang=xlsx"
Login = Callable[[User], Client]


def names(day: date, **values: str) -> dict[str, str]:
    return {
        "valid_from": f"{day:%d/%m/%Y}",
        "parent_name": "BHXH cấp trên thử",
        "name": "BHXH cơ sở thử",
        "place": "Nơi Thử",
        "chief_title": "Quyền Giám đốc",
        **values,
    }


def printed(browser: Client) -> str:
    """Every text of the growth report's workbook as it is downloaded today."""
    answer: Any = browser.get(WORKBOOK)
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    sheet = load_workbook(BytesIO(content)).worksheets[0]
    return "\n".join(
        str(cell) for row in sheet.iter_rows(values_only=True) for cell in row if cell is not None
    )


@pytest.fixture
def client(cast: Cast, logged_in: Login) -> Client:
    return logged_in(cast.administrator)


def test_names_from_today_head_and_sign_the_workbooks_of_today(
    cast: Cast, client: Client, logged_in: Login
):
    assert client.post(ADD, names(today())).status_code == 302
    text = printed(logged_in(cast.manager))
    assert "BHXH CẤP TRÊN THỬ" in text and "BHXH CƠ SỞ THỬ" in text.upper()
    assert "Nơi Thử, ngày" in text and "QUYỀN GIÁM ĐỐC" in text.upper()
    assert "BHXH cơ sở Thái Thụy".upper() not in text.upper()


def test_names_of_a_later_day_wait_for_it(cast: Cast, client: Client, logged_in: Login):
    client.post(ADD, names(today() + timedelta(days=1)))
    text = printed(logged_in(cast.manager)).upper()
    assert "BHXH CƠ SỞ THÁI THỤY" in text and "CƠ SỞ THỬ" not in text
    assert letterhead(today() + timedelta(days=1)).office == "BHXH cơ sở thử"


def test_a_sheet_carries_the_names_of_its_own_day(cast: Cast):
    """The district office became the “BHXH cơ sở” on 1 July 2025, as shipped."""
    before, after = letterhead(date(2025, 6, 30)), letterhead(date(2025, 7, 1))
    assert (before.office, before.parent) == ("BHXH huyện Thái Thụy", "BHXH tỉnh Thái Bình")
    assert (after.office, after.parent) == ("BHXH cơ sở Thái Thụy", "BHXH tỉnh Hưng Yên")


def test_the_names_of_today_are_marked_and_a_correction_is_told(cast: Cast, client: Client):
    row = OfficeProfile.objects.get(valid_from=date(2025, 7, 1))
    edit = reverse("agents:office_edit", args=[row.pk])
    form = markup(client.get(edit))
    assert f'value="{row.name}"' in form and 'value="01/07/2025"' in form
    assert client.post(edit, names(date(2025, 7, 1), name="BHXH cơ sở Đã Sửa")).status_code == 302
    text = markup(client.get(PAGE))
    marked = text[text.index("01/07/2025") :].partition("</tr>")[0]
    assert "hiện nay" in marked and "BHXH cơ sở Đã Sửa" in marked and text.count("hiện nay") == 1
    assert "tên cơ quan" in text and f"{row.name} → BHXH cơ sở Đã Sửa" in text, (
        "the history names both"
    )
    assert OfficeProfile.objects.count() == 2


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"valid_from": "01/07/2025"}, "valid_from"),
        ({"valid_from": "2025-13-01"}, "valid_from"),
        ({"valid_from": ""}, "valid_from"),
        ({"name": "   "}, "name"),
        ({"parent_name": ""}, "parent_name"),
        ({"place": "\u200b"}, "place"),
        ({"chief_title": "x" * 81}, "chief_title"),
    ],
)
def test_what_cannot_stand_on_a_sheet_is_refused_and_stays_typed(
    cast: Cast, client: Client, values: dict[str, str], field: str
):
    before = fingerprint()
    text = markup(client.post(ADD, names(today(), **values)))
    assert f'id="id_{field}_error"' in text
    assert any(f'value="{kept}"' in text for kept in ("BHXH cấp trên thử", "BHXH cơ sở thử"))
    assert fingerprint() == before


@pytest.mark.parametrize("who", ["manager", "auditor", "officer_a", "lead_a", "staff_a"])
def test_the_names_are_the_administrators_to_keep(cast: Cast, logged_in: Login, who: str):
    browser, before = logged_in(getattr(cast, who)), fingerprint()
    row = OfficeProfile.objects.latest("valid_from")
    assert {browser.get(PAGE).status_code, browser.post(ADD, names(today())).status_code} == {403}
    assert (
        browser.post(reverse("agents:office_edit", args=[row.pk]), names(today())).status_code
        == 403
    )
    assert fingerprint() == before
