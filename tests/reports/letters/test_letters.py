"""Monthly letters: figures by hand, whose people they name, what never stands in them, and that
they are logged.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from agents.models import (
    AgentContract,
    AuditEntry,
    CollectionAgent,
    Collector,
    CollectorCard,
    Commune,
    OfficeProfile,
    Target,
    User,
)
from enrollment.models import Participant
from reports.counting.measures import Figures
from reports.letters.figures import letters_of, recipients_of
from reports.letters.letter import AGENT, COMMUNE, SHOWN_DUE, Due, Letter, Lost
from tests import builders
from tests.cast import Cast
from tests.pages import markup
from tests.shipped import unguarded
from thaithuy_bhxh.clock import this_month, today
from thaithuy_bhxh.months import Month

Login = Callable[[User], Client]
DAY = timedelta(days=1)
PHONE = "0912345678"


@pytest.fixture
def month(cast: Cast) -> Month:
    """Last month in A: somebody new, somebody lost, somebody who stays; somebody new in B."""
    last = this_month() - 1
    for where, who, first, months, name in (
        (cast.commune_a, cast.collector_a, last, 6, "Nguyễn Thị Mới"),
        (cast.commune_a, cast.collector_a, last - 1, 1, "Trần Văn Mất"),
        (cast.commune_a, cast.collector_a, last - 12, 12, "Lê Thị Ở"),
        (cast.commune_b, cast.collector_b, last, 6, "Phạm Văn Bên"),
    ):
        builders.paid(
            cast.manager, where, who, first.first_day, months=months, full_name=name, group="poor"
        )
    Participant.objects.filter(full_name="Nguyễn Thị Mới").update(
        due_on=today() + 30 * DAY, phone=PHONE
    )
    Participant.objects.filter(full_name="Lê Thị Ở").update(due_on=today() + 31 * DAY)
    Participant.objects.filter(full_name="Phạm Văn Bên").update(due_on=today())
    return last


def letter(user: User, kind: str, month: Month, pk: int) -> Letter:
    (found,) = letters_of(user, kind, month, pk)
    return found


def test_the_letter_of_a_commune_by_hand(cast: Cast, month: Month):
    Target.objects.create(
        year=month.year,
        metric="active",
        owner_kind="commune",
        commune=cast.commune_a,
        value=8,
        decision_no="1",
    )
    found = letter(cast.officer_a, COMMUNE, month, cast.commune_a.pk)
    # Poor: 12 months at 1.500.000 đ are 3.960.000 đ, the state adds a half of it; 6 months are
    # 1.980.000 đ.
    assert [(line.now, line.before) for line in found.lines] == [
        (2, 0),
        (1, 1),
        (0, 0),
        (0, 0),
        (0, 0),
        (1, 0),
        (2, 1),
        (0, 0),
        (990_000, 1_980_000),
    ]
    assert found.reasons == "không đóng tiếp 1"
    assert [one.sentence for one in found.targets] == [
        "Đang tham gia đến 31/12: 2 người trên 8 người, đạt 25,0%"
    ]
    assert found.due == [Due("Nguyễn Thị Mới", "Thôn Bắc", today() + 30 * DAY)]
    assert found.lost_names == "Trần Văn Mất (Thôn Bắc)"
    assert found.advice[0] == "Thôn có nhiều người gián đoạn nhất: Thôn Bắc (1)."
    assert "hộ nghèo (1)" in found.advice[1]
    assert (found.addressee, found.officer) == (
        "Ủy ban nhân dân xã Thái Ninh",
        "Tài khoản chuyenquan_a",
    )


def test_somebody_who_paid_again_is_not_to_be_won_back(cast: Cast, month: Month):
    lost = Participant.objects.get(full_name="Trần Văn Mất")
    builders.paid(cast.manager, cast.commune_a, cast.collector_a, today(), **builders.again(lost))
    assert letter(cast.officer_a, COMMUNE, month, cast.commune_a.pk).lost == []


def test_the_letter_of_an_agent_warns_of_cards_and_contract(cast: Cast, month: Month):
    CollectorCard.objects.filter(collector=cast.collector_a).update(valid_to=today() + 30 * DAY)
    Collector.objects.filter(pk=cast.collector_a.pk).update(hired_on=date(2024, 1, 2))
    AgentContract.objects.create(
        agent=cast.agent_a,
        number="12/HĐ",
        signed_on=date(2025, 7, 1),
        valid_from=date(2025, 7, 1),
        valid_to=today() + 60 * DAY,
    )
    found = letter(cast.lead_a, AGENT, month, cast.agent_a.pk)
    ends = f"{today() + 30 * DAY:%d/%m/%Y}"
    assert found.papers == [
        f"Thẻ nhân viên thu: {cast.collector_a.full_name} hết hạn ngày {ends}.",
        f"Hợp đồng 12/HĐ hết hạn ngày {today() + 60 * DAY:%d/%m/%Y}.",
    ]
    assert [(one.name, one.hamlet) for one in found.due] == [
        ("Nguyễn Thị Mới", "Thôn Bắc, Thái Ninh")
    ]


def test_the_page_names_only_the_communes_own_people_and_no_numbers(
    cast: Cast, month: Month, logged_in: Login
):
    person = Participant.objects.get(full_name="Nguyễn Thị Mới")
    page = markup(logged_in(cast.manager).get(reverse("letters:commune", args=[cast.commune_a.pk])))
    assert "Nguyễn Thị Mới" in page and "Trần Văn Mất" in page
    assert "Phạm Văn Bên" not in page and "Lê Thị Ở" not in page
    assert person.citizen_id not in page and PHONE not in page


def test_all_letters_of_a_month_are_those_one_by_one(cast: Cast, month: Month):
    together = letters_of(cast.manager, COMMUNE, month)
    assert together == [letter(cast.manager, COMMUNE, month, one.pk) for one in together]
    listed = recipients_of(cast.manager, COMMUNE, month)
    assert [one.pk for one in together] == [pk for pk, _ in listed] and len(listed) == 11


def test_a_closed_agent_gets_letters_only_while_it_has_people_or_money(
    cast: Cast, month: Month, logged_in: Login
):
    """The list, the letters printed together and the address of each hold the same agents."""
    empty = builders.agent("BD900", closed_on=date(2020, 3, 31))
    late = builders.agent("BD901", opened_on=(month + 1).first_day)
    left = builders.agent("BD902", closed_on=month.first_day)
    client = logged_in(cast.manager)
    for when in (month, month - 1):
        listed = {pk for pk, _ in recipients_of(cast.manager, AGENT, when)}
        assert listed == {one.pk for one in letters_of(cast.manager, AGENT, when)}
        assert listed == {cast.agent_a.pk, cast.agent_b.pk, left.pk}
        page = client.get(reverse("letters:letters"), {"thang": str(when)})
        assert dict((kind, len(rows)) for kind, _, rows in page.context["groups"])[AGENT] == 3
    for one, status in ((empty, 404), (late, 404), (left, 200), (cast.agent_a, 200)):
        answer = client.get(reverse("letters:agent", args=[one.pk]), {"thang": str(month)})
        assert answer.status_code == status, one.code
    CollectionAgent.objects.filter(pk=cast.agent_b.pk).update(closed_on=date(2025, 12, 31))
    assert cast.agent_b.pk in dict(recipients_of(cast.manager, AGENT, month)), (
        "its people are still there"
    )


def test_two_offices_of_one_name_are_told_apart_by_their_days(cast: Cast, logged_in: Login):
    name = "UBND thị trấn Diêm Điền"
    builders.agent("XA901", name=name, closed_on=date(2020, 3, 31))
    builders.agent("XA902", name=name, opened_on=date(2020, 3, 1), closed_on=date(2025, 6, 30))
    listed = [told for _, told in recipients_of(cast.manager, AGENT, Month(2020, 3))]
    assert listed[2:] == [f"{name} (đến 31/03/2020)", f"{name} (đến 30/06/2025)"]
    assert listed[0] == cast.agent_a.name
    assert [told for _, told in recipients_of(cast.manager, AGENT, Month(2020, 4))][2:] == [name]


def test_twins_closed_on_one_day_are_told_apart_by_their_code(cast: Cast):
    for code in ("XA901", "XA902"):
        builders.agent(code, name="UBND xã Một", closed_on=date(2020, 3, 31))
    listed = [told for _, told in recipients_of(cast.manager, AGENT, Month(2020, 3))]
    assert listed[2:] == [f"UBND xã Một (đến 31/03/2020, {code})" for code in ("XA901", "XA902")]


def test_the_page_of_a_closed_agent_offers_no_letter(cast: Cast, logged_in: Login):
    client, address = logged_in(cast.manager), reverse("letters:agent", args=[cast.agent_a.pk])
    page = reverse("agents:agent", args=[cast.agent_a.pk])
    assert address in markup(client.get(page))
    CollectionAgent.objects.filter(pk=cast.agent_a.pk).update(closed_on=date(2025, 12, 31))
    assert address not in markup(client.get(page))


def test_printing_is_written_down(cast: Cast, month: Month, logged_in: Login):
    logged_in(cast.officer_a).get(reverse("letters:commune", args=[cast.commune_a.pk]))
    row = AuditEntry.objects.get(action="export.download")
    assert row.actor == cast.officer_a
    assert (row.changes["letters"], row.changes["rows"]) == ([cast.commune_a.code], 2)


def test_an_old_letter_has_the_office_name_of_its_day_and_no_list_of_people_due(
    cast: Cast, month: Month, logged_in: Login
):
    for day, name in ((date(2025, 12, 1), "BHXH huyện cũ"), (date(2026, 4, 1), "BHXH cơ sở mới")):
        OfficeProfile.objects.update_or_create(
            valid_from=day,
            defaults={"parent_name": "Trên", "name": name, "place": "TT", "chief_title": "GĐ"},
        )
    address = reverse("letters:commune", args=[cast.commune_a.pk])
    page = markup(logged_in(cast.manager).get(address, {"thang": "2025-12"}))
    assert "BHXH HUYỆN CŨ" in page and "ngày 31 tháng 12 năm 2025" in page
    assert "Đến hạn đóng tiếp" not in page


def test_a_commune_that_was_not_there_in_the_month_has_no_letter(cast: Cast, logged_in: Login):
    address = reverse("letters:commune", args=[cast.commune_a.pk])
    assert logged_in(cast.manager).get(address, {"thang": "2025-06"}).status_code == 404


@pytest.mark.parametrize(
    ("first", "offered"),
    [(this_month().first_day - timedelta(days=1), True), (this_month().first_day, False)],
)
def test_a_commune_formed_this_month_is_offered_no_letter_yet(
    cast: Cast, logged_in: Login, first: date, offered: bool
):
    with unguarded(Commune):
        Commune.objects.filter(pk=cast.commune_a.pk).update(valid_from=first)
    client, address = logged_in(cast.manager), reverse("letters:commune", args=[cast.commune_a.pk])
    page = markup(client.get(reverse("agents:commune", args=[cast.commune_a.pk])))
    assert (address in page) is offered
    assert (client.get(address).status_code == 200) is offered


@pytest.mark.parametrize("wrong", ["", "x", "2199-01", "1999-01"])
def test_a_month_that_cannot_be_is_the_last_one(cast: Cast, logged_in: Login, wrong: str):
    page = logged_in(cast.lead_a).get(reverse("letters:letters"), {"thang": wrong})
    assert page.context["month"] == str(this_month() - 1)


def test_who_finds_no_room_is_told_as_a_number():
    due = [Due(f"Người {n}", "Thôn", date(2026, 3, 1)) for n in range(SHOWN_DUE + 3)]
    lost = [Lost(f"Người {n}", "", "other") for n in range(9)]
    found = Letter(
        AGENT,
        1,
        "A",
        "Đại lý",
        Month(2026, 2),
        date(2026, 3, 1),
        Figures(),
        Figures(),
        (),
        due,
        lost,
    )
    assert (len(found.shown_due), found.more_due) == (SHOWN_DUE, 3)
    assert found.lost_names.endswith("Người 4 và 4 người nữa")
    assert found.advice == []
