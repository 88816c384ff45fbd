"""Tables worked out by hand from the words of docs/rules.md 5, one case for each rule."""

from __future__ import annotations

import io
import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from agents.models import CommuneAssignment
from enrollment.activity import Contribution, Facts, trace
from enrollment.importing.lines import StopLine
from enrollment.models import Participant, Receipt, Stop
from enrollment.operations.participants import do_move
from enrollment.operations.receipts import do_void_receipt
from enrollment.operations.stops import do_withdraw_stop
from tests import builders
from tests.cast import Cast
from tests.counting.ledgers import Stage, set_the_stage
from thaithuy_bhxh.months import Month

A, B, C = date(1900, 1, 1), date(2020, 4, 1), date(2025, 7, 1)
DIEM_DIEN, THUY_LUONG, THUY_TRUONG = ("12826", A), ("12886", A), ("12832", A)


@pytest.fixture
def stage(db: None) -> Stage:
    return set_the_stage()


def pays(
    stage: Stage,
    day: str,
    first: str,
    method: str = "6",
    *,
    person: Participant | None = None,
    at: Any = DIEM_DIEN,
    by: str = "BD001",
    months: int | None = None,
) -> Receipt:
    """A receipt of 700 đ from the participant and 300 đ from the state."""
    line = builders.receipt_line(
        stage.communes[at],
        stage.collectors[by],
        date.fromisoformat(day),
        from_month=Month.parse(first),
        months=months or int(method),
        method=method,
        gross=1000,
        state_support=300,
        **(builders.again(person) if person else {}),
    )
    builders.import_lines(stage.manager, line, trust_amounts=True)
    return Receipt.objects.select_related("participant").get(number=line.number)


def stops(stage: Stage, person: Participant, since: str, reason: str) -> Stop:
    line = StopLine(
        row=1, month=Month.parse(since), reason=reason, collector_code="", **builders.again(person)
    )
    builders.import_lines(stage.manager, line)
    return Stop.objects.get(participant=person, reason=reason)


def voids(stage: Stage, receipt: Receipt, day: str) -> None:
    do_void_receipt(
        actor=stage.manager, receipt=receipt, on=date.fromisoformat(day), reason="Ghi nhầm"
    )


def report(first: str, last: str | None = None, **options: str) -> dict[str, Any]:
    out = io.StringIO()
    call_command("report", "growth", first=first, last=last or first, stdout=out, **options)
    return json.loads(out.getvalue())


def district(first: str, last: str | None = None, **options: str) -> dict[str, Any]:
    return report(first, last, by="district", **options)["total"]


def row(code: str, first: str, last: str | None = None, **options: str) -> dict[str, Any]:
    return next(row for row in report(first, last, **options)["rows"] if row["unit_code"] == code)


def says(found: dict[str, Any], **expected: Any) -> None:
    assert {name: found[name] for name in expected} == expected


def left(found: dict[str, Any]) -> dict[str, int]:
    """Only the reasons that somebody left for."""
    return {reason: number for reason, number in found["decreased_by_reason"].items() if number}


def test_the_example_without_a_renewal_ceases_in_october(stage: Stage) -> None:
    pays(stage, "2020-02-10", "2020-01")
    says(district("2020-01"), opening=0, new=0, closing=0)
    says(
        district("2020-02"),
        opening=0,
        new=1,
        closing=1,
        covered=1,
        in_grace=0,
        collected=700,
        collected_state=300,
    )
    says(district("2020-06"), opening=1, closing=1, covered=1, in_grace=0)
    says(district("2020-07"), opening=1, closing=1, covered=0, in_grace=1)
    says(district("2020-09"), closing=1, in_grace=1, new_ytd=1)
    october = district("2020-10")
    says(october, opening=1, closing=0, decreased=1, net=-1)
    assert left(october) == {"not_renewed": 1}


def test_the_example_under_the_strict_rule_ceases_in_july(stage: Stage) -> None:
    pays(stage, "2020-02-10", "2020-01")
    says(district("2020-07", rule="strict"), opening=1, closing=0, decreased=1, in_grace=0)


