"""Splitting a target three ways and revising it in July: numbers worked out by hand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from agents.models import CollectionAgent, Collector, Metric, PointCommune, Target, User
from agents.operations.labour import LabourRow, do_set_labour_forces
from agents.operations.targets import Figure, do_set_targets
from agents.territory import load_lineage
from reports.setting_targets.grid import AGENTS, COLLECTORS, COMMUNES, board_of
from reports.setting_targets.split_proposals import Proposal, Way, Wish, propose
from reports.setting_targets.weights import Potential
from tests import builders
from tests.cast import Cast
from tests.pages import markup
from thaithuy_bhxh.errors import Refused
from thaithuy_bhxh.months import Month

Login = Callable[[User], Client]
JANUARY, JULY = ("15/QD", date(2026, 1, 12)), ("77/QD", date(2026, 7, 6))


@pytest.fixture
def last_year(cast: Cast) -> Cast:
    """2025: three new people with A (August), one with B (October); all are active on 31
    December.
    """
    for _ in range(3):
        builders.paid(cast.manager, cast.commune_a, cast.collector_a, date(2025, 8, 4))
    builders.paid(cast.manager, cast.commune_b, cast.collector_b, date(2025, 10, 6))
    return cast


def proposed(
    tab: str,
    way: Way,
    value: int,
    metric: Metric = Metric.NEW,
    decided: tuple[str, date] = JANUARY,
    agent: CollectionAgent | None = None,
) -> Proposal:
    return propose(board_of(2026, tab, agent), Wish(metric, way, value, *decided))


def values(proposal: Proposal) -> dict[str, int]:
    assert sum(part.proposed for part in proposal.parts) + proposal.kept == proposal.wish.value
    return {part.owner.code: part.proposed for part in proposal.parts if part.owner}


def test_even_parts_add_up_and_the_first_gets_what_rounding_leaves(cast: Cast):
    found = values(proposed(COMMUNES, Way.EVEN, 100))
    assert list(found.values()) == [10, *[9] * 10]
    assert list(found) == sorted(found)


def test_last_years_results_weigh_the_parts_and_its_months_are_the_season(last_year: Cast):
    found = proposed(COMMUNES, Way.SEASON, 40)
    assert {code: value for code, value in values(found).items() if value} == {
        "12922": 30,
        "12865": 10,
    }
    assert found.season == (0, 0, 0, 0, 0, 0, 0, 3, 0, 1, 0, 0)
    assert values(proposed(AGENTS, Way.SEASON, 40)) == {"BD001": 30, "XA12865": 10}
    why = {part.owner.code: part.why for part in found.parts if part.owner}
    assert why["12922"] == "năm 2025: 3 (75,0%)"


def test_money_is_divided_by_what_was_collected(last_year: Cast):
    taken = proposed(AGENTS, Way.SEASON, 1_000_000, Metric.COLLECTED)
    assert values(taken) == {"BD001": 750_000, "XA12865": 250_000}


def test_active_people_start_from_the_last_day_of_the_year_before(last_year: Cast):
    found = proposed(AGENTS, Way.EVEN, 24, Metric.ACTIVE)
    assert {part.owner.code: part.frozen for part in found.parts if part.owner} == {
        "BD001": 3,
        "XA12865": 1,
    }
    assert values(found) == {"BD001": 13, "XA12865": 11}


def test_the_labour_force_not_covered_weighs_the_parts(last_year: Cast):
    labour(last_year, a=103, b=51)
    assert values(proposed(AGENTS, Way.POTENTIAL, 90)) == {"BD001": 60, "XA12865": 30}


def test_agents_who_serve_the_same_commune_share_its_potential(last_year: Cast):
    labour(last_year, a=103, b=51)
    PointCommune.objects.create(point=last_year.collector_b.point, commune=last_year.commune_a)
    assert values(proposed(AGENTS, Way.POTENTIAL, 90)) == {"BD001": 30, "XA12865": 60}


def test_a_missing_labour_force_is_named(last_year: Cast):
    labour(last_year, a=103, b=51)
    with pytest.raises(Refused) as refusal:
        proposed(COMMUNES, Way.POTENTIAL, 90)
    named = (
        refusal.value.message.removeprefix("Chưa có số lao động của: ")
        .split(". Hãy")[0]
        .split(", ")
    )
    assert len(named) == 9 and "Nam Thái Ninh" in named and "Thái Ninh" not in named


def labour(cast: Cast, a: int, b: int) -> None:
    pairs = ((cast.commune_a, a), (cast.commune_b, b))
    rows = [LabourRow(unit, date(2025, 12, 1), persons, "UBND xã") for unit, persons in pairs]
    do_set_labour_forces(actor=cast.manager, rows=rows)


def test_of_two_who_enter_labour_forces_neither_undoes_the_other(cast: Cast, logged_in: Login):
    url, browser, a, b = (
        reverse("targets:labour"),
        logged_in(cast.manager),
        cast.commune_a,
        cast.commune_b,
    )
    opened = {
        f"seen-persons-{a.pk}": "",
        f"seen-persons-{b.pk}": "",
        "counted_on": "02/12/2025",
        "source": "UBND",
    }
    labour(cast, a=103, b=51)
    assert f'name="seen-persons-{a.pk}" value="103"' in markup(browser.get(url))
    late = {
        **opened,
        f"seen-persons-{a.pk}": "90",
        f"persons-{a.pk}": "90",
        f"persons-{b.pk}": "70",
    }
    answer = browser.post(url, late)
    assert answer.status_code == 200 and "Người khác vừa ghi 51" in markup(answer)
    late |= {f"seen-persons-{b.pk}": "51"}
    assert browser.post(url, late).status_code == 302
    assert [row.persons for row in a.labour_forces.all()] == [103]
    assert [row.persons for row in b.labour_forces.all()] == [70, 51]


def test_a_year_without_results_before_it_is_not_divided_by_them(cast: Cast):
    with pytest.raises(Refused, match="chưa có kết quả"):
        proposed(AGENTS, Way.SEASON, 40)


def test_the_collectors_of_an_agent_share_its_target_by_whom_people_came_to(cast: Cast):
    second = builders.collector(cast.agent_a, 2)
    for who in (cast.collector_a, cast.collector_a, second):
        builders.paid(cast.manager, cast.commune_a, who, date(2025, 8, 4))
    first_code = cast.collector_a.code
    for metric, whole in ((Metric.NEW, 30), (Metric.COLLECTED, 3_000_000)):
        found = values(proposed(COLLECTORS, Way.SEASON, whole, metric, agent=cast.agent_a))
        assert found == {first_code: whole * 2 // 3, second.code: whole // 3}
    active = proposed(COLLECTORS, Way.EVEN, 13, Metric.ACTIVE, agent=cast.agent_a)
    assert values(active) == {first_code: 7, second.code: 6}


def in_january(cast: Cast, a: int = 60, b: int = 24) -> None:
    figures = [
        Figure(2026, "new", owner, value, *JANUARY)
        for owner, value in ((cast.agent_a, a), (cast.agent_b, b))
    ]
    do_set_targets(
        actor=cast.manager, figures=[Figure(2026, "new", None, a + b, *JANUARY), *figures]
    )


def test_a_revision_in_july_divides_only_what_remains(cast: Cast):
    in_january(cast)
    found = proposed(AGENTS, Way.EVEN, 120, decided=JULY)
    assert [(part.before, part.frozen, part.share) for part in found.parts] == [
        (60, 30, 39),
        (24, 12, 39),
    ]
    assert (found.frozen, found.remainder, found.before) == (42, 78, 84)
    assert values(found) == {"BD001": 69, "XA12865": 51}
    assert found.frozen_word == "Kế hoạch đến hết tháng 6"


def test_less_than_the_months_gone_by_have_planned_is_refused(cast: Cast):
    in_january(cast)
    assert values(proposed(AGENTS, Way.EVEN, 42, decided=JULY)) == {"BD001": 30, "XA12865": 12}
    with pytest.raises(Refused, match="thấp hơn kế hoạch đến hết tháng 6 đã giao là 42") as refusal:
        proposed(AGENTS, Way.EVEN, 41, decided=JULY)
    assert refusal.value.field == "goc"


def test_the_same_decision_again_divides_from_the_beginning(cast: Cast):
    in_january(cast)
    assert values(proposed(AGENTS, Way.EVEN, 120)) == {"BD001": 60, "XA12865": 60}


def test_an_agent_that_closed_keeps_its_figure_and_the_rest_is_divided(cast: Cast):
    gone = builders.agent("XA00009", "commune_committee", closed_on=date(2026, 3, 31))
    in_january(cast)
    do_set_targets(actor=cast.manager, figures=[Figure(2026, "new", gone, 8, *JANUARY)])
    found = proposed(AGENTS, Way.EVEN, 128, decided=JULY)
    assert (found.kept, values(found)) == (8, {"BD001": 69, "XA12865": 51})


URL = "?nam=2026&cap=dai-ly&chi_tieu=new&cach={way}&goc={goc}&so={so}&ngay={ngay}"


def step(way: str, goc: int, so: str, ngay: str) -> str:
    return reverse("targets:split") + URL.format(way=way, goc=goc, so=so, ngay=ngay)


def sent(page: Any) -> dict[str, str]:
    """What a browser would send back of a page's proposal."""
    body = {
        "decision_no": page.context["ask"]["so"].value(),
        "decision_date": page.context["ask"]["ngay"].value(),
    }
    rows = [page.context["above"], *(row for row, _ in page.context["rows"])]
    for cell in (cell for row in rows for cell in row.cells):
        body[cell.field.html_name] = str(cell.field.value())
        body[cell.seen_name] = "" if cell.value is None else str(cell.value)
    return body


