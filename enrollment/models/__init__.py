from enrollment.models.activity import ActivitySpan, Movement, Rule
from enrollment.models.imports import Draft, DraftQuerySet, ImportBatch, ImportMapping
from enrollment.models.outreach import (
    Attendance,
    Conference,
    ConferenceQuestion,
    ConferenceStep,
    HouseholdVisit,
    OfficerTask,
    VisitOutcome,
)
from enrollment.models.participants import Household, Participant, Residence, Sex, SupportStatus
from enrollment.models.policy import LawReading, PolicyParameter
from enrollment.models.prospects import (
    Exclusion,
    Holding,
    Prospect,
    ProspectGroup,
    ProspectOrigin,
    ProspectQuerySet,
)
from enrollment.models.receipts import Receipt, ReceiptCounter, ReceiptVoid
from enrollment.models.renewals import RenewalCall
from enrollment.models.service import Acquisition, Complaint, ServiceRating, Source
from enrollment.models.stops import Stop, StopReason, StopWithdrawal

__all__ = [
    "Acquisition",
    "ActivitySpan",
    "Attendance",
    "Complaint",
    "Conference",
    "ConferenceQuestion",
    "ConferenceStep",
    "Draft",
    "DraftQuerySet",
    "Exclusion",
    "Holding",
    "Household",
    "HouseholdVisit",
    "ImportBatch",
    "ImportMapping",
    "LawReading",
    "Movement",
    "OfficerTask",
    "ProspectOrigin",
    "Participant",
    "PolicyParameter",
    "Prospect",
    "ProspectGroup",
    "ProspectQuerySet",
    "Receipt",
    "ReceiptCounter",
    "ReceiptVoid",
    "RenewalCall",
    "Residence",
    "Rule",
    "ServiceRating",
    "Sex",
    "Source",
    "Stop",
    "StopReason",
    "StopWithdrawal",
    "SupportStatus",
    "VisitOutcome",
]
