"""Walks through the portal as somebody: an address, then now and then a link or a form of the
answer, all undone.

What is asked is made from the URL table and from what pages offered to anybody before: links and
forms that one account was given are tried by all the others.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from django.apps import apps
from django.db import connection, transaction
from django.test import Client
from django.urls import Resolver404, resolve

from agents.models import User
from enrollment.models import Participant, Receipt, ReceiptVoid, Residence, Stop, SupportStatus
from tests import builders
from tests.enrollment.importing import d05_workbook as d05
from tests.security.scene import browser_of
from tests.security.scope_fuzz.addresses import Address, addresses, choices_of, parameter_names
from tests.security.scope_fuzz.reading import Form, Page, text_of
from tests.security.scope_fuzz.reference import MASKED, NUMBER, Office, Sight, words_in
from tests.security.scope_fuzz.worlds import World
from thaithuy_bhxh.clock import this_month, today

FORMATS = ("xlsx", "csv", "json", "pdf", "html", "svg")
REFUSED = (403, 404, 405)
OWN = ("tai-khoan/", "healthz", "readyz")
"""Addresses about nobody but whoever is logged in; on the way they end or exchange the session."""
KEPT = 40
"""Links and forms remembered per address."""
PAYERS = (
    "enrollment:receipts",
    "enrollment:receipt",
    "enrollment:receipt_void",
    "enrollment:receipt_print",
    "reports:growth_list",
    "agents:alarms",
    "home",
)
"""Where the reader's own receipts, or a notice that one paid elsewhere, name whoever is no longer
the reader's.
"""
UNMASKING = ("enrollment:participant_unmask", "enrollment:participant_call")
"""Acts that show a person's full number to whoever asked for it."""
FORMER = ("reports:growth_list", "home", "agents:alarms")
"""Where people are named who left: behind figures of the past, and when somebody pays at another
agent now.
"""
LISTS = ("enrollment:import", "enrollment:import_errors")
NUMBERED = {"so", "tim", "number", "citizen_id", "bhxh_no", "phone"}
"""Fields in which somebody's number is typed: more often than by chance, it is a stranger's."""
QUIET = {"agents_auditentry", "django_session", "portal_cache"}
"""Tables that a refused request may write to: that it was refused, and that somebody was there."""
WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE")


@dataclass
class Tale:
    """What was asked and what was wrong with the answers."""

    requests: int = 0
    answered: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    users: set[str] = field(default_factory=set)
    roles: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def add(self, other: Tale) -> None:
        self.requests += other.requests
        self.answered += other.answered
        self.statuses += other.statuses
        self.roles += other.roles
        self.users |= other.users
        self.wrong += other.wrong


