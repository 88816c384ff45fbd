"""What a counselling page asks: a life in a few answers, nothing that names a person."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms

from enrollment.forms.base import SpokenForm
from enrollment.law import METHODS
from enrollment.law.methods import FIXED_METHODS
from enrollment.models import Sex
from enrollment.models.participants import SupportGroup
from thaithuy_bhxh.clock import today
from thaithuy_bhxh.fields import BirthField, DongField

_METHODS = [(code, METHODS[code].label) for code in FIXED_METHODS]
_OLDEST, _YOUNGEST = 100, 15
_FIRST_SCHEME = 1998
"""The farmers' funds that voluntary insurance took over in 2008 began then (recollection)."""


class CounselForm(SpokenForm):
    """Addresses carry these names, so that an answer can be sent to somebody; none of them tells
    who it is about.
    """

    sinh = BirthField(label="Năm sinh", help_text="Năm sinh, hoặc cả ngày như 05/06/1984.")
    gioi = forms.ChoiceField(label="Giới tính", choices=Sex.choices, widget=forms.RadioSelect)
    doi_tuong = forms.ChoiceField(
        label="Đối tượng", choices=SupportGroup.choices, widget=forms.RadioSelect
    )
    muc = DongField(label="Mức thu nhập chọn đóng (đ/tháng)")
    phuong_thuc = forms.ChoiceField(
        label="Phương thức đóng", choices=_METHODS, widget=forms.RadioSelect
    )
    da_dong = forms.IntegerField(
        label="Số tháng đã đóng BHXH",
        required=False,
        min_value=0,
        max_value=600,
        help_text="Kể cả BHXH bắt buộc.",
    )
    da_ho_tro = forms.IntegerField(
        label="Số tháng đã được Nhà nước hỗ trợ", required=False, min_value=0, max_value=600
    )
    tham_gia_tu = forms.IntegerField(
        label="Năm bắt đầu đóng BHXH tự nguyện",
        required=False,
        help_text="Ai tham gia trước năm 2021 có thể hưởng lương hưu sớm hơn.",
    )
    muc_2 = DongField(label="So với mức thu nhập (đ/tháng)", required=False)
    phuong_thuc_2 = forms.ChoiceField(
        label="So với phương thức", choices=_METHODS, widget=forms.RadioSelect, required=False
    )
    nam_bat_dau = forms.IntegerField(
        label="Nếu bắt đầu từ năm", required=False, help_text="Như 2030: tháng 1 của năm ấy."
    )

    MAIN = ("sinh", "gioi", "doi_tuong", "muc", "phuong_thuc")
    DEFAULTS = {"gioi": Sex.FEMALE, "doi_tuong": SupportGroup.OTHER, "phuong_thuc": "12"}

    def clean_sinh(self) -> tuple[date | None, int]:
        day, year = self.cleaned_data["sinh"]
        age = today().year - year
        if age < _YOUNGEST:
            raise forms.ValidationError(
                f"Người sinh năm {year} chưa đủ {_YOUNGEST} tuổi để tham gia."
            )
        if age > _OLDEST:
            raise forms.ValidationError(f"Năm sinh {year} không đúng; hãy xem lại.")
        return day, year

    def clean_tham_gia_tu(self) -> int | None:
        year: int | None = self.cleaned_data["tham_gia_tu"]
        if year is not None and not _FIRST_SCHEME <= year <= today().year:
            raise forms.ValidationError(
                f"Năm bắt đầu đóng phải từ {_FIRST_SCHEME} đến {today().year}."
            )
        return year

    def clean_nam_bat_dau(self) -> int | None:
        year: int | None = self.cleaned_data["nam_bat_dau"]
        now = today().year
        if year is not None and not now < year <= now + 40:
            raise forms.ValidationError(f"Năm bắt đầu phải từ {now + 1} đến {now + 40}.")
        return year

    @property
    def other(self) -> tuple[int, str] | None:
        """The second choice to compare with; what is not given is as in the first."""
        data = self.cleaned_data
        if not data.get("muc_2") and not data.get("phuong_thuc_2"):
            return None
        return data.get("muc_2") or data["muc"], data.get("phuong_thuc_2") or data["phuong_thuc"]


def query_of(values: dict[str, Any]) -> dict[str, str]:
    """Values as the form's address carries them."""
    fields = CounselForm.base_fields
    known = {name: value for name, value in values.items() if value not in (None, "")}
    return {name: str(fields[name].prepare_value(value)) for name, value in known.items()}
