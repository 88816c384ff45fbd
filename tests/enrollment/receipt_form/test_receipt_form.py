"""Taking money: “Là ai?”, the steps without JavaScript, the check page, and exactly one receipt."""

from __future__ import annotations

import re
from datetime import date, timedelta
from importlib import import_module
from typing import Any
from uuid import UUID

import pytest
from django.apps import apps
from django.http import Http404
from django.test import Client
from django.urls import reverse

from agents.operations.collectors import do_end_card
from enrollment.models import Draft, Participant, Receipt
from enrollment.operations.drafts import do_discard_draft, do_fill_draft, do_start_draft
from enrollment.operations.receipts import do_void_receipt
from enrollment.receipt_form.wizard import Wizard, participant_of
from tests import builders
from tests.cast import Cast
from tests.pages import markup
from thaithuy_bhxh.clock import this_month, today
from thaithuy_bhxh.errors import Refused

WHO = reverse("enrollment:enroll")


def step(draft: Draft, name: str) -> str:
    return reverse("enrollment:enroll_step", args=[draft.pk, name])


def person_values(cast: Cast, **values: Any) -> dict[str, Any]:
    return {
        "full_name": "Người Mẫu Phạm Thị Hoa",
        "sex": "female",
        "birth": "05/06/1984",
        "citizen_id": builders.citizen_id("female", 1984),
        "bhxh_no": "",
        "phone": "",
        "commune": cast.commune_a.pk,
        "hamlet": "Thôn Bắc",
        **values,
    }


def payment_values(**values: Any) -> dict[str, Any]:
    """12 months at 2.000.000 đ from this month, paid today."""
    return {
        "chosen_income": "2.000.000",
        "method": "12",
        "from_month": this_month().vi,
        "received_on": f"{today():%d/%m/%Y}",
        "number": "",
        "other_support": "",
        **values,
    }


@pytest.fixture
def client(browser: Any) -> Client:
    return browser("staff_a")


@pytest.fixture
def draft(cast: Cast) -> Draft:
    return do_start_draft(actor=cast.staff_a, title="Người mới", data={"who": {}})


@pytest.fixture
def known(cast: Cast, client: Client, draft: Draft) -> Draft:
    """Who it is and which group: what comes before the money."""
    client.post(step(draft, "ca-nhan"), person_values(cast))
    client.post(step(draft, "doi-tuong"), {"group": "other"})
    draft.refresh_from_db()
    return draft


@pytest.fixture
def filled(client: Client, known: Draft) -> Draft:
    """Every step answered."""
    client.post(step(known, "muc-dong"), payment_values())
    known.refresh_from_db()
    return known


