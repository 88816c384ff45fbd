from typing import Any

from agents.commands import PortalCommand
from agents.operations.reference import load_territory
from enrollment.operations.policy import load_policy


class Command(PortalCommand):
    help = (
        "Nạp danh mục xã, lịch sử sáp nhập và tham số pháp luật đi kèm phần mềm; chạy lại "
        "không đổi gì."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        load_territory()
        added = load_policy()
        self.remark(f"Đã nạp danh mục; thêm {added} dòng tham số.")
