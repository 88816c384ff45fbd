"""What one receipt costs the database, in statements: the number may fall, and rises only on
purpose.
"""

from __future__ import annotations

from django.db import connection
from django.test.utils import CaptureQueriesContext

from enrollment.models import Receipt
from enrollment.operations.drafts import do_start_draft
from enrollment.operations.receipts import Payment, do_record_receipt
from tests import builders
from tests.cast import Cast
from thaithuy_bhxh.clock import this_month, today

RENEWAL = 14
"""With the begin and the end of its transaction and the end of its form; 23 while the facts were
read twice and the derived rows written anew. The first renewal of a month costs one more.
"""


def test_a_renewal_costs_no_more_than_it_did(cast: Cast):
    person = builders.paid(
        cast.manager, cast.commune_a, cast.collector_a, this_month().first_day, months=1
    ).participant
    cost = []
    for month in (1, 2):
        payment = Payment(
            collector=cast.collector_a,
            received_on=today(),
            method="1",
            from_month=this_month() + month,
            chosen_income=1_500_000,
            commune=cast.commune_a,
        )
        draft = do_start_draft(actor=cast.staff_a, title="Nháp", participant=person)
        with CaptureQueriesContext(connection) as asked:
            do_record_receipt(actor=cast.staff_a, participant=person, payment=payment, draft=draft)
        cost.append(len(asked))
    assert Receipt.objects.filter(participant=person).count() == 3
    assert cost[1] == RENEWAL
