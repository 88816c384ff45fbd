"""No request, however strange, breaks a page: every address, every field, on whatever database the
suite runs.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlencode

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import builders
from tests.security.scene import Scene
from tests.test_access_matrix import ACT, ROWS, Row
from thaithuy_bhxh.clock import this_month, today

STRANGE = (
    b"",
    b" ",
    b"\x00",
    b"a\x00b",
    b"0",
    b"-1",
    b"99999999999999999999",
    b"2147483648",
    b"9223372036854775807",
    b"1e309",
    b"1e-50",
    b"NaN",
    b"Infinity",
    b"9" * 5000,
    b"x" * 100_000,
    b"31/12/9999",
    b"01/01/0001",
    b"29/02/1900",
    b"12/2199",
    b"01/1900",
    b"2199-12",
    b"1900-01",
    b"00/0000",
    b"13/2020",
    b"9999-12-31",
    b"0001-01-01",
    b"999.999.999.999.999",
    b"-1.500.000",
    b"<script>alert(1)</script>",
    b"' OR 1=1 --",
    b"%",
    b"_",
    b"[]",
    b"None",
    b"=1+1",
    b"abc",
    b"../../etc/passwd",
    "\u202eabc".encode(),
    "١٢٣".encode(),
    "０１/２０２０".encode(),
    "𠀀 𠀀".encode(),
    b"\xff\xfe",
    b"\xed\xa0\x80",
    b"\xc3",
    "Người\u0000 Mẫu".encode(),
)
WORST = (
    b"\x00",
    b"99999999999999999999",
    b"\xed\xa0\x80",
    b"x" * 100_000,
    b"31/12/9999",
    b"9" * 5000,
)
SHARE = 10
"""One strange value in so many is tried on a field."""
ADDRESS = (
    "trang",
    "tu",
    "den",
    "so",
    "xa",
    "dai_ly",
    "tinh_trang",
    "den_han",
    "nam",
    "cap",
    "ngay",
    "nguoi",
    "vai_tro",
    "viec",
    "he_thong",
    "theo",
    "dia_gioi",
    "cach_tinh",
    "cot",
    "don_vi",
    "dinh_dang",
    "ma",
    "ly_do",
    "next",
    "khoa",
)
DAY, MONTH = f"{today():%d/%m/%Y}", this_month().vi
COLUMNS = (
    "closing",
    "opening",
    "new",
    "collected",
    "decreased.death",
    "new_ytd",
    "moved_in",
    "yoy_percent",
    "closing.death",
    "decreased.none",
    "new_ytd.",
    "collected.x",
)

calm = settings(
    max_examples=4,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
    ],
)


def good_form(scene: Scene, name: str) -> dict[str, Any]:
    """A form that the address would accept, so that one strange field is what it has to
    deal with.
    """
    cast, person = scene.cast, scene.a.person
    who = {
        "full_name": "Người Mẫu Lạ",
        "sex": "male",
        "birth": "05/06/1980",
        "citizen_id": builders.citizen_id(),
        "bhxh_no": "0123456789",
        "phone": "0912345678",
    }
    agent = {"code": "LA1", "name": "Đại lý lạ", "network": "post_office", "opened_on": DAY}
    card = {"number": "L-1", "valid_from": "01/01/2014", "valid_to": "31/12/2014"}
    account = {
        "username": "la.mat",
        "full_name": "Người Lạ",
        "role": "lead",
        "agent": cast.agent_a.pk,
        "collector": "",
    }
    office = {"valid_from": DAY, "parent_name": "A", "name": "B", "place": "C", "chief_title": "D"}
    parameter = {
        "key": scene.parameter.key,
        "value": "5",
        "valid_from": "01/01/2031",
        "valid_to": "",
        "source": "NQ",
        "confidence": "high",
        "note": "",
    }
    collector = {
        "code": "LA-1",
        "full_name": "Người Thu Lạ",
        "phone": "",
        "point": cast.collector_a.point_id,
    }
    forms: dict[str, dict[str, Any]] = {
        "account_change_password": {
            "oldpassword": builders.PASSWORD,
            "password1": "Mot-hai-ba-4",
            "password2": "",
        },
        "account_reauthenticate": {"password": builders.PASSWORD},
        "agents:agent_add": agent,
        "agents:agent_edit": agent,
        "agents:agent_close": {"closed_on": DAY},
        "agents:point_add": {**agent, "communes": cast.commune_a.pk},
        "agents:point_edit": {**agent, "communes": cast.commune_a.pk},
        "agents:point_close": {"closed_on": DAY},
        "agents:collector_add": collector,
        "agents:collector_edit": collector,
        "agents:card_add": card,
        "agents:card_end": {"valid_to": DAY},
        "agents:assign": {"user": cast.officer_b.pk, "valid_from": DAY, "valid_to": ""},
        "agents:assignment_end": {"valid_to": DAY},
        "agents:account_add": account,
        "agents:account_edit": account,
        "agents:office_add": office,
        "agents:office_edit": office,
        "enrollment:participant_search": {"tim": "Người"},
        "enrollment:enroll": who,
        "enrollment:enroll_new": who,
        "enrollment:enroll_known": {"so": person.citizen_id},
        "enrollment:enroll_step": {
            "chosen_income": "1.500.000",
            "method": "1",
            "from_month": MONTH,
            "received_on": DAY,
            "number": "L1",
            "other_support": "0",
            "collector": cast.collector_a.pk,
            "khoa": "",
            "tinh": "1",
        },
        "enrollment:participant_unmask": {"ly_do": "Đối chiếu giấy tờ"},
        "enrollment:correct": {**who, "version": person.version},
        "enrollment:move": {
            "since": DAY,
            "commune": cast.commune_b.pk,
            "hamlet": "Thôn",
            "note": "",
        },
        "enrollment:support": {
            "group": "poor",
            "evidence": "GCN",
            "evidence_from": DAY,
            "evidence_to": "",
        },
        "enrollment:household": {"number": scene.a.stopped.citizen_id, "relation": "vợ"},
        "enrollment:stop": {"month": MONTH, "reason": "death", "note": ""},
        "enrollment:stop_withdraw": {"on": DAY, "reason": "thử"},
        "enrollment:receipt_void": {"on": DAY, "reason": "thử"},
        "enrollment:imports": {"file": "x"},
        "enrollment:import_confirm": {"bo_dong_loi": "1"},
        "enrollment:parameter_add": parameter,
        "enrollment:parameter_edit": parameter,
    }
    return forms.get(name, {})


def values_for(name: str, position: int) -> tuple[bytes, ...]:
    """The strange values that a field gets: all in turn over the fields of a form, the worst
    always.
    """
    if name.startswith("account_"):
        return WORST[:3]  # Each try costs a slow hash.
    return (*WORST, *STRANGE[position % SHARE :: SHARE])


def ask(scene: Scene, role: str, method: str, url: str, **more: Any) -> int:
    """The status; whatever the request did is undone."""
    with transaction.atomic():
        status: int = scene.browsers[role].generic(method, url, **more).status_code
        transaction.set_rollback(True)
    return status


def roles_of(row: Row) -> list[str]:
    """Two roles at most: somebody of an agent, somebody of the office."""
    chosen = sorted(row.writers or row.roles)
    return [chosen[0], chosen[-1]] if len(chosen) > 1 else chosen


@pytest.mark.parametrize("name", [name for name, row in ROWS.items() if row.kind != ACT])
def test_no_address_breaks_a_page(scene: Scene, db: None, name: str):
    row = ROWS[name]
    role = roles_of(row)[-1]
    base = reverse(name, args=row.own(scene, role))

    @calm
    @given(
        asked=st.dictionaries(
            st.sampled_from(ADDRESS), st.sampled_from(STRANGE), min_size=1, max_size=3
        )
    )
    def strange(asked: dict[str, bytes]) -> None:
        assert ask(scene, role, "GET", f"{base}?{urlencode(asked)}") < 500

    strange()


@pytest.mark.parametrize(
    "name",
    [
        "reports:growth",
        "reports:growth_list",
        "agents:communes",
        "agents:audit",
        "enrollment:receipts",
        "enrollment:participants",
        "targets:grid",
    ],
)
def test_each_filter_takes_each_strange_value(scene: Scene, db: None, name: str):
    row = ROWS[name]
    role = "manager"
    known = {
        "reports:growth": ("tu", "den", "theo", "dia_gioi", "cach_tinh", "dinh_dang"),
        "reports:growth_list": ("tu", "cot", "don_vi", "trang"),
        "agents:communes": ("ngay", "nguoi"),
        "agents:audit": ("viec", "nguoi", "tu", "den", "trang"),
        "enrollment:receipts": ("tu", "den", "so", "trang"),
        "enrollment:participants": ("xa", "dai_ly", "tinh_trang", "den_han", "trang"),
        "targets:grid": ("nam", "cap"),
    }[name]
    base = reverse(name, args=row.own(scene, role))
    broken = [
        (field, value[:40])
        for field in known
        for value in (*WORST, *STRANGE[::3])
        if ask(scene, role, "GET", f"{base}?{field}={quote(value)}") >= 500
    ]
    assert broken == []


@pytest.mark.parametrize("column", COLUMNS)
def test_every_column_has_a_list_or_says_no(scene: Scene, db: None, column: str):
    url = f"{reverse('reports:growth_list')}?tu=2026-01&den={this_month()}&cot={column}"
    assert ask(scene, "manager", "GET", url) in (200, 404)


@pytest.mark.parametrize("name", [name for name, row in ROWS.items() if row.kind != "look"])
def test_no_form_breaks_a_page(scene: Scene, db: None, name: str):
    row, form = ROWS[name], good_form(scene, name)
    if not form:
        form = {"x": "1"}
    role = roles_of(row)[0]
    url = reverse(name, args=row.own(scene, role))
    broken = []
    for position, field in enumerate(form):
        for value in values_for(name, position):
            body = urlencode({**form, field: value})
            status = ask(
                scene,
                role,
                "POST",
                url,
                data=body,
                content_type="application/x-www-form-urlencoded",
            )
            broken += [(field, value[:40], status)] if status >= 500 else []
    assert broken == []


@pytest.mark.parametrize("pk", ["99999999999999999999", "9223372036854775808", "0", "9" * 5000])
def test_numbers_that_no_record_has_are_not_found(scene: Scene, db: None, pk: str):
    for path in (
        "nguoi-tham-gia/{}/",
        "bien-lai/{}/",
        "phieu-thu/{}/muc-dong/",
        "bang-ke/{}/",
        "dai-ly/{}/",
    ):
        assert ask(scene, "lead", "GET", "/" + path.format(pk)) == 404
    for path in ("quan-ly-tai-khoan/{}/", "co-quan/{}/", "tham-so/{}/", "dia-ban/{}/"):
        assert ask(scene, "administrator", "GET", "/" + path.format(pk)) == 404


@pytest.mark.parametrize(
    "path", ["/%ff%fe/", "/nguoi-tham-gia/%00/", "/bao-cao/%2e%2e/", "/tai-khoan/login/%ed%a0%80"]
)
def test_strange_paths_are_not_found(scene: Scene, db: None, path: str):
    assert ask(scene, "manager", "GET", path) in (400, 404)


def test_no_log_in_breaks_the_page(db: None, untouched_limits: None):
    client, url = Client(raise_request_exception=False), reverse("account_login")
    broken = []
    for value in STRANGE:
        for field in ("login", "password", "next"):
            body = urlencode({"login": "ai.do", "password": "sai", field: value}).encode()
            answer = client.post(url, data=body, content_type="application/x-www-form-urlencoded")
            broken += [(field, value[:40])] if answer.status_code >= 500 else []
    assert broken == []
