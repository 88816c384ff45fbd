"""Forms about accounts and the office's particulars."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import ChangePasswordForm, LoginForm
from django import forms

from agents.log_in_limits import is_own_device
from agents.models import CollectionAgent, Collector, OfficeProfile, Role, User
from agents.operations.accounts import Post
from agents.operations.office import ProfileValues
from thaithuy_bhxh.fields import DayField


class NewPasswordForm(ChangePasswordForm):
    """allauth's change of password with labels in Vietnamese; the page itself says the rules."""

    _LABELS = {
        "oldpassword": "Mật khẩu hiện nay",
        "password1": "Mật khẩu mới",
        "password2": "Nhập lại mật khẩu mới",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in self._LABELS.items():
            self.fields[name].label, self.fields[name].help_text = label, ""
            self.fields[name].widget.attrs.pop("placeholder", None)

    def clean_password1(self) -> str:
        """Whoever handed the present password over knows it: the new one must be another."""
        new: str = self.cleaned_data["password1"]
        if self.user.check_password(new):
            raise forms.ValidationError("Mật khẩu mới phải khác mật khẩu hiện nay.")
        return new


class LogInForm(LoginForm):
    """Name and password; the name is asked for in Vietnamese, for which allauth has no word."""

    own_device = forms.BooleanField(
        label="Máy của riêng tôi",
        required=False,
        help_text="Bỏ trống trên máy dùng chung: phiên tự kết thúc khi không dùng một lúc.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = "Tên đăng nhập"
        self.fields["own_device"].initial = is_own_device(self.request)
        self.order_fields(["login", "password", "own_device"])
        for one in self.fields.values():
            one.widget.attrs.pop("placeholder", None)


class AccountEditForm(forms.Form):
    """Name and post of an account."""

    full_name = forms.CharField(label="Họ và tên", max_length=120)
    role = forms.ChoiceField(label="Vai trò", choices=[("", "Chọn vai trò"), *Role.choices])
    agent = forms.ModelChoiceField(
        label="Đại lý",
        queryset=CollectionAgent.objects.order_by("code"),
        required=False,
        empty_label="Không thuộc đại lý",
        help_text="Chỉ với nhân viên thu và phụ trách đại lý.",
    )
    collector = forms.CharField(
        label="Mã nhân viên thu",
        max_length=30,
        required=False,
        help_text="Với tài khoản của một nhân viên thu, như BD001-01; đại lý theo người đó.",
    )

    def clean_collector(self) -> Collector | None:
        code = self.cleaned_data["collector"]
        if not code:
            return None
        found: Collector | None = (
            Collector.objects.filter(code__iexact=code).select_related("point__agent").first()
        )
        if found is None:
            raise forms.ValidationError(f"Không có nhân viên thu mã {code}.")
        return found

    @property
    def post(self) -> Post:
        """Role, agent and collector, once valid."""
        return Post(**{name: self.cleaned_data[name] for name in ("role", "agent", "collector")})

    @classmethod
    def initial_of(cls, user: User) -> dict[str, Any]:
        """What the form shows for an account on record."""
        collector = user.collector.code if user.collector else ""
        return {
            "full_name": user.full_name,
            "role": user.role,
            "agent": user.agent_id,
            "collector": collector,
        }


class AccountForm(AccountEditForm):
    """A new account."""

    username = forms.CharField(
        label="Tên đăng nhập",
        max_length=60,
        help_text="Chữ không dấu, chữ số, dấu chấm; không đổi được về sau.",
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )

    field_order = ["username", "full_name", "role", "agent", "collector"]


class OfficeForm(forms.Form):
    """The office's names from a day on."""

    valid_from = DayField(label="Từ ngày")
    parent_name = forms.CharField(label="Cơ quan cấp trên", max_length=120)
    name = forms.CharField(label="Tên cơ quan", max_length=120)
    place = forms.CharField(
        label="Địa danh", max_length=80, help_text="Đứng trước ngày tháng trên báo cáo."
    )
    chief_title = forms.CharField(label="Chức danh thủ trưởng", max_length=80)

    @classmethod
    def initial_of(cls, profile: OfficeProfile) -> dict[str, Any]:
        """What the form shows for particulars on record."""
        return {name: getattr(profile, name) for name in cls.base_fields}

    @property
    def values(self) -> ProfileValues:
        return ProfileValues(**self.cleaned_data)
