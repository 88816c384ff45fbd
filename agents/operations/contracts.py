"""Contracts with agents: the next one, and an end before the term's own."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce

from agents import audit
from agents.access import require
from agents.models import AgentContract, CollectionAgent, Commune, User
from agents.roles import Can
from thaithuy_bhxh.errors import Refused
from thaithuy_bhxh.storing import assign, locked, required, store
from thaithuy_bhxh.text import fold


def do_add_contract(
    *,
    actor: User,
    agent: CollectionAgent,
    number: str,
    signed_on: date,
    valid_from: date,
    valid_to: date,
    communes: Iterable[Commune],
) -> AgentContract:
    """A contract for the days ``valid_from``–``valid_to`` over these communes; a renewal is simply
    the next one.

    Terms of one agent never overlap and stay within its life. Raises :class:`Refused` naming the
    field.
    """
    require(actor, Can.KEEP_AGENTS)
    _refuse_backwards(signed_on, valid_from, valid_to)
    with transaction.atomic():
        owner = locked(agent)
        contract = AgentContract(
            agent=owner,
            number=required(number, "number", "Hãy nhập số hợp đồng."),
            signed_on=signed_on,
            valid_from=valid_from,
            valid_to=valid_to,
        )
        _refuse_outside(contract)
        _refuse_taken(contract)
        _refuse_overlap(contract)
        store(contract, taken=f"Số hợp đồng {contract.number} đã có.", field="number")
        territory = {commune.pk: commune.name for commune in communes}
        contract.communes.set(territory)
        audit.record(
            actor=actor,
            action="contract.add",
            on=owner,
            summary=_contract_in_words(contract, sorted(territory.values())),
            changes={
                "number": contract.number,
                "valid_from": valid_from,
                "valid_to": valid_to,
                "communes": sorted(territory),
            },
        )
    return contract


def do_end_contract(
    *, actor: User, contract: AgentContract, ended_on: date, reason: str
) -> AgentContract:
    """End a contract with ``ended_on`` as its last day, before its term, for a reason."""
    require(actor, Can.KEEP_AGENTS)
    why = required(reason, "reason", "Hãy ghi lý do chấm dứt.")
    with transaction.atomic():
        owner = locked(contract.agent)
        row = locked(contract)
        if row.ended_on:
            raise Refused(f"Hợp đồng {row} đã chấm dứt sau {row.ended_on:%d/%m/%Y}.", "ended_on")
        if not row.valid_from <= ended_on <= row.valid_to:
            raise Refused(
                f"Ngày cuối phải trong thời hạn hợp đồng, từ {row.valid_from:%d/%m/%Y} đến "
                f"{row.valid_to:%d/%m/%Y}.",
                "ended_on",
            )
        end_contract(actor, owner, row, ended_on, why)
    return row


def end_contract(
    actor: User, owner: CollectionAgent, row: AgentContract, ended_on: date, reason: str
) -> None:
    """Write the end of a locked contract; inside the caller's transaction, which has checked who
    may and when.
    """
    changes = assign(row, ended_on=ended_on, end_reason=reason)
    store(row)
    audit.record(
        actor=actor,
        action="contract.end",
        on=owner,
        changes=changes,
        summary=f"Chấm dứt hợp đồng {row} sau {ended_on:%d/%m/%Y}: {reason}",
    )


def _contract_in_words(contract: AgentContract, names: list[str]) -> str:
    where = f", địa bàn {', '.join(names)}" if names else ""
    return (
        f"Ký hợp đồng {contract} từ {contract.valid_from:%d/%m/%Y} đến "
        f"{contract.valid_to:%d/%m/%Y}{where}"
    )


def _refuse_backwards(signed_on: date, valid_from: date, valid_to: date) -> None:
    if valid_to < valid_from:
        raise Refused(
            f"Ngày hết hạn không được trước ngày có hiệu lực {valid_from:%d/%m/%Y}.", "valid_to"
        )
    if signed_on > valid_from:
        raise Refused(
            f"Ngày ký không được sau ngày có hiệu lực {valid_from:%d/%m/%Y}.", "signed_on"
        )


def _refuse_outside(contract: AgentContract) -> None:
    agent = contract.agent
    if contract.valid_from < agent.opened_on:
        raise Refused(f"Đại lý chỉ hoạt động từ {agent.opened_on:%d/%m/%Y}.", "valid_from")
    if agent.closed_on and contract.valid_to > agent.closed_on:
        raise Refused(
            f"Đại lý ngừng hoạt động sau {agent.closed_on:%d/%m/%Y}; hợp đồng không thể dài hơn.",
            "valid_to",
        )


def _refuse_taken(contract: AgentContract) -> None:
    # Folded here: SQLite compares only unaccented letters without regard to case, and numbers hold
    # a “Đ”.
    numbers = AgentContract.objects.filter(agent=contract.agent).values_list("number", flat=True)
    if fold(contract.number) in map(fold, numbers):
        raise Refused(f"Số hợp đồng {contract.number} đã có.", "number")


def _refuse_overlap(contract: AgentContract) -> None:
    others = AgentContract.objects.filter(agent=contract.agent).annotate(
        last=Coalesce(F("ended_on"), F("valid_to"))
    )
    other = others.filter(
        Q(last__gte=contract.valid_from), valid_from__lte=contract.valid_to
    ).first()
    if other:
        raise Refused(
            f"Trùng ngày với hợp đồng {other} (từ {other.valid_from:%d/%m/%Y} đến "
            f"{other.last_day:%d/%m/%Y}).",
            "valid_from",
        )