def test_looking_at_a_split_writes_nothing_and_saving_writes_parts_season_and_the_figure_above(
    last_year: Cast, logged_in: Login
):
    browser = logged_in(last_year.manager)
    address = step("mua-vu", 40, "15/QD", "12/01/2026")
    page = browser.get(address)
    text = markup(page)
    assert (
        "Đã giao 40 / 40 · đã giao đủ" in text
        and "năm 2025: 3 (75,0%)" in text
        and not Target.objects.exists()
    )
    assert browser.post(address, sent(page)).status_code == 302
    found = {
        row.owner_id: (row.value, row.season[7], row.decision_no) for row in Target.objects.all()
    }
    assert found == {
        None: (40, 3, "15/QD"),
        last_year.agent_a.pk: (30, 3, "15/QD"),
        last_year.agent_b.pk: (10, 3, "15/QD"),
    }
    grid = markup(browser.get(reverse("targets:grid") + "?nam=2026&cap=dai-ly"))
    assert "Đã giao 40 / 40 · đã giao đủ" in grid


def test_a_decision_typed_after_the_preview_is_written_and_another_day_is_previewed_first(
    cast: Cast, logged_in: Login
):
    browser, address = logged_in(cast.manager), step("deu", 100, "", "")
    page = browser.get(address)
    shown = markup(page)
    assert 'type="hidden" name="so"' in shown, "one field to type into, the one that is saved"
    assert 'type="text" name="decision_no"' in shown
    late = sent(page) | {"decision_no": "9/QĐ", "decision_date": "06/07/2026"}
    answer = browser.post(address, late)
    assert not Target.objects.exists() and "so=9%2FQ" in answer["Location"]
    again = browser.get(answer["Location"])
    assert again.context["proposal"].wish.decision_no == "9/QĐ"
    assert browser.post(answer["Location"], sent(again)).status_code == 302
    assert set(Target.objects.values_list("decision_no", flat=True)) == {"9/QĐ"}


