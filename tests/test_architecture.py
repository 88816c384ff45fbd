"""The conventions that hold the code base together, read from its source."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
APPS = ("thaithuy_bhxh", "agents", "enrollment", "reports")
MAY_IMPORT = {
    "thaithuy_bhxh": {"thaithuy_bhxh"},
    "agents": {"thaithuy_bhxh", "agents"},
    "enrollment": {"thaithuy_bhxh", "agents", "enrollment"},
    "reports": {"thaithuy_bhxh", "agents", "enrollment", "reports"},
}
PURE = (
    "agents/lineage.py",
    "enrollment/activity.py",
    "enrollment/admission.py",
    "enrollment/identity.py",
)
WRITES = {
    "save",
    "create",
    "bulk_create",
    "bulk_update",
    "update",
    "delete",
    "get_or_create",
    "update_or_create",
}


def sources(*folders: str) -> Iterator[tuple[str, ast.Module]]:
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield str(path.relative_to(ROOT)), ast.parse(path.read_text(encoding="utf-8"))


def imported(tree: ast.AST) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return names


@pytest.mark.parametrize("app", APPS)
def test_dependencies_run_one_way(app: str) -> None:
    wrong = [
        (name, module)
        for name, tree in sources(app)
        for module in imported(tree)
        if (top := module.split(".")[0]) in APPS
        and top not in MAY_IMPORT[app]
        # The settings' URL table is the one place that knows every app.
        and name not in ("thaithuy_bhxh/urls.py",)
    ]
    assert wrong == []


ABOVE = {
    "thaithuy_bhxh": ("agents", "enrollment", "reports"),
    "agents": ("enrollment", "reports"),
    "enrollment": ("reports",),
}
# Django asks for the names of apps, classes and URL tables here.
MAY_NAME = ("thaithuy_bhxh/settings.py", "thaithuy_bhxh/urls.py")


def _url_names(app: str) -> set[str]:
    """The namespaces of the app's URL tables."""
    return {
        node.value.value
        for path in (ROOT / app).glob("*urls.py")
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.Assign)
        and ast.unparse(node.targets[0]) == "app_name"
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    }


@pytest.mark.parametrize("app", ABOVE)
def test_no_string_names_an_app_above(app: str) -> None:
    """Neither a module or model (``app.…``), a URL (``app:…``) nor a table (``app_…``)."""
    above = ABOVE[app]
    names = {name for one in above for name in _url_names(one)}
    assert names
    named = re.compile(
        rf"\b(?:{'|'.join(above)})(?:\.[a-zA-Z_]|_[a-z])|^(?:{'|'.join(above)})$"
        rf"|^(?:{'|'.join(sorted(names))}):[a-z_]+$"
    )
    wrong = []
    for name, tree in sources(app):
        words = {
            id(node.value)
            for node in ast.walk(tree)
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        }
        wrong += [
            (name, node.lineno, node.value)
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in words
            and named.search(node.value)
            and name not in MAY_NAME
        ]
    assert wrong == []


TEMPLATES_OF = {
    "agents": ("agents", "account", "mfa", "includes", "."),
    "enrollment": ("enrollment",),
}
"""Folders of templates that belong to an app and name nothing of an app above."""


@pytest.mark.parametrize("app", TEMPLATES_OF)
def test_no_template_names_a_page_of_an_app_above(app: str) -> None:
    above = {name for one in ABOVE[app] for name in _url_names(one)} | set(ABOVE[app])
    named = re.compile(rf"""\{{% (?:url|include|extends) ['"](?:{"|".join(sorted(above))})[:/]""")
    found = [
        path
        for folder in TEMPLATES_OF[app]
        for path in sorted((ROOT / "templates" / folder).glob("*.html"))
    ]
    assert found
    assert [str(p) for p in found if named.search(p.read_text(encoding="utf-8"))] == []


def _rooms_of_reports() -> dict[str, set[str]]:
    """Each folder and loose module of reports with the rooms that it imports."""
    rooms: dict[str, set[str]] = {}
    for name, tree in sources("reports"):
        room = Path(name).parts[1].removesuffix(".py")
        used = rooms.setdefault(room, set())
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module == "reports":
                used |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("reports."):
                used.add(str(node.module).split(".")[1])
            elif isinstance(node, ast.Import):
                used |= {
                    alias.name.split(".")[1]
                    for alias in node.names
                    if alias.name.startswith("reports.")
                }
        used.discard(room)
    return rooms