class TestWho:
    def test_nothing_typed_is_named(self, client: Client):
        assert "Hãy nhập ít nhất một số" in markup(client.post(WHO, {"full_name": ""}))

    def test_an_active_person_is_shown_with_until_when(self, client: Client, active: Participant):
        text = markup(client.post(WHO, {"citizen_id": active.citizen_id}))
        assert active.full_name in text and f"{(this_month() + 11).last_day:%d/%m/%Y}" in text
        assert "Thu tiền đóng tiếp" in text
        assert "ghi người mới</button>" not in text, "the number belongs to somebody"
        assert not Draft.objects.exists()

    def test_a_lapsed_person_leads_to_a_renewal(self, client: Client, lapsed: Participant):
        text = markup(client.post(WHO, {"citizen_id": lapsed.citizen_id}))
        assert "Thu tiền đóng lại" in text
        answer = client.post(reverse("enrollment:collect", args=[lapsed.pk]))
        assert answer.headers["Location"].endswith("/muc-dong/")

    def test_somebody_elses_person_shows_a_masked_name_only(
        self, client: Client, foreign: Participant
    ):
        text = markup(client.post(WHO, {"citizen_id": foreign.citizen_id}))
        assert foreign.full_name not in text and "Người ••• ••• ••• C•••" in text
        assert reverse("enrollment:participant", args=[foreign.pk]) not in text
        answer = client.post(reverse("enrollment:enroll_known"), {"so": foreign.citizen_id})
        assert answer.headers["Location"].endswith("/muc-dong/")

    def test_the_same_name_stands_side_by_side_with_what_was_typed(
        self, client: Client, active: Participant
    ):
        text = markup(client.post(WHO, {"full_name": "nguoi mau dang thi an", "birth": ""}))
        assert "Bạn vừa nhập" in text and "Không phải, ghi người mới" in text
        answer = client.post(
            reverse("enrollment:enroll_new"),
            {"full_name": "Người Mẫu Đặng Thị An", "birth": "1990"},
        )
        first = markup(client.get(answer.headers["Location"]))
        assert 'value="Người Mẫu Đặng Thị An"' in first and 'value="1990"' in first

    def test_nobody_found_goes_straight_on(self, client: Client):
        answer = client.post(WHO, {"full_name": "Người Mẫu Chưa Từng Có"})
        assert answer.status_code == 302 and "/ca-nhan/" in answer.headers["Location"]

    def test_a_wrong_number_keeps_what_was_typed(self, client: Client):
        text = markup(client.post(WHO, {"citizen_id": "12345", "full_name": "Người Mẫu Ai Đó"}))
        assert 'value="12345"' in text and 'value="Người Mẫu Ai Đó"' in text
        assert 'href="#id_citizen_id"' in text and "có 12 chữ số" in text

    def test_a_form_that_was_only_opened_is_no_draft(
        self, client: Client, active: Participant, lapsed: Participant
    ):
        for nothing in ({}, {"full_name": " ", "citizen_id": "--"}, {"birth": "1984"}):
            client.post(WHO, nothing)
            client.post(reverse("enrollment:enroll_new"), nothing)
        assert not Draft.objects.exists()
        page = client.post(reverse("enrollment:collect", args=[lapsed.pk])).headers["Location"]
        for where in (WHO, "/"):
            assert page not in markup(client.get(where)), "nothing was typed yet"
        client.post(page, payment_values(nhap="1"))
        for where in (WHO, "/"):
            assert page in markup(client.get(where))

    def test_the_same_answer_sent_again_is_the_same_draft(self, client: Client):
        typed = {"full_name": "Người Mẫu Chưa Từng Có", "phone": "0900000007"}
        assert (
            client.post(WHO, typed).headers["Location"]
            == client.post(WHO, typed).headers["Location"]
        )
        client.post(WHO, {**typed, "phone": "0900000008"})
        assert Draft.objects.count() == 2

    def test_own_drafts_are_offered_and_others_are_not(
        self, cast: Cast, browser: Any, draft: Draft
    ):
        do_fill_draft(
            actor=cast.staff_a, draft=draft, step="ca-nhan", values={"full_name": "Người Mẫu Ai Đó"}
        )
        assert step(draft, "ca-nhan") in markup(browser("staff_a").get(WHO))
        assert step(draft, "ca-nhan") not in markup(browser("lead_a").get(WHO))
        assert browser("lead_a").get(step(draft, "ca-nhan")).status_code == 404

    @pytest.mark.parametrize("who", ["officer_a", "manager", "auditor", "administrator"])
    def test_only_the_agents_people_take_money(self, browser: Any, active: Participant, who: str):
        assert browser(who).get(WHO).status_code == 403
        assert browser(who).post(reverse("enrollment:collect", args=[active.pk])).status_code == 403

    def test_money_is_not_taken_from_other_peoples_people_by_address(
        self, client: Client, foreign: Participant
    ):
        assert client.post(reverse("enrollment:collect", args=[foreign.pk])).status_code == 404


