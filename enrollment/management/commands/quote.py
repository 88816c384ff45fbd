import gc
import io
import sys
from collections.abc import Iterator
from typing import Any

from agents.commands import PortalCommand
from enrollment.law.lines import answer_text
from enrollment.parameters_in_force import office_law
from thaithuy_bhxh.clock import today

BLOCK = 1 << 16


class Command(PortalCommand):
    help = "Tính theo luật: mỗi dòng JSON vào (stdin) cho một dòng JSON ra (stdout), đúng thứ tự."

    def handle(self, *args: Any, **options: Any) -> None:
        table, office = office_law()
        readings = office.on(today())
        # What start-up left behind stays: the collector need not look through it for every few
        # hundred lines.
        gc.freeze()
        for lines in _arriving():
            self.stdout.write("\n".join(answer_text(table, line, readings) for line in lines))
            self.stdout.flush()


def _arriving() -> Iterator[list[bytes]]:
    """Raw lines as they come in: who waits for each answer gets it, and a long file goes through in
    large blocks.
    """
    stream: Any = getattr(sys.stdin, "buffer", None) or io.BytesIO(sys.stdin.read().encode())
    rest = b""
    while block := stream.read1(BLOCK):
        *lines, rest = (rest + block).split(b"\n")
        if lines:
            yield lines
    if rest:
        yield [rest]
