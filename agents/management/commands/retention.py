from dataclasses import asdict
from typing import Any

from django.core.management.base import CommandParser

from agents.commands import PortalCommand
from agents.operations.retention import Swept, do_keep_to_terms
from thaithuy_bhxh.figures import dots


class Command(PortalCommand):
    help = (
        "Dọn những gì đã quá hạn giữ theo quy định của cơ quan; biên lai, số liệu và nhật "
        "ký không bao giờ bị dọn."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="chỉ đếm, không dọn gì")
        parser.add_argument("--json", action="store_true", help="in một văn bản JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        done = do_keep_to_terms(actor=None, dry_run=options["dry_run"])
        if options["json"]:
            self.print_json({"dry_run": options["dry_run"], "kinds": [asdict(one) for one in done]})
            return
        for one in done:
            self.stdout.write(_sentence(one, options["dry_run"]))


def _sentence(one: Swept, dry_run: bool) -> str:
    term = f"giữ {one.days} ngày" if one.days else "khi hết hạn"
    will = "sẽ " if dry_run else ""
    return f"{one.label} ({term}): {will}{one.act} {dots(one.number)}."
