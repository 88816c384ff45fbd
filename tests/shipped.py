"""What ships with the portal, in the tests' database once for all tests."""

from __future__ import annotations

from django.core.management import call_command
from django.db import connection

from agents.models import Commune, CommuneBoundary, CommuneSuccession
from agents.operations.reference import load_territory
from enrollment.models import PolicyParameter
from enrollment.operations.policy import load_policy
from thaithuy_bhxh import triggers


def load_shipped() -> None:
    """Communes, lineage and the law's parameters as shipped, unless they are there."""
    if not Commune.objects.exists():
        load_territory()
        load_policy()


def forget_shipped() -> None:
    """Take away what ships, for a test that begins with an empty database; its own transaction brings it back."""
    for model in (CommuneBoundary, CommuneSuccession, Commune, PolicyParameter):
        model.objects.all().delete()


def start_over() -> None:
    """Empty the database after a test on real transactions.

    The append-only triggers hold against the emptying too, on SQLite at least; they must be there for the next test.
    """
    triggers.remove(connection)
    call_command("flush", interactive=False, verbosity=0)
    triggers.install(connection)
