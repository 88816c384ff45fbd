"""Forms of outreach: text becomes values for one operation."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.utils import timezone

from agents.forms.choices import CommuneChoice
from agents.models import Collaborator, Collector, Commune, User
from enrollment.forms.base import SpokenForm
from enrollment.models import Exclusion, ProspectGroup, Sex, VisitOutcome
from enrollment.outreach.household import HouseMember, VisitedHome
from enrollment.outreach.operations.prospects import NewProspect
from enrollment.outreach.operations.visits import Result, Visit
from thaithuy_bhxh.clock import today
from thaithuy_bhxh.fields import BirthField, DayField
from thaithuy_bhxh.terms import holding_on

NUMERIC = {"inputmode": "numeric", "autocomplete": "off"}
MET = (("co", "Gặp được"), ("khong", "Không gặp"))


class ProspectForm(SpokenForm):
    """Somebody who may join; the numbers may wait."""

    full_name = forms.CharField(label="Họ và tên", max_length=120)
    birth = BirthField(
        label="Ngày sinh hoặc năm sinh", required=False, help_text="Chưa biết thì để trống."
    )
    sex = forms.ChoiceField(
        label="Giới tính", choices=[("", "Chưa rõ"), *Sex.choices], required=False
    )
    phone = forms.CharField(
        label="Điện thoại", required=False, max_length=40, widget=forms.TextInput(attrs=NUMERIC)
    )
    commune = CommuneChoice(label="Xã, thị trấn", queryset=Commune.objects.none())
    hamlet = forms.CharField(label="Thôn, tổ dân phố", max_length=200, required=False)
    household_relation = forms.CharField(label="Quan hệ với chủ hộ", max_length=40, required=False)
    group = forms.ModelChoiceField(
        label="Nhóm", queryset=ProspectGroup.objects.none(), required=False, empty_label="Không"
    )
    citizen_id = forms.CharField(
        label="Số CCCD", required=False, max_length=40, widget=forms.TextInput(attrs=NUMERIC)
    )
    note = forms.CharField(label="Ghi chú", max_length=300, required=False)
    key = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, communes: list[int], **kwargs: Any) -> None:
        kwargs["initial"] = {"key": uuid4(), **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        places: Any = self.fields["commune"]
        places.queryset = Commune.objects.valid_on(today()).filter(pk__in=communes)
        groups: Any = self.fields["group"]
        groups.queryset = ProspectGroup.objects.filter(holding_on(today()))

    def prospect(self, **more: Any) -> NewProspect:
        """The values for the operation, once valid."""
        names = ("full_name", "sex", "phone", "commune", "hamlet", "household_relation")
        day, year = self.cleaned_data["birth"] or (None, None)
        return NewProspect(
            **{name: self.cleaned_data[name] for name in (*names, "group", "citizen_id", "note")},
            birth_date=day,
            birth_year=year,
            **more,
        )


class VisitForm(SpokenForm):
    """Two questions: was anybody met, and what came of it for each whom the visit is about."""

    met = forms.ChoiceField(label="Gặp được không?", choices=MET, widget=forms.RadioSelect)
    note = forms.CharField(label="Ghi chú", max_length=500, required=False)
    collaborator = forms.ModelChoiceField(
        label="Cộng tác viên đi cùng", queryset=Collaborator.objects.none(), required=False
    )
    collector = forms.ModelChoiceField(
        label="Nhân viên thu đi cùng", queryset=Collector.objects.none(), required=False
    )
    leader = forms.ModelChoiceField(
        label="Cán bộ BHXH đi cùng", queryset=User.objects.none(), required=False
    )
    visited_on = DayField(label="Ngày đến", required=False)
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, home: VisitedHome, companions: dict[str, Any], **kwargs: Any
    ) -> None:
        kwargs["initial"] = {"key": uuid4(), "visited_on": today(), **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        self.home = home
        for name in ("collaborator", "collector", "leader"):
            chosen: Any = self.fields[name]
            if name in companions:
                chosen.queryset = companions[name]
            else:
                del self.fields[name]
        for one in home.to_ask:
            self._ask(one)

    def _ask(self, one: HouseMember) -> None:
        """The fields of a member: outcome, next day, and why not to be approached."""
        asked = [row for row in VisitOutcome.Kind.choices if row[0] not in ("not_home", "joined")]
        name, choices = str(one.named), [("", "Chưa hỏi"), *asked]
        self.fields[f"kq_{name}"] = forms.ChoiceField(
            label=f"Kết quả với {one.person}",
            choices=choices,
            required=False,
            initial="",
            widget=forms.RadioSelect,
        )
        self.fields[f"hen_{name}"] = DayField(label=f"Hẹn {one.person} ngày", required=False)
        self.fields[f"vi_{name}"] = forms.ChoiceField(
            label="Không thuộc diện vì",
            choices=[("", "Chọn lý do"), *Exclusion.Reason.choices],
            required=False,
        )

    @property
    def asked(self) -> list[tuple[HouseMember, Any, Any, Any]]:
        """Each member with the three fields."""
        return [
            (one, self[f"kq_{one.named}"], self[f"hen_{one.named}"], self[f"vi_{one.named}"])
            for one in self.home.to_ask
        ]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("met") == "co" and not any(
            data.get(f"kq_{one.named}") for one in self.home.to_ask
        ):
            raise forms.ValidationError("Hãy chọn kết quả cho ít nhất một người trong hộ.")
        return data

    def results(self) -> list[Result]:
        """What came of it, per person."""
        if self.cleaned_data["met"] == "khong":
            return [Result(one.named, VisitOutcome.Kind.NOT_HOME) for one in self.home.to_ask]
        return [
            Result(
                one.named,
                self.cleaned_data[f"kq_{one.named}"],
                next_on=self.cleaned_data[f"hen_{one.named}"],
                reason=self.cleaned_data[f"vi_{one.named}"],
            )
            for one in self.home.to_ask
            if self.cleaned_data[f"kq_{one.named}"]
        ]

    def visit(self) -> Visit:
        """The values for the operation, once valid."""
        data, home = self.cleaned_data, self.home
        day = data["visited_on"] or today()
        now = timezone.localtime()
        key: UUID = data["key"]
        return Visit(
            key=key,
            visited_at=now if day == now.date() else noon(day),
            met=data["met"] == "co",
            results=self.results(),
            commune=home.commune,
            hamlet=home.hamlet,
            household=home.household,
            collector=data.get("collector"),
            collaborator=data["collaborator"],
            leader=data["leader"],
            note=data["note"],
        )


def noon(day: Any) -> datetime:
    """The middle of a day: the hour of a visit that is written down later is not known."""
    return timezone.make_aware(datetime(day.year, day.month, day.day, 12))


class ExcludeForm(SpokenForm):
    """Why somebody is left alone."""

    reason = forms.ChoiceField(
        label="Lý do", choices=Exclusion.Reason.choices, widget=forms.RadioSelect
    )
    note = forms.CharField(label="Ghi chú", max_length=300, required=False)