def test_the_example_with_a_renewal_is_active_without_a_break(stage: Stage) -> None:
    first = pays(stage, "2020-02-10", "2020-01")
    pays(stage, "2020-10-02", "2020-07", person=first.participant)
    says(
        district("2020-10"),
        opening=1,
        closing=1,
        renewed=1,
        new=0,
        returned=0,
        decreased=0,
        covered=1,
    )
    says(district("2021-03"), closing=1, in_grace=1)
    says(district("2021-04"), closing=0, decreased=1)
    says(district("2020-10", rule="strict"), opening=0, closing=1, returned=1, renewed=0)


def test_a_void_in_the_month_of_the_receipt_leaves_nothing(stage: Stage) -> None:
    voids(stage, pays(stage, "2020-02-10", "2020-02"), "2020-02-28")
    says(district("2020-02"), new=0, closing=0, collected=0)
    says(district("2020-03"), opening=0, decreased=0, closing=0)


def test_a_later_void_is_an_error_in_its_own_month_and_gives_the_money_back_there(
    stage: Stage,
) -> None:
    voids(stage, pays(stage, "2020-02-10", "2020-02"), "2020-04-01")
    says(district("2020-02"), new=1, closing=1, collected=700)
    says(district("2020-03"), closing=1, collected=0)
    april = district("2020-04")
    says(april, opening=1, closing=0, collected=-700, collected_gross=-1000, collected_state=-300)
    assert left(april) == {"error": 1}


def test_a_stop_beats_a_void_of_the_same_month(stage: Stage) -> None:
    receipt = pays(stage, "2020-02-10", "2020-02")
    stops(stage, receipt.participant, "2020-04", "death")
    voids(stage, receipt, "2020-04-15")
    assert left(district("2020-04")) == {"death": 1}


def test_a_stop_after_the_person_had_ceased_changes_no_month(stage: Stage) -> None:
    receipt = pays(stage, "2020-02-10", "2020-02", "1")
    stops(stage, receipt.participant, "2020-06", "death")
    assert left(district("2020-03")) == {"not_renewed": 1}
    says(district("2020-06"), opening=0, decreased=0, closing=0)


def test_a_withdrawn_stop_keeps_its_months_and_the_person_returns(stage: Stage) -> None:
    receipt = pays(stage, "2020-02-10", "2020-02", "12")
    stop = stops(stage, receipt.participant, "2020-05", "compulsory")
    do_withdraw_stop(actor=stage.manager, stop=stop, on=date(2020, 8, 20), reason="Nghỉ việc")
    assert left(district("2020-05")) == {"compulsory": 1}
    says(district("2020-07"), closing=0)
    says(district("2020-08"), opening=0, returned=1, new=0, closing=1)


def test_an_early_receipt_counts_from_its_own_month(stage: Stage) -> None:
    pays(stage, "2020-02-10", "2020-05", "3")
    says(district("2020-02"), new=1, closing=1, covered=1, in_grace=0)
    says(district("2020-09"), closing=1, in_grace=1)
    says(district("2020-10"), decreased=1, closing=0)


def test_a_pure_back_payment_makes_nobody_active() -> None:
    """Half a year from January with its 3 months of grace is over in September; money of October is
    too late.
    """
    at = datetime(2021, 1, 1, tzinfo=UTC)
    late = Contribution(
        date(2020, 10, 5), (at, 1), Month(2020, 1), Month(2020, 6), "6", 1, 1, 1, grace=3
    )
    in_time = Contribution(
        date(2020, 9, 30), (at, 1), Month(2020, 1), Month(2020, 6), "6", 1, 1, 1, grace=3
    )
    assert trace(Facts([late])).spans["grace"] == [] and not trace(Facts([late])).movements
    assert [span[:2] for span in trace(Facts([in_time])).spans["grace"]] == [
        (Month(2020, 9), Month(2020, 9))
    ]
    assert trace(Facts([in_time])).spans["strict"] == []


def test_missing_months_count_in_their_month_only_and_end_in_a_pension(stage: Stage) -> None:
    pays(stage, "2020-05-10", "2019-01", "MISS", months=7)
    says(district("2020-04"), closing=0)
    says(district("2020-05"), new=1, closing=1, covered=1, in_grace=0, collected=700)
    assert left(district("2020-06")) == {"retired": 1}


def test_of_two_agents_on_one_day_the_later_recorded_has_the_person(stage: Stage) -> None:
    first = pays(stage, "2020-02-10", "2020-02", "3", by="XA01")
    pays(stage, "2020-02-10", "2020-05", "3", by="BD001", person=first.participant)
    says(row("BD001", "2020-02", by="agent"), closing=1, new=1, collected=700)
    says(row("XA01", "2020-02", by="agent"), closing=0, new=0, collected=700)


