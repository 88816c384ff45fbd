"""How slowly somebody may guess, and who is never refused for what a stranger does.

Three limits, none of which a stranger can use to shut somebody out of a place that the person used
before:

* five failures of a name at one place slow that name at that place only;
* thirty failures of a name over all places slow it everywhere but at places where it logged in
  before;
* twenty names failing at one address slow names there, but those that logged in there before.

A place is a device that the account used before (a signed cookie says so), else the network
address. Whoever shares an address with an attacker therefore keeps the own device. A failure older
than its window counts no longer.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any, NamedTuple

from django.conf import settings
from django.core import signing
from django.db.models import Count, Exists, Max, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import salted_hmac

from agents.models import LogInMark, User
from agents.origin import origin_of
from thaithuy_bhxh.text import clean

Kind = LogInMark.Kind


class Limit(NamedTuple):
    """So many, within so long."""

    most: int
    window: timedelta


PAIR = Limit(5, timedelta(minutes=5))
NAME = Limit(30, timedelta(hours=1))
ADDRESS = Limit(20, timedelta(minutes=15))
TRYING_FOR = timedelta(seconds=20)
"""How long an attempt without an answer yet counts: the server may have died over it."""
KNOWN_FOR = timedelta(days=180)
OPENED_FOR = timedelta(minutes=15)
"""After an administrator opened a name, only the limit of the place holds for so long."""
_COOKIE = "portal_device"
_COOKIE_AGE = timedelta(days=400)
_MOST_NAMES = 12
_SALT = "agents.log_in_limits"


@dataclass(frozen=True, slots=True)
class Attempt:
    """Who is trying, by keyed digest of the name, and from where."""

    name_key: str
    address: str
    device: str = ""

    @property
    def place(self) -> str:
        """The device when it is one of the account's, else the address."""
        return f"máy {self.device}" if self.device else self.address


