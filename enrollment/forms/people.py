"""Forms about a person: who it is, personal data, support group, residence, household."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms

from agents.forms.choices import CommuneChoice
from agents.models import Commune
from enrollment.forms.base import SpokenForm
from enrollment.identity import (
    clean_bhxh_no,
    clean_citizen_id,
    clean_name,
    clean_phone,
    is_one_word,
)
from enrollment.models import Participant, Sex
from enrollment.models.participants import SupportGroup
from enrollment.operations.participants import Evidence, Person
from thaithuy_bhxh.clock import today
from thaithuy_bhxh.fields import BirthField, DayField
from thaithuy_bhxh.text import clean, digits_of, person_name


def _numeric(label: str, **kwargs: Any) -> forms.CharField:
    attrs = {"inputmode": "numeric", "autocomplete": "off"}
    return forms.CharField(
        label=label, required=False, max_length=40, widget=forms.TextInput(attrs=attrs), **kwargs
    )


class IdentityForm(SpokenForm):
    """The numbers that name a person."""

    citizen_id = _numeric("Số CCCD", help_text="12 chữ số; CMND cũ 9 chữ số.")
    bhxh_no = _numeric("Mã số BHXH", help_text="10 chữ số, nếu đã có.")
    phone = _numeric("Điện thoại")

    def _cleaned(self, name: str, cleaner: Any) -> str:
        try:
            return cleaner(self.cleaned_data[name]) or ""
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error

    def clean_citizen_id(self) -> str:
        return self._cleaned("citizen_id", clean_citizen_id)

    def clean_bhxh_no(self) -> str:
        return self._cleaned("bhxh_no", clean_bhxh_no)

    def clean_phone(self) -> str:
        return self._cleaned("phone", clean_phone)


class WhoForm(IdentityForm):
    """“Là ai?”: any number, or name with birth date."""

    any_will_do = True
    """Said once above the fields: one number, or name and year."""

    full_name = forms.CharField(label="Họ và tên", max_length=120, required=False)
    birth = BirthField(label="Ngày sinh hoặc năm sinh", required=False)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if not self.errors and not any(
            data.get(name) for name in ("citizen_id", "bhxh_no", "phone", "full_name")
        ):
            raise forms.ValidationError("Hãy nhập ít nhất một số, hoặc họ tên và năm sinh.")
        return data


class PersonForm(IdentityForm):
    """Personal data."""

    full_name = forms.CharField(label="Họ và tên", max_length=120)
    sex = forms.ChoiceField(label="Giới tính", choices=Sex.choices, widget=forms.RadioSelect)
    birth = BirthField(label="Ngày sinh", help_text="Ngày/tháng/năm, hoặc chỉ năm sinh.")

    one_word = forms.BooleanField(
        label="Giấy tờ chỉ ghi một chữ",
        help_text="Chỉ đánh dấu khi tên trên CCCD thật sự có một chữ.",
        required=False,
    )

    field_order = ["full_name", "one_word", "sex", "birth", "citizen_id", "bhxh_no", "phone"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name = self.data.get(self.add_prefix("full_name")) or self.get_initial_for_field(
            self.fields["full_name"], "full_name"
        )
        if not name or not is_one_word(person_name(str(name))):
            del self.fields["one_word"]

    def clean_full_name(self) -> str:
        return self._cleaned("full_name", clean_name)

    @classmethod
    def initial_of(cls, participant: Participant) -> dict[str, Any]:
        """What the form shows for somebody on record."""
        return {
            "full_name": participant.full_name,
            "sex": participant.sex,
            "birth": (participant.birth_date, participant.birth_year),
            "citizen_id": participant.citizen_id or "",
            "bhxh_no": participant.bhxh_no or "",
            "phone": participant.phone,
        }

    @property
    def person(self) -> Person:
        """The values for the operation, once valid."""
        day, year = self.cleaned_data["birth"]
        names = ("full_name", "citizen_id", "bhxh_no", "sex", "phone")
        return Person(
            **{name: self.cleaned_data[name] for name in names},
            birth_date=day,
            birth_year=year,
            one_word=self.cleaned_data.get("one_word", False),
        )


class ResidenceForm(SpokenForm):
    """Where somebody lives."""

    commune = CommuneChoice(
        label="Xã, thị trấn",
        queryset=Commune.objects.none(),
        empty_label="Chọn xã",
        error_messages={"invalid_choice": "Hãy chọn một xã trong danh sách."},
    )
    hamlet = forms.CharField(label="Thôn, tổ dân phố", max_length=200, required=False)

    def __init__(self, *args: Any, day: date | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["commune"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Commune.objects.valid_on(day or today())

    def clean_hamlet(self) -> str:
        return clean(self.cleaned_data["hamlet"])


class MoveForm(ResidenceForm):
    """A move to another commune or hamlet."""

    since = DayField(label="Chuyển từ ngày")
    note = forms.CharField(label="Ghi chú", max_length=200, required=False)

    field_order = ["since", "commune", "hamlet", "note"]


class EvidenceForm(SpokenForm):
    """Support group with its evidence."""

    group = forms.ChoiceField(
        label="Đối tượng hỗ trợ", choices=SupportGroup.choices, widget=forms.RadioSelect
    )
    evidence = forms.CharField(
        label="Giấy tờ chứng minh",
        max_length=200,
        required=False,
        help_text="Số, ngày giấy chứng nhận hộ nghèo, cận nghèo… Không cần với “đối tượng khác”.",
    )
    evidence_from = DayField(label="Có hiệu lực từ ngày", required=False)
    evidence_to = DayField(
        label="Đến hết ngày", required=False, help_text="Để trống nếu chưa biết."
    )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("group") not in (None, SupportGroup.OTHER):
            if not clean(data.get("evidence") or ""):
                self.add_error("evidence", "Hãy ghi giấy tờ chứng minh cho đối tượng này.")
            if not data.get("evidence_from") and "evidence_from" not in self.errors:
                self.add_error("evidence_from", "Hãy ghi ngày bắt đầu có hiệu lực.")
        return data

    @property
    def as_evidence(self) -> Evidence | None:
        """The status to record; ``None`` for “other”, which needs none."""
        data = self.cleaned_data
        if data["group"] == SupportGroup.OTHER:
            return None
        return Evidence(
            data["group"], clean(data["evidence"]), data["evidence_from"], data["evidence_to"]
        )


class HouseholdForm(SpokenForm):
    """Joining the household of somebody, named by a number."""

    number = _numeric("Số CCCD hoặc mã số BHXH của người cùng hộ")
    relation = forms.CharField(
        label="Quan hệ với chủ hộ", max_length=40, help_text="Vợ, chồng, con, em …"
    )

    def clean_number(self) -> str:
        value = digits_of(self.cleaned_data["number"])
        if len(value) not in (9, 10, 12):
            raise forms.ValidationError(
                "Hãy nhập đủ số CCCD (12 chữ số) hoặc mã số BHXH (10 chữ số)."
            )
        return value
