import json
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from agents.access import Scope
from agents.commands import PortalCommand
from enrollment.models import Rule
from reports.letterhead import letterhead
from reports.question import Asked
from reports.registry import REPORTS, report_named
from reports.renderers.data import to_json
from reports.renderers.delimited import to_csv
from reports.renderers.xlsx import render
from reports.tables import Table
from thaithuy_bhxh.clock import today
from thaithuy_bhxh.errors import Refused
from thaithuy_bhxh.months import Month
from thaithuy_bhxh.outages import reason_of

_BY = list(dict.fromkeys(by for report in REPORTS.values() for by in report.choices.get("by", ())))

_MONTHS = {"from": ("YYYY-MM",), "to": ("YYYY-MM",)}
"""What every report asks for."""


class Command(PortalCommand):
    help = "In một báo cáo đã đăng ký dưới dạng JSON, CSV hoặc Excel; --list nêu mọi báo cáo."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("code", nargs="?", help="mã báo cáo, như growth")
        parser.add_argument("--list", action="store_true", help="nêu mọi báo cáo và tham số")
        parser.add_argument("--json", action="store_true", help="dùng với --list")
        parser.add_argument("--from", dest="first", metavar="YYYY-MM")
        parser.add_argument("--to", dest="last", metavar="YYYY-MM")
        parser.add_argument("--by", choices=_BY, help="bỏ trống = cách xếp thường dùng của báo cáo")
        parser.add_argument(
            "--metric",
            default="",
            help="một chỉ tiêu: active, new hoặc collected; bỏ trống = cả ba",
        )
        parser.add_argument("--territory", default="as_of", metavar="as_of|YYYY-MM-DD")
        parser.add_argument("--rule", choices=list(Rule.values), default="grace")
        parser.add_argument("--format", choices=["json", "csv", "xlsx"], default="json")
        parser.add_argument("--output", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        if options["list"]:
            return self._list(options["json"])
        for name, flag in (("code", "CODE"), ("first", "--from"), ("last", "--to")):
            if not options[name]:
                raise CommandError(f"Thiếu {flag}; xem report --help.", returncode=2)
        report = report_named(options["code"])
        table = report.build(
            Scope(everything=True),
            Asked(
                _month(options["first"]),
                _month(options["last"]),
                options["by"] or report.choices.get("by", ("commune",))[0],
                options["territory"],
                options["rule"],
                options["metric"],
            ),
        )
        self._write(self._rendered(table, options["format"]), options["output"])

    def _list(self, as_json: bool) -> None:
        listed = [
            {"report": r.code, "title": r.title, "parameters": {**_MONTHS, **r.choices}}
            for r in REPORTS.values()
        ]
        if as_json:
            return self.print_json(listed)
        for one in REPORTS.values():
            choices = "; ".join(
                f"--{name} {'|'.join(values)}" for name, values in one.choices.items()
            )
            self.stdout.write(
                f"{one.code}: {one.title} ({'; '.join(filter(None, ('--from, --to', choices)))})"
            )

    @staticmethod
    def _rendered(table: Table, form: str) -> bytes:
        if form == "xlsx":
            return render(table, letterhead(today()))
        text = (
            to_csv(table)
            if form == "csv"
            else json.dumps(to_json(table), ensure_ascii=False, indent=1)
        )
        return text.encode() if isinstance(text, str) else text

    def _write(self, content: bytes, output: Path | None) -> None:
        if output is None:
            self.stdout._out.buffer.write(content) if hasattr(
                self.stdout._out, "buffer"
            ) else self.stdout.write(content.decode("utf-8-sig"))
            return
        try:
            output.write_bytes(content)
        except OSError as error:
            raise Refused(f"Không ghi được tệp {output}: {reason_of(error)}.") from error
        self.remark(f"Đã ghi {output}.")


def _month(text: str) -> Month:
    try:
        return Month.parse(text)
    except ValueError as error:
        raise Refused(str(error)) from error