def test_an_address_on_a_receipt_is_a_residence_and_a_move_another(stage: Stage) -> None:
    first = pays(stage, "2019-01-10", "2019-01", "3")
    pays(stage, "2019-04-10", "2019-04", "12", person=first.participant, at=THUY_LUONG)
    do_move(
        actor=stage.manager,
        participant=first.participant,
        commune=stage.communes[THUY_TRUONG],
        hamlet="",
        since=date(2019, 6, 30),
    )
    says(row("12826", "2019-04"), opening=1, moved_out=1, closing=0, renewed=0)
    says(row("12886", "2019-04"), moved_in=1, closing=1, renewed=1)
    says(row("12886", "2019-04", "2019-06"), opening=0, moved_in=1, moved_out=1, closing=0)
    says(row("12832", "2019-06"), moved_in=1, closing=1)
    says(report("2019-01", "2019-06")["total"], moved_in=0, moved_out=0, closing=1, new=1)


def test_a_move_inside_one_folded_unit_is_no_move(stage: Stage) -> None:
    first = pays(stage, "2020-01-10", "2020-01", "3")
    pays(stage, "2020-03-10", "2020-04", "12", person=first.participant, at=THUY_LUONG)
    says(row("12826", "2020-03"), opening=1, moved_out=1, closing=0)
    says(row("12826", "2020-03", "2020-04"), opening=1, moved_out=0, moved_in=0, closing=1)
    says(row("12826", "2020-03", territory="2020-04-01"), opening=1, moved_out=0, closing=1)


def test_history_folds_across_both_days_of_change(stage: Stage) -> None:
    pays(stage, "2024-08-10", "2024-08", "ADV", months=24, at=("12826", B))
    pays(stage, "2024-08-10", "2024-08", "ADV", months=24, at=("12880", A))
    says(row("12826", "2025-06"), closing=1)
    says(
        row("12826", "2025-07"),
        opening=2,
        new=0,
        moved_in=0,
        closing=2,
        same_period_last_year=0,
        yoy_percent=None,
    )
    says(
        row("12826", "2025-08"),
        closing=2,
        same_period_last_year=2,
        yoy_change=0,
        yoy_percent="0.00",
    )
    assert [len(report(m)["rows"]) for m in ("2020-03", "2020-04", "2025-06", "2025-07")] == [
        48,
        36,
        36,
        11,
    ]


def test_an_older_territory_cannot_split_newer_figures(stage: Stage) -> None:
    with pytest.raises(CommandError, match="Địa giới"):
        report("2020-04", by="commune", territory="2020-03-31")
    says(report("2020-04", by="district", territory="2020-03-31")["total"], closing=0)


def test_a_base_of_nobody_gives_no_percentage(stage: Stage) -> None:
    pays(stage, "2020-02-10", "2020-02", "12")
    found = district("2020-02")
    says(found, same_period_last_year=0, yoy_change=1, yoy_percent=None, collected_yoy_percent=None)
    says(found, target_active=None, target_active_percent=None)


def test_a_closed_agent_keeps_its_people_until_their_next_receipt(stage: Stage) -> None:
    first = pays(stage, "2021-03-10", "2021-03", by="BD002")
    says(row("BD002", "2021-06", by="agent"), closing=1)
    pays(stage, "2021-09-10", "2021-09", by="BD001", person=first.participant)
    says(row("BD002", "2021-09", by="agent"), opening=1, moved_out=1, closing=0, renewed=0)
    says(row("BD001", "2021-09", by="agent"), moved_in=1, closing=1, renewed=1)
    says(
        row("post_office", "2021-09", by="network"),
        opening=1,
        moved_in=0,
        moved_out=0,
        closing=1,
        renewed=1,
    )


def test_communes_of_nobody_form_a_row_of_their_own(cast: Cast) -> None:
    CommuneAssignment.objects.filter(commune=cast.commune_b).delete()
    builders.paid(cast.manager, cast.commune_a, cast.collector_a, date(2025, 8, 5))
    builders.paid(cast.manager, cast.commune_b, cast.collector_b, date(2025, 8, 5))
    rows = {row["unit_code"]: row["closing"] for row in report("2025-08", by="officer")["rows"]}
    assert rows == {"chuyenquan_a": 1, "none": 1}