def test_a_revision_saved_from_its_step_keeps_the_months_before_it(cast: Cast, logged_in: Login):
    in_january(cast)
    browser, address = logged_in(cast.manager), step("deu", 120, "77/QD", "06/07/2026")
    page = browser.get(address)
    assert "Kế hoạch đến hết tháng 6" in markup(page)
    assert browser.post(address, sent(page)).status_code == 302
    rows = Target.objects.filter(revision_no=1).values_list(
        "owner_kind", "value", "effective_month"
    )
    assert set(rows) == {("district", 120, 7), ("agent", 69, 7), ("agent", 51, 7)}
    assert Target.objects.filter(revision_no=0).count() == 3
    history = markup(
        browser.get(reverse("targets:history", args=["agent", cast.agent_a.pk]) + "?nam=2026")
    )
    assert "điều chỉnh lần 1, từ tháng 7" in history and "77/QD ngày 06/07/2026" in history
    # June as planned; 39 over the six months after it.
    assert "<dt>Tháng 6</dt><dd>30</dd></div><div><dt>Tháng 7</dt><dd>37</dd>" in history


def test_a_split_that_cannot_be_says_so_at_its_field(cast: Cast, logged_in: Login):
    in_january(cast)
    browser = logged_in(cast.manager)
    assert "thấp hơn kế hoạch đến hết tháng 6" in markup(
        browser.get(step("deu", 41, "77/QD", "06/07/2026"))
    )
    assert "chưa có kết quả" in markup(browser.get(step("mua-vu", 90, "77/QD", "06/07/2026")))
    assert "Hãy nhập số nguyên" in markup(
        browser.get(step("deu", 0, "", "").replace("goc=0", "goc="))
    )


