"""A receipt through its pages: CPU seconds of this process for the six requests of a renewal,
beside a bare INSERT of the receipt's row.
"""

from __future__ import annotations

import time

from django.test import Client
from django.urls import reverse

from enrollment.models import Participant, Receipt
from tests import builders
from tests.bench import stage
from tests.bench.figures import Figure, hand_over
from tests.bench.receipts import insert_bare
from thaithuy_bhxh.clock import this_month, today

TAKEN = 40


def main() -> None:
    collector = builders.collector(builders.agent("DL01"))
    actor = builders.user(
        "thu_trang", "collector", agent=collector.point.agent, collector=collector
    )
    browser = stage.browser_of(actor)
    people = list(
        Participant.objects.filter(agent=collector.point.agent, covered_to__lt=this_month() + 6)
        .filter(citizen_id__startswith="034080")
        .order_by("-citizen_id")[: TAKEN + 1]
    )
    take(browser, people[0])
    started, busy = time.perf_counter(), time.process_time()
    for one in people[1:]:
        take(browser, one)
    ours, busy = time.perf_counter() - started, time.process_time() - busy
    made = list(Receipt.objects.filter(recorded_by=actor))
    for one in made:
        one.submission_key = one.draft_no = None
    bare = insert_bare(made) / len(made)
    number = len(people) - 1
    hand_over(
        (
            Figure("a receipt through its pages, CPU", busy * 1000 / number, "ms"),
            Figure("  CPU ÷ bare INSERT of its row", busy / number / bare, "×"),
            Figure("  receipts through their pages", number / ours, "/s"),
        )
    )


def take(browser: Client, person: Participant) -> None:
    """The six requests: the form begins, its step and answer, its check and answer, the receipt."""
    begun = browser.post(reverse("enrollment:collect", args=[person.pk]))
    step = begun.headers["Location"]
    shown = browser.get(step)
    values = {
        name: "" if value is None else str(value)
        for name, value in shown.context["form"].initial.items()
    }
    values |= {"chosen_income": "1.500.000", "method": "6", "received_on": f"{today():%d/%m/%Y}"}
    checked = browser.post(step, values).headers["Location"]
    key = browser.get(checked).context["wizard"].draft.data["key"]
    done = browser.post(checked, {"khoa": key})
    assert done.status_code == 302, done.content
    assert browser.get(done.headers["Location"]).status_code == 200
