"""A list of people as a workbook: what the register shows, with the same digits masked."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from enrollment.models import Participant
from enrollment.person_status import status_of
from thaithuy_bhxh.templatetags.portal import che_dien_thoai, che_so, ngay, thang
from thaithuy_bhxh.workbooks import BOX, HEAD, NOTE, TITLE, WrittenBook

COLUMNS = (
    ("Họ và tên", 26),
    ("Số CCCD", 16),
    ("Năm sinh", 9),
    ("Thôn, tổ dân phố", 20),
    ("Xã, thị trấn", 26),
    ("Đại lý", 26),
    ("Tình trạng", 22),
    ("Đã đóng đến", 12),
    ("Hạn đóng tiếp", 13),
    ("Điện thoại", 13),
)
"""Heads with their widths."""


def people_book(
    people: Iterable[tuple[Participant, str]], title: str, purpose: str, day: date
) -> bytes:
    """The people, each with today's place in words; ``purpose`` stands below the title."""
    book = WrittenBook(day=day, title=title)
    sheet = book.sheet("Danh sách")
    sheet.text(0, 0, title, TITLE)
    sheet.text(1, 0, f"Ngày {day:%d/%m/%Y}. Mục đích: {purpose}")
    for at, (head, width) in enumerate(COLUMNS):
        sheet.raw.set_column(at, at, width)
        sheet.text(3, at, head, HEAD)
    for row, (person, place) in enumerate(people, start=4):
        for at, value in enumerate(_cells(person, place, day)):
            sheet.text(row, at, value, NOTE | BOX)
    return book.content()


def _cells(person: Participant, place: str, day: date) -> tuple[str, ...]:
    new_here: bool = getattr(person, "new_here")  # noqa: B009 - annotated by who lists them
    return (
        person.full_name,
        che_so(person.citizen_id),
        str(person.birth_year or ""),
        person.hamlet,
        place,
        person.agent.name if person.agent else "",
        status_of(person, day).word,
        thang(person.covered_to) if person.covered_to else "",
        ngay(person.due_on) if person.due_on else "",
        "" if new_here else che_dien_thoai(person.phone),
    )
