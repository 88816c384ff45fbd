"""A portal that takes payments until it is stopped and says of each when it was acknowledged.

``python -m tests.kill.writer begin`` fills the empty database of ``DATABASE_URL``; ``python -m
tests.kill.writer FULL`` (or another way to commit) prints each receipt's number once its page has
come; ``python -m tests.kill.writer count`` prints the numbers on record, after proving the figures.
"""

from __future__ import annotations

import os
import sys
from typing import Any


def main(what: str) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "thaithuy_bhxh.settings")
    import django
    from django.test.utils import setup_test_environment

    django.setup()
    setup_test_environment()
    {"begin": _begin, "count": _count}.get(what, lambda: _write(what))()


def _begin() -> None:
    from django.core.management import call_command

    from tests import cast as stage
    from tests.shipped import load_shipped

    call_command("migrate", verbosity=0)
    load_shipped()
    stage.gather()


def _write(synchronous: str) -> None:
    from django.db import connection
    from django.db.backends.signals import connection_created

    from agents.models import CollectionAgent, Collector, Commune, User
    from tests.cast import ERA_C
    from tests.kill.district import District, take_next

    def pace(connection: Any, **_: Any) -> None:
        said = (
            "PRAGMA synchronous=" if connection.vendor == "sqlite" else "SET synchronous_commit TO "
        )
        connection.cursor().execute(said + synchronous)

    connection_created.connect(pace)
    connection.close()
    cast: Any = _Side(
        Commune.objects.get(code="12922", valid_from=ERA_C),
        Collector.objects.get(code="BD001-01"),
        CollectionAgent.objects.get(code="BD001"),
        User.objects.get(username="lanhdao"),
        User.objects.get(username="nhanvien_a"),
    )
    district = District(cast)
    while True:
        receipt = take_next(district.browser, cast.staff_a, district.person(), 0)
        print(receipt.number, flush=True)


class _Side:
    """As much of the cast as a district needs."""

    def __init__(self, commune: Any, collector: Any, agent: Any, manager: Any, staff: Any) -> None:
        self.commune_a, self.collector_a, self.agent_a = commune, collector, agent
        self.manager, self.staff_a = manager, staff


def _count() -> None:
    from enrollment.models import Receipt
    from enrollment.operations.check import differences

    assert not list(differences())
    for number in Receipt.objects.values_list("number", flat=True):
        print(number)


if __name__ == "__main__":
    main(sys.argv[1])
