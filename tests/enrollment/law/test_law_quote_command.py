"""``quote``: JSON lines in, JSON lines out, as the contract writes them."""

from __future__ import annotations

import io
import json
import sys
from typing import Any

import pytest
from django.core.management import call_command

pytestmark = pytest.mark.django_db


def ask(monkeypatch: pytest.MonkeyPatch, *lines: bytes) -> list[dict[str, Any]]:
    monkeypatch.setattr(
        sys, "stdin", io.TextIOWrapper(io.BytesIO(b"\n".join(lines) + b"\n"), encoding="utf-8")
    )
    out = io.StringIO()
    call_command("quote", stdout=out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_lines_of_the_contract(monkeypatch: pytest.MonkeyPatch) -> None:
    contribution, advance, year, woman, young, renewal = ask(
        monkeypatch,
        b'{"kind":"contribution","method":"12","months":12,"income":2000000,"from_month":"2026-03","paid_on":"2026-03-02",'
        b'"groups":["other"],"prior_supported_months":0,"monthly_rate":null,"local_percent":null}',
        b'{"kind":"refund","method":"ADV","income":2000000,"months":24,"remaining":15,"monthly_rate":"0.0031",'
        b'"state_support_removed":990000}',
        b'{"kind":"refund","method":"12","income":3000000,"remaining":7,"groups":["other"],"paid_on":"2026-01-05"}',
        b'{"kind":"pension","sex":"female","months":240,"average_income":1500000,"retires_on":"2026-09-01"}',
        b'{"kind":"pension","sex":"female","months":240,"average_income":1500000,"retires_on":"2026-09-01",'
        b'"birth_date":"1975-01-01"}',
        b'{"kind":"renewal","covered_to":"2026-08","method":"6"}',
    )
    assert set(contribution) == {
        "gross",
        "state_support",
        "local_support",
        "participant",
        "supported_months",
        "min_income",
        "max_income",
        "last_day",
        "warnings",
        "steps",
        "reading",
        "error",
    }
    assert (contribution["gross"], contribution["state_support"], contribution["participant"]) == (
        5_280_000,
        792_000,
        4_488_000,
    )
    assert (contribution["last_day"], contribution["reading"], contribution["error"]) == (
        "2026-09-30",
        "at_payment",
        None,
    )
    assert {"label", "amount", "source", "figures", "parameters"} <= set(contribution["steps"][0])
    assert (advance["refund"], advance["returned_to_budget"]) == (5_291_669, 990_000)
    assert (year["refund"], year["returned_to_budget"]) == (4_158_000, 462_000)
    assert (woman["rate_percent"], woman["pension"], woman["eligible"]) == ("55.00", 825_000, True)
    assert young["eligible"] is False and "tuổi nghỉ hưu" in young["reason"]
    assert renewal == {"next_from": "2026-09", "last_day": "2026-12-31"}


def test_a_period_that_begins_far_off_is_never_quoted_without_a_word(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    line = (
        '{"kind":"contribution","method":"12","income":2000000,'
        '"from_month":"%s","paid_on":"2026-11-26"}'
    )
    far, near = ask(monkeypatch, (line % "2062-12").encode(), (line % "2026-12").encode())
    assert any("12/2062" in one for one in far["warnings"]) and far["error"] is None
    assert near["warnings"] == [one for one in far["warnings"] if "12/2062" not in one]


def test_a_bad_line_spoils_only_its_own_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = ask(
        monkeypatch,
        b"not json",
        b"",
        b"\xff\xfe",
        b"[1]",
        b'{"kind":"loan"}',
        b'{"kind":"contribution","method":"\\ud800","income":1,"from_month":"2026-03","paid_on":"2026-03-02"}',
        b'{"kind":"contribution","method":"1","income":1000000,"from_month":"2026-03","paid_on":"2026-03-02"}',
        b'{"kind":"contribution","method":"1","income":1500000,"from_month":"2026-03","paid_on":"2026-04-01"}',
        b'{"kind":"contribution","method":"ADV","months":24,"income":1500000,"from_month":"2023-03","paid_on":"2023-03-02"}',
        b'{"kind":"renewal","covered_to":"2025-12","method":"12"}',
    )
    assert len(answers) == 10
    assert all(list(one) == ["error"] and one["error"] for one in answers[:9])
    assert (
        "thấp hơn" in answers[6]["error"]
        and "quá hạn" in answers[7]["error"]
        and "chưa có" in answers[8]["error"]
    )
    assert answers[9] == {"next_from": "2026-01", "last_day": "2026-07-31"}
