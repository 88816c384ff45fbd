"""Printing the slip of a receipt: each time on record, the payer's rating code only once."""

from __future__ import annotations

from django.db import transaction

from agents import audit
from agents.models import AuditEntry, User
from agents.roles import Can
from enrollment.models import Receipt, ServiceRating
from enrollment.write_scope import require_printing
from thaithuy_bhxh.storing import one_at_a_time

PRINT = "receipt.print"


def do_print_slip(*, actor: User, receipt: Receipt) -> bool:
    """Record that the slip is printed; true when this one has the payer's code.

    The agent prints the code once, with the first slip. The office may print it again for a slip
    that was spoiled, as long as nobody has rated the receipt.
    """
    require_printing(actor, receipt)
    with transaction.atomic():
        one_at_a_time(f"{PRINT} {receipt.pk}")
        coded = any(row.changes.get("code") for row in _printed(receipt))
        with_code = not receipt.is_voided and (not coded or _may_again(actor, receipt))
        audit.record(
            actor=actor,
            action=PRINT,
            on=receipt,
            changes={"code": with_code},
            summary=f"In biên nhận, {'có' if with_code else 'không có'} mã đánh giá",
        )
    return with_code


def _printed(receipt: Receipt) -> list[AuditEntry]:
    return [row for row in audit.history_of(receipt) if row.action == PRINT]


def _may_again(actor: User, receipt: Receipt) -> bool:
    return (
        actor.may(Can.ACT_FOR_THE_OFFICE)
        and not ServiceRating.objects.filter(receipt=receipt).exists()
    )
