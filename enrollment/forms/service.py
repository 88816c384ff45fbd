"""Forms about the agents' service: the payer's rating, complaints, answers, and what brought a
person in.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict

from agents.agent_names import told_apart
from agents.forms.lists import ListForm
from agents.models import CollectionAgent, Collector
from enrollment.forms.base import SpokenForm
from enrollment.models import Complaint, Receipt, Source
from enrollment.operations.sources import UNKNOWN
from thaithuy_bhxh.clock import today
from thaithuy_bhxh.fields import DayField
from thaithuy_bhxh.text import receipt_number

SCORES = (
    ("5", "5 – Rất tốt"),
    ("4", "4 – Tốt"),
    ("3", "3 – Bình thường"),
    ("2", "2 – Chưa tốt"),
    ("1", "1 – Rất kém"),
)


def _long(label: str, most: int, rows: int = 4, **kwargs: Any) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, max_length=most, widget=widget, **kwargs)


class RatingForm(SpokenForm):
    """One payer's judgement, with a complaint if there is one."""

    diem = forms.ChoiceField(
        label="Bạn được phục vụ thế nào?",
        choices=SCORES,
        widget=forms.RadioSelect,
        error_messages={
            "required": "Hãy chọn một mức từ 1 đến 5.",
            "invalid_choice": "Hãy chọn một mức từ 1 đến 5.",
        },
    )
    y_kien = _long("Góp ý thêm", 500, rows=3, required=False)
    phan_anh = forms.BooleanField(label="Tôi muốn phản ánh", required=False)
    noi_dung = _long(
        "Nội dung phản ánh",
        2000,
        required=False,
        help_text="Việc gì, ngày nào. Cơ quan BHXH đọc và trả lời.",
    )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("phan_anh") and not data.get("noi_dung") and "noi_dung" not in self.errors:
            self.add_error(
                "noi_dung", "Hãy ghi nội dung phản ánh, hoặc bỏ chọn “Tôi muốn phản ánh”."
            )
        return data

    @property
    def values(self) -> dict[str, Any]:
        """What the operation wants; words written for a complaint are one, ticked or not."""
        data = self.cleaned_data
        return {
            "score": int(data["diem"]),
            "comment": data["y_kien"],
            "complaint": data["noi_dung"],
        }


class AgentField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """One of the agents offered; equal names are distinguished."""

    names: Mapping[int, str] = {}

    def label_from_instance(self, obj: CollectionAgent) -> str:
        return self.names.get(obj.pk, obj.name)


_HEARD = [one for one in Complaint.Channel.choices if one[0] != Complaint.Channel.ONLINE]


