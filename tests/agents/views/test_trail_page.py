"""The audit trail's page: by act, by person, by day, page by page; and each record's own
history.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agents import audit
from agents.act_kinds import act_kinds
from agents.audit_trail import acts_of
from agents.models import AuditEntry, BackupRun, User
from agents.operations import organisations
from agents.operations.backups import Run, do_note_run
from agents.origin import Origin
from enrollment.operations.unmask import do_unmask
from tests import builders
from tests.cast import Cast
from tests.pages import markup
from thaithuy_bhxh.clock import today

PAGE = reverse("agents:audit")
Login = Callable[[User], Client]


def wrote(
    cast: Cast,
    summary: str,
    *,
    who: str = "manager",
    action: str = "agent.edit",
    at: datetime | None = None,
):
    row = audit.entry(
        actor=getattr(cast, who),
        action=action,
        kind=cast.agent_a,
        pk=cast.agent_a.pk,
        summary=summary,
        at=at,
    )
    AuditEntry.objects.create(**row._asdict())


def listed(client: Client, **query: object) -> list[str]:
    """The summaries that the page shows, in its order."""
    text = markup(client.get(PAGE, query))
    return [re.sub(r"<[^>]+>", "", one) for one in re.findall(r"(?:<td>|/\">)(Việc [^<]+)<", text)]


@pytest.fixture
def client(cast: Cast, logged_in: Login) -> Client:
    return logged_in(cast.auditor)


def test_latest_first_with_who_when_and_what(cast: Cast, client: Client):
    wrote(cast, "Việc trước", at=timezone.now() - timedelta(minutes=5))
    wrote(cast, "Việc sau", who="administrator")
    assert listed(client) == ["Việc sau", "Việc trước"]
    text = markup(client.get(PAGE))
    assert (
        "(quantri)" in text
        and "(lanhdao)" in text
        and reverse("agents:agent", args=[cast.agent_a.pk]) in text
    )


def test_a_target_that_stayed_the_same_is_not_told_as_a_change(cast: Cast):
    audit.record(
        actor=cast.manager,
        action="target.assign",
        on=cast.agent_a,
        summary="Giao",
        changes={
            "active": [12, 12],
            "new": [3, 4],
            "collected": [None, 1_000_000],
        },
    )
    [act] = acts_of(audit.history_of(cast.agent_a)[:1])
    assert [(one.label, one.before, one.after) for one in act.changes] == [
        ("Tăng mới trong năm", "3", "4"),
        ("Tiền thu (đồng)", "", "1.000.000"),
    ]


def test_only_the_acts_of_one_person(cast: Cast, client: Client):
    wrote(cast, "Việc của lãnh đạo")
    wrote(cast, "Việc của quản trị", who="administrator")
    assert listed(client, nguoi="LanhDao") == ["Việc của lãnh đạo"]
    assert listed(client, nguoi="khong.co") == []
    assert "do lanhdao làm" in markup(client.get(PAGE, {"nguoi": "lanhdao"}))


def test_only_the_acts_of_one_kind(cast: Cast, client: Client):
    wrote(cast, "Việc đại lý")
    wrote(cast, "Việc điểm thu", action="point.edit")
    assert listed(client, viec="point") == ["Việc điểm thu"]
    assert listed(client, viec="agent") == ["Việc đại lý"]


def test_a_day_begins_and_ends_at_midnight_in_thai_thuy(cast: Cast, client: Client):
    for hour, minute, what in ((16, 59, "Việc trước nửa đêm"), (17, 0, "Việc sau nửa đêm")):
        wrote(cast, what, at=datetime(2026, 3, 5, hour, minute, tzinfo=UTC))
    assert listed(client, tu="05/03/2026", den="05/03/2026") == ["Việc trước nửa đêm"]
    assert listed(client, tu="06/03/2026", den="06/03/2026") == ["Việc sau nửa đêm"]
    assert listed(client, tu="05/03/2026", den="06/03/2026") == [
        "Việc sau nửa đêm",
        "Việc trước nửa đêm",
    ]


def test_without_days_the_last_thirty_are_shown_and_said(cast: Cast, client: Client):
    wrote(cast, "Việc hôm nay")
    wrote(cast, "Việc đã lâu", at=timezone.now() - timedelta(days=32))
    assert listed(client) == ["Việc hôm nay"]
    assert f"từ {today() - timedelta(days=30):%d/%m/%Y} đến {today():%d/%m/%Y}" in markup(
        client.get(PAGE)
    )
    assert listed(client, tu="", den="") == ["Việc hôm nay", "Việc đã lâu"]


@pytest.mark.parametrize(
    "query",
    [
        {"tu": "31/02/2026"},
        {"den": "hôm qua"},
        {"tu": "02/03/2026", "den": "01/03/2026"},
        {"viec": "khong-co"},
    ],
)
def test_a_filter_that_makes_no_sense_says_so_and_shows_nothing(
    cast: Cast, client: Client, query: dict[str, str]
):
    wrote(cast, "Việc hôm nay")
    answer = client.get(PAGE, query)
    assert answer.status_code == 200 and "điều kiện lọc chưa đúng" in markup(answer)
    assert listed(client, **query) == []


def test_twenty_acts_a_page_and_the_filter_stays(cast: Cast, client: Client):
    now = timezone.now()
    for number in range(43):
        wrote(cast, f"Việc số {number:02d}", at=now - timedelta(seconds=number))
    wrote(cast, "Việc của người khác", who="administrator")
    first = listed(client, nguoi="lanhdao")
    assert first == [f"Việc số {number:02d}" for number in range(20)]
    text = markup(client.get(PAGE, {"nguoi": "lanhdao"}))
    assert "lanhdao" in re.search(r'href="([^"]*trang=2[^"]*)"', text)[1]  # type: ignore[index]
    assert listed(client, nguoi="lanhdao", trang=3) == ["Việc số 40", "Việc số 41", "Việc số 42"]
    assert "43 việc" in text


def test_an_administrator_reads_no_acts_about_people_whatever_is_asked(
    cast: Cast, logged_in: Login
):
    receipt = builders.paid(
        cast.manager, cast.commune_a, cast.collector_a, date(2025, 8, 5), full_name="Lê Thị Mẫu"
    )
    do_unmask(actor=cast.officer_a, participant=receipt.participant, reason="đối chiếu thẻ giấy")
    organisations.do_edit_agent(
        actor=cast.manager, agent=cast.agent_a, name="Tên Mới Hẳn", opened_on=cast.agent_a.opened_on
    )
    administrator = logged_in(cast.administrator)
    for query in (
        {},
        {"viec": "participant"},
        {"viec": "receipt"},
        {"viec": "import"},
        {"nguoi": "chuyenquan_a"},
    ):
        text = markup(administrator.get(PAGE, query))
        assert receipt.number not in text and "đối chiếu thẻ giấy" not in text, query
    assert "Tên Mới Hẳn" in markup(administrator.get(PAGE))
    text = markup(logged_in(cast.auditor).get(PAGE))
    assert "đối chiếu thẻ giấy" in text and receipt.number in text, "inspection reads everything"


def test_a_records_page_has_its_own_history_and_no_other(cast: Cast, client: Client):
    for agent, name in ((cast.agent_a, "Tên Bên A"), (cast.agent_b, "Tên Bên B")):
        organisations.do_edit_agent(
            actor=cast.manager, agent=agent, name=name, opened_on=agent.opened_on
        )
    text = markup(client.get(reverse("agents:agent", args=[cast.agent_a.pk])))
    history = text[text.index("Nhật ký thay đổi") :]
    assert "→ Tên Bên A" in history and "Tên Bên B" not in history


@pytest.mark.parametrize("who", ["officer_a", "lead_a", "staff_a"])
def test_the_trail_is_closed_to_those_who_work(cast: Cast, logged_in: Login, who: str):
    wrote(cast, "Việc kín")
    answer = logged_in(getattr(cast, who)).get(PAGE)
    assert answer.status_code == 403 and "Việc kín" not in markup(answer)


def test_an_unreadable_day_is_told_beside_its_field_and_nothing_is_counted(
    cast: Cast, logged_in: Login
):
    page = markup(logged_in(cast.manager).get(reverse("agents:communes"), {"ngay": "31/02/2020"}))
    assert (
        "Ngày không đúng; hãy nhập như 05/06/2026." in page
        and "điều kiện lọc chưa đúng.</p>" in page
    )
    assert "0 đơn vị" not in page


@pytest.mark.parametrize("words", ["LÃNH", "lanhdao", "lanh"])
def test_any_part_of_the_name_finds_the_acts_of_somebody(cast: Cast, client: Client, words: str):
    User.objects.filter(pk=cast.manager.pk).update(full_name="Đỗ Văn Lãnh")
    wrote(cast, "Việc của lãnh đạo")
    wrote(cast, "Việc khác", who="administrator")
    assert listed(client, nguoi=words) == ["Việc của lãnh đạo"]


@pytest.mark.parametrize("place", ["203.0.113.9", "203.0", "abcdef12", "lệnh/import"])
def test_the_acts_of_one_address_session_or_command_are_found(
    cast: Cast, client: Client, place: str
):
    origin = (
        Origin(None, place + "_d05")
        if "lệnh" in place
        else Origin("203.0.113.9", "abcdef1234567890")
    )
    for told, where in (
        ("Việc từ đó", origin),
        ("Việc từ nơi khác", Origin("198.51.100.1", "0123456789abcdef")),
    ):
        row = audit.entry(
            actor=cast.manager,
            action="agent.edit",
            kind=cast.agent_a,
            pk=cast.agent_a.pk,
            summary=told,
            origin=where,
        )
        AuditEntry.objects.create(**row._asdict())
    assert listed(client, noi=place) == ["Việc từ đó"]


def _written_actions() -> set[str]:
    """The first words of the actions that the code writes, where it spells them out."""
    found = set()
    for app in ("agents", "enrollment", "reports"):
        for path in (Path(settings.BASE_DIR) / app).rglob("*.py"):
            found |= set(re.findall(r'\baction=f?"([a-z]+)\.', path.read_text(encoding="utf-8")))
    return found


def test_every_kind_of_act_can_be_found():
    written = _written_actions()
    assert len(written) > 20 and written <= set(act_kinds())


def test_a_backup_is_on_the_page(cast: Cast, client: Client):
    do_note_run(
        actor=None,
        run=Run(BackupRun.Kind.BACKUP, 3, 1000, True, "Đã sao lưu 5 dòng", timezone.now()),
    )
    assert "Đã sao lưu 5 dòng" in markup(client.get(PAGE))
