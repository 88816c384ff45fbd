"""What the database itself refuses to change in the tables of this app
(:mod:`thaithuy_bhxh.triggers`).
"""

from __future__ import annotations

from thaithuy_bhxh.triggers import ALL, Guard

GUARDS = (
    Guard("enrollment_receipt"),
    Guard("enrollment_receiptvoid"),
    Guard("enrollment_stop"),
    Guard("enrollment_stopwithdrawal"),
    Guard("enrollment_residence"),
    Guard("enrollment_servicerating"),
    Guard("enrollment_lawreading"),
    Guard("enrollment_supportstatus"),
    Guard("enrollment_householdvisit"),
    Guard("enrollment_visitoutcome"),
    Guard("enrollment_renewalcall"),
    Guard("enrollment_conferencestep"),
    Guard("enrollment_conferencequestion"),
    Guard(
        "enrollment_prospect",
        changing=ALL,
        why="a prospect is corrected, joins, is anonymised",
    ),
    Guard(
        "enrollment_prospectgroup",
        changing=("name", "weight"),
        once=("valid_to",),
        why="a group is named and weighed better, or ends",
    ),
    Guard("enrollment_exclusion", once=("valid_to",), why="somebody may be approached again"),
    Guard(
        "enrollment_holding",
        rising=("until",),
        once=("released_at", "released_why", "released_by_id"),
        why="each contact moves the end on; a person is released",
    ),
    Guard(
        "enrollment_conference",
        changing=ALL,
        why="a plan is changed until it is held; then its minutes are written",
    ),
    Guard(
        "enrollment_attendance",
        changing=("invited_at", "attended_at", "way"),
        deletable=True,
        why="an invitation is taken back, a tick set and taken back",
    ),
    Guard("enrollment_officertask", once=("done_on", "done_note"), why="a task is done"),
    Guard(
        "enrollment_complaint",
        once=("answer", "answered_on", "upheld"),
        why="a complaint is answered",
    ),
    Guard("enrollment_receiptcounter", rising=("last",), why="the next number is given"),
    Guard(
        "enrollment_participant",
        changing=ALL,
        why="a person is corrected; the summary follows from the facts",
    ),
    Guard("enrollment_household", changing=("head_id",), why="another member becomes the head"),
    Guard(
        "enrollment_policyparameter",
        changing=ALL,
        why="a value that no receipt was computed with is corrected, one is confirmed",
    ),
    Guard(
        "enrollment_acquisition",
        changing=(
            "source",
            "visit_id",
            "conference_id",
            "call_id",
            "recorded_by_id",
            "recorded_at",
        ),
        deletable=True,
        why="what brought a person in is corrected, or is not known after all",
    ),
    Guard(
        "enrollment_importbatch",
        changing=("file", "state", "result", "finished_at"),
        why="a list is matched, confirmed, cancelled; its file and result go when their time "
        "is over",
    ),
)

FREE = {
    "enrollment_draft": "what was typed and is no fact yet",
    "enrollment_importmapping": "how columns of lists are read",
    "enrollment_activityspan": "derived from the facts; check_figures proves it",
    "enrollment_movement": "derived from the facts; check_figures proves it",
}
"""Tables of this app that say nothing of money, people or rules by themselves."""
