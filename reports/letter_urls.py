"""Addresses of the monthly letters."""

from django.urls import path

from reports.views import letters

app_name = "letters"
urlpatterns = [
    path("", letters.letters, name="letters"),
    path("dai-ly/", letters.agent_letters, name="agents"),
    path("dai-ly/<int:pk>/", letters.agent_letter, name="agent"),
    path("xa/", letters.commune_letters, name="communes"),
    path("xa/<int:pk>/", letters.commune_letter, name="commune"),
]
