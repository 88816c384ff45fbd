"""The list of receipts and the page of one."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from django.utils.html import escape

from enrollment.models import Receipt
from enrollment.operations.receipts import do_void_receipt
from tests import builders
from tests.cast import Cast
from tests.pages import markup
from thaithuy_bhxh.clock import this_month, today

LIST = reverse("enrollment:receipts")


@pytest.mark.parametrize("who", ["staff_a", "lead_a", "officer_a", "manager", "auditor"])
def test_readers_see_the_receipt_with_its_figures(browser: Any, receipt: Receipt, who: str):
    """12 months at 1.500.000 đ: 3.960.000 less 20 % of 22 % × 1.500.000 × 12 = 792.000."""
    text = markup(browser(who).get(reverse("enrollment:receipt", args=[receipt.pk])))
    assert (
        receipt.number in text
        and "3.168.000 đ" in text
        and "3.960.000" in text
        and "−792.000" in text
    )
    assert receipt.participant.citizen_id not in text
    assert ("Hủy biên lai" in text) is (who != "auditor")


def test_elsewhere_it_is_absent(browser: Any, receipt: Receipt):
    assert (
        browser("staff_b").get(reverse("enrollment:receipt", args=[receipt.pk])).status_code == 404
    )
    assert browser("administrator").get(LIST).status_code == 403


def test_a_voided_receipt_is_listed_and_not_summed(browser: Any, cast: Cast, receipt: Receipt):
    builders.paid(cast.manager, cast.commune_a, cast.collector_a, today(), months=6)
    do_void_receipt(actor=cast.staff_a, receipt=receipt, on=today(), reason="Thu nhầm")
    text = markup(browser("staff_a").get(LIST))
    assert receipt.number in text and "đã hủy" in text
    assert "<strong>2 biên lai</strong>" in text
    assert "1.584.000 đ" in text, "6 months at 1.500.000 đ: 1.980.000 less 396.000"
    assert "trong đó 1 biên lai đã hủy" in text


def test_the_second_page_of_this_month_is_still_this_month(browser: Any, cast: Cast):
    old = builders.paid(
        cast.manager, cast.commune_a, cast.collector_a, (this_month() - 2).first_day
    )
    text = markup(browser("staff_a").get(LIST, {"trang": "1"}))
    assert old.number not in text and "Tháng này chưa có biên lai nào" in text


def test_an_empty_month_leads_to_the_one_before(browser: Any, cast: Cast):
    month = this_month() - 1
    last = builders.paid(cast.manager, cast.commune_a, cast.collector_a, month.last_day)
    client = browser("staff_a")
    address = f"{LIST}?tu={month.first_day:%d/%m/%Y}&den={month.last_day:%d/%m/%Y}"
    assert f'href="{escape(address)}"' in markup(client.get(LIST))
    assert last.number in markup(client.get(address))


def test_a_wrong_day_is_named_and_kept(browser: Any, receipt: Receipt):
    text = markup(browser("staff_a").get(LIST, {"tu": "31/02/2026", "den": ""}))
    assert 'value="31/02/2026"' in text and "Ngày không đúng" in text and receipt.number not in text


def test_both_pages_are_cheap(
    browser: Any, cast: Cast, receipt: Receipt, django_assert_max_num_queries: Any
):
    client = browser("officer_a")
    day = this_month().first_day
    builders.import_lines(
        cast.manager,
        *(builders.receipt_line(cast.commune_a, cast.collector_a, day) for _ in range(55)),
    )
    with django_assert_max_num_queries(12):
        client.get(LIST)
    with django_assert_max_num_queries(12):
        client.get(reverse("enrollment:receipt", args=[receipt.pk]))
