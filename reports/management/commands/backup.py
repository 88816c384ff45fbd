from typing import Any

from django.core.management.base import CommandError, CommandParser

from agents.commands import PortalCommand
from agents.models import BackupRun
from agents.operations.backups import Run
from reports.backups import note, take
from thaithuy_bhxh.backup.keys import is_open_to_others, make_key, read_key
from thaithuy_bhxh.backup.taking import Taken
from thaithuy_bhxh.figures import decimal_in_words, dots


class Command(PortalCommand):
    help = (
        "Sao lưu toàn bộ cổng (cơ sở dữ liệu và tệp tải lên) vào một tệp, trong khi cổng vẫn chạy."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "path",
            nargs="?",
            help="tệp sẽ ghi, hoặc thư mục chứa các bản sao (tự đặt tên theo ngày)",
        )
        parser.add_argument("--key-file", help="mã hóa bằng khóa trong tệp này")
        parser.add_argument("--new-key", metavar="FILE", help="tạo một tệp khóa mới rồi thôi")
        parser.add_argument("--json", action="store_true", help="in một văn bản JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        path, key_file, new_key = options["path"], options["key_file"], options["new_key"]
        if bool(path) == bool(new_key) or (new_key and key_file):
            raise CommandError(
                "Hãy nêu nơi ghi bản sao lưu, hoặc chỉ --new-key để tạo khóa.", returncode=2
            )
        if new_key:
            public = make_key(new_key)
            self.stdout.write(f"Đã tạo khóa trong “{new_key}” (nửa công khai: {public}).")
            self.remark(
                "Hãy cất khóa ở một nơi khác máy chủ: mất khóa thì không mở được bản sao lưu nào."
            )
            return
        taken, removed = take(path, read_key(key_file) if key_file else None)
        if not key_file:
            self.remark(
                "Bản sao lưu chưa được mã hóa; hãy dùng --key-file trước khi đưa nó ra khỏi "
                "máy chủ."
            )
        elif is_open_to_others(key_file):
            self.remark(
                f"Tài khoản khác trên máy đọc được tệp khóa; hãy chạy: chmod 600 {key_file}"
            )
        outcome = f"Đã sao lưu {dots(taken.rows)} dòng và {dots(taken.uploads)} tệp tải lên"
        if not note(
            Run(BackupRun.Kind.BACKUP, taken.seconds, taken.size, True, outcome, taken.taken_at)
        ):
            self.remark("Bản sao lưu đã xong, nhưng chưa ghi được dấu của nó vào cơ sở dữ liệu.")
        self._tell(taken, outcome, removed, as_json=options["json"])

    def _tell(self, taken: Taken, outcome: str, removed: list[str], *, as_json: bool) -> None:
        if taken.missing:
            self.remark(
                f"Không còn trên đĩa {len(taken.missing)} tệp tải lên, ví dụ “{taken.missing[0]}”."
            )
        if as_json:
            self.print_json(
                {
                    "path": str(taken.path),
                    "bytes": taken.size,
                    "seconds": round(taken.seconds, 2),
                    "rows": taken.rows,
                    "uploads": taken.uploads,
                    "missing": taken.missing,
                    "encrypted": taken.encrypted,
                    "removed": removed,
                }
            )
            return
        size = decimal_in_words(f"{taken.size / 1_000_000:.1f}")
        text = f"{outcome} vào “{taken.path}” ({size} MB)."
        self.stdout.write(text + (f" Đã xóa {len(removed)} bản quá hạn giữ." if removed else ""))
