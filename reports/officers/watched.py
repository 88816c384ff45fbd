"""What the officers' board watches in every commune. A further signal is a further entry of
``WATCHED``.

Every signal counts for all communes of the board at once; what several of them need is read once
(``Watch``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Exists, Max, OuterRef, Q
from django.urls import reverse

from agents.cards import SOON as CARD_DAYS
from agents.models import Collector, CommuneContact, Metric, PointCommune
from agents.querysets import employed_between
from enrollment.models import Movement, Receipt
from enrollment.person_status import SOON as DUE_DAYS
from enrollment.querysets import ParticipantQuerySet
from reports.counting.measures import Period, movements_in
from reports.counting.units import Unit, Units
from reports.officers.need import Signal
from reports.progress.targets_asked import asked_of, flow_progress, rows_for
from thaithuy_bhxh.months import Month

SILENT_DAYS, CONTACT_DAYS = 14, 30
LAPSE_MONTHS = 3
Counts = Mapping[str, int]
Terms = Iterable[tuple[date, date | None]]
"""First and last day of each card; ``None`` = without end."""


@dataclass
class Watch:
    """What is watched: the communes of a board on a day, and what their signals read together."""

    units: Units
    day: date
    people: ParticipantQuerySet
    """The people whom the reader may see."""
    commune_ids: Mapping[str, int] = field(default_factory=dict)
    """Unit code → key of the commune that has the pages."""

    @property
    def month(self) -> Month:
        return Month.of(self.day)

    @property
    def lapse_period(self) -> Period:
        return Period(self.month - (LAPSE_MONTHS - 1), self.month)

    @property
    def members(self) -> frozenset[int]:
        """All communes of every era that the board's communes hold."""
        return frozenset().union(*(unit.communes or frozenset() for unit in self.units.rows))

    def unit_of(self, commune: int) -> str | None:
        return self.units.commune_unit(commune)

    def tally(self, rows: Iterable[tuple[int, int]]) -> Counts:
        """Counts by commune, summed per unit of the board."""
        found: Counter[str] = Counter()
        for commune, number in rows:
            if (code := self.unit_of(commune)) is not None:
                found[code] += number
        return found

    @cached_property
    def movements(self) -> list[dict[str, Any]]:
        """New people since January and people lost lately, by commune."""
        new = movements_in(Period(Month(self.day.year, 1), self.month)) & Q(kind=Movement.Kind.NEW)
        lapsed = movements_in(self.lapse_period) & Q(
            kind=Movement.Kind.DECREASED, reason="not_renewed"
        )
        rows = Movement.objects.filter(new | lapsed, commune__in=self.members).values("commune_id")
        return [
            {**row}
            for row in rows.annotate(new=Count("id", filter=new), lapsed=Count("id", filter=lapsed))
        ]

    @cached_property
    def points(self) -> list[tuple[int, int, bool, bool]]:
        """(point, commune served, open long enough to judge, a receipt lately) of the points open
        on the day.
        """
        since = self.day - timedelta(days=SILENT_DAYS)
        taken = Receipt.objects.filter(collector__point=OuterRef("point"), received_on__gt=since)
        rows = PointCommune.objects.filter(
            _open("point", self.day), _open("point__agent", self.day)
        )
        rows = rows.filter(commune__in=self.members, point__opened_on__lte=self.day)
        rows = rows.annotate(busy=Exists(taken.filter(received_on__lte=self.day)))
        return [
            (point, commune, opened <= since, busy)
            for point, commune, opened, busy in rows.values_list(
                "point_id", "commune_id", "point__opened_on", "busy"
            )
        ]

    @cached_property
    def contacts(self) -> list[tuple[int, date, int]]:
        """(commune, day of the latest contact, steps that are overdue)."""
        late = Q(next_on__lt=self.day, done_on__isnull=True)
        seen = CommuneContact.objects.filter(
            commune__in=self.members, happened_on__lte=self.day
        ).order_by()
        rows = seen.values("commune_id").annotate(
            last=Max("happened_on"), late=Count("id", filter=late)
        )
        return [(row["commune_id"], row["last"], row["late"]) for row in rows]

    @cached_property
    def last_contact(self) -> Mapping[str, date]:
        """Unit code → day of the latest contact."""
        found: dict[str, date] = {}
        for commune, last, _ in self.contacts:
            if (code := self.unit_of(commune)) is not None:
                found[code] = max(last, found.get(code, last))
        return found


