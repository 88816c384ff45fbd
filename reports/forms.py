"""What a report's address may ask for."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from agents.models import Metric, User
from agents.roles import Can
from enrollment.models import Rule
from reports.counting.units import AGENT, BY, OFFICER
from reports.definitions.periods import usual_months
from reports.definitions.targets import BY as WAYS
from reports.progress.wording import LABELS
from reports.question import Asked
from reports.registry import Report
from thaithuy_bhxh.fields import MonthFormField

_ISO_MONTH = re.compile(r"(\d{4})-(\d{2})")
DEFAULTS = {"theo": "commune", "dia_gioi": "as_of", "cach_tinh": "grace"}
TERRITORIES = [
    ("as_of", "Cuối kỳ"),
    ("2020-03-31", "Trước 01/04/2020 (48 đơn vị)"),
    ("2025-06-30", "Trước 01/07/2025 (36 đơn vị)"),
    ("2025-07-01", "Từ 01/07/2025 (11 xã)"),
]


class GrowthForm(forms.Form):
    """Months, grouping, territory, rule; what is missing has its usual value."""

    tu = MonthFormField(label="Từ tháng")
    den = MonthFormField(label="Đến tháng")
    theo = forms.ChoiceField(label="Theo", choices=list(BY.items()), required=False)
    dia_gioi = forms.ChoiceField(
        label="Địa giới",
        required=False,
        choices=TERRITORIES,
    )
    cach_tinh = forms.ChoiceField(label="Cách tính", choices=Rule.choices, required=False)

    def __init__(self, query: Any, user: User) -> None:
        usual = usual_months(running=False)
        defaults = {"tu": usual.first.vi, "den": usual.last.vi, **DEFAULTS}
        super().__init__(
            {name: _written(query.get(name) or value) for name, value in defaults.items()}
        )
        if not user.may(Can.WATCH_COMMUNES):
            field = self.fields["theo"]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [(code, label) for code, label in BY.items() if code != OFFICER]

    @property
    def asked(self) -> Asked:
        """The question, once valid."""
        data = self.cleaned_data
        return Asked(data["tu"], data["den"], data["theo"], data["dia_gioi"], data["cach_tinh"])


class ReportForm(forms.Form):
    """What the page of a registered report asks: months, and the grouping, the territory, the rule
    and the target where it has such.
    """

    tu = MonthFormField(label="Từ tháng")
    den = MonthFormField(label="Đến tháng")
    theo = forms.ChoiceField(label="Theo", required=False)
    dia_gioi = forms.ChoiceField(label="Địa giới", required=False)
    cach_tinh = forms.ChoiceField(label="Cách tính", required=False)
    chi_tieu = forms.ChoiceField(label="Chỉ tiêu", required=False)

    def __init__(self, query: Any, user: User, report: Report) -> None:
        ways, metrics = report.choices.get("by", ()), report.choices.get("metric", ())
        defaults = {
            "tu": report.usual.first.vi,
            "den": report.usual.last.vi,
            "theo": _usual_way(ways, metrics, user),
            "dia_gioi": DEFAULTS["dia_gioi"],
            "cach_tinh": DEFAULTS["cach_tinh"],
            "chi_tieu": metrics[0] if report.one_metric else "",
        }
        super().__init__(_asked_or(defaults, query))
        by_officer = user.may(Can.WATCH_COMMUNES)
        self._offer(
            "theo", [(way, WAYS.get(way, way)) for way in ways if by_officer or way != OFFICER]
        )
        self._offer("dia_gioi", TERRITORIES if "territory" in report.choices else [])
        rules = report.choices.get("rule", ())
        self._offer("cach_tinh", [one for one in Rule.choices if one[0] in rules])
        every = [] if report.one_metric or not metrics else [("", "Tất cả")]
        self._offer("chi_tieu", [*every, *((one, LABELS[Metric(one)]) for one in metrics)])

    def _offer(self, name: str, choices: Sequence[tuple[str, str]]) -> None:
        """The field's choices; a report that does not ask so has no such field."""
        if not choices:
            del self.fields[name]
            return
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = list(choices)

    @property
    def asked(self) -> Asked:
        """The question, once valid."""
        data = self.cleaned_data
        by, metric = data.get("theo") or "commune", data.get("chi_tieu", "")
        territory = data.get("dia_gioi") or DEFAULTS["dia_gioi"]
        rule = data.get("cach_tinh") or DEFAULTS["cach_tinh"]
        return Asked(data["tu"], data["den"], by, territory, rule, metric)


def _usual_way(ways: Sequence[str], metrics: Sequence[str], user: User) -> str:
    """An agent's staff have targets by agent, which their home page shows; others by commune."""
    if metrics and AGENT in ways and user.may(Can.WORK_FOR_AN_AGENT):
        return AGENT
    return ways[0] if ways else ""


def _asked_or(defaults: Mapping[str, str], query: Any) -> dict[str, str]:
    """What the address asks, else the usual; with an end alone, from that year's January on."""
    asked = {name: _written(query.get(name) or value) for name, value in defaults.items()}
    if query.get("den") and not query.get("tu"):
        asked["tu"] = f"01/{asked['den'][-4:]}"
    return asked


def _written(value: str) -> str:
    """A month of an address (2021-01) as the field shows it (01/2021); anything else as it is."""
    return _ISO_MONTH.sub(r"\2/\1", value) if _ISO_MONTH.fullmatch(value) else value
