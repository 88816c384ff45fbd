import re
from dataclasses import asdict
from typing import Any

from django.core.management.base import CommandParser

from agents.commands import PortalCommand
from agents.verifying import TrailCheck, verify
from thaithuy_bhxh.errors import Refused
from thaithuy_bhxh.figures import dots


class Command(PortalCommand):
    help = (
        "Dò chuỗi nhật ký từ dòng đầu; báo dòng đầu tiên không còn khớp (bị sửa, xóa, "
        "chèn hoặc đổi chỗ)."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="in một văn bản JSON")
        parser.add_argument(
            "--head",
            metavar="DẤU",
            default="",
            help="dấu cuối chuỗi đã ghi ở nơi khác, phải còn đó",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        noted = options["head"].strip().lower()
        if noted and not re.fullmatch(r"[0-9a-f]{64}", noted):
            raise Refused("Dấu cuối chuỗi gồm 64 chữ số và chữ a–f; hãy chép lại cho đủ.")
        verdict = verify(noted)
        if options["json"]:
            self.print_json(asdict(verdict))
        if verdict.first_wrong:
            raise Refused(_sentence(verdict))
        if not options["json"]:
            self.stdout.write(
                f"Nhật ký còn nguyên: {dots(verdict.checked)} dòng, dấu cuối chuỗi {verdict.head}."
            )


def _sentence(verdict: TrailCheck) -> str:
    wrong = verdict.first_wrong
    assert wrong
    where = f"dòng thứ {dots(wrong.position)}" if wrong.position else "cuối chuỗi"
    which = f" (mã {wrong.entry})" if wrong.entry else ""
    return (
        f"Nhật ký không còn nguyên, {where}{which}: {wrong.why}; {dots(verdict.checked)} "
        "dòng trước đó còn khớp."
    )
