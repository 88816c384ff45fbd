"""One JSON line asked, one JSON object answered: the exchange form of the engine (contract, section
``quote``).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from enrollment.law.contribution import quote
from enrollment.law.methods import latest_start, next_period, remark_on_gap
from enrollment.law.parameters import ParameterTable
from enrollment.law.pensions import PensionRequest, pension
from enrollment.law.readings import DEFAULT, Readings
from enrollment.law.refunds import RefundRequest, refund
from enrollment.law.refusals import LawRefused
from enrollment.law.requests import ContributionRequest
from thaithuy_bhxh.months import Month

Line = Mapping[str, Any]
Answer = dict[str, Any]

_MONTH = re.compile(r"[0-9]{4}-[0-9]{2}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_LONGEST = 400


def answer_text(table: ParameterTable, text: str | bytes, readings: Readings = DEFAULT) -> str:
    """The answer to one line of text as one line of JSON; whatever the text is."""
    try:
        line = json.loads(text)
    except (ValueError, RecursionError):
        return _dumped({"error": "Dòng này không phải là JSON hợp lệ."})
    return _dumped(answer(table, line, readings))


def answer(table: ParameterTable, line: object, readings: Readings = DEFAULT) -> Answer:
    """The answer to one request; ``{"error": …}`` with the reason when it is refused."""
    if not isinstance(line, dict):
        return {"error": "Mỗi dòng phải là một đối tượng JSON."}
    kind = line.get("kind")
    reply = _KINDS.get(kind) if isinstance(kind, str) else None
    if reply is None:
        return {"error": f"Trường kind phải là một trong: {', '.join(_KINDS)}."}
    try:
        return reply(table, line, readings)
    except LawRefused as refusal:
        return {"error": refusal.message}


def _contribution(table: ParameterTable, line: Line, readings: Readings) -> Answer:
    request = contribution_request(line)
    result = quote(table, request, readings)
    # What is paid already is not known here, so that a far month may be right, but never without a
    # word.
    far = remark_on_gap(request.from_month, request.paid_on, latest_start(request.paid_on) - 1)
    return {
        "gross": result.gross,
        "state_support": result.state_support,
        "local_support": result.local_support,
        "participant": result.participant,
        "supported_months": result.supported_months,
        "min_income": result.min_income,
        "max_income": result.max_income,
        "last_day": result.last_day.isoformat(),
        "warnings": [*result.warnings, *([far] if far else [])],
        "steps": [step.as_dict() for step in result.steps],
        "reading": result.reading,
        "error": None,
    }


def contribution_request(line: Line) -> ContributionRequest:
    """The request that a line states; :class:`LawRefused` names the field that cannot be read."""
    return ContributionRequest(
        method=_text(line, "method"),
        income=_whole(line, "income"),
        from_month=_month(line, "from_month"),
        paid_on=_day(line, "paid_on"),
        months=_whole_or_none(line, "months"),
        groups=_groups(line),
        prior_supported_months=_whole_or_none(line, "prior_supported_months") or 0,
        monthly_rate=_decimal_or_none(line, "monthly_rate"),
        local_percent=_decimal_or_none(line, "local_percent"),
        other_support=_whole_or_none(line, "other_support") or 0,
        back_payment=_flag(line, "back_payment"),
        sex=_text_or_none(line, "sex"),
        birth_date=_day_or_none(line, "birth_date"),
        months_paid=_whole_or_none(line, "months_paid"),
    )


def _refund(table: ParameterTable, line: Line, readings: Readings) -> Answer:
    request = RefundRequest(
        method=_text(line, "method"),
        income=_whole(line, "income"),
        remaining=_whole(line, "remaining"),
        months=_whole_or_none(line, "months"),
        groups=_groups(line),
        paid_on=_day_or_none(line, "paid_on"),
        prior_supported_months=_whole_or_none(line, "prior_supported_months") or 0,
        monthly_rate=_decimal_or_none(line, "monthly_rate"),
        state_support_removed=_whole_or_none(line, "state_support_removed"),
    )
    result = refund(table, request, readings)
    return {
        "refund": result.refund,
        "returned_to_budget": result.returned_to_budget,
        "warnings": list(result.warnings),
        "steps": [step.as_dict() for step in result.steps],
    }


def _pension(table: ParameterTable, line: Line, readings: Readings) -> Answer:
    request = PensionRequest(
        sex=_text(line, "sex"),
        months=_whole(line, "months"),
        average_income=_whole(line, "average_income"),
        retires_on=_day(line, "retires_on"),
        birth_date=_day_or_none(line, "birth_date"),
        joined_on=_day_or_none(line, "joined_on"),
    )
    result = pension(table, request)
    steps = [step.as_dict() for step in result.steps]
    if not result.eligible:
        return {"eligible": False, "reason": result.reason, "steps": steps}
    return {
        "rate_percent": f"{result.rate_percent:.2f}",
        "pension": result.pension,
        "eligible": True,
        "label": result.label,
        "warnings": list(result.warnings),
        "steps": steps,
    }


def _renewal(table: ParameterTable, line: Line, readings: Readings) -> Answer:
    found = next_period(table, _month(line, "covered_to"), _text(line, "method"))
    return {"next_from": str(found.next_from), "last_day": found.last_day.isoformat()}


_KINDS: Mapping[str, Callable[[ParameterTable, Line, Readings], Answer]] = {
    "contribution": _contribution,
    "refund": _refund,
    "pension": _pension,
    "renewal": _renewal,
}


def _text(line: Line, name: str) -> str:
    value = line.get(name)
    if not isinstance(value, str):
        raise LawRefused(name, f"Trường {name} phải là chữ trong ngoặc kép.")
    return value


def _text_or_none(line: Line, name: str) -> str | None:
    return None if line.get(name) is None else _text(line, name)


def _whole(line: Line, name: str) -> int:
    value = line.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        raise LawRefused(name, f"Trường {name} phải là số nguyên.")
    return value


def _whole_or_none(line: Line, name: str) -> int | None:
    return None if line.get(name) is None else _whole(line, name)


def _flag(line: Line, name: str) -> bool:
    value = line.get(name, False)
    if value is not None and not isinstance(value, bool):
        raise LawRefused(name, f"Trường {name} phải là true hoặc false.")
    return bool(value)


def _decimal_or_none(line: Line, name: str) -> Decimal | None:
    value = line.get(name)
    if value is None:
        return None
    if (
        isinstance(value, bool)
        or not isinstance(value, str | int | float)
        or len(str(value)) > _LONGEST
    ):
        raise LawRefused(name, f'Trường {name} phải là số, như "0.0031".')
    try:
        return Decimal(str(value).strip())
    except InvalidOperation:
        raise LawRefused(name, f'Trường {name} phải là số, như "0.0031".') from None


def _month(line: Line, name: str) -> Month:
    value = line.get(name)
    if not isinstance(value, str) or not _MONTH.fullmatch(value):
        raise LawRefused(name, f"Trường {name} phải là tháng dạng 2026-03.")
    try:
        return Month(int(value[:4]), int(value[5:]))
    except ValueError as error:
        raise LawRefused(name, str(error)) from error


def _day(line: Line, name: str) -> date:
    value = line.get(name)
    if isinstance(value, str) and _DAY.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise LawRefused(name, f"Trường {name} phải là ngày dạng 2026-03-02.")


def _day_or_none(line: Line, name: str) -> date | None:
    return None if line.get(name) is None else _day(line, name)


def _groups(line: Line) -> tuple[str, ...]:
    value = line.get("groups")
    if value is None:
        return ("other",)
    if (
        not isinstance(value, list)
        or not all(isinstance(code, str) for code in value)
        or len(value) > _LONGEST
    ):
        raise LawRefused("groups", "Trường groups phải là danh sách mã đối tượng.")
    return tuple(value)


def _dumped(document: Answer) -> str:
    text = _ENCODER.encode(document)
    # An unpaired half of a character, echoed from the input, could not be written out.
    return (
        text.encode("utf-8", "replace").decode("utf-8")
        if "error" in document and document["error"]
        else text
    )


_ENCODER = json.JSONEncoder(ensure_ascii=False, check_circular=False)
