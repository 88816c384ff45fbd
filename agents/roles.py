"""Who may do what: the roles, and the one table of what each of them may do.

Views, operations, navigation and templates ask here for a capability; nothing else names a role,
but :func:`agents.access.scope_of`, which says whose records a role reaches. A role that is added
may do nothing until it stands in a row of this table (docs/adding-a-role.md). Whether a row is
what the office decided, is held by tests that know the office's table and not this one.
"""

from __future__ import annotations

from enum import Enum

from django.db.models import TextChoices


class Role(TextChoices):
    """Who uses the portal (docs/rules.md 2.1)."""

    COLLECTOR = "collector", "Nhân viên thu"
    LEAD = "lead", "Phụ trách đại lý"
    OFFICER = "officer", "Chuyên quản thu"
    MANAGER = "manager", "Lãnh đạo BHXH"
    ADMINISTRATOR = "administrator", "Quản trị hệ thống"
    AUDITOR = "auditor", "Thanh tra, kiểm tra"


COLLECTOR, LEAD, OFFICER = Role.COLLECTOR, Role.LEAD, Role.OFFICER
MANAGER, ADMINISTRATOR, AUDITOR = Role.MANAGER, Role.ADMINISTRATOR, Role.AUDITOR


class Can(Enum):
    """What somebody may do, and which roles may; each within the scope of the own records."""

    roles: frozenset[Role]

    def __init__(self, words: str, *roles: Role) -> None:
        self.roles = frozenset(roles)

    # People, receipts and lists
    SEE_PEOPLE = "see people", COLLECTOR, LEAD, OFFICER, MANAGER, AUDITOR
    """People, their receipts and, one by one and on record, their full numbers."""
    RECORD_RECEIPTS = "record receipts", COLLECTOR, LEAD
    """Take money, fill in the receipt form, look somebody up by number."""
    CORRECT_RECORDS = "correct records", COLLECTOR, LEAD, OFFICER, MANAGER
    """Void, print, stop, move and correct; call somebody."""
    ACT_FOR_THE_OFFICE = "act on records for the office", OFFICER, MANAGER
    """Without the terms set for agents: void late, print a slip again; a receipt's day is believed.
    """
    IMPORT_LISTS = "import lists", LEAD, OFFICER, MANAGER
    """Upload D05-TS lists and decide about the own ones."""
    KEEP_EVERY_LIST = "keep every list", MANAGER
    """See and decide about the lists that others uploaded."""

    TAKE_A_REGISTER_OVER = "take a register over", MANAGER
    """Put many people on record at once, before their receipts are brought in."""

    # Outreach and renewals
    SEE_OUTREACH = "see outreach", COLLECTOR, LEAD, OFFICER, MANAGER, AUDITOR
    """Who may join, the households, visits, conferences and call lists of the own scope."""
    RECORD_OUTREACH = "record outreach", COLLECTOR, LEAD, OFFICER, MANAGER
    """Write prospects, visits, calls and who came to a conference down."""
    SHARE_PROSPECTS = "share prospects", LEAD, OFFICER, MANAGER
    """Give people to workers and take them back; bring lists of prospects in."""
    KEEP_PROSPECT_GROUPS = "keep prospect groups", MANAGER
    """The groups that the office picked to be approached, with their weight."""
    KEEP_COLLABORATORS = "keep collaborators", LEAD, MANAGER, ADMINISTRATOR
    """Those who help an agent's collectors in the hamlets."""
    PLAN_CONFERENCES = "plan conferences", OFFICER, MANAGER
    """Plan, invite to, and write the minutes of a conference."""
    APPROVE_CONFERENCES = "approve conferences", MANAGER
    """Decide whether a planned conference is held."""
    SET_TASKS = "set tasks", MANAGER
    """Give the officers their work of the week."""

    # Complaints
    SEE_COMPLAINTS = "see complaints", LEAD, OFFICER, MANAGER, AUDITOR
    """Complaints about agents, payers' words, and the figures of an agent's service."""
    KNOW_WHO_COMPLAINS = "know who complains", OFFICER, MANAGER, AUDITOR
    """The receipt that a complaint is about; never for those complained of."""
    ANSWER_COMPLAINTS = "answer complaints", OFFICER, MANAGER
    """Write complaints down and answer them."""

    # Agents, their people and their courses
    WORK_FOR_AN_AGENT = "work for an agent", COLLECTOR, LEAD
    """The account belongs to an agent and sees what is that agent's."""
    WORK_UNDER_A_CARD = "work under a card", COLLECTOR
    """Collects under a card of one's own, and is warned of that card alone."""
    LEAD_AN_AGENT = "lead an agent", LEAD
    """Opens with the agent's page; inherits the drafts of staff without a successor."""
    SEE_AGENTS = "see agents", LEAD, OFFICER, MANAGER, ADMINISTRATOR, AUDITOR
    """Agents, points, collectors, cards, contracts and courses: the own agent's."""
    SEE_EVERY_AGENT = "see every agent", OFFICER, MANAGER, ADMINISTRATOR, AUDITOR
    """The same of all agents, with the history of a course."""
    KEEP_AGENTS = "keep agents", MANAGER, ADMINISTRATOR
    """Write agents, points, collectors, cards and contracts."""
    KEEP_COURSES = "keep courses", MANAGER, ADMINISTRATOR
    """Plan and cancel courses, write results and certificates down, invite to one that is over."""
    INVITE_AND_HIRE = "invite to courses and hire", LEAD, MANAGER, ADMINISTRATOR
    """Invite to a course that is not over; take a candidate on."""

    # Communes
    SEE_COMMUNES = "see communes", OFFICER, MANAGER, ADMINISTRATOR, AUDITOR
    """The communes, who follows them and whom somebody has followed."""
    KEEP_COMMUNES = "keep communes", MANAGER
    """Assign communes, end a term, hand over for others and for past days, merge communes."""
    FOLLOW_COMMUNES = "follow communes", OFFICER
    """Be in charge of communes as their officer, and hear of just these."""
    STAND_BEHIND_COMMUNES = "stand behind communes", MANAGER
    """Be in charge of communes as their leader."""
    HAND_COMMUNES_OVER = "hand communes over", OFFICER, MANAGER
    """Give the own communes to somebody else."""
    WATCH_COMMUNES = "watch communes", OFFICER, MANAGER, AUDITOR
    """The officers' board, the records of hand-overs, figures by officer."""
    SEE_CONTACTS = "see contacts", OFFICER, MANAGER, AUDITOR
    """What was noted about working with a commune."""
    NOTE_CONTACTS = "note contacts", OFFICER, MANAGER
    """Write such notes, and that the next step is done."""

    # Targets, reports and letters
    SEE_TARGET_DECISIONS = "see target decisions", OFFICER, MANAGER, AUDITOR
    """The grid of targets, its decisions and history, labour forces."""
    SET_TARGETS = "set targets", MANAGER
    """Write targets and labour forces, correct a decision's number, import a workbook."""
    SEE_REPORTS = "see reports", COLLECTOR, LEAD, OFFICER, MANAGER, AUDITOR
    """The reports with their figures, sheets and charts."""
    PRINT_LETTERS = "print letters", COLLECTOR, LEAD, OFFICER, MANAGER, AUDITOR
    """The page of the month's letters, with the kinds below that one may print."""
    PRINT_LETTERS_TO_AGENTS = "print letters to agents", COLLECTOR, LEAD, MANAGER, AUDITOR
    """The letters of a month to agents."""
    PRINT_LETTERS_TO_COMMUNES = "print letters to communes", OFFICER, MANAGER, AUDITOR
    """The letters of a month to communes."""

    # What one is warned of
    SEE_ALARMS = "see alarms", COLLECTOR, LEAD, OFFICER, MANAGER, ADMINISTRATOR, AUDITOR
    """What needs a decision: cards, contracts, candidates."""
    HEAR_WHO_MOVED = "hear who moved", LEAD, OFFICER
    """That a payer of the own agent or communes came to pay elsewhere."""
    HEAR_OF_LIMITS = "hear of limits", OFFICER, MANAGER, AUDITOR
    """That somebody looked at as many numbers as a day allows."""
    HEAR_OF_ATTACKS = "hear of attacks", MANAGER
    """That log-ins are under attack, and that a request about an account waits."""

    # Parameters, settings and the trail
    SEE_PARAMETERS = "see parameters", MANAGER, ADMINISTRATOR, AUDITOR
    """The parameters of the law, and how the office reads what the law leaves open."""
    KEEP_PARAMETERS = "keep parameters", ADMINISTRATOR
    """Add, correct and confirm parameters; choose a reading."""
    SEE_OFFICE_SETTINGS = "see office settings", MANAGER, ADMINISTRATOR, AUDITOR
    """What the office decided for itself."""
    KEEP_OFFICE_SETTINGS = "keep office settings", MANAGER, ADMINISTRATOR
    """Change that, from today on."""
    KEEP_OFFICE_NAMES = "keep office names", ADMINISTRATOR
    """The office's name and address by date."""
    READ_THE_TRAIL = "read the trail", MANAGER, ADMINISTRATOR, AUDITOR
    """Acts on record; those about people only with the right to see people."""

    # Accounts
    KEEP_ACCOUNTS = "keep accounts", ADMINISTRATOR
    """Make, change and stop accounts; ask for passwords and factors; open what is locked."""
    CONFIRM_REQUESTS = "confirm requests", MANAGER, ADMINISTRATOR
    """Be the second person for what an administrator asked for."""
    CONFIRM_EVERY_ROLE = "confirm every role", MANAGER
    """The same where the account has, or is given, a role that only a manager confirms."""
    BE_CONFIRMED_BY_ANYBODY = "be confirmed by anybody", COLLECTOR, LEAD, OFFICER
    """Its account may be confirmed by an administrator too, not by a manager alone."""
    DO_WITHOUT_SECOND_FACTOR = "do without a second factor", COLLECTOR, LEAD
    """Log in by password alone, unless the office asks a second factor of all."""


def may(role: str, capability: Can) -> bool:
    """Whether a role may do this; ``role`` as stored, and one that nobody knows may do nothing."""
    return role in capability.roles


class Rights:
    """What a role may do, for templates: ``{% if may.set_targets %}``."""

    def __init__(self, role: str) -> None:
        self._role = role

    def __getitem__(self, name: str) -> bool:
        return may(self._role, Can[name.upper()])
