"""Where an act came from: the address as the portal trusts it, and a mark of the session or the
command.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address

from allauth.account.adapter import get_adapter
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

SALT = "agents.origin.session"
MARK_LENGTH = 16


@dataclass(frozen=True, slots=True)
class Origin:
    """``address`` is None for what no browser asked for; ``session`` is a keyed digest, or
    ``lệnh/NAME``.
    """

    address: str | None = None
    session: str = ""


NOWHERE = Origin()
_command: ContextVar[Origin] = ContextVar("command", default=NOWHERE)


def origin_of(request: HttpRequest) -> Origin:
    """The origin of a request; asks neither the session nor the database."""
    return Origin(_address(request), session_mark(request.session.session_key))


def session_mark(key: str | None) -> str:
    """The same mark for the same session, useless to whoever wants to enter it; empty without a
    session.
    """
    return salted_hmac(SALT, key, algorithm="sha256").hexdigest()[:MARK_LENGTH] if key else ""


@contextmanager
def by_command(name: str) -> Iterator[None]:
    """Acts inside the block came from the command ``name`` unless they name another origin."""
    token = _command.set(Origin(None, f"lệnh/{name}"[:60]))
    try:
        yield
    finally:
        _command.reset(token)


def origin_of_act(actor: object) -> Origin:
    """Where the acting user's request came from, else the running command."""
    origin: Origin | None = getattr(actor, "origin", None)
    return origin or _command.get()


def _address(request: HttpRequest) -> str | None:
    """One spelling per address, as the log-in limits count it: behind the trusted proxies, never
    what is claimed.
    """
    try:
        address = ip_address(get_adapter(request).get_client_ip(request))
    except (ImproperlyConfigured, PermissionDenied, ValueError):
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return str(mapped or address)[:45]
