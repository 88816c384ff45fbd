"""A fresh database of the bench, and the people who use it."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.test import Client
from openpyxl import Workbook

from agents.models import Collector, Commune, User
from agents.operations.reference import load_territory
from enrollment.models import Participant
from enrollment.operations.policy import load_policy
from enrollment.querysets import participant_keys
from tests import builders, cast
from tests.crowd import FAMILY, GIVEN, MIDDLE, Home, crowd
from tests.d05_header import CODES, NAMES
from thaithuy_bhxh.clock import today

SEED = 20210301
ROWS, FEW, MANY = 30_000, 100, 100_000
AGENTS = 12
RARE = "Phan Thị Zinh"
"""A given name that nobody else bears, last in the order: the dearest search there is."""
HALVES = (("05/08/2025", "08/2025"), ("05/02/2026", "02/2026"))
"""Each person of the list pays twice: receipt day, and first of the six months."""
Halves = tuple[tuple[str, str], ...]
RENEWED: Halves = (("05/08/2026", "08/2026"), ("05/11/2026", "02/2027"))
"""The same people go on paying."""


def main(path: str) -> None:
    """Tables, static files, reference data, the cast, a dozen collectors and a hundred people; and
    the list.
    """
    call_command("migrate", verbosity=0, interactive=False)
    call_command("collectstatic", verbosity=0, interactive=False)
    load_territory()
    load_policy()
    cast.gather()
    for number in range(AGENTS):
        builders.collector(builders.agent(f"DL{number:02d}"))
    crowd(homes(), FEW)
    agent, commune = homes()[0]
    Participant.objects.create(
        full_name=RARE, agent=agent, commune=commune, **participant_keys(RARE)
    )
    if not Path(path).exists():
        write_list(Path(path))


def homes() -> list[Home]:
    """Every agent of the bench beside one of today's communes."""
    agents = [builders.agent(f"DL{number:02d}") for number in range(AGENTS)]
    return list(zip(agents, Commune.objects.valid_on(today()).order_by("code"), strict=False))


def write_list(path: Path, halves: Halves = HALVES, shift: int = 0) -> Path:
    """A list of 30,000 receipts of 15,000 artificial people in every present commune, always the
    same one; ``shift`` makes them other people.
    """
    book = Workbook(write_only=True)
    sheet = book.create_sheet("D05")
    for line in (NAMES, CODES, ("I. Tăng",)):
        sheet.append(line)
    communes = list(Commune.objects.valid_on(today()).order_by("code"))
    collectors = list(Collector.objects.filter(code__startswith="DL").order_by("code"))
    rng = random.Random(SEED)
    for number in range(ROWS // len(HALVES)):
        for line in _lines(shift + number, halves, rng, communes, collectors):
            sheet.append(line)
    book.save(path)
    return path


def _lines(
    number: int,
    halves: Halves,
    rng: random.Random,
    communes: list[Commune],
    collectors: list[Collector],
) -> list[list[Any]]:
    """22 % of 1.500.000 đ for six months, of which the state gives 20 % of the poverty line's
    share.
    """
    commune, collector = rng.choice(communes), rng.choice(collectors)
    name = " ".join((rng.choice(FAMILY), rng.choice(MIDDLE), rng.choice(GIVEN)))
    address = f"Thôn {rng.randint(1, 9)}, {commune.label}, tỉnh Hưng Yên"
    return [
        [
            number + 1,
            name,
            None,
            f"034080{number:06d}",
            address,
            day,
            f"BENCH-{first}-{number:06d}",
            1_500_000,
            6,
            first,
            1_980_000,
            1_584_000,
            20,
            396_000,
            None,
            None,
            None,
            None,
            collector.code,
            "P.Thức Tăng_mới",
        ]
        for day, first in halves
    ]


def manager() -> User:
    return User.objects.get(username="lanhdao")


def browser_of(user: User) -> Client:
    """Somebody logged in."""
    client = Client()
    client.force_login(user, backend="agents.backends.PortalBackend")
    return client
