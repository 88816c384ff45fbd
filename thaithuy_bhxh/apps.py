from typing import Any

from django.apps import AppConfig
from django.db.backends.signals import connection_created


class PortalConfig(AppConfig):
    """The shared ground: settings checks, triggers, template tags, months and text."""

    name = "thaithuy_bhxh"

    def ready(self) -> None:
        from thaithuy_bhxh import checks, role_checks  # noqa: F401 - registers the system checks

        connection_created.connect(_prepare, dispatch_uid="portal.prepare")


def _prepare(connection: Any, **kwargs: Any) -> None:
    """What SQLite needs on each connection: the function that the trigger of the audit chain calls,
    and deletions by REPLACE that fire the triggers of DELETE.
    """
    if connection.vendor == "sqlite":
        from thaithuy_bhxh.fingerprints import linked

        connection.connection.create_function("portal_linked", 3, linked, deterministic=True)
        connection.connection.execute("PRAGMA recursive_triggers = ON")
