"""What brought somebody in: asked of newcomers, never forced, shown on the person's page and mended
there.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from enrollment.models import Acquisition, Draft, Participant
from enrollment.operations.drafts import do_start_draft
from enrollment.operations.sources import do_set_source
from tests.cast import Cast
from tests.enrollment.receipt_form.test_receipt_form import payment_values, person_values, step
from tests.pages import markup


@pytest.fixture
def client(browser: Any) -> Client:
    return browser("staff_a")


@pytest.fixture
def draft(cast: Cast) -> Draft:
    return do_start_draft(actor=cast.staff_a, title="Người mới", data={"who": {}})


def filled(client: Client, cast: Cast, draft: Draft, **values: Any) -> str:
    """The check page of a form filled in that far."""
    client.post(step(draft, "ca-nhan"), person_values(cast, **values))
    client.post(step(draft, "doi-tuong"), {"group": "other"})
    client.post(step(draft, "muc-dong"), payment_values())
    return markup(client.get(step(draft, "kiem-tra")))


def test_the_source_is_checked_and_kept_with_the_receipt(client: Client, cast: Cast, draft: Draft):
    text = filled(client, cast, draft, source="conference")
    assert "<dt>Biết đến qua</dt><dd>Hội nghị tuyên truyền</dd>" in text
    assert not Acquisition.objects.exists()
    client.post(step(draft, "kiem-tra"), {"khoa": draft.data["key"]})
    kept = Acquisition.objects.get()
    assert (kept.source, kept.recorded_by) == ("conference", cast.staff_a)
    assert kept.participant == Participant.objects.get()


@pytest.mark.parametrize("values", [{}, {"source": ""}])
def test_nobody_is_made_to_guess(client: Client, cast: Cast, draft: Draft, values: dict[str, str]):
    assert "<dt>Biết đến qua</dt><dd>Chưa rõ</dd>" in filled(client, cast, draft, **values)
    client.post(step(draft, "kiem-tra"), {"khoa": draft.data["key"]})
    assert Participant.objects.count() == 1 and not Acquisition.objects.exists()


def test_a_crafted_source_stops_at_its_step(client: Client, cast: Cast, draft: Draft):
    text = markup(client.post(step(draft, "ca-nhan"), person_values(cast, source="radio")))
    assert "Hãy chọn một nguồn trong danh sách" in text


def test_the_persons_page_shows_it_and_lets_recorders_mend_it(
    client: Client, browser: Any, active: Participant
):
    page, form = (
        reverse(f"enrollment:{name}", args=[active.pk]) for name in ("participant", "source")
    )
    assert "Chưa rõ" in markup(client.get(page)) and f'href="{form}"' in markup(client.get(page))
    assert client.post(form, {"source": "visit"})["Location"] == page
    text = markup(client.get(page))
    assert "Vận động tại hộ" in text and "Biết đến qua: Chưa rõ → Vận động tại hộ" in text
    assert f'href="{form}"' not in markup(browser("officer_a").get(page))


def test_the_form_opens_with_what_is_on_record_and_takes_it_back(
    client: Client, cast: Cast, active: Participant
):
    do_set_source(actor=cast.staff_a, participant=active, source="walk_in")
    url = reverse("enrollment:source", args=[active.pk])
    assert 'value="walk_in" id="id_source_3" checked' in markup(client.get(url)).replace(
        'id="id_source_3" required', 'id="id_source_3"'
    )
    client.post(url, {})
    assert not Acquisition.objects.exists()
