"""The engine and the second reading of the law say the same; 100,000 cases: ``python -m
tests.law_oracle.compare``.
"""

from __future__ import annotations

from tests.law_oracle.compare import compare


def test_two_readings_of_the_law_agree() -> None:
    counts, different = compare(cases=2_000, seed=20_261_125)
    assert different == []
    for kind in (
        "contributions",
        "refunds",
        "benefits",
        "pensions",
        "averages",
        "ages",
        "renewals",
    ):
        assert counts[f"both_{kind}"] > 50
