"""Addresses of counselling: open to everybody, storing nothing."""

from django.urls import path

from enrollment.views import counsel

app_name = "counsel"
urlpatterns = [
    path("", counsel.counsel, name="page"),
    path("to-in/", counsel.sheet, name="sheet"),
    path("bieu-do.svg", counsel.chart, name="chart"),
    path("anh.png", counsel.picture, name="picture"),
]
