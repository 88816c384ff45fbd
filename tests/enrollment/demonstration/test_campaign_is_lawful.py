"""Every fact of the campaign is one that the portal's own rules admit, in the order in which it is
to be recorded.
"""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import date, datetime
from pathlib import Path

import pytest

import enrollment
from enrollment.activity import StopFact
from enrollment.admission import Account, Paid, admit_receipt, admit_stop
from enrollment.demonstration import Campaign, MonthBatch
from enrollment.demonstration.places import Territory
from enrollment.importing.lines import ReceiptLine
from enrollment.law import ContributionRequest, ParameterTable, parameters_from_policy
from thaithuy_bhxh.months import Month

TODAY = date(2026, 11, 24)
WINDOW = {"1": 1, "3": 3, "6": 4, "12": 7}
LINES = ((date(2016, 1, 1), 700_000), (date(2022, 1, 1), 1_500_000))
BASE = (
    (date(2013, 7, 1), 1_150_000), (date(2016, 5, 1), 1_210_000), (date(2017, 7, 1), 1_300_000),
    (date(2018, 7, 1), 1_390_000), (date(2019, 7, 1), 1_490_000), (date(2023, 7, 1), 1_800_000),
    (date(2024, 7, 1), 2_340_000), (date(2026, 7, 1), 2_530_000),
)  # fmt: skip


def on(table: tuple[tuple[date, int], ...], day: date) -> int:
    return [value for first, value in table if first <= day][-1]


@pytest.fixture(scope="module")
def receipts(campaign: Campaign) -> list[ReceiptLine]:
    return [line for batch in campaign.months for line in batch.receipts()]


class Replay:
    """Takes the campaign batch by batch as the loader does, asking the rules each time."""

    def __init__(self) -> None:
        policy = Path(enrollment.__file__).parent / "reference" / "policy.json"
        self._table = ParameterTable(
            parameters_from_policy(json.loads(policy.read_text(encoding="utf-8")))
        )
        self._accounts: dict[tuple[str | None, str | None], Account] = defaultdict(Account)
        self._owner: dict[str, Account] = {}
        self._amount: dict[str, int] = {}

    def take(self, batch: MonthBatch) -> int:
        """The participants' money of the batch."""
        money = 0
        for line in batch.lines:
            if isinstance(line, ReceiptLine):
                money += self._receipt(line)
            else:
                account = self._accounts[line.citizen_id, line.bhxh_no]
                admit_stop(account, line.month, latest=Month(2027, 11))
                account.stops.append(
                    StopFact(int(line.month), line.reason, (datetime(2026, 1, 1), line.row))
                )
        for void in batch.voids:
            account = self._owner.pop(void.number)
            account.paid = [paid for paid in account.paid if paid.number != void.number]
            money -= self._amount[void.number]
        return money + sum(self._receipt(line) for line in batch.corrections)

    def _receipt(self, line: ReceiptLine) -> int:
        assert line.number not in self._owner
        account = self._accounts[line.citizen_id, line.bhxh_no]
        request = ContributionRequest(
            method=line.method,
            income=line.chosen_income,
            from_month=line.from_month,
            paid_on=line.received_on,
            groups=(line.group,),
            prior_supported_months=account.supported_months,
        )
        quote = admit_receipt(account, request, self._table, today=TODAY)
        last = int(line.from_month) + quote.months - 1
        received = int(Month.of(line.received_on))
        account.paid.append(
            Paid(line.number, int(line.from_month), last, received, quote.supported_months)
        )
        self._owner[line.number] = account
        self._amount[line.number] = quote.participant
        return quote.participant


def test_the_portals_rules_admit_everything_and_come_to_the_same_money(campaign: Campaign) -> None:
    replay = Replay()
    for batch in campaign.months:
        assert replay.take(batch) == batch.participants_money, batch.month


def test_payment_stands_in_its_window(receipts: list[ReceiptLine]) -> None:
    for line in receipts:
        received = Month.of(line.received_on)
        assert line.method == str(line.months)
        assert line.from_month - 1 <= received <= line.from_month + (WINDOW[line.method] - 1), (
            line.number
        )


def test_no_month_is_paid_twice(campaign: Campaign, receipts: list[ReceiptLine]) -> None:
    voided = {void.number for batch in campaign.months for void in batch.voids}
    paid = set()
    for line in receipts:
        if line.number not in voided:
            for index in range(line.months):
                key = (line.citizen_id, line.bhxh_no, line.from_month + index)
                assert key not in paid, line.number
                paid.add(key)