@dataclass(frozen=True, slots=True)
class LogInRefusal:
    """Why an attempt is refused; ``rule`` is pair, name, address or trying."""

    rule: str
    until: datetime

    def sentence(self, now: datetime) -> str:
        """The refusal, the same whether such an account exists or not."""
        minutes = max(1, -(-int((self.until - now).total_seconds()) // 60))
        return _SENTENCES[self.rule].format(minutes=minutes)


_SENTENCES = {
    "pair": f"Tên này đã bị nhập sai {PAIR.most} lần từ máy hoặc mạng này, nên đăng nhập ở đây "
    "tạm khóa."
    " Hãy thử lại sau {minutes} phút, hoặc nhờ quản trị mở khóa.",
    "name": "Tên này đang bị thử sai từ nhiều nơi, nên lúc này chỉ vào được từ máy hoặc mạng "
    "đã từng đăng nhập."
    " Hãy dùng máy quen, nhờ quản trị mở khóa, hoặc thử lại sau {minutes} phút.",
    "address": "Từ mạng này có nhiều tên đăng nhập bị thử sai, nên lúc này chỉ người đã từng "
    "đăng nhập ở đây vào được."
    " Hãy nhờ quản trị mở khóa, hoặc thử lại sau {minutes} phút.",
    "trying": "Đang có nhiều lần đăng nhập cùng lúc với tên này. Hãy thử lại sau ít giây.",
}


def name_key(name: str) -> str:
    """A keyed digest of a name of log-in as it was typed: people type passwords there."""
    return salted_hmac(_SALT, clean(name).lower(), algorithm="sha256").hexdigest()[:32]


def network_of(address: str | None) -> str:
    """What counts as one address: of IPv6 the /64, within which a device changes its address as it
    likes.
    """
    if not address:
        return "không rõ"
    found = ip_address(address)
    return (
        str(ip_network(f"{found}/64", strict=False))
        if isinstance(found, IPv6Address)
        else str(found)
    )


def attempt_of(request: HttpRequest, name: str) -> Attempt:
    """Who is trying from where; asks neither the session nor the database."""
    key, cookie = name_key(name), _cookie_of(request)
    device = cookie["id"] if key[:12] in cookie["names"] else ""
    return Attempt(key, network_of(origin_of(request).address), device)


def factor_attempt_of(request: HttpRequest, user: User) -> Attempt:
    """The same for the code after the password, which only who knows the password can fail at."""
    known = attempt_of(request, user.username)
    return Attempt(name_key(f"mã {user.username}"), known.address, known.device)


def remember_device(request: HttpRequest, response: HttpResponse, user: User, *, own: bool) -> None:
    """Mark the browser as one of this account's; a shared machine remembers several, and whose
    machine it is.
    """
    cookie, key = _cookie_of(request), name_key(user.username)[:12]
    names = [key, *(one for one in cookie["names"] if one != key)][:_MOST_NAMES]
    owners = [one for one in cookie["own"] if one in names and one != key] + ([key] if own else [])
    value = signing.dumps(
        {"id": cookie["id"] or secrets.token_hex(8), "names": names, "own": owners}, salt=_SALT
    )
    response.set_cookie(
        _COOKIE,
        value,
        max_age=_COOKIE_AGE,
        path="/tai-khoan/",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def is_own_device(request: HttpRequest) -> bool:
    """Whether whoever logged in last from this browser called it the own machine."""
    cookie = _cookie_of(request)
    return bool(cookie["names"]) and cookie["names"][0] in cookie["own"]


def _cookie_of(request: HttpRequest) -> dict[str, Any]:
    try:
        found = signing.loads(request.COOKIES.get(_COOKIE, ""), salt=_SALT, max_age=_COOKIE_AGE)
        return {"id": str(found["id"]), "names": list(found["names"]), "own": list(found["own"])}
    except (signing.BadSignature, KeyError, TypeError):
        return {"id": "", "names": [], "own": []}


def refusal_of(attempt: Attempt, now: datetime) -> LogInRefusal | None:
    """Why this attempt is refused, or ``None``. At most three questions, none that grows with an
    attack.
    """
    marks = list(_of_name(attempt, now))
    wrong = [mark for mark in marks if mark.kind == Kind.WRONG]
    if refusal := _of_pair(attempt, marks, now):
        return refusal
    if attempt.device:
        return None
    opened = max((mark.at for mark in marks if mark.kind == Kind.OPENED), default=None)
    just_opened = opened is not None and opened > now - OPENED_FOR
    slow = len(wrong) >= NAME.most and not just_opened
    crowded = _crowded_until(attempt.address, now)
    if not (slow or crowded) or is_known(attempt, now):
        return None
    if slow:
        return LogInRefusal("name", wrong[NAME.most - 1].at + NAME.window)
    return None if just_opened else LogInRefusal("address", crowded or now)


def _of_pair(attempt: Attempt, marks: list[LogInMark], now: datetime) -> LogInRefusal | None:
    """Too many wrong attempts at this name from this place, or as many still being judged."""
    here = [mark for mark in marks if mark.place == attempt.place]
    wrong = [mark.at for mark in here if mark.kind == Kind.WRONG and mark.at > now - PAIR.window]
    if len(wrong) >= PAIR.most:
        return LogInRefusal("pair", wrong[PAIR.most - 1] + PAIR.window)
    trying = sum(mark.kind == Kind.TRYING for mark in here)
    if len(wrong) + trying >= PAIR.most:
        return LogInRefusal("trying", now + TRYING_FOR)
    return None


def _of_name(attempt: Attempt, now: datetime) -> QuerySet[LogInMark]:
    """What counts about a name, latest first."""
    recent = Q(kind=Kind.TRYING, at__gt=now - TRYING_FOR) | Q(kind__in=(Kind.WRONG, Kind.OPENED))
    return LogInMark.objects.filter(recent, name_key=attempt.name_key, at__gt=now - NAME.window)


def _crowded_until(address: str, now: datetime) -> datetime | None:
    """Until when too many names have failed at an address."""
    here = LogInMark.objects.filter(address=address, at__gt=now - ADDRESS.window).order_by()
    found = here.aggregate(
        names=Count("name_key", filter=Q(kind=Kind.WRONG), distinct=True),
        last=Max("at", filter=Q(kind=Kind.WRONG)),
        opened=Max("at", filter=Q(kind=Kind.OPENED, name_key="")),
    )
    if found["names"] < ADDRESS.most or (found["opened"] and found["opened"] > now - OPENED_FOR):
        return None
    until: datetime = found["last"] + ADDRESS.window
    return until


def is_known(attempt: Attempt, now: datetime) -> bool:
    """Whether this name logged in from this device or address before."""
    if attempt.device:
        return True
    entered = LogInMark.objects.filter(
        kind=Kind.ENTERED, name_key=attempt.name_key, address=attempt.address
    )
    return entered.filter(at__gt=now - KNOWN_FOR).exists()


class Attack(NamedTuple):
    """A name (``account`` is its account, when there is one) or an address that is being guessed
    at.
    """

    account: int | None
    name: str
    name_key: str
    address: str
    failures: int
    places: int
    last: datetime


def attacks(now: datetime | None = None) -> list[Attack]:
    """What is being guessed at, busiest first: names within the hour, addresses within a quarter
    (two questions).
    """
    counts = {"failures": Count("id"), "last": Max("at")}
    by_name, by_address = attack_windows(now or timezone.now())
    names = _guessed(by_name).annotate(**counts, places=Count("place", distinct=True))
    names = names.values_list(
        "account", "account__username", "name_key", "failures", "places", "last"
    )
    crowds = (
        _crowded(by_address).annotate(**counts).values_list("address", "failures", "names", "last")
    )
    found = [Attack(who, name or "", key, "", *rest) for who, name, key, *rest in names]
    found += [Attack(None, "", "", *rest) for rest in crowds]
    return sorted(found, key=lambda one: -one.failures)


def attack_windows(now: datetime) -> tuple[datetime, datetime]:
    """From when on wrong log-ins count, by name and by address."""
    return now - NAME.window, now - ADDRESS.window


def attacked_since(by_name: Any, by_address: Any) -> Q:
    """The same as a condition, for a question that is asked anyway: whether anything is being
    guessed at within its window (moments or expressions).
    """
    return Q(Exists(_guessed(by_name))) | Q(Exists(_crowded(by_address)))


def _guessed(since: Any) -> QuerySet[Any]:
    wrong = LogInMark.objects.filter(kind=Kind.WRONG, at__gt=since).order_by()
    names = wrong.values("name_key", "account", "account__username").annotate(tries=Count("id"))
    return names.filter(tries__gte=PAIR.most)


def _crowded(since: Any) -> QuerySet[Any]:
    wrong = LogInMark.objects.filter(kind=Kind.WRONG, at__gt=since).order_by()
    addresses = wrong.values("address").annotate(names=Count("name_key", distinct=True))
    return addresses.filter(names__gte=ADDRESS.most)
