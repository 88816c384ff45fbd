"""A person's earlier facts as the admission rules want them, one or many people at a time."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from enrollment.activity import StopFact
from enrollment.admission import Account, Paid
from enrollment.models import Participant, Receipt, Stop
from enrollment.operations.on_record import OnRecord
from thaithuy_bhxh.months import Month


def accounts_of(participants: Iterable[Participant]) -> dict[int, Account]:
    """The accounts of these people by id (two queries)."""
    found = {one.pk: Account(born=earliest_birth(one)) for one in participants}
    receipts = Receipt.objects.live().filter(participant__in=list(found))
    for pk, number, first, last, received, supported in receipts.values_list(
        "participant_id", "number", "from_month", "to_month", "received_month", "supported_months"
    ):
        found[pk].paid.append(Paid(number, int(first), int(last), int(received), supported))
    for pk, month, reason, at, stop, withdrawn in Stop.objects.filter(
        participant__in=list(found)
    ).values_list(
        "participant_id", "month", "reason", "recorded_at", "id", "withdrawal__withdrawn_month"
    ):
        found[pk].stops.append(
            StopFact(int(month), reason, (at, stop), None if withdrawn is None else int(withdrawn))
        )
    return found


def account_of(known: OnRecord) -> Account:
    """One person's account, the latest receipt first."""
    live = [one for one in known.receipts if one.voided is None]
    live.sort(key=lambda one: (one.received_on, one.id), reverse=True)
    return Account(
        paid=[
            Paid(
                known.numbers[one.id],
                one.from_month,
                one.to_month,
                int(Month.of(one.received_on)),
                one.supported_months,
            )
            for one in live
        ],
        stops=[
            StopFact(one.month, one.reason, (one.recorded_at, one.id), one.withdrawn)
            for one in known.stops
        ],
        born=earliest_birth(known.participant),
    )


def earliest_birth(participant: Participant) -> date | None:
    """The birth date, or the first day of the birth year where only that is known."""
    if participant.birth_date:
        return participant.birth_date
    return date(participant.birth_year, 1, 1) if participant.birth_year else None
