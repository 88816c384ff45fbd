"""Log-in, log-out and password change by allauth; its sign-up, e-mail and reset pages are not mounted."""

from allauth.account import views
from django.urls import path

urlpatterns = [
    path("login/", views.login, name="account_login"),
    path("logout/", views.logout, name="account_logout"),
    path("doi-mat-khau/", views.password_change, name="account_change_password"),
    path("xac-nhan/", views.reauthenticate, name="account_reauthenticate"),
    path("khong-hoat-dong/", views.account_inactive, name="account_inactive"),
]
