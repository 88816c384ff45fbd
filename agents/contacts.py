"""Notes of contacts with communes: who reads them, and those of a commune and what went into it."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import Http404

from agents.access import lineage_for, scope_of
from agents.models import Commune, CommuneContact, User
from agents.roles import Can


def contacts_for(user: User) -> QuerySet[CommuneContact]:
    """Notes of contacts with the reader's communes of every era, latest first; none for those who
    may not read.
    """
    if not user.may(Can.SEE_CONTACTS):
        return CommuneContact.objects.none()
    return CommuneContact.objects.filter(scope_of(user).q()).select_related("author", "commune")


def contacts_of(user: User, commune: Commune) -> QuerySet[CommuneContact]:
    """The notes about a commune and what went into it, as far as the reader may see them."""
    born = commune.valid_from
    lineage = lineage_for(user)
    return contacts_for(user).filter(
        commune__in=[pk for pk in lineage.units if lineage.at(pk, born) == commune.pk]
    )


def get_contact_for(user: User, pk: int) -> CommuneContact:
    """A note of a contact, when inside the reader's scope; 404 otherwise."""
    found = contacts_for(user).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def get_commune_for(user: User, pk: int) -> Commune:
    """A commune of any era inside the reader's scope; 404 otherwise."""
    found = Commune.objects.filter(pk=pk).first()
    if found is None or not scope_of(user).holds(agent=None, commune=pk):
        raise Http404
    return found
