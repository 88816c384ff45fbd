"""How commands fail (contract.md): 2 for wrong usage, 1 for what is refused, one sentence, and
nothing half done.
"""

# ruff: noqa: F811 - tests ask for the imported fixture by its name
from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command, load_command_class
from django.db import OperationalError
from django.db.migrations.recorder import MigrationRecorder
from django.test import override_settings

from enrollment.operations.receipts import do_void_receipt
from tests.enrollment.importing import d05_workbook as d05
from tests.security.conftest import scene  # noqa: F401 - a fixture
from tests.security.scene import Scene, fingerprint, new_row
from tests.security.test_outages import failing, filled, of_sqlite
from thaithuy_bhxh.backup.taking import take_backup
from thaithuy_bhxh.clock import today

APP = {
    "demo": "enrollment",
    "load_reference": "enrollment",
    "import_d05": "enrollment",
    "create_account": "agents",
    "import_agents": "agents",
    "import_targets": "agents",
    "void_receipt": "enrollment",
    "report": "reports",
    "quote": "enrollment",
    "check_figures": "enrollment",
    "backup": "reports",
    "restore": "reports",
    "drill": "reports",
    "verify_audit": "agents",
    "retention": "agents",
    "reset_password": "agents",
}
MISUSED = [
    ("demo", "--port", "tám nghìn"),
    ("load_reference", "tep-thua.csv"),
    ("import_d05", "x.xlsx"),
    ("import_d05", "--as", "lanhdao"),
    ("import_d05", "x.xlsx", "--as", "lanhdao", "--bo-qua"),
    ("create_account", "moi"),
    ("create_account", "--role", "lead"),
    ("create_account", "moi", "--role", "vua"),
    ("import_agents", "a.csv"),
    ("import_agents", "--as", "lanhdao"),
    ("import_targets", "t.csv"),
    ("import_targets", "t.csv", "u.csv", "--as", "lanhdao"),
    ("void_receipt", "X-1", "--on", "2026-01-31", "--as", "lanhdao"),
    ("void_receipt", "X-1", "--on", "31/01/2026", "--reason", "thử", "--as", "lanhdao"),
    ("void_receipt", "X-1", "--on", "2026-02-31", "--reason", "thử", "--as", "lanhdao"),
    ("report", "growth", "--from", "2026-01", "--to", "2026-01", "--by", "thon"),
    ("report", "growth", "--from", "2026-01", "--to", "2026-01", "--rule", "loose"),
    ("report", "growth", "--from", "2026-01", "--to", "2026-01", "--format", "pdf"),
    ("quote", "--nhanh"),
    ("check_figures", "--sua"),
    ("backup", "a.backup", "--nen"),
    ("backup", "a.backup", "--key-file"),
    ("restore",),
    ("restore", "a.backup", "b.backup"),
    ("verify_audit", "--sua"),
    ("retention", "30"),
    ("reset_password",),
    ("reset_password", "moi", "--moi"),
    ("drill",),
    ("drill", "a.backup", "--sua"),
]


@pytest.mark.parametrize("words", MISUSED, ids=" ".join)
def test_wrong_usage_is_exit_code_two(words: tuple[str, ...], capsys: pytest.CaptureFixture[str]):
    command = load_command_class(APP[words[0]], words[0])
    with pytest.raises(SystemExit) as ended:
        command.run_from_argv(["manage.py", *words])
    told = capsys.readouterr()
    assert (ended.value.code, told.out) == (2, "") and words[0] in told.err
    assert not re.search(r"argument|usage|invalid|required|unrecognized|expected", told.err), (
        told.err
    )


@pytest.mark.parametrize(
    "words", [("report",), ("report", "growth"), ("report", "growth", "--from", "2026-01")]
)
def test_a_report_without_its_months_is_wrong_usage(db: None, words: tuple[str, ...]):
    with pytest.raises(CommandError, match="Thiếu") as ended:
        call_command(*words, stdout=io.StringIO())
    assert ended.value.returncode == 2


