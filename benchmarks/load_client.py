"""Clients for `serve_load`: HTTP as plainly as can be, so that the server is what is measured."""

from __future__ import annotations

import asyncio
import re
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from typing import NamedTuple

TIMEOUT_S = 60.0
NORMAL_IN_A_ROW = 5


class Answer(NamedTuple):
    """One request: status 0 is no answer at all; `retry_after_s` is NaN where none was told."""

    status: int
    took_ms: float
    retry_after_s: float


@dataclass
class Run:
    """What came back under one load."""

    answers: list[Answer] = field(default_factory=list[Answer])
    took_s: float = 0.0

    @property
    def per_s(self) -> float:
        """Searches answered a second."""
        return sum(answer.status == 200 for answer in self.answers) / self.took_s

    @property
    def as_promised(self) -> bool:
        """Whether every answer is 200, or 503 with Retry-After."""
        return all(
            each.status == 200 or (each.status == 503 and each.retry_after_s >= 0)
            for each in self.answers
        )

    def quantile_ms(self, share: float, status: int = 200) -> float:
        """Of answers with this status; NaN if there are none."""
        times = sorted(a.took_ms for a in self.answers if a.status == status)
        return times[min(len(times) - 1, int(share * len(times)))] if times else float("nan")

    def statuses(self) -> str:
        """Status -> how many, in words."""
        counts = Counter(answer.status for answer in self.answers)
        return ", ".join(f"{status}: {n:,}" for status, n in sorted(counts.items()))


class Client:
    """Keeps connections and asks one thing at a time on each.

    Args:
        host: of the server.
        port: of the server.
        searches: whole requests, one after the other for ever; see `search_request`.
    """

    def __init__(self, host: str, port: int, searches: Iterator[bytes]) -> None:
        self._place = (host, port)
        self._searches = searches
        self._idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def search(self) -> Answer:
        """Send the next photo and wait for the whole answer."""
        return await self._answered(next(self._searches))

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
                status, retry_after_s = await self._exchange(request)
        except (OSError, EOFError, TimeoutError):
            status, retry_after_s = 0, float("nan")
        return Answer(status, (time.perf_counter() - started) * 1000, retry_after_s)

    async def _exchange(self, request: bytes) -> tuple[int, float]:
        while self._idle:  # the server closes those that rest for some seconds
            stream = self._idle.pop()
            if not stream[0].at_eof() and not stream[1].is_closing():
                break
        else:
            stream = await asyncio.open_connection(*self._place)
        reader, writer = stream
        writer.write(request)
        await writer.drain()
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        await reader.readexactly(int(re.findall(rb"content-length: (\d+)", head)[0]))
        if b"connection: close" in head:
            writer.close()
        else:
            self._idle.append(stream)
        told = re.findall(rb"retry-after: (\d+)", head)
        return int(head.split()[1]), float(told[0]) if told else float("nan")


def search_request(photo: bytes, key: str) -> bytes:
    """A whole `POST /v1/search` of a photo, made before anything is timed."""
    body = (
        b'--b\r\nContent-Disposition: form-data; name="photo"; filename="a"\r\n\r\n'
        + photo
        + b"\r\n--b--\r\n"
    )
    sent_key = f"Authorization: Bearer {key}\r\n" if key else ""
    head = (
        f"POST /v1/search HTTP/1.1\r\nHost: localhost\r\n{sent_key}"
        f"Content-Type: multipart/form-data; boundary=b\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def closed_loop(client: Client, n_clients: int, seconds: float) -> Run:
    """Clients that wait for an answer before they ask again, and as long as a 503 tells them."""
    run, started = Run(), time.perf_counter()

    async def visit() -> None:
        while time.perf_counter() - started < seconds:
            answer = await client.search()
            run.answers.append(answer)
            if answer.status == 503 and answer.retry_after_s > 0:
                await asyncio.sleep(answer.retry_after_s)

    with closing(client):
        await asyncio.gather(*(visit() for _ in range(n_clients)))
    run.took_s = time.perf_counter() - started
    return run


@dataclass
class Flood:
    """What came back when too much was asked, and after it."""

    run: Run
    sent_per_s: float
    slowest_livez_ms: float
    back_after_s: float
    """From the last request of the flood until searches are as quick as before."""


async def flood(
    client: Client, watcher: Client, per_s: float, seconds: float, normal_ms: float
) -> Flood:
    """Ask at a fixed rate, answered or not; then ask one by one until all is well again."""
    run, started = Run(), time.perf_counter()
    slowest_ms = 0.0
    running: set[asyncio.Task[None]] = set()

    async def one() -> None:
        run.answers.append(await client.search())
        run.took_s = time.perf_counter() - started

    async def watch() -> None:
        nonlocal slowest_ms
        while True:
            slowest_ms = max(slowest_ms, (await watcher.live()).took_ms)
            await asyncio.sleep(0.5)

    with closing(client), closing(watcher):
        watching = asyncio.create_task(watch())
        n_sent = 0
        while True:
            due = started + n_sent / per_s
            if max(due, time.perf_counter()) - started > seconds:
                break
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            task = asyncio.create_task(one())
            n_sent += 1
            running.add(task)
            task.add_done_callback(running.discard)
        sending_s = time.perf_counter() - started
        watching.cancel()
        back_s = await _until_normal(watcher, normal_ms)
        await asyncio.gather(*running)
    return Flood(run, n_sent / sending_s, slowest_ms, back_s)


async def _until_normal(client: Client, normal_ms: float) -> float:
    """Seconds until the first of five searches in a row that take at most twice `normal_ms`."""
    started = first = time.perf_counter()
    in_a_row = 0
    while in_a_row < NORMAL_IN_A_ROW:
        asked = time.perf_counter()
        answer = await client.search()
        good = answer.status == 200 and answer.took_ms <= 2 * normal_ms
        first = asked if good and not in_a_row else first
        in_a_row = in_a_row + 1 if good else 0
    return first - started
