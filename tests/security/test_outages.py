"""A fault of the database or a disk is told as what it is: 503, when to try again, and nothing
counted or claimed.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any

import psycopg
import pytest
from django.core.cache import cache
from django.db import DatabaseError, IntegrityError, OperationalError, ProgrammingError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django.urls import reverse

from agents.models import PortalSession, Role
from tests import builders
from tests.pages import markup
from thaithuy_bhxh import outages, readiness
from thaithuy_bhxh.outages import outage_of
from thaithuy_bhxh.refusals import MigratedMiddleware

LOGIN = reverse("account_login")
WRONG_WORDS = (
    "Tên đăng nhập hoặc mật khẩu",
    "Thử quá nhiều lần",
    "tạm khóa",
    "Yêu cầu không hợp lệ",
    "chưa được ghi",
)


def of_sqlite(
    act: Callable[[sqlite3.Connection], Any], kind: type[Exception] = OperationalError
) -> Exception:
    """What Django raises for what SQLite raises."""
    raw = sqlite3.connect(":memory:", isolation_level=None)
    try:
        act(raw)
    except sqlite3.Error as error:
        raised = kind(*error.args)
        raised.__cause__ = error
        return raised
    finally:
        raw.close()
    raise AssertionError("SQLite did not complain")


def filled(raw: sqlite3.Connection) -> None:
    raw.executescript(
        "CREATE TABLE t (x); PRAGMA max_page_count = 2; INSERT INTO t VALUES (zeroblob(1000000))"
    )


def only_read(raw: sqlite3.Connection) -> None:
    raw.executescript("CREATE TABLE t (x); PRAGMA query_only = ON; INSERT INTO t VALUES (1)")


def twice_the_same(raw: sqlite3.Connection) -> None:
    raw.executescript("CREATE TABLE t (x UNIQUE); INSERT INTO t VALUES (1), (1)")


def locked(raw: sqlite3.Connection) -> None:
    shared = "file:ban?mode=memory&cache=shared"
    with closing(sqlite3.connect(shared, uri=True, isolation_level=None)) as writer:
        writer.executescript("CREATE TABLE t (x); BEGIN IMMEDIATE; INSERT INTO t VALUES (1)")
        with closing(sqlite3.connect(shared, uri=True, timeout=0)) as waiter:
            waiter.execute("INSERT INTO t VALUES (2)")


def of_postgresql(state: str, kind: type[Exception] = OperationalError) -> Exception:
    raised = kind("told in English")
    raised.__cause__ = psycopg.errors.lookup(state)("told in English")
    return raised


def behind(error: BaseException) -> BaseException:
    shown = RuntimeError("raised while the other was handled")
    shown.__context__ = error
    return shown


FAULTS: list[tuple[BaseException, Any]] = [
    (of_sqlite(filled), outages.FULL),
    (of_sqlite(only_read), outages.READ_ONLY),
    (of_sqlite(locked), outages.BUSY),
    (of_sqlite(lambda raw: raw.execute("SELECT * FROM khong_co")), outages.UNMIGRATED),
    (of_sqlite(lambda raw: raw.execute("SELECT cot FROM sqlite_master")), outages.UNMIGRATED),
    (of_sqlite(lambda raw: sqlite3.connect("/khong-co/a.sqlite3")), outages.MISSING),
    (
        of_sqlite(
            lambda raw: raw.deserialize(b"SQLite no more" * 100) or raw.execute("SELECT 1 FROM t"),
            DatabaseError,
        ),
        outages.DAMAGED,
    ),
    (of_postgresql("25006"), outages.READ_ONLY),
    (of_postgresql("53100"), outages.FULL),
    (of_postgresql("53300"), outages.BUSY),
    (of_postgresql("40P01"), outages.BUSY),
    (of_postgresql("55P03"), outages.BUSY),
    (of_postgresql("57P01"), outages.AWAY),
    (of_postgresql("42P01", ProgrammingError), outages.UNMIGRATED),
    (of_postgresql("XX001"), outages.DAMAGED),
    (OperationalError("connection refused"), outages.AWAY),
    (outages.DatabaseFileMissing("gone"), outages.MISSING),
    (MemoryError(), outages.NO_MEMORY),
    (OSError(28, "No space left on device"), outages.FULL),
    (PermissionError(13, "Permission denied"), outages.STORE),
    (behind(OperationalError("connection refused")), outages.AWAY),
]
OTHERS = [
    of_sqlite(lambda raw: raw.execute("SELEC 1")),
    of_sqlite(
        lambda raw: raw.executescript("CREATE TABLE t (x UNIQUE); INSERT INTO t VALUES (1), (1)"),
        IntegrityError,
    ),
    of_postgresql("23505", IntegrityError),
    of_postgresql("42601", ProgrammingError),
    RuntimeError("a mistake of the program"),
    ConnectionResetError(104, "by the browser"),
]


@pytest.mark.parametrize(
    ("error", "outage"), FAULTS, ids=lambda one: getattr(one, "code", None) or repr(one)[:40]
)
def test_each_fault_is_known_by_what_the_engine_says(error: BaseException, outage: outages.Outage):
    assert outage_of(error) == outage


@pytest.mark.parametrize("error", OTHERS, ids=lambda one: repr(one)[:40])
def test_a_mistake_of_the_program_is_no_outage(error: BaseException):
    assert outage_of(error) is None


@contextmanager
def failing(error: BaseException, *beginnings: str) -> Iterator[list[str]]:
    """Statements that begin so fail, as they do on a database in trouble; which they were."""
    failed: list[str] = []

    def refuse(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.lstrip(" (\n").upper().startswith(beginnings):
            failed.append(sql)
            raise error
        return execute(sql, params, many, context)

    with connection.execute_wrapper(refuse):
        yield failed


WRITES = ("INSERT", "UPDATE", "DELETE")


def assert_told(answer: Any, outage: outages.Outage, *, sent: bool) -> None:
    text = markup(answer)
    assert (answer.status_code, answer["Retry-After"]) == (503, str(outage.seconds))
    assert outage.words in text and 'lang="vi"' in text and "Traceback" not in text
    assert not [words for words in WRONG_WORDS if words in text]
    assert ("có thể đã được ghi, cũng có thể chưa" in text) is sent


@pytest.fixture
def browser() -> Client:
    return Client(raise_request_exception=False)


@pytest.mark.parametrize(
    "error", [of_sqlite(filled), of_sqlite(only_read), of_postgresql("55P03")], ids=repr
)
def test_a_first_right_log_in_into_a_database_that_writes_nothing_is_told_so_and_not_counted(
    browser: Client, untouched_limits: None, error: Exception
):
    builders.user("thu.ngan", Role.MANAGER)
    form = {"login": "thu.ngan", "password": builders.PASSWORD}
    expected = outage_of(error)
    assert expected is not None
    for _ in range(12):
        with failing(error, *WRITES) as failed:
            answer = browser.post(LOGIN, form)
        assert failed
        assert_told(answer, expected, sent=True)
    assert browser.post(LOGIN, form)["Location"] == "/", (
        "after twelve such attempts the right password still opens"
    )


def test_a_session_that_could_not_be_kept_is_no_bad_request(
    browser: Client, untouched_limits: None
):
    builders.user("thu.ngan", Role.MANAGER)
    browser.post(LOGIN, {"login": "thu.ngan", "password": builders.PASSWORD})
    with failing(of_sqlite(filled), 'UPDATE "AGENTS_PORTALSESSION"') as failed:
        answer = browser.post(reverse("enrollment:participant_search"), {"tim": "Nguyễn"})
    assert failed
    assert_told(answer, outages.FULL, sent=True)


def test_a_session_that_somebody_ended_meanwhile_is_told_as_that(
    browser: Client, untouched_limits: None
):
    builders.user("thu.ngan", Role.MANAGER)
    browser.post(LOGIN, {"login": "thu.ngan", "password": builders.PASSWORD})

    def end(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith('UPDATE "agents_portalsession"'):
            PortalSession.objects.all().delete()
        return execute(sql, params, many, context)

    with connection.execute_wrapper(end):
        answer = browser.post(reverse("enrollment:participant_search"), {"tim": "Nguyễn"})
    assert answer.status_code == 400
    assert "Phiên làm việc này vừa kết thúc" in markup(answer)


@contextmanager
def somebody_writing() -> Iterator[None]:
    """Another connection writes and does not finish; this one waits for it a moment instead of
    twenty seconds.
    """
    other = connection.copy("other")
    is_sqlite = connection.vendor == "sqlite"
    with closing(other), other.cursor() as theirs, connection.cursor() as ours:
        ours.execute("PRAGMA busy_timeout = 200" if is_sqlite else "SET lock_timeout = '200ms'")
        tables = ", ".join(
            one for one in connection.introspection.table_names() if not one.startswith("django_m")
        )
        theirs.execute("BEGIN IMMEDIATE" if is_sqlite else "BEGIN")
        if not is_sqlite:
            theirs.execute(f"LOCK TABLE {tables} IN SHARE MODE")
        try:
            yield
        finally:
            theirs.execute("ROLLBACK")
            ours.execute("PRAGMA busy_timeout = 20000" if is_sqlite else "SET lock_timeout = '20s'")


def test_while_somebody_else_writes_pages_open_and_a_log_in_is_told_to_wait(
    transactional_db: None, browser: Client, reference: None
):
    builders.user("thu.ngan", Role.MANAGER)
    readiness.forget()
    form = {"login": "thu.ngan", "password": builders.PASSWORD}
    reading = Client()
    reading.post(LOGIN, form)
    with somebody_writing():
        assert [
            reading.get(path).status_code for path in ("/", "/nguoi-tham-gia/", "/bao-cao/")
        ] == [200] * 3
        assert_told(browser.post(LOGIN, form), outages.BUSY, sent=True)
        assert reading.get("/readyz").json()["checks"]["write"] == "busy"
    readiness.forget()
    assert browser.post(LOGIN, form)["Location"] == "/"


@pytest.mark.parametrize(
    "path", ["/tu-van/", "/khong-co/", "/nguoi-tham-gia/", "/tai-khoan/login/"]
)
def test_no_page_of_a_database_that_is_away_says_anything_else(
    browser: Client, untouched_limits: None, path: str
):
    builders.user("thu.ngan", Role.MANAGER)
    browser.post(LOGIN, {"login": "thu.ngan", "password": builders.PASSWORD})
    with failing(OperationalError("server closed the connection"), "SELECT", *WRITES) as failed:
        answer = browser.get(path)
    assert failed
    assert_told(answer, outages.AWAY, sent=False)


def test_no_page_before_the_migrations_are_done_and_all_after(
    browser: Client, db: None, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(MigratedMiddleware, "is_migrated", False)
    recorder = MigrationRecorder(connection)
    recorder.record_unapplied("enrollment", "0001_initial")
    try:
        for path in ("/", "/tai-khoan/login/", "/tu-van/"):
            assert_told(browser.get(path), outages.UNMIGRATED, sent=False)
        assert browser.get("/healthz").status_code == 200
    finally:
        recorder.record_applied("enrollment", "0001_initial")
    assert browser.get("/tai-khoan/login/").status_code == 200


def test_the_page_of_a_mistake_claims_nothing_and_leads_back_to_the_form(
    browser: Client, untouched_limits: None, monkeypatch: pytest.MonkeyPatch
):
    def broken(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("inside")

    monkeypatch.setattr("agents.backends.PortalBackend.authenticate", broken)
    text = markup(browser.post(LOGIN, {"login": "a", "password": "b"}))
    assert "có thể đã được ghi, cũng có thể chưa" in text and f'href="{LOGIN}"' in text
    for referer, way in (
        ("http://testserver/nguoi-tham-gia/7/?a=1", "/nguoi-tham-gia/7/?a=1"),
        ("https://evil.example/x", LOGIN),
        ("http://testserver//evil.example/x", LOGIN),
    ):
        headers = {"referer": referer, "host": "testserver"}
        sent = markup(browser.post(LOGIN, {"login": "a", "password": "b"}, headers=headers))
        assert f'href="{way}"' in sent, referer
    assert not [words for words in WRONG_WORDS if words in text]


def test_the_cache_keeps_adds_once_forgets_and_culls(db: None, untouched_limits: None):
    cache.set("a", [1], 60)
    assert (cache.get("a"), cache.get("b", "none")) == ([1], "none")
    assert (cache.add("a", 2, 60), cache.add("b", 2, 60)) == (False, True)
    assert cache.get_many(["a", "b", "c"]) == {"a": [1], "b": 2}
    assert (cache.touch("a", -1), cache.touch("c", 60)) == (True, False)
    assert cache.get("a") is None and cache.add("a", 3, 60)
    assert (cache.delete("a"), cache.get("a")) == (True, None)
    cache.set("forever", 1, None)
    assert cache.get("forever") == 1


def test_reading_a_limit_writes_nothing(db: None, untouched_limits: None):
    cache.set("a", 1, -1)
    with failing(of_sqlite(filled), *WRITES) as failed:
        assert cache.get("a") is None
    assert not failed
