"""Lines per second that ``quote`` answers, steps included, against reading and writing the same
JSON alone.
"""

from __future__ import annotations

import json
import time

from enrollment.law.lines import answer_text
from enrollment.parameters_in_force import office_law
from tests.bench.figures import Figure, hand_over
from tests.law_oracle.speed import LINES

COUNT = 20_000
LEAST = ">= 5000"


def main() -> None:
    table = office_law().table
    texts = [json.dumps(line) for line in LINES]
    answers = [json.loads(answer_text(table, text)) for text in texts]
    ours = _seconds(lambda i: answer_text(table, texts[i]))
    bare = _seconds(lambda i: (json.loads(texts[i]), json.dumps(answers[i], ensure_ascii=False)))
    hand_over(
        (
            Figure("quote lines answered, one core", COUNT / ours, "/s", LEAST),
            Figure("  time of one ÷ its JSON read and written", ours / bare, "×"),
        )
    )


def _seconds(act: object) -> float:
    """Processor time for all lines, one kind after another."""
    started = time.process_time()
    for number in range(COUNT):
        act(number % len(LINES))  # type: ignore[operator]
    return time.process_time() - started
