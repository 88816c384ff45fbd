"""How long others wait while 30,000 receipts come in: searches, log-ins and receipt forms beside an
import.

``waiting LIST``, after the bench ``importing`` has brought that list in: first its people go on
paying (by command), then as many others join (on the screen).
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path

from django.test import Client
from django.urls import reverse

from agents.models import User
from enrollment.models import Receipt
from enrollment.operations.drafts import do_fill_draft, do_start_draft
from tests import builders
from tests.bench import stage
from tests.bench.figures import Figure, hand_over
from thaithuy_bhxh.clock import this_month, today

LONGEST = "<= 2"


def main(path: str) -> None:
    """By command, then by screen: the upload is checked, then confirmed."""
    renewals = stage.write_list(Path(path).with_name("renewals.xlsx"), stage.RENEWED)
    others = stage.write_list(Path(path).with_name("others.xlsx"), shift=stage.ROWS)
    found = []
    for way, steps, listed in (
        ("command", ("command",), renewals),
        ("screen", ("check", "confirm"), others),
    ):
        waits: dict[str, float] = {}
        for step in steps:
            process = subprocess.Popen(
                [sys.executable, "-m", "tests.bench", "waiting_import", step, str(listed)]
            )
            _work_beside(process, waits)
            assert process.returncode == 0, step
        found += [
            Figure(f"import by {way}, longest {what}", took, "s", LONGEST)
            for what, took in waits.items()
        ]
    hand_over(found)


def _work_beside(process: subprocess.Popen[bytes], waits: dict[str, float]) -> None:
    """What others do, one thing after another, until the import has ended; each longest time is
    kept.
    """
    office = _Office()
    while process.poll() is None:
        for what, act in office.acts.items():
            started = time.perf_counter()
            act()
            waits[what] = max(waits.get(what, 0.0), time.perf_counter() - started)


class _Office:
    """A collector at work, and somebody who logs in."""

    def __init__(self) -> None:
        self.actor = (
            User.objects.get(username="thu_cho")
            if User.objects.filter(username="thu_cho")
            else self._hired()
        )
        self.browser = stage.browser_of(self.actor)
        self.people = count(Receipt.objects.filter(recorded_by=self.actor).count() + 1)
        self.acts: dict[str, Callable[[], None]] = {
            "search": self.search,
            "log-in": self.log_in,
            "receipt form": self.record,
        }

    @staticmethod
    def _hired() -> User:
        collector = builders.collector(builders.agent("DLCHO"))
        return builders.user(
            "thu_cho", "collector", agent=collector.point.agent, collector=collector
        )

    def search(self) -> None:
        assert (
            self.browser.post(
                reverse("enrollment:participant_search"), {"tim": "nguyen"}
            ).status_code
            == 302
        )
        assert self.browser.get(reverse("enrollment:participants")).status_code == 200

    def log_in(self) -> None:
        answer = Client().post(
            reverse("account_login"), {"login": "thu_cho", "password": builders.PASSWORD}
        )
        assert answer.status_code == 302, answer.content

    def record(self) -> None:
        who = {
            "full_name": "Người Mẫu Đang Chờ",
            "sex": "male",
            "birth": "1985",
            "bhxh_no": "",
            "citizen_id": f"034085{next(self.people):06d}",
            "phone": "",
            "commune": str(stage.homes()[0][1].pk),
            "hamlet": "",
        }
        group = {"group": "other", "evidence": "", "evidence_from": "", "evidence_to": ""}
        money = {
            "chosen_income": "1.500.000",
            "method": "1",
            "from_month": this_month().vi,
            "number": "",
            "received_on": f"{today():%d/%m/%Y}",
            "other_support": "",
        }
        draft = do_start_draft(
            actor=self.actor, title="Nháp", data={"ca-nhan": who, "doi-tuong": group}
        )
        do_fill_draft(actor=self.actor, draft=draft, step="muc-dong", values=money)
        before = Receipt.objects.filter(recorded_by=self.actor).count()
        url = reverse("enrollment:enroll_step", args=[draft.pk, "kiem-tra"])
        assert self.browser.post(url, {"khoa": draft.data["key"]}).status_code == 302
        assert Receipt.objects.filter(recorded_by=self.actor).count() == before + 1
