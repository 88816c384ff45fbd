"""Small makers of records for tests: what a test does not name is filled with something ordinary
and artificial.
"""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from itertools import count
from typing import Any
from uuid import uuid4

from django.contrib.auth.hashers import make_password
from django.test import Client
from django.utils import timezone

from agents.models import (
    BEGINNING,
    CollectionAgent,
    CollectionPoint,
    Collector,
    CollectorCard,
    Commune,
    Role,
    User,
)
from agents.office_settings import definition_of
from agents.operations.account_requests import do_request_reset
from agents.operations.confirming import do_confirm_request
from agents.operations.office_settings import do_set_office_setting
from enrollment.importing.batch import Outcome, do_import_lines
from enrollment.importing.lines import ReceiptLine, StopLine
from enrollment.models import (
    Draft,
    Holding,
    Household,
    HouseholdVisit,
    Participant,
    Prospect,
    ProspectGroup,
    ProspectOrigin,
    Receipt,
)
from enrollment.operations.participants import do_join_household
from enrollment.operations.receipts import Payment
from enrollment.outreach.operations.prospects import NewProspect, do_add_prospect
from enrollment.outreach.operations.visits import Result, Visit, do_record_visit
from thaithuy_bhxh.clock import today
from thaithuy_bhxh.months import Month
from thaithuy_bhxh.text import fold

PASSWORD = "Mat-khau-thu-nghiem-1"
_serial = count(1)


def commune(
    code: str, name: str, kind: str = "xã", first: date = BEGINNING, last: date | None = None
) -> Commune:
    """A commune of one era, found when it is there already."""
    found, _ = Commune.objects.get_or_create(
        code=code,
        valid_from=first,
        defaults={"name": name, "kind": kind, "valid_to": last, "search_key": fold(name)},
    )
    return found


def agent(code: str = "BD001", network: str = "post_office", **values: Any) -> CollectionAgent:
    values = {"name": f"Đại lý thử {code}", "opened_on": date(2016, 1, 1), **values}
    return CollectionAgent.objects.get_or_create(
        code=code, defaults={"network": network, **values}
    )[0]


def point(of: CollectionAgent, number: int = 1) -> CollectionPoint:
    return CollectionPoint.objects.get_or_create(
        code=f"{of.code}-P{number:02d}",
        defaults={"name": f"Điểm thu {of.code}-{number}", "agent": of, "opened_on": of.opened_on},
    )[0]


def collector(of: CollectionAgent, number: int = 1, card_to: date | None = None) -> Collector:
    """A collector with a card from 2016 on."""
    made, created = Collector.objects.get_or_create(
        code=f"{of.code}-{number:02d}",
        defaults={"full_name": f"Người Thu {of.code} {number}", "point": point(of)},
    )
    if created:
        CollectorCard.objects.create(
            collector=made, number=f"T-{made.code}", valid_from=date(2016, 1, 1), valid_to=card_to
        )
    return made


def user(username: str, role: Role | str, **values: Any) -> User:
    """An account that may log in with :data:`PASSWORD`."""
    made = User(
        username=username,
        full_name=f"Tài khoản {username}",
        role=str(role),
        must_change_password=False,
        **values,
    )
    made.password = _hashed(PASSWORD)
    made.save()
    return made


def one_time_password(administrator: User, account: User) -> str:
    """A reset as the office does it: asked for by an administrator, confirmed by a manager, who
    reads the password.
    """
    second = User.objects.filter(username="nguoi.thu.hai").first() or user(
        "nguoi.thu.hai", Role.MANAGER
    )
    asked = do_request_reset(actor=administrator, user=account)
    issued = do_confirm_request(actor=second, request=asked)
    assert issued
    return issued


@lru_cache
def _hashed(password: str) -> str:
    """Hashing is slow on purpose; the tests' people share one password."""
    return make_password(password)


def citizen_id(sex: str = "male", year: int = 1980) -> str:
    """An artificial 12-digit number that fits sex and birth year; never the same twice."""
    century = (year - 1900) // 100 * 2 + (1 if sex == "female" else 0)
    return f"034{century}{year % 100:02d}{next(_serial):06d}"


def receipt_line(where: Commune, who: Collector, day: date, **values: Any) -> ReceiptLine:
    """A line of a list: 6 months from the receipt's month at 1.500.000 đ for somebody new, unless
    told otherwise.
    """
    serial = next(_serial)
    values = {
        "row": serial,
        "full_name": f"Người Mẫu Số {serial}",
        "bhxh_no": None,
        "citizen_id": citizen_id() if not values.get("bhxh_no") else None,
        "address": f"Thôn Bắc, {where.label}, huyện Thái Thụy, tỉnh Thái Bình",
        "received_on": day,
        "number": f"THU-{serial:07d}",
        "chosen_income": 1_500_000,
        "months": 6,
        "from_month": Month.of(day),
        "collector_code": who.code,
        **values,
    }
    values.setdefault("method", str(values["months"]))
    return ReceiptLine(**values)


