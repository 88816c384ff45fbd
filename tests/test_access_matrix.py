"""Who gets which answer from which address: every address of the URL table, every role, own and
other scope.

The rows are written by hand, as the office decided; an address without a row fails, and so does a
row without one.
"""

# ruff: noqa: F811 - tests ask for the imported fixture by its name
from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from agents.origin import session_mark
from enrollment.rating_code import PROOF, code_of
from enrollment.rating_code import RATING as RATES
from tests.security.conftest import scene  # noqa: F401 - a fixture
from tests.security.people_scene import LEADS_AND_KEEPERS
from tests.security.scene import ROLES, Scene, fingerprint

COLLECTOR, LEAD, OFFICER = "collector", "lead", "officer"
MANAGER, ADMINISTRATOR, AUDITOR = "manager", "administrator", "auditor"
READERS = {COLLECTOR, LEAD, OFFICER, MANAGER, AUDITOR}
RECORDERS = {COLLECTOR, LEAD}
CORRECTORS = {COLLECTOR, LEAD, OFFICER, MANAGER}
IMPORTERS = {LEAD, OFFICER, MANAGER}
SEERS = {LEAD, OFFICER, MANAGER, ADMINISTRATOR, AUDITOR}
COMPLAINT_READERS = {LEAD, OFFICER, MANAGER, AUDITOR}
KEEPERS = {MANAGER, ADMINISTRATOR}
OFFICE = {OFFICER, MANAGER, ADMINISTRATOR, AUDITOR}
SETTERS = {OFFICER, MANAGER, AUDITOR}
OFFICERS = {OFFICER, MANAGER, AUDITOR}
WATCHERS = {MANAGER, ADMINISTRATOR, AUDITOR}

RATING = {"rating:find", "rating:rate"}
ON_PAPER = {"rating:rate", "enrollment:receipt_proof"}
"""Behind a code on a receipt."""
COUNSEL = {"counsel:page", "counsel:sheet", "counsel:chart", "counsel:picture"}
ENTERING = {"account_login", "account_logout", "account_inactive", "mfa_authenticate"}
PUBLIC = {"healthz", "readyz"} | ENTERING | COUNSEL | RATING | ON_PAPER
"""The only addresses that answer somebody who is not logged in."""

LOOK, FORM, ACT = "look", "form", "act"
ALLOWED = {LOOK: {"GET"}, FORM: {"GET", "POST"}, ACT: {"POST"}}
Args = Callable[[Scene, str], list[Any]]


@dataclass(frozen=True)
class Row:
    """What an address is for: reading, a form or an act; who may; and whose records its arguments
    name.

    ``other`` names records of side B; for the roles in ``bounded`` those do not exist.
    """

    kind: str
    roles: set[str]
    own: Args = lambda scene, role: []
    other: Args | None = None
    bounded: set[str] = field(default_factory=set)
    query: str = ""
    body: Callable[[Scene], dict[str, Any]] = lambda scene: {}
    writers: set[str] | None = None
    """Who may send the form, where more may read it."""


def of(name: str, *more: Any) -> tuple[Args, Args]:
    """Arguments that name the same thing on side A and on side B."""
    return (lambda s, role: [getattr(s.a, name).pk, *more]), (
        lambda s, role: [getattr(s.b, name).pk, *more]
    )


def person(kind: str, roles: set[str], name: str = "person") -> Row:
    return Row(kind, roles, *of(name), bounded={COLLECTOR, LEAD, OFFICER})


def of_cast(name: str) -> tuple[Args, Args]:
    return (
        lambda s, role: [_cast_pk(s, name, "a")],
        lambda s, role: [_cast_pk(s, name, "b")],
    )


def _cast_pk(scene: Scene, name: str, letter: str) -> int:
    collector = getattr(scene.cast, f"collector_{letter}")
    found = {"collector": collector, "agent": collector.point.agent, "point": collector.point}
    return (collector.cards.get() if name == "card" else found[name]).pk


def agency(kind: str, name: str, roles: set[str]) -> Row:
    return Row(kind, roles, *of_cast(name), bounded={LEAD})


def staffing(kind: str, name: str, roles: set[str]) -> Row:
    return Row(
        kind,
        roles,
        lambda s, role: [getattr(s.people.a, name).pk],
        lambda s, role: [getattr(s.people.b, name).pk],
        bounded={LEAD},
    )


