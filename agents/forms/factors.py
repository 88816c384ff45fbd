"""Forms about the second factor: allauth's, in Vietnamese, counted by the portal's own limits."""

from __future__ import annotations

from typing import Any

from allauth.core import context
from allauth.mfa.base import forms as allauth_forms
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django import forms

from agents.log_in_limits import factor_attempt_of
from agents.models import User
from agents.operations.factors import is_printed_code, spend_code
from agents.operations.log_ins import TooMany, attempted, do_note_wrong
from agents.origin import origin_of
from agents.second_factor import SHOWN

_WRONG = (
    "Mã không đúng hoặc đã dùng. Hãy chờ mã kế tiếp của ứng dụng và kiểm tra giờ của điện "
    "thoại, hoặc dùng một mã dự"
    " phòng."
)


class _CodeField:
    """A code of the app or a printed one: counted like a password, good once."""

    user: User

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["code"]  # type: ignore[attr-defined]
        field.label, field.help_text = (
            "Mã xác thực",
            "6 chữ số của ứng dụng, hoặc một mã dự phòng 8 chữ số.",
        )
        field.widget.attrs.pop("placeholder", None)
        field.widget.attrs.update(inputmode="numeric", autocomplete="one-time-code")

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"].replace(" ", "")  # type: ignore[attr-defined]
        request = context.request
        try:
            with attempted(factor_attempt_of(request, self.user)) as mark:
                found = self._right(code)
                if found is None:
                    name, actor = (
                        self.user.username,
                        self.user if request.user.is_authenticated else None,
                    )
                    do_note_wrong(
                        actor=actor,
                        mark=mark,
                        name=name,
                        origin=origin_of(request),
                        what="mã xác thực",
                    )
        except TooMany as refusal:
            raise forms.ValidationError(refusal.message) from refusal
        if found is None:
            raise forms.ValidationError(_WRONG)
        self.authenticator = found
        return code

    def _right(self, code: str) -> Authenticator | None:
        for one in Authenticator.objects.filter(user=self.user).exclude(
            type=Authenticator.Type.WEBAUTHN
        ):
            right = (
                is_printed_code(one, code)
                if "hashes" in one.data
                else one.wrap().validate_code(code)
            )
            if right:
                one.user = self.user
                return one if spend_code(self.user, code) else None
        return None


class _CountedPasskey:
    """A passkey: a wrong one is counted and on record like a wrong code."""

    user: User

    def clean_credential(self) -> Authenticator:
        request = context.request
        try:
            with attempted(factor_attempt_of(request, self.user)) as mark:
                try:
                    return super().clean_credential()  # type: ignore[misc]
                except forms.ValidationError as error:
                    refused, name = error, self.user.username
                    actor = self.user if request.user.is_authenticated else None
                    do_note_wrong(
                        actor=actor,
                        mark=mark,
                        name=name,
                        origin=origin_of(request),
                        what="khóa truy cập",
                    )
        except TooMany as refusal:
            raise forms.ValidationError(refusal.message) from refusal
        raise refused


class KeyAtLogInForm(_CountedPasskey, AuthenticateWebAuthnForm):  # type: ignore[misc]
    """At the log-in, after the password."""


class KeyAgainForm(_CountedPasskey, ReauthenticateWebAuthnForm):  # type: ignore[misc]
    """Before an act that asks who is there."""


class CodeForm(_CodeField, allauth_forms.AuthenticateForm):  # type: ignore[misc]
    """At the log-in, after the password."""


class CodeAgainForm(_CodeField, allauth_forms.ReauthenticateForm):  # type: ignore[misc]
    """Before an act that asks who is there."""


class AppForm(ActivateTOTPForm):  # type: ignore[misc]
    """The first code of an app that was just set up."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = "Mã 6 chữ số mà ứng dụng đang hiện"
        self.fields["code"].widget.attrs.pop("placeholder", None)
        self.fields["code"].widget.attrs.update(inputmode="numeric")

    def clean_code(self) -> str:
        code: str = super().clean_code()
        if not spend_code(self.user, code):
            raise forms.ValidationError(_WRONG)
        context.request.session[SHOWN] = True
        return code


class KeyForm(AddWebAuthnForm):  # type: ignore[misc]
    """A passkey of this machine or phone."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = "Tên để nhận ra khóa này"
        self.fields["name"].max_length = 60

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean()
        if values.get("credential") and not self.errors:
            context.request.session[SHOWN] = True
        return values
