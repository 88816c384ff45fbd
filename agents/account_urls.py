"""Log-in, log-out, password, second factor and sessions; allauth's sign-up, e-mail and reset pages
are not mounted.
"""

from allauth.account import views
from allauth.mfa.base import views as factor
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as app
from allauth.mfa.webauthn import views as passkeys
from django.urls import path

from agents.reauthentication import fully_authenticated
from agents.views import own_account

urlpatterns = [
    path("login/", views.login, name="account_login"),
    path("logout/", views.logout, name="account_logout"),
    path(
        "doi-mat-khau/", fully_authenticated(views.password_change), name="account_change_password"
    ),
    path("xac-nhan/", views.reauthenticate, name="account_reauthenticate"),
    path("khong-hoat-dong/", views.account_inactive, name="account_inactive"),
    path("cua-toi/", own_account.own_account, name="mfa_index"),
    path("phien/ket-thuc/", own_account.sessions_end, name="account_end_sessions"),
    path("phien/<slug:mark>/ket-thuc/", own_account.session_end, name="account_end_session"),
    path("hai-lop/", factor.authenticate, name="mfa_authenticate"),
    path("hai-lop/xac-nhan/", factor.reauthenticate, name="mfa_reauthenticate"),
    path("hai-lop/ung-dung/", fully_authenticated(app.activate_totp), name="mfa_activate_totp"),
    path(
        "hai-lop/ung-dung/bo/", fully_authenticated(app.deactivate_totp), name="mfa_deactivate_totp"
    ),
    path("hai-lop/ma-du-phong/", own_account.printed_codes, name="mfa_view_recovery_codes"),
    path(
        "hai-lop/ma-du-phong/lam-lai/",
        fully_authenticated(codes.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
    path("hai-lop/khoa/", own_account.keys, name="mfa_list_webauthn"),
    path("hai-lop/khoa/them/", fully_authenticated(passkeys.add_webauthn), name="mfa_add_webauthn"),
    path(
        "hai-lop/khoa/xac-nhan/",
        passkeys.reauthenticate_webauthn,
        name="mfa_reauthenticate_webauthn",
    ),
    path(
        "hai-lop/khoa/<int:pk>/bo/",
        fully_authenticated(passkeys.remove_webauthn),
        name="mfa_remove_webauthn",
    ),
]