class TestSteps:
    def test_a_step_keeps_what_is_wrong_and_names_the_field(
        self, cast: Cast, client: Client, draft: Draft
    ):
        text = markup(client.post(step(draft, "ca-nhan"), person_values(cast, birth="31/02/1984")))
        assert 'value="31/02/1984"' in text and 'href="#id_birth"' in text
        assert 'aria-invalid="true"' in text
        assert 'value="31/02/1984"' in markup(client.get(step(draft, "ca-nhan")))

    def test_what_is_missing_is_asked_for_by_name(self, cast: Cast, client: Client, draft: Draft):
        text = markup(
            client.post(step(draft, "ca-nhan"), person_values(cast, sex="", full_name=""))
        )
        assert "Hãy chọn giới tính." in text and "Hãy nhập họ và tên." in text

    @pytest.mark.parametrize(
        ("wrong", "beside", "sentence"),
        [
            ({"citizen_id": "", "bhxh_no": ""}, "citizen_id", "Cần ít nhất một số"),
            ({"full_name": "Hoa"}, "full_name", "chỉ có một chữ"),
            ({"birth": f"01/01/{today().year + 1}"}, "birth", "Ngày sinh không được ở tương lai"),
            ({"birth": str(today().year + 1)}, "birth", "Năm sinh không được ở tương lai"),
            ({"birth": f"01/01/{today().year - 10}"}, "birth", "chưa đủ 15 tuổi"),
            ({"citizen_id": "taken"}, "citizen_id", "đã thuộc về một người khác"),
        ],
        ids=lambda value: next(iter(value.values())) if isinstance(value, dict) else "",
    )
    def test_what_the_operation_would_refuse_is_refused_at_the_persons_step(
        self,
        cast: Cast,
        client: Client,
        draft: Draft,
        foreign: Participant,
        wrong: Any,
        beside: str,
        sentence: str,
    ):
        if wrong.get("citizen_id") == "taken":
            wrong = {"citizen_id": foreign.citizen_id}
        answer = client.post(step(draft, "ca-nhan"), person_values(cast, **wrong, da_doi_chieu="1"))
        assert answer.status_code == 200
        assert sentence in " ".join(answer.context["form"].errors[beside])
        assert client.get(step(draft, "kiem-tra")).headers["Location"] == step(draft, "ca-nhan")

    def test_a_name_of_one_word_is_taken_once_confirmed(
        self, cast: Cast, client: Client, draft: Draft
    ):
        asked = client.post(step(draft, "ca-nhan"), person_values(cast, full_name="Hoa"))
        assert "id_one_word" in markup(asked)
        sure = person_values(cast, full_name="Hoa", one_word="on")
        answer = client.post(step(draft, "ca-nhan"), sure)
        assert answer.headers["Location"] == step(draft, "doi-tuong")

    def test_a_number_that_does_not_fit_warns_once_and_lets_go_on(
        self, cast: Cast, client: Client, draft: Draft
    ):
        odd = person_values(cast, citizen_id=builders.citizen_id("male", 1984))
        text = markup(client.post(step(draft, "ca-nhan"), odd))
        assert "Số CCCD này là của nam" in text and "da_doi_chieu" in text
        answer = client.post(step(draft, "ca-nhan"), {**odd, "da_doi_chieu": "1"})
        assert answer.headers["Location"] == step(draft, "doi-tuong")

    def test_a_group_needs_its_evidence(self, client: Client, draft: Draft):
        text = markup(client.post(step(draft, "doi-tuong"), {"group": "poor"}))
        assert "Hãy ghi giấy tờ chứng minh" in text

    def test_the_amount_is_there_without_javascript(self, client: Client, known: Draft):
        """22 % × 2.000.000 × 12 = 5.280.000; 20 % × 22 % × 1.500.000 × 12 = 792.000 (law of
        2026).
        """
        text = markup(client.post(step(known, "muc-dong"), payment_values(tinh="1")))
        assert "4.488.000 đ" in text and "5.280.000" in text and "−792.000" in text
        assert f"{(this_month() + 6).last_day:%d/%m/%Y}" in text
        assert "108 tháng" in text, "120 less the 12 of this payment"
        assert "Nghị định 159/2025" in text, "each step names its source"

    def test_the_live_panel_is_only_the_panel_and_keeps_nothing(self, client: Client, known: Draft):
        answer = client.post(
            step(known, "muc-dong"), payment_values(), headers={"hx-request": "true"}
        )
        text = markup(answer)
        assert (
            text.startswith('<div class="amount">')
            and "4.488.000 đ" in text
            and "<html" not in text
        )
        known.refresh_from_db()
        assert "muc-dong" not in known.data

    def test_the_live_panel_says_why_there_is_no_amount(self, client: Client, known: Draft):
        values = payment_values(chosen_income="1.000.000")
        text = markup(client.post(step(known, "muc-dong"), values, headers={"hx-request": "true"}))
        assert "thấp hơn chuẩn nghèo nông thôn 1.500.000 đ" in text

    def test_an_income_below_the_floor_is_refused_beside_its_field(
        self, client: Client, known: Draft
    ):
        text = markup(
            client.post(step(known, "muc-dong"), payment_values(chosen_income="1.000.000"))
        )
        assert 'id="id_chosen_income_error"' in text and 'value="1.000.000"' in text

    def test_a_draft_is_put_aside_and_taken_up_again(
        self, cast: Cast, client: Client, draft: Draft
    ):
        client.post(step(draft, "ca-nhan"), person_values(cast, sex="", nhap="1"))
        assert "Người Mẫu Phạm Thị Hoa" in markup(client.get(step(draft, "ca-nhan")))
        assert "Người Mẫu Phạm Thị Hoa" in markup(client.get(WHO))

    def test_a_draft_is_thrown_away(self, client: Client, draft: Draft):
        client.post(reverse("enrollment:draft_discard", args=[draft.pk]))
        assert not Draft.objects.exists()

    def test_the_check_page_leads_back_to_what_is_open(self, client: Client, draft: Draft):
        assert client.get(step(draft, "kiem-tra")).headers["Location"] == step(draft, "ca-nhan")

    def test_an_unknown_step_is_absent(self, client: Client, draft: Draft):
        assert client.get(step(draft, "khac")).status_code == 404

    def test_the_steps_are_cheap(
        self, client: Client, filled: Draft, django_assert_max_num_queries: Any
    ):
        for name in ("ca-nhan", "doi-tuong", "muc-dong", "kiem-tra"):
            with django_assert_max_num_queries(12):
                client.get(step(filled, name))