def _open(prefix: str, day: date) -> Q:
    return Q(**{f"{prefix}__closed_on__isnull": True}) | Q(**{f"{prefix}__closed_on__gte": day})


@dataclass(frozen=True, slots=True)
class Watched:
    """A signal with how it is counted, per code of unit, and where its number leads."""

    signal: Signal
    counts: Callable[[Watch], Counts]
    link: Callable[[Watch, Unit], str]


def _behind(watch: Watch) -> Counts:
    done = watch.tally((row["commune_id"], row["new"]) for row in watch.movements)
    asked = asked_of(watch.units, rows_for(Month.of(watch.day), watch.units))
    return {
        unit.code: flow_progress(
            asked.get(unit.code, {}).get(Metric.NEW, []), done.get(unit.code, 0), watch.day
        ).behind
        for unit in watch.units.rows
    }


def _lapsed(watch: Watch) -> Counts:
    return watch.tally((row["commune_id"], row["lapsed"]) for row in watch.movements)


def _due(watch: Watch) -> Counts:
    due = watch.people.due_between(watch.day, watch.day + timedelta(days=DUE_DAYS)).filter(
        commune__in=watch.members
    )
    return watch.tally(due.order_by().values_list("commune_id").annotate(n=Count("id")))


def _silent(watch: Watch) -> Counts:
    silent = {
        (watch.unit_of(commune), point)
        for point, commune, judged, busy in watch.points
        if judged and not busy
    }
    return Counter(code for code, _ in silent if code is not None)


def _late_steps(watch: Watch) -> Counts:
    return watch.tally((commune, late) for commune, _, late in watch.contacts)


def _no_contact(watch: Watch) -> Counts:
    since = watch.day - timedelta(days=CONTACT_DAYS)
    return {
        unit.code: int(watch.last_contact.get(unit.code, date.min) < since)
        for unit in watch.units.rows
    }


def _cards(watch: Watch) -> Counts:
    """Collectors who are there on the day and whose card ends soon, or who have none."""
    served: dict[int, set[str]] = {}
    for point, commune, *_ in watch.points:
        if (code := watch.unit_of(commune)) is not None:
            served.setdefault(point, set()).add(code)
    soon = watch.day + timedelta(days=CARD_DAYS)
    return Counter(
        code
        for point, terms in _terms_of_staff(served, watch.day)
        if last_card_day(terms, watch.day) <= soon
        for code in served[point]
    )


def _terms_of_staff(points: Iterable[int], day: date) -> Iterable[tuple[int, Terms]]:
    """Point and terms of all cards of each collector who works there on the day (one query)."""
    there = Collector.objects.filter(employed_between(day, day), point__in=list(points))
    found: dict[tuple[int, int], list[tuple[date, date | None]]] = {}
    for pk, point, first, last in there.order_by().values_list(
        "id", "point_id", "cards__valid_from", "cards__valid_to"
    ):
        found.setdefault((pk, point), []).extend([(first, last)] if first else [])
    return ((point, terms) for (_, point), terms in found.items())


def last_card_day(terms: Terms, day: date) -> date:
    """The last day without a gap on which somebody may take money; the day before when there is no
    card today.
    """
    reached = day - timedelta(days=1)
    for first, last in sorted(terms, key=lambda term: term[0]):
        if first > reached + timedelta(days=1):
            break
        reached = max(reached, last or date.max - timedelta(days=1))
    return reached


