"""Receipts recorded one after another, each in its own transaction, against bare inserts of the
same rows.
"""

from __future__ import annotations

import time

from django.db import connection

from agents.models import Commune
from enrollment.models import Participant, Receipt
from enrollment.operations.receipts import Payment, do_record_receipt
from tests import builders
from tests.bench.figures import Figure, hand_over
from thaithuy_bhxh.clock import this_month, today

TAKEN = 300


def main() -> None:
    collector = builders.collector(builders.agent("DL00"))
    actor = builders.user(
        "thu_bench", "collector", agent=collector.point.agent, collector=collector
    )
    commune = Commune.objects.valid_on(today()).order_by("code").first()
    payment = Payment(collector, today(), "6", this_month(), 1_500_000, commune)
    people = list(
        Participant.objects.filter(citizen_id__startswith="034080").order_by("citizen_id")[:TAKEN]
    )
    started, busy = time.perf_counter(), time.process_time()
    made = [do_record_receipt(actor=actor, participant=one, payment=payment) for one in people]
    ours, busy = time.perf_counter() - started, time.process_time() - busy
    bare = insert_bare(made)
    plain = f" ({TAKEN / bare:,.0f} bare)"
    hand_over(
        (
            Figure("receipts recorded", TAKEN / ours, "/s", "", plain),
            Figure("  time of one ÷ bare INSERT of its row", ours / bare, "×"),
            Figure("  CPU of one", busy * 1000 / TAKEN, "ms"),
        )
    )


def insert_bare(receipts: list[Receipt]) -> float:
    """Seconds for the same rows under other numbers, each committed by itself."""
    fields = [field for field in Receipt._meta.concrete_fields if not field.primary_key]
    names = ", ".join(connection.ops.quote_name(field.column) for field in fields)
    sql = (
        f"INSERT INTO {Receipt._meta.db_table} ({names}) VALUES ({', '.join(['%s'] * len(fields))})"
    )
    rows = []
    for receipt in receipts:
        receipt.number = f"BARE-{receipt.number}"
        rows.append(
            [
                field.get_db_prep_save(getattr(receipt, field.attname), connection)
                for field in fields
            ]
        )
    started = time.perf_counter()
    with connection.cursor() as cursor:
        for row in rows:
            cursor.execute(sql, row)
    return time.perf_counter() - started
