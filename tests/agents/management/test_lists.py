"""The commands that take over lists or make accounts, and the grid of targets."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from agents.models import (
    AuditEntry,
    CollectionAgent,
    CollectorCard,
    Commune,
    OwnerKind,
    PointCommune,
    Target,
    User,
)
from tests.cast import Cast
from tests.pages import markup

HEADER = (
    "agent_code,agent_name,network,point_code,point_name,commune_code,commune_valid_from,commune_name,"
    "collector_code,collector_name,active_from,active_to"
)
ROW = "BD9,Bưu điện,post_office,BD9-P1,Điểm 1,12862,,Thuỵ Xuân,BD9-01,Đỗ Văn Mẫu,2016-01-01,"
TARGETS = "year,metric,owner_kind,owner_code,value,decision_no,decision_date"


def run(command: str, path: Path, content: bytes) -> dict[str, Any]:
    path.write_bytes(content)
    out = io.StringIO()
    try:
        call_command(
            command, str(path), "--as", "lanhdao", "--json", stdout=out, stderr=io.StringIO()
        )
    except CommandError:
        answer: dict[str, Any] = json.loads(out.getvalue())
        assert answer["errors"]
    return json.loads(out.getvalue())  # type: ignore[no-any-return]


@pytest.mark.parametrize("kind", ["plain", "bom", "semicolon", "crlf"])
def test_agents_are_read_as_spreadsheets_save_them_and_twice_changes_nothing(
    cast: Cast, tmp_path: Path, kind: str
):
    text = f"{HEADER}\n{ROW}\n"
    content = {
        "plain": text.encode(),
        "bom": text.encode("utf-8-sig"),
        "semicolon": text.replace(",", ";").encode(),
        "crlf": text.replace("\n", "\r\n").encode(),
    }[kind]
    first = run("import_agents", tmp_path / "a.csv", content)
    assert first["created"] == {"agents": 1, "points": 1, "collectors": 1, "cards": 1}
    before = AuditEntry.objects.count()
    again = run("import_agents", tmp_path / "a.csv", content)
    assert again["created"] == dict.fromkeys(first["created"], 0) and again["unchanged"] == 1
    assert AuditEntry.objects.count() == before


def test_one_bad_row_keeps_all_out_and_names_row_and_column(cast: Cast, tmp_path: Path):
    bad = ROW.replace("2016-01-01", "31/02/2016").replace("BD9-01", "BD9-02")
    answer = run("import_agents", tmp_path / "a.csv", f"{HEADER}\n{ROW}\n{bad}\n".encode())
    assert [(one["row"], one["column"]) for one in answer["errors"]] == [(3, "active_from")]
    assert not CollectionAgent.objects.filter(code="BD9").exists()


def test_a_missing_column_is_an_error_of_the_first_row(cast: Cast, tmp_path: Path):
    answer = run(
        "import_agents", tmp_path / "a.csv", (HEADER.replace("point_name,", "") + "\n").encode()
    )
    assert [(one["row"], one["column"]) for one in answer["errors"]] == [(1, "point_name")]


def test_another_encoding_is_refused_with_the_way_out(cast: Cast, tmp_path: Path):
    path = tmp_path / "a.csv"
    path.write_bytes(f"{HEADER}\nBD9,B\u00e0n".encode("cp1258"))
    with pytest.raises(CommandError, match="CSV UTF-8"):
        call_command("import_agents", str(path), "--as", "lanhdao", stderr=io.StringIO())


def test_a_new_row_of_a_known_point_adds_the_commune(cast: Cast, tmp_path: Path):
    run("import_agents", tmp_path / "a.csv", f"{HEADER}\n{ROW}\n".encode())
    more = ROW.replace("12862,,Thuỵ Xuân", "12910,,Thái Nguyên").replace("BD9,", "bd 9,", 1)
    answer = run("import_agents", tmp_path / "a.csv", f"{HEADER}\n{more}\n".encode())
    assert (answer["unchanged"], PointCommune.objects.filter(point__code="BD9-P1").count()) == (
        0,
        2,
    )
    assert CollectorCard.objects.filter(collector__code="BD9-01").count() == 1


def test_targets_are_set_once_and_a_bad_value_sets_none(cast: Cast, tmp_path: Path):
    good = (
        f"{TARGETS}\n2026,new,commune,12922,1.200,12/QĐ,05/01/2026\n2026,active,district,,9000,,\n"
    )
    assert run("import_targets", tmp_path / "t.csv", good.encode())["created"] == 2
    assert run("import_targets", tmp_path / "t.csv", good.encode())["unchanged"] == 2
    bad = run(
        "import_targets",
        tmp_path / "t.csv",
        (good.replace("9000", "-1").replace("1.200", "7")).encode(),
    )
    assert [(one["row"], one["column"]) for one in bad["errors"]] == [(3, "value")]
    assert set(Target.objects.values_list("value", flat=True)) == {1200, 9000}


def test_an_account_gets_a_password_for_one_use(cast: Cast, client: Client):
    out = io.StringIO()
    call_command("create_account", "moi", "--role", "officer", stdout=out, stderr=io.StringIO())
    user = User.objects.get(username="moi")
    assert user.check_password(out.getvalue().strip()) and user.must_change_password


@pytest.mark.parametrize(
    "options",
    [
        ["--role", "lead"],
        ["--role", "lead", "--agent", "KHONG"],
        ["--role", "officer", "--communes", "99999"],
        ["--role", "manager", "--communes", "12922"],
    ],
)
def test_an_account_that_cannot_be_is_not_made(cast: Cast, options: list[str]):
    with pytest.raises(CommandError):
        call_command("create_account", "moi", *options, stdout=io.StringIO(), stderr=io.StringIO())
    assert not User.objects.filter(username="moi").exists()


Login = Callable[[User], Client]
GRID = reverse("targets:grid") + "?nam=2026&cap=xa"


def _name(commune: Commune, metric: str = "new") -> str:
    return f"{metric}-{commune.pk}"


def test_typed_values_stay_on_an_error_and_thousands_are_read(cast: Cast, logged_in: Login):
    a, b = _name(cast.commune_a), _name(cast.commune_b)
    browser = logged_in(cast.manager)
    text = markup(browser.post(GRID, {a: "1.250", b: "nhiều"}))
    assert 'value="1.250"' in text and 'value="nhiều"' in text and not Target.objects.exists()
    assert browser.post(GRID, {a: "1.250", b: ""}).status_code == 302
    assert Target.objects.get().value == 1250 and 'value="1.250"' in markup(browser.get(GRID))


def test_a_figure_that_another_manager_set_meanwhile_is_neither_lost_nor_hidden(
    cast: Cast, logged_in: Login
):
    a, b = _name(cast.commune_a), _name(cast.commune_b)
    browser = logged_in(cast.manager)
    Target.objects.create(
        year=2026, metric="new", owner_kind=OwnerKind.COMMUNE, commune=cast.commune_a, value=40
    )
    old = {a: "", f"seen-{a}": "", b: "7", f"seen-{b}": ""}
    assert browser.post(GRID, old).status_code == 302
    assert Target.objects.get(commune=cast.commune_a).value == 40
    both = {**old, a: "50", f"seen-{b}": "7"}
    assert "Người khác vừa ghi 40" in markup(browser.post(GRID, both))
    assert browser.post(GRID, {**both, f"seen-{a}": "40"}).status_code == 302
    assert Target.objects.get(commune=cast.commune_a).value == 50


@pytest.mark.parametrize("who", ["officer_a", "auditor"])
def test_readers_of_the_grid_do_not_save(cast: Cast, logged_in: Login, who: str):
    assert logged_in(getattr(cast, who)).post(GRID, {_name(cast.commune_a): "5"}).status_code == 403
    assert not Target.objects.exists()
