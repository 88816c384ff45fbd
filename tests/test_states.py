"""Life cycles: the table in the code is the one in docs/states.md, and no step leaves it."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.conf import settings

from agents.models import AccountRequest
from enrollment.models import Conference, ImportBatch
from thaithuy_bhxh.states import LifeCycle

CHOICES = {
    ImportBatch: ImportBatch.State,
    AccountRequest: AccountRequest.Outcome,
    Conference: Conference.State,
}


def _lives() -> list[type]:
    return [
        model for model in apps.get_models() if isinstance(getattr(model, "LIFE", None), LifeCycle)
    ]


def _printed(model: type) -> str:
    life, words = model.LIFE, CHOICES[model]
    rows = [
        f"| {words(state).label} | {'có' if state in life.begins else ''} "
        f"| {', '.join(words(one).label for one in then) or 'kết thúc'} |"
        for state, then in life.follows.items()
    ]
    return "\n".join(["| Trạng thái | Bắt đầu | Tiếp theo |", "|---|---|---|", *rows])


def test_the_document_shows_every_life_cycle_as_the_code_has_it():
    text = (settings.BASE_DIR / "docs" / "states.md").read_text(encoding="utf-8")
    assert set(_lives()) == set(CHOICES)
    for model in CHOICES:
        assert _printed(model) in text, f"docs/states.md: {model.__name__}\n{_printed(model)}"


@pytest.mark.parametrize("model", CHOICES)
def test_each_state_has_a_row_and_is_reached(model):
    life = model.LIFE
    reached = {*life.begins, *(one for then in life.follows.values() for one in then)}
    assert set(life.follows) == set(CHOICES[model].values) == reached


@pytest.mark.parametrize("final", [ImportBatch.State.IMPORTED, ImportBatch.State.CANCELLED])
@pytest.mark.parametrize("then", ImportBatch.State)
def test_a_finished_list_takes_no_further_step(final, then):
    with pytest.raises(ValueError, match="does not follow"):
        ImportBatch.LIFE.step(final, then)


def test_only_a_checked_list_is_imported():
    assert ImportBatch.LIFE.step("checked", "imported") == "imported"
    with pytest.raises(ValueError, match="does not follow"):
        ImportBatch.LIFE.step("unmatched", "imported")