class ComplaintForm(SpokenForm):
    """A complaint that came to the office by telephone, in person or by letter."""

    agent = AgentField(
        label="Đại lý", queryset=CollectionAgent.objects.none(), empty_label="Chọn đại lý"
    )
    received_on = DayField(label="Ngày nhận")
    channel = forms.ChoiceField(label="Kênh", choices=_HEARD, widget=forms.RadioSelect)
    content = _long("Nội dung", 2000, rows=6)
    collector = forms.CharField(
        label="Mã nhân viên thu", max_length=30, required=False, help_text="Nếu nói về một người."
    )
    receipt = forms.CharField(
        label="Số biên lai", max_length=40, required=False, help_text="Nếu nói về một lần thu."
    )

    def __init__(
        self,
        *args: Any,
        agents: QuerySet[CollectionAgent],
        receipts: QuerySet[Receipt],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._receipts = receipts
        field = self.fields["agent"]
        assert isinstance(field, AgentField)
        field.queryset, field.names = agents, told_apart(agents)
        field.error_messages["required"] = field.error_messages["invalid_choice"] = (
            "Hãy chọn đại lý trong danh sách."
        )

    def clean_collector(self) -> Collector | None:
        code = self.cleaned_data["collector"].strip()
        found = (
            Collector.objects.select_related("point").filter(code__iexact=code).first()
            if code
            else None
        )
        if code and found is None:
            raise forms.ValidationError(f"Không có nhân viên thu mang mã {code}.")
        return found

    def clean_receipt(self) -> Receipt | None:
        number = receipt_number(self.cleaned_data["receipt"])
        found = (
            self._receipts.filter(number=number).select_related("collector").first()
            if number
            else None
        )
        if number and found is None:
            raise forms.ValidationError(f"Không có biên lai số {number} trong phạm vi của bạn.")
        return found


class AnswerForm(SpokenForm):
    """The one answer to a complaint."""

    answer = _long(
        "Trả lời", 2000, rows=6, help_text="Đã xem xét thế nào, đã trả lời người phản ánh ra sao."
    )
    answered_on = DayField(label="Ngày trả lời")
    upheld = forms.TypedChoiceField(
        label="Phản ánh có đúng không?",
        choices=[("1", "Đúng"), ("0", "Không đúng")],
        widget=forms.RadioSelect,
        coerce=lambda text: text == "1",
        error_messages={"required": "Hãy chọn phản ánh đúng hay không đúng."},
    )


def source_field() -> forms.ChoiceField:
    """What brought somebody in; may stay unknown."""
    choices = [("", UNKNOWN), *Source.choices]
    return forms.ChoiceField(
        label="Biết đến qua",
        choices=choices,
        widget=forms.RadioSelect,
        required=False,
        error_messages={"invalid_choice": "Hãy chọn một nguồn trong danh sách."},
    )


class SourceForm(SpokenForm):
    """Correcting what brought somebody in."""

    source = source_field()


OPEN, OVERDUE, ANSWERED, ALL = "chua-tra-loi", "qua-han", "da-tra-loi", "tat-ca"
_ORDER = {
    OPEN: ("due_on", "pk"),
    OVERDUE: ("due_on", "pk"),
    ANSWERED: ("-answered_on", "-pk"),
    ALL: ("-received_on", "-pk"),
}
_WORDS = {
    OPEN: "Phản ánh chưa trả lời",
    OVERDUE: "Phản ánh quá hạn trả lời",
    ANSWERED: "Phản ánh đã trả lời",
    ALL: "Tất cả phản ánh",
}


class ComplaintListForm(ListForm):
    """Complaints by state and agent; those that wait for an answer when nothing is asked for."""

    tinh_trang = forms.ChoiceField(
        label="Tình trạng",
        choices=[
            (OPEN, "Chưa trả lời"),
            (OVERDUE, "Quá hạn"),
            (ANSWERED, "Đã trả lời"),
            (ALL, "Tất cả"),
        ],
    )
    dai_ly = forms.ChoiceField(label="Đại lý", required=False)
    defaults = {"tinh_trang": OPEN}

    def __init__(self, query: QueryDict, agents: QuerySet[CollectionAgent]) -> None:
        super().__init__(query)
        self._names = {str(pk): name for pk, name in told_apart(agents).items()}
        self._offer("dai_ly", [("", "Mọi đại lý"), *self._names.items()])

    def narrow(self, complaints: QuerySet[Complaint]) -> QuerySet[Complaint]:
        """The complaints asked for, the most urgent or the latest first."""
        if not self.is_readable:
            return complaints.none()
        state, agent = self.cleaned_data["tinh_trang"], self.cleaned_data["dai_ly"]
        if state != ALL:
            complaints = complaints.filter(answered_on__isnull=state != ANSWERED)
        if state == OVERDUE:
            complaints = complaints.filter(due_on__lt=today())
        complaints = complaints.filter(agent=agent) if agent else complaints
        return complaints.order_by(*_ORDER[state])

    @property
    def words(self) -> str:
        agent = self._names.get(self.cleaned_data["dai_ly"], "")
        return _WORDS[self.cleaned_data["tinh_trang"]] + (f" về {agent}" if agent else "")
