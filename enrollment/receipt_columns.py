"""The columns of a receipt: what the form records and what a list writes is put together here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from enrollment.law import Quote
from thaithuy_bhxh.months import Month


@dataclass(frozen=True, slots=True)
class Amounts:
    """What a receipt stores of its amounts, in đồng."""

    gross: int
    participant: int
    state_support: int
    local_support: int
    other_support: int
    group: str
    months: int
    supported_months: int
    last_day: date
    grace_months: int
    quoted: Quote | None = None
    """``None`` = the amounts came from the list and not from the law engine."""

    @classmethod
    def of(cls, quoted: Quote) -> Amounts:
        """The law's own."""
        return cls(
            gross=quoted.gross,
            participant=quoted.participant,
            state_support=quoted.state_support,
            local_support=quoted.local_support,
            other_support=quoted.other_support,
            group=quoted.group,
            months=quoted.months,
            supported_months=quoted.counted_months,
            last_day=quoted.last_day,
            grace_months=quoted.grace_months,
            quoted=quoted,
        )


def receipt_columns(
    amounts: Amounts,
    *,
    number: str,
    participant_id: int,
    collector_id: int,
    agent_id: int,
    commune_id: int,
    hamlet: str,
    received_on: date,
    from_month: Month,
    method: str,
    chosen_income: int,
    readings: dict[str, str],
    note: str,
    recorded_by_id: int,
    recorded_at: datetime,
    submission_key: UUID | str | None = None,
    draft_no: int | None = None,
    batch_id: int | None = None,
) -> dict[str, Any]:
    """Every column of a receipt but its id, by the name of the model's attribute.

    A plain dict, because a list of 30,000 lines has no time for model objects. ``readings`` are
    those of ``amounts.quoted``, as the caller stores them; empty where the amounts were trusted.
    """
    return {
        "number": number,
        "participant_id": participant_id,
        "collector_id": collector_id,
        "agent_id": agent_id,
        "commune_id": commune_id,
        "hamlet": hamlet,
        "received_on": received_on,
        "received_month": Month.of(received_on),
        "from_month": from_month,
        "to_month": from_month + (amounts.months - 1),
        "months": amounts.months,
        "method": method,
        "chosen_income": chosen_income,
        "group": amounts.group,
        "gross": amounts.gross,
        "participant_amount": amounts.participant,
        "state_support": amounts.state_support,
        "local_support": amounts.local_support,
        "other_support": amounts.other_support,
        "supported_months": amounts.supported_months,
        "last_day": amounts.last_day,
        "grace_months": amounts.grace_months,
        "readings": readings,
        "amounts_trusted": amounts.quoted is None,
        "note": note,
        "submission_key": submission_key,
        "draft_no": draft_no,
        "batch_id": batch_id,
        "recorded_by_id": recorded_by_id,
        "recorded_at": recorded_at,
    }