class Asker:
    """Asks one world's portal."""

    def __init__(self, world: World, seed: int) -> None:
        self.world, self.seed, self.pick = world, seed, world.random
        self.office = Office(world)
        self.made = {word.lower() for word in world.words}
        self.users = {name: User.objects.get(pk=user.pk) for name, user in world.users.items()}
        self.users = {name: user for name, user in self.users.items() if user.is_active}
        self.browsers = {name: browser_of(user) for name, user in self.users.items()}
        self.cookies = {name: _values(browser) for name, browser in self.browsers.items()}
        self.addresses = [one for one in addresses() if not one.route.startswith(OWN)]
        self.keys = {
            model: _keys(model) for model in {one.model for one in self.addresses} - {None}
        }
        self.keys |= {Participant: _keys(Participant), Receipt: _keys(Receipt)}
        self.links: dict[str, list[str]] = {}
        self.forms: dict[str, list[tuple[str, Form]]] = {}
        self.values: dict[str, list[str]] = {}
        self.by_name = {one.name: one for one in self.addresses}
        self.only_sent: set[str] = set()
        self.base, self.marks = fingerprint(), _marks()
        self.tale = Tale()

    # --- walks ------------------------------------------------------------------------------------

    def visit_all(self) -> None:
        """Every address once, as an account chosen in turn, so that none is left to chance."""
        for address in self.addresses:
            names = [name for name, user in self.users.items() if address.admits(user.role)]
            with self._undone():
                walk = Walk(self, self.pick.choice(names))
                walk.get(walk.path(address))

    def homes(self) -> None:
        """Everybody's first page, and the growth of all their years, from which links are
        gathered.
        """
        years = urlencode({"tu": str(this_month() - 80), "den": str(this_month())})
        for name, user in self.users.items():
            for url in (
                "/",
                *([f"/bao-cao/tang-truong/?{years}"] if user.role != "administrator" else []),
            ):
                with self._undone():
                    Walk(self, name).get(url)

    def walk(self) -> None:
        """One random walk."""
        with self._undone():
            walk = Walk(self, self.pick.choice(list(self.users)))
            self._step(walk, walk.start())

    def _step(self, walk: Walk, page: Page | None) -> None:
        for _ in range(self.pick.choice((0, 0, 1, 2, 3))):
            if page is None:
                return
            page = walk.go_on(page)

    def _undone(self) -> Any:
        return _Undone()

    # --- what to ask ------------------------------------------------------------------------------

    def value(self, name: str, offered: list[str] | None = None) -> str:
        """A value for a parameter or field: one that was offered, or somebody else's key, word or
        number.
        """
        if name in NUMBERED and self.pick.random() < 0.5:
            return self._number()
        known = [*(offered or ()), *self.values.get(name, ())]
        if known and self.pick.random() < 0.7:
            return self.pick.choice(known)
        if name in choices_of() and self.pick.random() < 0.7:
            return self.pick.choice(choices_of()[name])
        return self.pick.choice(
            (
                self._key,
                self._number,
                self._word,
                self._month,
                self._day,
                lambda: self.pick.choice(FORMATS),
                lambda: self.pick.choice(self.world.agents).code,
                lambda: self.pick.choice(self.world.communes).code,
                lambda: self.pick.choice(
                    ("", "1", "2", "other", "commune", "agent", "closing", "moved_out", "moved_in")
                ),
            )
        )()

    def _key(self) -> str:
        model = self.pick.choice(list(self.keys))
        return str(self.pick.choice(self.keys[model] or [1]))

    def _number(self) -> str:
        return self.pick.choice(list(self.office.numbers))

    def _word(self) -> str:
        return self.pick.choice(sorted(self.made))

    def _month(self) -> str:
        month = this_month() - self.pick.randint(0, 80)
        return self.pick.choice((str(month), month.vi))

    def _day(self) -> str:
        day = today() - timedelta(days=self.pick.randint(0, 900))
        return self.pick.choice((f"{day:%d/%m/%Y}", day.isoformat()))

    def all_forms(self) -> list[tuple[str, Form]]:
        """Every form that anybody was offered."""
        return [one for kept in self.forms.values() for one in kept]

    def query(self) -> dict[str, str]:
        names = self.pick.sample(parameter_names(), self.pick.randint(0, 4))
        if self.pick.random() < 0.3:
            names.append("dinh_dang")
        return {name: self.value(name) for name in names}

    def asked(self, url: str) -> str:
        """Name of the address that a link leads to; empty for those that are not asked."""
        name = name_of(url) or ""
        return name if name in self.by_name else ""

    def learn(self, page: Page, path: str) -> None:
        """Keep what a page offers, for everybody to try."""
        for link in page.links:
            if name := self.asked(link):
                _keep(self.links.setdefault(name, []), link, self.pick)
                for key, value in parse_qsl(urlsplit(link).query):
                    _keep(self.values.setdefault(key, []), value, self.pick)
        for form in page.forms:
            action = form.action or path
            if name := self.asked(action):
                _keep(self.forms.setdefault(f"{form.method} {name}", []), (action, form), self.pick)


