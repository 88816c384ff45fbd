"""A small district on real transactions, whose people are used up one after another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.test import Client
from django.urls import reverse

from agents.models import AuditEntry, Collector, User
from enrollment.models import Draft, Participant, Receipt
from enrollment.operations.check import differences_of
from enrollment.operations.drafts import do_fill_draft, do_start_draft
from tests import builders
from tests.cast import Cast
from tests.enrollment.conftest import LONG_AGO
from tests.security.scene import browser_of
from thaithuy_bhxh.clock import this_month, today


@dataclass
class District:
    """The cast, and as many lapsed people of side A as are asked for."""

    cast: Cast
    browser: Client = field(init=False)
    _people: Iterator[Participant] = field(init=False)

    def __post_init__(self) -> None:
        self.browser = browser_of(self.cast.staff_a)
        self._people = self._lapsed()
        # The first receipt of a year begins its series, which costs statements that no later one
        # has.
        take_next(self.browser, self.cast.staff_a, self.person(), 0)

    def person(self) -> Participant:
        """Somebody who paid one month long ago and whom no other kill has touched."""
        return next(self._people)

    def _lapsed(self) -> Iterator[Participant]:
        while True:
            lines = [
                builders.receipt_line(
                    self.cast.commune_a,
                    self.cast.collector_a,
                    LONG_AGO,
                    months=1,
                    full_name="Người Mẫu Lâu Năm",
                )
                for _ in range(40)
            ]
            builders.import_lines(self.cast.manager, *lines)
            yield from Participant.objects.filter(
                receipts__number__in=[line.number for line in lines]
            )


def paying(month: int = 0, months: str = "1") -> dict[str, str]:
    """A payment form for the ``month``-th month from this one, paid today."""
    return {
        "chosen_income": "2.000.000",
        "method": months,
        "from_month": (this_month() + month).vi,
        "number": "",
        "received_on": f"{today():%d/%m/%Y}",
        "other_support": "",
    }


def filled(owner: User, person: Participant, **payment: Any) -> Draft:
    """A form about somebody on record, ready to be recorded."""
    draft = do_start_draft(actor=owner, title=person.full_name, participant=person)
    return do_fill_draft(actor=owner, draft=draft, step="muc-dong", values=paying(**payment))


def address(draft: Draft) -> str:
    return reverse("enrollment:enroll_step", args=[draft.pk, "kiem-tra"])


def send(browser: Client, draft: Draft) -> Any:
    """Press “Ghi biên lai”."""
    return browser.post(address(draft), {"khoa": draft.data["key"]})


def take_next(browser: Client, owner: User, person: Participant, month: int) -> Receipt:
    """Take the person's next payment as a collector does, from the person's page on; the receipt is
    a new one.
    """
    before = set(Receipt.objects.filter(participant=person).values_list("pk", flat=True))
    opened = browser.post(reverse("enrollment:collect", args=[person.pk])).headers["Location"]
    draft = Draft.objects.get(pk=opened.rstrip("/").split("/")[-2])
    draft = do_fill_draft(actor=owner, draft=draft, step="muc-dong", values=paying(month))
    answer = send(browser, draft)
    (receipt,) = Receipt.objects.filter(participant=person).exclude(pk__in=before)
    assert answer.headers["Location"] == reverse("enrollment:receipt", args=[receipt.pk])
    assert int(receipt.from_month) == int(this_month() + month)
    return receipt


def assert_sound(person: Participant) -> None:
    """Figures follow from the facts, each receipt by a form has its audit row, and no form of it is
    left.
    """
    assert list(differences_of([person.pk])) == []
    receipts = Receipt.objects.filter(participant=person)
    recorded = receipts.filter(batch=None, submission_key__isnull=False)
    rows = AuditEntry.objects.filter(
        action="receipt.record",
        object_type="enrollment.receipt",
        object_id__in=receipts.values("pk"),
    )
    told = sorted(rows.values_list("object_id", flat=True))
    assert set(recorded.values_list("pk", flat=True)) <= set(told) and len(told) == len(set(told))
    keys = [str(key) for key in recorded.values_list("submission_key", flat=True)]
    assert not [draft for draft in Draft.objects.all() if draft.data["key"] in keys]


def audits(action: str, pk: int) -> int:
    """Audit rows of an action on a record."""
    return AuditEntry.objects.filter(action=action, object_id=pk).count()


def another_collector(cast: Cast, number: int) -> tuple[Collector, User]:
    """A colleague of agent A with an account."""
    colleague = builders.collector(cast.agent_a, number)
    return colleague, builders.user(
        f"nguoi_thu_{number}", "collector", agent=cast.agent_a, collector=colleague
    )