class TestTwoTabs:
    """What is recorded is what its author saw on the page with the button."""

    @staticmethod
    def sent(client: Client, draft: Draft) -> dict[str, str]:
        """The fields of the button's form, as its page holds them."""
        page = markup(client.get(step(draft, "kiem-tra")))
        return dict(
            re.findall(r'<input type="hidden" name="(khoa|da_xem|so_tien)" value="([^"]+)"', page)
        )

    def test_a_form_changed_in_another_tab_is_looked_at_again(self, client: Client, known: Draft):
        client.post(step(known, "muc-dong"), payment_values(method="1"))
        seen = self.sent(client, known)
        client.post(step(known, "muc-dong"), payment_values(method="12"))
        answer = client.post(step(known, "kiem-tra"), seen, follow=True)
        assert "đã được sửa" in markup(answer) and "chưa ghi gì" in markup(answer)
        assert not Receipt.objects.exists()
        client.post(step(known, "kiem-tra"), self.sent(client, known))
        assert Receipt.objects.get(submission_key=known.data["key"]).months == 12

    def test_an_amount_that_changed_meanwhile_is_not_recorded(self, client: Client, known: Draft):
        client.post(step(known, "muc-dong"), payment_values(method="1"))
        seen = self.sent(client, known)
        seen["so_tien"] = str(int(seen["so_tien"]) - 1000)
        answer = client.post(step(known, "kiem-tra"), seen)
        assert "khác" in markup(answer) and "chưa ghi gì" in markup(answer)
        assert not Receipt.objects.filter(submission_key=known.data["key"]).exists()

    def test_a_form_saved_while_it_is_being_recorded_is_not_recorded(
        self, cast: Cast, client: Client, known: Draft
    ):
        client.post(step(known, "muc-dong"), payment_values(method="1"))
        known.refresh_from_db()
        wizard = Wizard(known, cast.staff_a, participant_of(known))
        client.post(step(known, "muc-dong"), payment_values(method="12"))
        with pytest.raises(Refused, match="vừa được sửa"):
            wizard.record()
        assert Draft.objects.filter(pk=known.pk).exists()


