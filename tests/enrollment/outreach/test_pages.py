"""The list of potentials, the day's round, the household: what they show, to whom, and in how few
statements.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client

from agents.models import Collector, User
from enrollment.models import Acquisition, Draft, Holding, HouseholdVisit, Prospect, VisitOutcome
from enrollment.outreach.operations.prospects import do_exclude
from enrollment.outreach.operations.sharing import do_share_out
from enrollment.outreach.operations.visits import Result
from enrollment.outreach.people import who
from tests import builders
from tests.cast import Cast
from tests.pages import markup
from thaithuy_bhxh.clock import this_month, today

pytestmark = pytest.mark.django_db
Login = Callable[[User], Client]


def listed(client: Client, code: str) -> str:
    return markup(client.get(f"/van-dong/?danh_sach={code}"))


def test_each_person_stands_in_the_first_list_that_holds(cast: Cast, logged_in: Login):
    paid = builders.paid(cast.manager, cast.commune_a, cast.collector_a, today(), months=1)
    member = paid.participant
    other = builders.paid(cast.manager, cast.commune_a, cast.collector_a, today()).participant
    house = builders.household(cast.manager, member, other)
    inside = builders.prospect(cast.staff_a, cast.commune_a, household=house)
    grouped = builders.prospect(
        cast.staff_a, cast.commune_a, group=builders.prospect_group(), household=house
    )
    alone = builders.prospect(cast.staff_a, cast.commune_a, group=builders.prospect_group())
    brought = builders.prospect(cast.staff_a, cast.commune_a)
    client = logged_in(cast.staff_a)
    places = {
        code: [
            one.full_name
            for one in (inside, grouped, alone, brought)
            if one.full_name in listed(client, code)
        ]
        for code in ("dung", "den-han", "ho", "nhom", "nhap")
    }
    assert places == {
        "dung": [],
        "den-han": [],
        "ho": [inside.full_name, grouped.full_name],
        "nhom": [alone.full_name],
        "nhap": [brought.full_name],
    }
    assert member.full_name in listed(client, "den-han")


def test_who_may_not_be_approached_is_on_no_list(cast: Cast, logged_in: Login):
    person = builders.prospect(cast.staff_a, cast.commune_a)
    client = logged_in(cast.staff_a)
    assert person.full_name in listed(client, "nhap")
    do_exclude(actor=cast.staff_a, person=person, reason="asked")
    assert person.full_name not in listed(client, "nhap")
    assert "0</span>" in listed(client, "nhap")


def test_who_stopped_this_year_is_listed_until_paying_again(cast: Cast, logged_in: Login):
    first = (this_month() - 3).first_day
    person = builders.paid(
        cast.manager, cast.commune_a, cast.collector_a, first, months=1
    ).participant
    client = logged_in(cast.staff_a)
    assert (person.full_name in listed(client, "dung")) == (this_month().month > 2)
    builders.paid(cast.manager, cast.commune_a, cast.collector_a, today(), **builders.again(person))
    assert person.full_name not in listed(client, "dung")


def test_a_change_of_scope_changes_the_lists_at_once(cast: Cast, logged_in: Login):
    person = builders.prospect(cast.manager, cast.commune_a)
    do_share_out(actor=cast.manager, people=[who(person)], workers=[cast.collector_a])
    staff = logged_in(cast.staff_a)
    assert person.full_name in markup(staff.get("/van-dong/hom-nay/"))
    Collector.objects.filter(pk=cast.collector_a.pk).update(point=cast.collector_b.point)
    User.objects.filter(pk=cast.staff_a.pk).update(agent=cast.agent_b)
    assert person.full_name not in markup(staff.get("/van-dong/hom-nay/"))
    assert person.full_name not in listed(staff, "nhap")
    assert staff.get(f"/van-dong/ho/{who(person)}/").status_code == 404
    assert person.full_name in listed(logged_in(cast.lead_a), "nhap")


def test_the_round_has_who_was_never_met_or_is_due(cast: Cast, logged_in: Login):
    new, later, due = (builders.prospect(cast.manager, cast.commune_a) for _ in range(3))
    do_share_out(
        actor=cast.manager, people=[*map(who, (new, later, due))], workers=[cast.collector_a]
    )
    builders.visit(cast.staff_a, cast.commune_a, Result(who(later), "undecided"))
    builders.visit(cast.staff_a, cast.commune_a, Result(who(due), "agreed", next_on=today()))
    page = markup(logged_in(cast.staff_a).get("/van-dong/hom-nay/"))
    assert [one.full_name in page for one in (new, later, due)] == [True, False, True]


def test_people_are_given_on_the_page(cast: Cast, logged_in: Login):
    person = builders.prospect(cast.lead_a, cast.commune_a)
    client = logged_in(cast.lead_a)
    sent = {"nguoi": [str(who(person))], "nhan": [f"c{cast.collector_a.pk}"]}
    assert client.post("/van-dong/giao/", sent, follow=True).status_code == 200
    assert Holding.objects.get().collector == cast.collector_a
    client.post("/van-dong/giao/", {"nguoi": [str(who(person))]})
    assert Holding.objects.count() == 1


def test_a_visit_is_written_down_on_the_page_once(cast: Cast, logged_in: Login):
    person = builders.prospect(cast.staff_a, cast.commune_a)
    client, url = logged_in(cast.staff_a), f"/van-dong/ho/{who(person)}/"
    sent = {"met": "co", f"kq_{who(person)}": "short", "key": str(uuid4())}
    for _ in range(2):
        assert client.post(url, sent).status_code == 302
    assert HouseholdVisit.objects.count() == 1
    outcome = VisitOutcome.objects.get()
    assert (outcome.next_step, outcome.next_on) == ("quarterly", today() + timedelta(days=14))
    assert "chưa có tiền" in markup(client.get(url))


def test_nobody_met_needs_no_further_answer(cast: Cast, logged_in: Login):
    person = builders.prospect(cast.staff_a, cast.commune_a)
    url = f"/van-dong/ho/{who(person)}/"
    logged_in(cast.staff_a).post(url, {"met": "khong", "key": str(uuid4())})
    assert VisitOutcome.objects.get().outcome == "not_home"


def test_a_visit_without_outcome_keeps_what_was_typed(cast: Cast, logged_in: Login):
    person = builders.prospect(cast.staff_a, cast.commune_a)
    url = f"/van-dong/ho/{who(person)}/"
    page = logged_in(cast.staff_a).post(
        url, {"met": "co", "note": "nhà cuối ngõ", "key": str(uuid4())}
    )
    assert "Hãy chọn kết quả cho ít nhất một người trong hộ." in markup(page)
    assert "nhà cuối ngõ" in markup(page)
    assert HouseholdVisit.objects.count() == 0


def test_joining_opens_the_receipt_form_filled_in(cast: Cast, logged_in: Login):
    person = builders.prospect(
        cast.staff_a, cast.commune_a, full_name="Hoàng Thị Mơ", phone="0912345678", hamlet="Thôn 4"
    )
    builders.visit(cast.staff_a, cast.commune_a, Result(who(person), "agreed"))
    client = logged_in(cast.staff_a)
    page = markup(client.post(f"/van-dong/ho/{who(person)}/tham-gia/", follow=True))
    for typed in ("Hoàng Thị Mơ", "0912345678", "Thôn 4", "1980"):
        assert f'value="{typed}"' in page
    draft = Draft.objects.get()
    builders.fill_receipt_form(client, draft, citizen_id="034180000123", sex="female")
    person.refresh_from_db()
    assert person.participant and person.participant.full_name == "Hoàng Thị Mơ"
    assert Acquisition.objects.get().visit == HouseholdVisit.objects.get()


def test_somebody_new_is_written_down_beside_the_household(cast: Cast, logged_in: Login):
    beside = builders.prospect(cast.staff_a, cast.commune_a, hamlet="Thôn 4")
    client = logged_in(cast.staff_a)
    page = client.get(f"/van-dong/them/?ho={who(beside)}")
    assert 'value="Thôn 4"' in markup(page)
    sent = {"full_name": "Trần Văn Mới", "commune": cast.commune_a.pk, "key": str(uuid4())}
    for _ in range(2):
        client.post(f"/van-dong/them/?ho={who(beside)}", sent)
    assert Prospect.objects.filter(full_name="Trần Văn Mới").count() == 1


def test_somebody_of_another_agent_is_not_named(cast: Cast, logged_in: Login):
    far = builders.prospect(cast.manager, cast.commune_a, full_name="Lý Thị Xa", phone="0912345678")
    do_share_out(actor=cast.manager, people=[who(far)], workers=[cast.collector_b])
    sent = {
        "full_name": "Lý Thị Xa",
        "phone": "0912345678",
        "commune": cast.commune_a.pk,
        "key": str(uuid4()),
    }
    page = logged_in(cast.staff_a).post("/van-dong/them/", sent, follow=True)
    assert "đã có trong sổ hoặc do đại lý khác vận động" in markup(page)
    assert Prospect.objects.count() == 1
