"""The drawing of a parameter through time: which row holds when, what is doubtful, what was
replaced.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from enrollment.models import PolicyParameter
from enrollment.parameter_history import (
    DOUBTFUL,
    OVERTAKEN,
    SURE,
    in_words,
    stretches_of,
    worth_drawing,
)
from tests.pages import markup

UNTIL = date(2028, 1, 1)
PAGE = reverse("enrollment:parameters")


def row(
    value: str, first: date, last: date | None = None, confidence: str = "high"
) -> PolicyParameter:
    return PolicyParameter(
        key="rural_poverty_line",
        value=value,
        valid_from=first,
        valid_to=last,
        confidence=confidence,
        source="x",
    )


def drawn(*rows: PolicyParameter) -> list[tuple[date, date, float, int]]:
    return [(one.first, one.end, one.value, one.kind) for one in stretches_of(rows, UNTIL)]


def test_rows_follow_each_other_and_the_last_lasts():
    rows = (row("700000", date(2016, 1, 1), date(2021, 12, 31)), row("1500000", date(2022, 1, 1)))
    assert drawn(*rows) == [
        (date(2016, 1, 1), date(2022, 1, 1), 700_000, SURE),
        (date(2022, 1, 1), UNTIL, 1_500_000, SURE),
    ]


def test_an_open_row_that_a_later_one_overtook_is_shown_as_replaced():
    rows = (row("1500000", date(2022, 1, 1)), row("2200000", date(2027, 1, 1), confidence="low"))
    assert sorted(drawn(*rows)) == [
        (date(2022, 1, 1), date(2027, 1, 1), 1_500_000, SURE),
        (date(2027, 1, 1), UNTIL, 1_500_000, OVERTAKEN),
        (date(2027, 1, 1), UNTIL, 2_200_000, DOUBTFUL),
    ]


def test_a_row_holds_again_when_the_later_one_ends():
    rows = (row("10", date(2020, 1, 1)), row("20", date(2021, 1, 1), date(2021, 12, 31)))
    assert [(one[0].year, one[2], one[3]) for one in sorted(drawn(*rows))] == [
        (2020, 10, SURE),
        (2021, 10, OVERTAKEN),
        (2021, 20, SURE),
        (2022, 10, SURE),
    ]


def test_a_row_without_a_value_is_a_gap():
    rows = (row("50000", date(2016, 1, 1), date(2025, 6, 30)), row("", date(2025, 7, 1)))
    assert drawn(*rows) == [(date(2016, 1, 1), date(2025, 7, 1), 50_000, SURE)]


def test_words_tell_the_same():
    rows = (
        row("700000", date(2016, 1, 1), date(2021, 12, 31)),
        row("1500000", date(2022, 1, 1), confidence="low"),
    )
    assert in_words(stretches_of(rows, UNTIL)) == (
        "Từ 01/01/2016: 700.000 đ; từ 01/01/2022: 1.500.000 đ (cần xác nhận)."
    )


@pytest.mark.parametrize(
    ("rows", "worth"),
    [
        ([], False),
        ([row("1", date(2020, 1, 1))], False),
        ([row("1", date(2020, 1, 1), confidence="low")], True),
        ([row("", date(2020, 1, 1), confidence="none")], False),
        ([row("1", date(2020, 1, 1)), row("2", date(2021, 1, 1))], True),
    ],
)
def test_only_what_changes_or_is_doubtful_is_drawn(rows: list[PolicyParameter], worth: bool):
    assert worth_drawing(rows) is worth


def test_the_picture_stands_beside_its_table_and_can_be_read(browser: Any, cast: Any):
    newest = PolicyParameter.objects.create(
        key="rural_poverty_line",
        value="2200000",
        valid_from=date(2027, 1, 1),
        source="Nghị định mẫu",
        confidence="low",
    )
    where = reverse("enrollment:parameter_timeline", args=[newest.pk])
    client = browser("administrator")
    page = markup(client.get(PAGE))
    assert (
        f'src="{where}"' in page
        and 'alt="Biểu đồ Chuẩn nghèo nông thôn theo thời gian; số liệu như trong bảng"' in page
    )
    answer = client.get(where)
    drawn = answer.content.decode()
    assert (
        answer["Content-Type"] == "image/svg+xml"
        and "style=" not in drawn
        and "<script" not in drawn
    )
    assert (
        "<title>Chuẩn nghèo nông thôn theo thời gian</title><desc>Từ 01/01/2016: 700.000 đ;"
        in drawn
    )
    for words in (
        "700.000",
        "1.500.000",
        "2.200.000",
        "01/01/2022",
        "cần xác nhận",
        "đã bị thay thế",
        "hôm nay",
    ):
        assert f">{words}<" in drawn, words


def test_what_never_changed_has_no_picture_on_the_page_and_what_has_no_value_none_at_all(
    browser: Any, cast: Any
):
    (steady,) = PolicyParameter.objects.filter(key="max_base_multiplier")
    where = reverse("enrollment:parameter_timeline", args=[steady.pk])
    client = browser("manager")
    assert where not in markup(client.get(PAGE))
    PolicyParameter.objects.filter(pk=steady.pk).update(value="", confidence="none")
    assert client.get(where).status_code == 404