@pytest.mark.parametrize("who", ["officer_a", "auditor", "lead_a", "staff_a", "administrator"])
def test_only_managers_split(cast: Cast, logged_in: Login, who: str):
    assert logged_in(getattr(cast, who)).get(step("deu", 90, "", "")).status_code == 403


def test_the_grid_always_tells_what_is_left_and_how_the_two_splits_differ(
    cast: Cast, logged_in: Login
):
    in_january(cast)
    figures = [
        Figure(2026, "new", cast.commune_a, 100, *JANUARY),
        Figure(2026, "active", cast.agent_a, 7, *JANUARY),
    ]
    do_set_targets(actor=cast.manager, figures=figures)
    for who in (cast.manager, cast.officer_a, cast.auditor):
        browser = logged_in(who)
        communes = markup(browser.get(reverse("targets:grid") + "?nam=2026&cap=xa"))
        assert "Đã giao 100 / 84 · giao vượt 16" in communes
        assert '<td class="num">100</td><td class="num">84</td><td class="num">+16</td>' in communes
        agents = markup(browser.get(reverse("targets:grid") + "?nam=2026&cap=dai-ly"))
        assert (
            "Đã giao 84 / 84 · đã giao đủ" in agents
            and "Đã giao 7 · cấp trên chưa có chỉ tiêu" in agents
        )


def test_collectors_are_asked_on_a_tab_of_their_agent(cast: Cast, logged_in: Login):
    in_january(cast)
    browser, address = (
        logged_in(cast.manager),
        reverse("targets:grid") + "?nam=2026&cap=nhan-vien&dai_ly=BD001",
    )
    name = f"new-collector-{cast.collector_a.pk}"
    assert (
        browser.post(
            address,
            {
                name: "50",
                f"seen-new-agent-{cast.agent_a.pk}": "60",
                f"new-agent-{cast.agent_a.pk}": "60",
            },
        ).status_code
        == 302
    )
    assert Target.objects.get(collector=cast.collector_a).value == 50
    text = markup(browser.get(address))
    assert "Đã giao 50 / 60 · còn 10 chưa giao" in text and cast.collector_b.full_name not in text
    assert Collector.objects.count() == 2


def money_and_people(cast: Cast) -> None:
    figures = [Figure(2026, "new", None, 674), Figure(2026, "collected", None, 16_471_000_000)]
    do_set_targets(actor=cast.manager, figures=[*figures, Figure(2026, "new", cast.agent_a, 90)])


def asked_of(page: Any) -> str:
    return str(page.context["ask"]["goc"].value())


