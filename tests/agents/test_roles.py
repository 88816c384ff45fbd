"""A role that nobody has given anything sees nothing and may do nothing.

The rows of the table itself are held by the access matrix and docs/who-may-do-what.md, which know
what the office decided and do not read the table.
"""

# ruff: noqa: F811 - tests ask for the imported fixture by its name
from __future__ import annotations

import ast
import importlib
import inspect
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse

from agents.access import Scope, scope_of
from agents.models import User
from agents.roles import Can, Rights, Role, may
from enrollment.models import Complaint
from tests import builders
from tests.pages import markup
from tests.security.conftest import scene  # noqa: F401 - a fixture
from tests.security.scene import Scene, browser_of
from tests.test_access_matrix import ADDRESSES, OWN_FACTOR, PUBLIC, ROWS
from tests.test_architecture import APPS, OPEN, ROOT, sources

NEW = "inspector"
OWN = OWN_FACTOR | {
    "home",
    "mfa_index",
    "account_change_password",
    "account_reauthenticate",
    "account_end_sessions",
    "account_end_session",
    "agents:request_know",
}
"""What belongs to the own account, whatever its role; home is a plain page."""


DECIDED = {
    Can.ACT_FOR_THE_OFFICE: "officer manager",
    Can.KEEP_EVERY_LIST: "manager",
    Can.TAKE_A_REGISTER_OVER: "manager",
    Can.KEEP_PROSPECT_GROUPS: "manager",
    Can.KEEP_COLLABORATORS: "lead manager administrator",
    Can.PLAN_CONFERENCES: "officer manager",
    Can.APPROVE_CONFERENCES: "manager",
    Can.SET_TASKS: "manager",
    Can.KNOW_WHO_COMPLAINS: "officer manager auditor",
    Can.WORK_FOR_AN_AGENT: "collector lead",
    Can.WORK_UNDER_A_CARD: "collector",
    Can.LEAD_AN_AGENT: "lead",
    Can.SEE_EVERY_AGENT: "officer manager administrator auditor",
    Can.FOLLOW_COMMUNES: "officer",
    Can.STAND_BEHIND_COMMUNES: "manager",
    Can.SEE_CONTACTS: "officer manager auditor",
    Can.HEAR_WHO_MOVED: "lead officer",
    Can.HEAR_OF_LIMITS: "officer manager auditor",
    Can.HEAR_OF_ATTACKS: "manager",
    Can.CONFIRM_EVERY_ROLE: "manager",
    Can.BE_CONFIRMED_BY_ANYBODY: "collector lead officer",
    Can.DO_WITHOUT_SECOND_FACTOR: "collector lead",
}
"""What no address is for, as the office decided; the other rows are held by the access matrix."""


@pytest.fixture
def inspector(db: None) -> User:
    return builders.user("nguoi.moi", NEW)


def test_an_unknown_role_may_nothing_and_reaches_nobody(inspector: User):
    assert [one for one in Can if may(NEW, one) or inspector.may(one)] == []
    assert not any(Rights(NEW)[one.name.lower()] for one in Can)
    assert scope_of(inspector) == Scope()


def test_every_row_is_held_by_a_table_written_by_hand():
    views = {getattr(view, "capability", None) for view in ADDRESSES.values()} - {None}
    assert views | set(DECIDED) == set(Can)
    assert {one: set(words.split()) for one, words in DECIDED.items()} == {
        one: set(map(str, one.roles)) for one in DECIDED
    }


def test_every_address_refuses_an_unknown_role(scene: Scene, inspector: User):
    browser, wrong = browser_of(inspector), []
    for name in sorted(set(ROWS) - OWN):
        row = ROWS[name]
        url = reverse(name, args=row.own(scene, Role.LEAD)) + row.query
        answers = {browser.get(url).status_code, browser.post(url).status_code}
        # Of an address that only reads or only acts, one of the two is a wrong method.
        if not answers <= {403, 405} or 403 not in answers:
            wrong.append((name, answers))
    assert wrong == []


