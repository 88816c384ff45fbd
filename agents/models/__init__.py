from agents.models.assignments import CommuneAssignment
from agents.models.audit import AuditEntry
from agents.models.office import Marker, OfficeProfile
from agents.models.organisations import CollectionAgent, CollectionPoint, Network, PointCommune
from agents.models.people import Collector, CollectorCard, Role, User
from agents.models.targets import Metric, OwnerKind, Target
from agents.models.territory import BEGINNING, Commune, CommuneBoundary, CommuneSuccession

__all__ = [
    "BEGINNING",
    "AuditEntry",
    "CollectionAgent",
    "CollectionPoint",
    "Collector",
    "CollectorCard",
    "Commune",
    "CommuneAssignment",
    "CommuneBoundary",
    "CommuneSuccession",
    "Marker",
    "Metric",
    "Network",
    "OfficeProfile",
    "OwnerKind",
    "PointCommune",
    "Role",
    "Target",
    "User",
]
