"""The templates as text: broken into lines that a reader can follow."""

from __future__ import annotations

import re

from django.conf import settings

LONGEST = 120
UNBREAKABLE = re.compile(r'(?:href|src|alt)="[^"]*"')
"""An address or a text that stands in for a picture: white space within it would be part of it."""
LONG_CONDITIONS = {
    "enrollment/counsel.html",
    "reports/target_history.html",
    "reports/targets_split.html",
}
"""Each has one condition that the template language keeps on one line."""


def test_no_line_of_a_template_is_too_long_to_read():
    root = settings.BASE_DIR / "templates"
    long = {
        f"{path.relative_to(root).as_posix()}:{number}"
        for path in root.rglob("*.*")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if len(line) > LONGEST and not UNBREAKABLE.fullmatch(line.strip())
    }
    assert len(long) == len(LONG_CONDITIONS), sorted(long)
    assert {one.partition(":")[0] for one in long} == LONG_CONDITIONS


def test_the_way_to_a_page_names_things_and_shows_no_codes():
    root = settings.BASE_DIR / "templates"
    for path in root.rglob("*.html"):
        _, _, after = path.read_text(encoding="utf-8").partition("{% block breadcrumbs %}")
        assert ".code }}" not in after.partition("{% endblock %}")[0], path.name
