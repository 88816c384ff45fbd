"""Đóng bù on the receipt form: offered where the law of the day or the office's reading takes late
money.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from agents import audit
from agents.models import Commune
from enrollment.importing.batch import do_import_lines
from enrollment.models import ActivitySpan, Draft, Participant, PolicyParameter, Receipt
from enrollment.operations.drafts import do_start_draft
from enrollment.operations.readings import do_choose_reading
from enrollment.parameters_in_force import receipts_computed_with
from tests import builders
from tests.cast import Cast
from tests.pages import markup
from tests.shipped import unguarded
from thaithuy_bhxh.clock import this_month, today

CLOSED = this_month() - 2
"""Paid monthly, this month's window closed at its own end."""
LIVE = {"hx-request": "true"}


@pytest.fixture
def client(browser: Any) -> Client:
    return browser("staff_a")


@pytest.fixture
def draft(cast: Cast, lapsed: Participant) -> Draft:
    """A renewal of somebody whose one paid month is long past."""
    return do_start_draft(actor=cast.staff_a, title=lapsed.full_name, participant=lapsed)


@pytest.fixture
def allowed(cast: Cast) -> None:
    do_choose_reading(
        actor=cast.administrator,
        name="back_payment",
        choice="allowed",
        valid_from=date(2025, 7, 1),
        source="Công văn mẫu 2",
    )


@pytest.fixture
def rate(cast: Cast) -> PolicyParameter:
    """A monthly rate of 0,5 % on every day that these tests pay on, proved."""
    with unguarded(PolicyParameter):
        PolicyParameter.objects.filter(key="investment_rate_monthly").delete()
    return PolicyParameter.objects.create(
        key="investment_rate_monthly",
        value="0.005",
        valid_from=date(2020, 1, 1),
        source="Thông báo mẫu",
        confidence="high",
    )


def money(draft: Draft) -> str:
    return reverse("enrollment:enroll_step", args=[draft.pk, "muc-dong"])


def check(draft: Draft) -> str:
    return reverse("enrollment:enroll_step", args=[draft.pk, "kiem-tra"])


def values(**changed: str) -> dict[str, str]:
    """One month at 2.000.000 đ, paid today for two months ago."""
    return {
        "chosen_income": "2.000.000",
        "method": "1",
        "from_month": CLOSED.vi,
        "received_on": f"{today():%d/%m/%Y}",
        "number": "",
        "other_support": "",
        **changed,
    }


def record(client: Client, draft: Draft, **changed: str) -> Receipt:
    client.post(money(draft), values(back_payment="on", **changed))
    client.post(check(draft), {"khoa": draft.data["key"]})
    return Receipt.objects.latest("pk")


def test_an_office_that_refuses_late_money_says_so_with_the_next_month(
    client: Client, draft: Draft
):
    text = markup(client.post(money(draft), values()))
    assert (
        'id="id_from_month_error"' in text
        and "không nhận đóng bù (theo cách hiểu đang chọn)" in text
    )
    assert f"hãy chọn đóng từ tháng {this_month().vi}" in text and "back_payment" not in text


def test_a_tick_that_the_office_does_not_take_records_nothing(client: Client, draft: Draft):
    before = Receipt.objects.count()
    text = markup(client.post(money(draft), values(back_payment="on")))
    assert "không nhận đóng bù" in text and f"hãy chọn đóng từ tháng {this_month().vi}" in text
    assert "Số tiền phải đóng" not in text
    client.post(check(draft), {"khoa": draft.data["key"]})
    assert Receipt.objects.count() == before


@pytest.mark.parametrize("headers", [{}, LIVE])
def test_an_office_that_takes_late_money_offers_it(
    client: Client, draft: Draft, allowed: None, rate: PolicyParameter, headers: dict[str, str]
):
    """22 % × 2.000.000 × 1,005 = 442.200; the state adds 20 % × 22 % × 1.500.000 = 66.000."""
    text = markup(client.post(money(draft), values(), headers=headers))
    assert (
        'name="back_payment"' in text
        and "thu 376.200 đ" in text
        and " checked>" not in text.split("id_back_pay")[1]
    )
    assert f"hết hạn nộp ngày {CLOSED.last_day:%d/%m/%Y}" in text and "lãi gộp" in text
    ticked = markup(client.post(money(draft), values(back_payment="on"), headers=LIVE))
    assert (
        '<p class="total">376.200 đ</p>' in ticked and "442.200" in ticked and " checked>" in ticked
    )


def test_a_period_in_its_window_is_never_offered_as_late(
    client: Client, draft: Draft, allowed: None, rate: PolicyParameter
):
    for method, first in (("1", this_month()), ("6", this_month() - 3), ("6", this_month() - 4)):
        text = markup(
            client.post(money(draft), values(method=method, from_month=first.vi), headers=LIVE)
        )
        assert "back_payment" not in text, (method, first)
    kept = values(from_month=this_month().vi, back_payment="on")
    assert "374.000 đ" in markup(client.post(money(draft), kept, headers=LIVE)), "440.000 − 66.000"