class TestLeftOverDrafts:
    """Forms that became a receipt and stayed, as an earlier version left them when it died in
    between.
    """

    @pytest.fixture
    def left_over(self, cast: Cast, client: Client, active: Participant) -> Draft:
        draft = do_start_draft(actor=cast.staff_a, title=active.full_name, participant=active)
        client.post(
            step(draft, "muc-dong"), payment_values(from_month=(this_month() + 12).vi, method="1")
        )
        draft.refresh_from_db()
        copy = Draft(owner=cast.staff_a, title=draft.title, data=draft.data)
        client.post(step(draft, "kiem-tra"), {"khoa": draft.data["key"]})
        copy.save()
        return copy

    def test_sending_one_says_which_receipt_it_became_and_records_nothing(
        self, client: Client, left_over: Draft
    ):
        earlier = Receipt.objects.get(submission_key=left_over.data["key"])
        for answer in (
            client.post(step(left_over, "kiem-tra"), {"khoa": left_over.data["key"]}),
            client.get(step(left_over, "kiem-tra")),
        ):
            assert answer.status_code == 200 and answer.context["receipt"] == earlier
            assert "đã ghi rồi" in markup(answer)
        assert Receipt.objects.filter(participant=earlier.participant).count() == 2

    def test_even_with_the_next_payment_typed_into_it(self, client: Client, left_over: Draft):
        client.post(
            step(left_over, "muc-dong"),
            payment_values(from_month=(this_month() + 13).vi, method="1"),
        )
        answer = client.post(step(left_over, "kiem-tra"), {"khoa": left_over.data["key"]})
        assert answer.context["receipt"].submission_key == UUID(left_over.data["key"])

    def test_none_is_taken_up_again(self, client: Client, active: Participant, left_over: Draft):
        taken = client.post(reverse("enrollment:collect", args=[active.pk])).headers["Location"]
        draft = Draft.objects.get()
        assert draft.pk != left_over.pk and taken == step(draft, "muc-dong")
        client.post(taken, payment_values(from_month=(this_month() + 13).vi, method="1"))
        client.post(step(draft, "kiem-tra"), {"khoa": draft.data["key"]})
        assert (
            Receipt.objects.filter(participant=active).count() == 3 and not Draft.objects.exists()
        )

    def test_the_migration_throws_them_away_and_no_other(self, cast: Cast, left_over: Draft):
        kept = do_start_draft(
            actor=cast.staff_b, title="Nháp", data={"who": {"full_name": "Người Mẫu Khác"}}
        )
        import_module("enrollment.migrations.0007_recorded_forms").discard_used(apps, None)
        assert Draft.objects.get() == kept


class TestEveryMethod:
    def test_years_ahead_are_discounted_and_need_their_months(self, client: Client, known: Draft):
        where = step(known, "muc-dong")
        text = markup(client.post(where, payment_values(method="ADV")))
        assert "Hãy nhập số tháng đóng" in text and 'id="id_months_error"' in text
        text = markup(client.post(where, payment_values(method="ADV", months="25")))
        assert "24, 36, 48 hoặc 60 tháng" in text and 'id="id_months_error"' in text
        client.post(where, payment_values(method="ADV", months="24"))
        client.post(step(known, "kiem-tra"), {"khoa": known.data["key"]})
        receipt = Receipt.objects.get(method="ADV")
        assert (
            receipt.months == 24
            and receipt.gross < 24 * 440_000
            and receipt.last_day == receipt.received_on
        )

    def test_missing_months_wait_for_the_age(self, client: Client, known: Draft):
        values = payment_values(method="MISS", months="12")
        text = markup(client.post(step(known, "muc-dong"), values))
        assert (
            "tháng liền trước tháng đủ tuổi nghỉ hưu" in text
            and not Receipt.objects.filter(method="MISS").exists()
        )

    def test_a_number_of_months_means_nothing_to_other_methods(self, client: Client, known: Draft):
        client.post(step(known, "muc-dong"), payment_values(method="6", months="24"))
        client.post(step(known, "kiem-tra"), {"khoa": known.data["key"]})
        assert Receipt.objects.get(method="6").months == 6