class Walk:
    """Requests of one account that follow each other; what it typed itself is no leak when it is
    shown again.
    """

    def __init__(self, asker: Asker, name: str) -> None:
        self.asker, self.name, self.pick = asker, name, asker.pick
        self.user, self.browser, self.office = asker.users[name], asker.browsers[name], asker.office
        self.marks = dict(asker.marks)
        self.browser.cookies = SimpleCookie(asker.cookies[name])
        self.typed = ""
        self.unmasked: set[int] = set()
        self.trail: list[str] = []

    # --- steps ------------------------------------------------------------------------------------

    def start(self) -> Page | None:
        """An address of the table, a link or a form that somebody was offered; mostly what the role
        admits.
        """
        asker, chance = self.asker, self.pick.random()
        forms = [one for one in asker.all_forms() if self._likely(one[0], "POST")]
        if chance < 0.1 and (asking := [one for one in forms if NUMBERED & set(one[1].fields)]):
            return self.send(*self.pick.choice(asking))
        links = {name: kept for name, kept in asker.links.items() if self._likely(kept[0], "GET")}
        if chance < 0.45 and links:
            every = [link for kept in links.values() for link in kept]
            some = self.pick.choice((every, links[self.pick.choice(sorted(links))]))
            return self.get(self._changed(self.pick.choice(some)))
        if chance < 0.65 and forms:
            action, form = self.pick.choice(forms)
            return self.send(self._elsewhere(action), form)
        address = self.pick.choice([one for one in asker.addresses if self._likely(one, "")])
        path = self.path(address)
        if chance < 0.75 or address.name in asker.only_sent:
            return self.send(
                path,
                Form(path, "post", {name: [] for name in self.pick.sample(parameter_names(), 5)}),
            )
        query = asker.query()
        return self.get(path + (f"?{urlencode(query)}" if query else ""))

    def _likely(self, what: Address | str, method: str) -> bool:
        """Whether it is worth asking: a role that is turned away at the door tells little, but it
        is tried, too.
        """
        address = self.asker.by_name.get(name_of(what) or "") if isinstance(what, str) else what
        if address is None or self.pick.random() < 0.1:
            return address is not None
        return address.admits(self.user.role) and not (
            method == "GET" and address.name in self.asker.only_sent
        )

    def path(self, address: Address) -> str:
        """The address of a record: half of the time of one that the reader may open."""
        keys = self.asker.keys.get(address.model, [])
        own = (
            [pk for pk in keys if self.office.may_open(self.user, address.model, pk)]
            if address.model
            else []
        )
        key = self.pick.choice(own) if own and self.pick.random() < 0.5 else None
        return address.path(self.pick, self.asker.keys, key)

    def go_on(self, page: Page) -> Page | None:
        """A link or a form of the page."""
        often = "enrollment:participant_search" if self.pick.random() < 0.8 else ""
        forms = [
            form for form in page.forms if self.asker.asked(form.action or "/") not in ("", often)
        ]
        if forms and self.pick.random() < 0.6:
            form = self.pick.choice(forms)
            return self.send(form.action or urlsplit(self.trail[-1].split(" ")[-1]).path, form)
        links = [link for link in page.links if self.asker.asked(link)]
        return self.get(self._changed(self.pick.choice(links))) if links else None

    def _changed(self, link: str) -> str:
        """The link, or the same with another key, format or parameter."""
        path, query = urlsplit(link).path, dict(parse_qsl(urlsplit(link).query))
        if self.pick.random() < 0.3:
            path = self._elsewhere(path)
        if query and self.pick.random() < 0.4:
            name = self.pick.choice(sorted(query))
            query[name] = self.asker.value(name)
        if self.pick.random() < 0.25:
            query["dinh_dang"] = self.pick.choice(FORMATS)
        return path + (f"?{urlencode(query)}" if query else "")

    def _elsewhere(self, path: str) -> str:
        """The same address of another record."""
        route = _resolved(path)
        address = next(
            (one for one in self.asker.addresses if route and one.name == route.view_name), None
        )
        if address is None or address.model is None or self.pick.random() < 0.4:
            return path
        return self.path(address)

    def get(self, url: str) -> Page | None:
        return self._ask("GET", url)

    def send(self, url: str, form: Form) -> Page | None:
        """The form with what it offers, some of it exchanged."""
        values = {name: self._filled(name, offered) for name, offered in form.fields.items()}
        if form.method == "get":
            return self.get(f"{urlsplit(url).path}?{urlencode(values)}")
        files = {name: self._list() for name in form.files}
        return self._ask("POST", url, {**values, **files})

    def _filled(self, name: str, offered: list[str]) -> str:
        told = [value for value in offered if value]
        return (
            self.pick.choice(told)
            if told and self.pick.random() < 0.8
            else self.asker.value(name, told)
        )

    def _list(self) -> Any:
        """A list with rows about people of anybody, some with half of somebody else's numbers."""
        people = self.pick.sample(list(self.office.people.values()), 2)
        who = self.pick.choice(
            self.asker.users["manager"].__class__.objects.exclude(collector=None)
        ).collector
        rows = []
        for person in people:
            number = person["citizen_id"] if self.pick.random() < 0.7 else builders.citizen_id()
            other = self.pick.choice(list(self.office.numbers))
            rows.append(
                d05.row(
                    "Tên Đoán Mò",
                    number,
                    today(),
                    f"DOAN-{number}",
                    who.code,
                    C=other if len(other) == 10 and self.pick.random() < 0.5 else "",
                )
            )
            self.typed += f" {number} {other}"
        return d05.upload(rows)

    # --- one request and its answer ---------------------------------------------------------------

    def _ask(self, method: str, url: str, data: dict[str, Any] | None = None) -> Page | None:
        tale, asker = self.asker.tale, self.asker
        self.trail.append(f"{method} {url}")
        self.typed += f" {unquote(url)} " + " ".join(map(str, (data or {}).values()))
        headers = {"HTTP_HX_REQUEST": "true"} if self.pick.random() < 0.15 else {}
        written: set[str] = set()
        with connection.execute_wrapper(_noting(written)):
            answer = self._sent(self.browser, method, url, data, headers)
        tale.requests += 1
        tale.users.add(f"{asker.seed}/{self.name}")
        tale.roles[str(self.user.role)] += 1
        tale.statuses[answer.status_code] += 1
        name = name_of(url) or ""
        if answer.status_code < 400:
            tale.answered[name] += 1
        if answer.status_code == 405 and method == "GET":
            asker.only_sent.add(name)
        self._note_unmasking(method, url, name)
        allowed = self._judge(method, url, name, answer, written)
        if method == "POST" and written - QUIET:
            # What somebody has just recorded may be theirs, or no longer theirs, from now on.
            self.marks = _marks()
            self.office = Office(asker.world, before=asker.office)
        if not allowed or answer.status_code >= 400:
            return None
        if answer.status_code in (301, 302):
            where = answer["Location"]
            return (
                self.get(where)
                if where.startswith("/") and not where.startswith("/tai-khoan/")
                else None
            )
        text = text_of(answer)
        if not str(answer.get("Content-Type", "")).startswith("text/html"):
            return None
        page = Page(text)
        asker.learn(page, urlsplit(url).path)
        return page

    @staticmethod
    def _sent(
        browser: Client, method: str, url: str, data: dict[str, Any] | None, headers: dict[str, str]
    ) -> Any:
        if method == "GET":
            return browser.get(url, **headers)  # type: ignore[arg-type]
        return browser.post(url, data or {}, **headers)  # type: ignore[arg-type]

    def _note_unmasking(self, method: str, url: str, name: str) -> None:
        if method == "POST" and name in UNMASKING:
            found = _resolved(urlsplit(url).path)
            self.unmasked.add(int(found.kwargs["pk"]) if found else 0)

    def _judge(self, method: str, url: str, name: str, answer: Any, written: set[str]) -> bool:
        """Note whatever is wrong; whether the walk may go on."""
        wrong = list(self._faults(method, url, name, answer, written))
        path = " → ".join(self.trail[-4:])
        self.asker.tale.wrong += [
            f"seed {self.asker.seed}, {self.name}: {fault} | {path}" for fault in wrong
        ]
        return not wrong

    def _faults(
        self, method: str, url: str, name: str, answer: Any, written: set[str]
    ) -> Iterator[str]:
        if answer.status_code >= 500:
            yield f"status {answer.status_code}"
            return
        refused = answer.status_code in REFUSED
        if self._foreign(url) and not refused:
            yield f"a record out of scope answered {answer.status_code}"
        if (
            method == "POST"
            and refused
            and written - QUIET
            and fingerprint() != self.asker.base
            and len(self.trail) == 1
        ):
            yield f"a refused request wrote to {sorted(written - QUIET)}"
        yield from self._leaks(name, text_of(answer))
        if method == "POST" and written:
            yield from self._misdeeds()

    def _foreign(self, url: str) -> bool:
        found = _resolved(urlsplit(url).path)
        address = next(
            (one for one in self.asker.addresses if found and one.name == found.view_name), None
        )
        if address is None or address.model is None or found is None or "pk" not in found.kwargs:
            return False
        return self.office.may_open(self.user, address.model, int(found.kwargs["pk"])) is False

    def _leaks(self, name: str, text: str) -> Iterator[str]:
        sight = self.office.sight(self.user)
        # What is deleted on the way is nobody's any more; whoever could read it before may be told
        # of it.
        extra = (
            words_in(self.typed)
            | self._named(name, sight)
            | self.asker.office.sight(self.user).words
        )
        for word in (words_in(text) & self.asker.made) - sight.words - extra:
            yield f"leaks the word {word} of {_labels(self.office.holders.get(word, []))} at {name}"
        # A number in a list that belongs to somebody else is named to whoever sees that person.
        known = (
            sight.people if name in LISTS else {pk for pk in self.unmasked if pk in sight.people}
        )
        for number in set(NUMBER.findall(text)) & set(self.office.numbers):
            if number not in self.typed and self.office.numbers[number] not in known:
                yield f"shows a full number of person {self.office.numbers[number]} at {name}"
        payers = self._payers(sight) if name in PAYERS else set()
        for shown in set(MASKED.findall(text)):
            whose = self.office.masked.get(f"{shown[:4]}•{shown.rpartition('•')[2]}")
            if whose is not None and whose not in sight.people | payers:
                yield f"shows a masked number of person {whose} at {name}"

    def _named(self, name: str, sight: Sight) -> set[str]:
        """Words that this address may say beside those of the reader's people: past names, and
        whoever paid.
        """
        if name in FORMER:
            return {word for told in sight.known_by.values() for word in words_in(told)}
        if name in PAYERS:
            return {
                word
                for pk in self._payers(sight)
                for word in words_in(str(self.office.people[pk]["full_name"]))
            }
        return set()

    def _payers(self, sight: Sight) -> set[int]:
        return {row["participant"] for row in self.office.receipts if row["pk"] in sight.receipts}

    def _misdeeds(self) -> Iterator[str]:
        """Facts recorded about somebody out of scope; a void belongs to the receipt's own agent or
        commune.
        """
        sight = self.office.sight(self.user)
        for model in (Stop, Residence, SupportStatus):
            rows = model.objects.filter(pk__gt=self.marks[model]).values_list(
                "participant", flat=True
            )  # type: ignore[attr-defined]
            for person in set(rows) - sight.people - {None}:
                yield f"recorded {model.__name__} about person {person}"
        voids = ReceiptVoid.objects.filter(pk__gt=self.marks[ReceiptVoid]).values_list(
            "receipt", flat=True
        )
        for receipt in set(voids) - sight.written_here:
            yield f"voided receipt {receipt} of somebody else's"


