"""Addresses of the reports."""

from django.urls import path

from reports.views import growth, index

app_name = "reports"
urlpatterns = [
    path("", index.index, name="index"),
    path("tang-truong/", growth.growth, name="growth"),
    path("tang-truong/danh-sach/", growth.growth_list, name="growth_list"),
    path("tang-truong/bieu-do.svg", growth.growth_chart, name="growth_chart"),
]