def test_a_missing_rate_is_named(cast: Cast, client: Client, draft: Draft, allowed: None):
    with unguarded(PolicyParameter):
        PolicyParameter.objects.filter(key="investment_rate_monthly").delete()
    text = markup(client.post(money(draft), values(), headers=LIVE))
    assert "Chưa đóng bù được: Lãi suất đầu tư quỹ" in text and 'name="back_payment"' not in text


def test_it_is_recorded_by_the_same_operation_with_its_steps(
    cast: Cast, client: Client, draft: Draft, allowed: None, rate: PolicyParameter
):
    client.post(money(draft), values(back_payment="on"))
    shown = markup(client.get(check(draft)))
    assert "Đóng bù kỳ đã quá hạn</dt><dd>có" in shown and "nhận, có tính lãi gộp" in shown
    client.post(check(draft), {"khoa": draft.data["key"]})
    receipt = Receipt.objects.get(from_month=CLOSED)
    assert (receipt.gross, receipt.participant_amount, receipt.last_day) == (
        442_200,
        376_200,
        today(),
    )
    assert receipt.is_back_payment and receipt.readings["back_payment"] == "allowed"
    (act,) = [one for one in audit.history_of(receipt) if one.action == "receipt.record"]
    assert act.changes["back_payment"] is True
    assert any(step["label"].startswith("Đóng bù: kỳ từ tháng") for step in act.changes["steps"])
    page = markup(client.get(reverse("enrollment:receipt", args=[receipt.pk])))
    assert "kỳ đã quá hạn nộp" in page and "lãi gộp 0,5 % mỗi tháng" in page


def test_it_makes_nobody_active_but_adds_the_month(
    cast: Cast,
    client: Client,
    draft: Draft,
    lapsed: Participant,
    allowed: None,
    rate: PolicyParameter,
):
    """The interval of a month that is over before the receipt is empty (docs/rules.md 5.1)."""
    spans = list(
        ActivitySpan.objects.filter(participant=lapsed)
        .order_by("pk")
        .values_list("start", "end", "rule")
    )
    record(client, draft)
    lapsed.refresh_from_db()
    after = (
        ActivitySpan.objects.filter(participant=lapsed)
        .order_by("pk")
        .values_list("start", "end", "rule")
    )
    assert sorted(after) == sorted(spans) and lapsed.paid_months == 2


def test_a_rate_that_it_used_can_only_be_superseded(
    client: Client, draft: Draft, allowed: None, rate: PolicyParameter
):
    receipt = record(client, draft)
    assert list(receipts_computed_with(rate)) == [receipt]


@pytest.mark.parametrize(
    ("paid_on", "taken"), [(date(2025, 6, 30), True), (date(2025, 7, 1), False)]
)
def test_the_law_before_july_2025_took_late_money_whatever_the_reading(
    client: Client, cast: Cast, rate: PolicyParameter, paid_on: date, taken: bool
):
    """22 % × 2.000.000 × 1,005 less 10 % × 22 % × 1.500.000 = 409.200 on 30 June (Decree 134/2015
    Art. 12(3)).
    """
    of_its_day = Commune.objects.filter(
        valid_from=date(2020, 4, 1), valid_to=date(2025, 6, 30)
    ).first()
    assert of_its_day is not None
    person = builders.paid(
        cast.manager, of_its_day, cast.collector_a, date(2024, 3, 5), months=1
    ).participant
    old = do_start_draft(actor=cast.staff_a, title=person.full_name, participant=person)
    late = values(from_month="04/2025", received_on=f"{paid_on:%d/%m/%Y}", back_payment="on")
    text = markup(client.post(money(old), late, headers=LIVE))
    if taken:
        assert "409.200 đ" in text and "Nghị định 134/2015/NĐ-CP, Điều 12 khoản 3" in text
        assert "theo cách hiểu đang chọn" not in text
    else:
        assert "không nhận đóng bù" in text and "hãy chọn đóng từ tháng 07/2025" in text


def test_months_paid_already_are_not_paid_late_again(
    client: Client, draft: Draft, allowed: None, rate: PolicyParameter
):
    record(client, draft)
    opened = client.post(reverse("enrollment:collect", args=[draft.data["participant"]])).headers[
        "Location"
    ]
    again = markup(client.post(opened, values(back_payment="on")))
    assert "đã đóng các tháng" in again and Receipt.objects.filter(from_month=CLOSED).count() == 1


def test_a_list_is_refused_late_money_even_so(cast: Cast, allowed: None, rate: PolicyParameter):
    """The contract: a receipt after the last lawful day is an error of column 7."""
    line = builders.receipt_line(
        cast.commune_a,
        cast.collector_a,
        today(),
        months=1,
        from_month=CLOSED,
        gross=442_200,
        chosen_income=2_000_000,
    )
    (error,) = do_import_lines(actor=cast.manager, lines=[line], dry_run=True).errors
    assert error.column == "7" and "quá hạn" in error.reason
