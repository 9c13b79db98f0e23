"""How much photo search does one server carry, and what does it do when asked for too much?

python -m benchmarks.serve_load --shop PATH --photos DIR [--threads N] [--seconds S]
    [--encoder NAME|DIR] [--soak-minutes M] [--queue N] [--key KEY]

A real `vitrine serve` in a process of its own; clients in this one, over HTTP on 127.0.0.1, each
sending a photo and waiting for the answer before it sends the next. Then an overload: ten times
the requests a second that were carried, sent without waiting. Every search is a photo, decoded,
embedded and searched; photos take turns. Clients share the machine with the server.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import itertools
import json
import os
import re
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import httpx
import psutil

from benchmarks.report import machine, print_table

CLIENTS = (1, 4, 16, 64)
OVERLOAD = 10
TIMEOUT_S = 60.0
_FORM_HEAD = b'--b\r\nContent-Disposition: form-data; name="photo"; filename="a"\r\n\r\n'
_FORM_TAIL = b"\r\n--b--\r\n"
SUFFIXES = {".jpg", ".jpeg", ".png", ".webp"}


class Answer(NamedTuple):
    """One request: 0 is no answer at all."""

    status: int
    took_ms: float


@dataclass
class Run:
    """What came back under one load."""

    answers: list[Answer] = field(default_factory=list[Answer])
    took_s: float = 0.0

    @property
    def n_ok(self) -> int:
        """How many searches were answered."""
        return sum(answer.status == 200 for answer in self.answers)

    def quantile_ms(self, share: float, status: int = 200) -> float:
        """Of answers with this status; NaN if there are none."""
        times = sorted(a.took_ms for a in self.answers if a.status == status)
        return times[min(len(times) - 1, int(share * len(times)))] if times else float("nan")

    def statuses(self) -> str:
        """Status -> how many, in words."""
        counts = Counter(answer.status for answer in self.answers)
        return ", ".join(f"{status}: {n:,}" for status, n in sorted(counts.items()))


@dataclass(frozen=True)
class Target:
    """A running server."""

    url: str
    process: psutil.Process
    key: str

    def memory_mb(self) -> int:
        """Of the server and its decoders together."""
        family = [self.process, *self.process.children(recursive=True)]
        return round(sum(each.memory_info().rss for each in family) / 1e6)


@contextlib.contextmanager
def server(arguments: argparse.Namespace) -> Generator[Target]:
    command = [sys.executable, "-m", "vitrine", "serve", "--shop", str(arguments.shop)]
    command += ["--port", "0", "--rate", "0", "--json", "--quiet"]
    command += ["--threads", str(arguments.threads)]
    command += ["--encoder", arguments.encoder] if arguments.encoder else []
    environment = {**os.environ, "VITRINE_SERVE_QUEUE": str(arguments.queue)}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
    assert process.stdout
    try:
        url = json.loads(process.stdout.readline())["url"]
        until_ready(url)
        yield Target(url, psutil.Process(process.pid), arguments.key)
    finally:
        process.terminate()
        process.wait(30)


def until_ready(url: str, timeout_s: float = 60.0) -> None:
    ends = time.monotonic() + timeout_s
    while httpx.get(f"{url}/readyz", timeout=TIMEOUT_S).status_code != 200:
        if time.monotonic() > ends:
            raise TimeoutError("the server did not become ready")
        time.sleep(0.2)


class Client:
    """HTTP as plainly as can be: a full client library would take more time than the server."""

    def __init__(self, target: Target) -> None:
        parts = urlsplit(target.url)
        self._place = (parts.hostname, parts.port)
        self._key = f"Authorization: Bearer {target.key}\r\n" if target.key else ""
        self._idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def search(self, photo: bytes) -> Answer:
        """Send a photo and wait for the whole answer."""
        body = _FORM_HEAD + photo + _FORM_TAIL
        head = (
            f"POST /v1/search HTTP/1.1\r\nHost: localhost\r\n{self._key}"
            f"Content-Type: multipart/form-data; boundary=b\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return await self._answered(head.encode() + body)

    async def live(self) -> Answer:
        """Ask for /livez."""
        return await self._answered(b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n")

    def close(self) -> None:
        """Let go of every connection."""
        for _, writer in self._idle:
            writer.close()

    async def _answered(self, request: bytes) -> Answer:
        started = time.perf_counter()
        try:
            async with asyncio.timeout(TIMEOUT_S):
                status = await self._exchange(request)
        except (OSError, EOFError, TimeoutError):
            status = 0
        return Answer(status, (time.perf_counter() - started) * 1000)

    async def _exchange(self, request: bytes) -> int:
        stream = self._idle.pop() if self._idle else await asyncio.open_connection(*self._place)
        reader, writer = stream
        writer.write(request)
        await writer.drain()
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        await reader.readexactly(int(re.findall(rb"content-length: (\d+)", head)[0]))
        if b"connection: close" in head:
            writer.close()
        else:
            self._idle.append(stream)
        return int(head.split()[1])


@contextlib.contextmanager
def connected(target: Target) -> Generator[Client]:
    client = Client(target)
    try:
        yield client
    finally:
        client.close()


async def closed_loop(
    target: Target, photos: Iterator[bytes], n_clients: int, seconds: float
) -> Run:
    """Clients that wait for an answer before they ask again."""
    run, started = Run(), time.perf_counter()

    async def visit(client: Client) -> None:
        while time.perf_counter() - started < seconds:
            run.answers.append(await client.search(next(photos)))

    with connected(target) as client:
        await asyncio.gather(*(visit(client) for _ in range(n_clients)))
    run.took_s = time.perf_counter() - started
    return run


async def open_loop(
    target: Target, photos: Iterator[bytes], per_s: float, seconds: float
) -> tuple[Run, float]:
    """Requests at a fixed rate, answered or not; and the slowest `/livez` meanwhile, in ms."""
    run, started = Run(), time.perf_counter()
    slowest_ms = 0.0
    with connected(target) as client, connected(target) as watcher:
        running: set[asyncio.Task[None]] = set()

        async def one() -> None:
            run.answers.append(await client.search(next(photos)))

        for number in itertools.count():
            due = started + number / per_s
            if due - started > seconds:
                break
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            task = asyncio.create_task(one())
            running.add(task)
            task.add_done_callback(running.discard)
            if number % max(1, round(per_s)) == 0:
                slowest_ms = max(slowest_ms, (await watcher.live()).took_ms)
        await asyncio.gather(*running)
    run.took_s = time.perf_counter() - started
    return run, slowest_ms


async def recovery_s(target: Target, photos: Iterator[bytes], normal_ms: float) -> float:
    """Seconds until five searches in a row are answered in at most twice the normal time."""
    started, in_a_row = time.perf_counter(), 0
    with connected(target) as client:
        while in_a_row < 5:
            answer = await client.search(next(photos))
            good = answer.status == 200 and answer.took_ms <= 2 * normal_ms
            in_a_row = in_a_row + 1 if good else 0
    return time.perf_counter() - started


def read_photos(folder: Path) -> list[bytes]:
    paths = sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES)[:500]
    if not paths:
        raise SystemExit(f"there are no photos in {folder}")
    return [path.read_bytes() for path in paths]


def load_table(target: Target, photos: Iterator[bytes], seconds: float) -> list[Run]:
    rows: list[Sequence[object]] = []
    runs: list[Run] = []
    for n_clients in CLIENTS:
        run = asyncio.run(closed_loop(target, photos, n_clients, seconds))
        runs.append(run)
        rates = (run.n_ok / run.took_s, run.quantile_ms(0.5), run.quantile_ms(0.95))
        rows.append([n_clients, *rates, run.statuses(), target.memory_mb()])
    header = ("clients", "searches/s", "p50 ms", "p95 ms", "status: answers", "memory MB")
    print_table(header, rows)
    if not any(run.n_ok for run in runs):
        raise SystemExit("no search was answered; does the shop have keys? Give --key")
    return runs


def overload_table(
    target: Target, photos: Iterator[bytes], carried: float, normal_ms: float, seconds: float
) -> None:
    asked = OVERLOAD * carried
    run, livez_ms = asyncio.run(open_loop(target, photos, asked, seconds))
    back_s = asyncio.run(recovery_s(target, photos, normal_ms))
    rows: list[Sequence[object]] = [
        ["asked, requests/s", asked],
        ["status: answers", run.statuses()],
        ["searches/s", run.n_ok / run.took_s],
        ["200, p95 ms", run.quantile_ms(0.95)],
        ["503, p95 ms", run.quantile_ms(0.95, 503)],
        ["slowest /livez, ms", livez_ms],
        ["seconds until normal again", back_s],
        ["memory MB", target.memory_mb()],
    ]
    print_table(("overload", "value"), rows)


def soak_table(target: Target, photos: Iterator[bytes], minutes: int) -> None:
    rows: list[Sequence[object]] = [[0, target.memory_mb(), float("nan")]]
    for minute in range(1, minutes + 1):
        run = asyncio.run(closed_loop(target, photos, 4, 60.0))
        rows.append([minute, target.memory_mb(), run.n_ok / run.took_s])
    print_table(("minute", "memory MB", "searches/s"), rows)


def main() -> None:
    """Print the tables."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--shop", type=Path, required=True)
    arguments.add_argument("--photos", type=Path, required=True)
    arguments.add_argument("--threads", type=int, default=0)
    arguments.add_argument("--queue", type=int, default=32)
    arguments.add_argument("--encoder")
    arguments.add_argument("--key", default="")
    arguments.add_argument("--seconds", type=float, default=20.0)
    arguments.add_argument("--soak-minutes", type=int, default=0)
    chosen = arguments.parse_args()
    every = read_photos(chosen.photos)
    photos = itertools.cycle(every)
    print(machine())
    print(f"{len(every)} photos, median {statistics.median(map(len, every)) / 1000:.0f} KB\n")
    with server(chosen) as target:
        runs = load_table(target, photos, chosen.seconds)
        carried = max(run.n_ok / run.took_s for run in runs)
        print()
        overload_table(target, photos, carried, runs[0].quantile_ms(0.95), chosen.seconds)
        if chosen.soak_minutes:
            print()
            soak_table(target, photos, chosen.soak_minutes)


if __name__ == "__main__":
    main()
