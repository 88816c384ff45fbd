"""The shipped samples: agents and a list into an empty office, and the growth report says what it
should.
"""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from agents.models import Role
from enrollment.models import Movement, Participant, Receipt, Stop
from tests import builders
from tests.shipped import forget_shipped

DATA = Path(__file__).parent / "data"
EXPECTED = json.loads((DATA / "growth-sample.json").read_text(encoding="utf-8"))["reports"]


@pytest.fixture
def office(db: None) -> None:
    """Reference data, the sample's agents and the sample's list, all into an empty database."""
    forget_shipped()
    builders.user("lanhdao", Role.MANAGER)
    run("load_reference")
    run("import_agents", str(DATA / "agents-sample.csv"), username="lanhdao")
    run("import_d05", str(DATA / "d05-ts-sample.xlsx"), username="lanhdao")


def run(name: str, *args: str, **options: Any) -> str:
    out = StringIO()
    call_command(name, *args, stdout=out, stderr=StringIO(), **options)
    return out.getvalue()


@pytest.mark.usefixtures("office")
def test_the_growth_report_says_what_the_sample_says_in_every_period():
    assert EXPECTED
    for expected in EXPECTED:
        keys = {key: expected[key] for key in ("by", "territory", "rule")}
        found = run(
            "report",
            "growth",
            **{"from": expected["from"], "to": expected["to"]},
            **keys,
            format="json",
        )
        assert _comparable(json.loads(found)) == _comparable(expected), expected["from"]


def _comparable(report: dict[str, Any]) -> dict[str, Any]:
    """Names of networks and of the total are free; percentages are compared as decimals."""
    rows = [*report["rows"], report["total"]]
    named = report["by"] == "commune"
    return {
        **{
            key: report[key]
            for key in ("report", "from", "to", "by", "territory", "rule", "closed")
        },
        "rows": [
            {key: _plain(key, value) for key, value in row.items() if named or key != "unit_name"}
            for row in rows[:-1]
        ],
        "total": {key: _plain(key, value) for key, value in rows[-1].items() if key != "unit_name"},
    }


def _plain(key: str, value: Any) -> Any:
    return float(value) if key.endswith("_percent") and value is not None else value


@pytest.mark.usefixtures("office")
def test_importing_the_sample_again_changes_nothing():
    def held() -> list[Any]:
        return [
            list(model.objects.order_by("pk").values())
            for model in (Participant, Receipt, Stop, Movement)
        ]

    before = held()
    run("import_agents", str(DATA / "agents-sample.csv"), username="lanhdao")
    answer = json.loads(
        run("import_d05", str(DATA / "d05-ts-sample.xlsx"), username="lanhdao", json=True)
    )
    (one,) = answer["files"]
    assert (
        one["rows"],
        one["unchanged"],
        one["receipts"],
        one["stops"],
        one["created_participants"],
    ) == (
        28,
        28,
        0,
        0,
        0,
    )
    assert one["errors"] == [] and held() == before
