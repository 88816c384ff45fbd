"""Correcting personal data: numbers stay masked, and of two people at one record neither undoes the
other's work.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from agents.models import AuditEntry
from enrollment.models import Participant
from enrollment.operations.corrections import do_correct_participant, person_as_of, person_of
from tests import builders
from tests.cast import Cast
from tests.pages import markup
from thaithuy_bhxh.clock import this_month

FIRST, MINE = "Người Mẫu Đặng Thị Ân", "Người Mẫu Đặng Thị Ấn"


@pytest.fixture
def person(active: Participant) -> Participant:
    active.phone = "0900000001"
    active.save()
    return active


def url(person: Participant) -> str:
    return reverse("enrollment:correct", args=[person.pk])


def values_of(person: Participant, **values: Any) -> dict[str, Any]:
    """The form as it is shown for the person, numbers masked and so empty."""
    return {
        "full_name": person.full_name,
        "sex": person.sex,
        "birth": str(person.birth_year or "1984"),
        "citizen_id": "",
        "bhxh_no": "",
        "phone": "",
        "version": person.version,
        "sent_in_full": "False",
        **values,
    }


def unmask(client: Any, person: Participant) -> None:
    client.post(
        reverse("enrollment:participant_unmask", args=[person.pk]), {"ly_do": "Đối chiếu giấy tờ"}
    )


class TestMasks:
    def test_full_numbers_are_not_shown_without_being_on_record(
        self, browser: Any, person: Participant
    ):
        client = browser("staff_a")
        text = markup(client.get(url(person)))
        assert str(person.citizen_id) not in text and person.phone not in text
        assert f"Đang có {str(person.citizen_id)[:4]}••••" in text and "Đang có 0900•••001" in text
        unmask(client, person)
        text = markup(client.get(url(person)))
        assert f'value="{person.citizen_id}"' in text and f'value="{person.phone}"' in text
        assert (
            AuditEntry.objects.filter(
                action="participant.unmask", actor__username="nhanvien_a"
            ).count()
            == 1
        )

    def test_an_empty_masked_number_stays_and_a_typed_one_takes_its_place(
        self, browser: Any, person: Participant
    ):
        number = builders.citizen_id("male", 1980)
        browser("staff_a").post(url(person), values_of(person, citizen_id=number))
        now = Participant.objects.get()
        assert (now.citizen_id, now.phone, now.version) == (number, "0900000001", 2)

    def test_a_number_that_was_shown_can_be_taken_out(self, browser: Any, person: Participant):
        sent = values_of(person, citizen_id=person.citizen_id, sent_in_full="True")
        browser("staff_a").post(url(person), sent)
        assert Participant.objects.get().phone == ""

    def test_a_made_up_field_shows_no_number(self, browser: Any, person: Participant):
        """Neither the mark of a form with full numbers nor the names of both versions open
        anything.
        """
        client = browser("staff_a")
        made_up = {"sent_in_full": "True", "both": "citizen_id phone", "version": person.version}
        text = markup(client.post(url(person), made_up))
        assert str(person.citizen_id) not in text and person.phone not in text
        corrected(browser, person, phone="0900000002")
        text = markup(
            client.post(
                url(person), values_of(person, citizen_id="", phone="0900000003", **made_up)
            )
        )
        assert str(person.citizen_id) not in text and "0900000002" not in text


def corrected(browser: Any, person: Participant, **values: Any) -> None:
    """What the lead saves while the collector has the form open."""
    answer = browser("lead_a").post(url(person), values_of(person, **values))
    assert answer.status_code == 302


class TestTwoAtOnce:
    def test_what_only_one_of_them_changed_is_kept_of_both(self, browser: Any, person: Participant):
        corrected(browser, person, full_name=FIRST, sex="female")
        answer = browser("staff_a").post(
            url(person), values_of(person, phone="0900000002"), follow=True
        )
        assert "Những chỗ người khác vừa sửa vẫn giữ nguyên" in markup(answer)
        now = Participant.objects.get()
        assert (now.full_name, now.sex, now.phone, now.version) == (
            FIRST,
            "female",
            "0900000002",
            3,
        )

    def test_what_both_changed_is_asked_and_nothing_is_saved_before(
        self, browser: Any, person: Participant
    ):
        corrected(browser, person, full_name=FIRST, sex="female")
        sent = values_of(person, full_name=MINE, phone="0900000002")
        answer = browser("staff_a").post(url(person), sent)
        text = markup(answer)
        assert f"Đang có trong sổ: {FIRST}" in text and f"Bạn vừa nhập: {MINE}" in text
        assert (
            'value="0900000002"' in text
            and f'value="{MINE}"' in text
            and 'name="version" value="2"' in text
        )
        assert answer.context["form"]["sex"].value() == "female", (
            "the other's change that was not touched"
        )
        assert "chon_phone" not in text and "Chưa ghi được" not in text
        now = Participant.objects.get()
        assert (now.full_name, now.phone, now.version) == (FIRST, "0900000001", 2)

    @pytest.mark.parametrize(("choice", "name"), [("so", FIRST), ("toi", MINE)])
    def test_the_second_decides(self, browser: Any, person: Participant, choice: str, name: str):
        corrected(browser, person, full_name=FIRST, sex="female")
        client = browser("staff_a")
        form = client.post(
            url(person), values_of(person, full_name=MINE, phone="0900000002")
        ).context["form"]
        again = {name: form[name].value() or "" for name in form.fields}
        undecided = client.post(url(person), again)
        assert undecided.context["form"].errors["chon_full_name"] == ["Hãy chọn một trong hai bản."]
        client.post(url(person), {**again, "chon_full_name": choice})
        now = Participant.objects.get()
        assert (now.full_name, now.sex, now.phone) == (name, "female", "0900000002")

    def test_a_third_change_is_asked_about_again(
        self, browser: Any, cast: Cast, person: Participant
    ):
        corrected(browser, person, full_name=FIRST)
        client = browser("staff_a")
        form = client.post(url(person), values_of(person, full_name=MINE)).context["form"]
        again = {name: form[name].value() or "" for name in form.fields}
        person.refresh_from_db()
        corrected(browser, person, full_name="Người Mẫu Đặng Thị Ơn")
        text = markup(client.post(url(person), {**again, "chon_full_name": "toi"}))
        assert "Đang có trong sổ: Người Mẫu Đặng Thị Ơn" in text
        assert Participant.objects.get().full_name == "Người Mẫu Đặng Thị Ơn"

    def test_a_number_that_a_list_brought_meanwhile_is_not_taken_out(
        self, browser: Any, cast: Cast, person: Participant
    ):
        sent = values_of(
            person, citizen_id=person.citizen_id, sent_in_full="True", phone="0900000002"
        )
        month = this_month() + 12
        line = builders.again(person, bhxh_no="3400000077", from_month=month, months=1)
        builders.paid(
            cast.manager, cast.commune_a, cast.collector_a, this_month().first_day, **line
        )
        browser("staff_a").post(url(person), sent)
        now = Participant.objects.get()
        assert (now.bhxh_no, now.phone) == ("3400000077", "0900000002")

    def test_the_record_of_any_version_can_be_told(self, cast: Cast, person: Participant):
        first = person_of(person)
        person = do_correct_participant(
            actor=cast.lead_a,
            participant=person,
            version=1,
            person=type(first)(
                "Người Mẫu Hai", citizen_id=first.citizen_id, sex="female", birth_year=1984
            ),
        )
        assert person_as_of(person, 2) == person_of(person) != first
        assert person_as_of(person, 1) == first


def test_a_correction_is_saved(browser: Any, person: Participant):
    browser("staff_a").post(url(person), values_of(person, sex="male", phone="0900000009"))
    now = Participant.objects.get()
    assert now.phone == "0900000009" and now.version == 2


def test_a_birth_date_of_the_future_is_refused_beside_its_field(browser: Any, person: Participant):
    text = markup(browser("staff_a").post(url(person), values_of(person, birth="01/01/2099")))
    assert 'id="id_birth_error"' in text and 'value="01/01/2099"' in text
