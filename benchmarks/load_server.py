"""A server for `serve_load`, in a process of its own, and what it costs."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import httpx
import numpy as np
import psutil


@dataclass(frozen=True)
class Target:
    """A running server."""

    url: str
    process: psutil.Process
    n_products: int

    def family(self) -> list[psutil.Process]:
        """The server and its decoders."""
        return [self.process, *self.process.children(recursive=True)]

    def memory_mb(self) -> float:
        """Resident, of all of them together; what they share counts for each."""
        return sum(_of(each, lambda p: p.memory_info().rss) for each in self.family()) / 1e6

    def cpu_s(self) -> float:
        """Processor time that they took so far."""
        return sum(_of(each, _cpu_s) for each in self.family())


class Sample(NamedTuple):
    """Memory at one moment."""

    at_s: float
    memory_mb: float


class Watch:
    """Samples a server's memory, and counts its processor time and our own, while a block runs."""

    def __init__(self, target: Target, every_s: float = 1.0) -> None:
        self._target = target
        self._every_s = every_s
        self._done = threading.Event()
        self.samples: list[Sample] = []
        self.server_cores = self.client_cores = 0.0
        """Processor seconds a second, of the server's processes and of this one."""

    def __enter__(self) -> Watch:
        self._started = time.perf_counter()
        self._cpu_before = self._target.cpu_s(), _cpu_s(psutil.Process())
        self._thread = threading.Thread(target=self._sample)
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._done.set()
        self._thread.join()
        took_s = time.perf_counter() - self._started
        server_s, client_s = self._cpu_before
        self.server_cores = (self._target.cpu_s() - server_s) / took_s
        self.client_cores = (_cpu_s(psutil.Process()) - client_s) / took_s

    @property
    def most_mb(self) -> float:
        """The highest sample."""
        return max(sample.memory_mb for sample in self.samples)

    def _sample(self) -> None:
        while True:
            at_s = time.perf_counter() - self._started
            self.samples.append(Sample(at_s, self._target.memory_mb()))
            if self._done.wait(self._every_s):
                return


def slope_mb_per_min(samples: Sequence[Sample], warm_share: float = 0.1) -> float:
    """Least squares through the samples after the first `warm_share` of the time.

    Example:
        >>> round(slope_mb_per_min([Sample(60.0 * n, 300.0 + 2 * n) for n in range(11)]), 6)
        2.0
    """
    warm_s = samples[0].at_s + warm_share * (samples[-1].at_s - samples[0].at_s)
    kept = np.array([each for each in samples if each.at_s >= warm_s])
    return float(np.polyfit(kept[:, 0] / 60, kept[:, 1], 1)[0])


@contextlib.contextmanager
def server(shop: Path, *, threads: int, queue: int, encoder: str | None) -> Generator[Target]:
    """`vitrine serve` until the block ends, without a limit of rate."""
    command = [sys.executable, "-m", "vitrine", "serve", "--shop", str(shop)]
    command += ["--port", "0", "--rate", "0", "--json", "--quiet", "--threads", str(threads)]
    command += ["--encoder", encoder] if encoder else []
    environment = {**os.environ, "VITRINE_SERVE_QUEUE": str(queue)}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
    assert process.stdout
    try:
        said = json.loads(process.stdout.readline())
        _until_ready(said["url"])
        yield Target(said["url"], psutil.Process(process.pid), said["products"])
    finally:
        process.terminate()
        process.wait(30)


def _until_ready(url: str, timeout_s: float = 60.0) -> None:
    ends = time.monotonic() + timeout_s
    while httpx.get(f"{url}/readyz", timeout=timeout_s).status_code != 200:
        if time.monotonic() > ends:
            raise TimeoutError("the server did not become ready")
        time.sleep(0.2)


def _cpu_s(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system


def _of(process: psutil.Process, read: Callable[[psutil.Process], float]) -> float:
    """Nothing, of a decoder that was replaced meanwhile."""
    try:
        return read(process)
    except psutil.NoSuchProcess:
        return 0.0
