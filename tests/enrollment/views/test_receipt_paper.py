"""The receipt as page and paper: the amount in words, its proof, and who pays next."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from enrollment.models import Household, Participant, Receipt
from enrollment.operations.receipts import do_void_receipt
from enrollment.rating_code import PROOF, RATING, code_of, key_of
from tests.builders import paid
from tests.cast import Cast
from thaithuy_bhxh.amount_in_words import amount_in_words
from thaithuy_bhxh.clock import today
from thaithuy_bhxh.qr import qr_of


@pytest.fixture
def receipt(cast: Cast) -> Receipt:
    cache.clear()
    return paid(cast.manager, cast.commune_a, cast.collector_a, date(2026, 3, 5))


def proof(receipt: Receipt) -> str:
    return reverse("enrollment:receipt_proof", args=[code_of(receipt.pk, PROOF)])


def text_of(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def test_the_page_says_the_amount_in_words_and_leads_to_its_proof(
    receipt: Receipt, cast: Cast, logged_in: Callable[[Any], Client]
):
    page = text_of(logged_in(cast.staff_a).get(reverse("enrollment:receipt", args=[receipt.pk])))
    assert amount_in_words(receipt.participant_amount) in page
    address = f"http://testserver{proof(receipt)}"
    assert f'data-share="{address}"' in page and qr_of(address).path in page


def test_the_proof_names_the_receipt_and_nobody(receipt: Receipt, cast: Cast):
    page = text_of(Client().get(proof(receipt)))
    amount = f"{receipt.participant_amount:,}".replace(",", ".")
    for word in (receipt.number, "05/03/2026", amount, receipt.agent.name):
        assert word in page
    person = receipt.participant
    hidden = [
        person.full_name,
        person.citizen_id,
        receipt.collector.full_name,
        receipt.commune.name,
    ]
    assert [word for word in hidden if word and word in page] == []


def test_the_proof_of_a_voided_receipt_says_so(receipt: Receipt, cast: Cast):
    do_void_receipt(actor=cast.manager, receipt=receipt, on=today(), reason="Bà Tám trả lại")
    page = text_of(Client().get(proof(receipt)))
    assert "không còn giá trị" in page and "Tám" not in page


def test_a_code_opens_the_page_of_its_own_purpose_only(receipt: Receipt):
    rates, proves = code_of(receipt.pk, RATING), code_of(receipt.pk, PROOF)
    assert (key_of(rates), key_of(proves, PROOF)) == (receipt.pk, receipt.pk)
    assert key_of(rates, PROOF) is None and key_of(proves) is None
    assert Client().get(reverse("enrollment:receipt_proof", args=[rates])).status_code == 404


def test_two_copies_have_the_payers_code_once(
    receipt: Receipt, cast: Cast, logged_in: Callable[[Any], Client]
):
    address = reverse("enrollment:receipt_print", args=[receipt.pk])
    page = text_of(logged_in(cast.staff_a).post(address, {"kho": "a4"}))
    assert page.count("slip-paper") == 2 and page.count("rate-line") == 1
    assert page.index("Liên 1") < page.index("Liên 2") < page.index("rate-line")


def test_the_next_of_the_household_is_one_press_away(
    receipt: Receipt, cast: Cast, logged_in: Callable[[Any], Client]
):
    other = paid(cast.manager, cast.commune_a, cast.collector_a, date(2026, 3, 6)).participant
    far = paid(cast.manager, cast.commune_b, cast.collector_b, date(2026, 3, 6)).participant
    home = Household.objects.create()
    everybody = [receipt.participant_id, other.pk, far.pk]
    Participant.objects.filter(pk__in=everybody).update(household=home, due_on=today())
    address = reverse("enrollment:receipt", args=[receipt.pk])
    page = text_of(logged_in(cast.staff_a).get(address))
    assert reverse("enrollment:collect", args=[other.pk]) in page
    assert f"Thu tiếp {other.full_name}, cùng hộ" in page and far.full_name not in page
    assert "cùng hộ" not in text_of(logged_in(cast.manager).get(address))