class TestRecording:
    def test_the_check_page_shows_every_answer_with_a_way_back(self, client: Client, filled: Draft):
        text = markup(client.get(step(filled, "kiem-tra")))
        for answer in (
            "Người Mẫu Phạm Thị Hoa",
            "05/06/1984",
            "xã Thái Ninh",
            "Thôn Bắc",
            "2.000.000 đ",
            "4.488.000 đ",
        ):
            assert answer in text
        for name in ("ca-nhan", "doi-tuong", "muc-dong"):
            assert f'href="{step(filled, name)}"' in text
        assert filled.data["key"] in text
        assert not Receipt.objects.exists()

    def test_submitting_twice_gives_one_receipt_and_says_so_the_second_time(
        self, client: Client, filled: Draft
    ):
        key = {"khoa": filled.data["key"]}
        first = client.post(step(filled, "kiem-tra"), key)
        second = markup(client.post(step(filled, "kiem-tra"), key))
        receipt = Receipt.objects.get()
        assert first.headers["Location"] == reverse("enrollment:receipt", args=[receipt.pk])
        assert receipt.participant_amount == 4_488_000
        who, day = receipt.participant.full_name, f"{today():%d/%m/%Y}"
        for words in (f"Đã ghi biên lai {receipt.number}", "đã ghi rồi", who, day, "4.488.000 đ"):
            assert words in second
        assert not Draft.objects.exists()

    def test_the_earlier_receipt_offers_a_new_beginning_for_the_same_person(
        self, client: Client, filled: Draft
    ):
        key = {"khoa": filled.data["key"]}
        client.post(step(filled, "kiem-tra"), key)
        person = Participant.objects.get()
        page = markup(client.post(step(filled, "kiem-tra"), key))
        again = reverse("enrollment:collect", args=[person.pk])
        assert f'action="{again}"' in page and "Thu lần mới của người này" in page
        taken = client.post(again).headers["Location"]
        client.post(taken, payment_values(from_month=(this_month() + 12).vi, method="1"))
        draft = Draft.objects.get()
        client.post(step(draft, "kiem-tra"), {"khoa": draft.data["key"]})
        assert list(Receipt.objects.order_by("pk").values_list("months", flat=True)) == [12, 1]

    @pytest.mark.parametrize("sent", [True, False], ids=["sent again", "opened again"])
    def test_another_browser_of_the_same_collector_learns_whether_it_was_recorded(
        self, browser: Any, client: Client, filled: Draft, sent: bool
    ):
        form = step(filled, "kiem-tra")
        assert "Chưa ghi gì" in markup(browser("staff_a").get(form))
        client.post(form, {"khoa": filled.data["key"]})
        other = browser("staff_a")
        answer = other.post(form, {"khoa": filled.data["key"]}) if sent else other.get(form)
        assert answer.status_code == 200 and Receipt.objects.get().number in markup(answer)
        assert "đã ghi rồi" in markup(answer)

    def test_a_page_of_another_form_records_nothing(self, client: Client, filled: Draft):
        answer = client.post(
            step(filled, "kiem-tra"), {"khoa": "00000000-0000-4000-8000-000000000000"}
        )
        assert (
            answer.status_code == 404
            and not Receipt.objects.exists()
            and Draft.objects.get() == filled
        )

    def test_a_voided_receipt_is_named_as_such(self, cast: Cast, client: Client, filled: Draft):
        client.post(step(filled, "kiem-tra"), {"khoa": filled.data["key"]})
        do_void_receipt(
            actor=cast.staff_a, receipt=Receipt.objects.get(), on=today(), reason="Ghi nhầm người"
        )
        page = markup(client.get(step(filled, "kiem-tra")))
        assert "Đã hủy" in page and "Ghi nhầm người" in page

    def test_going_back_to_a_recorded_form_leads_to_its_receipt(
        self, browser: Any, client: Client, filled: Draft
    ):
        client.post(step(filled, "kiem-tra"), {"khoa": filled.data["key"]})
        slip = reverse("enrollment:receipt", args=[Receipt.objects.get().pk])
        for name in ("ca-nhan", "muc-dong", "kiem-tra"):
            again = client.get(step(filled, name))
            assert again.status_code == 200 and f'href="{slip}"' in markup(again), name
        sent = client.post(step(filled, "muc-dong"), payment_values(chosen_income="3.000.000"))
        assert "đã ghi rồi" in markup(sent) and Receipt.objects.count() == 1
        live = client.post(
            step(filled, "muc-dong"), payment_values(), headers={"HX-Request": "true"}
        )
        assert live.headers["HX-Redirect"] == step(filled, "muc-dong")
        for other in ("staff_b", "lead_a"):
            assert browser(other).get(step(filled, "kiem-tra")).status_code == 404, other

    @pytest.mark.parametrize("remembered", [True, False], ids=["same browser", "another browser"])
    def test_giving_up_a_form_that_is_recorded_already_leads_to_its_receipt(
        self, browser: Any, client: Client, filled: Draft, remembered: bool
    ):
        old_page = markup(client.get(step(filled, "muc-dong")))
        assert filled.data["key"] in old_page, "the page gone back to still knows its form"
        client.post(step(filled, "kiem-tra"), {"khoa": filled.data["key"]})
        receipt = Receipt.objects.get()
        who = client if remembered else browser("staff_a")
        sent = {} if remembered else {"khoa": filled.data["key"]}
        discard = reverse("enrollment:draft_discard", args=[filled.pk])
        answer = who.post(discard, sent, follow=True)
        assert answer.redirect_chain == [(reverse("enrollment:receipt", args=[receipt.pk]), 302)]
        assert f"Biên lai này đã được ghi, số {receipt.number}" in markup(answer)
        assert Receipt.objects.count() == 1 and not hasattr(receipt, "void")
        assert browser("staff_b").post(discard, sent).status_code == 404

    def test_a_form_thrown_away_while_it_is_saved_is_absent(self, cast: Cast, draft: Draft):
        do_discard_draft(actor=cast.staff_a, draft=draft)
        with pytest.raises(Http404):
            do_fill_draft(actor=cast.staff_a, draft=draft, step="muc-dong", values=payment_values())
        assert not Draft.objects.exists()

    def test_somebody_elses_key_opens_nothing(self, browser: Any, client: Client, filled: Draft):
        client.post(step(filled, "kiem-tra"), {"khoa": filled.data["key"]})
        assert (
            browser("staff_b")
            .post(step(filled, "kiem-tra"), {"khoa": filled.data["key"]})
            .status_code
            == 404
        )

    def test_a_number_given_to_somebody_else_meanwhile_leads_back_to_its_field(
        self, cast: Cast, client: Client, filled: Draft, foreign: Participant
    ):
        """The step was right when it was sent; the form asks once more before money is taken."""
        Participant.objects.filter(pk=foreign.pk).update(
            citizen_id=filled.data["ca-nhan"]["citizen_id"]
        )
        answer = client.post(step(filled, "kiem-tra"), {"khoa": filled.data["key"]})
        assert answer.headers["Location"] == step(filled, "ca-nhan")
        text = markup(client.get(step(filled, "ca-nhan")))
        assert "đã thuộc về một người khác" in text and 'id="id_citizen_id_error"' in text
        assert Participant.objects.count() == 1

    def test_a_renewal_starts_after_the_paid_months(self, client: Client, active: Participant):
        url = client.post(reverse("enrollment:collect", args=[active.pk])).headers["Location"]
        text = markup(client.get(url))
        assert f'value="{(this_month() + 12).vi}"' in text and "Bước 1/2" in text

    def test_months_already_paid_are_refused_with_the_next_month(
        self, client: Client, active: Participant
    ):
        url = client.post(reverse("enrollment:collect", args=[active.pk])).headers["Location"]
        text = markup(client.post(url, payment_values()))
        assert (
            f"hãy chọn đóng từ {(this_month() + 12).vi}" in text
            and 'id="id_from_month_error"' in text
        )

    def test_a_mistyped_year_is_refused_and_months_left_out_are_remarked_upon(
        self, client: Client, known: Draft
    ):
        far = client.post(
            step(known, "muc-dong"), payment_values(from_month=f"12/{today().year + 36}")
        )
        assert "quá xa ngày nộp" in far.context["form"].errors["from_month"][0]
        client.post(step(known, "muc-dong"), payment_values(from_month=(this_month() + 3).vi))
        assert "chưa thấy đóng" in markup(client.get(step(known, "kiem-tra")))

    def test_a_lead_names_the_collector(self, browser: Any, cast: Cast, active: Participant):
        client = browser("lead_a")
        url = client.post(reverse("enrollment:collect", args=[active.pk])).headers["Location"]
        assert cast.collector_a.full_name in markup(client.get(url))
        values = payment_values(from_month=(this_month() + 12).vi, collector=cast.collector_b.pk)
        assert 'id="id_collector_error"' in markup(client.post(url, values))


