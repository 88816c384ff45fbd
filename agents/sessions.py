"""Sessions that know whose they are and when they were used last, and end when nobody uses them.

The end is a column that Django asks for anyway, so that an idle session costs no question of its
own: it moves on with each use, at most once a minute, and never beyond ``SESSION_HOURS`` after the
log-in.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.db.models import DateTimeField, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from agents.office_settings import Definition, define, office_setting
from agents.operations.sessions import note_on
from agents.origin import origin_of, session_mark
from thaithuy_bhxh.prepared import Given, PreparedRecords
from thaithuy_bhxh.sessions import TruthfulSessionStore

IDLE_MINUTES = define(
    Definition(
        "idle_minutes",
        "Phiên trên máy dùng chung",
        "Phiên đăng nhập trên máy dùng chung tự kết thúc sau chừng ấy"
        " phút không dùng; máy riêng thì đến hết thời hạn của phiên.",
        "phút",
        30,
        least=5,
        most=240,
    )
)
ABOUT = "about"
"""Key in the session's data: where and when it began, on whose machine, and after how many seconds
unused it ends.
"""
_PAUSE = timedelta(minutes=1)
_OWN_PAUSE = timedelta(minutes=10)


class SessionStore(TruthfulSessionStore):
    """The portal's sessions; ``row`` is the one that was loaded, ``None`` for a new one."""

    row: Any = None

    @classmethod
    def get_model_class(cls) -> Any:
        from agents.models import PortalSession

        return PortalSession

    def _get_session_from_db(self) -> Any:
        """As Django asks for it, with a statement that is made once."""
        found = _SESSION.records(key=self.session_key, now=timezone.now())
        self.row = next(iter(found), None)
        if self.row is None:
            self._session_key = None
        return self.row

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        made: Any = super().create_model_instance(data)
        now, about = timezone.now(), data.get(ABOUT, {})
        began = datetime.fromtimestamp(about["began"], UTC) if about else now
        made.mark = session_mark(made.session_key)
        made.account_id = int(data[SESSION_KEY]) if SESSION_KEY in data else None
        made.began_at, made.seen_at, made.expire_date = began, now, _end(began, now, about)
        made.address, made.device = about.get("address", ""), about.get("device", "")
        made.is_own = about.get("own", False)
        return made


def _session() -> QuerySet[Any]:
    live = SessionStore.get_model_class().objects.filter(
        session_key=Given("key"), expire_date__gt=Given("now", DateTimeField())
    )
    found: QuerySet[Any] = live.order_by()
    return found


_SESSION: PreparedRecords[Any] = PreparedRecords(_session)


def _end(began: datetime, now: datetime, about: dict[str, Any]) -> datetime:
    whole = began + timedelta(seconds=settings.SESSION_COOKIE_AGE)
    return min(whole, now + timedelta(seconds=about["idle"])) if "idle" in about else whole


def begin(request: HttpRequest, *, own: bool) -> None:
    """Note where and when somebody logged in; ``own`` is a machine that nobody else uses."""
    about: dict[str, Any] = {
        "began": timezone.now().timestamp(),
        "own": own,
        "address": origin_of(request).address or "",
        "device": device_words(request.headers.get("User-Agent", "")),
    }
    if not own:
        about["idle"] = office_setting(IDLE_MINUTES) * 60
    request.session[ABOUT] = about


def keep_alive(request: HttpRequest) -> None:
    """Move the end of the session on: now and then only, and never by waiting for a busy
    database.
    """
    session, now = request.session, timezone.now()
    row = getattr(session, "row", None)
    if row is None or row.account_id is None or session.modified:
        return
    if now - row.seen_at < (_OWN_PAUSE if row.is_own or ABOUT not in session else _PAUSE):
        return
    note_on(row, seen_at=now, expire_date=_end(row.began_at, now, session.get(ABOUT, {})))


def remember(request: HttpRequest, key: str, value: Any) -> None:
    """Keep a value that the session can do without: written at once, and never by waiting for a
    busy database.
    """
    session = request.session
    if session.get(key) == value:
        return
    changed = session.modified
    session[key] = value
    row = getattr(session, "row", None)
    if changed or row is None:
        return
    session.modified = False
    note_on(row, session_data=session.encode(dict(session.items())))


_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("coc_coc", "Cốc Cốc"),
    ("Firefox", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "điện thoại Android"),
    ("Windows", "máy Windows"),
    ("Macintosh", "máy Mac"),
    ("Linux", "máy Linux"),
)


def device_words(agent: str) -> str:
    """“Chrome, máy Windows” from what the browser says of itself."""
    found = [
        next((word for mark, word in marks if mark in agent), "") for marks in (_BROWSERS, _SYSTEMS)
    ]
    device = ", ".join(word for word in found if word)
    return device or re.sub(r"[^\w ./-]", "", agent)[:60] or "không rõ máy"
