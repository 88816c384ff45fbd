"""What the portal's commands share: who acts, refusals as one sentence and exit code 1, JSON alone
on stdout.
"""

from __future__ import annotations

import json
import re
from typing import Any, NoReturn

from django.core.exceptions import PermissionDenied
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, InterfaceError

from agents.models import User
from agents.origin import by_command
from thaithuy_bhxh.errors import Refused
from thaithuy_bhxh.migrated import undone_migrations
from thaithuy_bhxh.outages import UNMIGRATED, sentence_of
from thaithuy_bhxh.text import clean

_MISUSED = (
    (r"the following arguments are required: (.+)", "Thiếu {}."),
    (r"unrecognized arguments: (.+)", "Không có tùy chọn “{}”."),
    (r"argument (.+?): expected .+", "{} cần một giá trị đi kèm."),
    (
        r"argument (.+?): invalid choice: '?(.*?)'? \(choose from (.+)\)",
        "{} không nhận “{}”; hãy chọn một trong: {}.",
    ),
    (
        r"argument (.+?): invalid .*?value: '?(.*?)'?",
        "{} không đọc được “{}”; hãy xem lại cách ghi.",
    ),
)
"""How argparse says that a command was misused (it has no Vietnamese), and what the portal says
instead.
"""


class PortalParser(CommandParser):
    """argparse that refuses in Vietnamese, with its exit code 2."""

    def error(self, message: str) -> NoReturn:
        if not self.called_from_command_line:
            super().error(message)
        misused = ((sentence, re.fullmatch(pattern, message)) for pattern, sentence in _MISUSED)
        known = next(
            (sentence.format(*found.groups()) for sentence, found in misused if found), message
        )
        self.exit(2, f"{self.prog}: {known} Xem cách dùng: {self.prog} --help\n")


class PortalCommand(BaseCommand):
    """A command whose refusals, and faults of database or disk, are a Vietnamese sentence on stderr
    with exit code 1.

    Wrong usage has code 2. Nothing is read or written before the database is that of the running
    version.
    """

    makes_tables = False
    """Whether the command brings the database in line by itself."""

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        parser.__class__ = PortalParser  # Django offers no place to name another class.
        return parser

    def execute(self, *args: Any, **options: Any) -> str | None:
        try:
            with by_command(type(self).__module__.rpartition(".")[2]):
                if not self.makes_tables and undone_migrations():
                    raise Refused(f"{UNMIGRATED.words} {UNMIGRATED.advice}")
                return super().execute(*args, **options)
        except Refused as refusal:
            raise CommandError(refusal.message) from refusal
        except PermissionDenied as refusal:
            raise CommandError(
                str(refusal) or "Tài khoản này không có quyền làm việc đó."
            ) from refusal
        except (DatabaseError, InterfaceError, MemoryError, OSError) as error:
            sentence = sentence_of(error)
            if not sentence:
                raise
            raise CommandError(sentence) from error

    def print_json(self, document: Any) -> None:
        """One JSON document on stdout."""
        self.stdout.write(json.dumps(document, ensure_ascii=False, indent=1))

    def remark(self, text: str) -> None:
        """Progress and remarks, on stderr."""
        self.stderr.write(text)


def acting_user(username: str) -> User:
    """The account named by ``--as``."""
    found = User.objects.filter(username__iexact=clean(username), is_active=True).first()
    if found is None:
        raise Refused(
            f"Không có tài khoản “{username}” đang dùng; hãy tạo bằng lệnh create_account."
        )
    return found
