"""Marks on the installation."""

from __future__ import annotations

from django.db import transaction

from agents.models import Marker


def do_mark_demonstration(*, actor: None = None) -> Marker:
    """Mark this database as the demonstration's, for good; nobody is logged in yet when it
    is made.
    """
    with transaction.atomic():
        marker, _ = Marker.objects.get_or_create(name=Marker.DEMONSTRATION)
    return marker