def test_no_address_is_outside_this_test():
    assert set(ADDRESSES) == set(ROWS) | OWN | PUBLIC


def test_the_home_page_of_an_unknown_role_is_plain(scene: Scene, inspector: User):
    page = browser_of(inspector).get(reverse("home"))
    text = markup(page)
    assert page.status_code == 200
    assert page.context["nav"] == ([], [], [], [])
    assert not page.context["may_search"]
    assert [
        one.full_name for one in (scene.a.person, scene.b.person) if one.full_name in text
    ] == []
    main_and_menu = set(re.findall(r'<(?:a|form)\b[^>]*(?:href|action)="(/[^"]*)"', text))
    assert main_and_menu == {
        reverse(name) for name in ("home", "mfa_index", "account_change_password", "account_logout")
    }


def test_somebody_elses_request_is_not_there_for_an_unknown_role(scene: Scene, inspector: User):
    url = reverse("agents:request_know", args=[scene.account_request.pk])
    assert browser_of(inspector).post(url).status_code == 404


def test_only_the_table_and_the_scope_name_roles():
    allowed = {"agents/roles.py", "agents/access.py", "agents/hints.py"}
    named = set(Role.__members__)
    wrong = [
        (name, node.lineno)
        for name, tree in sources(*APPS)
        if name not in allowed and "/demonstration/" not in name and "/migrations/" not in name
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and node.attr in named
        and isinstance(node.value, ast.Name)
        and node.value.id == "Role"
    ]
    assert wrong == []
    access = next(tree for name, tree in sources("agents") if name == "agents/access.py")
    functions = [one for one in access.body if "Role." in ast.unparse(one)]
    assert {getattr(one, "name", "") for one in functions} <= {"_scope_of", "for_everybody"}


def test_templates_ask_for_capabilities_that_there_are():
    texts = {
        str(path.relative_to(ROOT)): path.read_text(encoding="utf-8")
        for path in Path(ROOT, "templates").rglob("*.html")
    }
    asked = {name for text in texts.values() for name in re.findall(r"\bmay\.(\w+)", text)}
    assert asked and asked <= {one.name.lower() for one in Can}
    assert [name for name, text in texts.items() if re.search(r"\brole\s*[!=]=", text)] == []


def _operations() -> Iterator[tuple[str, Callable[..., Any]]]:
    for name, tree in sources("agents/operations", "enrollment/operations", "enrollment/importing"):
        module = importlib.import_module(name.removesuffix(".py").replace("/", "."))
        for node in tree.body:
            is_operation = isinstance(node, ast.FunctionDef) and node.name.startswith("do_")
            if is_operation and OPEN.get(node.name) != name:
                yield node.name, getattr(module, node.name)


class _Anything:
    """Stands for a record or a value that is never looked at, because the right is asked first."""

    def __getattr__(self, name: str) -> _Anything:
        return _Anything()


def _real(scene: Scene) -> dict[str, dict[str, Any]]:
    """What the operations need that look at what they are given before they ask for the right."""
    return {
        "do_activate_account": {"user": scene.idle_account},
        "do_invite_collectors": {"collectors": [scene.uncarded]},
        "do_record_complaint": {"channel": Complaint.Channel.values[0]},
        "do_import_lines": {"lines": []},
        "do_confirm_upload": {"batch": scene.clean_list},
    }


def test_no_operation_accepts_an_unknown_role(scene: Scene, inspector: User):
    accepted, real, asked = [], _real(scene), 0
    for name, operation in _operations():
        needed = {
            one.name: _Anything()
            for one in inspect.signature(operation).parameters.values()
            if one.name != "actor" and one.default is one.empty
        }
        asked += 1
        try:
            with transaction.atomic():
                operation(actor=inspector, **needed | real.get(name, {}))
        except PermissionDenied:
            continue
        except Exception as other:
            accepted.append((name, repr(other)))
        else:
            accepted.append((name, "done"))
    assert accepted == []
    assert asked > 70
