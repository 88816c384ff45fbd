"""The steps by which a receipt's amounts came about, as they were on its day."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from agents.models import AuditEntry
from enrollment.law import ContributionRequest, LawRefused, ParameterTable, Readings, quote
from enrollment.models import Receipt
from enrollment.parameters_in_force import rows_of_record

Step = dict[str, Any]


def steps_of(receipt: Receipt, history: Iterable[AuditEntry]) -> list[Step]:
    """From the receipt's audit row: the stored steps or, for a line of a list, the same computation
    over the stored parameter rows. Empty when the amounts came from the list, or the rows do not
    give the same amounts any more.
    """
    stored = next((act.changes for act in history if "readings" in act.changes), None)
    if stored is None:
        return []
    return stored.get("steps") or _again(receipt, stored)


def _again(receipt: Receipt, stored: dict[str, Any]) -> list[Step]:
    request = ContributionRequest(
        method=receipt.method,
        income=receipt.chosen_income,
        from_month=receipt.from_month,
        paid_on=receipt.received_on,
        months=receipt.months,
        groups=(receipt.group,),
        prior_supported_months=stored["prior_supported_months"],
        other_support=receipt.other_support,
    )
    try:
        found = quote(
            ParameterTable(rows_of_record(stored["parameters"])),
            request,
            Readings(**stored["readings"]),
        )
    except LawRefused:
        return []
    same = (found.gross, found.participant) == (receipt.gross, receipt.participant_amount)
    return [step.as_dict() for step in found.steps] if same else []
