"""What a collector's cards mean on a day, in words: may this person take money, and for how long.
Pure.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from thaithuy_bhxh.terms import LastingTerm, holds_on

SOON = 30
"""Days before the end of a card from which on it is worth a reminder."""


@dataclass(frozen=True, slots=True)
class CardState:
    """A few words and their tone: ``ok``, ``warn`` or ``bad``."""

    word: str
    tone: str


def card_state(cards: Iterable[LastingTerm], day: date) -> CardState:
    """The state on a day of all cards of one person together; consecutive cards count as one."""
    terms = sorted(cards, key=lambda card: card.valid_from)
    current = next((card for card in terms if holds_on(card, day)), None)
    if current:
        return _running(_last_day(current, terms), day)
    coming = next((card for card in terms if card.valid_from > day), None)
    if coming:
        return CardState(f"Có giá trị từ {coming.valid_from:%d/%m/%Y}", "warn")
    ended = max((card.valid_to for card in terms if card.valid_to), default=None)
    return CardState(f"Hết hạn {ended:%d/%m/%Y}" if ended else "Chưa có thẻ", "bad")


def _last_day(current: LastingTerm, terms: list[LastingTerm]) -> date | None:
    """The end of the chain of cards that follow each other without a gap."""
    last = current.valid_to
    for card in terms:
        if last and (card.valid_from - last).days == 1:
            last = card.valid_to
    return last


def _running(last: date | None, day: date) -> CardState:
    if last is None:
        return CardState("Không thời hạn", "ok")
    left = (last - day).days
    if left > SOON:
        return CardState(f"Đến {last:%d/%m/%Y}", "ok")
    return CardState(f"Còn {left} ngày" if left else "Hết hạn hôm nay", "warn")
