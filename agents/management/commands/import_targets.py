from dataclasses import asdict
from typing import Any

from agents.list_command import ListCommand
from agents.operations.import_targets import COLUMNS, do_import_targets


class Command(ListCommand):
    help = "Nhập chỉ tiêu năm từ tệp CSV; nhập lại không đổi gì."
    columns = COLUMNS
    nothing = {"created": 0, "changed": 0, "unchanged": 0}

    def take(self, actor: Any, lines: Any) -> dict[str, Any]:
        done = asdict(do_import_targets(actor=actor, lines=lines))
        return {name: done[name] for name in self.nothing}

    def sentence(self, done: dict[str, Any]) -> str:
        return (
            f"{done['created']} chỉ tiêu mới, {done['changed']} thay đổi, "
            f"{done['unchanged']} không đổi"
        )
