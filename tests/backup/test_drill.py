"""A drill restores a backup into a database that is thrown away, and says what it finds there."""

from __future__ import annotations

import io
import json
import secrets
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from agents.models import AuditEntry, BackupRun
from enrollment.models import ActivitySpan, Receipt
from reports.backups import take
from reports.drill import hold_drill
from tests.backup.conftest import Office, standing
from tests.backup.test_round_trip import files_of
from thaithuy_bhxh import triggers
from thaithuy_bhxh.backup.databases import standing_on
from thaithuy_bhxh.backup.places import Keep, dated_name, out_of_date
from thaithuy_bhxh.figures import dots


def run(*words: str) -> tuple[str, str]:
    """What a command says, and its remarks."""
    out, remarks = io.StringIO(), io.StringIO()
    call_command(*words, stdout=out, stderr=remarks)
    return out.getvalue(), remarks.getvalue()


def test_a_faithful_copy_passes_and_leaves_a_line(office: Office, tmp_path: Path):
    path = str(tmp_path / "daily.backup")
    with standing(office.busy_place(), office.uploads):
        told = json.loads(run("backup", path, "--json")[0])
        found = json.loads(run("drill", path, "--json")[0])
        kinds = {run.kind: run for run in BackupRun.objects.all()}
        assert AuditEntry.objects.filter(action__in=("backup.backup", "backup.drill")).count() == 2
    assert found["ok"] and found["differences"] == [] and found["compared_with_live"]
    assert (
        found["rows"] == told["rows"]
        and found["bytes"] == told["bytes"] == Path(path).stat().st_size
    )
    assert found["engine"].startswith(
        "PostgreSQL" if connection.vendor == "postgresql" else "SQLite"
    )
    assert kinds["drill"].passed and kinds["drill"].size == told["bytes"]
    assert (
        kinds["drill"].taken_at
        == kinds["backup"].taken_at
        == datetime.fromisoformat(found["taken_at"])
    )


def test_the_commands_speak_of_the_copy_s_moment_here_and_of_dotted_numbers(
    office: Office, tmp_path: Path
):
    path = str(tmp_path / "daily.backup")
    with standing(office.filled, office.uploads):
        rows = take(path, None)[0]
    with standing(office.empty_place(), tmp_path / "u"):
        told = run("restore", path)[0]
    here = (rows.taken_at.astimezone(UTC) + timedelta(hours=7)).strftime("%H:%M %d/%m/%Y")
    assert (
        told.strip()
        == f"Đã khôi phục {dots(rows.rows)} dòng và 1 tệp tải lên của bản sao lúc {here}."
    )


def test_what_was_changed_behind_the_portal_s_back_is_found(office: Office, tmp_path: Path):
    """Figures that had drifted when the backup was taken, and a receipt that was altered since."""
    remarks, path = io.StringIO(), str(tmp_path / "daily.backup")
    with standing(office.busy_place(), office.uploads):
        span, receipt = (
            ActivitySpan.objects.order_by("pk").first(),
            Receipt.objects.order_by("pk").first(),
        )
        assert span and receipt
        ActivitySpan.objects.filter(pk=span.pk).update(end=span.end + 1)
        run("backup", path)
        triggers.remove(connection)
        Receipt.objects.filter(pk=receipt.pk).update(note="sửa lén")
        triggers.install(connection)
        with pytest.raises(CommandError, match="có 2 chỗ khác") as ended:
            call_command("drill", path, stderr=remarks)
        line = BackupRun.objects.get(kind="drill")
    assert ended.value.returncode == 1 and not line.passed and line.outcome == str(ended.value)
    assert "không khớp với biên lai" in remarks.getvalue()
    assert (
        f"enrollment_receipt số {receipt.pk}: cơ sở dữ liệu đang chạy ghi khác"
        in remarks.getvalue()
    )


def test_elsewhere_the_copy_is_compared_with_itself_alone(office: Office, tmp_path: Path):
    """On PostgreSQL with a role that may create no database: then the copy is restored into
    SQLite.
    """
    path, place = str(tmp_path / "daily.backup"), office.empty_place()
    owner, role = (
        place,
        f"portal_plain_{secrets.token_hex(4)}",
    )  # Roles are the server's, which other runs use too.
    with standing(office.filled, office.uploads):
        take(path, None)
    if connection.vendor == "postgresql":
        with standing_on(place), connection.cursor() as cursor:
            cursor.execute(f"CREATE ROLE {role} LOGIN PASSWORD 'portal'")
            cursor.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role}")
        place = {**place, "USER": role, "PASSWORD": "portal"}
    with standing(place, tmp_path / "u"):
        drill = hold_drill(path, None)
        assert not Receipt.objects.exists()
    if connection.vendor == "postgresql":
        with standing_on(owner), connection.cursor() as cursor:
            cursor.execute(f"DROP OWNED BY {role}")
            cursor.execute(f"DROP ROLE {role}")
    assert (drill.engine, drill.differences, drill.compared_with_live) == ("SQLite", [], False)


def test_a_damaged_backup_fails_the_drill(office: Office, tmp_path: Path):
    path = tmp_path / "daily.backup"
    with standing(office.filled, office.uploads):
        take(str(path), None)
        path.write_bytes(path.read_bytes()[:-100])
        with pytest.raises(CommandError, match="bị cắt cụt"):
            run("drill", str(path))


def test_a_folder_gets_dated_copies_and_loses_those_out_of_date(office: Office, tmp_path: Path):
    (tmp_path / "thu.txt").write_text("của người khác")
    old = [tmp_path / dated_name(datetime(2026, 1, 1) + timedelta(days=day)) for day in range(20)]
    for path in old:
        path.write_bytes(b"")
    with standing(office.busy_place(), office.uploads):
        told = json.loads(run("backup", str(tmp_path), "--json")[0])
    # The last 13 days beside today's, the Sunday of the 4th among the weeks.
    assert told["removed"] == [old[day].name for day in (6, 5, 4, 2, 1, 0)]
    assert {*files_of(tmp_path)} == {
        "thu.txt",
        Path(told["path"]).name,
        *(path.name for path in old),
    } - {*told["removed"]}


@pytest.mark.parametrize(
    ("keep", "kept"),
    [
        (Keep(3, 0, 0), [59, 58, 57]),
        (Keep(0, 2, 0), [59, 55]),
        (Keep(0, 0, 2), [59, 30]),
        (Keep(2, 2, 5), [59, 58, 55, 30]),
        (Keep(0, 0, 0), [*range(60)]),
    ],
)
def test_the_latest_of_each_day_week_and_month_stays(keep: Keep, kept: list[int]):
    """60 days from Monday, 1 December 2025, which end on a Thursday; two copies a day, the later of
    which counts.
    """
    first = datetime(2025, 12, 1, 2)
    names = {
        dated_name(first + timedelta(days=day, hours=hour)): (day, hour)
        for day in range(60)
        for hour in (0, 9)
    }
    left = {*names} - {*out_of_date(names, keep)}
    hours = (0, 9) if keep == Keep(0, 0, 0) else (9,)
    assert {names[name] for name in left} == {(day, hour) for day in kept for hour in hours}
