from enrollment.models.activity import ActivitySpan, Movement, Rule
from enrollment.models.imports import Draft, DraftQuerySet, ImportBatch, ImportMapping
from enrollment.models.participants import Household, Participant, Residence, Sex, SupportStatus
from enrollment.models.policy import LawReading, PolicyParameter
from enrollment.models.receipts import Receipt, ReceiptCounter, ReceiptVoid
from enrollment.models.service import Acquisition, Complaint, ServiceRating, Source
from enrollment.models.stops import Stop, StopReason, StopWithdrawal

__all__ = [
    "Acquisition",
    "ActivitySpan",
    "Complaint",
    "Draft",
    "DraftQuerySet",
    "Household",
    "ImportBatch",
    "ImportMapping",
    "Movement",
    "Participant",
    "LawReading",
    "PolicyParameter",
    "Receipt",
    "ReceiptCounter",
    "ReceiptVoid",
    "Residence",
    "Rule",
    "ServiceRating",
    "Sex",
    "Source",
    "Stop",
    "StopReason",
    "StopWithdrawal",
    "SupportStatus",
]
