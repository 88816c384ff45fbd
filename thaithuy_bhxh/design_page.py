"""The page of all components in every state: for whoever changes the look, where DEBUG is on."""

from __future__ import annotations

from typing import NamedTuple

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path


class Sample(NamedTuple):
    """Progress as bars and words show it; ``expected`` is the level of today."""

    done: int
    target: int
    expected: int
    tone: str
    word: str


SAMPLES = (
    Sample(31, 31, 28, "met", "Đạt"),
    Sample(77, 81, 74, "ok", "Đúng tiến độ"),
    Sample(28, 33, 30, "warn", "Hơi chậm"),
    Sample(32, 43, 39, "bad", "Chậm"),
)


class SampleForm(forms.Form):
    """One field of each kind; left empty, it shows how errors look."""

    full_name = forms.CharField(label="Họ và tên", help_text="Như trên thẻ căn cước.")
    birth_year = forms.IntegerField(label="Năm sinh", required=False)
    commune = forms.ChoiceField(label="Xã", choices=[("", "Chọn xã"), ("1", "Thái Thụy")])
    method = forms.ChoiceField(
        label="Đóng mấy tháng một lần",
        choices=[("1", "Hằng tháng"), ("3", "3 tháng"), ("12", "12 tháng")],
        initial="3",
        widget=forms.RadioSelect,
    )
    agreed = forms.BooleanField(label="Người đóng đã xem số tiền", required=False)


def components(request: HttpRequest) -> HttpResponse:
    """Every component in every state, with invented figures."""
    for level in (messages.SUCCESS, messages.WARNING, messages.ERROR, messages.INFO):
        messages.add_message(request, level, "Một câu nói việc vừa xảy ra.")
    return render(
        request,
        "design.html",
        {"samples": SAMPLES, "form": SampleForm(), "wrong": SampleForm({}, prefix="sai")},
    )


urlpatterns = [path("thiet-ke/", components, name="design")]
