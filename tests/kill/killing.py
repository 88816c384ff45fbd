"""A child process that dies at a chosen boundary between two statements of an act."""

from __future__ import annotations

import json
import os
import signal
import traceback
from collections.abc import Callable, Iterator
from typing import Any

from django.db import connection, connections

Act = Callable[[], Any]
STATEMENT, COMMIT, COMMITTED, ANSWER = (
    "statement",
    "before commit",
    "after commit",
    "before the answer",
)
EVERY = bool(os.environ.get("EVERY_KILL"))
MOST_SPARED = 3
"""So many statements may an act do without that it needed when its boundaries were counted."""
BETWEEN = 4
"""How many boundaries away from a commit are tried of an act that is only sampled."""


class _Killer:
    """Counts the boundaries that the process passes, and ends it at the ``last`` one (from 1)."""

    def __init__(self, last: int | None) -> None:
        self.passed: list[str] = []
        self._last = last

    def __call__(self, boundary: str) -> None:
        self.passed.append(boundary)
        if len(self.passed) == self._last:
            os.kill(os.getpid(), signal.SIGKILL)

    def execute(self, run: Callable[..., Any], *args: Any) -> Any:
        """A wrapper of every statement."""
        self(STATEMENT)
        return run(*args)

    def watch(self, act: Act) -> None:
        """Run the act; its commits are boundaries too, though they are no statements to a
        wrapper.
        """
        commit = connection.commit

        def watched() -> None:
            self(COMMIT)
            commit()
            self(COMMITTED)

        connection.commit = watched  # type: ignore[method-assign]
        with connection.execute_wrapper(self.execute):
            act()
        self(ANSWER)


def boundaries(act: Act) -> list[str]:
    """The boundaries that an act passes when it is left alone, in a process of its own."""
    status, said = _in_child(act, None)
    assert status == 0, said
    passed: list[str] = json.loads(said)
    return passed


def kill_at(point: int, act: Act) -> None:
    """Run an act in a process that dies at its ``point``-th boundary; fails the test if it lives.

    An act may be over before: what a process keeps for some seconds, or notes once a minute, costs
    a statement only now and then. It must then have passed all of its own boundaries.
    """
    status, said = _in_child(act, point)
    if status == 0:
        passed = json.loads(said)
        assert MOST_SPARED >= point - len(passed) > 0 and passed[-1] == ANSWER, said
        return
    assert os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL, said


def points_of(passed: list[str], every: bool = EVERY) -> Iterator[int]:
    """Which boundaries to die at: all, or those around commits, the last one, and some evenly
    between.
    """
    step = max(1, len(passed) // BETWEEN)
    for point, boundary in enumerate(passed, 1):
        if every or boundary != STATEMENT or point % step == 0:
            yield point


def _in_child(act: Act, last: int | None) -> tuple[int, str]:
    """The child's wait status, and the boundaries it passed or what went wrong in it."""
    connections.close_all()
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        _live(act, last, writing)
    os.close(writing)
    with os.fdopen(reading) as told:
        said = told.read()
    return os.waitpid(child, 0)[1], said


def _live(act: Act, last: int | None, writing: int) -> None:
    """The child's whole life; it never returns into the test that it is a copy of."""
    code = 1
    # Where a browser was driven, an event loop runs in the parent and not here: Django then hands
    # out the connection of the time before the browser. It is the parent's; the child goes without
    # it and ends without closing it.
    inherited, connection.connection = connection.connection, None
    try:
        killer = _Killer(last)
        killer.watch(act)
        said = json.dumps(killer.passed)
        code = 0
    except BaseException:  # noqa: BLE001 - the parent shows it
        said = traceback.format_exc()
    with os.fdopen(writing, "w") as out:
        out.write(said)
    connections.close_all()
    del inherited
    os._exit(code)