class _Undone:
    """A savepoint that is always taken back."""

    def __enter__(self) -> None:
        self.block = transaction.atomic()
        self.block.__enter__()

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        if kind is None:
            transaction.set_rollback(True)
        self.block.__exit__(kind, error, trace)


def fingerprint() -> str:
    """Everything on record about people, money and the office, as one number; the trail and
    sessions are not in it.
    """
    digest = sha256()
    for label in ("agents", "enrollment"):
        for model in apps.get_app_config(label).get_models():
            if model._meta.db_table not in QUIET:
                names = [
                    one.attname for one in model._meta.concrete_fields if one.name != "last_login"
                ]
                rows = model._default_manager.order_by("pk").values_list(*names)
                digest.update(f"{model._meta.label}{list(rows)}".encode())
    return digest.hexdigest()


def name_of(url: str) -> str | None:
    """Full name of the pattern that an address of the portal belongs to."""
    found = _resolved(urlsplit(url).path)
    return found.view_name if found else None


def _resolved(path: str) -> Any:
    try:
        return resolve(path) if path.startswith("/") else None
    except (Resolver404, ValueError):
        return None


def _noting(written: set[str]) -> Any:
    """Notes the tables that statements write to."""

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.lstrip().upper().startswith(WRITES):
            words = sql.replace('"', " ").replace("(", " ").split()
            written.update(word for word in words[:6] if word in _tables())
        return execute(sql, params, many, context)

    return note


def _tables() -> set[str]:
    return {model._meta.db_table for model in apps.get_models(include_auto_created=True)} | QUIET


def _keys(model: Any) -> list[int]:
    """Keys of a table, and one that nothing has."""
    found = list(model._default_manager.order_by("pk").values_list("pk", flat=True))
    return [*found[-60:], (found[-1] if found else 0) + 1000]


def _marks() -> dict[Any, int]:
    models: tuple[Any, ...] = (Stop, Residence, SupportStatus, ReceiptVoid)
    return {model: max([0, *model.objects.values_list("pk", flat=True)]) for model in models}


def _labels(holders: list[tuple[Any, int]]) -> str:
    return ", ".join(f"{model.__name__} {pk}" for model, pk in holders[:3]) or "nobody"


def _keep(kept: list[Any], one: Any, pick: Any) -> None:
    if one in kept:
        return
    if len(kept) < KEPT:
        kept.append(one)
    else:
        kept[pick.randrange(KEPT)] = one


def _values(browser: Client) -> dict[str, str]:
    """The cookies with which a browser begins each walk; what a walk changes of them is undone with
    it.
    """
    return {name: morsel.value for name, morsel in browser.cookies.items()}