def test_another_metric_or_owner_is_divided_by_its_own_figure_not_by_the_one_shown_before(
    cast: Cast, logged_in: Login
):
    money_and_people(cast)
    browser, base = logged_in(cast.manager), reverse("targets:split") + "?nam=2026&cap=xa"
    first = browser.get(base)
    assert asked_of(first) == "674"
    shown = f"&cach=deu&goc=674&cua={first.context['ask'].shown_for}"
    assert f'name="cua" value="{first.context["ask"].shown_for}"' in markup(first)
    same = browser.get(f"{base}{shown}&chi_tieu=new")
    assert asked_of(same) == "674" and not same.context["ask"].reloaded
    money = browser.get(f"{base}{shown}&chi_tieu=collected")
    assert (
        asked_of(money) == "16.471.000.000"
        and money.context["proposal"].wish.value == 16_471_000_000
    )
    assert "được lấy lại từ số đang ghi" in markup(money) and "đang là" not in markup(money)
    none = browser.get(f"{base}{shown}&chi_tieu=active")
    assert asked_of(none) == "" and none.context["proposal"] is None
    agent = browser.get(f"{base.replace('=xa', '=nhan-vien')}&dai_ly=BD001{shown}&chi_tieu=new")
    assert asked_of(agent) == "90"
    typed = browser.get(
        f"{base}{shown.replace('goc=674', 'goc=17.000.000.000')}&chi_tieu=collected"
    )
    assert asked_of(typed) == "17.000.000.000"


def test_a_figure_above_that_changes_by_more_than_half_is_written_only_when_ticked(
    cast: Cast, logged_in: Login
):
    money_and_people(cast)
    browser, address = (
        logged_in(cast.manager),
        step("deu", 674, "", "").replace("=new", "=collected"),
    )
    page = browser.get(address)
    warning = "đang là 16.471.000.000 đồng, sẽ thành 674 đồng: thay đổi quá một nửa"
    assert warning in markup(page)
    refused = browser.post(address, sent(page))
    assert refused.status_code == 200 and "Hãy đánh dấu để xác nhận" in markup(refused)
    assert Target.objects.get(metric="collected").value == 16_471_000_000
    assert browser.post(address, sent(page) | {"chac": "on"}).status_code == 302
    assert Target.objects.get(metric="collected", owner_kind="district").value == 674
    usual = browser.get(step("deu", 900, "", ""))
    assert not usual.context["form"].far and 'name="chac"' not in markup(usual)
    typed = sent(usual) | {"new-district": "70"}
    assert "Hãy đánh dấu để xác nhận" in markup(browser.post(step("deu", 900, "", ""), typed))
    assert browser.post(step("deu", 900, "", ""), sent(usual)).status_code == 302


def test_active_people_may_be_asked_to_become_fewer_but_never_fewer_than_none(last_year: Cast):
    fewer = proposed(AGENTS, Way.EVEN, 2, Metric.ACTIVE)
    assert [(part.share, part.proposed) for part in fewer.parts] == [(-1, 2), (-1, 0)]
    with pytest.raises(Refused, match="xuống dưới 0"):
        proposed(AGENTS, Way.EVEN, 0, Metric.ACTIVE)


