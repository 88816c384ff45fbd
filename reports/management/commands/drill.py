from typing import Any

from django.core.management.base import CommandParser

from agents.commands import PortalCommand
from agents.models import BackupRun
from agents.operations.backups import Run
from reports.backups import note
from reports.drill import SHOWN, Drill, hold_drill
from thaithuy_bhxh.backup.keys import read_key
from thaithuy_bhxh.errors import Refused
from thaithuy_bhxh.figures import dots


class Command(PortalCommand):
    help = (
        "Khôi phục thử một bản sao lưu vào cơ sở dữ liệu tạm rồi so sánh; có chỗ khác thì "
        "mã thoát là 1."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", help="tệp sao lưu")
        parser.add_argument("--key-file", help="tệp khóa của lần sao lưu")
        parser.add_argument("--json", action="store_true", help="in một văn bản JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        drill = hold_drill(
            options["path"], read_key(options["key_file"]) if options["key_file"] else None
        )
        outcome = _outcome(drill)
        if drill.taken_at and not note(
            Run(
                BackupRun.Kind.DRILL,
                drill.seconds,
                drill.size,
                not drill.differences,
                outcome,
                drill.taken_at,
            )
        ):
            self.remark("Chưa ghi được kết quả diễn tập vào cơ sở dữ liệu đang chạy.")
        if options["json"]:
            self.print_json(_document(drill))
        else:
            for line in drill.differences[:SHOWN]:
                self.remark(f"- {line}")
        if drill.differences:
            raise Refused(outcome)
        if not options["json"]:
            self.stdout.write(outcome)


def _outcome(drill: Drill) -> str:
    if drill.differences:
        return f"Diễn tập không đạt, có {len(drill.differences)} chỗ khác: {drill.differences[0]}"
    assert drill.contents
    live = (
        ""
        if drill.compared_with_live
        else "; không so được với cơ sở dữ liệu đang chạy vì nơi này giữ dữ liệu khác"
    )
    return (
        f"Diễn tập đạt sau {drill.seconds:.0f} giây: {dots(drill.contents.rows)} dòng và "
        f"{dots(len(drill.contents.uploads))} tệp tải lên khôi phục vào {drill.engine}, "
        f"tiền, số liệu và nhật ký khớp{live}."
    )


def _document(drill: Drill) -> dict[str, Any]:
    contents = drill.contents
    return {
        "ok": not drill.differences,
        "differences": drill.differences,
        "seconds": round(drill.seconds, 2),
        "bytes": drill.size,
        "engine": drill.engine,
        "compared_with_live": drill.compared_with_live,
        "taken_at": contents.about["taken_at"] if contents else None,
        "rows": contents.rows if contents else None,
        "uploads": len(contents.uploads) if contents else None,
    }
