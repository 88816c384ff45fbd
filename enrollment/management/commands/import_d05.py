import json
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from agents.commands import PortalCommand, acting_user
from enrollment.access import mappings_for
from enrollment.importing.batch import ListRefused, Outcome, do_import_lists
from enrollment.importing.error_workbook import write_error_workbook
from enrollment.importing.lines import LineError, ReadResult
from enrollment.importing.mapping import Mappings
from enrollment.importing.reader import UnreadableFile, read_d05
from thaithuy_bhxh.errors import Refused
from thaithuy_bhxh.outages import reason_of


class Command(PortalCommand):
    help = (
        "Nhập bảng kê D05-TS; mọi dòng tốt, hoặc không dòng nào khi có dòng lỗi (trừ khi "
        "dùng --skip-bad)."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="+", metavar="FILE", help="tệp .xlsx")
        parser.add_argument("--as", dest="username", required=True, help="tài khoản thực hiện")
        parser.add_argument("--dry-run", action="store_true", help="chỉ kiểm tra, không ghi")
        parser.add_argument(
            "--skip-bad", action="store_true", help="bỏ qua dòng lỗi, nhập các dòng tốt"
        )
        parser.add_argument("--trust-amounts", action="store_true", help="lấy số tiền theo bảng kê")
        parser.add_argument("--errors", metavar="OUT.xlsx", help="ghi bảng kê kèm cột lý do lỗi")
        parser.add_argument("--json", action="store_true", help="in một văn bản JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        actor = acting_user(options["username"])
        mappings = mappings_for(actor)
        names, skip_bad = options["files"], options["skip_bad"]
        lists = [self._read(name, mappings) for name in names]
        try:
            outcomes = do_import_lists(
                actor=actor,
                lists=lists,
                trust_amounts=options["trust_amounts"],
                skip_bad=skip_bad,
                dry_run=options["dry_run"],
            )
            refused = options["dry_run"] and not skip_bad and any(one.errors for one in outcomes)
        except ListRefused as refusal:
            outcomes, refused = refusal.outcomes, True
        results = list(zip(names, outcomes, strict=True))
        # First of all, so that who stops the command from here on has read what was recorded.
        self._report(results, refused, options)
        self._write_errors([one for one in results if one[1].errors], options["errors"])
        if refused:
            raise Refused("Có dòng lỗi nên chưa nhập dòng nào; hãy sửa bảng kê rồi nhập lại.")

    def _read(self, name: str, mappings: Mappings) -> ReadResult:
        path = Path(name)
        if not path.is_file():
            raise Refused(f"Không có tệp “{name}”.")
        try:
            return read_d05(path.read_bytes(), mappings)
        except UnreadableFile as error:
            raise Refused(f"{path.name}: {error}") from error

    def _write_errors(self, results: list[tuple[str, Outcome]], target: str | None) -> None:
        """A workbook of reasons per bad file: OUT.xlsx, OUT-2.xlsx, …"""
        for number, (name, outcome) in enumerate(results if target else (), start=1):
            path = Path(str(target))
            path = path if number == 1 else path.with_stem(f"{path.stem}-{number}")
            _write_errors(name, outcome, str(path))
            self.remark(f"{name}: lý do lỗi ở {path}")

    def _report(
        self, results: list[tuple[str, Outcome]], refused: bool, options: dict[str, Any]
    ) -> None:
        for name, outcome in results:
            for remark in outcome.remarks:
                self.remark(f"{name}: Dòng {remark.row}: {remark.reason}")
            if not options["json"]:
                self._print(name, outcome, refused)
        if options["json"]:
            self.stdout.write(
                json.dumps({"files": [_file(*one, refused) for one in results]}, ensure_ascii=False)
            )

    def _print(self, name: str, outcome: Outcome, refused: bool) -> None:
        done = _file(name, outcome, refused)
        self.stdout.write(
            f"{name}: {outcome.rows} dòng, {done['created_participants']} người mới, "
            f"{done['receipts']} biên lai, "
            f"{done['stops']} dừng đóng, {outcome.unchanged} không đổi, {outcome.error_count} lỗi"
        )
        if outcome.known:
            more = ", …" if outcome.unchanged > len(outcome.known) else ""
            self.stdout.write(
                "  đã có trong sổ từ trước, không ghi lại: biên lai "
                f"{', '.join(outcome.known)}{more}"
            )
        for error in outcome.errors:
            self.stdout.write(f"  dòng {error.row}, cột {error.column}: {error.reason}")


def _write_errors(name: str, outcome: Outcome, target: str) -> None:
    try:
        write_error_workbook(Path(name).read_bytes(), outcome.errors, target)
    except UnreadableFile as error:
        raise Refused(f"{Path(name).name}: {error}") from error
    except OSError as error:
        raise Refused(f"Không ghi được tệp lỗi “{target}”: {reason_of(error)}.") from error


def _file(name: str, outcome: Outcome, refused: bool) -> dict[str, Any]:
    """One file of the JSON answer; what a refused list would have done is not done, and says 0."""
    return {
        "file": name,
        "rows": outcome.rows,
        "created_participants": 0 if refused else outcome.created_participants,
        "receipts": 0 if refused else outcome.receipts,
        "stops": 0 if refused else outcome.stops,
        "unchanged": outcome.unchanged,
        "errors": _spoken(outcome.errors),
        "remarks": _spoken(outcome.remarks),
    }


def _spoken(said: list[LineError]) -> list[dict[str, Any]]:
    return [{"row": one.row, "column": one.column, "reason": one.reason} for one in said]