def test_income_stands_on_the_floor_plus_steps_below_the_ceiling(
    receipts: list[ReceiptLine],
) -> None:
    for line in receipts:
        floor = on(LINES, line.received_on)
        assert line.chosen_income >= floor
        assert (line.chosen_income - floor) % 50_000 == 0
        assert line.chosen_income < 20 * on(BASE, line.received_on)


def test_numbers_are_unique_and_run_by_date(receipts: list[ReceiptLine]) -> None:
    assert len({line.number for line in receipts}) == len(receipts)
    series = defaultdict(list)
    for line in receipts:
        prefix, _, serial = line.number.partition("-")
        assert (
            prefix
            == ("BD" if line.collector_code.startswith("BD001-") else "XA")
            + f"{line.received_on:%y}"
        )
        series[prefix].append((int(serial), line.received_on))
    for numbers in series.values():
        numbers.sort()
        assert [serial for serial, _ in numbers] == list(range(1, len(numbers) + 1))
        assert [day for _, day in numbers] == sorted(day for _, day in numbers)


def test_lines_are_in_order_and_of_their_month(campaign: Campaign) -> None:
    for batch in campaign.months:
        days = [line.received_on for line in batch.lines if isinstance(line, ReceiptLine)]
        assert days == sorted(days)
        assert {Month.of(line.received_on) for line in batch.receipts()} == {batch.month}
        assert all(stop.month == batch.month for stop in batch.stops())
        assert {Month.of(void.voided_on) for void in batch.voids} <= {batch.month}
        assert {Month.of(move.since) for move in batch.moves} <= {batch.month}
        assert [line.row for line in batch.lines] == list(range(1, len(batch.lines) + 1))


def test_money_is_taken_on_working_days(receipts: list[ReceiptLine]) -> None:
    days = {line.received_on for line in receipts}
    assert all(day.weekday() != 6 for day in days)
    assert not days & {date(2021, 2, 12), date(2020, 1, 25), date(2024, 9, 2), date(2023, 4, 30)}


def test_void_follows_its_receipt(campaign: Campaign, receipts: list[ReceiptLine]) -> None:
    received = {line.number: line.received_on for line in receipts}
    voids = [void for batch in campaign.months for void in batch.voids]
    assert len({void.number for void in voids}) == len(voids)
    assert all(received[void.number] <= void.voided_on and void.reason for void in voids)


def test_mover_pays_nothing_in_the_month_and_is_not_stopped(campaign: Campaign) -> None:
    for batch in campaign.months:
        busy = {(line.citizen_id, line.bhxh_no) for line in [*batch.lines, *batch.corrections]}
        for move in batch.moves:
            person = campaign.people[move.person]
            assert (person.citizen_id, person.bhxh_no) not in busy


def test_address_names_the_unit_of_the_day(campaign: Campaign, receipts: list[ReceiptLine]) -> None:
    places = Territory.read().places
    for line in receipts:
        _, unit, *larger = line.address.split(", ")
        named = [p for p in places if p.label == unit and p.valid_from <= line.received_on]
        assert sum(p.valid_to is None or line.received_on <= p.valid_to for p in named) == 1, (
            line.address
        )
        after = line.received_on >= date(2025, 7, 1)
        assert larger == (["tỉnh Hưng Yên"] if after else ["huyện Thái Thụy", "tỉnh Thái Bình"])


def test_collector_holds_a_card_and_the_agent_is_open_and_serves_the_commune(
    campaign: Campaign, receipts: list[ReceiptLine]
) -> None:
    territory = Territory.read()
    keys = {(p.label, p.valid_from): p.key for p in territory.places}
    collectors = {one.code: one for one in campaign.collectors}
    points = {one.code: one for one in campaign.points}
    agents = {one.code: one for one in campaign.agents}
    labels = defaultdict(list)
    for (label, first), key in keys.items():
        labels[label].append((first, key))
    for line in receipts:
        collector = collectors[line.collector_code]
        point = points[collector.point_code]
        agent = agents[point.agent_code]
        day = line.received_on
        assert any(card.valid_from <= day <= card.valid_to for card in collector.cards), line.number
        assert agent.opened_on <= day and (agent.closed_on is None or day <= agent.closed_on), (
            line.number
        )
        unit = max(
            (first, key) for first, key in labels[line.address.split(", ")[1]] if first <= day
        )[1]
        assert unit in point.communes, line.number


def test_both_networks_collect_in_every_year(receipts: list[ReceiptLine]) -> None:
    for year in range(2016, 2027):
        lines = [line for line in receipts if line.received_on.year == year]
        share = sum(line.collector_code.startswith("BD") for line in lines) / len(lines)
        assert 0.3 < share < 0.7
