"""What a change of a parameter would touch, shown before it is saved; nothing here writes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from enrollment.law import Quote
from enrollment.models import Draft, PolicyParameter
from enrollment.parameters_in_force import (
    OfficeLaw,
    last_day_of,
    office_law,
    receipts_computed_with,
    table_with,
)
from enrollment.receipt_form.wizard import PAYMENT, Wizard, participant_of


@dataclass(frozen=True, slots=True)
class Impact:
    """Days ``first..last`` that the row would decide (``last`` ``None`` = from then on), receipts
    already recorded on them, which keep their amounts, and the open quotes: how many there are, and
    how many would change or be refused.
    """

    first: date
    last: date | None
    receipts_kept: int
    quotes: int
    quotes_changed: int
    quotes_refused: int


def impact_of(row: PolicyParameter) -> Impact:
    """The impact of a row that is not saved yet."""
    before = office_law()
    after = before._replace(table=table_with(row))
    pairs = [
        (_quoted(draft, before), _quoted(draft, after))
        for draft in Draft.objects.select_related("owner")
    ]
    open_quotes = [(old, new) for old, new in pairs if old is not None]
    return Impact(
        first=row.valid_from,
        last=last_day_of(row),
        receipts_kept=receipts_computed_with(row).count(),
        quotes=len(open_quotes),
        quotes_changed=sum(
            new is not None and _money(new) != _money(old) for old, new in open_quotes
        ),
        quotes_refused=sum(new is None for _, new in open_quotes),
    )


def _money(quote: Quote) -> tuple[int, int, int]:
    return quote.gross, quote.participant, quote.state_support


def _quoted(draft: Draft, law: OfficeLaw) -> Quote | None:
    """The amount that a draft stands at; ``None`` where it has not come so far or is refused."""
    if PAYMENT not in draft.data:
        return None
    wizard = Wizard(draft, draft.owner, participant_of(draft), law)
    form = wizard.form(PAYMENT)
    if not form.is_valid():
        return None
    return wizard.judged(form).quote
