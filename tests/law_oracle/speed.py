"""Lines per second of the engine on one core, steps included: ``python -m tests.law_oracle.speed
[lines]``.
"""

from __future__ import annotations

import json
import sys
import time

from enrollment.law.lines import answer_text
from tests.law_oracle.compare import shipped_table

LINES = [
    {
        "kind": "contribution",
        "method": "12",
        "months": 12,
        "income": 2_000_000,
        "from_month": "2026-03",
        "paid_on": "2026-03-02",
        "groups": ["other"],
        "prior_supported_months": 0,
        "monthly_rate": None,
        "local_percent": None,
    },
    {
        "kind": "contribution",
        "method": "1",
        "income": 1_500_000,
        "from_month": "2024-05",
        "paid_on": "2024-05-10",
        "groups": ["near_poor", "other"],
        "local_percent": "10",
    },
    {
        "kind": "contribution",
        "method": "ADV",
        "months": 60,
        "income": 3_000_000,
        "from_month": "2026-03",
        "paid_on": "2026-03-02",
        "groups": ["poor"],
    },
    {
        "kind": "contribution",
        "method": "MISS",
        "months": 36,
        "income": 1_500_000,
        "from_month": "2026-09",
        "paid_on": "2026-09-10",
        "groups": ["other"],
    },
    {
        "kind": "contribution",
        "method": "6",
        "income": 700_000,
        "from_month": "2022-01",
        "paid_on": "2022-02-10",
    },
    {
        "kind": "refund",
        "method": "ADV",
        "income": 2_000_000,
        "months": 24,
        "remaining": 15,
        "monthly_rate": "0.0031",
        "state_support_removed": 990_000,
    },
    {
        "kind": "refund",
        "method": "12",
        "income": 3_000_000,
        "remaining": 7,
        "paid_on": "2026-01-05",
        "groups": ["other"],
    },
    {
        "kind": "pension",
        "sex": "female",
        "months": 240,
        "average_income": 1_500_000,
        "retires_on": "2026-09-01",
    },
    {
        "kind": "pension",
        "sex": "male",
        "months": 170,
        "average_income": 1_500_000,
        "retires_on": "2026-09-01",
        "birth_date": "1964-01-20",
    },
    {"kind": "renewal", "covered_to": "2026-08", "method": "6"},
]


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 50_000
    table, texts = shipped_table(), [json.dumps(line) for line in LINES]
    start = time.process_time()
    for i in range(count):
        answer_text(table, texts[i % len(texts)])
    seconds = time.process_time() - start
    print(
        f"{count} lines, {seconds:.1f} s of processor time, {count / seconds:.0f} lines per second"
    )


if __name__ == "__main__":
    main()
