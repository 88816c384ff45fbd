"""Sessions in the database; one that could not be written is reported as what it is, not as a bad
request.
"""

from __future__ import annotations

from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.backends.db import SessionStore as DatabaseSessionStore


class TruthfulSessionStore(DatabaseSessionStore):
    """Django's store, which takes every error while saving for a session that somebody has ended
    meanwhile.
    """

    def save(self, must_create: bool = False) -> None:
        try:
            super().save(must_create)
        except UpdateError as error:
            behind = error.__context__
            # An error of the engine has the engine's own behind it; "no row was updated" has none.
            if behind is not None and behind.__cause__ is not None:
                raise behind from behind.__cause__
            raise