def test_the_collector_who_follows_the_payer_is_proposed_and_who_has_no_card_is_not_offered(
    cast: Cast, browser: Any
):
    second, gone = (
        builders.collector(cast.agent_a, 2),
        builders.collector(cast.agent_a, 3, card_to=date(2020, 1, 1)),
    )
    person = builders.paid(cast.manager, cast.commune_a, second, date(2026, 1, 5)).participant
    place = browser("lead_a").post(reverse("enrollment:collect", args=[person.pk]), follow=True)
    field = place.context["form"]["collector"]
    assert field.value() == second.pk
    assert [value for value, _ in field.field.choices] == [
        "",
        cast.collector_a.pk,
        second.pk,
    ] and gone.pk


def test_nobody_without_a_card_gets_as_far_as_the_amount(cast: Cast, browser: Any):
    person = builders.paid(
        cast.manager, cast.commune_a, cast.collector_a, date(2026, 1, 5)
    ).participant
    do_end_card(actor=cast.manager, card=cast.collector_a.cards.get(), valid_to=date(2026, 1, 31))
    staff = browser("staff_a")
    page = staff.post(reverse("enrollment:collect", args=[person.pk]), follow=True)
    sent = {"method": "6", "chosen_income": "1.500.000", "from_month": "07/2026"}
    answer = staff.post(page.request["PATH_INFO"], {**sent, "received_on": f"{today():%d/%m/%Y}"})
    assert answer.status_code == 200
    assert "không có thẻ nhân viên thu" in " ".join(answer.context["form"].errors["received_on"])


def test_who_has_no_card_today_learns_it_first_and_may_still_record_the_days_before(
    cast: Cast, browser: Any
):
    staff = browser("staff_a")
    for where in (WHO, "/"):
        assert "chưa được thu tiền" not in markup(staff.get(where))
    do_end_card(
        actor=cast.manager, card=cast.collector_a.cards.get(), valid_to=today() - timedelta(days=1)
    )
    for where in (WHO, "/"):
        text = markup(staff.get(where))
        assert "Hôm nay bạn chưa được thu tiền" in text and "Hãy báo phụ trách đại lý" in text, (
            where
        )
    person = builders.paid(
        cast.manager, cast.commune_a, cast.collector_a, date(2026, 1, 5), months=1
    ).participant
    page = staff.post(reverse("enrollment:collect", args=[person.pk])).headers["Location"]
    yesterday = today() - timedelta(days=1)
    sent = payment_values(received_on=f"{yesterday:%d/%m/%Y}", from_month=f"{yesterday:%m/%Y}")
    assert staff.post(page, sent).headers["Location"].endswith("/kiem-tra/")
