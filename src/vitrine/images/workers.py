"""Decoding of strangers' uploads in processes that can be stopped."""

from __future__ import annotations

import contextlib
import multiprocessing
import queue
import threading
from typing import Self

from vitrine.errors import ImageError, UsageError
from vitrine.images.decoding import Decoded
from vitrine.images.limits import DEFAULT_LIMITS, ImageLimits
from vitrine.images.worker_process import (
    READY,
    ImpossibleAnswer,
    receive_decoded,
    send_photo,
    serve,
)

_SPAWN = multiprocessing.get_context("spawn")
_START_TIMEOUT_S = 60.0
_STOP_TIMEOUT_S = 5.0

# `multiprocessing` reaps all dead children whenever one is started, so that without a lock one
# thread could take away the exit status that another is waiting for.
_starting_or_stopping = threading.Lock()


class DecodeWorkers:
    """A fixed number of processes that decode one photo each at a time.

    A worker that meets its deadline or its memory limit, or dies, is killed and replaced; the
    caller gets an `ImageError`. Nothing that comes back from a worker is unpickled.

    Processes are started by `spawn`: a script that makes a `DecodeWorkers` does so under
    `if __name__ == "__main__":`. Use it as a context manager, or call `close`.

    Args:
        n_workers: processes; more callers than that wait for their turn.
        limits: what is refused before decoding.
        deadline_s: wall-clock time for one photo, from sending it to having its pixels.
        memory_bytes: address space that a worker may take for a photo. Enforced on Linux;
            elsewhere only `limits` bound the memory.
        wait_s: how long a caller waits for a worker to become free.
    """

    def __init__(
        self,
        n_workers: int = 2,
        *,
        limits: ImageLimits = DEFAULT_LIMITS,
        deadline_s: float = 10.0,
        memory_bytes: int = 2**30,
        wait_s: float = 30.0,
    ) -> None:
        if n_workers < 1 or deadline_s <= 0 or memory_bytes <= 0:
            raise UsageError("n_workers, deadline_s and memory_bytes must be above zero")
        self._limits, self._deadline_s, self._wait_s = limits, deadline_s, wait_s
        self._closing, self._closed = threading.Lock(), False
        self._idle: queue.LifoQueue[_Worker | None] = queue.LifoQueue()
        self._n_open = n_workers
        for _ in range(n_workers):
            self._idle.put(_Worker(limits, memory_bytes))
        self._start_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def decode(self, data: bytes, *, at_least_px: int | None = None) -> Decoded:
        """Decode as `vitrine.images.decode` does, in a worker. Safe from many threads.

        Raises:
            ImageError: as `decode`, and `too_slow`, `too_large`, `crashed` or `busy`.
            UsageError: `close` was called, or `at_least_px` is below 1.
        """
        if at_least_px is not None and at_least_px < 1:
            raise UsageError(f"at_least_px is {at_least_px}; it must be 1 or more")
        self._limits.check_bytes(len(data))
        worker = self._take()
        try:
            return worker.decode(data, at_least_px, self._deadline_s)
        finally:
            self._idle.put(worker)

    def close(self) -> None:
        """Let running photos finish, then end every process; calling it again does nothing."""
        self._closed = True
        with self._closing:
            while self._n_open:
                worker = self._idle.get()
                if worker is not None:
                    worker.stop()
                    self._n_open -= 1
            self._idle.put(None)

    def _start_all(self) -> None:
        try:
            for worker in list(self._idle.queue):
                if worker is not None:
                    worker.start()
        except BaseException:
            self.close()
            raise

    def _take(self) -> _Worker:
        if self._closed:
            raise _closed()
        try:
            worker = self._idle.get(timeout=self._wait_s)
        except queue.Empty:
            raise ImageError(
                "busy", f"no worker was free within {self._wait_s:g} s; try again later"
            ) from None
        if worker is None or self._closed:
            self._idle.put(worker)
            raise _closed()
        return worker


def _too_slow(deadline_s: float) -> ImageError:
    return ImageError(
        "too_slow", f"decoding the photo took longer than {deadline_s:g} s; send a smaller one"
    )


def _crashed(reason: str) -> ImageError:
    return ImageError("crashed", f"{reason}; try again, or send an ordinary JPEG")


def _closed() -> UsageError:
    return UsageError("these DecodeWorkers are closed; open new ones")


class _Worker:
    """One process and the pipe to it; used by one thread at a time."""

    def __init__(self, limits: ImageLimits, memory_bytes: int) -> None:
        self._limits, self._memory_bytes = limits, memory_bytes
        self._running = self._ready = False

    def start(self) -> None:
        self._pipe, theirs = _SPAWN.Pipe()
        self._process = _SPAWN.Process(
            target=serve,
            args=(theirs, self._limits, self._memory_bytes),
            name="vitrine-decode",
            daemon=True,
        )
        try:
            with _starting_or_stopping:
                self._process.start()
            self._running = True
        except BaseException:
            self._pipe.close()
            raise
        finally:
            theirs.close()

    def stop(self, *, gently: bool = True) -> None:
        """End the process and leave no zombie; an idle one goes when its pipe is closed."""
        if not self._running:
            return
        self._pipe.close()
        with _starting_or_stopping:
            if gently and self._ready:
                self._process.join(_STOP_TIMEOUT_S)
            self._process.kill()
            self._process.join()
            with contextlib.suppress(ValueError):  # somebody else took its exit status
                self._process.close()
        self._running = self._ready = False

    def decode(self, data: bytes, at_least_px: int | None, deadline_s: float) -> Decoded:
        try:
            return self._ask(data, at_least_px, deadline_s)
        except BaseException as error:
            if not isinstance(error, ImageError) or error.code in ("too_large", "crashed"):
                self._replace()
            raise

    def _replace(self) -> None:
        self.stop(gently=False)
        with contextlib.suppress(OSError):  # tried again with the next photo
            self.start()

    def _ask(self, data: bytes, at_least_px: int | None, deadline_s: float) -> Decoded:
        self._wait_until_ready()
        process, expired = self._process, threading.Event()

        def expire() -> None:
            expired.set()
            process.kill()

        timer = threading.Timer(deadline_s, expire)
        timer.start()
        try:
            send_photo(self._pipe, data, at_least_px)
            return receive_decoded(self._pipe, self._limits)
        except (EOFError, OSError) as error:
            if expired.is_set():
                raise _too_slow(deadline_s) from None
            raise _crashed("a decoding worker died on this photo") from error
        except ImpossibleAnswer as error:
            raise _crashed("a decoding worker talked nonsense about this photo") from error
        finally:
            timer.cancel()
            timer.join()
            if expired.is_set():
                self._replace()

    def _wait_until_ready(self) -> None:
        try:
            if self._running and not self._process.is_alive():
                self.stop()  # it died while idle, which is no fault of this photo
            if not self._running:
                self.start()
            if not self._ready and self._pipe.poll(_START_TIMEOUT_S):
                self._ready = self._pipe.recv_bytes(len(READY)) == READY
        except (EOFError, OSError):
            self._ready = False
        if not self._ready:
            raise _crashed("a decoding worker did not start")
