"""What an agent's contracts mean on a day, in words: is there one, for how long, is the next one
signed. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Protocol

RENEW = 60
"""Days before the end of a contract from which on the next one has to be signed."""


class Signed(Protocol):
    """A contract: its first day and, with an early end considered, its last."""

    @property
    def valid_from(self) -> date: ...
    @property
    def last_day(self) -> date: ...


@dataclass(frozen=True, slots=True)
class ContractState:
    """A few words, their tone (``ok``, ``warn``, ``bad``, ``quiet``) and how urgent it is:
    0 first.
    """

    word: str
    tone: str
    need: int

    @property
    def is_alarm(self) -> bool:
        return self.tone in ("bad", "warn")


NONE = ContractState("Chưa có hợp đồng", "bad", 0)


def contract_state(
    contracts: Iterable[Signed], day: date, closed_on: date | None = None
) -> ContractState:
    """The state on a day of all contracts of one agent together; contracts that follow each other
    count as one.
    """
    if closed_on and closed_on < day:
        return ContractState("Đại lý đã ngừng", "quiet", 9)
    terms = sorted(contracts, key=lambda one: one.valid_from)
    current = next((one for one in terms if one.valid_from <= day <= one.last_day), None)
    if current:
        return _running(_end_of_chain(current, terms), day, closed_on)
    coming = next((one for one in terms if one.valid_from > day), None)
    if coming:
        return ContractState(f"Có hiệu lực từ {coming.valid_from:%d/%m/%Y}", "warn", 2)
    return ContractState(f"Hết hạn {terms[-1].last_day:%d/%m/%Y}", "bad", 1) if terms else NONE


def state_of_term(contract: Signed, day: date) -> ContractState:
    """One contract on its own, for the list of all of an agent."""
    if contract.valid_from > day:
        return ContractState(f"Có hiệu lực từ {contract.valid_from:%d/%m/%Y}", "info", 5)
    if contract.last_day < day:
        return ContractState("Đã kết thúc", "quiet", 9)
    return ContractState("Đang hiệu lực", "ok", 5)


def _end_of_chain(current: Signed, terms: list[Signed]) -> date:
    last = current.last_day
    for one in terms:
        if (one.valid_from - last).days == 1:
            last = one.last_day
    return last


def _running(last: date, day: date, closed_on: date | None) -> ContractState:
    left = (last - day).days
    if left > RENEW or closed_on == last:
        return ContractState(f"Đến {last:%d/%m/%Y}", "ok", 5)
    return ContractState(
        f"Còn {left} ngày, chưa có hợp đồng tiếp" if left else "Hết hạn hôm nay", "warn", 3
    )
