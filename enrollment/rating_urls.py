"""Addresses of the payer's rating: open to everybody who holds a receipt."""

from django.urls import path

from enrollment.views import rating

app_name = "rating"
urlpatterns = [
    path("", rating.find, name="find"),
    path("<str:code>/", rating.rate, name="rate"),
]
