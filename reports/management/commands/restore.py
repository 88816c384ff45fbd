from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser
from django.utils import timezone

from agents.commands import PortalCommand
from thaithuy_bhxh.backup.keys import read_key
from thaithuy_bhxh.backup.restoring import read_backup, restore_backup
from thaithuy_bhxh.figures import dots


class Command(PortalCommand):
    makes_tables = True
    help = (
        "Khôi phục một bản sao lưu vào cơ sở dữ liệu trống (SQLite hoặc PostgreSQL): tất "
        "cả hoặc không gì cả."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", help="tệp sao lưu")
        parser.add_argument("--key-file", help="tệp khóa của lần sao lưu")
        parser.add_argument("--json", action="store_true", help="in một văn bản JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        key = read_key(options["key_file"]) if options["key_file"] else None
        contents = read_backup(options["path"], key)
        restore_backup(options["path"], key, contents, Path(settings.MEDIA_ROOT))
        if contents.missing:
            self.remark(
                f"Khi sao lưu đã thiếu {len(contents.missing)} tệp tải lên, ví dụ "
                f"“{contents.missing[0]}”."
            )
        if options["json"]:
            self.print_json(
                {
                    "taken_at": contents.about["taken_at"],
                    "rows": contents.rows,
                    "uploads": len(contents.uploads),
                    "missing": contents.missing,
                }
            )
            return
        self.stdout.write(
            f"Đã khôi phục {dots(contents.rows)} dòng và {dots(len(contents.uploads))} tệp tải lên "
            f"của bản sao lúc {timezone.localtime(contents.taken_at):%H:%M %d/%m/%Y}."
        )
