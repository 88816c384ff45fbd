from typing import Any

from django.core.management.base import CommandParser

from agents.commands import PortalCommand
from enrollment.operations.check import differences
from thaithuy_bhxh.errors import Refused


class Command(PortalCommand):
    help = "Tính lại mọi số liệu đã lưu từ biên lai và so sánh; có sai lệch thì mã thoát là 1."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="in một văn bản JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        found = list(differences())
        if options["json"]:
            self.print_json({"ok": not found, "differences": found})
        elif not found:
            self.stdout.write("Mọi số liệu đã lưu khớp với biên lai.")
        if found:
            raise Refused(f"Có {len(found)} chỗ số liệu đã lưu không khớp với biên lai.")