def _growth(watch: Watch, unit: Unit, cell: str, period: Period) -> str:
    query = {
        "tu": period.first,
        "den": period.last,
        "theo": "commune",
        "cot": cell,
        "don_vi": unit.code,
    }
    return f"{reverse('reports:growth_list')}?{urlencode(query)}"


def _new_list(watch: Watch, unit: Unit) -> str:
    return _growth(watch, unit, "new_ytd", Period(Month(watch.day.year, 1), watch.month))


def _lapsed_list(watch: Watch, unit: Unit) -> str:
    return _growth(watch, unit, "decreased.not_renewed", watch.lapse_period)


def _due_list(watch: Watch, unit: Unit) -> str:
    query = urlencode({"den_han": DUE_DAYS, "xa": watch.commune_ids[unit.code]})
    return f"{reverse('enrollment:participants')}?{query}"


def _commune_page(anchor: str) -> Callable[[Watch, Unit], str]:
    return lambda watch, unit: (
        reverse("agents:commune", args=[watch.commune_ids[unit.code]]) + anchor
    )


WATCHED: tuple[Watched, ...] = (
    Watched(
        Signal(
            "behind",
            "Chậm chỉ tiêu",
            "Số người mới chậm so với mức chỉ tiêu năm cần đạt đến hôm nay.",
            3,
            45,
            "Cùng đại lý lập danh sách hộ để vận động thêm {n} người mới cho kịp tiến độ hôm nay.",
        ),
        _behind,
        _new_list,
    ),
    Watched(
        Signal(
            "lapsed",
            "Chưa tái tục",
            f"Người giảm vì không đóng tiếp trong {LAPSE_MONTHS} tháng gần đây.",
            2,
            30,
            "Đến gặp {n} người vừa gián đoạn, hỏi lý do và mời đóng lại.",
        ),
        _lapsed,
        _lapsed_list,
    ),
    Watched(
        Signal(
            "due",
            "Sắp đến hạn",
            f"Người có hạn đóng tiếp trong {DUE_DAYS} ngày tới.",
            1,
            30,
            f"Nhắc đại lý gọi {{n}} người đến hạn đóng trong {DUE_DAYS} ngày tới.",
        ),
        _due,
        _due_list,
    ),
    Watched(
        Signal(
            "silent",
            "Điểm thu im ắng",
            f"Điểm thu đang mở phục vụ xã mà {SILENT_DAYS} ngày qua không có biên lai nào.",
            6,
            24,
            f"Hỏi {{n}} điểm thu vì sao {SILENT_DAYS} ngày qua không có biên lai.",
            "điểm",
        ),
        _silent,
        _commune_page("#diem-thu"),
    ),
    Watched(
        Signal(
            "late_steps",
            "Hẹn quá ngày",
            "Việc đã hẹn với xã mà ngày hẹn đã qua, chưa ghi làm xong.",
            5,
            20,
            "Làm xong {n} việc đã hẹn với xã và ghi lại.",
            "việc",
        ),
        _late_steps,
        _commune_page("#lien-he"),
    ),
    Watched(
        Signal(
            "no_contact",
            "Lâu chưa làm việc",
            f"{CONTACT_DAYS} ngày qua chưa ghi lần làm việc nào với xã.",
            8,
            8,
            f"Hẹn làm việc với UBND xã: {CONTACT_DAYS} ngày qua chưa có lần nào.",
            "",
        ),
        _no_contact,
        _commune_page("#lien-he"),
    ),
    Watched(
        Signal(
            "cards",
            "Thẻ hết hạn",
            f"Nhân viên thu tại điểm phục vụ xã chưa có thẻ hoặc thẻ hết trong {CARD_DAYS} ngày.",
            4,
            16,
            "Làm thủ tục thẻ cho {n} nhân viên thu: hết thẻ là không thu được tiền.",
        ),
        _cards,
        _commune_page("#diem-thu"),
    ),
)
"""The signals in the order of the board's columns."""
SIGNALS = tuple(one.signal for one in WATCHED)
