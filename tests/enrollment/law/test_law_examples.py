"""The worked examples of the law, by their ids: every kind that is about one contribution."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from enrollment.law import ContributionRequest, LawRefused, ParameterTable, last_day, quote
from thaithuy_bhxh.months import Month

EXAMPLES = json.loads(
    (Path(__file__).parents[2] / "data" / "law_examples.json").read_text(encoding="utf-8")
)["examples"]
METHOD_OF_KIND = {
    "monthly": "1",
    "every_3": "3",
    "every_12": "12",
    "group_max": "1",
    "local_support": "1",
}


def _of_kind(*kinds: str) -> list[Any]:
    return [
        pytest.param(example, id=example["id"]) for example in EXAMPLES if example["kind"] in kinds
    ]


def _request(given: dict[str, Any], method: str, **more: Any) -> ContributionRequest:
    paid_on = date.fromisoformat(given["paid_on"])
    return ContributionRequest(
        method=method,
        income=given["income"],
        from_month=Month.parse(given["from_month"]) if "from_month" in given else Month.of(paid_on),
        paid_on=paid_on,
        **more,
    )


def _group_cases(example: dict[str, Any]) -> Iterator[tuple[tuple[str, ...], dict[str, int]]]:
    """The groups to ask for, and the amounts expected for them."""
    given, expected = example["input"], example["expected"]
    if "groups" in given:
        yield tuple(given["groups"]), expected
    for group in given.get("groups_tried", []):
        yield (group,), expected[group]


@pytest.mark.parametrize("example", _of_kind(*METHOD_OF_KIND))
def test_amounts_of_one_period(law_table: ParameterTable, example: dict[str, Any]) -> None:
    given = example["input"]
    local = Decimal(given["local_pct"]) if "local_pct" in given else None
    for groups, expected in _group_cases(example):
        asked = _request(given, METHOD_OF_KIND[example["kind"]], groups=groups, local_percent=local)
        result = quote(law_table, asked)
        assert result.months == given["months"]
        assert {
            "gross": result.gross,
            "state_support": result.state_support,
            "local_support": result.local_support,
            "supported_months": result.supported_months,
            "participant_pays": result.participant,
        } == expected


@pytest.mark.parametrize("example", _of_kind("floor"))
def test_floor_by_day_of_payment(law_table: ParameterTable, example: dict[str, Any]) -> None:
    for day, expected in example["expected"].items():
        asked = _request({**example["input"], "paid_on": day}, "1")
        if expected["accepted"]:
            assert quote(law_table, asked).min_income == expected["min_base"]
        else:
            with pytest.raises(
                LawRefused, match=r"thấp hơn chuẩn nghèo nông thôn 1\.500\.000 đ"
            ) as refusal:
                quote(law_table, asked)
            assert refusal.value.field == "income"


@pytest.mark.parametrize("example", _of_kind("step"))
def test_step_binds_until_the_new_law_and_warns_after(
    law_table: ParameterTable, example: dict[str, Any]
) -> None:
    for day, outcome in example["expected"].items():
        asked = _request({**example["input"], "paid_on": day}, "1")
        if outcome.startswith("reject"):
            with pytest.raises(
                LawRefused, match=r"hãy chọn 1\.500\.000 đ hoặc 1\.550\.000 đ"
            ) as refusal:
                quote(law_table, asked)
            assert refusal.value.field == "income"
        else:
            assert [w for w in quote(law_table, asked).warnings if "50.000 đ" in w]


@pytest.mark.parametrize("example", _of_kind("advance"))
def test_years_ahead_are_discounted_but_support_is_not(
    law_table: ParameterTable, example: dict[str, Any]
) -> None:
    given, expected = example["input"], example["expected"]
    asked = _request(
        given,
        "ADV",
        months=given["months"],
        groups=tuple(given["groups"]),
        monthly_rate=Decimal(given["r"]),
    )
    result = quote(law_table, asked)
    assert result.gross == expected["gross_discounted"]
    assert result.state_support == expected["state_support"]
    assert result.participant == expected["participant_pays"]


@pytest.mark.parametrize("example", _of_kind("missing_years"))
def test_missing_months_are_compounded_without_state_support(
    law_table: ParameterTable, example: dict[str, Any]
) -> None:
    given, expected = example["input"], example["expected"]
    asked = _request(
        given,
        "MISS",
        months=given["months"],
        groups=tuple(given["groups"]),
        monthly_rate=Decimal(given["r"]),
    )
    result = quote(law_table, asked)
    assert result.gross == expected["gross_compounded"]
    assert result.state_support == 0
    assert result.participant == expected["participant_pays_without_support"]


@pytest.mark.parametrize("example", _of_kind("deadline"))
def test_last_lawful_day(law_table: ParameterTable, example: dict[str, Any]) -> None:
    expected = example["expected"]
    first = Month.parse(example["input"]["from_month"])
    registered = date(2026, 3, 17)
    assert {
        code: last_day(law_table, code, first, registered).isoformat()
        for code in ("1", "3", "6", "12")
    } == {code: expected[code] for code in ("1", "3", "6", "12")}
    assert expected["advance"] == "day of registration"
    assert last_day(law_table, "ADV", first, registered) == registered
    assert last_day(law_table, "MISS", first, registered) == registered


def test_examples_of_this_engine_are_all_here() -> None:
    taken = _of_kind(*METHOD_OF_KIND, "floor", "step", "advance", "missing_years", "deadline")
    assert {str(one.id) for one in taken} == {
        "P1",
        "P2",
        "C1",
        "C2",
        "C4",
        "C6",
        "C9",
        "C11",
        "C13",
        "C14",
        "C16",
        "C22",
        "DL1",
    }
