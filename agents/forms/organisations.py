"""Forms about agents, service points, collectors and cards."""

from __future__ import annotations

from typing import Any

from django import forms

from agents.forms.choices import CommuneChoices
from agents.models import (
    CollectionAgent,
    CollectionPoint,
    Collector,
    Commune,
    CourseAttendance,
    Network,
)
from thaithuy_bhxh.clock import today
from thaithuy_bhxh.fields import DayField
from thaithuy_bhxh.storing import stamp


class EditForm(forms.Form):
    """Corrects a record; carries the mark of the values that it was opened with."""

    seen: Any = forms.CharField(required=False, max_length=16, widget=forms.HiddenInput)


class AgentEditForm(EditForm):
    """What can be corrected about an agent."""

    name = forms.CharField(label="Tên đại lý", max_length=120)
    opened_on = DayField(label="Hoạt động từ ngày")


class AgentForm(AgentEditForm):
    """A new agent."""

    code = forms.CharField(
        label="Mã đại lý",
        max_length=20,
        help_text="Mã cơ quan BHXH cấp, như BD001; không đổi được về sau.",
    )
    network = forms.ChoiceField(label="Hệ thống", choices=Network.choices, widget=forms.RadioSelect)

    seen: Any = None  # a new record has no earlier values
    field_order = ["code", "name", "network", "opened_on"]


class CloseForm(forms.Form):
    """The last day of an agent or a point."""

    closed_on = DayField(
        label="Ngày cuối hoạt động", help_text="Từ ngày hôm sau không thu được tiền tại đây."
    )


class PointEditForm(EditForm):
    """What can be corrected about a point."""

    name = forms.CharField(label="Tên điểm thu", max_length=120)
    opened_on = DayField(label="Hoạt động từ ngày")
    communes = CommuneChoices(
        label="Xã phục vụ",
        queryset=Commune.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["communes"]
        assert isinstance(field, CommuneChoices)
        field.queryset = Commune.objects.valid_on(today())


class PointForm(PointEditForm):
    """A new point of an agent."""

    code = forms.CharField(
        label="Mã điểm thu", max_length=30, help_text="Như BD001-P03; không đổi được về sau."
    )

    seen: Any = None
    field_order = ["code", "name", "opened_on", "communes"]


class CollectorEditForm(EditForm):
    """What can be corrected about a collector; moving stays within the agent."""

    full_name = forms.CharField(label="Họ và tên", max_length=120)
    phone = forms.CharField(
        label="Điện thoại",
        max_length=15,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off", "class": "short"}),
    )
    point = forms.ModelChoiceField(
        label="Điểm thu", queryset=CollectionPoint.objects.none(), empty_label="Chọn điểm thu"
    )
    hired_on = DayField(label="Làm việc từ ngày", required=False)

    def __init__(
        self,
        *args: Any,
        agent: CollectionAgent,
        current: CollectionPoint | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["point"]
        assert isinstance(field, forms.ModelChoiceField)
        points = agent.points.open_on(today())
        field.queryset = (points | agent.points.filter(pk=current.pk)) if current else points

    @classmethod
    def initial_of(cls, collector: Collector) -> dict[str, Any]:
        """What the form shows for a collector on record."""
        return {
            "full_name": collector.full_name,
            "phone": collector.phone,
            "point": collector.point_id,
            "hired_on": collector.hired_on,
            "seen": stamp(collector),
        }


class CollectorForm(CollectorEditForm):
    """A new collector."""

    code = forms.CharField(
        label="Mã nhân viên thu", max_length=30, help_text="Như BD001-07; không đổi được về sau."
    )

    seen: Any = None
    field_order = ["code", "full_name", "phone", "point", "hired_on"]


class CertificateChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """Certificates of one collector."""

    def label_from_instance(self, obj: CourseAttendance) -> str:
        """“12/CN ngày 05/03/2026, lớp TH-2026-01”."""
        return f"{obj.certificate_no} ngày {obj.certified_on:%d/%m/%Y}, lớp {obj.course.code}"


class CardForm(forms.Form):
    """A card."""

    number = forms.CharField(
        label="Số thẻ", max_length=40, required=False, help_text="Để trống nếu thẻ chưa có số."
    )
    valid_from = DayField(label="Có giá trị từ ngày")
    valid_to = DayField(
        label="Đến hết ngày", required=False, help_text="Để trống nếu không thời hạn."
    )
    attendance = CertificateChoice(
        label="Giấy chứng nhận tập huấn",
        queryset=CourseAttendance.objects.none(),
        required=False,
        empty_label="Không theo giấy nào",
    )

    def __init__(self, *args: Any, certificates: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["attendance"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = certificates


class CardEndForm(forms.Form):
    """The last day of a card."""

    valid_to = DayField(
        label="Ngày cuối có giá trị", help_text="Từ ngày hôm sau người này không ghi được biên lai."
    )
