import gc
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandParser
from django.db import connection, transaction

from agents.commands import PortalCommand
from agents.models import User
from enrollment.demonstration import SEED, side_records_of, simulate
from enrollment.demonstration.loader import Issued, Loader, is_demonstration, is_foreign
from enrollment.demonstration.passwords import do_issue_demo_passwords
from enrollment.demonstration.sample_lists import ROLES, write_sample_lists
from thaithuy_bhxh import triggers
from thaithuy_bhxh.clock import this_month, today
from thaithuy_bhxh.engines import beginning_databases
from thaithuy_bhxh.errors import Refused


@contextmanager
def _in_a_hurry() -> Iterator[None]:
    """Without what costs a fifth of the whole load: in DEBUG every statement is worded and kept,
    and millions of short-lived rows are searched for circles again and again.
    """
    settings.DEBUG = False
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        settings.DEBUG = True


class Command(PortalCommand):
    makes_tables = True
    help = (
        "Tạo chiến dịch trình diễn bằng chính các thao tác của cổng rồi chạy máy chủ tại 127.0.0.1."
    )
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--no-serve", action="store_true", help="chỉ tạo dữ liệu, không chạy máy chủ"
        )
        parser.add_argument(
            "--reset", action="store_true", help="xóa dữ liệu trình diễn cũ và tạo lại"
        )
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEBUG:
            raise Refused(
                "Dữ liệu trình diễn chỉ tạo được khi DEBUG bật; đừng chạy trên máy chủ thật."
            )
        started = time.monotonic()
        with beginning_databases():
            if is_foreign():
                raise Refused(
                    "Cơ sở dữ liệu này có dữ liệu khác, không phải trình diễn; không đụng vào."
                )
            self._say("Chuẩn bị cơ sở dữ liệu…")
            call_command("migrate", verbosity=0, interactive=False)
        if options["reset"] and is_demonstration():
            self._empty()
        accounts = self._existing() if is_demonstration() else self._load()
        self._say(f"Xong sau {time.monotonic() - started:.0f} giây.")
        self._print(accounts, options["port"])
        self._write_sample_lists(accounts)
        if not options["no_serve"]:
            call_command("runserver", f"127.0.0.1:{options['port']}", use_reloader=False)

    def _load(self) -> list[Issued]:
        self._say("Dựng chiến dịch từ 2016 đến hôm qua…")
        with _in_a_hurry(), transaction.atomic():
            campaign = simulate(this_month() - 1, until=today() - timedelta(days=1))
            return Loader(campaign, side_records_of(campaign, today(), SEED), self._say).load()

    def _existing(self) -> list[Issued]:
        """The demonstration is there: its accounts get new passwords, as old ones are not kept."""
        self._say("Dữ liệu trình diễn đã có; cấp lại mật khẩu.")
        return [
            Issued(user.username, user.get_role_display(), word)
            for user, word in do_issue_demo_passwords(actor=None)
        ]

    def _empty(self) -> None:
        """Only ever a database that holds the demonstration and nothing else."""
        self._say("Xóa dữ liệu trình diễn cũ…")
        triggers.remove(connection)
        try:
            call_command("flush", verbosity=0, interactive=False)
        finally:
            triggers.install(connection)

    def _print(self, accounts: list[Issued], port: int) -> None:
        self.stdout.write(
            f"\nĐịa chỉ: http://127.0.0.1:{port}/\nTài khoản trình diễn (mật khẩu chỉ hiện lần "
            "này):"
        )
        for one in accounts:
            self.stdout.write(f"  {one.role:<22} {one.username:<16} {one.password}")
        self.stdout.write("")
        self.stdout.flush()

    def _write_sample_lists(self, accounts: list[Issued]) -> None:
        names = [one.username for one in accounts]
        users = User.objects.filter(username__in=names, role__in=ROLES).order_by("pk")
        folder = Path(settings.MEDIA_ROOT).parent / "bang-ke-mau"
        write_sample_lists(users, folder, today())
        self.stdout.write(
            "Bảng kê mẫu để thử nhập, mỗi tài khoản một tệp nhập được và một tệp có lỗi: "
            f"{folder}\n"
        )
        self.stdout.flush()

    def _say(self, text: str) -> None:
        self.remark(f"[trình diễn] {text}")
