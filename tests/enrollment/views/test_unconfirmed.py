"""Whatever nobody has compared with its document says “cần xác nhận” where counselling or the
receipt form shows it.
"""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from enrollment.law import LABELS
from enrollment.models import Participant, PolicyParameter
from enrollment.operations.drafts import do_start_draft
from tests.cast import Cast
from tests.pages import markup
from thaithuy_bhxh.clock import this_month, today

MARK = "cần xác nhận"
ANSWERS = {
    "sinh": "20/05/1990",
    "gioi": "female",
    "doi_tuong": "other",
    "muc": "2.000.000",
    "phuong_thuc": "12",
    "da_dong": "100",
    "tham_gia_tu": "2015",
}
SHOWN = (
    "contribution_rate",
    "rural_poverty_line",
    "base_salary_or_reference_level",
    "max_base_multiplier",
    "state_support_pct.other",
    "state_support_max_months",
)
LATER = (
    "investment_rate_monthly",
    "retirement_age_months.female",
    "pension.min_months",
    "pension.base_percent.female",
    "early_pension_age_months.female",
    "early_pension.min_months",
    "maternity.per_child",
    "funeral.multiplier",
    "one_off.from_2014",
)


def confidence(level: str, *keys: str) -> None:
    PolicyParameter.objects.filter(**({"key__in": keys} if keys else {})).update(confidence=level)


@pytest.fixture
def stranger(reference: None) -> Client:
    cache.clear()
    return Client()


@pytest.mark.parametrize(
    "key", [key for key in (*SHOWN, *LATER) if key != "state_support_max_months"]
)
def test_counselling_names_each_doubtful_parameter_that_it_shows(stranger: Client, key: str):
    confidence("high")
    confidence("low", key)
    for page in ("counsel:page", "counsel:sheet"):
        text = markup(stranger.get(reverse(page), ANSWERS))
        assert f"{LABELS[key]} đang dùng: {MARK} theo văn bản." in text, page


def test_coefficients_are_doubted_together(stranger: Client):
    confidence("high")
    confidence("medium", "cpi_coefficient.2018")
    assert (
        f"Hệ số điều chỉnh thu nhập đang dùng: {MARK}"
        in stranger.get(reverse("counsel:page"), ANSWERS).text
    )


def test_what_is_confirmed_is_not_doubted(stranger: Client):
    confidence("high")
    for page in ("counsel:page", "counsel:sheet"):
        assert MARK not in markup(stranger.get(reverse(page), ANSWERS))


def test_offers_limits_steps_and_the_picture_are_marked(stranger: Client):
    picture = reverse("counsel:picture")
    confidence("high")
    sure = stranger.get(picture, ANSWERS).content
    confidence("low", "rural_poverty_line")
    text = markup(stranger.get(reverse("counsel:page"), ANSWERS))
    offers = text.split("counsel-offers")[1].split("</table>")[0]
    assert offers.count(MARK) == 8, "four fixed ways and four of years ahead"
    assert re.search(rf"Từ 1\.500\.000 đ đến [0-9.]+ đ \({MARK}\)\.", text)
    assert text.split('class="steps"')[1].split("</table>")[0].count(MARK) == 2, (
        "the floor and the state's share"
    )
    assert stranger.get(picture, ANSWERS).content != sure


@pytest.mark.parametrize("key", SHOWN)
def test_the_receipt_form_names_each_doubtful_parameter(
    cast: Cast, browser: Any, lapsed: Participant, key: str
):
    confidence("high")
    confidence("low", key)
    draft = do_start_draft(actor=cast.staff_a, title=lapsed.full_name, participant=lapsed)
    where = reverse("enrollment:enroll_step", args=[draft.pk, "muc-dong"])
    values = {
        "chosen_income": "2.000.000",
        "method": "12",
        "from_month": this_month().vi,
        "received_on": f"{today():%d/%m/%Y}",
    }
    client, words = browser("staff_a"), f"{LABELS[key]} đang dùng: {MARK} theo văn bản."
    assert words in markup(client.post(where, {**values, "tinh": "1"}))
    client.post(where, values)
    assert words in markup(
        client.get(reverse("enrollment:enroll_step", args=[draft.pk, "kiem-tra"]))
    )


def test_the_receipt_form_marks_its_limits(cast: Cast, browser: Any, lapsed: Participant):
    draft = do_start_draft(actor=cast.staff_a, title=lapsed.full_name, participant=lapsed)
    where = reverse("enrollment:enroll_step", args=[draft.pk, "muc-dong"])
    for level, marked in (("high", False), ("low", True)):
        confidence(level)
        hint = (
            markup(browser("staff_a").get(where))
            .split('id="id_chosen_income_hint">')[1]
            .split("</p>")[0]
        )
        assert (MARK in hint) is marked
