"""What the commands that take over a CSV list share: reading, all-or-nothing reporting, the JSON
answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

from django.core.management.base import CommandParser

from agents.commands import PortalCommand, acting_user
from agents.models import User
from thaithuy_bhxh.csv_lists import CsvLine, CsvListRefused, read_lines
from thaithuy_bhxh.errors import Refused


class ListCommand(PortalCommand):
    """``FILE.csv --as USERNAME [--json]``; subclasses name the columns and take the lines over."""

    columns: ClassVar[Sequence[str]]
    nothing: ClassVar[Mapping[str, Any]]
    """The counts of a list that was refused."""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", metavar="FILE.csv", help="tệp CSV mã UTF-8")
        parser.add_argument(
            "--as", dest="username", required=True, metavar="USERNAME", help="tài khoản thực hiện"
        )
        parser.add_argument("--json", action="store_true", help="in một văn bản JSON")

    def take(self, actor: User, lines: Sequence[CsvLine]) -> dict[str, Any]:
        """Take the lines over; returns the counts for JSON. Raises :class:`CsvListRefused`."""
        raise NotImplementedError

    def sentence(self, done: dict[str, Any]) -> str:
        """The counts in words."""
        raise NotImplementedError

    def handle(self, *args: Any, **options: Any) -> None:
        actor = acting_user(options["username"])
        content = _content(options["file"])
        try:
            lines = read_lines(content, self.columns)
            done = self.take(actor, lines)
        except CsvListRefused as refusal:
            self._tell_errors(refusal, options)
            raise
        if options["json"]:
            self.print_json({"file": options["file"], "rows": len(lines), **done, "errors": []})
        else:
            self.stdout.write(f"{options['file']}: {len(lines)} dòng; {self.sentence(done)}.")

    def _tell_errors(self, refusal: CsvListRefused, options: dict[str, Any]) -> None:
        if not options["json"]:
            for one in refusal.errors:
                self.remark(f"  dòng {one.row}, cột {one.column}: {one.reason}")
            return
        errors = [
            {"row": one.row, "column": one.column, "reason": one.reason} for one in refusal.errors
        ]
        self.print_json(
            {"file": options["file"], "rows": refusal.rows, **self.nothing, "errors": errors}
        )


def _content(name: str) -> bytes:
    try:
        return Path(name).read_bytes()
    except OSError as error:
        raise Refused(f"Không đọc được tệp “{name}”.") from error
