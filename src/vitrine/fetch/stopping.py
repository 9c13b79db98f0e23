"""When a fetch must stop: a refusal, or a deadline that binds all that its thread does."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from time import monotonic


class RefusedError(Exception):
    """Trying again cannot help; the message completes the sentence "URL: ..."."""

    def __init__(self, message: str, status: int = 0) -> None:
        super().__init__(message)
        self.status = status


class OutOfTimeError(Exception):
    """The deadline of the whole request has passed."""


class Deadline:
    """Counts down from `timeout_s`; made current, it binds every connection of this thread."""

    def __init__(self, timeout_s: float) -> None:
        self._ends = monotonic() + timeout_s

    def remaining_s(self) -> float:
        """Seconds left, above zero.

        Raises:
            OutOfTimeError: none is left.
        """
        left = self._ends - monotonic()
        if left <= 0:
            raise OutOfTimeError
        return left

    @contextmanager
    def paused(self) -> Generator[None]:
        """Do not count the time spent inside."""
        started = monotonic()
        try:
            yield
        finally:
            self._ends += monotonic() - started

    @contextmanager
    def current(self) -> Generator[None]:
        """Bind what this thread sends and receives inside."""
        token = _DEADLINE.set(self)
        try:
            yield
        finally:
            _DEADLINE.reset(token)


_DEADLINE: ContextVar[Deadline] = ContextVar("deadline")


def seconds_left() -> float:
    """Seconds left of this thread's current deadline, above zero.

    Raises:
        OutOfTimeError: none is left.
    """
    return _DEADLINE.get().remaining_s()
