"""The home page of each role."""

from django.urls import path

from reports.views import home

urlpatterns = [path("", home.home, name="home")]
