"""Every address of the URL table with its parameters filled in, and what may be asked of it:
nothing listed by hand but whose keys stand where.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Any

from django import forms
from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver

from agents import models as agents
from agents.office_settings import definitions
from enrollment import models as enrollment
from enrollment.law import READINGS
from enrollment.rating_code import code_of
from enrollment.receipt_form.wizard import TITLES
from reports.registry import REPORTS

KEYS: dict[str, Any] = {
    "dai-ly/": agents.CollectionAgent,
    "diem-thu/": agents.CollectionPoint,
    "nhan-vien-thu/": agents.Collector,
    "the-nhan-vien-thu/": agents.CollectorCard,
    "hop-dong/": agents.AgentContract,
    "tap-huan/": agents.TrainingCourse,
    "nguoi-hoc/": agents.CourseAttendance,
    "dia-ban/": agents.Commune,
    "dia-ban/nguoi/": agents.User,
    "phan-cong/": agents.CommuneAssignment,
    "lien-he/": agents.CommuneContact,
    "quan-ly-tai-khoan/": agents.User,
    "co-quan/": agents.OfficeProfile,
    "nguoi-tham-gia/": enrollment.Participant,
    "phieu-thu/": enrollment.Draft,
    "phan-anh/": enrollment.Complaint,
    "bien-lai/": enrollment.Receipt,
    "bang-ke/": enrollment.ImportBatch,
    "tham-so/": enrollment.PolicyParameter,
    "thu-thang/dai-ly/": agents.CollectionAgent,
    "thu-thang/xa/": agents.Commune,
    "chuyen-quan/bien-ban/": agents.AuditEntry,
    "quan-ly-tai-khoan/yeu-cau/": agents.AccountRequest,
    "chi-tieu/lich-su/<slug:kind>/": agents.Commune,
}
"""What stands before a key in an address → whose key it is."""
KINDS = ("officer", "leader", "commune", "agent", "collector", "district")
_PARAMETER = re.compile(r"<(?:(\w+):)?(\w+)>")


@dataclass(frozen=True)
class Address:
    """A pattern of the URL table: its name and its route from the root."""

    name: str
    route: str
    roles: frozenset[str] = frozenset()
    """Who may come in at all; empty where everybody may."""

    def admits(self, role: str) -> bool:
        return not self.roles or role in self.roles

    @property
    def model(self) -> Any:
        """Whose key stands in the address; ``None`` without one. An unknown one fails: say whose it
        is.
        """
        before, found, _ = self.route.partition("<int:pk>")
        return KEYS[before] if found else None

    def path(self, pick: Random, keys: dict[Any, list[int]], key: int | None = None) -> str:
        """The address with ``key``, or any, and any of the other parameters."""
        return "/" + _PARAMETER.sub(lambda hit: self._value(hit[2], pick, keys, key), self.route)

    def _value(self, name: str, pick: Random, keys: dict[Any, list[int]], key: int | None) -> str:
        if name == "pk":
            return str(key if key is not None else pick.choice(keys[self.model] or [1]))
        values: dict[str, Any] = {
            "step": list(TITLES),
            "kind": KINDS,
            "name": list(READINGS),
            "place": [one.place for one in REPORTS.values()],
            "key": [one.key for one in definitions()],
        }
        if name == "code":
            return code_of(pick.choice(keys[enrollment.Receipt]))
        return str(pick.choice(values[name]))


def addresses(
    resolver: URLResolver | None = None, prefix: str = "", route: str = ""
) -> Iterator[Address]:
    """Every pattern."""
    for pattern in (resolver or get_resolver()).url_patterns:
        here = route + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from addresses(
                pattern, f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix, here
            )
        elif isinstance(pattern, URLPattern):
            roles = getattr(pattern.callback, "allowed_roles", frozenset())
            yield Address(f"{prefix}{pattern.name}", here, roles)


@lru_cache
def parameter_names() -> tuple[str, ...]:
    """Every name that a view or a form reads from a request."""
    read = re.compile(r"(?:GET|POST)(?:\.get\(|\[)\"(\w+)\"")
    folders = [
        Path(settings.BASE_DIR, app) for app in ("agents", "enrollment", "reports", "thaithuy_bhxh")
    ]
    sources = [
        path.read_text(encoding="utf-8") for folder in folders for path in folder.rglob("*.py")
    ]
    named = {name for text in sources for name in read.findall(text)}
    return tuple(sorted(named | {name for form in _forms(forms.Form) for name in form.base_fields}))


@lru_cache
def choices_of() -> dict[str, tuple[str, ...]]:
    """Name → the values that some form offers for it."""
    found: dict[str, set[str]] = {}
    for form in _forms(forms.Form):
        for name, one in form.base_fields.items():
            if isinstance(one, forms.ChoiceField) and not isinstance(one, forms.ModelChoiceField):
                found.setdefault(name, set()).update(str(value) for value, _ in one.choices)
    return {name: tuple(sorted(values)) for name, values in found.items() if values}


def _forms(of: Any) -> Iterator[Any]:
    for form in of.__subclasses__():
        if form.__module__.partition(".")[0] in ("agents", "enrollment", "reports"):
            yield form
        yield from _forms(form)
