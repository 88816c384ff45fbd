"""Agents, points, collectors and cards: codes, days, two editors, and every act on record."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from agents import audit
from agents.models import CollectionAgent, CollectorCard, Role, User
from agents.operations import collectors, organisations
from tests import builders
from tests.cast import Cast
from tests.pages import markup
from thaithuy_bhxh.errors import Refused

Login = Callable[[User], Client]
START = date(2024, 1, 1)


def _acts(row: object) -> list[str]:
    return list(audit.history_of(row).values_list("action", flat=True))  # type: ignore[arg-type]


def test_a_code_is_the_same_in_small_letters_and_with_blanks(cast: Cast):
    with pytest.raises(Refused) as refused:
        organisations.do_add_agent(
            actor=cast.manager,
            code=" bd 001",
            name="Bưu điện",
            network="post_office",
            opened_on=START,
        )
    assert refused.value.field == "code" and "BD001 đã có" in refused.value.message
    assert CollectionAgent.objects.count() == 2


def test_an_agent_closes_with_its_points_and_cards_and_keeps_its_people(cast: Cast):
    receipt = builders.paid(cast.manager, cast.commune_a, cast.collector_a, date(2025, 8, 5))
    organisations.do_close_agent(
        actor=cast.manager, agent=cast.agent_a, closed_on=date(2025, 12, 31)
    )
    assert cast.agent_a.points.get().closed_on == date(2025, 12, 31)
    assert not cast.collector_a.has_card_on(date(2026, 1, 1)) and cast.collector_a.has_card_on(
        date(2025, 12, 31)
    )
    receipt.refresh_from_db()
    assert receipt.agent_id == cast.agent_a.pk
    assert _acts(cast.agent_a) == ["agent.close"] and _acts(cast.collector_a) == ["card.end"]


def test_a_closing_is_taken_back_one_by_one(cast: Cast):
    point = cast.collector_a.point
    organisations.do_close_agent(
        actor=cast.manager, agent=cast.agent_a, closed_on=date(2025, 12, 31)
    )
    with pytest.raises(Refused, match="hãy cho đại lý hoạt động trở lại trước"):
        organisations.do_reopen_point(actor=cast.manager, point=point)
    organisations.do_reopen_agent(actor=cast.manager, agent=cast.agent_a)
    assert organisations.do_reopen_point(actor=cast.manager, point=point).closed_on is None
    assert _acts(point)[0] == "point.reopen"


def test_a_point_outlives_neither_its_agent_nor_stays_without_its_cards(cast: Cast):
    point = cast.collector_a.point
    with pytest.raises(Refused, match="Còn nhân viên thu có thẻ sau ngày đó"):
        organisations.do_close_point(actor=cast.manager, point=point, closed_on=date(2025, 12, 31))
    organisations.do_close_agent(
        actor=cast.manager, agent=cast.agent_a, closed_on=date(2025, 12, 31)
    )
    with pytest.raises(Refused, match="điểm thu không thể lâu hơn"):
        organisations.do_close_point(actor=cast.manager, point=point, closed_on=date(2026, 1, 31))


def test_an_agent_opens_no_later_than_its_points(cast: Cast):
    with pytest.raises(Refused, match="đã mở từ 01/01/2016"):
        organisations.do_edit_agent(
            actor=cast.manager, agent=cast.agent_a, name="Bưu điện", opened_on=START
        )
    with pytest.raises(Refused, match="Ngày cuối không được trước"):
        organisations.do_close_agent(
            actor=cast.manager, agent=cast.agent_a, closed_on=date(2015, 12, 31)
        )


@pytest.mark.parametrize(
    ("first", "last", "told"),
    [
        (date(2025, 6, 30), None, "Trùng ngày với thẻ"),
        (date(2026, 2, 1), date(2026, 1, 31), "không được trước ngày bắt đầu"),
    ],
)
def test_a_card_overlaps_no_other_and_ends_after_it_begins(
    cast: Cast, first: date, last: date | None, told: str
):
    card = cast.collector_a.cards.get()
    collectors.do_end_card(actor=cast.manager, card=card, valid_to=date(2025, 6, 30))
    with pytest.raises(Refused, match=told):
        collectors.do_add_card(
            actor=cast.manager,
            collector=cast.collector_a,
            number="T-2",
            valid_from=first,
            valid_to=last,
        )
    assert CollectorCard.objects.filter(collector=cast.collector_a).count() == 1


def test_cards_follow_each_other_without_a_gap(cast: Cast):
    collectors.do_end_card(
        actor=cast.manager, card=cast.collector_a.cards.get(), valid_to=date(2025, 6, 30)
    )
    collectors.do_add_card(
        actor=cast.manager,
        collector=cast.collector_a,
        number="T-2",
        valid_from=date(2025, 7, 1),
        valid_to=None,
    )
    days = [date(2025, 6, 30) + timedelta(days=n) for n in (0, 1)]
    assert all(cast.collector_a.has_card_on(day) for day in days)


def test_a_collector_moves_within_the_agent_only_and_the_move_is_told(cast: Cast):
    other = builders.point(cast.agent_a, 2)
    moved = collectors.do_edit_collector(
        actor=cast.manager,
        collector=cast.collector_a,
        point=other,
        full_name="Đỗ Thị Mẫu",
        phone="+84 912 345 678",
    )
    assert (moved.point, moved.phone) == (other, "0912345678")
    assert other.name in audit.history_of(moved)[0].summary
    with pytest.raises(Refused, match="cùng đại lý"):
        collectors.do_edit_collector(
            actor=cast.manager,
            collector=moved,
            point=cast.collector_b.point,
            full_name="Đỗ Thị Mẫu",
            phone="",
        )


def test_the_second_editor_is_told_and_decides(cast: Cast, logged_in: Login):
    page = reverse("agents:agent_edit", args=[cast.agent_a.pk])
    browser = logged_in(cast.manager)
    seen = browser.get(page).context["form"].initial["seen"]
    sent = {"name": "Bưu điện huyện", "opened_on": "01/01/2016", "seen": seen}
    organisations.do_edit_agent(
        actor=cast.administrator,
        agent=cast.agent_a,
        name="Bưu điện Thái Thụy",
        opened_on=date(2016, 1, 1),
    )
    answer = browser.post(page, sent)
    assert "nay là “Bưu điện Thái Thụy”" in markup(answer)
    cast.agent_a.refresh_from_db()
    assert cast.agent_a.name == "Bưu điện Thái Thụy"
    assert (
        browser.post(page, {**sent, "seen": answer.context["form"]["seen"].value()}).status_code
        == 302
    )
    cast.agent_a.refresh_from_db()
    assert cast.agent_a.name == "Bưu điện huyện"


@pytest.mark.parametrize(
    "name",
    [
        "agents:agents",
        "agents:communes",
        "targets:grid",
        "agents:accounts",
        "agents:office",
        "agents:audit",
    ],
)
def test_a_list_page_asks_the_database_at_most_twelve_times(
    cast: Cast, logged_in: Login, name: str, django_assert_max_num_queries: Callable[..., object]
):
    who = cast.administrator if name in ("agents:accounts", "agents:office") else cast.manager
    browser = logged_in(who)
    for number in range(2, 8):
        builders.collector(builders.agent(f"BD{number:03d}"))
    with django_assert_max_num_queries(12):  # type: ignore[attr-defined]
        assert browser.get(reverse(name)).status_code == 200


def test_pages_of_an_agent_and_a_collector_show_their_history(cast: Cast, logged_in: Login):
    organisations.do_edit_agent(
        actor=cast.manager,
        agent=cast.agent_a,
        name="Tên Mới Của Đại Lý",
        opened_on=date(2016, 1, 1),
    )
    text = markup(logged_in(cast.auditor).get(reverse("agents:agent", args=[cast.agent_a.pk])))
    assert "Sửa tên đại lý" in text and "Tên Mới Của Đại Lý" in text


@pytest.mark.parametrize("late", ["agent", "point"])
def test_a_card_begins_no_earlier_than_its_agent_and_its_point(
    cast: Cast, logged_in: Login, late: str
):
    agent = builders.agent("BD777", opened_on=START if late == "agent" else date(2016, 1, 1))
    point = organisations.do_add_point(
        actor=cast.manager,
        agent=agent,
        code="BD777-P1",
        name="Điểm Mẫu",
        opened_on=START,
        communes=[],
    )
    who = collectors.do_add_collector(
        actor=cast.manager, point=point, code="BD777-01", full_name="Người Thu Mẫu"
    )
    page = reverse("agents:card_add", args=[who.pk])
    text = markup(
        logged_in(cast.manager).post(page, {"number": "T-77", "valid_from": "31/12/2023"})
    )
    assert 'id="id_valid_from_error"' in text and "hoạt động từ 01/01/2024" in text
    assert 'value="T-77"' in text and 'value="31/12/2023"' in text, "what was typed stays"
    assert not who.cards.exists()
    logged_in(cast.manager).post(page, {"number": "T-77", "valid_from": "01/01/2024"})
    assert who.cards.get().valid_from == START


def test_a_point_opens_no_later_than_the_cards_given_there(cast: Cast):
    point = cast.collector_a.point
    edit = {"actor": cast.manager, "point": point, "name": point.name, "communes": [cast.commune_a]}
    with pytest.raises(Refused, match="có giá trị từ 01/01/2016, trước ngày này") as refused:
        organisations.do_edit_point(**edit, opened_on=date(2016, 1, 2))
    point.refresh_from_db()
    assert refused.value.field == "opened_on" and point.opened_on == date(2016, 1, 1)


def test_a_card_from_an_earlier_post_does_not_bind_a_younger_point(cast: Cast):
    young = organisations.do_add_point(
        actor=cast.manager,
        agent=cast.agent_a,
        code="BD001-P8",
        name="Điểm Mới",
        opened_on=START,
        communes=[],
    )
    who, card = cast.collector_a, cast.collector_a.cards.get()
    collectors.do_edit_collector(
        actor=cast.manager, collector=who, point=young, full_name=who.full_name, phone=""
    )
    assert collectors.do_end_card(
        actor=cast.manager, card=card, valid_to=date(2025, 6, 30)
    ).valid_to
    later = START + timedelta(days=31)
    assert (
        organisations.do_edit_point(
            actor=cast.manager, point=young, name=young.name, opened_on=later, communes=[]
        ).opened_on
        == later
    )


def test_a_listed_card_older_than_its_point_on_record_is_an_error_of_its_row(
    reference: None, tmp_path: Path
):
    builders.user("lanhdao", Role.MANAGER)
    shipped = Path(__file__).parents[2] / "data" / "agents-sample.csv"
    call_command(
        "import_agents", str(shipped), "--as", "lanhdao", stdout=io.StringIO(), stderr=io.StringIO()
    )
    lines = shipped.read_text(encoding="utf-8-sig").splitlines()
    earlier = lines[1].replace("2016-01-01", "2015-12-31").replace("BD001-01", "BD001-91")
    path = tmp_path / "a.csv"
    path.write_text(
        "\n".join([lines[0], earlier]),
        encoding="utf-8",
    )
    out = io.StringIO()
    with pytest.raises(CommandError):
        call_command(
            "import_agents",
            str(path),
            "--as",
            "lanhdao",
            "--json",
            stdout=out,
            stderr=io.StringIO(),
        )
    (error,) = json.loads(out.getvalue())["errors"]
    assert (error["row"], error["column"]) == (2, "active_from") and "thẻ không thể" in error[
        "reason"
    ]


def test_a_collectors_name_has_one_kind_of_apostrophe(cast: Cast):
    who = collectors.do_add_collector(
        actor=cast.manager, point=cast.collector_a.point, code="BD777-09", full_name="H’Hen  Niê"
    )
    assert who.full_name == "H'Hen Niê"
    changed = collectors.do_edit_collector(
        actor=cast.manager, collector=who, point=who.point, full_name="Yʼ Bham", phone=""
    )
    assert changed.full_name == "Y' Bham"
