"""The levers of the campaign: contracts, courses, who left, ratings, complaints, notes of contacts.

Made from a campaign that is there already, so that its figures stay what they are. Everything is a
plain value.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from enrollment.demonstration.campaign import CommuneKey


@dataclass(frozen=True, slots=True)
class ContractOf:
    """A contract of one agent; the last one of its life ends with it."""

    agent_code: str
    number: str
    signed_on: date
    valid_from: date
    valid_to: date
    communes: tuple[CommuneKey, ...]


@dataclass(frozen=True, slots=True)
class GuestOf:
    """Who was invited to a course: a collector, or a candidate of an agent. ``passed`` ``None`` =
    did not come.
    """

    agent_code: str
    collector_code: str | None
    full_name: str
    phone: str
    passed: bool | None


@dataclass(frozen=True, slots=True)
class CourseOf:
    """One course with its guests; one that lies ahead has no results yet."""

    code: str
    title: str
    starts_on: date
    ends_on: date
    place: str
    trainer: str
    invitation_no: str
    guests: tuple[GuestOf, ...]


@dataclass(frozen=True, slots=True)
class LeavingOf:
    """A collector who left, and who took over."""

    collector_code: str
    ended_on: date
    successor_code: str


@dataclass(frozen=True, slots=True)
class RatingOf:
    """What the payer of a receipt said of the service."""

    number: str
    score: int
    comment: str
    rated_at: datetime


@dataclass(frozen=True, slots=True)
class ComplaintOf:
    """A complaint about an agent; ``answered_on`` ``None`` = still open."""

    agent_code: str
    received_on: date
    channel: str
    content: str
    answer: str
    answered_on: date | None
    upheld: bool


@dataclass(frozen=True, slots=True)
class ContactOf:
    """A note of a contact with a commune of today, and what was to follow; ``done_on`` ``None`` =
    still open.
    """

    commune: CommuneKey
    happened_on: date
    kind: str
    with_whom: str
    content: str
    next_step: str
    next_on: date | None
    done_on: date | None


@dataclass(frozen=True, slots=True)
class LabourOf:
    """Working people of a commune who are not insured by duty, as counted on a day."""

    commune: CommuneKey
    counted_on: date
    persons: int


@dataclass(frozen=True, slots=True)
class Levers:
    """All of them; ``sources`` tells by a person's id what brought the person in."""

    contracts: tuple[ContractOf, ...]
    courses: tuple[CourseOf, ...]
    leavings: tuple[LeavingOf, ...]
    labour: tuple[LabourOf, ...]
    sources: dict[int, str]
    ratings: tuple[RatingOf, ...]
    complaints: tuple[ComplaintOf, ...]
    contacts: tuple[ContactOf, ...]
