"""What an answer says, whatever its form: text, links and forms."""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser
from io import BytesIO
from typing import Any
from urllib.parse import unquote

_HEADERS = ("Location", "Content-Disposition", "HX-Redirect", "HX-Location", "HX-Push-Url")


def content_of(answer: Any) -> bytes:
    """The body, streamed or not."""
    if getattr(answer, "streaming", False):
        return b"".join(answer.streaming_content)
    return bytes(answer.content)


def text_of(answer: Any) -> str:
    """Everything that can be read in an answer: its body unpacked and unescaped, its telling
    headers and cookies.
    """
    telling = [unquote(answer.get(name, "")) for name in _HEADERS]
    telling += [unquote(morsel.value) for morsel in answer.cookies.values()]
    return "\n".join([*telling, *texts_of(content_of(answer))])


def texts_of(body: bytes) -> list[str]:
    """The texts of a file, those of every part when it is a workbook."""
    if body.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(BytesIO(body)) as book:
            return [text for name in book.namelist() for text in (name, *texts_of(book.read(name)))]
    text = body.decode("utf-8", "replace")
    return [unescape(text), re.sub(r"\\u([0-9a-fA-F]{4})", lambda hit: chr(int(hit[1], 16)), text)]


@dataclass
class Form:
    """A form on a page: where it goes, and for each field the values that the page offers."""

    action: str
    method: str
    fields: dict[str, list[str]] = field(default_factory=dict)
    files: set[str] = field(default_factory=set)


class Page(HTMLParser):
    """Links and forms of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.forms: list[Form] = []
        self._select = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.links += [
            given[name] for name in ("href", "src", "hx-get", "data-href") if name in given
        ]
        if tag == "form":
            self.forms.append(Form(given.get("action", ""), given.get("method", "get").lower()))
        elif self.forms and tag in ("input", "textarea", "select", "button"):
            self._field(tag, given)
        elif self.forms and tag == "option" and self._select:
            self.forms[-1].fields[self._select].append(given.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""

    def _field(self, tag: str, given: dict[str, str]) -> None:
        name, form = given.get("name", ""), self.forms[-1]
        if not name:
            return
        if given.get("type") == "file":
            form.files.add(name)
            return
        values = form.fields.setdefault(name, [])
        if tag == "select":
            self._select = name
        else:
            values.append(given.get("value", ""))
