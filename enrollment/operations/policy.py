"""The dated parameters of the law: shipping them, adding and correcting rows."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import transaction

from agents import audit
from agents.access import require
from agents.models import User
from agents.roles import Can
from enrollment.law import LABELS
from enrollment.law.parameters import PAYMENT_WINDOW
from enrollment.models import PolicyParameter
from enrollment.parameters_in_force import receipts_computed_with
from thaithuy_bhxh.errors import Refused
from thaithuy_bhxh.text import clean

_PLAIN = re.compile(r"[0-9]{1,15}(\.[0-9]{1,12})?")
"""At most 15 digits before and 12 after the point; no signs, exponents or infinities."""
FARTHEST = 10
"""How many times the values on record a new one may be, or be less."""
SHIPPED = Path(__file__).resolve().parent.parent / "reference" / "policy.json"


@transaction.atomic
def load_policy() -> int:
    """Add the shipped rows that are missing; never touch a row that is there. Returns how many were
    added.
    """
    rows = json.loads(SHIPPED.read_text(encoding="utf-8"))["params"]
    known = set(PolicyParameter.objects.values_list("key", "valid_from"))
    missing = [
        row for row in rows if (row["key"], date.fromisoformat(row["valid_from"])) not in known
    ]
    added = PolicyParameter.objects.bulk_create(
        PolicyParameter(
            key=row["key"],
            value="" if row["value"] is None else str(row["value"]),
            valid_from=row["valid_from"],
            valid_to=row["valid_to"],
            source=row["document"],
            confidence=row["confidence"],
            note=row["source"],
        )
        for row in missing
    )
    if added:
        audit.record(
            actor=None,
            action="parameter.load",
            on=added[0],
            summary=f"Nạp {len(added)} dòng tham số đi kèm phần mềm",
        )
    return len(added)


@dataclass(frozen=True, slots=True)
class ParameterValues:
    """A parameter row as a form states it; ``value`` text with comma or dot, empty = not known."""

    key: str
    value: str
    valid_from: date
    source: str
    valid_to: date | None = None
    confidence: str = PolicyParameter.Confidence.HIGH
    note: str = ""


def do_save_parameter(
    *, actor: User, values: ParameterValues, parameter: PolicyParameter | None = None
) -> PolicyParameter:
    """Add a dated row, or correct one that no receipt was computed with. Raises :class:`Refused`
    naming the field.
    """
    require(actor, Can.KEEP_PARAMETERS)
    with transaction.atomic():
        before = (
            PolicyParameter.objects.select_for_update().get(pk=parameter.pk) if parameter else None
        )
        row = checked_row(values, before)
        old = before or PolicyParameter()
        changes = {
            name: [getattr(old, name), value]
            for name, value in _stored(row)
            if getattr(old, name) != value
        }
        row.save()
        audit.record(
            actor=actor,
            action="parameter.save",
            on=row,
            summary=f"{'Sửa' if parameter else 'Thêm'} tham số {LABELS[values.key]} từ "
            f"{values.valid_from:%d/%m/%Y}",
            changes=changes,
        )
    return row


def checked_row(
    values: ParameterValues, parameter: PolicyParameter | None = None
) -> PolicyParameter:
    """The row as it would be saved, with every rule checked; nothing is written. Raises
    :class:`Refused`.
    """
    stored = _checked(values)
    if stored["value"]:
        _refuse_other_unit(values.key, Decimal(stored["value"]), parameter)
    if parameter:
        _refuse_used(parameter)
    row = PolicyParameter(pk=parameter.pk if parameter else None, **stored)
    twins = PolicyParameter.objects.filter(key=values.key, valid_from=values.valid_from).exclude(
        pk=row.pk
    )
    if twins.exists():
        raise Refused("Tham số này đã có một dòng từ đúng ngày đó; hãy sửa dòng ấy.", "valid_from")
    row.full_clean(validate_constraints=False, validate_unique=False)
    return row


def _refuse_other_unit(key: str, number: Decimal, parameter: PolicyParameter | None) -> None:
    """22 for 0,22 or 0,5 for 50 is a slip of the unit: no row of the same parameter has ever been
    ten times another.
    """
    is_percent = "_pct" in key or "percent" in key
    if is_percent and number > 100:
        raise Refused("Tỷ lệ phần trăm không quá 100.", "value")
    rows = PolicyParameter.objects.filter(key=key).exclude(value="")
    if parameter:
        rows = rows.exclude(pk=parameter.pk)
    if key.startswith(PAYMENT_WINDOW):
        _refuse_window(key, number)
        return
    known = [one for value in rows.values_list("value", flat=True) if (one := Decimal(value))]
    if not known or (is_percent and not number):
        return
    if not min(known) / FARTHEST < number < max(known) * FARTHEST:
        raise Refused(
            f"{number:f} khác quá xa giá trị đang có ({known[-1]:f}) của “{LABELS[key]}”; "
            "hãy kiểm tra đơn vị và số chữ số.",
            "value",
        )


def _refuse_window(key: str, number: Decimal) -> None:
    months = int(key.removeprefix(PAYMENT_WINDOW))
    if number != int(number) or not 1 <= number <= months:
        raise Refused(
            f"“{LABELS[key]}” là số tháng kể từ tháng đầu kỳ, từ 1 đến {months}; hãy nhập số "
            "nguyên.",
            "value",
        )


def _stored(row: PolicyParameter) -> list[tuple[str, object]]:
    return [(name, getattr(row, name)) for name in ParameterValues.__dataclass_fields__]


def _refuse_used(row: PolicyParameter) -> None:
    used = receipts_computed_with(row).count()
    if used:
        raise Refused(
            f"{f'{used:,}'.replace(',', '.')} biên lai đã tính theo dòng này nên không sửa "
            "được nữa; "
            "hãy thêm một dòng mới từ ngày có giá trị khác.",
            "value",
        )


def do_confirm_parameter(*, actor: User, parameter: PolicyParameter, note: str) -> PolicyParameter:
    """Say that a value was compared with its document; the value itself stays. Raises
    :class:`Refused`.
    """
    require(actor, Can.KEEP_PARAMETERS)
    note = clean(note)
    if not note:
        raise Refused("Hãy ghi đã đối chiếu với văn bản nào, ở đâu.", "note")
    with transaction.atomic():
        row = PolicyParameter.objects.select_for_update().get(pk=parameter.pk)
        if row.confidence == PolicyParameter.Confidence.HIGH:
            raise Refused("Dòng này đã được xác nhận trước đó.", "note")
        if not row.value:
            raise Refused(
                "Dòng này chưa có giá trị nên chưa xác nhận được; hãy ghi giá trị trước.", "note"
            )
        before = row.confidence
        row.confidence = PolicyParameter.Confidence.HIGH
        row.save()
        audit.record(
            actor=actor,
            action="parameter.confirm",
            on=row,
            summary=f"Xác nhận tham số {LABELS.get(row.key, row.key)} từ "
            f"{row.valid_from:%d/%m/%Y}: {note}"[:400],
            changes={"confidence": [before, row.confidence]},
        )
    return row


def _checked(values: ParameterValues) -> dict[str, Any]:
    if values.key not in LABELS:
        raise Refused("Hãy chọn một tham số trong danh sách.", "key")
    if values.valid_to and values.valid_to < values.valid_from:
        raise Refused("Ngày hết hiệu lực phải sau ngày bắt đầu.", "valid_to")
    if not clean(values.source):
        raise Refused("Hãy ghi số, ngày của văn bản.", "source")
    return {
        "key": values.key,
        "value": _number(values.value),
        "valid_from": values.valid_from,
        "valid_to": values.valid_to,
        "source": clean(values.source),
        "confidence": values.confidence,
        "note": clean(values.note),
    }


def _number(text: str) -> str:
    """Exact decimal as text. Dots group thousands (1.500.000), a comma or a lone dot starts
    decimals (0,0031).
    """
    plain = clean(text).replace(" ", "")
    if not plain:
        return ""
    if "," in plain:
        plain = plain.replace(".", "").replace(",", ".")
    elif plain.count(".") > 1 or (
        plain.count(".") == 1 and len(plain.split(".")[1]) == 3 and plain[0] != "0"
    ):
        plain = plain.replace(".", "")
    if not _PLAIN.fullmatch(plain):
        raise Refused(f"“{text}” không phải là số; hãy nhập như 1.500.000 hoặc 0,0031.", "value")
    return f"{Decimal(plain):f}"
