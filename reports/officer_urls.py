"""Addresses of the officers' board and of hand-overs."""

from django.urls import path

from reports.views import board, handover

app_name = "officers"
urlpatterns = [
    path("", board.board, name="board"),
    path("ban-giao/", handover.hand_over, name="hand_over"),
    path("bien-ban/", handover.hand_overs, name="records"),
    path("bien-ban/<int:pk>/", handover.record, name="record"),
]
