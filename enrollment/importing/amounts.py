"""The amounts of a list's line: compared with the law's, or taken over where the office vouches for
them.
"""

from __future__ import annotations

from datetime import date

from enrollment.admission import Account, in_form_words, refuse_day, refuse_overlap
from enrollment.importing.lines import ReceiptLine
from enrollment.law import ContributionRequest, LawRefused, ParameterTable, Quote
from enrollment.law.methods import grace_months, last_day, method_named, refuse_far, refuse_late
from enrollment.law.wording import dong
from enrollment.receipt_columns import Amounts
from thaithuy_bhxh.errors import Refused


def request_of(line: ReceiptLine, account: Account) -> ContributionRequest:
    """The line as a question to the law engine."""
    return ContributionRequest(
        method=line.method,
        income=line.chosen_income,
        from_month=line.from_month,
        paid_on=line.received_on,
        months=line.months,
        groups=(line.group,),
        prior_supported_months=account.supported_months,
        other_support=line.other_support,
    )


def lawful_amounts(line: ReceiptLine, quoted: Quote) -> Amounts:
    """The law's amounts, when the list says the same; :class:`Refused` names both numbers
    otherwise.
    """
    for stated, lawful, column, label in (
        (line.gross, quoted.gross, "gross", "Số tiền phải đóng"),
        (line.state_support, quoted.state_support, "state_support", "NSNN hỗ trợ"),
        (line.local_support, quoted.local_support, "local_support", "NSĐP hỗ trợ"),
        (line.participant_amount, quoted.participant, "participant", "Số tiền người tham gia đóng"),
    ):
        if stated is not None and stated != lawful:
            raise Refused(
                f"{label}: bảng ghi {dong(stated)}, theo quy định là {dong(lawful)}.", column
            )
    return Amounts.of(quoted)


def trusted_amounts(
    table: ParameterTable,
    line: ReceiptLine,
    account: Account,
    request: ContributionRequest,
    today: date,
) -> Amounts:
    """The list's own amounts (history whose parameters are unknown); days, windows and months are
    still judged.
    """
    refuse_day(account, line.received_on, today=today)
    try:
        refuse_late(table, method_named(line.method), line.from_month, line.received_on)
        refuse_far(line.from_month, line.received_on, account.covered_to)
    except LawRefused as refusal:
        raise in_form_words(refusal) from refusal
    refuse_overlap(account, line.from_month, line.months)
    state, local = line.state_support or 0, line.local_support or 0
    if line.gross is None:
        raise Refused(
            "Bảng không ghi số tiền phải đóng nên không lấy số tiền theo bảng được.", "gross"
        )
    gross, supported = line.gross, state + local + line.other_support
    participant = gross - supported if line.participant_amount is None else line.participant_amount
    if gross != participant + supported or participant < 0:
        raise Refused(
            f"Số tiền phải đóng {dong(gross)} không bằng tổng các phần "
            f"{dong(participant + supported)}.",
            "gross",
        )
    return Amounts(
        gross=gross,
        participant=participant,
        state_support=state,
        local_support=local,
        other_support=line.other_support,
        group=line.group,
        months=line.months,
        supported_months=line.months if state else 0,
        last_day=last_day(table, line.method, line.from_month, line.received_on),
        grace_months=grace_months(table, line.method, line.received_on),
    )
