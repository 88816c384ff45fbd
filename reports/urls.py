"""Addresses of the reports."""

from django.urls import path

from reports.views import growth, index, report

app_name = "reports"
urlpatterns = [
    path("", index.index, name="index"),
    path("tang-truong/", growth.growth, name="growth"),
    path("tang-truong/danh-sach/", growth.growth_list, name="growth_list"),
    path("tang-truong/bieu-do.svg", growth.growth_chart, name="growth_chart"),
    path("chi-tieu/", report.targets, name="targets"),
    path("chi-tieu/bieu-do.svg", report.targets_chart, name="targets_chart"),
    # Every other registered report has this page; it comes last.
    path("<slug:place>/", report.report, name="report"),
]