def met(kind: str, roles: set[str], writers: set[str] | None = None) -> Row:
    return Row(
        kind,
        roles,
        lambda s, role: [f"t{s.a.outreach.held.pk}"],
        lambda s, role: [f"t{s.b.outreach.held.pk}"],
        bounded={COLLECTOR, LEAD, OFFICER},
        writers=writers,
    )


def draft(kind: str, *more: str) -> Row:
    return Row(
        kind,
        RECORDERS,
        lambda s, role: [s.a.drafts.get(role, s.a.drafts[LEAD]).pk, *more],
        lambda s, role: [s.b.drafts[LEAD].pk, *more],
        bounded=RECORDERS,
    )


def batch(kind: str, which: str = "batches") -> Row:
    return Row(
        kind,
        IMPORTERS,
        lambda s, role: [getattr(s.a, which).get(role, getattr(s.a, which)[LEAD]).pk],
        lambda s, role: [getattr(s.b, which)[LEAD].pk],
        bounded={LEAD, OFFICER},
    )


def account(kind: str) -> Row:
    return Row(kind, {ADMINISTRATOR}, lambda s, role: [s.cast.staff_b.pk])


def of_communes(kind: str, roles: set[str]) -> Row:
    return Row(
        kind,
        roles,
        lambda s, role: [s.cast.commune_a.pk],
        lambda s, role: [s.cast.commune_b.pk],
        bounded={OFFICER},
    )


OURS = ("agents.", "enrollment.", "reports.")
"""The packages whose views name their roles."""
OWN_FACTOR = {
    "mfa_reauthenticate",
    "mfa_activate_totp",
    "mfa_deactivate_totp",
    "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes",
    "mfa_add_webauthn",
    "mfa_reauthenticate_webauthn",
    "mfa_remove_webauthn",
    "mfa_list_webauthn",
}
"""allauth's pages about the own second factor: for everybody, see
:mod:`tests.security.test_second_factor`.
"""


def own_session(scene: Scene, role: str) -> str:
    """The mark of the session that this role's browser is in."""
    return session_mark(scene.browsers[role].session.session_key)


