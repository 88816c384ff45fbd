"""Lists to choose from stand in the order of the language: đ after d, tones after letters, people
by given name.
"""

from __future__ import annotations

from datetime import date

from django.http import QueryDict

from agents.commune_hand_overs import givers
from agents.forms.assignments import AssignForm, GiverForm, HandOverForm
from agents.forms.lists import CommuneListForm
from agents.forms.organisations import PointEditForm
from agents.forms.territory import MergeForm
from agents.models import CommuneAssignment
from enrollment.filters import ParticipantFilter
from enrollment.forms.people import ResidenceForm
from reports.officers.board import board_of
from tests import builders
from tests.cast import Cast
from thaithuy_bhxh.text import lower_first, place_key, upper_first

TODAY = date(2026, 6, 1)


def offered(form, name: str) -> list[str]:
    return [str(label) for value, label in form.fields[name].choices if value]


def in_charge(cast: Cast) -> None:
    """Officers whose names the order of bytes, and that of full names, would put differently."""
    for officer, name in ((cast.officer_a, "Đỗ Thị Thu Huệ"), (cast.officer_b, "Vũ Văn An")):
        officer.full_name = name
        officer.save()
    builders.user("chuyenquan_c", "officer").save()


def test_places_are_sorted_from_the_first_word_with_d_before_dd():
    names = ["Tây Đô", "Đông Hải", "Dương Phúc", "Ái Quốc", "An Tân", "Hoà Bình", "Hoa Lư"]
    assert sorted(names, key=place_key) == [
        "Ái Quốc",
        "An Tân",
        "Dương Phúc",
        "Đông Hải",
        "Hoa Lư",
        "Hoà Bình",
        "Tây Đô",
    ]


def test_every_list_of_communes_is_in_that_order(cast: Cast):
    names = offered(ResidenceForm(), "commune")
    assert names == sorted(names, key=place_key)
    assert names.index("Đông Thái Ninh") < names.index("Tây Thái Ninh")
    for form, field in ((PointEditForm(), "communes"), (MergeForm(), "predecessors")):
        assert [label.split(" ", 1)[1] for label in offered(form, field)] == names
    assert [one.name for one in ParticipantFilter({}, cast.manager, "").communes] == names


def test_every_list_of_people_is_by_given_name(cast: Cast):
    in_charge(cast)
    kind = CommuneAssignment.Kind.OFFICER
    extra = "Tài khoản chuyenquan_c"
    expected = ["Vũ Văn An", extra, "Đỗ Thị Thu Huệ"]
    assert offered(AssignForm(kind=kind), "user") == expected
    assert offered(MergeForm(), "officer") == expected
    assert offered(GiverForm(people=givers(TODAY)), "tu") == ["Vũ Văn An", "Đỗ Thị Thu Huệ"]
    assert offered(HandOverForm(giver=cast.officer_a), "taker") == ["Vũ Văn An", extra]
    assert [
        name
        for value, name in CommuneListForm(QueryDict()).fields["nguoi"].choices
        if value.isdigit()
    ] == [
        "Vũ Văn An",
        "Đỗ Thị Thu Huệ",
    ]
    assert [*board_of(cast.manager, "", TODAY).officers.values()][1:] == [
        "Vũ Văn An",
        "Đỗ Thị Thu Huệ",
    ]


def test_only_the_first_letter_of_a_sentence_is_raised():
    assert upper_first("xã Thái Thụy") == "Xã Thái Thụy"
    assert lower_first("Chuyển BHXH bắt buộc") == "chuyển BHXH bắt buộc"
    assert upper_first("đại lý BĐ1") == "Đại lý BĐ1" and upper_first("") == ""
