"""Every icon that a template or the navigation names is one of the set."""

from __future__ import annotations

import re
from zipfile import ZipFile

import lucide
import pytest
from django.conf import settings
from django.template import Context, Template

from agents import navigation

NAMED = re.compile(r"""\{% icon "([^"]+)"|\bicon="([^"]+)\"""")


def drawings() -> set[str]:
    """The names of the set."""
    with ZipFile(settings.BASE_DIR / lucide.__path__[0] / "lucide.zip") as drawn:
        return {name.removesuffix(".svg") for name in drawn.namelist()}


def test_every_icon_that_a_template_names_is_drawn():
    root = settings.BASE_DIR / "templates"
    named = {
        one or other: path.relative_to(root).as_posix()
        for path in root.rglob("*.html")
        for one, other in NAMED.findall(path.read_text(encoding="utf-8"))
    }
    assert named
    assert {name: where for name, where in named.items() if name not in drawings()} == {}


def test_every_icon_of_the_navigation_is_drawn():
    named = {one.icon for one in navigation.GROUPS}
    named |= {one.icon for one in navigation.thumb_entries()}
    assert named
    assert named - drawings() == set()


def test_an_icon_is_silent_and_takes_the_colour_of_its_words():
    drawn = Template('{% load portal %}{% icon "house" 18 %}').render(Context())
    assert drawn.startswith('<svg class="icon"')
    assert 'aria-hidden="true"' in drawn
    assert 'stroke="currentColor"' in drawn
    assert 'width="18"' in drawn


def test_an_icon_that_nobody_drew_is_an_error():
    with pytest.raises(lucide.IconDoesNotExist):
        Template('{% load portal %}{% icon "no-such-icon" %}').render(Context())