def test_rooms_of_reports_import_downward_only() -> None:
    """Taken away floor by floor, from the rooms that need no other one, nothing is left over."""
    left = _rooms_of_reports()
    assert {"counting", "progress", "views"} <= set(left)
    while floor := {room for room, used in left.items() if not used & set(left)}:
        left = {room: used for room, used in left.items() if room not in floor}
    assert {room: sorted(used & set(left)) for room, used in left.items()} == {}


def test_the_law_and_the_counting_know_neither_database_nor_clock() -> None:
    wrong = []
    for name, tree in [
        *sources("enrollment/law"),
        *((n, t) for n, t in sources("agents", "enrollment") if n in PURE),
    ]:
        modules = imported(tree)
        wrong += [
            (name, m)
            for m in modules
            if m.startswith("django") or ".models" in m or m.endswith("clock")
        ]
        wrong += [
            (name, node.attr)
            for node in ast.walk(tree)
            if isinstance(node, ast.Attribute) and node.attr == "today"
        ]
    assert wrong == []


def test_views_tags_and_report_definitions_reach_records_through_scope_only() -> None:
    """``Model.objects`` is allowed there only as ``Model.objects.visible_to(…)``."""
    folders = (
        "agents/views",
        "enrollment/views",
        "reports/views",
        "reports/definitions",
        "thaithuy_bhxh/templatetags",
    )
    wrong = []
    for name, tree in sources(*folders):
        scoped = {
            node.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Attribute) and node.attr == "visible_to"
        }
        wrong += [
            (name, node.lineno)
            for node in ast.walk(tree)
            if isinstance(node, ast.Attribute) and node.attr == "objects" and node not in scoped
        ]
    assert wrong == []


def test_only_operations_and_the_importer_write() -> None:
    allowed = re.compile(
        r"^(agents|enrollment)/((outreach/|renewals/)?operations|migrations)/|^enrollment/importing/|^agents/audit\.py$|^agents/accounts\.py$"
        # How an operation stores a row, and what the demonstration alone writes of itself.
        r"|^thaithuy_bhxh/storing\.py$|^enrollment/demonstration/(mark|passwords|sample_lists)\.py$"
    )
    wrong = []
    for name, tree in sources(*APPS):
        if allowed.match(name):
            continue
        for node in ast.walk(tree):
            if not (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in WRITES
            ):
                continue
            target = ast.unparse(node.func.value)
            if "objects" in target or node.func.attr in ("save", "bulk_create", "bulk_update"):
                wrong.append((name, node.lineno, ast.unparse(node.func)))
    assert [w for w in wrong if not _writes_no_record(w)] == []


def test_nothing_stands_on_the_demonstration_but_its_command() -> None:
    users = [
        name
        for name, tree in sources(*APPS)
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        and (node.module or "").startswith("enrollment.demonstration")
    ]
    own = re.compile(r"^enrollment/(demonstration/|management/commands/demo\.py$)")
    assert sorted({name for name in users if not own.match(name)}) == []


def _writes_no_record(found: tuple[str, int, str]) -> bool:
    """Workbooks and streams have a ``save`` too, and so has a session."""
    return found[0].startswith("reports/renderers/") or found[0] == "thaithuy_bhxh/sessions.py"


def test_no_name_inside_a_sentence_loses_its_capital() -> None:
    """``"xã Thái Thụy".capitalize()`` is “Xã thái thụy”; ``thaithuy_bhxh.text.upper_first`` keeps
    the name.
    """
    wrong = [
        (name, node.lineno)
        for name, tree in sources(*APPS)
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr == "capitalize"
    ]
    assert wrong == []


def test_migrations_import_no_app() -> None:
    wrong = [
        (name, module)
        for name, tree in sources("agents/migrations", "enrollment/migrations")
        for module in imported(tree)
        if module.split(".")[0] in ("enrollment", "reports")
        or (module.startswith("agents") and not module.startswith("agents.models"))
    ]
    assert [one for one in wrong if not one[1].endswith("querysets")] == []


def test_every_operation_is_keyword_only_and_names_its_actor() -> None:
    wrong = []
    for name, tree in sources(*OPERATIONS):
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("do_"):
                names = [one.arg for one in node.args.kwonlyargs]
                if node.args.args or "actor" not in names:
                    wrong.append((name, node.name))
    assert wrong == []


