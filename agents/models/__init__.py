from agents.models.assignments import CommuneAssignment
from agents.models.audit import AuditEntry, AuditLink
from agents.models.backups import BackupRun
from agents.models.collaborators import Collaborator
from agents.models.contracts import AgentContract
from agents.models.following import CollectorHandover, CommuneContact
from agents.models.logins import AccountRequest, LogInMark, PortalSession
from agents.models.office import Marker, OfficeAccount, OfficeProfile, OfficeSetting
from agents.models.organisations import CollectionAgent, CollectionPoint, Network, PointCommune
from agents.models.people import Collector, CollectorCard, User
from agents.models.targets import LabourForce, Metric, OwnerKind, Target
from agents.models.territory import BEGINNING, Commune, CommuneBoundary, CommuneSuccession
from agents.models.training import CourseAttendance, CourseResult, TrainingCourse
from agents.roles import Role

__all__ = [
    "AccountRequest",
    "BEGINNING",
    "AgentContract",
    "AuditEntry",
    "AuditLink",
    "BackupRun",
    "Collaborator",
    "CollectionAgent",
    "CollectionPoint",
    "Collector",
    "CollectorCard",
    "CollectorHandover",
    "Commune",
    "CommuneAssignment",
    "CommuneBoundary",
    "CommuneContact",
    "CommuneSuccession",
    "CourseAttendance",
    "CourseResult",
    "LabourForce",
    "LogInMark",
    "Marker",
    "Metric",
    "Network",
    "OfficeAccount",
    "OfficeProfile",
    "OfficeSetting",
    "OwnerKind",
    "PointCommune",
    "PortalSession",
    "Role",
    "Target",
    "TrainingCourse",
    "User",
]
