"""The monthly letter of one page to an agent or a commune: what it says, in words. Pure, but for
the wording of đồng.

Lists are cut to what one sheet holds; the rest is given as a number.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from enrollment.law.wording import dong
from enrollment.models import StopReason
from enrollment.models.participants import SupportGroup
from reports.counting.measures import Figures
from reports.progress.pace import Progress
from thaithuy_bhxh.figures import dots, percent_in_words
from thaithuy_bhxh.months import Month

SHOWN_DUE, SHOWN_LOST, SHOWN_CARDS, SHOWN_HAMLETS = 10, 5, 2, 3
DUE_DAYS, LOST_MONTHS = 30, 3
LONGEST_NAME, LONGEST_HAMLET = 32, 30
AGENT, COMMUNE = "dai-ly", "xa"
OTHERS = frozenset({SupportGroup.OTHER.value, ""})


@dataclass(frozen=True, slots=True)
class Due:
    """Somebody whose payment is due: name, hamlet and day, never a number of theirs."""

    name: str
    hamlet: str
    on: date


@dataclass(frozen=True, slots=True)
class Lost:
    """Somebody who did not pay on and has not come back; ``group`` is that of the latest
    receipt.
    """

    name: str
    hamlet: str
    group: str


@dataclass(frozen=True, slots=True)
class EndingCard:
    """A collector's card: its last day, one gone by when there is none today."""

    name: str
    last: date


@dataclass(frozen=True, slots=True)
class TargetProgress:
    """Progress of one target in words: “Tăng mới cả năm”, and what it is measured in."""

    label: str
    progress: Progress
    money: bool = False

    @property
    def sentence(self) -> str:
        """“Tăng mới trong năm: 12/40 người, đạt 30,0%; đến nay cần 33, chậm 21”."""
        in_words: Callable[[int], str] = dong if self.money else _persons
        done, asked = in_words(self.progress.done), in_words(self.progress.target or 0)
        text = (
            f"{self.label}: {done} trên {asked}, đạt {percent_in_words(self.progress.percent or 0)}"
        )
        if self.progress.expected is None or self.progress.reached:
            return text
        need = f"; đến nay cần {in_words(self.progress.expected)}"
        behind = self.progress.behind
        pace = f"chậm {in_words(behind)}" if behind else "đúng tiến độ"
        return f"{text}{need}, {pace}"


@dataclass(frozen=True, slots=True)
class MonthFigure:
    """One figure of the month beside that of the same month a year before."""

    label: str
    now: int
    before: int
    money: bool = False


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter before it is laid out. ``due`` is ``None`` where the month is too long ago for the
    list to be true.
    """

    kind: str
    pk: int
    code: str
    addressee: str
    month: Month
    day: date
    now: Figures
    before: Figures
    targets: Sequence[TargetProgress]
    due: Sequence[Due] | None
    lost: Sequence[Lost]
    cards: Sequence[EndingCard] = ()
    contract: tuple[str, date] | None = None
    officer: str = ""

    @property
    def lines(self) -> list[MonthFigure]:
        """The month's figures in the order of the letter's table."""
        labels = (
            ("opening", "Đang tham gia đầu tháng"),
            ("new", "Tăng mới"),
            ("returned", "Đóng lại sau gián đoạn"),
            ("moved_in", "Chuyển đến"),
            ("moved_out", "Chuyển đi"),
            ("decreased_total", "Giảm"),
            ("closing", "Đang tham gia cuối tháng"),
            ("renewed", "Lượt người đóng tiếp"),
        )
        counts = [
            MonthFigure(label, getattr(self.now, name), getattr(self.before, name))
            for name, label in labels
        ]
        return [
            *counts,
            MonthFigure(
                "Người tham gia đóng (đồng)", self.now.collected, self.before.collected, money=True
            ),
        ]

    @property
    def reasons(self) -> str:
        """“không đóng tiếp 3, chết 1”; empty when nobody was lost."""
        named = (
            (StopReason(reason).label.lower(), number)
            for reason, number in self.now.decreased.items()
            if number
        )
        return ", ".join(f"{label.replace('bhxh', 'BHXH')} {number}" for label, number in named)

    @property
    def shown_due(self) -> Sequence[Due]:
        return (self.due or ())[:SHOWN_DUE]

    @property
    def more_due(self) -> int:
        """How many due people the sheet has no room for."""
        return max(0, len(self.due or ()) - SHOWN_DUE)

    @property
    def lost_names(self) -> str:
        """“Nguyễn Thị A (Thôn Bắc), …”, as many as there is room for, and how many more."""
        shown = [
            _short(one.name, LONGEST_NAME) + _in_brackets(one.hamlet)
            for one in self.lost[:SHOWN_LOST]
        ]
        more = len(self.lost) - len(shown)
        return ", ".join(shown) + (f" và {dots(more)} người nữa" if more else "")

    @property
    def advice(self) -> list[str]:
        """Which groups and hamlets to visit, by where people were lost."""
        hamlets = _most(Counter(one.hamlet for one in self.lost if one.hamlet))
        groups = Counter(one.group for one in self.lost if one.group not in OTHERS)
        found = [f"Thôn có nhiều người gián đoạn nhất: {hamlets}."] if hamlets else []
        if groups:
            named = _most(
                Counter(
                    {SupportGroup(code).label.lower(): number for code, number in groups.items()}
                )
            )
            found.append(
                f"Nhóm được hỗ trợ nên đến trước: {named}; nhà nước hỗ trợ thêm tiền đóng cho "
                "nhóm này."
            )
        return found

    @property
    def papers(self) -> list[str]:
        """Cards and the contract that end soon."""
        shown = [_card(card, self.day) for card in self.cards[:SHOWN_CARDS]]
        more = len(self.cards) - len(shown)
        found = (
            [f"Thẻ nhân viên thu: {'; '.join(shown)}{f' và {more} người nữa' if more else ''}."]
            if shown
            else []
        )
        if self.contract:
            number, last = self.contract
            found.append(f"Hợp đồng {_short(number, LONGEST_NAME)} hết hạn ngày {last:%d/%m/%Y}.")
        return found

    @property
    def people(self) -> int:
        """How many people the letter names."""
        return len(self.shown_due) + min(len(self.lost), SHOWN_LOST)


def _persons(number: int) -> str:
    return f"{dots(number)} người"


def _card(card: EndingCard, day: date) -> str:
    name = _short(card.name, LONGEST_NAME)
    return (
        f"{name} hết hạn ngày {card.last:%d/%m/%Y}"
        if card.last >= day
        else f"{name} chưa có thẻ còn hạn"
    )


def _most(counted: Counter[str]) -> str:
    """“Thôn Bắc (4), Thôn Nam (2)”: the most first, of equal numbers by name."""
    ordered = sorted(counted.items(), key=lambda one: (-one[1], one[0]))[:SHOWN_HAMLETS]
    return ", ".join(f"{_short(name, LONGEST_HAMLET)} ({number})" for name, number in ordered)


def _in_brackets(hamlet: str) -> str:
    return f" ({_short(hamlet, LONGEST_HAMLET)})" if hamlet else ""


def _short(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


def shortened(due: Due) -> Due:
    """The person as the letter's narrow table writes the name and hamlet."""
    return Due(_short(due.name, LONGEST_NAME), _short(due.hamlet, LONGEST_HAMLET), due.on)
