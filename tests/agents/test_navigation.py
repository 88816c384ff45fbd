"""The navigation that the apps register: its order, where a page stands, and no place twice."""

from __future__ import annotations

from django.test import Client
from django.urls import reverse

from agents import navigation
from tests.cast import Cast


def test_the_entries_of_all_apps_stand_in_one_order():
    assert [one.label for one in navigation.entries()] == [
        "Hôm nay",
        "Người tham gia",
        "Biên lai",
        "Đại lý & nhân viên thu",
        "Tập huấn",
        "Địa bàn",
        "Chuyên quản",
        "Thư tháng",
        "Chỉ tiêu",
        "Phản ánh",
        "Nhập bảng kê",
        "Báo cáo",
        "Tham số",
        "Tài khoản",
        "Nhật ký",
    ]
    assert [one.label for one in navigation.thumb_entries()] == [
        "Hôm nay",
        "Người",
        "+ Thu",
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
    assert [item.label for item in nav if item.active] == ["Đại lý & nhân viên thu"]
