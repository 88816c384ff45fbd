"""Killed at every boundary of recording: one receipt for the form, and the next payment of the same
person is taken.
"""

from __future__ import annotations

from enrollment.models import Draft, Participant, Receipt
from enrollment.operations.drafts import do_fill_draft, do_start_draft
from tests import builders
from tests.kill.district import (
    District,
    address,
    assert_sound,
    audits,
    filled,
    paying,
    send,
    take_next,
)
from tests.kill.killing import STATEMENT, boundaries, kill_at


def test_a_renewal(district: District, tried: list[int]):
    owner, browser = district.cast.staff_a, district.browser
    first = filled(owner, district.person())
    for point, boundary in enumerate(boundaries(lambda: send(browser, first)), 1):
        person = district.person()
        draft = filled(owner, person)
        kill_at(point, lambda d=draft: send(browser, d))
        tried.append(point)
        assert_one_receipt(district, draft, asked=boundary != STATEMENT)
        take_next(browser, owner, person, 1)
        assert Receipt.objects.filter(participant=person).count() == 3
        assert_sound(person)


def test_somebody_new(district: District, tried: list[int]):
    owner, browser = district.cast.staff_a, district.browser
    first = newcomer(district)
    for point, boundary in enumerate(boundaries(lambda: send(browser, first)), 1):
        draft = newcomer(district)
        kill_at(point, lambda d=draft: send(browser, d))
        tried.append(point)
        assert_one_receipt(district, draft, asked=boundary != STATEMENT)
        person = Participant.objects.get(citizen_id=draft.data["ca-nhan"]["citizen_id"])
        assert audits("participant.create", person.pk) == 1
        take_next(browser, owner, person, 1)
        assert Receipt.objects.filter(participant=person).count() == 2
        assert_sound(person)


def newcomer(district: District) -> Draft:
    """A form about somebody new, ready to be recorded."""
    owner = district.cast.staff_a
    who = {
        "full_name": "Người Mẫu Mới Đến",
        "sex": "male",
        "birth": "1980",
        "citizen_id": builders.citizen_id(),
        "bhxh_no": "",
        "phone": "",
        "commune": str(district.cast.commune_a.pk),
        "hamlet": "Thôn Bắc",
    }
    group = {
        "group": "poor",
        "evidence": "Giấy 1",
        "evidence_from": "01/01/2026",
        "evidence_to": "",
    }
    draft = do_start_draft(actor=owner, title="Nháp", data={"ca-nhan": who, "doi-tuong": group})
    return do_fill_draft(actor=owner, draft=draft, step="muc-dong", values=paying())


def assert_one_receipt(district: District, draft: Draft, asked: bool) -> None:
    """The form, when asked, says truly whether it was recorded, and sent again it is
    recorded once.
    """
    made = Receipt.objects.filter(submission_key=draft.data["key"])
    was_recorded = made.exists()
    assert Draft.objects.filter(pk=draft.pk).exists() is not was_recorded
    if asked:
        answer = district.browser.get(address(draft)).content.decode()
        assert ("đã được ghi trước đó" in answer, "Chưa ghi gì" in answer) == (
            was_recorded,
            not was_recorded,
        )
    again = send(district.browser, draft)
    assert again.status_code == (200 if was_recorded else 302)
    (receipt,) = made
    assert audits("receipt.record", receipt.pk) == 1
    assert not was_recorded or receipt.number in again.content.decode()