@pytest.mark.parametrize(
    "words", [(), ("a.backup", "--new-key=khoa"), ("--new-key=khoa", "--key-file=khoa")]
)
def test_a_backup_without_its_place_is_wrong_usage(db: None, words: tuple[str, ...]):
    with pytest.raises(CommandError, match="nơi ghi") as ended:
        call_command("backup", *words, stdout=io.StringIO())
    assert ended.value.returncode == 2


def test_every_command_of_the_portal_is_tried_here():
    folders = {
        app: Path(app) / "management" / "commands" for app in ("agents", "enrollment", "reports")
    }
    found = {file.stem: app for app, folder in folders.items() for file in folder.glob("[a-z]*.py")}
    assert found == APP
    assert {words[0] for words in MISUSED} == set(APP)


Words = Callable[[Scene, Path], list[str]]


def file_of(folder: Path, name: str, content: bytes) -> str:
    (folder / name).write_bytes(content)
    return str(folder / name)


def void(number: str = "", on: Any = None, by: str = "lanhdao", reason: str = "thu nhầm") -> Words:
    return lambda s, folder: [
        "void_receipt",
        number or s.a.receipt.number,
        "--on",
        f"{on or today()}",
        "--reason",
        reason,
        "--as",
        by,
    ]


def voided_already(s: Scene, folder: Path) -> list[str]:
    do_void_receipt(actor=s.cast.manager, receipt=s.b.receipt, on=today(), reason="thu nhầm")
    return void(s.b.receipt.number)(s, folder)


def listed(name: str, content: str, by: str = "lanhdao") -> Words:
    return lambda s, folder: [name, file_of(folder, "a.csv", content.encode()), "--as", by]


def d05_list(*more: str, by: str = "lanhdao", **values: Any) -> Words:
    """A faultless row and one with these values instead."""

    def words(s: Scene, folder: Path) -> list[str]:
        good, other = new_row(s.cast, "MA-1"), new_row(s.cast, "MA-2")
        codes = ("A", "B", "C", *(str(number) for number in range(1, 18)))
        bad = [values.get(f"_{code}", cell) for code, cell in zip(codes, other, strict=True)]
        file = file_of(folder, "l.xlsx", d05.upload([good, bad]).read())
        return ["import_d05", file, "--as", by, *(word.format(folder=folder) for word in more)]

    return words


def report(*words: str, **given: str) -> Words:
    asked = {"from": "2026-01", "to": "2026-02", **given}
    return lambda s, folder: [
        "report",
        "growth",
        *(f"--{name}={value}" for name, value in asked.items()),
        *words,
    ]


def backup_in(folder: Path) -> str:
    return str(take_backup(str(folder / "a.backup"), None, dict).path)


