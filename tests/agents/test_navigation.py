"""The navigation that the apps register: its order, where a page stands, and no place twice."""

from __future__ import annotations

from django.test import Client
from django.urls import reverse

from agents import navigation
from agents.context import NOWHERE
from agents.models import User
from tests.cast import Cast
from tests.pages import markup


def test_the_entries_of_all_apps_stand_in_one_order():
    assert [one.label for one in navigation.entries()] == [
        "Hôm nay",
        "Chuyên quản",
        "Người tham gia",
        "Biên lai",
        "Vận động",
        "Đại lý & nhân viên thu",
        "Tập huấn",
        "Địa bàn",
        "Chỉ tiêu",
        "Phản ánh",
        "Nhập bảng kê",
        "Báo cáo",
        "Thư tháng",
        "Tham số",
        "Tài khoản",
        "Nhật ký",
    ]
    assert [one.label for one in navigation.thumb_entries()] == [
        "Hôm nay",
        "Người",
        "Thu tiền",
        "Biên lai",
    ]


def test_no_two_entries_claim_a_place_or_a_part_of_addresses():
    for entries in (navigation.entries(), navigation.thumb_entries()):
        places = [one.place for one in entries]
        assert len(places) == len(set(places))
        assert all(reverse(one.page) for one in entries)
    covered = [word for one in navigation.entries() for word in one.covers]
    assert covered and len(covered) == len(set(covered))


def test_a_page_of_another_address_stands_under_its_entry(cast: Cast, client: Client):
    client.force_login(cast.manager)
    nav = client.get(reverse("agents:contracts")).context["nav"]
    assert [item.label for item in nav.groups if item.active] == ["Mạng lưới"]
    assert [item.label for item in nav.tabs if item.active] == ["Đại lý & nhân viên thu"]


def test_each_role_has_at_most_five_places_under_the_thumb(cast: Cast, client: Client):
    """Whatever has no place there is behind the last one."""
    for user in (cast.manager, cast.officer_a, cast.lead_a, cast.staff_a, cast.administrator):
        client.force_login(user)
        nav = client.get(reverse("home")).context["nav"]
        assert 0 < len(nav.thumb) + bool(nav.more) <= 5
        reached = {item.url for item in [*nav.thumb, *nav.more]}
        assert {item.url for item in nav.groups} <= reached
        assert all(item.icon for item in nav.thumb)


def test_the_home_page_keeps_how_much_waits_and_other_pages_show_it(cast: Cast, client: Client):
    """The count comes from the session: no page but the home page counts anything for it."""
    client.force_login(cast.manager)
    answer = client.get(reverse("home"))
    waiting = len(answer.context["decide"])
    assert waiting
    nav = client.get(reverse("reports:index")).context["nav"]
    assert [item.waiting for item in nav.groups] == [waiting, *[0] * (len(nav.groups) - 1)]


def test_nothing_leads_away_before_the_first_password_is_changed(cast: Cast, client: Client):
    """Every page would lead back to the change."""
    User.objects.filter(pk=cast.officer_a.pk).update(must_change_password=True)
    client.force_login(cast.officer_a)
    page = client.get("/", follow=True)
    assert page.redirect_chain[-1][0] == reverse("account_change_password")
    assert page.context["nav"] == NOWHERE and not page.context["may_search"]
    assert "hãy đặt mật khẩu của bạn" in markup(page)
