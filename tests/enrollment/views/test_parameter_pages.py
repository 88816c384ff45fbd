"""The law's parameters on the screen: units in words, the row of today, edits by administrators with history."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from enrollment.forms.parameters import value_in_words
from enrollment.models import PolicyParameter

PAGE = reverse("enrollment:parameters")


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("contribution_rate", "0.22", "22%"),
        ("investment_rate_monthly", "0.0031", "0,31%"),
        ("rural_poverty_line", "1500000", "1.500.000 đ"),
        ("state_support_pct.poor", "50", "50%"),
        ("state_support_pct.poor", "12.5", "12,5%"),
        ("max_base_multiplier", "20", "20 lần"),
        ("state_support_max_months", "120", "120 tháng"),
        ("income_step", "", "không áp dụng"),
    ],
)
def test_values_carry_their_unit(key: str, value: str, words: str):
    assert value_in_words(key, value) == words


@pytest.mark.parametrize("who", ["manager", "auditor"])
def test_readers_see_them_without_the_means_to_change(browser: Any, who: str, cast: Any):
    text = browser(who).get(PAGE).content.decode()
    assert "1.500.000 đ" in text and "Quyết định 59/2015/QĐ-TTg" in text and "hôm nay" in text
    assert "rural_poverty_line" not in text
    assert reverse("enrollment:parameter_add") not in text


@pytest.mark.parametrize("who", ["staff_a", "lead_a", "officer_a"])
def test_others_do_not(browser: Any, who: str):
    assert browser(who).get(PAGE).status_code == 403


def test_only_administrators_change_them(browser: Any, cast: Any):
    row = PolicyParameter.objects.first()
    assert row is not None
    for url in (reverse("enrollment:parameter_add"), reverse("enrollment:parameter_edit", args=[row.pk])):
        assert browser("manager").get(url).status_code == 403
        assert browser("administrator").get(url).status_code == 200


def test_a_correction_is_saved_with_what_it_changed(browser: Any, cast: Any):
    row = PolicyParameter.objects.get(key="rural_poverty_line", valid_from="2022-01-01")
    client, url = browser("administrator"), reverse("enrollment:parameter_edit", args=[row.pk])
    values = {
        "key": row.key, "value": "1.600.000", "valid_from": "01/01/2022", "valid_to": "31/12/2027",
        "source": row.source, "confidence": "low", "note": "",
    }  # fmt: skip
    assert client.post(url, values).headers["Location"] == PAGE
    text = client.get(url).content.decode()
    assert "1.500.000 → 1.600.000" in text and "(trống) → 31/12/2027" in text and "Đã đối chiếu → Cần xác nhận" in text
    assert "cần xác nhận" in client.get(PAGE).content.decode()


def test_a_wrong_value_is_named_and_kept(browser: Any, cast: Any):
    values = {"key": "income_step", "value": "năm mươi", "valid_from": "01/13/2026", "source": "", "confidence": "high"}
    text = browser("administrator").post(reverse("enrollment:parameter_add"), values).content.decode()
    assert 'value="năm mươi"' in text and 'id="id_valid_from_error"' in text and "Hãy nhập văn bản." in text


def test_two_rows_from_one_day_are_refused(browser: Any, cast: Any):
    values = {
        "key": "rural_poverty_line", "value": "2.000.000", "valid_from": "01/01/2022", "valid_to": "",
        "source": "Văn bản mẫu", "confidence": "high", "note": "",
    }  # fmt: skip
    text = browser("administrator").post(reverse("enrollment:parameter_add"), values).content.decode()
    assert 'id="id_valid_from_error"' in text and "đã có một dòng từ đúng ngày đó" in text


def test_adding_from_a_group_preselects_it(browser: Any, cast: Any):
    text = browser("administrator").get(reverse("enrollment:parameter_add"), {"ma": "income_step"}).content.decode()
    assert '<option value="income_step" selected>' in text


def test_the_page_is_cheap(browser: Any, cast: Any, django_assert_max_num_queries: Any):
    client = browser("administrator")
    with django_assert_max_num_queries(12):
        client.get(PAGE)
