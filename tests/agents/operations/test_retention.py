"""What is no fact goes when its term is over, and how much went is on record; facts and the trail
stay.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from agents.models import AuditEntry, LogInMark, PortalSession
from agents.retention import kinds
from enrollment.importing.upload import do_check_upload
from enrollment.models import Draft, ImportBatch, Prospect, Receipt
from enrollment.operations.drafts import do_start_draft
from tests import builders
from tests.cast import Cast
from tests.enrollment.importing import d05_workbook as d05
from tests.shipped import unguarded
from thaithuy_bhxh.clock import today

OLD = timedelta(days=4000)


def run(*words: str) -> dict[str, int]:
    out = StringIO()
    call_command("retention", "--json", *words, stdout=out, stderr=StringIO())
    return {one["kind"]: one["number"] for one in json.loads(out.getvalue())["kinds"]}


def _batch(cast: Cast, name: str) -> ImportBatch:
    late = today() + timedelta(days=1)
    row = d05.row(name, builders.citizen_id("female"), late, name, cast.collector_a.code)
    return do_check_upload(actor=cast.manager, upload=d05.upload([row]))


@pytest.fixture
def past(cast: Cast, settings: Any, tmp_path: Any) -> dict[str, Any]:
    """One of every kind that is past its term, and its like of today."""
    settings.MEDIA_ROOT = str(tmp_path)
    then = timezone.now() - OLD
    builders.paid(cast.manager, cast.commune_a, cast.collector_a, today())
    drafts = [
        do_start_draft(actor=cast.staff_a, title=title, data={"ca-nhan": {"full_name": title}})
        for title in ("Cũ", "Mới")
    ]
    Draft.objects.filter(pk=drafts[0].pk).update(updated_at=then)
    for moment, key in ((then, "a"), (timezone.now(), "b")):
        LogInMark.objects.create(at=moment, kind="wrong")
        PortalSession.objects.create(
            session_key=key,
            session_data="",
            expire_date=moment + timedelta(hours=1),
            began_at=moment,
            seen_at=moment,
        )
    old = builders.prospect(cast.manager, cast.commune_a)
    builders.prospect(cast.manager, cast.commune_a)
    Prospect.objects.filter(pk=old.pk).update(recorded_at=then)
    waiting, done, fresh = (_batch(cast, f"LOI-{n}") for n in range(3))
    _aged(waiting, created_at=then)
    _aged(done, state="imported", finished_at=then)
    with connection.cursor() as cursor:
        for key, moment in (("cũ", then), ("mới", timezone.now() + OLD)):
            value = connection.ops.adapt_datetimefield_value(moment.replace(microsecond=0))
            cursor.execute(
                "INSERT INTO portal_cache (cache_key, value, expires) VALUES (%s, 'x', %s)",
                [key, value],
            )
    return {"waiting": waiting, "done": done, "fresh": fresh}


def _aged(batch: ImportBatch, **values: str | datetime) -> None:
    """As it would stand by now: the day of its upload never changes otherwise."""
    with unguarded(ImportBatch):
        ImportBatch.objects.filter(pk=batch.pk).update(**values)


EACH = {
    "prospects": 1,
    "drafts": 1,
    "log_in_marks": 1,
    "sessions": 1,
    "counters": 1,
    "waiting_lists": 1,
    "list_files": 1,
    "list_errors": 1,
}


def test_every_kind_is_tried_here():
    assert {kind.name for kind in kinds()} == set(EACH)


def test_a_dry_run_counts_and_takes_nothing(past: dict[str, Any]):
    rows = AuditEntry.objects.count()
    assert run("--dry-run") == EACH
    assert run("--dry-run") == EACH
    assert AuditEntry.objects.count() == rows


def test_what_is_past_its_term_goes_once_and_what_is_not_stays(
    past: dict[str, Any], django_capture_on_commit_callbacks: Any
):
    trail, receipts = set(AuditEntry.objects.values_list("pk", flat=True)), Receipt.objects.count()
    with django_capture_on_commit_callbacks(execute=True):
        assert run() == EACH
    assert run("--dry-run") == dict.fromkeys(EACH, 0)
    assert [draft.title for draft in Draft.objects.all()] == ["Mới"]
    assert (LogInMark.objects.count(), PortalSession.objects.filter(session_key="b").exists()) == (
        1,
        True,
    )
    assert trail <= set(AuditEntry.objects.values_list("pk", flat=True))
    assert Receipt.objects.count() == receipts


def test_a_list_that_nobody_confirmed_is_given_up_with_its_file(
    past: dict[str, Any], django_capture_on_commit_callbacks: Any
):
    with django_capture_on_commit_callbacks(execute=True):
        run()
    for one in past.values():
        one.refresh_from_db()
    assert (past["waiting"].state, past["waiting"].file.name, past["done"].file.name) == (
        "cancelled",
        "",
        "",
    )
    assert past["done"].result["errors"] == [] and past["done"].result["error_count"] == 1
    assert past["fresh"].state == "checked" and past["fresh"].file.storage.exists(
        past["fresh"].file.name
    )


def test_the_run_is_on_record_with_its_counts(
    past: dict[str, Any], django_capture_on_commit_callbacks: Any
):
    with django_capture_on_commit_callbacks(execute=True):
        run()
    row = AuditEntry.objects.get(action="retention.run")
    assert (row.changes, row.actor, row.session) == (EACH, None, "lệnh/retention")
    run()
    assert AuditEntry.objects.filter(action="retention.run").count() == 1


def test_the_command_says_what_it_did(past: dict[str, Any]):
    out = StringIO()
    call_command("retention", stdout=out, stderr=StringIO())
    assert "Bản nháp (giữ 60 ngày): xóa 1." in out.getvalue()
