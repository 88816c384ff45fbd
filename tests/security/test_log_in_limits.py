"""Guessing is slow, and no stranger can use that to shut out an account, an address or the
district.
"""

from __future__ import annotations

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import OperationalError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agents.log_in_limits import ADDRESS, KNOWN_FOR, NAME, OPENED_FOR, PAIR, attacks, name_key
from agents.models import AuditEntry, LogInMark, Role, User
from agents.operations.log_ins import do_open_account, do_open_address
from tests import builders
from tests.pages import markup
from thaithuy_bhxh.errors import Refused

LOGIN = reverse("account_login")
HOME, OFFICE, ABROAD = "203.0.113.7", "198.51.100.20", "192.0.2.99"
WRONG = "sai-mat-khau-hoan-toan"


@pytest.fixture
def account(db: None) -> User:
    return builders.user("thu.ngan", Role.COLLECTOR)


@pytest.fixture
def administrator(db: None) -> User:
    return builders.user("quan.tri", Role.ADMINISTRATOR)


def enter(
    address: str,
    name: str = "thu.ngan",
    password: str = builders.PASSWORD,
    browser: Client | None = None,
) -> Any:
    """A log-in from an address, in a browser that nobody used before unless one is given."""
    return (browser or Client()).post(
        LOGIN, {"login": name, "password": password}, REMOTE_ADDR=address
    )


def is_in(answer: Any) -> bool:
    return answer.status_code == 302


def said(answer: Any) -> str:
    return " ".join(error for errors in answer.context["form"].errors.values() for error in errors)


def fail(address: str, times: int = PAIR.most, name: str = "thu.ngan") -> None:
    for _ in range(times):
        enter(address, name, WRONG)