PERIOD = "?tu=2026-01&den=2026-02"
ROWS: dict[str, Row] = {
    "home": Row(LOOK, set(ROLES)),
    "account_change_password": Row(FORM, set(ROLES)),
    "account_reauthenticate": Row(FORM, set(ROLES)),
    "account_end_sessions": Row(ACT, set(ROLES)),
    "account_end_session": Row(ACT, set(ROLES), lambda s, role: [own_session(s, role)]),
    "mfa_index": Row(LOOK, set(ROLES)),
    "agents:agents": Row(LOOK, SEERS),
    "agents:agent_add": Row(FORM, KEEPERS),
    "agents:agent": agency(LOOK, "agent", SEERS),
    "agents:agent_edit": agency(FORM, "agent", KEEPERS),
    "agents:agent_close": agency(FORM, "agent", KEEPERS),
    "agents:agent_reopen": agency(ACT, "agent", KEEPERS),
    "agents:point_add": agency(FORM, "agent", KEEPERS),
    "agents:collector_add": agency(FORM, "agent", KEEPERS),
    "agents:point_edit": agency(FORM, "point", KEEPERS),
    "agents:point_close": agency(FORM, "point", KEEPERS),
    "agents:point_reopen": agency(ACT, "point", KEEPERS),
    "agents:collector": agency(LOOK, "collector", SEERS),
    "agents:collector_edit": agency(FORM, "collector", KEEPERS),
    "agents:card_add": agency(FORM, "collector", KEEPERS),
    "agents:card_end": agency(FORM, "card", KEEPERS),
    "agents:contracts": Row(LOOK, SEERS),
    "agents:contract_add": agency(FORM, "agent", KEEPERS),
    "agents:contract_end": staffing(FORM, "contract", KEEPERS),
    "agents:courses": Row(LOOK, SEERS),
    "agents:course_add": Row(FORM, KEEPERS),
    "agents:course": Row(LOOK, SEERS, lambda s, role: [s.people.over.pk]),
    "agents:course_edit": Row(FORM, KEEPERS, lambda s, role: [s.people.coming.pk]),
    "agents:course_cancel": Row(FORM, KEEPERS, lambda s, role: [s.people.coming.pk]),
    "agents:course_invite": Row(FORM, LEADS_AND_KEEPERS, lambda s, role: [s.people.coming.pk]),
    "agents:course_results": Row(FORM, KEEPERS, lambda s, role: [s.people.over.pk]),
    "agents:course_certificates": Row(FORM, KEEPERS, lambda s, role: [s.people.over.pk]),
    "agents:course_invitations": Row(LOOK, SEERS, lambda s, role: [s.people.over.pk]),
    "agents:course_roll": Row(LOOK, SEERS, lambda s, role: [s.people.over.pk]),
    "agents:invitation_withdraw": staffing(ACT, "guest", LEADS_AND_KEEPERS),
    "agents:hire": staffing(FORM, "candidate", LEADS_AND_KEEPERS),
    "agents:alarms": Row(LOOK, READERS | {ADMINISTRATOR}),
    "enrollment:collector_end": agency(FORM, "collector", KEEPERS),
    "agents:communes": Row(LOOK, OFFICE),
    "agents:commune": Row(LOOK, OFFICE, lambda s, role: [s.cast.commune_a.pk]),
    "agents:assign": Row(FORM, {MANAGER}, lambda s, role: [s.cast.commune_a.pk, "officer"]),
    "agents:assignment_end": Row(FORM, {MANAGER}, lambda s, role: [s.term.pk]),
    "agents:merge": Row(FORM, {MANAGER}),
    "targets:grid": Row(FORM, SETTERS, writers={MANAGER}),
    "targets:split": Row(FORM, {MANAGER}, query="?nam=2026&cap=xa&chi_tieu=new&cach=deu&goc=90"),
    "targets:labour": Row(FORM, SETTERS, writers={MANAGER}),
    "targets:decisions": Row(LOOK, SETTERS),
    "targets:decision": Row(LOOK, SETTERS, query="?nam=2026&so=15/QD&ngay=12/01/2026"),
    "targets:decision_correct": Row(FORM, {MANAGER}, query="?nam=2026&so=15/QD&ngay=12/01/2026"),
    "targets:history": Row(
        LOOK, SETTERS, lambda s, role: ["commune", s.cast.commune_a.pk], query="?nam=2026"
    ),
    "targets:download": Row(LOOK, SETTERS),
    "targets:upload": Row(FORM, {MANAGER}),
    "agents:accounts": Row(LOOK, {ADMINISTRATOR}),
    "agents:account_add": Row(FORM, {ADMINISTRATOR}),
    "agents:account_edit": account(FORM),
    "agents:account_reset": account(ACT),
    "agents:account_deactivate": account(ACT),
    "agents:account_activate": account(ACT),
    "agents:account_factor": account(ACT),
    "agents:account_sessions_end": account(ACT),
    "agents:account_requests": Row(LOOK, KEEPERS),
    "agents:request_confirm": Row(ACT, KEEPERS, lambda s, role: [s.account_request.pk]),
    "agents:request_refuse": Row(ACT, KEEPERS, lambda s, role: [s.account_request.pk]),
    "agents:request_know": Row(
        ACT,
        set(ROLES),
        lambda s, role: [s.told_requests[role].pk],
        lambda s, role: [s.account_request.pk],
        set(ROLES),
    ),
    "agents:account_open": account(ACT),
    "agents:address_open": Row(ACT, {ADMINISTRATOR}),
    "agents:office": Row(LOOK, {ADMINISTRATOR}),
    "agents:office_add": Row(FORM, {ADMINISTRATOR}),
    "agents:office_edit": Row(FORM, {ADMINISTRATOR}, lambda s, role: [s.office.pk]),
    "agents:office_settings": Row(LOOK, WATCHERS),
    "agents:office_setting_edit": Row(FORM, KEEPERS, lambda s, role: ["void_days"]),
    "agents:audit": Row(LOOK, WATCHERS),
    "enrollment:participants": Row(LOOK, READERS),
    "enrollment:participant_search": Row(ACT, READERS),
    "enrollment:participants_take": Row(FORM, READERS),
    "enrollment:enroll": Row(FORM, RECORDERS),
    "enrollment:enroll_new": Row(ACT, RECORDERS),
    "enrollment:enroll_known": Row(ACT, RECORDERS, body=lambda s: {"so": s.a.person.citizen_id}),
    "enrollment:draft_discard": draft(ACT),
    "enrollment:enroll_step": draft(FORM, "muc-dong"),
    "enrollment:participant": person(LOOK, READERS),
    "enrollment:counsel_participant": person(LOOK, READERS),
    "enrollment:participant_unmask": person(ACT, READERS),
    "enrollment:participant_call": person(ACT, CORRECTORS),
    "enrollment:collect": person(ACT, RECORDERS),
    "enrollment:correct": person(FORM, CORRECTORS),
    "enrollment:move": person(FORM, CORRECTORS),
    "enrollment:support": person(FORM, CORRECTORS),
    "enrollment:household": person(FORM, CORRECTORS),
    "enrollment:stop": person(FORM, CORRECTORS),
    "enrollment:stop_withdraw": person(FORM, CORRECTORS, "stopped"),
    "enrollment:source": person(FORM, RECORDERS),
    "enrollment:complaints": Row(LOOK, COMPLAINT_READERS),
    "enrollment:complaint_add": Row(FORM, {OFFICER, MANAGER}),
    "enrollment:potentials": Row(LOOK, READERS),
    "enrollment:share": Row(ACT, IMPORTERS),
    "enrollment:outreach_today": Row(LOOK, CORRECTORS),
    "enrollment:prospect_add": Row(FORM, CORRECTORS),
    "enrollment:household_visit": met(FORM, READERS, writers=CORRECTORS),
    "enrollment:join": met(ACT, RECORDERS),
    "enrollment:exclude": met(FORM, CORRECTORS),
    "enrollment:release": met(ACT, CORRECTORS),
    "enrollment:complaint": Row(LOOK, COMPLAINT_READERS, *of("complaint"), bounded={LEAD, OFFICER}),
    "enrollment:complaint_answer": Row(
        FORM, {OFFICER, MANAGER}, *of("complaint"), bounded={OFFICER}
    ),
    "enrollment:receipts": Row(LOOK, READERS),
    "enrollment:receipt": person(LOOK, READERS, "receipt"),
    "enrollment:receipt_print": person(ACT, CORRECTORS, "receipt"),
    "enrollment:receipt_void": person(FORM, CORRECTORS, "receipt"),
    "enrollment:imports": Row(FORM, IMPORTERS),
    "enrollment:import": batch(LOOK),
    "enrollment:import_match": batch(FORM, "unmatched"),
    "enrollment:import_confirm": batch(ACT),
    "enrollment:import_cancel": batch(ACT),
    "enrollment:import_errors": batch(FORM),
    "enrollment:parameters": Row(LOOK, WATCHERS),
    "enrollment:parameter_timeline": Row(LOOK, WATCHERS, lambda s, role: [s.parameter.pk]),
    "enrollment:parameter_add": Row(FORM, {ADMINISTRATOR}),
    "enrollment:parameter_edit": Row(FORM, {ADMINISTRATOR}, lambda s, role: [s.parameter.pk]),
    "enrollment:readings": Row(LOOK, WATCHERS),
    "enrollment:reading_choose": Row(FORM, {ADMINISTRATOR}, lambda s, role: ["off_step"]),
    "enrollment:parameter_confirm": Row(FORM, {ADMINISTRATOR}, lambda s, role: [s.parameter.pk]),
    "agents:follower": Row(LOOK, OFFICE, lambda s, role: [s.cast.officer_b.pk]),
    "agents:contact_add": of_communes(FORM, {OFFICER, MANAGER}),
    "agents:contact_finish": Row(FORM, {OFFICER, MANAGER}, *of("contact"), bounded={OFFICER}),
    "officers:board": Row(LOOK, OFFICERS),
    "officers:hand_over": Row(FORM, {OFFICER, MANAGER}),
    "officers:records": Row(LOOK, OFFICERS),
    "officers:record": Row(LOOK, OFFICERS, *of("hand_over"), bounded={OFFICER}),
    "letters:letters": Row(LOOK, READERS),
    "letters:agents": Row(LOOK, READERS - {OFFICER}),
    "letters:agent": Row(LOOK, READERS - {OFFICER}, *of_cast("agent"), bounded={COLLECTOR, LEAD}),
    "letters:communes": Row(LOOK, OFFICERS),
    "letters:commune": of_communes(LOOK, OFFICERS),
    "reports:index": Row(LOOK, READERS),
    "reports:growth": Row(LOOK, READERS, query=PERIOD),
    "reports:growth_list": Row(LOOK, READERS, query=f"{PERIOD}&cot=closing"),
    "reports:growth_chart": Row(LOOK, READERS, query=PERIOD),
    "reports:targets": Row(LOOK, READERS, query=PERIOD),
    "reports:targets_chart": Row(LOOK, READERS, query=PERIOD),
    "reports:report": Row(LOOK, READERS, lambda s, role: ["tien-do-thang"], query=PERIOD),
}