def import_lines(by: User, *lines: ReceiptLine | StopLine, **options: Any) -> Outcome:
    """Record lines as an import does; refused lines fail the test with their reasons."""
    return do_import_lines(actor=by, lines=lines, **options)


def paid(by: User, where: Commune, who: Collector, day: date, **values: Any) -> Receipt:
    """A receipt on record, with its participant."""
    line = receipt_line(where, who, day, **values)
    import_lines(by, line)
    return Receipt.objects.select_related("participant").get(number=line.number)


def again(person: Participant, **values: Any) -> dict[str, Any]:
    """Values of a further line about the same person."""
    return {
        "full_name": person.full_name,
        "citizen_id": person.citizen_id,
        "bhxh_no": person.bhxh_no,
        **values,
    }


def choose(manager: User, key: str, value: int) -> None:
    """The office decides one of its own numbers, from today on."""
    definition = definition_of(key)
    assert definition
    do_set_office_setting(
        actor=manager, definition=definition, value=value, valid_from=today(), why="thử"
    )


def prospect(by: User, where: Commune, **values: Any) -> Prospect:
    """Somebody who may join."""
    number = next(_serial)
    new = {"full_name": f"Phạm Tiềm Năng {words_of(number)}", "birth_year": 1980, **values}
    return do_add_prospect(
        actor=by, prospect=NewProspect(commune=where, **new), origin=ProspectOrigin.LIST
    )


def words_of(number: int) -> str:
    """A number as letters, for names that differ."""
    return "".join(chr(ord("a") + int(digit)) for digit in str(number)).capitalize()


def visit(by: User, where: Commune, *results: Result, **values: Any) -> HouseholdVisit:
    """A visit of just now."""
    given = {"key": uuid4(), "visited_at": timezone.now(), "met": True, **values}
    return do_record_visit(actor=by, visit=Visit(commune=where, results=results, **given))


def payment(where: Commune, who: Collector) -> Payment:
    """A month at the floor, paid today."""
    return Payment(
        collector=who,
        received_on=today(),
        method="1",
        from_month=Month.of(today()),
        chosen_income=1_500_000,
        commune=where,
    )


def holding(person: Prospect, who: Collector, **values: Any) -> Holding:
    """A holding as it may have become by now."""
    given = {"held_at": timezone.now(), "held_by": user_of(who), "until": today(), **values}
    return Holding.objects.create(prospect=person, collector=who, agent=who.point.agent, **given)


def user_of(who: Collector) -> User:
    """The account of a collector."""
    return User.objects.get(collector=who)


def household(by: User, head: Participant, other: Participant) -> Household:
    """The two in one household."""
    return do_join_household(actor=by, participant=other, other=head, relation="vợ")


def prospect_group() -> ProspectGroup:
    """A group of the office, the same each time."""
    values = {"name": "Ngư dân", "valid_from": date(2026, 1, 1)}
    return ProspectGroup.objects.get_or_create(code="ngu-dan", defaults=values)[0]


def fill_receipt_form(client: Client, draft: Draft, **person: str) -> None:
    """The rest of the form of somebody new, step by step, to the receipt."""
    address = f"/phieu-thu/{draft.pk}"
    page = client.get(f"{address}/ca-nhan/").context["form"]
    typed = {name: page[name].value() or "" for name in page.fields} | person
    client.post(f"{address}/ca-nhan/", {name: as_typed(value) for name, value in typed.items()})
    client.post(f"{address}/doi-tuong/", {"group": "other"})
    page = client.get(f"{address}/muc-dong/").context["form"]
    paid = {name: page[name].value() or "" for name in page.fields} | {
        "chosen_income": "1500000",
        "method": "1",
    }
    client.post(f"{address}/muc-dong/", {name: as_typed(value) for name, value in paid.items()})
    page = client.get(f"{address}/kiem-tra/")
    hidden = dict(re.findall(r'name="(\w+)" value="([^"]*)"', page.content.decode()))
    client.post(f"{address}/kiem-tra/", hidden)


def as_typed(value: Any) -> str:
    """A value of a form as the browser sends it."""
    return f"{value:%d/%m/%Y}" if isinstance(value, date) else str(value)