AGENTS = (
    "agent_code,agent_name,network,point_code,point_name,commune_code,commune_valid_from,commune_name,"
    "collector_code,collector_name,active_from,active_to\n"
    "BD9,Bưu điện,post_office,BD9-P1,Điểm 1,12862,,Thuỵ Xuân,BD9-01,Đỗ Văn Mẫu,2016-01-01,\n"
)
TARGETS = (
    "year,metric,owner_kind,owner_code,value,decision_no,decision_date\n"
    "2032,new,commune,12922,10,,\n"
)
REFUSED: dict[str, Words] = {
    "an account of a name that is taken": lambda s, f: [
        "create_account",
        "LANHDAO",
        "--role",
        "auditor",
    ],
    "an agent's account without agent": lambda s, f: ["create_account", "moi", "--role", "lead"],
    "an account of an unknown agent": lambda s, f: [
        "create_account",
        "moi",
        "--role",
        "lead",
        "--agent",
        "KHONG",
    ],
    "an account of another agent's collector": lambda s, f: [
        "create_account",
        "moi",
        "--role",
        "collector",
        "--agent",
        "XA12865",
        "--collector",
        "BD001-78",
    ],
    "communes for somebody who is no officer": lambda s, f: [
        "create_account",
        "moi",
        "--role",
        "auditor",
        "--communes",
        "12922",
    ],
    "one unknown commune of two": lambda s, f: [
        "create_account",
        "moi",
        "--role",
        "officer",
        "--communes",
        "12922,99999",
    ],
    "a list of agents by nobody": listed("import_agents", AGENTS, by="khong.co"),
    "a list of agents by an officer": listed("import_agents", AGENTS, by="chuyenquan_a"),
    "a list of agents with a bad second row": listed(
        "import_agents",
        AGENTS
        + AGENTS.splitlines()[1].replace("BD9-01", "BD9-02").replace("2016-01-01", "1/1/16x"),
    ),
    "a list of agents that is not there": lambda s, f: [
        "import_agents",
        str(f / "khong-co.csv"),
        "--as",
        "lanhdao",
    ],
    "an empty list of agents": listed("import_agents", ""),
    "targets by an administrator": listed("import_targets", TARGETS, by="quantri"),
    "targets with a bad second row": listed(
        "import_targets", TARGETS + "2032,moi,commune,12922,10,,\n"
    ),
    "a list with one bad row": d05_list(_16="KHONG-CO"),
    "a list with one bad row, tried": d05_list("--dry-run", _16="KHONG-CO"),
    "a list by a collector": d05_list(by="nhanvien_a"),
    "a list whose errors cannot be written": d05_list(
        "--errors", "{folder}/khong-co/loi.xlsx", _16="KHONG-CO"
    ),
    "a void of an unknown receipt": void("KHONG-CO"),
    "a void before the receipt": void(on=today().replace(day=1) - timedelta(days=1)),
    "a void on a later day": void(on=today() + timedelta(days=1)),
    "a void without a reason": void(reason="  "),
    "a void by an auditor": void(by="thanhtra"),
    "a void out of scope": void(by="phutrach_b"),
    "a second void": voided_already,
    "an unknown report": lambda s, f: ["report", "lai-suat", "--from=2026-01", "--to=2026-02"],
    "months of two years": lambda s, f: ["report", "progress", "--from=2025-12", "--to=2026-02"],
    "a target that is none": lambda s, f: [
        "report",
        "progress",
        "--from=2026-01",
        "--to=2026-02",
        "--metric=ho",
    ],
    "a month that is none": report(to="2026-13"),
    "months that run backwards": report(to="2025-12"),
    "a territory that is no day": report(territory="hôm nay"),
    "a territory older than the units": report(territory="2020-01-01"),
    "a backup into a folder that is not there": lambda s, f: ["backup", f"{f}/khong-co/a.backup"],
    "a backup over another file": lambda s, f: ["backup", file_of(f, "thu.txt", b"thu tu")],
    "a backup with a key that is not there": lambda s, f: [
        "backup",
        f"{f}/a.backup",
        f"--key-file={f}/khong-co",
    ],
    "a backup with a short key": lambda s, f: [
        "backup",
        f"{f}/a.backup",
        "--key-file",
        file_of(f, "k", b"ngan"),
    ],
    "a new key over an old one": lambda s, f: ["backup", "--new-key", file_of(f, "k", b"khoa cu")],
    "a restoring of no file": lambda s, f: ["restore", f"{f}/khong-co.backup"],
    "a restoring of something else": lambda s, f: ["restore", file_of(f, "thu.txt", b"thu tu")],
    "a drill with no file": lambda s, f: ["drill", f"{f}/khong-co.backup"],
    "a restoring of an empty file": lambda s, f: ["restore", file_of(f, "rong.backup", b"")],
    "a report into a folder that is not there": report("--output=/khong-co/bao-cao.json"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_refused_is_one_sentence_exit_code_one_and_nothing_done(
    scene: Scene, db: None, tmp_path: Path, case: str
):
    words = REFUSED[case](scene, tmp_path)
    before, out = fingerprint(), io.StringIO()
    with pytest.raises(CommandError) as ended:
        call_command(*words, stdout=out, stderr=io.StringIO())
    assert ended.value.returncode == 1
    assert len(str(ended.value)) > 15 and "Traceback" not in str(ended.value)
    assert fingerprint() == before


EACH: dict[str, Words] = {
    "demo": lambda s, f: ["demo", "--no-serve"],
    "load_reference": lambda s, f: ["load_reference"],
    "import_d05": d05_list("--json"),
    "create_account": lambda s, f: ["create_account", "moi", "--role", "auditor"],
    "import_agents": lambda s, f: [*listed("import_agents", AGENTS)(s, f), "--json"],
    "import_targets": lambda s, f: [*listed("import_targets", TARGETS)(s, f), "--json"],
    "void_receipt": void(),
    "report": report("--format=json"),
    "quote": lambda s, f: ["quote"],
    "check_figures": lambda s, f: ["check_figures", "--json"],
    "backup": lambda s, f: ["backup", f"{f}/a.backup", "--json"],
    "restore": lambda s, f: ["restore", backup_in(f), "--json"],
    "drill": lambda s, f: ["drill", backup_in(f)],
    "verify_audit": lambda s, f: ["verify_audit"],
    "retention": lambda s, f: ["retention"],
    "reset_password": lambda s, f: ["reset_password", s.cast.auditor.username],
}
FAULTS: dict[str, tuple[BaseException, str]] = {
    "away": (OperationalError("connection refused"), "không nối được"),
    "full": (of_sqlite(filled), "Đĩa của máy chủ đã đầy"),
    "no memory": (MemoryError(), "không đủ bộ nhớ"),
}


def test_every_command_is_tried_with_every_fault():
    assert set(EACH) == set(APP)


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("name", EACH)
def test_a_fault_of_the_server_is_one_sentence_exit_code_one_and_nothing_on_stdout(
    scene: Scene, db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, fault: str
):
    words, (error, sentence) = EACH[name](scene, tmp_path), FAULTS[fault]
    monkeypatch.setattr(
        "sys.stdin", io.StringIO('{"kind":"renewal","covered_to":"2026-08","method":"6"}\n')
    )
    out = io.StringIO()
    with (
        override_settings(DEBUG=name == "demo"),
        failing(error, "SELECT", "INSERT", "UPDATE"),
        pytest.raises(CommandError) as ended,
    ):
        call_command(*words, stdout=out, stderr=io.StringIO())
    assert ended.value.returncode == 1 and out.getvalue() == ""
    assert sentence in str(ended.value) and "\n" not in str(ended.value)


@pytest.mark.parametrize("name", sorted(set(EACH) - {"demo", "restore"}))
def test_no_command_works_on_tables_of_another_version(
    scene: Scene, db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
):
    words, out = EACH[name](scene, tmp_path), io.StringIO()
    monkeypatch.setattr("sys.stdin", io.StringIO("{}\n"))
    MigrationRecorder.Migration.objects.filter(app="enrollment").latest("pk").delete()
    before = fingerprint()
    with pytest.raises(
        CommandError, match="chưa khớp với phiên bản phần mềm.*Hãy chạy migrate"
    ) as ended:
        call_command(*words, stdout=out, stderr=io.StringIO())
    assert (ended.value.returncode, out.getvalue(), fingerprint()) == (1, "", before)


def test_a_weak_password_from_standard_input_makes_no_account(
    scene: Scene, db: None, monkeypatch: pytest.MonkeyPatch
):
    before = fingerprint()
    monkeypatch.setattr("sys.stdin", io.StringIO("123456\n"))
    with pytest.raises(CommandError, match="ật khẩu") as ended:
        call_command(
            "create_account", "moi", "--role", "auditor", "--password-stdin", stdout=io.StringIO()
        )
    assert ended.value.returncode == 1 and fingerprint() == before


def test_the_demonstration_leaves_an_office_s_database_alone(scene: Scene, db: None):
    before = fingerprint()
    with (
        override_settings(DEBUG=True),
        pytest.raises(CommandError, match="không đụng vào") as ended,
    ):
        call_command("demo", "--no-serve", "--reset", stdout=io.StringIO(), stderr=io.StringIO())
    assert ended.value.returncode == 1 and fingerprint() == before
