"""What a page holds, whatever the line breaks of its template: its markup and its visible text."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

_INLINE = (
    "a|abbr|b|bdi|cite|code|em|i|img|input|kbd|label|mark|output|q|s|small|span|strong|sub|sup"
    "|time|u|var|button|select|textarea|svg"
)
_GIVEN = r"""(?:"[^"]*"|'[^']*'|[^>"'])*"""
_TAG = re.compile(rf"<[/a-zA-Z!]{_GIVEN}>")
_INLINE_TAG = re.compile(rf"</?(?:{_INLINE})(?![\w-]){_GIVEN}>")
_EDGES = re.compile(
    rf" ?(</?(?!(?:{_INLINE})(?![\w-]))[a-zA-Z!]{_GIVEN}>) ?"
    rf"|(<(?:button|select)(?![\w-]){_GIVEN}>) | (</(?:button|select)>)"
)
"""Where white space is not shown: at the edges of blocks, and inside a button or a choice."""
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_AS_TYPED = re.compile(r"(<(textarea|pre|script|style)\b.*?</\2>)", re.DOTALL)


def markup(answer: Any) -> str:
    """The markup of a page or of a part of one: each run of white space is one space, and there is
    none where HTML does not show it (at the edges of a block, in a tag before its end).

    What HTML shows as typed (a text area, for one) stays as it is. An answer that is no HTML fails.
    """
    assert answer.headers["Content-Type"].startswith("text/html"), answer.headers["Content-Type"]
    parts = _AS_TYPED.split(_COMMENT.sub("", answer.content.decode()))
    # split() gives the text between, what is kept, and the name of its tag, in turn.
    return "".join(
        "" if at % 3 == 2 else part if at % 3 else _tidy(part) for at, part in enumerate(parts)
    )


def words(answer: Any) -> str:
    """The text that a page shows, without its tags, in one line."""
    text = re.sub(r"<(script|style)\b.*?</\1>", " ", markup(answer), flags=re.DOTALL)
    return " ".join(unescape(_TAG.sub(" ", _INLINE_TAG.sub("", text))).split())


def _tidy(text: str) -> str:
    text = re.sub(r"[ \t\r\n\f]+", " ", text)
    text = _TAG.sub(lambda tag: tag[0].removesuffix(">").rstrip() + ">", text)
    return _EDGES.sub(lambda hit: "".join(filter(None, hit.groups())), text)
