"""The office's readings of the law: chosen with a reason from a day on, used by every quote, kept
with each receipt.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from agents import audit
from enrollment.law import DEFAULT, ContributionRequest, quote
from enrollment.models import LawReading, Participant, PolicyParameter, Receipt
from enrollment.operations.participants import Person, do_enroll
from enrollment.operations.readings import do_choose_reading
from enrollment.operations.receipts import Payment
from enrollment.parameters_in_force import office_law
from enrollment.steps_of_receipt import steps_of
from tests.cast import Cast
from tests.pages import markup
from thaithuy_bhxh.clock import this_month, today
from thaithuy_bhxh.errors import Refused

PAGE = reverse("enrollment:readings")
OFF_STEP = reverse("enrollment:reading_choose", args=["off_step"])


def choose(cast: Cast, choice: str, **values: Any) -> LawReading:
    values = {"name": "off_step", "valid_from": today(), "source": "Công văn mẫu 1", **values}
    return do_choose_reading(actor=cast.administrator, choice=choice, **values)


def enroll(cast: Cast, income: int) -> Receipt:
    payment = Payment(
        collector=cast.collector_a,
        received_on=today(),
        method="12",
        from_month=this_month(),
        chosen_income=income,
        commune=cast.commune_a,
    )
    person = Person("Người Mẫu Cách Hiểu", bhxh_no=f"34{income:08d}")
    return do_enroll(actor=cast.staff_a, person=person, payment=payment)


def test_an_office_that_chose_nothing_reads_by_default(cast: Cast):
    assert office_law().readings.on(today()) == DEFAULT


def test_a_choice_holds_from_its_day_on(cast: Cast):
    first = this_month().first_day
    choose(cast, "refuse", valid_from=first)
    assert office_law().readings.on(first).off_step == "refuse"
    before = (this_month() - 1).last_day
    assert office_law().readings.on(before) == DEFAULT


def test_the_form_follows_the_choice_and_the_receipt_keeps_it(cast: Cast):
    receipt = enroll(cast, 1_525_000)
    assert receipt.readings["off_step"] == "warn"
    choose(cast, "refuse")
    with pytest.raises(Refused, match="theo bước"):
        enroll(cast, 1_575_000 + 1)
    receipt.refresh_from_db()
    assert receipt.readings["off_step"] == "warn"


def test_the_choice_is_made_on_a_screen_with_its_reason(browser: Any, cast: Cast):
    client = browser("administrator")
    values = {"choice": "refuse", "valid_from": f"{today():%d/%m/%Y}", "source": ""}
    text = markup(client.post(OFF_STEP, values))
    assert 'id="id_source_error"' in text and not LawReading.objects.exists()
    assert client.post(OFF_STEP, {**values, "source": "Công văn mẫu 2"}).headers["Location"] == PAGE
    text = markup(client.get(PAGE))
    assert "Công văn mẫu 2" in text and "không nhận" in text.lower()
    again = markup(client.post(OFF_STEP, {**values, "source": "Công văn mẫu 3"}))
    assert "đã áp dụng cách hiểu này" in again and LawReading.objects.count() == 1


def test_an_unknown_question_is_absent(browser: Any, cast: Cast):
    assert (
        browser("administrator")
        .get(reverse("enrollment:reading_choose", args=["khac"]))
        .status_code
        == 404
    )


class TestSteps:
    def test_a_form_receipt_keeps_the_steps_that_were_shown(self, cast: Cast):
        receipt = enroll(cast, 2_000_000)
        request = ContributionRequest("12", 2_000_000, this_month(), today())
        shown = [step.as_dict() for step in quote(office_law().table, request).steps]
        assert steps_of(receipt, audit.history_of(receipt)) == shown

    def test_a_receipt_of_a_list_gets_the_same_steps_again(
        self, receipt: Receipt, active: Participant
    ):
        steps = steps_of(receipt, audit.history_of(receipt))
        assert [step["amount"] for step in steps if step["op"] == "participant"] == [
            receipt.participant_amount
        ]

    def test_a_later_row_does_not_change_the_steps_of_an_earlier_receipt(self, receipt: Receipt):
        before = steps_of(receipt, audit.history_of(receipt))
        PolicyParameter.objects.create(
            key="rural_poverty_line",
            value="1700000",
            valid_from=receipt.received_on,
            source="QĐ mẫu",
            confidence="high",
        )
        assert before and steps_of(receipt, audit.history_of(receipt)) == before

    def test_the_receipts_page_shows_them(self, browser: Any, receipt: Receipt):
        text = markup(browser("manager").get(reverse("enrollment:receipt", args=[receipt.pk])))
        assert "Vì sao số tiền này?" in text and "Cách hiểu áp dụng" in text
