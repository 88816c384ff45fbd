from typing import Any

from agents.list_command import ListCommand
from agents.operations.import_agents import COLUMNS, KINDS, do_import_agents


class Command(ListCommand):
    help = (
        "Nhập danh sách đại lý, điểm thu, nhân viên thu và thẻ từ tệp CSV; nhập lại không đổi gì."
    )
    columns = COLUMNS
    nothing = {"created": dict.fromkeys(KINDS, 0), "unchanged": 0}

    def take(self, actor: Any, lines: Any) -> dict[str, Any]:
        done = do_import_agents(actor=actor, lines=lines)
        return {"created": done.created, "unchanged": done.unchanged}

    def sentence(self, done: dict[str, Any]) -> str:
        created = done["created"]
        return (
            f"thêm {created['agents']} đại lý, {created['points']} điểm thu, "
            f"{created['collectors']} nhân viên thu, "
            f"{created['cards']} thẻ; {done['unchanged']} dòng không đổi"
        )
