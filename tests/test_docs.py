"""What the documents name exists: links, paths, and the names of things in the code."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LINK = re.compile(r"\]\(([^)#\s]*)(?:#[^)\s]*)?\)")
TICKED = re.compile(r"`([^`\n]+)`")
FENCED = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)
PATH = re.compile(r"(?!/)[\w.\-]+(?:/[\w.\-]+)*/?")
"""Words that may be a path: no blanks, no ``<noun>``, no ``*``; an address of a page begins with
a stroke.
"""
ENDINGS = (".py", ".md", ".html", ".js", ".css", ".json", ".toml", ".txt", ".csv")
NAME = re.compile(r"(?:[a-z]+_\w+|[A-Z][a-z]+[A-Z]\w+)(?:\(.*\))?")
"""``do_stop``, ``ReceiptVoid``, ``valid_on(day)``: what only code calls so."""
ELSEWHERE = {
    "portal_app": "a role of PostgreSQL that the office creates",
    "portal_owner": "a role of PostgreSQL that the office creates",
    "max_connections": "a setting of PostgreSQL",
    "log_statement": "a setting of PostgreSQL",
    "vai_trò_cũ": "stands for the role that owned the tables before",
    "MaxRetentionSec": "a setting of journald",
    "generate_totp_secret": "a function of django-allauth",
    "generate_seed": "a function of django-allauth",
}
"""Names that stand nowhere in our code, with whose they are."""


def _documents() -> list[Path]:
    return [one for one in _tracked() if one.suffix == ".md"]


@cache
def _tracked() -> tuple[Path, ...]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return tuple(path for name in listed.split("\0") if name and (path := ROOT / name).is_file())


def _ticked(document: Path) -> Iterator[str]:
    text = FENCED.sub("", document.read_text(encoding="utf-8"))
    return (found.strip() for found in TICKED.findall(text))


def _named(document: Path) -> str:
    return str(document.relative_to(ROOT))


def test_each_relative_link_leads_to_a_file():
    broken = [
        f"{_named(document)}: {link}"
        for document in _documents()
        for link in LINK.findall(document.read_text(encoding="utf-8"))
        if link and "://" not in link and not (document.parent / link).exists()
    ]
    assert broken == []


def test_each_path_in_the_documents_is_one_of_the_repository():
    missing = [
        f"{_named(document)}: {path}"
        for document in _documents()
        for path in _paths(document)
        if not _is_there(path)
    ]
    assert missing == []


def _paths(document: Path) -> Iterator[str]:
    """``agents/roles.py``, ``enrollment/law/``, and a bare ``roles.py``; a name may follow after a
    colon.
    """
    for words in _ticked(document):
        path = words.partition(":")[0]
        if PATH.fullmatch(path) and (path.endswith(ENDINGS) or _is_under_a_folder(path)):
            yield path


def _is_under_a_folder(path: str) -> bool:
    first, stroke, _ = path.partition("/")
    return bool(stroke) and (ROOT / first).is_dir()


def _is_there(path: str) -> bool:
    """A path from the root; a bare file name is that of some tracked file."""
    if "/" in path:
        return (ROOT / path).exists()
    return any(one.name == path for one in _tracked())


def test_each_name_of_the_code_stands_in_the_code():
    words = _words()
    gone = [
        f"{_named(document)}: {name}"
        for document in _documents()
        for name in _names(document)
        if not {name, name.upper()} & words and name not in ELSEWHERE
    ]
    assert gone == []


def _names(document: Path) -> Iterator[str]:
    """Names in backticks, and those after a path and a colon."""
    for words in _ticked(document):
        for word in re.split(r"[\s:.,=]+", words):
            if NAME.fullmatch(word):
                yield word.partition("(")[0]


@cache
def _words() -> frozenset[str]:
    """Every word of the code and its settings, and the names of its modules."""
    code = [one for one in _tracked() if one.suffix != ".md" and one.suffix not in (".xlsx",)]
    found = {one.stem for one in code}
    for path in code:
        found.update(re.findall(r"\w+", path.read_text(encoding="utf-8", errors="ignore")))
    return frozenset(found)
