"""The second factor by allauth: of whom it is asked, how its secrets are kept, what the audit trail
says of it.
"""

from __future__ import annotations

import base64
from typing import Any

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from agents.models import User
from agents.operations.factors import do_note_factor
from agents.origin import origin_of
from agents.roles import Can

_SALT = "agents.second_factor"
SHOWN = "second_factor"
"""Key in the session: a second factor was shown since the log-in, or has just been set up."""


def lacks_factor(request: HttpRequest) -> bool:
    """Whether whoever is logged in must show or set up a second factor first; asks the session
    only.
    """
    user = request.user
    return isinstance(user, User) and _is_asked(user) and not request.session.get(SHOWN)


def _is_asked(user: User) -> bool:
    """Who gets no further than setting one up as long as there is none: every role that is not
    named as doing without; these may have one, or must (``MFA_REQUIRED_OF_ALL``).
    """
    spared = user.may(Can.DO_WITHOUT_SECOND_FACTOR) and not settings.MFA_REQUIRED_OF_ALL
    return bool(settings.MFA_REQUIRED and not spared)


class PortalMFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Secrets are encrypted with a key from ``SECRET_KEY``: a copy of the database alone makes no
    codes.
    """

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "cannot_delete_authenticator": "Vai trò của bạn phải có xác thực hai lớp: hãy thêm "
        "cách khác trước khi bỏ cách"
        " này.",
        "cannot_generate_recovery_codes": "Hãy đặt ứng dụng tạo mã hoặc khóa truy cập trước, "
        "rồi mới in mã dự phòng.",
        "incorrect_code": "Mã hoặc khóa không đúng. Hãy kiểm tra giờ của điện thoại và thử mã "
        "kế tiếp.",
    }

    def encrypt(self, text: str) -> str:
        return _box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _box().decrypt(encrypted_text.encode()).decode()

    def generate_authenticator_name(self, user: User, type: Any) -> str:
        return f"Khóa {Authenticator.objects.filter(user=user, type=type).count() + 1}"

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """The last one stays where one is required."""
        if not _is_asked(authenticator.user):
            return True
        others = Authenticator.objects.filter(user=authenticator.user).exclude(pk=authenticator.pk)
        return bool(others.exclude(type=Authenticator.Type.RECOVERY_CODES).exists())


def _box() -> MultiFernet:
    """The first key encrypts; those of former ``SECRET_KEY``s still read."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_key(one)) for one in keys])


def _key(secret: str) -> bytes:
    return base64.urlsafe_b64encode(
        salted_hmac(_SALT, "", secret=secret, algorithm="sha256").digest()
    )


_KINDS = {
    "totp": "ứng dụng tạo mã",
    "webauthn": "khóa truy cập (passkey)",
    "recovery_codes": "mã dự phòng",
}


def note_added(
    request: HttpRequest, user: User, authenticator: Authenticator, **kwargs: Any
) -> None:
    _note(request, user, "add", f"Thêm {_KINDS[authenticator.type]}")


def note_removed(
    request: HttpRequest, user: User, authenticator: Authenticator, **kwargs: Any
) -> None:
    _note(request, user, "remove", f"Bỏ {_KINDS[authenticator.type]}")


def note_renewed(
    request: HttpRequest, user: User, authenticator: Authenticator, **kwargs: Any
) -> None:
    _note(request, user, "renew", f"Làm lại {_KINDS[authenticator.type]}")


def note_used(
    request: HttpRequest, user: User, authenticator: Authenticator, **kwargs: Any
) -> None:
    """Shown; a printed code is on record each time, for there are few."""
    request.session[SHOWN] = True
    if authenticator.type == Authenticator.Type.RECOVERY_CODES:
        _note(request, user, "use", "Dùng một mã dự phòng")


def _note(request: HttpRequest, user: User, act: str, words: str) -> None:
    do_note_factor(actor=user, act=act, words=words, origin=origin_of(request))
