"""Forms about contracts, training courses and hiring."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.http import QueryDict

from agents.forms.choices import CommuneChoices
from agents.forms.lists import ListForm
from agents.forms.organisations import EditForm
from agents.models import (
    CollectionAgent,
    CollectionPoint,
    Collector,
    Commune,
    CourseAttendance,
    TrainingCourse,
)
from agents.operations.training import CourseOutcome
from agents.staffing import Invitable, points_open_on
from thaithuy_bhxh.clock import today
from thaithuy_bhxh.fields import DayField
from thaithuy_bhxh.storing import stamp


class ContractForm(forms.Form):
    """The next contract with an agent."""

    number = forms.CharField(label="Số hợp đồng", max_length=60, help_text="Như 12/HĐ-BHXH.")
    signed_on = DayField(label="Ngày ký")
    valid_from = DayField(label="Có hiệu lực từ ngày")
    valid_to = DayField(label="Đến hết ngày")
    communes = CommuneChoices(
        label="Địa bàn",
        queryset=Commune.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["communes"]
        assert isinstance(field, CommuneChoices)
        field.queryset = Commune.objects.valid_on(today())


class ContractEndForm(forms.Form):
    """The last day of a contract before its term."""

    ended_on = DayField(label="Ngày cuối có hiệu lực")
    reason = forms.CharField(
        label="Lý do", max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )


class CourseEditForm(EditForm):
    """What can be corrected about a course."""

    title = forms.CharField(label="Nội dung", max_length=200)
    starts_on = DayField(label="Từ ngày")
    ends_on = DayField(label="Đến hết ngày")
    place = forms.CharField(label="Địa điểm", max_length=200)
    trainer = forms.CharField(label="Giảng viên", max_length=120, required=False)
    invitation_no = forms.CharField(
        label="Số giấy mời",
        max_length=60,
        required=False,
        help_text="Như 35/GM-BHXH; in ở đầu danh sách mời.",
    )

    @classmethod
    def initial_of(cls, course: TrainingCourse) -> dict[str, Any]:
        """What the form shows for a course on record."""
        names = ("title", "starts_on", "ends_on", "place", "trainer", "invitation_no")
        return {name: getattr(course, name) for name in names} | {"seen": stamp(course)}


class CourseForm(CourseEditForm):
    """A new course."""

    code = forms.CharField(
        label="Mã lớp", max_length=30, help_text="Như TH-2026-01; không đổi được về sau."
    )

    seen: Any = None  # a new record has no earlier values
    field_order = ["code", "title", "starts_on", "ends_on", "place", "trainer", "invitation_no"]


class CourseCancelForm(forms.Form):
    """Why a course is called off."""

    cancelled_on = DayField(label="Ngày hủy")
    reason = forms.CharField(
        label="Lý do hủy", max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )


class CourseListForm(ListForm):
    """Past courses of a year."""

    nam = forms.ChoiceField(label="Năm")

    def __init__(self, query: QueryDict, years: Iterable[int]) -> None:
        self.defaults = {"nam": str(today().year)}
        super().__init__(query)
        self._offer(
            "nam", [(str(year), str(year)) for year in sorted({today().year, *years}, reverse=True)]
        )

    @property
    def year(self) -> int:
        """The year asked for; this year when unreadable."""
        return int(self.cleaned_data["nam"]) if self.is_readable else today().year

    @property
    def words(self) -> str:
        return f"Các lớp đã qua của năm {self.year}"


class InviteForm(forms.Form):
    """Collectors to tick, and perhaps one candidate by name."""

    collectors = forms.MultipleChoiceField(label="Nhân viên thu", required=False)
    agent = forms.ModelChoiceField(
        label="Đại lý của người dự tuyển",
        queryset=CollectionAgent.objects.none(),
        required=False,
        empty_label="Chọn đại lý",
    )
    full_name = forms.CharField(label="Họ và tên người dự tuyển", max_length=120, required=False)
    phone = forms.CharField(
        label="Điện thoại",
        max_length=15,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off", "class": "short"}),
    )

    def __init__(
        self,
        *args: Any,
        offered: list[Invitable],
        agents: Any,
        own: CollectionAgent | None,
        **kwargs: Any,
    ):
        super().__init__(*args, **kwargs)
        self.offered = offered
        self._by_key = {str(one.collector.pk): one.collector for one in offered}
        picked, field = self.fields["collectors"], self.fields["agent"]
        assert isinstance(picked, forms.MultipleChoiceField) and isinstance(
            field, forms.ModelChoiceField
        )
        picked.choices = [(key, str(one)) for key, one in self._by_key.items()]
        picked.error_messages["invalid_choice"] = (
            "Có người đã được mời hoặc không còn làm việc; hãy chọn lại."
        )
        field.queryset = agents
        self._own = own
        if own:
            del self.fields["agent"]

    @property
    def ticked(self) -> set[str]:
        """Keys of the boxes that were ticked when the form was sent."""
        data: Any = self.data
        return set(data.getlist("collectors")) if self.is_bound else set()

    @property
    def chosen(self) -> list[Collector]:
        """The ticked collectors."""
        return [self._by_key[key] for key in self.cleaned_data["collectors"]]

    @property
    def candidate(self) -> dict[str, Any] | None:
        """Agent, name and phone of the candidate; ``None`` when no name was typed."""
        data = self.cleaned_data
        if not data["full_name"]:
            return None
        return {
            "agent": self._own or data["agent"],
            "full_name": data["full_name"],
            "phone": data["phone"],
        }

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if not data.get("collectors") and not data.get("full_name") and not self.errors:
            raise forms.ValidationError(
                "Hãy đánh dấu ít nhất một người, hoặc nhập tên người dự tuyển."
            )
        if data.get("full_name") and not self._own and not data.get("agent"):
            self.add_error("agent", "Hãy chọn đại lý của người dự tuyển.")
        return data


NOT_YET, ABSENT, PRESENT = "", "vang", "co-mat"
STATES = (
    (NOT_YET, "Chưa ghi"),
    ("passed", "Đạt"),
    ("failed", "Không đạt"),
    (PRESENT, "Có mặt, chưa có kết quả"),
    (ABSENT, "Vắng"),
)
"""How it went for one person, as one choice."""


def state_of(row: CourseAttendance) -> str:
    """The choice that stands for what is on record."""
    if row.attended is None:
        return NOT_YET
    return (row.result or PRESENT) if row.attended else ABSENT


class ResultsForm(forms.Form):
    """One choice per person of a course."""

    def __init__(self, data: Any = None, *, people: list[CourseAttendance], **kwargs: Any) -> None:
        super().__init__(data.copy() if data else data, **kwargs)
        self.people = people
        for one in people:
            self._follow_others(one)
            self.fields[f"result_{one.pk}"] = forms.ChoiceField(
                label=one.full_name, choices=STATES, required=False, initial=state_of(one)
            )

    def _follow_others(self, one: CourseAttendance) -> None:
        """A choice that this editor left as it was becomes what somebody else recorded
        meanwhile.
        """
        name, seen = f"result_{one.pk}", self.data.get(f"seen_{one.pk}")
        if seen is not None and seen != state_of(one) and self.data.get(name, "") == seen:
            sent: Any = self.data
            sent[name] = sent[f"seen_{one.pk}"] = state_of(one)

    def clean(self) -> dict[str, Any]:
        """A result that two editors recorded is shown beside it; sent again, the second one's is
        written.
        """
        for one in self.people:
            name, now, seen = f"result_{one.pk}", state_of(one), self.data.get(f"seen_{one.pk}")
            if seen not in (None, now) and self.cleaned_data.get(name) not in (None, now):
                said = dict(STATES)[now].lower()
                self.add_error(
                    name, f"Người khác vừa ghi: {said}; lưu lần nữa là ghi kết quả của bạn."
                )
        return self.cleaned_data

    @property
    def seen(self) -> list[tuple[str, str]]:
        """What is on record, sent again by the page so that a change by somebody else is
        noticed.
        """
        return [(f"seen_{one.pk}", state_of(one)) for one in self.people]

    @property
    def rows(self) -> list[tuple[CourseAttendance, forms.BoundField]]:
        """Each person with the field."""
        return [(one, self[f"result_{one.pk}"]) for one in self.people]

    @property
    def outcomes(self) -> list[CourseOutcome]:
        """What was chosen for each person."""
        return [_outcome(one, self.cleaned_data[f"result_{one.pk}"]) for one in self.people]


def _outcome(row: CourseAttendance, choice: str) -> CourseOutcome:
    if choice in (NOT_YET, ABSENT):
        return CourseOutcome(row, None if choice == NOT_YET else False)
    return CourseOutcome(row, True, "" if choice == PRESENT else choice)


class CertificatesForm(forms.Form):
    """Numbers of the certificates of one day, one per person who passed."""

    certified_on = DayField(label="Ngày cấp")

    def __init__(self, *args: Any, people: list[CourseAttendance], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = people
        for one in people:
            self.fields[f"number_{one.pk}"] = forms.CharField(
                label=one.full_name, max_length=60, required=False, initial=one.certificate_no
            )

    @property
    def rows(self) -> list[tuple[CourseAttendance, forms.BoundField]]:
        """Each person with the field."""
        return [(one, self[f"number_{one.pk}"]) for one in self.people]

    @property
    def numbers(self) -> dict[CourseAttendance, str]:
        """The numbers that were typed and are not on record yet."""
        typed = {one: self.cleaned_data[f"number_{one.pk}"] for one in self.people}
        return {
            one: number for one, number in typed.items() if number and number != one.certificate_no
        }


class HireForm(forms.Form):
    """A candidate becomes a collector."""

    code = forms.CharField(
        label="Mã nhân viên thu", max_length=30, help_text="Như BD001-07; không đổi được về sau."
    )
    point = forms.ModelChoiceField(
        label="Điểm thu", queryset=CollectionPoint.objects.none(), empty_label="Chọn điểm thu"
    )
    hired_on = DayField(label="Làm việc từ ngày")

    def __init__(self, *args: Any, agent: CollectionAgent, day: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["point"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = points_open_on(agent, day)
