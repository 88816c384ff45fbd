"""The audit trail is a chain: what is changed, taken out, put in or moved shows; its order is that
of the commits.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from importlib import import_module
from io import StringIO
from threading import Barrier, Thread
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from agents import audit, chain, verifying
from agents.models import AuditEntry, AuditLink, Role, User
from agents.verifying import BROKEN, CHANGED, CUT, GAP, MISSING, UNLINKED, Wrong, verify
from tests import builders
from tests.shipped import start_over, unguarded
from thaithuy_bhxh.fingerprints import linked

ROWS = 6


def settle() -> None:
    """What PostgreSQL leaves for the commit is done now, as a test never commits."""
    if connection.vendor == "postgresql":
        connection.check_constraints()


@pytest.fixture
def trail(db: None) -> list[AuditEntry]:
    """A few rows in the chain, after whatever was there."""
    with transaction.atomic():
        rows = [
            audit.record(actor=None, action="x.y", on=User, summary=f"việc {n}")
            for n in range(ROWS)
        ]
    settle()
    return rows


def places(*rows: AuditEntry) -> list[int]:
    return [AuditLink.objects.get(entry=row).position for row in rows]


def test_each_row_has_its_place_and_the_chain_holds(trail: list[AuditEntry]):
    (first, *_, last) = places(*trail)
    assert last - first == ROWS - 1
    verdict = verify()
    assert (verdict.first_wrong, verdict.checked, verdict.head) == (
        None,
        AuditEntry.objects.count(),
        verifying.head(),
    )


def test_the_digest_is_over_the_digest_before(trail: list[AuditEntry]):
    one, other = (AuditLink.objects.get(entry=row) for row in trail[:2])
    assert other.digest == linked(one.digest, trail[1].pk, trail[1].fingerprint)


def test_a_row_costs_one_statement(db: None):
    with transaction.atomic(), CaptureQueriesContext(connection) as asked:
        audit.record(actor=None, action="x.y", on=User, summary="x")
    assert len(asked) == 1


def test_what_is_taken_back_leaves_nothing(db: None):
    settle()
    before = verify()
    for _ in range(2):
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            audit.record(actor=None, action="x.y", on=User, summary="x")
            settle()
            raise ZeroDivisionError
    assert verify() == before


ODD: list[dict[str, Any]] = [
    {},
    {"b": 1, "a": {"d": [1, None, True], "c": "Đặng Thị Hòa"}},
    {"ten dai hon": 1, "a": 2, "": "", "A": 3},
    {"số": 10**18, "âm": -1},
    {
        "thập phân": Decimal("0.10"),
        "phần": 0.1,
        "ngày": date(2026, 1, 2),
        "lúc": datetime(2026, 1, 2, tzinfo=UTC),
    },
    {"chữ": "\U0001f600 \u200b “ ” \\ / \x7f \n\t", "e": ["\u00e9", "e\u0301"]},
    {"citizen_id": [None, "034080001234"], "phone": "0912345678"},
]


@pytest.mark.parametrize("changes", ODD, ids=str)
def test_what_was_said_reads_the_same_from_the_database(db: None, changes: dict[str, Any]):
    with transaction.atomic():
        audit.record(
            actor=None, action="x.y", on=User, summary="Sửa Đ " + "ộ" * 500, changes=changes
        )
        audit.record_all(
            audit.entry(actor=None, action="x.y", kind=User, pk=1, summary="x", changes=changes)
            for _ in range(30)
        )
    settle()
    assert verify().first_wrong is None


class TestTampering:
    @pytest.fixture(autouse=True)
    def _without_triggers(self, trail: list[AuditEntry]) -> Iterator[None]:
        """Somebody has got rid of the triggers."""
        with unguarded(AuditEntry, AuditLink):
            yield

    def test_a_changed_summary(self, trail: list[AuditEntry]):
        AuditEntry.objects.filter(pk=trail[2].pk).update(summary="khác")
        self._is_found(trail[2], CHANGED)

    @pytest.mark.parametrize(
        "values",
        [
            {"actor": None},
            {"object_id": 99},
            {"changes": {"a": 1}},
            {"address": "10.0.0.1"},
            {"session": "abc"},
            {"at": datetime(2020, 1, 1, tzinfo=UTC)},
            {"action": "x.z"},
            {"fingerprint": "0" * 64},
        ],
        ids=str,
    )
    def test_any_changed_column(self, trail: list[AuditEntry], values: dict[str, Any]):
        changed = AuditEntry.objects.filter(pk=trail[3].pk)
        if values == {"actor": None}:
            values = {"actor": builders.user("ke.gian", Role.MANAGER)}
        changed.update(**values)
        self._is_found(trail[3], CHANGED)

    def test_a_changed_row_with_a_fitting_fingerprint(self, trail: list[AuditEntry]):
        row = trail[1]
        content = (row.at, None, row.action, row.object_type, row.object_id, "khác", {}, None, "")
        new = audit.fingerprint_of(content)
        AuditEntry.objects.filter(pk=row.pk).update(summary="khác", fingerprint=new)
        self._is_found(row, BROKEN)

    def test_even_with_a_fitting_link_the_next_row_shows_it(self, trail: list[AuditEntry]):
        row, before = trail[1], AuditLink.objects.get(entry=trail[0])
        content = (row.at, None, row.action, row.object_type, row.object_id, "khác", {}, None, "")
        new = audit.fingerprint_of(content)
        AuditEntry.objects.filter(pk=row.pk).update(summary="khác", fingerprint=new)
        AuditLink.objects.filter(entry=row).update(digest=linked(before.digest, row.pk, new))
        self._is_found(trail[2], BROKEN)

    def test_a_row_taken_out(self, trail: list[AuditEntry]):
        AuditEntry.objects.filter(pk=trail[2].pk)._raw_delete("default")  # type: ignore[attr-defined]
        self._is_found(trail[2], MISSING)

    def test_a_row_taken_out_with_its_link(self, trail: list[AuditEntry]):
        (place,) = places(trail[2])
        AuditLink.objects.filter(entry=trail[2]).delete()
        AuditEntry.objects.filter(pk=trail[2].pk).delete()
        assert verify().first_wrong == Wrong(place + 1, trail[3].pk, GAP)

    def test_two_rows_that_changed_places(self, trail: list[AuditEntry]):
        one, other = (AuditLink.objects.get(entry=row) for row in trail[1:3])
        AuditLink.objects.filter(pk=one.pk).update(entry_id=-1)
        AuditLink.objects.filter(pk=other.pk).update(entry_id=trail[1].pk)
        AuditLink.objects.filter(pk=one.pk).update(entry_id=trail[2].pk)
        assert verify().first_wrong == Wrong(one.position, trail[2].pk, BROKEN)

    def test_a_row_put_in_past_the_chain(self, trail: list[AuditEntry]):
        AuditLink.objects.filter(entry=trail[-1]).delete()
        assert verify().first_wrong == Wrong(None, trail[-1].pk, UNLINKED)

    def test_a_row_put_in_before_the_beginning(self, trail: list[AuditEntry]):
        AuditLink.objects.filter(entry=trail[-1]).delete()
        AuditLink.objects.create(position=-5, entry=trail[-1], digest="x")
        assert verify().first_wrong == Wrong(-5, trail[-1].pk, GAP)

    def test_an_end_cut_off_shows_by_the_head_that_was_noted(self, trail: list[AuditEntry]):
        noted = verifying.head()
        AuditLink.objects.filter(entry=trail[-1]).delete()
        AuditEntry.objects.filter(pk=trail[-1].pk).delete()
        assert verify().first_wrong is None
        assert verify(noted).first_wrong == Wrong(None, None, CUT)
        assert verify(verifying.head()).first_wrong is None

    @staticmethod
    def _is_found(row: AuditEntry, why: str) -> None:
        settle()
        (place,) = places(row)
        assert verify().first_wrong == Wrong(place, row.pk, why)


def test_a_row_written_by_hand_is_linked_and_found(trail: list[AuditEntry]):
    """Whoever can write may add a row, but not one that says what the portal would have said."""
    forged = AuditEntry.objects.create(
        at=trail[0].at,
        action="x.y",
        object_type="agents.user",
        object_id=1,
        summary="giả",
        fingerprint="f" * 64,
    )
    settle()
    wrong = verify().first_wrong
    assert wrong and (wrong.entry, wrong.why) == (forged.pk, CHANGED)


def told(*words: str) -> str:
    out = StringIO()
    call_command("verify_audit", *words, stdout=out, stderr=StringIO())
    return out.getvalue()


def test_the_command_says_that_all_is_well(trail: list[AuditEntry]):
    text = told()
    assert text.startswith("Nhật ký còn nguyên: ") and verifying.head() in text
    document = json.loads(told("--json", "--head", verifying.head()))
    assert document == {
        "checked": AuditEntry.objects.count(),
        "head": verifying.head(),
        "first_wrong": None,
    }


def test_the_command_fails_with_the_first_row_that_does_not_fit(trail: list[AuditEntry]):
    out, (place,) = StringIO(), places(trail[2])
    with unguarded(AuditEntry):
        AuditEntry.objects.filter(pk=trail[2].pk).update(summary="khác")
        with pytest.raises(
            CommandError, match=rf"dòng thứ [\d.]+ \(mã {trail[2].pk}\): nội dung đã bị sửa"
        ):
            call_command("verify_audit", "--json", stdout=out, stderr=StringIO())
    document = json.loads(out.getvalue())
    assert document["first_wrong"] == {"position": place, "entry": trail[2].pk, "why": CHANGED}
    assert document["checked"] == place - 1


@pytest.mark.parametrize("noted", ["abc", "g" * 64])
def test_a_head_that_was_copied_wrongly_is_refused(trail: list[AuditEntry], noted: str):
    with pytest.raises(CommandError, match="64 chữ số"):
        told("--head", noted)


def test_the_rows_of_before_are_sealed_and_chained_in_their_order(trail: list[AuditEntry]):
    migration = import_module("agents.migrations.0010_audit_chain")
    old = {
        "citizen_id": ["034080001234", None],
        "phone": ["0912345678", "0987654321"],
        "gross": 1,
        "share": 0.5,
    }
    with unguarded(AuditEntry, AuditLink):
        AuditLink.objects.all().delete()
        AuditEntry.objects.update(fingerprint="")
        AuditEntry.objects.filter(pk=trail[1].pk).update(
            changes=old, summary="Gọi 0912345678 về 034080001234"
        )
        migration.begin(apps, SimpleNamespace(connection=connection))
    row = AuditEntry.objects.get(pk=trail[1].pk)
    written = row.summary + json.dumps(row.changes)
    assert not {"034080001234", "0912345678", "0987654321"} & set(written.replace('"', " ").split())
    assert (row.changes["citizen_id"][0]["last"], row.changes["gross"], row.changes["share"]) == (
        "1234",
        1,
        "0.5",
    )
    assert verify().first_wrong is None
    assert places(*trail) == sorted(places(*trail))


def test_the_chain_is_part_of_the_database(db: None):
    assert chain.is_installed(connection)


@pytest.mark.skipif("connection.vendor == 'sqlite'", reason="SQLite links by one trigger")
@pytest.mark.parametrize("name", ["settled", "linked"])
def test_every_trigger_of_the_chain_is_missed(db: None, name: str):
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER {chain.QUEUE}_{name} ON {chain.QUEUE}")
    assert not chain.is_installed(connection)
    chain.install(connection)
    assert chain.is_installed(connection)


class TestAtOnce:
    """On real transactions."""

    THREADS, EACH = 8, 15

    @pytest.fixture
    def accounts(self, transactional_db: None) -> Iterator[list[User]]:
        yield [builders.user(f"nguoi.{number}", Role.MANAGER) for number in range(3)]
        start_over()

    def _at_once(self, act: Callable[[int], None]) -> None:
        start, failed = Barrier(self.THREADS), []

        def run(number: int) -> None:
            try:
                start.wait()
                for turn in range(self.EACH):
                    act(number * self.EACH + turn)
            except Exception as error:  # noqa: BLE001 - the test looks at it
                failed.append(error)
            finally:
                connections.close_all()

        threads = [Thread(target=run, args=[number]) for number in range(self.THREADS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=60)
        assert failed == []

    def test_many_writers_make_one_chain_and_no_deadlock(self, accounts: list[User]):
        """Half of them hold a row that rows of the other half refer to, which PostgreSQL checks at
        the commit.
        """
        (account,) = accounts[:1]

        def act(number: int) -> None:
            with transaction.atomic():
                if number % 2:
                    User.objects.select_for_update().get(pk=account.pk)
                audit.record(actor=None, action="x.y", on=account, summary=f"việc {number}")
                audit.record(
                    actor=None if number % 2 else account, action="x.y", on=account, summary="nữa"
                )

        before = AuditEntry.objects.count()
        self._at_once(act)
        verdict = verify()
        assert verdict.first_wrong is None
        assert verdict.checked == before + 2 * self.THREADS * self.EACH

    def test_a_long_transaction_keeps_nobody_waiting_until_it_commits(self, accounts: list[User]):
        if connection.vendor == "sqlite":
            pytest.skip("SQLite lets one writer in at a time as it is")
        done: list[str] = []

        def quick() -> None:
            with transaction.atomic():
                audit.record(actor=None, action="x.y", on=User, summary="nhanh")
            done.append("nhanh")
            connections.close_all()

        with transaction.atomic():
            audit.record_all(
                audit.entry(actor=None, action="x.y", kind=User, pk=1, summary="lâu")
                for _ in range(50)
            )
            thread = Thread(target=quick)
            thread.start()
            thread.join(timeout=20)
            assert done == ["nhanh"]
        assert verify().first_wrong is None
        last = AuditLink.objects.order_by("position").last()
        assert last and last.entry.summary == "lâu"
