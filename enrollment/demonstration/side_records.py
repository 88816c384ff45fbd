"""What stands beside the receipts: contracts, courses, leavings, ratings, complaints, contacts.

Made from a finished campaign, so that its figures do not change. Everything is a plain value.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from enrollment.demonstration.campaign import CommuneKey


@dataclass(frozen=True, slots=True)
class SimulatedContract:
    """A contract of one agent; the last one of a closed agent ends on its last day."""

    agent_code: str
    number: str
    signed_on: date
    valid_from: date
    valid_to: date
    communes: tuple[CommuneKey, ...]


@dataclass(frozen=True, slots=True)
class CourseGuest:
    """Somebody invited to a course: a collector, or a candidate of an agent (no collector code).
    ``passed`` ``None`` = did not come.
    """

    agent_code: str
    collector_code: str | None
    full_name: str
    phone: str
    passed: bool | None


@dataclass(frozen=True, slots=True)
class SimulatedCourse:
    """One course with its guests; one that lies ahead has no results yet."""

    code: str
    title: str
    starts_on: date
    ends_on: date
    place: str
    trainer: str
    invitation_no: str
    guests: tuple[CourseGuest, ...]


@dataclass(frozen=True, slots=True)
class SimulatedLeaving:
    """A collector who left, and the successor."""

    collector_code: str
    ended_on: date
    successor_code: str


@dataclass(frozen=True, slots=True)
class SimulatedRating:
    """A payer's rating of the service, by receipt number; ``score`` 1 to 5."""

    number: str
    score: int
    comment: str
    rated_at: datetime


@dataclass(frozen=True, slots=True)
class SimulatedComplaint:
    """A complaint about an agent; ``answered_on`` ``None`` = still open."""

    agent_code: str
    received_on: date
    channel: str
    content: str
    answer: str
    answered_on: date | None
    upheld: bool


@dataclass(frozen=True, slots=True)
class SimulatedContact:
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
class LabourCount:
    """Working people of a commune who are not insured by duty, as counted on a day."""

    commune: CommuneKey
    counted_on: date
    persons: int


@dataclass(frozen=True, slots=True)
class SideRecords:
    """All side records; ``sources``: person id → source of the participant."""

    contracts: tuple[SimulatedContract, ...]
    courses: tuple[SimulatedCourse, ...]
    leavings: tuple[SimulatedLeaving, ...]
    labour: tuple[LabourCount, ...]
    sources: dict[int, str]
    ratings: tuple[SimulatedRating, ...]
    complaints: tuple[SimulatedComplaint, ...]
    contacts: tuple[SimulatedContact, ...]
