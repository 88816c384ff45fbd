import sys
from collections.abc import Iterator
from typing import Any

from agents.commands import PortalCommand
from enrollment.law.lines import answer_text
from enrollment.policy import current_table


class Command(PortalCommand):
    help = "Tính theo luật: mỗi dòng JSON vào (stdin) cho một dòng JSON ra (stdout), đúng thứ tự."

    def handle(self, *args: Any, **options: Any) -> None:
        table = current_table()
        write, flush = self.stdout.write, self.stdout.flush
        for line in _lines():
            write(answer_text(table, line))
            flush()


def _lines() -> Iterator[bytes | str]:
    """Raw lines, so that a line in another encoding spoils only its own answer."""
    yield from getattr(sys.stdin, "buffer", sys.stdin)