OPERATIONS = (
    "agents/operations",
    "enrollment/operations",
    "enrollment/importing",
    "enrollment/outreach/operations",
    "enrollment/renewals/operations",
)
"""The rooms of what writes."""
ASKS = ("require", "require_", "_require_", "_refuse_handing")
"""How a right is asked for: by one of these, in the operation itself or in what it calls in its own
module.
"""
OPEN = {
    # The payer, who has no account, by the code on the slip.
    "do_rate": "enrollment/operations/service.py",
    # Whoever reads a page may take it along: what is on it was chosen by the reader's scope.
    "do_record_export": "agents/operations/exports.py",
    # Entering and leaving: who it is, is just what is asked.
    "do_note_wrong": "agents/operations/log_ins.py",
    "do_note_expired": "agents/operations/log_ins.py",
    "do_enter": "agents/operations/log_ins.py",
    "do_enter_again": "agents/operations/log_ins.py",
    "do_leave": "agents/operations/log_ins.py",
    # The owner, of the own account and no other.
    "do_know": "agents/operations/confirming.py",
    # Whoever runs the server, where nobody is logged in.
    "do_reset_on_server": "agents/operations/confirming.py",
    # The owner has done it on the own page; this puts it on record.
    "do_note_factor": "agents/operations/factors.py",
    # Everybody's own sessions, and nobody else's: there is no other account to name.
    "do_end_other_sessions": "agents/operations/sessions.py",
    # Whoever may run a command on the server: nobody is logged in there.
    "do_keep_to_terms": "agents/operations/retention.py",
    "do_note_run": "agents/operations/backups.py",
    # What was looked at or refused is on record whoever did it; nothing is given or changed by
    # that.
    "do_note_reading": "agents/operations/noticing.py",
    "do_note_refusal": "agents/operations/noticing.py",
    # The portal itself, when it makes or renews the demonstration.
    "do_mark_demonstration": "enrollment/demonstration/mark.py",
    "do_issue_demo_passwords": "enrollment/demonstration/passwords.py",
}


def test_every_operation_asks_for_the_right_itself() -> None:
    """A view's decorator is not enough: commands, importers and other views call the same
    operation.
    """
    wrong = []
    for name, tree in sources(*OPERATIONS):
        functions = {
            node.name: node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)
        }
        for one in functions.values():
            if (
                one.name.startswith("do_")
                and OPEN.get(one.name) != name
                and not _asks(one, functions, set())
            ):
                wrong.append((name, one.name))
    assert wrong == []


def _asks(one: ast.FunctionDef, functions: dict[str, ast.FunctionDef], seen: set[str]) -> bool:
    """Whether a function calls something that asks for a right, be it through others of its
    module.
    """
    seen.add(one.name)
    called = {
        node.func.id
        for node in ast.walk(one)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    return any(
        name.startswith(ASKS)
        or (name in functions and name not in seen and _asks(functions[name], functions, seen))
        for name in called
    )


SHARED_NAMES = {"Column", "Draft", "Evidence", "Move", "Person", "Row", "Step"}
"""Names that two classes still share: the list only gets shorter."""


def test_a_class_name_stands_once_in_the_project() -> None:
    """One name, one meaning; ``Command`` is what Django asks for."""
    places: dict[str, list[str]] = {}
    for name, tree in sources(*APPS):
        for node in tree.body:
            if isinstance(node, ast.ClassDef) and "/migrations/" not in name:
                places.setdefault(node.name, []).append(name)
    shared = {name for name, where in places.items() if len(where) > 1 and name != "Command"}
    assert {name: places[name] for name in shared - SHARED_NAMES} == {}


def test_templates_hold_no_inline_script_or_style() -> None:
    bad = re.compile(
        r"<script(?![^>]*\bsrc=)|<style\b|\sstyle=|\son[a-z]+=|javascript:|https?://(?!www\.w3\.org)",
        re.I,
    )
    wrong = [
        (str(path.relative_to(ROOT)), match.group())
        for path in sorted((ROOT / "templates").rglob("*.html"))
        for match in bad.finditer(path.read_text(encoding="utf-8"))
    ]
    assert wrong == []


def test_decisions_are_numbered_without_gaps_or_doubles() -> None:
    files = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    assert [path.name[:5] for path in files] == [
        f"{number:04}-" for number in range(1, len(files) + 1)
    ]
    titles = [path.read_text(encoding="utf-8").split(maxsplit=2)[1] for path in files]
    assert titles == [f"{number}." for number in range(1, len(files) + 1)]


def test_the_page_about_the_architecture_names_rooms_that_are_there() -> None:
    named = re.findall(
        r"`((?:agents|enrollment|reports|thaithuy_bhxh)/[\w/.]*)",
        (ROOT / "docs/architecture.md").read_text(),
    )
    assert len(named) > 30 and [one for one in named if not (ROOT / one).exists()] == []
