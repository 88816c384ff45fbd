"""What the database itself refuses to change in the tables of this app
(:mod:`thaithuy_bhxh.triggers`).
"""

from __future__ import annotations

from thaithuy_bhxh.triggers import ALL, Guard

GUARDS = (
    Guard("agents_auditentry"),
    Guard("agents_auditlink"),
    Guard("agents_backuprun"),
    Guard("agents_collectorhandover"),
    Guard("agents_communesuccession"),
    Guard("agents_officesetting"),
    Guard("agents_officeaccount"),
    Guard(
        "agents_collaborator",
        changing=("full_name", "phone", "hamlet", "is_hamlet_head", "collector_id"),
        once=("valid_to",),
        why="a collaborator is corrected, works beside another collector, ends",
    ),
    Guard("agents_marker"),
    Guard("agents_agentcontract_communes"),
    Guard(
        "agents_agentcontract",
        once=("ended_on", "end_reason"),
        why="a contract is ended before its term",
    ),
    Guard("agents_communecontact", once=("done_on",), why="what was to follow is finished"),
    Guard(
        "agents_commune",
        changing=("name", "search_key", "kind", "source"),
        once=("valid_to",),
        why="a name is spelt right; a unit goes into another",
    ),
    Guard(
        "agents_communeboundary",
        changing=("coordinates", "source"),
        why="an outline is drawn better",
    ),
    Guard("agents_officeprofile", changing=ALL, why="the particulars of a day are corrected"),
    Guard(
        "agents_collectionagent",
        changing=("name", "network", "opened_on", "closed_on"),
        why="an agent is corrected, closed, opened again",
    ),
    Guard(
        "agents_collectionpoint",
        changing=("name", "opened_on", "closed_on"),
        why="a point is corrected, closed, opened again",
    ),
    Guard("agents_pointcommune", deletable=True, why="a point no longer serves a commune"),
    Guard(
        "agents_collector",
        changing=("full_name", "phone", "point_id", "hired_on", "ended_on"),
        why="a collector is corrected, moved, ended",
    ),
    Guard(
        "agents_collectorcard",
        changing=("valid_to",),
        deletable=True,
        why="a card ends; one issued ahead is taken back",
    ),
    Guard("agents_user", changing=ALL, why="an account is edited, closed, given a password"),
    Guard(
        "agents_accountrequest",
        once=("outcome", "decided_by_id", "decided_at", "known_at"),
        why="a second person decides, the owner reads of it",
    ),
    Guard(
        "agents_communeassignment",
        changing=("user_id", "valid_to"),
        deletable=True,
        why="a term ends, or goes to another on its first day; one that never begins is taken away",
    ),
    Guard(
        "agents_trainingcourse",
        changing=("title", "starts_on", "ends_on", "place", "trainer", "invitation_no"),
        once=("cancelled_on",),
        why="a course is corrected or called off",
    ),
    Guard(
        "agents_courseattendance",
        changing=("collector_id", "attended", "result", "certificate_no", "certified_on"),
        deletable=True,
        why="results are recorded, a candidate is hired, an invitation is taken back",
    ),
    Guard(
        "agents_target",
        changing=("value", "season", "decision_no", "decision_date"),
        deletable=True,
        why="a figure or its decision is corrected; one that was never decided is taken away",
    ),
    Guard(
        "agents_labourforce",
        changing=("persons", "source"),
        deletable=True,
        why="a count is corrected",
    ),
)

FREE = {
    "agents_loginmark": "counts tries at logging in; each that matters has its row in the trail",
    "agents_portalsession": "who is logged in now",
}
"""Tables of this app that say nothing of money, people or rules."""
