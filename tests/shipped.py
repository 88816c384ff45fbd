"""What ships with the portal, in the tests' database once for all tests."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management import call_command
from django.core.management.commands import flush
from django.db import connection, connections
from django.db.models import Model

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
    """Take away what ships, for a test that begins with an empty database; its own transaction
    brings it back.
    """
    shipped = (CommuneBoundary, CommuneSuccession, Commune, PolicyParameter)
    with unguarded(*shipped):
        for model in shipped:
            model.objects.all().delete()


@contextmanager
def unguarded(*models: type[Model]) -> Iterator[None]:
    """For tests that begin with what no operation makes: the tables' triggers are away inside the
    block.
    """
    tables = [model._meta.db_table for model in models]
    if connection.vendor == "postgresql":
        # A table with checks that wait for the end of the transaction takes no change of its
        # triggers.
        connection.check_constraints()
    triggers.remove(connection, tables)
    yield
    if connection.vendor == "postgresql":
        connection.check_constraints()
    triggers.install(connection, tables)


def start_over() -> None:
    """Empty the database after a test on real transactions.

    The triggers hold against the emptying too; they are there again for the next test.
    """
    triggers.remove(connection)
    call_command("flush", interactive=False, verbosity=0)


def let_flush_through() -> None:
    """Django empties the database after each test on real transactions, and the triggers would
    refuse it that.
    """
    handle = flush.Command.handle

    def emptied(command: Any, **options: Any) -> None:
        triggers.remove(connections[options["database"]])
        handle(command, **options)

    flush.Command.handle = emptied  # type: ignore[method-assign]