def addresses(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """(full name, view) of every pattern."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            yield from addresses(
                pattern, f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            )
        elif isinstance(pattern, URLPattern):
            yield f"{prefix}{pattern.name}", pattern.callback


ADDRESSES = dict(addresses())


def test_every_address_has_a_row_and_every_row_an_address():
    assert set(ADDRESSES) == set(ROWS) | PUBLIC | OWN_FACTOR


def test_only_the_listed_addresses_are_public():
    open_ones = {
        name for name, view in ADDRESSES.items() if not getattr(view, "login_required", True)
    }
    assert open_ones == PUBLIC


@pytest.mark.parametrize(
    "name", [name for name in ROWS if ADDRESSES[name].__module__.startswith(OURS)]
)
def test_the_view_carries_the_roles_of_its_row(name: str):
    assert ADDRESSES[name].allowed_roles == ROWS[name].roles


@pytest.mark.parametrize("name", ROWS)
def test_each_role_gets_the_answer_that_the_office_decided(scene: Scene, db: None, name: str):
    row = ROWS[name]
    wrong = []
    for role in ROLES:
        wrong += [answer for answer in _answers(scene, name, row, role) if answer is not None]
    assert wrong == []


def _answers(scene: Scene, name: str, row: Row, role: str) -> Iterator[str | None]:
    for whose, args in (("own", row.own), ("other", row.other)):
        if args is None:
            continue
        for method in ("GET", "POST"):
            expected = _expected(row, role, method, other=whose == "other")
            url = reverse(name, args=args(scene, role)) + row.query
            got = _ask(scene.browsers[role], method, url, row.body(scene))
            yield (
                None if got in expected else f"{role} {method} {whose}: {got}, expected {expected}"
            )


def _expected(row: Row, role: str, method: str, *, other: bool) -> set[int]:
    if method not in ALLOWED[row.kind]:
        return {405}
    if role not in (row.writers if row.writers and method == "POST" else row.roles):
        return {403}
    return {404} if other and role in row.bounded else {200, 302}


def _ask(browser: Client, method: str, url: str, body: dict[str, Any]) -> int:
    """The status; whatever the request did is undone."""
    with transaction.atomic():
        status: int = (
            browser.generic(method, url).status_code
            if method == "GET"
            else browser.post(url, body).status_code
        )
        transaction.set_rollback(True)
    return status


@pytest.mark.parametrize("name", [name for name, row in ROWS.items() if row.kind != LOOK])
def test_a_refused_request_changes_nothing(scene: Scene, db: None, name: str):
    row = ROWS[name]
    before = fingerprint()
    for role in ROLES:
        for args, other in ((row.own, False), (row.other, True)):
            if args and _expected(row, role, "POST", other=other) & {403, 404}:
                scene.browsers[role].post(reverse(name, args=args(scene, role)), row.body(scene))
    Client().post(reverse(name, args=row.own(scene, MANAGER)), row.body(scene))
    assert fingerprint() == before


@pytest.mark.parametrize("name", ROWS)
def test_who_is_not_logged_in_is_sent_to_log_in_and_back(scene: Scene, db: None, name: str):
    url = reverse(name, args=ROWS[name].own(scene, MANAGER))
    for method in ("GET", "POST"):
        answer = Client().generic(method, url)
        assert (answer.status_code, answer["Location"]) == (
            302,
            f"{reverse('account_login')}?next={url}",
        )


COUNSEL_ANSWERS = "?sinh=1984&gioi=female&doi_tuong=other&muc=2.000.000&phuong_thuc=12"


@pytest.mark.parametrize("name", sorted(PUBLIC - ON_PAPER))
def test_public_addresses_answer_anybody(reference: None, name: str):
    answer = Client().get(reverse(name) + (COUNSEL_ANSWERS if name in COUNSEL else ""))
    assert answer.status_code in (200, 302)
    assert "next=" not in answer.get("Location", "")


@pytest.mark.parametrize(
    ("name", "purpose"), [("rating:rate", RATES), ("enrollment:receipt_proof", PROOF)]
)
def test_the_pages_behind_codes_on_paper_answer_anybody(
    scene: Scene, db: None, name: str, purpose: str
):
    code = code_of(scene.a.receipt.pk, purpose)
    assert Client().get(reverse(name, args=[code])).status_code == 200