def test_before_the_year_is_over_the_last_twelve_finished_months_stand_in_for_it(
    last_year: Cast, logged_in: Login, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("reports.setting_targets.weights.this_month", lambda: Month(2026, 9))
    builders.paid(last_year.manager, last_year.commune_a, last_year.collector_a, date(2026, 8, 4))
    board = board_of(2027, AGENTS)
    found = propose(board, Wish(Metric.NEW, Way.SEASON, 40))
    assert values(found) == {"BD001": 20, "XA12865": 20}
    assert found.season == (0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0)
    assert [month for month, weight in found.season_months if weight] == ["T8/2026", "T10/2025"]
    assert {part.why for part in found.parts} == {"12 tháng 09/2025–08/2026: 1 (50,0%)"}
    active = propose(board, Wish(Metric.ACTIVE, Way.EVEN, 24))
    assert active.frozen_word == "Đang tham gia 31/08/2026" and [
        part.frozen for part in active.parts
    ] == [1, 0]
    assert Potential(load_lineage(), date(2027, 1, 1)).active(last_year.commune_a.pk) == 1
    address = step("mua-vu", 40, "", "").replace("2026", "2027")
    text = markup(logged_in(last_year.manager).get(address))
    assert "Năm trước chưa hết" in text and "09/2025–08/2026" in text and "T10/2025 1" in text


def test_a_year_that_is_over_is_named_as_such(last_year: Cast, logged_in: Login):
    assert proposed(AGENTS, Way.EVEN, 24, Metric.ACTIVE).frozen_word == "Đang tham gia 31/12/2025"
    text = markup(logged_in(last_year.manager).get(step("mua-vu", 40, "15/QD", "12/01/2026")))
    assert "Mùa vụ năm 2025 của toàn huyện" in text and "T10 1" in text and "chưa hết" not in text


@pytest.mark.parametrize(
    "text", ["-5", "12,5", "1.5", "12.50", "1.500.0", "1e5", "abc", "1..500", "٣"]
)
def test_what_is_no_whole_number_is_refused_beside_its_cell_and_withdraws_nothing(
    cast: Cast, logged_in: Login, text: str
):
    in_january(cast)
    name = f"new-agent-{cast.agent_a.pk}"
    browser, address = logged_in(cast.manager), reverse("targets:grid") + "?nam=2026&cap=dai-ly"
    body = {name: text, f"seen-{name}": "60", "decision_no": "77/QD", "decision_date": "06/07/2026"}
    answer = browser.post(address, body)
    page = markup(answer)
    assert "Hãy nhập số nguyên không âm, như 1.200." in answer.context["form"].errors[name]
    assert (
        f'value="{text}"' in page and Target.objects.current().get(agent=cast.agent_a).value == 60
    )


@pytest.mark.parametrize(
    ("text", "value"),
    [("1.500", 1500), ("1 500", 1500), ("1500", 1500), ("1.500.000 đ", 1_500_000)],
)
def test_groups_of_three_are_thousands(cast: Cast, logged_in: Login, text: str, value: int):
    name = f"new-agent-{cast.agent_a.pk}"
    browser, address = logged_in(cast.manager), reverse("targets:grid") + "?nam=2026&cap=dai-ly"
    assert browser.post(address, {name: text, f"seen-{name}": ""}).status_code == 302
    assert Target.objects.get(agent=cast.agent_a).value == value


def test_one_number_is_one_decision_of_one_day(cast: Cast, logged_in: Login):
    in_january(cast)
    late = ("15/QD", date(2026, 7, 6))
    with pytest.raises(
        Refused, match="năm 2026 đã ghi ngày 12/01/2026, không phải 06/07/2026"
    ) as refusal:
        do_set_targets(actor=cast.manager, figures=[Figure(2026, "new", cast.agent_a, 70, *late)])
    assert refusal.value.field == "decision_no"
    for kind, number in (("new", "15/qd"), ("active", "15/QD")):
        seen = 60 if kind == "new" else None
        with pytest.raises(Refused, match="đã ghi ngày 12/01/2026"):
            one = Figure(2026, kind, cast.agent_a, 70, number, late[1], seen)
            do_set_targets(actor=cast.manager, figures=[one])
    fresh = ("90/QD", date(2026, 8, 3), 60), ("90/QD", date(2026, 9, 3), 24)
    figures = [
        Figure(2026, "new", one, 70, *by)
        for one, by in zip((cast.agent_a, cast.agent_b), fresh, strict=True)
    ]
    with pytest.raises(Refused, match="đã ghi ngày 03/08/2026"):
        do_set_targets(actor=cast.manager, figures=figures)
    assert set(Target.objects.values_list("revision_no", "decision_no")) == {(0, "15/QD")}
    do_set_targets(
        actor=cast.manager, figures=[Figure(2027, "new", None, 9, "15/QD", date(2027, 1, 5))]
    )
    do_set_targets(actor=cast.manager, figures=[Figure(2026, "active", cast.agent_a, 9, *JANUARY)])
    name = f"new-agent-{cast.agent_a.pk}"
    body = {name: "80", f"seen-{name}": "60", "decision_no": "15/QD", "decision_date": "06/07/2026"}
    answer = logged_in(cast.manager).post(reverse("targets:grid") + "?nam=2026&cap=dai-ly", body)
    assert "đã ghi ngày 12/01/2026" in answer.context["form"].errors["decision_no"][0]


def test_every_year_with_targets_can_be_chosen(cast: Cast, logged_in: Login):
    do_set_targets(
        actor=cast.manager, figures=[Figure(2019, "new", None, 9), Figure(2031, "new", None, 9)]
    )
    for name in ("targets:grid", "targets:decisions"):
        years = logged_in(cast.manager).get(reverse(name)).context["years"]
        assert (years[0], years[-1]) == (2019, 2031)
