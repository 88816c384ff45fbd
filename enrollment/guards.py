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
        changing=("source", "recorded_by_id", "recorded_at"),
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
