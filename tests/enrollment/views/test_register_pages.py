"""The register: who sees whom, what is searched for, and what the sentence says."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from agents.models import AuditEntry
from enrollment.filters import ParticipantFilter
from enrollment.models import Participant
from enrollment.person_status import STATUSES, status_of
from tests import builders
from tests.cast import Cast
from tests.pages import markup
from thaithuy_bhxh.clock import this_month, today

REGISTER = reverse("enrollment:participants")
TAKE = reverse("enrollment:participants_take")
SEARCH = reverse("enrollment:participant_search")
WITHOUT_SCRIPT = ("onclick", "hx-on", "style=", "<script>")


@pytest.mark.parametrize("who", ["staff_a", "lead_a", "officer_a"])
def test_own_people_are_listed_and_others_are_not(
    browser: Any, active: Participant, foreign: Participant, who: str
):
    text = markup(browser(who).get(REGISTER))
    assert active.full_name in text
    assert foreign.full_name not in text
    assert "<strong>1 người</strong>" in text


@pytest.mark.parametrize("who", ["manager", "auditor"])
def test_the_office_sees_everybody(
    browser: Any, active: Participant, foreign: Participant, who: str
):
    text = markup(browser(who).get(REGISTER))
    assert active.full_name in text and foreign.full_name in text
    assert "Ghi người mới" not in text


def test_an_administrator_sees_no_people(browser: Any, active: Participant):
    assert browser("administrator").get(REGISTER).status_code == 403


def test_numbers_are_masked(browser: Any, active: Participant):
    text = markup(browser("staff_a").get(REGISTER))
    assert active.citizen_id not in text
    assert f"{active.citizen_id[:4]}••••{active.citizen_id[-4:]}" in text


def test_people_stand_in_the_order_of_their_given_names(
    browser: Any, lapsed: Participant, active: Participant
):
    text = markup(browser("staff_a").get(REGISTER))
    assert text.index(active.full_name) < text.index(lapsed.full_name), "An comes before Bình"


def names_in(text: str, *people: Participant) -> list[str]:
    """Their names in the order in which they stand in a page."""
    return sorted((one.full_name for one in people), key=text.index)


def test_heads_order_the_list_either_way_and_the_order_is_said(
    browser: Any, lapsed: Participant, active: Participant
):
    Participant.objects.filter(pk=active.pk).update(birth_year=1980)
    Participant.objects.filter(pk=lapsed.pk).update(birth_year=1970)
    client = browser("staff_a")
    up, down = (markup(client.get(REGISTER, {"xep": by})) for by in ("nam-sinh", "-nam-sinh"))
    assert names_in(up, active, lapsed) == [lapsed.full_name, active.full_name]
    assert names_in(down, active, lapsed) == [active.full_name, lapsed.full_name]
    assert "xếp theo năm sinh." in up and 'aria-sort="ascending"' in up
    assert "xếp theo năm sinh (ngược lại)." in down and 'aria-sort="descending"' in down
    assert 'href="?xep=-nam-sinh"' in up and 'href="?xep=nam-sinh"' in down


@pytest.mark.parametrize("by", ["nam-sinh", "-nam-sinh"])
def test_who_has_no_value_stands_last_either_way(
    browser: Any, lapsed: Participant, active: Participant, by: str
):
    Participant.objects.filter(pk=active.pk).update(birth_year=None)
    Participant.objects.filter(pk=lapsed.pk).update(birth_year=1970)
    text = markup(browser("staff_a").get(REGISTER, {"xep": by}))
    assert names_in(text, active, lapsed) == [lapsed.full_name, active.full_name]


def test_every_head_orders_and_an_unknown_one_is_ignored(browser: Any, active: Participant):
    client = browser("staff_a")
    for by in ("ten", "xa", "-xa", "dai-ly", "dong-den", "-han", "khac", "-"):
        assert active.full_name in markup(client.get(REGISTER, {"xep": by}))


def test_the_phone_is_masked_and_to_be_called_by_who_may(browser: Any, active: Participant):
    Participant.objects.filter(pk=active.pk).update(phone="0912345678")
    call = reverse("enrollment:participant_call", args=[active.pk])
    mine, auditors = (markup(browser(who).get(REGISTER)) for who in ("staff_a", "auditor"))
    assert "0912345678" not in mine and f'action="{call}"' in mine
    assert call not in auditors and "Điện thoại</th>" not in auditors


def test_the_list_leaves_as_a_workbook_for_a_reason_masked_and_on_record(
    browser: Any, active: Participant, lapsed: Participant, foreign: Participant
):
    Participant.objects.filter(pk=active.pk).update(phone="0912345678")
    client, take = browser("staff_a"), f"{TAKE}?tinh_trang=dang-dong&xep=han"
    kept = AuditEntry.objects.filter(action="export.people")
    assert f'href="{TAKE}?xep=han"' in markup(client.get(REGISTER, {"xep": "han", "trang": "1"}))
    for reason in ("", "x", "aaaaaaaaaaaa"):
        assert 'id="id_reason_error"' in markup(client.post(take, {"reason": reason}))
    assert not kept.exists()
    answer = client.post(take, {"reason": "gọi nhắc đóng tiếp"})
    sheet = load_workbook(BytesIO(b"".join(answer.streaming_content))).active
    rows = list(sheet.iter_rows(min_row=5, values_only=True))
    assert [row[0] for row in rows] == [active.full_name]
    assert rows[0][9] == "0912•••678" and active.citizen_id not in rows[0]
    row = kept.get()
    assert (row.changes["rows"], row.changes["why"]) == (1, "gọi nhắc đóng tiếp")


def test_nobody_of_another_scope_is_in_the_workbook(
    browser: Any, active: Participant, foreign: Participant
):
    answer = browser("officer_a").post(TAKE, {"reason": "rà soát danh sách"})
    sheet = load_workbook(BytesIO(b"".join(answer.streaming_content))).active
    names = [row[0] for row in sheet.iter_rows(min_row=5, values_only=True)]
    assert active.full_name in names and foreign.full_name not in names


def test_a_search_without_diacritics_finds_and_stays_out_of_the_address(
    browser: Any, active: Participant, lapsed: Participant
):
    client = browser("staff_a")
    answer = client.post(SEARCH, {"tim": "dang thi an"})
    assert answer.headers["Location"] == reverse("enrollment:participant", args=[active.pk])
    answer = client.post(SEARCH, {"tim": "nguoi mau"}, follow=True)
    assert answer.request["QUERY_STRING"] == "tim=1"
    assert "khớp với từ đang tìm" in markup(answer)
    assert "<strong>2 người</strong>" in markup(answer)
    assert "Bỏ tìm" not in markup(client.post(SEARCH, {"tim": ""}, follow=True))


def test_a_search_never_narrows_what_another_link_promises(
    browser: Any, active: Participant, lapsed: Participant
):
    client = browser("staff_a")
    client.post(SEARCH, {"tim": "khong co ai"})
    searched = {"tim": "1"}
    assert "Không có ai khớp" in markup(client.get(REGISTER, searched)), "pages and filters go on"
    assert "<strong>2 người</strong>" in markup(client.get(REGISTER)), "the menu"
    assert "<strong>2 người</strong>" in markup(client.get(REGISTER, searched)), "and it is over"


def test_a_search_does_not_find_other_peoples_people(browser: Any, foreign: Participant):
    text = markup(browser("staff_a").post(SEARCH, {"tim": foreign.citizen_id}, follow=True))
    assert foreign.full_name not in text
    assert "Không có ai khớp" in text and "Ghi người mới" in text


def test_nobody_due_is_said_in_words(browser: Any, active: Participant):
    text = markup(browser("staff_a").get(REGISTER, {"den_han": "7"}))
    assert "Chưa có ai đến hạn trong 7 ngày tới" in text
    assert "Mọi người tham gia, đến hạn trong 7 ngày" in text


def test_an_empty_register_says_so(browser: Any):
    assert "Chưa có người tham gia nào trong phạm vi của bạn" in markup(
        browser("staff_a").get(REGISTER)
    )


def test_unknown_filter_values_are_ignored(browser: Any, active: Participant):
    text = browser("staff_a").get(
        REGISTER, {"tinh_trang": "x", "den_han": "9", "xa": "abc", "dai_ly": "?"}
    )
    assert active.full_name in markup(text)


@pytest.mark.parametrize("code", STATUSES)
def test_every_status_filter_agrees_with_the_status_that_the_page_shows(
    cast: Cast, active: Participant, lapsed: Participant, stopped: Participant, code: str
):
    builders.paid(
        cast.manager, cast.commune_a, cast.collector_a, (this_month() - 7).first_day, months=6
    )
    builders.paid(
        cast.manager, cast.commune_a, cast.collector_a, (this_month() - 2).first_day, months=1
    )
    everybody = Participant.objects.all()
    wanted = {one.pk for one in everybody if status_of(one, today()).code == code}
    shown = ParticipantFilter({"tinh_trang": code}, cast.manager, "").people
    assert {one.pk for one in shown} == wanted


def test_pages_keep_the_filters(browser: Any, cast: Cast):
    lines = (
        builders.receipt_line(
            cast.commune_a,
            cast.collector_a,
            this_month().first_day,
            full_name=f"Người Mẫu {n:03d} Ba",
        )
        for n in range(21)
    )
    builders.import_lines(cast.manager, *lines)
    text = markup(browser("staff_a").get(REGISTER, {"tinh_trang": "dang-dong", "xep": "-ten"}))
    assert "Trang 1 / 2" in text
    assert "?tinh_trang=dang-dong&amp;xep=-ten&amp;trang=2" in text
    assert 'href="?tinh_trang=dang-dong&amp;xep=han"' in text
    second = markup(browser("staff_a").get(REGISTER, {"tinh_trang": "dang-dong", "trang": "2"}))
    assert second.count('scope="row"') == 1


def test_the_list_costs_the_same_for_few_and_for_many(
    browser: Any, cast: Cast, active: Participant, django_assert_max_num_queries: Any
):
    client = browser("officer_a")
    with django_assert_max_num_queries(12) as few:
        client.get(REGISTER)
    day = this_month().first_day
    builders.import_lines(
        cast.manager,
        *(builders.receipt_line(cast.commune_a, cast.collector_a, day) for _ in range(60)),
    )
    with django_assert_max_num_queries(len(few)):
        client.get(REGISTER)


def test_no_inline_script_or_style(browser: Any, active: Participant):
    text = markup(browser("staff_a").get(REGISTER))
    assert not [one for one in WITHOUT_SCRIPT if one in text]


@pytest.mark.parametrize(
    "typed", ["+84912345678", "84912345678", "+84 912.345.678", "0912 345 678", "(+84) 912-345678"]
)
def test_a_phone_is_found_however_it_is_written(
    browser: Any, active: Participant, lapsed: Participant, typed: str
):
    Participant.objects.filter(pk=active.pk).update(phone="0912345678")
    client = browser("staff_a")
    answer = client.post(reverse("enrollment:participant_search"), {"tim": typed})
    assert answer.headers["Location"] == reverse("enrollment:participant", args=[active.pk])
    found = client.post(reverse("enrollment:enroll"), {"phone": typed}).context["found"]
    assert [match.person for match in found.alike] == [active]
