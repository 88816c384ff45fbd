"""The law's parameters on the screen: units in words, the row of today, edits by administrators
with history.
"""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.urls import reverse

from enrollment.forms.parameters import value_in_words
from enrollment.models import Draft, Participant, PolicyParameter
from enrollment.parameters_in_force import receipts_computed_with
from tests.pages import markup
from thaithuy_bhxh.clock import this_month, today

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
    text = markup(browser(who).get(PAGE))
    assert "1.500.000 đ" in text and "Quyết định 59/2015/QĐ-TTg" in text and "hôm nay" in text
    assert "rural_poverty_line" not in text
    assert reverse("enrollment:parameter_add") not in text


@pytest.mark.parametrize("who", ["staff_a", "lead_a", "officer_a"])
def test_others_do_not(browser: Any, who: str):
    assert browser(who).get(PAGE).status_code == 403


def test_only_administrators_change_them(browser: Any, cast: Any):
    row = PolicyParameter.objects.first()
    assert row is not None
    for url in (
        reverse("enrollment:parameter_add"),
        reverse("enrollment:parameter_edit", args=[row.pk]),
    ):
        assert browser("manager").get(url).status_code == 403
        assert browser("administrator").get(url).status_code == 200


def seen(client: Any, url: str, values: dict[str, str]) -> Any:
    """Post twice: look at what would change, then save it."""
    shown = client.post(url, values)
    found = re.search(r'name="da_xem" value="([0-9a-f]+)"', markup(shown))
    assert found, "the impact was not shown"
    return client.post(url, {**values, "da_xem": found[1]})


def values_of(row: PolicyParameter, **changed: str) -> dict[str, str]:
    return {
        "key": row.key,
        "value": row.value,
        "valid_from": f"{row.valid_from:%d/%m/%Y}",
        "valid_to": "",
        "source": row.source,
        "confidence": row.confidence,
        "note": "",
        **changed,
    }


def test_a_correction_is_saved_with_what_it_changed(browser: Any, cast: Any):
    row = PolicyParameter.objects.get(key="rural_poverty_line", valid_from="2022-01-01")
    client, url = browser("administrator"), reverse("enrollment:parameter_edit", args=[row.pk])
    values = values_of(row, value="1.600.000", valid_to="31/12/2027", confidence="low")
    assert seen(client, url, values).headers["Location"].split("?mo=")[0] == PAGE
    text = markup(client.get(url))
    assert (
        "1.500.000 → 1.600.000" in text
        and "(trống) → 31/12/2027" in text
        and "Đã đối chiếu → Cần xác nhận" in text
    )
    assert "cần xác nhận" in markup(client.get(PAGE))


class TestImpact:
    def test_it_is_shown_before_anything_is_saved(self, browser: Any, active: Participant):
        url = reverse("enrollment:parameter_add")
        base = PolicyParameter.objects.get(key="rural_poverty_line", valid_from="2022-01-01")
        first = this_month().first_day
        text = markup(
            browser("administrator").post(
                url, values_of(base, value="1.400.000", valid_from=f"{first:%d/%m/%Y}")
            )
        )
        assert (
            f"từ {first:%d/%m/%Y} trở đi" in text
            and "1 biên lai đã ghi trong khoảng này giữ nguyên" in text
        )
        assert "Không có phiếu nào đang tính dở" in text
        assert not PolicyParameter.objects.filter(value="1400000").exists()

    def test_open_quotes_that_would_change_are_counted(self, browser: Any, lapsed: Participant):
        staff = browser("staff_a")
        staff.post(reverse("enrollment:collect", args=[lapsed.pk]))
        payment = {
            "chosen_income": "2.000.000",
            "method": "12",
            "from_month": this_month().vi,
            "number": "",
        }
        payment["received_on"] = f"{today():%d/%m/%Y}"
        staff.post(
            reverse("enrollment:enroll_step", args=[Draft.objects.get().pk, "muc-dong"]), payment
        )
        base = PolicyParameter.objects.get(key="state_support_pct.other", valid_from="2025-07-01")
        values = values_of(base, value="25", valid_from=f"{this_month().first_day:%d/%m/%Y}")
        text = markup(browser("administrator").post(reverse("enrollment:parameter_add"), values))
        assert "Trong 1 phiếu đang tính dở, 1 phiếu đổi số tiền" in text

    @pytest.mark.parametrize(
        ("key", "value"),
        [
            ("contribution_rate", "22"),
            ("investment_rate_monthly", "0,31"),
            ("state_support_pct.poor", "0,5"),
            ("state_support_pct.poor", "150"),
            ("rural_poverty_line", "0"),
            ("rural_poverty_line", "15.000.000"),
        ],
    )
    def test_a_value_in_another_unit_is_refused(
        self, browser: Any, cast: Any, key: str, value: str
    ):
        base = PolicyParameter.objects.filter(key=key).latest("valid_from")
        values = values_of(base, value=value, valid_from="01/01/2027")
        text = markup(browser("administrator").post(reverse("enrollment:parameter_add"), values))
        assert "khác quá xa" in text or "không quá 100" in text
        assert "Nếu lưu dòng này" not in text

    def test_what_is_saved_is_what_was_shown(self, browser: Any, cast: Any):
        base = PolicyParameter.objects.get(key="rural_poverty_line", valid_from="2022-01-01")
        url, client = reverse("enrollment:parameter_add"), browser("administrator")
        values = values_of(base, value="2.200.000", valid_from="01/01/2027")
        shown = re.search(r'name="da_xem" value="([0-9a-f]+)"', markup(client.post(url, values)))
        assert shown
        answer = client.post(url, {**values, "value": "2.300.000", "da_xem": shown[1]})
        assert "Nếu lưu dòng này" in markup(answer)
        assert not PolicyParameter.objects.filter(valid_from="2027-01-01", key=base.key).exists()


