"""Reading the audit trail: which acts a reader may see, what changed in words, and where the record
is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Field
from django.urls import reverse

from agents.models import AuditEntry, Metric, User
from agents.roles import Can
from thaithuy_bhxh.sealed import in_words, is_seal

KINDS = {
    "participant": "Người tham gia",
    "receipt": "Biên lai",
    "import": "Nhập bảng kê",
    "service": "Đánh giá, phản ánh",
    "agent": "Đại lý",
    "point": "Điểm thu",
    "collector": "Nhân viên thu",
    "card": "Thẻ nhân viên thu",
    "contract": "Hợp đồng đại lý",
    "course": "Tập huấn",
    "assignment": "Phân công địa bàn",
    "contact": "Liên hệ với xã",
    "target": "Chỉ tiêu",
    "labour": "Số lao động",
    "parameter": "Tham số",
    "reading": "Cách hiểu luật",
    "commune": "Danh mục, sáp nhập xã",
    "office": "Tên, quy định của cơ quan",
    "account": "Tài khoản",
    "login": "Đăng nhập",
    "session": "Phiên làm việc",
    "factor": "Xác thực hai lớp",
    "export": "Tải dữ liệu",
    "lookup": "Tra số",
    "limit": "Đến giới hạn trong ngày",
    "refusal": "Bị từ chối",
    "retention": "Dọn dữ liệu hết hạn",
    "backup": "Sao lưu, diễn tập",
}
"""First word of an action → what the act was about."""

_ABOUT_PEOPLE = frozenset({"participant", "receipt", "import", "service", "contact", "lookup"})
_PAGES = {
    "agents.collectionagent": "agents:agent",
    "agents.collector": "agents:collector",
    "agents.commune": "agents:commune",
    "agents.trainingcourse": "agents:course",
    "enrollment.participant": "enrollment:participant",
    "enrollment.receipt": "enrollment:receipt",
    "enrollment.complaint": "enrollment:complaint",
}
_METRICS = dict(Metric.choices)


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One changed field in words; empty text = nothing."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Act:
    """One row of the trail as a page shows it."""

    entry: AuditEntry
    kind: str
    url: str
    changes: tuple[FieldChange, ...]


def kinds_for(reader: User) -> list[str]:
    """The kinds of acts that a reader may see: an administrator sees no people, so none of their
    acts.
    """
    hidden = frozenset() if reader.may(Can.SEE_PEOPLE) else _ABOUT_PEOPLE
    return [kind for kind in KINDS if kind not in hidden]


def acts_of(entries: Iterable[AuditEntry]) -> list[Act]:
    """The rows with their kind, the page of their record and the changes in words."""
    return [_act(entry) for entry in entries]


def _act(entry: AuditEntry) -> Act:
    kind = KINDS.get(entry.action.partition(".")[0], "")
    page = _PAGES.get(entry.object_type)
    url = reverse(page, args=[entry.object_id]) if page else ""
    return Act(entry, kind, url, tuple(_changes(entry)))


def _changes(entry: AuditEntry) -> Iterable[FieldChange]:
    """Fields with a value before and after; references are told by the summary, their keys say
    nothing to people.
    """
    for name, values in entry.changes.items():
        if name in _METRICS and isinstance(values, list):
            if values[0] != values[1]:
                yield FieldChange(_METRICS[name], _number(values[0]), _number(values[1]))
            continue
        field = _field(entry.object_type, name)
        if field and not field.is_relation and isinstance(values, list) and len(values) == 2:
            yield FieldChange(str(field.verbose_name), *(_shown(field, value) for value in values))


def _field(label: str, name: str) -> Field[Any, Any] | None:
    try:
        field = apps.get_model(label)._meta.get_field(name)
    except (LookupError, FieldDoesNotExist):
        return None
    return field if isinstance(field, Field) else None


def _shown(field: Field[Any, Any], value: Any) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "có" if value else "không"
    if is_seal(value):
        return in_words(value)
    if field.get_internal_type() == "DateField":
        return "/".join(reversed(str(value).split("-")))
    return str(dict(field.flatchoices).get(value, value))


def _number(value: Any) -> str:
    return "" if value is None else f"{value:,}".replace(",", ".")
