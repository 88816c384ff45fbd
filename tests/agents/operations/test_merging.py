"""Merging communes, and the labour forces that an office enters."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from agents import audit
from agents.access import Scope
from agents.models import (
    AuditEntry,
    Commune,
    CommuneAssignment,
    CommuneBoundary,
    LabourForce,
    PointCommune,
    User,
)
from agents.operations.contacts import do_note_contact
from agents.operations.labour import LabourRow, do_set_labour_forces
from agents.operations.targets import Figure, do_set_targets
from agents.operations.territory import do_merge_communes
from agents.targets.in_force import histories_of_year
from agents.territory import load_lineage
from reports.counting.measures import Period, PeriodTally
from reports.counting.units import COMMUNE, units_for
from reports.setting_targets.weights import Potential
from tests import builders
from tests.cast import Cast
from tests.pages import markup
from thaithuy_bhxh.clock import this_month, today
from thaithuy_bhxh.errors import Refused
from thaithuy_bhxh.months import Month

Login = Callable[[User], Client]


def merge(cast: Cast, **changed: Any) -> Commune:
    values: dict[str, Any] = {
        "predecessors": [cast.commune_a, cast.commune_b],
        "code": "12999",
        "name": "Mẫu Mới",
        "kind": "xã",
        "on": this_month().first_day,
        "source": "Nghị quyết mẫu",
        **changed,
    }
    return do_merge_communes(actor=cast.manager, **values)


def test_everything_that_follows_the_territory_goes_over_in_one_step(cast: Cast):
    day = this_month().first_day
    new = merge(cast, officer=cast.officer_b)
    old = Commune.objects.get(pk=cast.commune_a.pk)
    assert (new.valid_from, new.valid_to, old.valid_to) == (day, None, day - timedelta(days=1))
    lineage = load_lineage()
    assert {lineage.at(one.pk, day) for one in (cast.commune_a, cast.commune_b)} == {new.pk}
    terms = CommuneAssignment.objects.filter(commune__in=[cast.commune_a, cast.commune_b])
    assert set(terms.values_list("valid_to", flat=True)) == {day - timedelta(days=1)}
    assert CommuneAssignment.objects.get(commune=new).user == cast.officer_b
    points = PointCommune.objects.filter(commune=new).values_list("point", flat=True)
    assert set(points) == {cast.collector_a.point_id, cast.collector_b.point_id}
    parts = [
        len(CommuneBoundary.objects.get(commune=one).coordinates)
        for one in (cast.commune_a, cast.commune_b)
    ]
    assert len(CommuneBoundary.objects.get(commune=new).coordinates) == sum(parts)
    told = set(AuditEntry.objects.values_list("action", "object_id"))
    assert ("commune.merge", new.pk) in told
    assert {("commune.end", cast.commune_a.pk), ("assignment.end", cast.commune_b.pk)} <= told


def test_past_months_do_not_move_and_the_successor_has_the_sum_from_then_on(cast: Cast):
    for commune, who, number in (
        (cast.commune_a, cast.collector_a, 2),
        (cast.commune_b, cast.collector_b, 1),
    ):
        for _ in range(number):
            builders.paid(cast.manager, commune, who, (this_month() - 1).first_day)
    before, now = this_month() - 1, this_month()

    def closing(month: Month) -> dict[str, int]:
        units = units_for(Scope(everything=True), COMMUNE, month)
        return {
            code: one.closing
            for code, one in PeriodTally.of(Period(month, month)).by(units).items()
            if one.closing
        }

    assert closing(before) == {"12922": 2, "12865": 1}
    merge(cast)
    assert closing(before) == {"12922": 2, "12865": 1}
    assert closing(now) == {"12999": 3}


def test_the_successor_takes_over_the_targets_month_by_month_and_can_be_revised(cast: Cast):
    on = this_month().first_day
    decided = ("15/QD", date(on.year, 1, 1))
    pairs = ((cast.commune_a, 120), (cast.commune_b, 60))
    do_set_targets(
        actor=cast.manager,
        figures=[Figure(on.year, "new", unit, value, *decided) for unit, value in pairs],
    )
    new = merge(cast)
    taken = histories_of_year(on.year, load_lineage())["new", "commune", new.pk]
    assert (taken.now, taken.levels(lambda _: 0)) == (180, tuple(range(15, 181, 15)))
    revision = Figure(on.year, "new", new, 240, "77/QD", max(on, date(on.year, 1, 2)))
    do_set_targets(actor=cast.manager, figures=[revision])
    levels = histories_of_year(on.year, load_lineage())["new", "commune", new.pk].levels(
        lambda _: 0
    )
    assert levels is not None
    assert levels[: on.month - 1] == tuple(range(15, 181, 15))[: on.month - 1] and levels[11] == 240


def test_the_successors_page_tells_what_it_takes_over_until_it_has_its_own(
    cast: Cast, logged_in: Login
):
    year, pairs = this_month().year, ((cast.commune_a, 120), (cast.commune_b, 61))
    figures = [
        Figure(told, "new", unit, value + told - year)
        for told in (year, year + 1)
        for unit, value in pairs
    ]
    do_set_targets(actor=cast.manager, figures=figures)
    new = merge(cast)
    page = logged_in(cast.manager).get(reverse("agents:commune", args=[new.pk]))
    text = markup(page)
    assert [(told, value) for told, _, value in page.context["inherited"]] == [
        (year + 1, 183),
        (year, 181),
    ]
    assert "Tiếp nhận từ các xã đã nhập vào" in text and "Chưa giao chỉ tiêu nào" not in text
    do_set_targets(actor=cast.manager, figures=[Figure(year, "new", new, 240, "77/QD", today())])
    page = logged_in(cast.manager).get(reverse("agents:commune", args=[new.pk]))
    assert [(told, value) for told, _, value in page.context["inherited"]] == [(year + 1, 183)]


def test_a_long_list_of_changes_or_notes_shows_the_latest_ten_first(cast: Cast, logged_in: Login):
    for number in range(12):
        do_note_contact(
            actor=cast.officer_a,
            commune=cast.commune_a,
            happened_on=today(),
            kind="visit",
            with_whom=f"Ông {number}",
            content="Bàn việc thu",
        )
        audit.record(
            actor=cast.manager, action="commune.edit", on=cast.commune_a, summary=f"Sửa {number}."
        )
    text = markup(
        logged_in(cast.officer_a).get(reverse("agents:commune", args=[cast.commune_a.pk]))
    )
    notes, _, changes = text.partition("Nhật ký thay đổi")
    assert notes.count("Bàn việc thu") == 12 and "Xem thêm 2" in notes
    assert notes.index("<strong>Ông 2.") < notes.index("Xem thêm 2") < notes.index("<strong>Ông 1.")
    assert changes.index("Sửa 11.") < changes.index("<summary>Xem thêm") < changes.index("Sửa 0.")


def test_the_code_of_a_predecessor_may_be_used_again(cast: Cast):
    assert merge(cast, code="12922").code == "12922"
    assert Commune.objects.filter(code="12922", valid_to__isnull=True).count() == 1


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"code": "12826"}, "code"),
        ({"code": "12"}, "code"),
        ({"name": "Thái Thuỵ"}, "name"),
        ({"name": " "}, "name"),
        ({"source": ""}, "source"),
        ({"kind": "huyện"}, "kind"),
        ({"on": date(2025, 7, 1)}, "on"),
        ({"on": this_month().first_day - timedelta(days=1)}, "on"),
    ],
)
def test_a_merger_that_cannot_be_changes_nothing(cast: Cast, changed: dict[str, Any], field: str):
    before = Commune.objects.count()
    with pytest.raises(Refused) as refusal:
        merge(cast, **changed)
    assert refusal.value.field == field
    assert Commune.objects.count() == before
    assert not Commune.objects.filter(pk=cast.commune_a.pk, valid_to__isnull=False).exists()


def test_one_commune_alone_or_one_that_ended_is_not_merged(cast: Cast):
    with pytest.raises(Refused):
        merge(cast, predecessors=[cast.commune_a, cast.commune_a])
    ended = Commune.objects.filter(valid_to__isnull=False).first()
    with pytest.raises(Refused):
        merge(cast, predecessors=[cast.commune_a, ended])
    merge(cast)
    with pytest.raises(Refused):
        merge(cast, code="12998", name="Mẫu Khác")


def test_the_screen_shows_what_follows_before_anything_is_written(cast: Cast, logged_in: Login):
    browser, url = logged_in(cast.manager), reverse("agents:merge")
    do_set_targets(actor=cast.manager, figures=[Figure(today().year, "new", cast.commune_a, 35)])
    do_set_targets(
        actor=cast.manager, figures=[Figure(today().year + 1, "new", cast.commune_b, 48)]
    )
    body = {
        "predecessors": [cast.commune_a.pk, cast.commune_b.pk],
        "name": "Mẫu Mới",
        "kind": "xã",
        "code": "12999",
        "on": f"{today():%d/%m/%Y}",
        "source": "Nghị quyết mẫu",
        "officer": cast.officer_a.pk,
    }
    text = markup(browser.post(url, body))
    assert "Chỉ tiêu năm sau đã giao cũng được tiếp nhận: tăng mới trong năm 48" in text
    assert "tăng mới trong năm 35" in text and "2 điểm thu phục vụ thêm" in text
    assert (
        "chuyên quản thu Tài khoản chuyenquan_a" in text
        and not Commune.objects.filter(code="12999").exists()
    )
    answer = browser.post(url, {**body, "xac_nhan": "1"})
    new = Commune.objects.get(code="12999")
    assert answer["Location"] == reverse("agents:commune", args=[new.pk])
    assert "Mẫu Mới" in markup(browser.get(reverse("agents:commune", args=[cast.commune_a.pk])))
    assert "Hãy chọn ít nhất hai xã" in markup(browser.post(url, {**body, "predecessors": []}))


def test_a_labour_force_is_written_once_corrected_and_taken_away(cast: Cast):
    def entered(persons: int | None, source: str = "UBND xã") -> tuple[int, int, int, int]:
        row = LabourRow(cast.commune_a, date(2026, 1, 1), persons, source)
        done = do_set_labour_forces(actor=cast.manager, rows=[row])
        return done.created, done.changed, done.removed, done.unchanged

    assert entered(5000) == (1, 0, 0, 0)
    assert entered(5000) == (0, 0, 0, 1)
    assert entered(5100) == (0, 1, 0, 0)
    assert entered(None) == (0, 0, 1, 0)
    assert (
        not LabourForce.objects.exists()
        and AuditEntry.objects.filter(action="labour.set").count() == 3
    )


@pytest.mark.parametrize(
    ("persons", "day", "source", "field"),
    [
        (-1, date(2026, 1, 1), "x", "persons"), (5, date(2020, 1, 1), "x", "counted_on"),
        (5, date(2026, 1, 1), " ", "source"),
    ],
)  # fmt: skip
def test_a_labour_force_that_cannot_be_keeps_all_out(
    cast: Cast, persons: int, day: date, source: str, field: str
):
    good = LabourRow(cast.commune_b, date(2026, 1, 1), 7, "UBND xã")
    with pytest.raises(Refused) as refusal:
        do_set_labour_forces(
            actor=cast.manager, rows=[good, LabourRow(cast.commune_a, day, persons, source)]
        )
    assert refusal.value.field == field and not LabourForce.objects.exists()


def test_a_merged_commune_has_the_labour_force_of_its_parts(cast: Cast):
    day = this_month().first_day
    rows = [
        LabourRow(unit, day - timedelta(days=40), 100, "UBND")
        for unit in (cast.commune_a, cast.commune_b)
    ]
    do_set_labour_forces(actor=cast.manager, rows=rows)
    new = merge(cast)
    assert Potential(load_lineage(), day).force(new.pk) == 200


def test_the_labour_screen_writes_what_changed_and_names_what_is_missing(
    cast: Cast, logged_in: Login
):
    browser, url = logged_in(cast.manager), reverse("targets:labour")
    body = {
        f"persons-{cast.commune_a.pk}": "5.200",
        "counted_on": "01/01/2026",
        "source": "UBND các xã",
    }
    assert browser.post(url, body).status_code == 302
    assert LabourForce.objects.get().persons == 5200
    text = markup(browser.get(url))
    assert 'value="5.200"' in text and "10 xã chưa có số lao động" in text
    assert logged_in(cast.officer_a).get(url).status_code == 200
    assert logged_in(cast.officer_a).post(url, body).status_code == 403
    assert "không phải" not in text and "Hãy nhập số nguyên" in markup(
        browser.post(url, {**body, f"persons-{cast.commune_b.pk}": "nhiều"})
    )