class TestUsedRows:
    def test_a_row_that_receipts_used_is_superseded_only(self, browser: Any, active: Participant):
        row = PolicyParameter.objects.get(key="rural_poverty_line", valid_from="2022-01-01")
        client, url = browser("administrator"), reverse("enrollment:parameter_edit", args=[row.pk])
        assert "1 biên lai đã tính theo dòng này" in markup(client.get(url))
        text = markup(client.post(url, values_of(row, value="1.600.000")))
        assert "hãy thêm một dòng mới" in text and "Nếu lưu dòng này" not in text
        row.refresh_from_db()
        assert row.value == "1500000"

    def test_a_row_of_another_group_or_time_was_not_used(self, active: Participant):
        used = {
            row.key: receipts_computed_with(row).count()
            for row in PolicyParameter.objects.filter(
                valid_from="2025-07-01", key__startswith="state_support_pct."
            )
        }
        assert used.pop("state_support_pct.other") == 1 and set(used.values()) == {0}
        old = PolicyParameter.objects.get(key="rural_poverty_line", valid_from="2016-01-01")
        assert receipts_computed_with(old).count() == 0


class TestConfirming:
    def test_a_doubtful_value_is_confirmed_with_its_proof(self, browser: Any, cast: Any):
        row = PolicyParameter.objects.filter(confidence="medium").exclude(value="").first()
        assert row is not None
        client, url = (
            browser("administrator"),
            reverse("enrollment:parameter_confirm", args=[row.pk]),
        )
        assert 'id="id_note_error"' in markup(client.post(url, {"note": " "}))
        assert (
            client.post(url, {"note": "Công báo số 1, xem 01/11/2026"})
            .headers["Location"]
            .split("?mo=")[0]
            == PAGE
        )
        row.refresh_from_db()
        assert row.confidence == "high"
        assert "Công báo số 1" in markup(
            client.get(reverse("enrollment:parameter_edit", args=[row.pk]))
        )
        assert "đã được xác nhận" in markup(client.post(url, {"note": "lần nữa"}))

    def test_a_manager_does_not_confirm(self, browser: Any, cast: Any):
        row = PolicyParameter.objects.filter(confidence="medium").first()
        assert (
            row
            and browser("manager")
            .post(reverse("enrollment:parameter_confirm", args=[row.pk]), {"note": "x"})
            .status_code
            == 403
        )


def test_a_wrong_value_is_named_and_kept(browser: Any, cast: Any):
    values = {
        "key": "income_step",
        "value": "năm mươi",
        "valid_from": "01/13/2026",
        "source": "",
        "confidence": "high",
    }
    text = markup(browser("administrator").post(reverse("enrollment:parameter_add"), values))
    assert (
        'value="năm mươi"' in text
        and 'id="id_valid_from_error"' in text
        and "Hãy nhập văn bản." in text
    )


def test_two_rows_from_one_day_are_refused(browser: Any, cast: Any):
    values = {
        "key": "rural_poverty_line",
        "value": "2.000.000",
        "valid_from": "01/01/2022",
        "valid_to": "",
        "source": "Văn bản mẫu",
        "confidence": "high",
        "note": "",
    }
    text = markup(browser("administrator").post(reverse("enrollment:parameter_add"), values))
    assert 'id="id_valid_from_error"' in text and "đã có một dòng từ đúng ngày đó" in text


def test_adding_from_a_group_preselects_it(browser: Any, cast: Any):
    text = markup(
        browser("administrator").get(reverse("enrollment:parameter_add"), {"ma": "income_step"})
    )
    assert '<option value="income_step" selected>' in text


def test_the_page_is_cheap(browser: Any, cast: Any, django_assert_max_num_queries: Any):
    client = browser("administrator")
    with django_assert_max_num_queries(12):
        client.get(PAGE)


def test_each_parameter_says_todays_value_and_folds_its_history(browser: Any):
    page = browser("administrator").get(PAGE)
    groups = [group for subject in page.context["subjects"] for group in subject["groups"]]
    assert all(group["now_value"] for group in groups if group["now"])
    shown = page.content.decode()
    assert shown.count("<details") >= len(groups)
    assert '<details class="card" open>' not in shown
    changed = browser("administrator").get(PAGE, {"mo": "cpi_coefficient.2020"})
    assert markup(changed).count('<details class="card" open>') == 1
    assert [one["folded"] for one in changed.context["subjects"]].count(True) == 1
    assert [one["folded"] for one in page.context["subjects"]].count(True) == 2
