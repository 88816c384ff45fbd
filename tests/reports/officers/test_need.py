"""The order of need: more of anything never moves a commune down, and the reasons add up to the
points.
"""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from reports.officers.need import QUIET, need_of, ranked
from reports.officers.watched import SIGNALS

COUNTS = st.fixed_dictionaries({one.name: st.integers(0, 200) for one in SIGNALS})


@given(COUNTS)
def test_the_reasons_explain_every_point_and_the_largest_says_what_to_do(counts: dict[str, int]):
    need = need_of("A", counts, SIGNALS)
    parts = [reason.points for reason in need.reasons]
    assert sum(parts) == need.points
    assert parts == sorted(parts, reverse=True)
    assert {reason.signal.name for reason in need.reasons} == {
        name for name, count in counts.items() if count
    }
    first = need.reasons[0] if need.reasons else None
    assert need.next_step == (first.signal.advice.format(n=first.count) if first else QUIET)


@given(COUNTS, st.sampled_from(SIGNALS), st.integers(1, 50))
def test_more_of_a_signal_never_lowers_the_need_and_none_exceeds_its_most(counts, signal, more):
    before = need_of("A", counts, SIGNALS)
    after = need_of("A", {**counts, signal.name: counts[signal.name] + more}, SIGNALS)
    assert after.points >= before.points
    assert all(reason.points <= reason.signal.most for reason in after.reasons)


@given(st.dictionaries(st.text("abc", min_size=1), COUNTS, max_size=6))
def test_the_order_is_total_and_does_not_depend_on_how_the_communes_came(found):
    needs = [need_of(code, counts, SIGNALS) for code, counts in found.items()]
    order = ranked(needs)
    assert order == ranked(reversed(needs))
    assert [one.points for one in order] == sorted((one.points for one in needs), reverse=True)


def test_a_hand_computed_need():
    need = need_of("A", {"behind": 4, "lapsed": 5, "due": 7, "no_contact": 1}, SIGNALS)
    assert need.points == 4 * 3 + 5 * 2 + 7 * 1 + 8
    assert need.why == (
        "Chậm chỉ tiêu 4 người; Chưa tái tục 5 người; Lâu chưa làm việc; Sắp đến hạn 7 người"
    )
    assert "thêm 4 người mới" in need.next_step


def test_how_soon_is_a_word_that_never_falls_as_the_need_grows():
    needs = [need_of("A", {"behind": n}, SIGNALS) for n in range(12)]
    assert [one.word for one in needs] == ["Ổn", *["Trong tuần"] * 9, *["Cần đến trước"] * 2]
