"""How long a payment stays lawful has dates like the rest of the law, and a change of it moves no
older month.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.management import call_command
from django.urls import reverse

from enrollment.forms.parameters import value_in_words
from enrollment.models import Participant, PolicyParameter, Receipt
from enrollment.operations.derive import derive
from enrollment.operations.policy import ParameterValues, checked_row, do_save_parameter
from tests import builders
from tests.cast import Cast
from tests.counting.ledgers import Stage, set_the_stage
from tests.counting.test_hand_tables import district, pays, report
from tests.pages import markup
from thaithuy_bhxh.clock import this_month
from thaithuy_bhxh.errors import Refused
from thaithuy_bhxh.months import Month

KEY = "payment_window_months.6"
LONGER_FROM = date(2020, 10, 1)


@pytest.fixture
def stage(db: None) -> Stage:
    return set_the_stage()


def lengthen(months: str = "5", since: date = LONGER_FROM) -> PolicyParameter:
    """Half-yearly money is lawful until the end of one month more."""
    values = ParameterValues(
        key=KEY, value=months, valid_from=since, source="Nghị định mới, Điều 1"
    )
    return do_save_parameter(actor=builders.user("quantri_luat", "administrator"), values=values)


def test_a_longer_window_moves_no_older_month(stage: Stage) -> None:
    """Received on 10/02/2020 for 01–06/2020: active until 09/2020 before the change and
    after it.
    """
    first = pays(stage, "2020-02-10", "2020-01")
    months = ["2020-06", "2020-07", "2020-09", "2020-10", "2020-11"]
    before = [report(month) for month in months]
    lengthen()
    derive(Participant.objects.values_list("pk", flat=True))
    assert [report(month) for month in months] == before
    assert Receipt.objects.get(pk=first.pk).grace_months == 3
    assert district("2020-09")["closing"] == 1 and district("2020-10")["closing"] == 0
    call_command("check_figures")


def test_receipts_of_the_new_window_count_a_month_longer(stage: Stage) -> None:
    """Received on 01/10/2020 for 09/2020–02/2021: grace of 4 months, the next due by 31/07/2021."""
    lengthen()
    receipt = pays(stage, "2020-10-01", "2020-09")
    assert receipt.grace_months == 4 and receipt.last_day == date(2021, 1, 31)
    assert [district(month)["closing"] for month in ("2021-05", "2021-06", "2021-07")] == [1, 1, 0]
    person = receipt.participant
    person.refresh_from_db()
    assert (person.active_to, person.due_on) == (Month(2021, 6), date(2021, 7, 31))


def test_a_shorter_window_refuses_its_first_late_day_only(stage: Stage) -> None:
    lengthen("3")
    pays(stage, "2020-09-30", "2020-06")
    with pytest.raises(Refused, match="Có 1 lỗi"):
        pays(stage, "2020-10-01", "2020-07")
    assert Receipt.objects.count() == 1


@pytest.mark.parametrize("value", ["0", "7", "4,5", "-1"])
def test_a_window_lies_inside_its_period(reference: None, value: str) -> None:
    values = ParameterValues(
        key=KEY, value=value, valid_from=date(2027, 1, 1), source="Nghị định mới"
    )
    with pytest.raises(Refused) as refusal:
        checked_row(values)
    assert refusal.value.field == "value"


def test_a_window_that_receipts_used_can_only_be_superseded(stage: Stage) -> None:
    pays(stage, "2020-02-10", "2020-01")
    row = PolicyParameter.objects.get(key=KEY)
    values = ParameterValues(key=KEY, value="5", valid_from=row.valid_from, source=row.source)
    with pytest.raises(Refused, match="1 biên lai đã tính theo dòng này"):
        checked_row(values, row)


def test_the_impact_names_receipts_that_keep_their_window(logged_in: Any, cast: Cast) -> None:
    receipt = builders.paid(
        cast.manager, cast.commune_a, cast.collector_a, this_month().first_day, months=6
    )
    sent = {
        "key": KEY,
        "value": "5",
        "valid_from": f"{receipt.received_on:%d/%m/%Y}",
        "valid_to": "",
        "source": "Nghị định mới, Điều 1",
        "confidence": "high",
        "note": "",
    }
    text = markup(logged_in(cast.administrator).post(reverse("enrollment:parameter_add"), sent))
    assert "Hạn nộp của kỳ 6 tháng" in text and "1 biên lai" in text
    assert not PolicyParameter.objects.filter(key=KEY, value="5").exists()


def test_windows_are_read_in_months() -> None:
    assert value_in_words(KEY, "4") == "4 tháng"
