"""Being no burden: few requests at a time on one host, rests, and a name to complain to."""

from __future__ import annotations

import random
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from threading import Lock, Semaphore

from vitrine.fetch.stopping import Deadline

_FIRST_WAIT_S = 0.2


class Turns:
    """At most `n` at a time on one host."""

    def __init__(self, n: int) -> None:
        self._n = n
        self._lock = Lock()
        self._hosts: dict[str, Semaphore] = {}

    @contextmanager
    def at(self, host: str, deadline: Deadline) -> Generator[None]:
        """Wait for a turn, off the clock: whoever has one is bound by a deadline of its own."""
        with self._lock:
            turn = self._hosts.setdefault(host, Semaphore(self._n))
        with deadline.paused():
            turn.acquire()
        try:
            yield
        finally:
            turn.release()


def waits(retries: int) -> Iterator[float]:
    """Seconds to wait before each further attempt, doubling, with jitter."""
    for attempt in range(retries):
        yield _FIRST_WAIT_S * 2**attempt * random.uniform(0.5, 1.5)


def retry_after_s(value: str) -> float:
    """Seconds that a Retry-After header asks for, in either form; 0 where it makes no sense.

    Example:
        >>> retry_after_s("120"), retry_after_s("Fri, 31 Dec 1999 23:59:59 GMT")
        (120.0, 0.0)
    """
    if value.isascii() and value.isdigit():
        return float(value[:9])
    try:
        at = parsedate_to_datetime(value)
    except ValueError:
        return 0.0
    now = datetime.now(UTC)
    return max(0.0, (at.replace(tzinfo=at.tzinfo or UTC) - now).total_seconds())


def user_agent(contact: str = "") -> str:
    """How we introduce ourselves to servers.

    Example:
        >>> user_agent("https://example.org/bot").partition(" ")[2]
        '(+https://example.org/bot)'
    """
    import vitrine

    return f"vitrine/{vitrine.__version__}" + (f" (+{contact})" if contact else "")
