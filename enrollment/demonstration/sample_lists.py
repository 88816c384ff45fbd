"""Two lists to try the import with, for each role that brings lists in: one that passes and one
that teaches. They fit the communes and agents that the role's account sees.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from openpyxl import Workbook

from agents.access import Scope, scope_of
from agents.models import CollectorCard, Commune, PointCommune, Role, User
from enrollment.demonstration.tariff import Tariff
from enrollment.demonstration.words import SAMPLE_HEAD, SAMPLE_TITLE
from thaithuy_bhxh.months import Month
from thaithuy_bhxh.workdays import is_working_day

PASSES, TEACHES = "bang-ke-{}-nhap-duoc.xlsx", "bang-ke-{}-co-loi.xlsx"
"""File names by the account's name."""
ROLES = (Role.OFFICER, Role.LEAD, Role.MANAGER)
_UNKNOWN = "BD001-99"


@dataclass(frozen=True, slots=True)
class Counter:
    """Where money may be taken on the lists' day: a commune, and a collector's code there."""

    commune: Commune
    agent: int
    collector: str


@dataclass(slots=True)
class SampleList:
    """Rows of the form for one account; ``serial`` keeps the people of the files apart."""

    account: str
    day: date
    serial: int
    tariff: Tariff = field(default_factory=Tariff.shipped)
    rows: list[list[object]] = field(default_factory=list)

    def add(self, at: Counter, months: int, **wrong: object) -> None:
        """A newcomer who pays for these months; ``wrong`` replaces cells by the code of their
        column (``c4`` is column 4).
        """
        place, month = len(self.rows) + 1, int(Month.of(self.day))
        income = self.tariff.income(month, 0)
        pays = self.tariff.participant(month, income, months, "other", months)
        gross = income * self.tariff.terms(month).per_mille * months // 1000
        cells: dict[str, object] = {
            "A": place,
            "B": _NAMES[(self.serial * 6 + place) % len(_NAMES)],
            "c1": f"0341{80 + place:02d}80{self.serial:02d}{place:02d}",
            "c2": f"Thôn Trung, {at.commune.label}",
            "c3": self.day,
            "c4": f"MAU{self.day:%d%m}-{self.serial:02d}{place:02d}",
            "c5": income,
            "c6": months,
            "c7": f"{self.day:%m/%Y}",
            "c8": gross,
            "c9": pays,
            "c11": gross - pays,
            "c16": at.collector,
            "c17": "P.Thức Tăng_mới",
            **wrong,
        }
        codes = ("A", "B", "C", *(f"c{number}" for number in range(1, 18)))
        self.rows.append([cells.get(code) for code in codes])

    def write(self, path: Path) -> None:
        """The printed form with these rows under “I. Tăng”."""
        book = Workbook()
        sheet = book.worksheets[0]
        sheet.title = "D05-TS"
        for line in ([SAMPLE_TITLE], list(SAMPLE_HEAD), _CODES, ["I. Tăng"], ["I.1 Tăng mới"]):
            sheet.append(line)
        for row in self.rows:
            sheet.append(row)
        for letter, width in zip("BDEFGKLS", (26, 16, 34, 13, 16, 14, 14, 14), strict=True):
            sheet.column_dimensions[letter].width = width
        book.save(path)


_CODES = ["A", "B", "C", *(str(number) for number in range(1, 18))]
_NAMES = (
    "Trần Thị Mẫu",
    "Nguyễn Văn Thử",
    "Phạm Thị Ví Dụ",
    "Vũ Thị Trình Diễn",
    "Đỗ Văn Mẫu",
    "Lê Thị Thử",
    "Bùi Văn Ví Dụ",
)


def write_sample_lists(accounts: Iterable[User], folder: Path, today: date) -> list[Path]:
    """The two files of each account, dated the latest working day before ``today``."""
    folder.mkdir(parents=True, exist_ok=True)
    day = _working_day_before(today)
    written = []
    for place, account in enumerate(accounts):
        good, bad = _lists_of(account, day, place * 2)
        for listed, name in ((good, PASSES), (bad, TEACHES)):
            written.append(folder / name.format(account.username))
            listed.write(written[-1])
    return written


def _lists_of(account: User, day: date, serial: int) -> tuple[SampleList, SampleList]:
    scope = scope_of(account)
    counters = list(_counters(day))
    inside = [one for one in counters if scope.holds(agent=one.agent, commune=one.commune.pk)]
    at = inside[0]
    good = SampleList(account.username, day, serial)
    for months in (12, 6, 3):
        good.add(at, months)
    bad = SampleList(account.username, day, serial + 1)
    bad.add(at, 12)
    for other in _others(counters, scope):
        bad.add(other, 6)
    bad.add(at, 6, c16=_UNKNOWN)
    bad.add(at, 12, c9=1_000_000)
    bad.add(at, 3, c1="03418080")
    bad.add(at, 3, c4=bad.rows[0][6])
    return good, bad


def _others(counters: Iterable[Counter], scope: Scope) -> list[Counter]:
    """Two places that the account does not see."""
    found = (one for one in counters if not scope.holds(agent=one.agent, commune=one.commune.pk))
    return [one for one, _ in zip(found, range(2), strict=False)]


def _counters(day: date) -> Iterator[Counter]:
    """Every commune of the day with every agent that serves it, each with one collector."""
    able: dict[int, str] = {}
    cards = CollectorCard.objects.valid_on(day).filter(collector__ended_on=None)
    for point, code in cards.order_by("collector__code").values_list(
        "collector__point", "collector__code"
    ):
        able.setdefault(point, code)
    served = PointCommune.objects.filter(point__in=able, point__agent__closed_on=None)
    for one in served.select_related("commune", "point").order_by("commune__code", "pk"):
        if one.commune.valid_to is None:
            yield Counter(one.commune, one.point.agent_id, able[one.point_id])


def _working_day_before(today: date) -> date:
    day = today - timedelta(days=1)
    while not is_working_day(day):
        day -= timedelta(days=1)
    return day
