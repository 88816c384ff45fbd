"""The portal's own style sheet, read as text: what a browser forgives here costs whole pages their
look.
"""

from __future__ import annotations

from django.conf import settings


def test_every_section_of_the_style_sheet_begins_outside_any_block():
    """A brace left open before a section hides the section's rules in a print rule, and no browser
    says so.
    """
    depth = 0
    lines = (settings.BASE_DIR / "static" / "css" / "portal.css").read_text().splitlines()
    for number, line in enumerate(lines, 1):
        assert depth == 0 or not line.startswith(("/*", "@media")), (
            f"line {number} stands inside a block"
        )
        depth += line.count("{") - line.count("}")
    assert depth == 0, "a block is left open"