def fail_everywhere(name: str = "thu.ngan") -> None:
    """A stranger with many addresses."""
    for number in range(NAME.most // PAIR.most):
        fail(f"192.0.2.{number + 1}", name=name)


def fail_many_names(address: str) -> None:
    for number in range(ADDRESS.most):
        fail(address, 1, f"ten.khac.{number}")


def pass_time(by: timedelta) -> None:
    """Everything that is remembered becomes so much older."""
    for mark in LogInMark.objects.all():
        LogInMark.objects.filter(pk=mark.pk).update(at=mark.at - by)


def test_five_failures_slow_the_name_at_that_address_and_the_right_password_waits_too(
    account: User,
):
    fail(HOME)
    answer = enter(HOME)
    assert "tạm khóa" in said(answer) and "5 phút" in said(answer)


def test_the_owner_elsewhere_and_others_at_that_address_do_not_notice(
    account: User, administrator: User
):
    fail(ABROAD)
    assert is_in(enter(HOME))
    assert is_in(enter(ABROAD, "quan.tri"))


def test_the_owners_device_gets_in_even_from_the_attackers_address(account: User):
    browser = Client()
    assert is_in(enter(OFFICE, browser=browser))
    browser.post(reverse("account_logout"))
    fail(OFFICE)
    assert not is_in(enter(OFFICE))
    assert is_in(enter(OFFICE, browser=browser))


def test_a_device_that_another_account_used_is_none_of_the_names(
    account: User, administrator: User
):
    browser = Client()
    enter(OFFICE, "quan.tri", browser=browser)
    browser.post(reverse("account_logout"))
    fail(OFFICE)
    assert not is_in(enter(OFFICE, browser=browser))


def test_a_forged_device_cookie_is_worth_nothing(account: User):
    browser = Client()
    browser.cookies["portal_device"] = (
        f'{{"id": "x", "names": ["{name_key("thu.ngan")[:12]}"], "own": []}}'
    )
    fail(OFFICE)
    assert not is_in(enter(OFFICE, browser=browser))


def test_the_owners_device_is_slowed_by_its_own_failures(account: User):
    browser = Client()
    enter(HOME, browser=browser)
    browser.post(reverse("account_logout"))
    for _ in range(PAIR.most):
        enter(HOME, password=WRONG, browser=browser)
    assert not is_in(enter(HOME, browser=browser))
    assert is_in(enter(HOME)), "the address is another place"


def test_the_lock_ends_by_itself(account: User):
    fail(HOME)
    pass_time(PAIR.window)
    assert is_in(enter(HOME))


def test_guessing_from_many_addresses_slows_new_places_but_not_known_ones(account: User):
    browser = Client()
    enter(HOME, browser=browser)
    browser.post(reverse("account_logout"))
    fail_everywhere()
    assert "máy quen" in said(enter(ABROAD))
    assert is_in(enter(HOME)), "the address of before, another browser"
    assert is_in(enter(ABROAD, browser=browser)), "the browser of before, another address"


def test_an_address_is_forgotten_after_half_a_year_without_a_log_in(account: User):
    enter(HOME)
    pass_time(KNOWN_FOR)
    fail_everywhere()
    assert not is_in(enter(HOME))


def test_many_names_failing_at_an_address_do_not_stop_who_logged_in_there_before(
    account: User, administrator: User
):
    enter(OFFICE)
    fail_many_names(OFFICE)
    assert "nhiều tên đăng nhập" in said(enter(OFFICE, "quan.tri")), (
        "who never logged in there waits"
    )
    assert is_in(enter(OFFICE))
    assert is_in(enter(HOME, "quan.tri"))


def test_addresses_of_one_ipv6_network_are_one_place(account: User):
    for number in range(PAIR.most):
        enter(f"2001:db8::{number + 1}", password=WRONG)
    assert not is_in(enter("2001:db8::ffff"))
    assert is_in(enter("2001:db8:1::1"))


def test_unknown_names_are_slowed_with_the_same_words(account: User):
    fail(HOME)
    fail(HOME, name="khong.co")
    assert said(enter(HOME)) == said(enter(HOME, "khong.co"))


def test_an_administrator_opens_a_name_again(account: User, administrator: User):
    fail_everywhere()
    fail(HOME)
    do_open_account(actor=administrator, user=account)
    fail_everywhere()
    assert is_in(enter(HOME)), "for a while other places do not matter"
    pass_time(OPENED_FOR)
    assert not is_in(enter(ABROAD))
    assert AuditEntry.objects.filter(
        action="login.open", actor=administrator, object_id=account.pk
    ).exists()


def test_an_administrator_opens_an_address_again(account: User, administrator: User):
    fail_many_names(OFFICE)
    do_open_address(actor=administrator, address=OFFICE)
    assert is_in(enter(OFFICE))
    with pytest.raises(Refused):
        do_open_address(actor=administrator, address="203.0.113.250")


def test_the_administrators_pages_show_who_is_guessed_at_and_open_it(
    account: User, administrator: User, logged_in: Any
):
    fail(ABROAD)
    fail_many_names(OFFICE)
    browser = logged_in(administrator)
    for url in ("/", reverse("agents:accounts")):
        page = markup(browser.get(url))
        assert (
            "Đăng nhập đang bị thử sai" in page and "Mở khóa thu.ngan" in page and OFFICE in page
        ), url
    assert "Mở khóa đăng nhập" in markup(
        browser.get(reverse("agents:account_edit", args=[account.pk]))
    )
    assert browser.post(reverse("agents:account_open", args=[account.pk])).status_code == 302
    assert is_in(enter(ABROAD))
    assert browser.post(reverse("agents:address_open"), {"dia_chi": OFFICE}).status_code == 302
    assert is_in(enter(OFFICE))


def test_the_managers_home_tells_of_an_attack_and_is_silent_without_one(
    account: User, logged_in: Any
):
    browser = logged_in(builders.user("lanh.dao", Role.MANAGER))
    assert "bị thử đăng nhập sai" not in markup(browser.get("/"))
    fail(ABROAD)
    assert "đang bị thử đăng nhập sai" in markup(browser.get("/"))


def test_log_in_failure_lock_and_log_out_are_on_record_with_where_from(account: User):
    browser = Client()
    fail(ABROAD)
    enter(HOME, browser=browser)
    browser.post(reverse("account_logout"), REMOTE_ADDR=HOME)
    rows = AuditEntry.objects.filter(action__startswith="login.").order_by("pk")
    told = [(row.action, row.actor, row.address) for row in rows]
    assert told == [
        *[("login.wrong", None, ABROAD)] * PAIR.most,
        ("login.locked", None, ABROAD),
        ("login.enter", account, HOME),
        ("login.leave", account, HOME),
    ]
    assert {row.object_id for row in rows} == {account.pk}
    assert rows.last().session, "the session is marked"


def test_what_was_typed_as_an_unknown_name_is_kept_nowhere(account: User):
    typed = "Bi-mat-cua-toi-7"
    enter(HOME, typed, WRONG)
    row = AuditEntry.objects.get(action="login.wrong")
    assert typed[:2] in row.summary and typed[:4] not in row.summary
    assert (row.actor, row.object_id) == (None, 0)
    mark = LogInMark.objects.get(kind="wrong")
    assert typed not in str(vars(mark)) and mark.account is None


def test_a_refused_attempt_adds_nothing_so_that_a_flood_fills_no_table(account: User):
    fail(HOME)
    before = (LogInMark.objects.count(), AuditEntry.objects.count())
    fail(HOME, 3)
    assert (LogInMark.objects.count(), AuditEntry.objects.count()) == before


def test_a_database_in_trouble_counts_as_no_failure_and_says_so(
    account: User, monkeypatch: pytest.MonkeyPatch
):
    def breaks(*args: Any, **kwargs: Any) -> None:
        raise OperationalError("database is locked")

    with monkeypatch.context() as broken:
        broken.setattr(User, "check_password", breaks)
        for _ in range(PAIR.most + 1):
            answer = Client(raise_request_exception=False).post(
                LOGIN, {"login": "thu.ngan", "password": builders.PASSWORD}, REMOTE_ADDR=HOME
            )
            assert answer.status_code >= 500
    assert is_in(enter(HOME))
    assert not AuditEntry.objects.filter(action="login.wrong").exists()


def test_attempts_that_nobody_answered_count_for_some_seconds_only(account: User):
    for _ in range(PAIR.most):
        LogInMark.objects.create(
            at=timezone.now(),
            kind="trying",
            name_key=name_key("thu.ngan"),
            place=HOME,
            address=HOME,
        )
    assert "cùng lúc" in said(enter(HOME))
    pass_time(timedelta(seconds=21))
    assert is_in(enter(HOME))


def test_old_marks_are_dropped_but_known_addresses_are_kept(account: User):
    enter(HOME)
    fail(ABROAD)
    pass_time(KNOWN_FOR - timedelta(days=1))
    call_command("retention", stdout=StringIO())
    assert list(LogInMark.objects.values_list("kind", "address")) == [("entered", HOME)]
    fail_everywhere()
    assert is_in(enter(HOME))
    pass_time(KNOWN_FOR + timedelta(days=1))
    call_command("retention", stdout=StringIO())
    assert not LogInMark.objects.exists()
    assert attacks() == []
