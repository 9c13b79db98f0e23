"""Work that must not block the event loop, in bounded numbers."""

from __future__ import annotations

import asyncio
import math
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from vitrine.serve.problems import Problem, busy

T = TypeVar("T")

_MOST_RETRY_S = 30
_SMOOTHING = 0.2


class Lane:
    """A few threads, and a short queue in front of them; whoever finds it full is sent away.

    Args:
        name: of the threads, and in the metrics.
        n_threads: pieces of work that run at the same time.
        n_waiting: pieces of work that may wait besides.
    """

    def __init__(self, name: str, n_threads: int, n_waiting: int) -> None:
        self.name = name
        self._n_threads = n_threads
        self._n_allowed = n_threads + n_waiting
        self._n_inside = 0
        self._mean_s = 0.05
        self._counting = threading.Lock()
        self._pool = ThreadPoolExecutor(n_threads, thread_name_prefix=f"vitrine-{name}")

    @property
    def n_inside(self) -> int:
        """Pieces of work that run or wait."""
        return self._n_inside

    @property
    def is_full(self) -> bool:
        """Whether whoever comes now is sent away."""
        return self._n_inside >= self._n_allowed

    def refusal(self) -> Problem:
        """What those get who come when it is full."""
        again_s = min(_MOST_RETRY_S, math.ceil(self._mean_s * self._n_inside / self._n_threads))
        return busy("too much is waiting to be done; try again in a moment", again_s)

    async def run(self, work: Callable[[], T]) -> T:
        """Do the work on a thread of this lane.

        Raises:
            Problem: `busy`, at once, when too many wait already.
        """
        with self._counting:
            if self.is_full:
                raise self.refusal()
            self._n_inside += 1
        future = self._pool.submit(self._timed, work)
        future.add_done_callback(self._leave)  # also of work that nobody waits for any more
        return await asyncio.wrap_future(future)

    def close(self) -> None:
        """Finish what runs and forget what waits."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _timed(self, work: Callable[[], T]) -> T:
        started = time.perf_counter()
        try:
            return work()
        finally:
            took_s = time.perf_counter() - started
            self._mean_s += _SMOOTHING * (took_s - self._mean_s)

    def _leave(self, _done: Future[T]) -> None:
        with self._counting:
            self._n_inside -= 1
