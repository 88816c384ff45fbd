"""Filters of the lists, each with the sentence that says what is shown."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import QueryDict
from django.utils.functional import cached_property

from agents.act_kinds import act_kinds
from agents.audit_trail import kinds_for
from agents.models import (
    AuditEntry,
    CollectionAgent,
    Commune,
    CommuneAssignment,
    Network,
    Role,
    User,
)
from thaithuy_bhxh.clock import start_of, today
from thaithuy_bhxh.fields import DayField
from thaithuy_bhxh.text import fold, sort_key

OPEN, CLOSED, ALL = "mo", "ngung", "tat-ca"


class ListForm(forms.Form):
    """A filter kept in the address; fields that are absent there have their defaults."""

    defaults: dict[str, Any] = {}

    def __init__(self, query: QueryDict) -> None:
        super().__init__({**self.defaults, **query.dict()})

    @cached_property
    def is_readable(self) -> bool:
        """Whether the address holds values that make sense."""
        return self.is_valid()

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    @property
    def sentence(self) -> str:
        """What the list shows."""
        return self.words if self.is_readable else "Chưa xem được vì điều kiện lọc chưa đúng"

    @property
    def words(self) -> str:
        """The sentence for values that could be read."""
        raise NotImplementedError


class AgentListForm(ListForm):
    """Agents of a network, open or closed."""

    he_thong = forms.ChoiceField(
        label="Hệ thống", required=False, choices=[("", "Cả hai hệ thống"), *Network.choices]
    )
    tinh_trang = forms.ChoiceField(
        label="Tình trạng",
        choices=[(OPEN, "Đang hoạt động"), (CLOSED, "Đã ngừng"), (ALL, "Tất cả")],
    )
    defaults = {"tinh_trang": OPEN}

    def narrow(self, agents: QuerySet[CollectionAgent]) -> QuerySet[CollectionAgent]:
        if not self.is_readable:
            return agents.none()
        data, day = self.cleaned_data, today()
        agents = agents.filter(network=data["he_thong"]) if data["he_thong"] else agents
        ended = Q(closed_on__lt=day)
        return (
            agents
            if data["tinh_trang"] == ALL
            else agents.filter(ended if data["tinh_trang"] == CLOSED else ~ended)
        )

    @property
    def words(self) -> str:
        data = self.cleaned_data
        state = {
            OPEN: "đang hoạt động",
            CLOSED: "đã ngừng hoạt động",
            ALL: "đang và đã ngừng hoạt động",
        }
        network = (
            f"hệ thống {Network(data['he_thong']).label}"
            if data["he_thong"]
            else "của cả hai hệ thống"
        )
        return f"Đại lý {network}, {state[data['tinh_trang']]}"


class CommuneListForm(ListForm):
    """The communes of a day, of one person in charge or without an officer."""

    NOBODY = "chua-co"

    ngay = DayField(label="Ngày", required=False)
    nguoi = forms.ChoiceField(label="Người phụ trách", required=False)

    def __init__(self, query: QueryDict) -> None:
        super().__init__(query)
        self._offer("nguoi", [("", "Tất cả"), (self.NOBODY, "Chưa có chuyên quản"), *_in_charge()])

    @property
    def day(self) -> date:
        """The day asked for; today when none or unreadable."""
        return (self.is_readable and self.cleaned_data["ngay"]) or today()

    def narrow(self, communes: QuerySet[Commune]) -> QuerySet[Commune]:
        """The communes asked for on the day."""
        if not self.is_readable:
            return communes.none()
        terms = CommuneAssignment.objects.valid_on(self.day).filter(commune=OuterRef("pk"))
        who = self.cleaned_data["nguoi"]
        if who == self.NOBODY:
            return communes.filter(~Exists(terms.filter(kind=CommuneAssignment.Kind.OFFICER)))
        return communes.filter(Exists(terms.filter(user=who))) if who else communes

    @property
    def words(self) -> str:
        who = self.cleaned_data["nguoi"]
        name = (
            User.objects.filter(pk=who).values_list("full_name", flat=True).first()
            if who.isdigit()
            else ""
        )
        suffix = (
            " chưa có chuyên quản thu"
            if who == self.NOBODY
            else f" do {name} phụ trách"
            if who
            else ""
        )
        return f"Xã, thị trấn ngày {self.day:%d/%m/%Y}{suffix}"


def _in_charge() -> list[tuple[str, str]]:
    people = User.objects.filter(Exists(CommuneAssignment.objects.filter(user=OuterRef("pk"))))
    rows = sorted(people.values_list("pk", "full_name"), key=lambda row: (sort_key(row[1]), row[0]))
    return [(str(pk), name) for pk, name in rows]


class AccountListForm(ListForm):
    """Accounts of a role, in use or not."""

    vai_tro = forms.ChoiceField(
        label="Vai trò", required=False, choices=[("", "Mọi vai trò"), *Role.choices]
    )
    tinh_trang = forms.ChoiceField(
        label="Tình trạng", choices=[(OPEN, "Đang dùng"), (CLOSED, "Đã ngừng"), (ALL, "Tất cả")]
    )
    defaults = {"tinh_trang": OPEN}

    def narrow(self, users: QuerySet[User]) -> QuerySet[User]:
        if not self.is_readable:
            return users.none()
        data = self.cleaned_data
        users = users.filter(role=data["vai_tro"]) if data["vai_tro"] else users
        return (
            users
            if data["tinh_trang"] == ALL
            else users.filter(is_active=data["tinh_trang"] == OPEN)
        )

    @property
    def words(self) -> str:
        data = self.cleaned_data
        state = {OPEN: "đang dùng", CLOSED: "đã ngừng", ALL: "đang dùng và đã ngừng"}[
            data["tinh_trang"]
        ]
        return f"Tài khoản {state}" + (
            f", vai trò {Role(data['vai_tro']).label}" if data["vai_tro"] else ""
        )


class AuditForm(ListForm):
    """Acts of a kind, of a person, between two days; the last 30 days when nothing is asked for."""

    viec = forms.ChoiceField(label="Việc", required=False)
    nguoi = forms.CharField(label="Người làm (một phần tên)", required=False, max_length=60)
    noi = forms.CharField(label="Địa chỉ hoặc phiên", required=False, max_length=60)
    tu = DayField(label="Từ ngày", required=False)
    den = DayField(label="Đến ngày", required=False)

    def __init__(self, query: QueryDict, reader: User) -> None:
        self.kinds = kinds_for(reader)
        self.defaults = {
            "tu": f"{today() - timedelta(days=30):%d/%m/%Y}",
            "den": f"{today():%d/%m/%Y}",
        }
        super().__init__(query)
        known = act_kinds()
        offered = [(word, known[word].label) for word in self.kinds]
        self._offer("viec", [("", "Mọi việc"), *offered])

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("tu") and data.get("den") and data["den"] < data["tu"]:
            self.add_error("den", "Ngày cuối không được trước ngày đầu.")
        return data

    def narrow(self, entries: QuerySet[AuditEntry]) -> QuerySet[AuditEntry]:
        """The acts asked for, of the kinds that the reader may read."""
        if not self.is_readable:
            return entries.none()
        data = self.cleaned_data
        entries = entries.filter(_of_kinds([data["viec"]] if data["viec"] else self.kinds))
        entries = entries.filter(actor__in=_named(data["nguoi"])) if data["nguoi"] else entries
        entries = entries.filter(_from(data["noi"].strip())) if data["noi"].strip() else entries
        entries = entries.filter(at__gte=start_of(data["tu"])) if data["tu"] else entries
        return (
            entries.filter(at__lt=start_of(data["den"] + timedelta(days=1)))
            if data["den"]
            else entries
        )

    @property
    def words(self) -> str:
        data = self.cleaned_data
        parts = [act_kinds()[data["viec"]].label if data["viec"] else "Mọi việc"]
        parts.append(f"do {data['nguoi']} làm" if data["nguoi"] else "")
        parts.append(f"từ nơi {data['noi']}" if data["noi"] else "")
        parts.append(f"từ {data['tu']:%d/%m/%Y}" if data["tu"] else "")
        parts.append(f"đến {data['den']:%d/%m/%Y}" if data["den"] else "")
        return " ".join(part for part in parts if part)


def _named(words: str) -> list[int]:
    """Accounts with these words in their name or log-in name, whatever the accents; the office has
    some hundred.
    """
    wanted = fold(words)
    accounts = User.objects.values_list("pk", "username", "full_name")
    return [key for key, *names in accounts if any(wanted in fold(name) for name in names)]


def _from(place: str) -> Q:
    """Acts from an address, or from a session or command."""
    return Q(address__startswith=place) | Q(session__icontains=place)


def _of_kinds(kinds: Any) -> Q:
    query = Q(pk__in=[])
    for kind in kinds:
        query |= Q(action__startswith=f"{kind}.")
    return query
