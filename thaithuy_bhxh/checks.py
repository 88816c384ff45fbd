"""System checks that refuse an unsafe production start, each with an id."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register


@register(Tags.security, deploy=True)
def check_production(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """What a production start must not lack; ``portal.E0xx`` are refusals, ``portal.W0xx`` warnings."""
    found: list[CheckMessage] = []
    if settings.DEBUG:
        found.append(Error("DEBUG is on.", hint="Unset DEBUG in the environment.", id="portal.E001"))
    if not settings.SECRET_KEY_IS_CONFIGURED:
        found.append(Error("SECRET_KEY is not set.", hint="Set a long random SECRET_KEY.", id="portal.E002"))
    if not settings.ALLOWED_HOSTS or "*" in settings.ALLOWED_HOSTS:
        found.append(Error("ALLOWED_HOSTS is empty or open.", hint="Name the portal's hosts.", id="portal.E003"))
    if not settings.HTTPS:
        found.append(Error("HTTPS is off.", hint="Serve over TLS; unset HTTPS=0.", id="portal.E004"))
    if settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        found.append(
            Warning("The database is the embedded SQLite.", hint="Use PostgreSQL for an office.", id="portal.W001")
        )
    return found


@register(Tags.security)
def check_content_security_policy(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """No ``unsafe-*`` in the policy, whatever the environment."""
    values = [str(v) for vs in settings.CONTENT_SECURITY_POLICY["DIRECTIVES"].values() for v in vs]
    if any("unsafe" in value for value in values):
        return [Error("The content security policy holds an unsafe source.", id="portal.E005")]
    return []
