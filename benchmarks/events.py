"""How many events a second are kept, and is one lost when the server is killed in the middle?

python -m benchmarks.events [--events N] [--kills K] [--clients C] [--postgres]

Prints a section for RESULTS.md. Every event names a product and comes in a batch of 1,000, as JSON
that was made before anything is timed. *Python*: `Shop.events.take` of the parsed objects, in this
process. *HTTP*: a real `vitrine serve` in a process of its own, and clients that wait for their
answer before they send the next batch. Then the same with `kill -9` of that server K times in the
middle, each at a random moment: a batch without an answer is sent again to the next server. At the
end every event that was acknowledged (200) is looked for in the database, and all batches are sent
once more. `--postgres` keeps events on a PostgreSQL server that is started for the purpose, without
it they are in the shop's file. The baseline is what the database does without us: the same rows,
1,000 in a transaction, by the driver alone. Exits 1 if an event is lost or there twice.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Generator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

from benchmarks.report import machine, print_table
from vitrine.settings import read_settings
from vitrine.shop import create_shop, open_shop

BATCH = 1000
N_PRODUCTS = 40_000
SEED = 5
TIMEOUT_S = 60.0


@dataclass
class Outcome:
    """What was sent over HTTP, and what came back."""

    statuses: Counter[int] = field(default_factory=Counter[int])
    """0 is no answer."""
    acknowledged: set[int] = field(default_factory=set[int])
    """Batches that were answered 200."""
    known: int = 0
    """Events of them that had been kept before, though their first answer never came."""
    took_s: float = 0.0
    server_cpu_s: float = 0.0
    """Processor time of the server, where one of them did it all."""


def bodies(n_events: int) -> list[bytes]:
    """Batches as they are sent, the same in every run."""
    rng = random.Random(SEED)
    return [
        json.dumps({"events": [event(first + i, rng) for i in range(BATCH)]}).encode()
        for first in range(0, n_events, BATCH)
    ]


def event(number: int, rng: random.Random) -> dict[str, Any]:
    at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(1_760_000_000 + number))
    return {
        "eventId": f"{number:032x}",
        "eventType": rng.choice(("impression", "detail-page-view", "like", "add-to-cart")),
        "visitorId": f"{rng.randrange(30_000):032x}",
        "eventTime": at,
        "sessionId": f"s{number // 9}",
        "productDetails": [
            {"product": {"id": f"p{rng.randrange(N_PRODUCTS)}"}, "position": rng.randrange(24)}
        ],
    }


@contextmanager
def server(shop: Path) -> Generator[tuple[subprocess.Popen[bytes], str]]:
    """A `vitrine serve` without a limit of rate, and its address; killed at the end."""
    command = [sys.executable, "-m", "vitrine", "serve", "--shop", str(shop), "--port", "0"]
    process = subprocess.Popen(
        [*command, "--rate", "0", "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=os.environ | {"VITRINE_THREADS": "1"},
        start_new_session=True,
    )
    assert process.stdout
    try:
        yield process, json.loads(process.stdout.readline())["url"]
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


async def send(
    url: str, batches: Sequence[bytes], left: list[int], outcome: Outcome, n_clients: int
) -> None:
    """Send batches until none is left or the server is gone; what got no answer is left again."""
    place = urlsplit(url)

    async def client() -> None:
        try:
            reader, writer = await asyncio.open_connection(place.hostname, place.port)
        except OSError:
            return
        while left:
            number = left.pop()
            try:
                async with asyncio.timeout(TIMEOUT_S):
                    status, said = await exchange(reader, writer, batches[number])
            except (OSError, EOFError, TimeoutError):
                outcome.statuses[0] += 1
                left.append(number)
                break
            outcome.statuses[status] += 1
            if status == 200:
                outcome.acknowledged.add(number)
                outcome.known += said["known"]
            elif status == 503:
                left.append(number)
            else:
                raise SystemExit(f"a batch was answered {status}: {said}")
        writer.close()

    started = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(n_clients)))
    outcome.took_s += time.perf_counter() - started


async def exchange(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, body: bytes
) -> tuple[int, dict[str, Any]]:
    head = (
        "POST /v1/events HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    writer.write(head.encode() + body)
    await writer.drain()
    answer = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
    length = int(answer.split("content-length: ")[1].split("\r\n")[0])
    return int(answer.split()[1]), json.loads(await reader.readexactly(length))


def send_all(shop: Path, batches: Sequence[bytes], n_clients: int) -> Outcome:
    """Send every batch to one server that nobody kills."""
    outcome, left = Outcome(), [*range(len(batches))]
    with server(shop) as (process, url):
        before = cpu_s(process.pid)
        asyncio.run(send(url, batches, left, outcome, n_clients))
        outcome.server_cpu_s = cpu_s(process.pid) - before
    return outcome


def cpu_s(pid: int) -> float:
    """Processor time of a process so far."""
    import psutil

    spent = psutil.Process(pid).cpu_times()
    return spent.user + spent.system


def send_with_kills(
    shop: Path, batches: Sequence[bytes], n_clients: int, n_kills: int
) -> tuple[Outcome, int]:
    """Kill the server again and again while batches come in, then let one finish the rest."""
    rng = random.Random(SEED)
    outcome, left, n_killed = Outcome(), [*range(len(batches))], 0
    for _ in range(n_kills):
        with server(shop) as (process, url):

            async def killed(process: subprocess.Popen[bytes] = process, url: str = url) -> bool:
                sending = asyncio.create_task(send(url, batches, left, outcome, n_clients))
                await asyncio.sleep(rng.uniform(0.3, 1.5))
                in_the_middle = not sending.done()
                process.kill()
                await sending
                return in_the_middle

            n_killed += asyncio.run(killed())
    while left:
        with server(shop) as (_, url):
            asyncio.run(send(url, batches, left, outcome, n_clients))
    return outcome, n_killed


def python_rate(shop: Path, batches: Sequence[bytes]) -> tuple[float, float]:
    """Events a second and a second of processor time through `Shop.events.take`."""
    parsed = [json.loads(body)["events"] for body in batches]
    with open_shop(shop) as opened:
        started, worked = time.perf_counter(), time.process_time()
        n_kept = sum(opened.events.take(batch).accepted for batch in parsed)
        assert n_kept == len(batches) * BATCH
        return n_kept / (time.perf_counter() - started), n_kept / (time.process_time() - worked)


def driver_rate(folder: Path, url: str, batches: Sequence[bytes]) -> float:
    """Events a second by the driver alone: one table, one row an event, one key."""
    rows = [
        [(e["eventId"], e["visitorId"], e["eventTime"], json.dumps(e)) for e in parsed]
        for parsed in (json.loads(body)["events"] for body in batches)
    ]
    make = "CREATE TABLE plain (id TEXT PRIMARY KEY, visitor TEXT, at TEXT, said TEXT)"
    started = time.perf_counter()
    if not url:
        with closing(sqlite3.connect(folder / "plain.db")) as connection:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute(make)
            for batch in rows:
                with connection:
                    connection.executemany("INSERT INTO plain VALUES (?, ?, ?, ?)", batch)
    else:
        import psycopg

        with psycopg.connect(url) as connection:
            connection.execute(make)
            connection.commit()
            for batch in rows:
                with connection.cursor() as cursor, cursor.copy("COPY plain FROM STDIN") as copy:
                    for row in batch:
                        copy.write_row(row)
                connection.commit()
    return len(batches) * BATCH / (time.perf_counter() - started)


def held(shop: Path) -> Counter[str]:
    """How often each event is in the database."""
    with open_shop(shop) as opened:
        return Counter(event.event_id for event in opened.events.iterate())


def numbered_shops(folder: Path) -> Callable[[], Path]:
    """Give a new, empty shop at every call."""
    settings = read_settings()
    made: list[Path] = []

    def make() -> Path:
        path = folder / f"{len(made)}.shop"
        made.append(path)
        create_shop(path, encoder="colour", settings=settings).close()
        return path

    return make


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--events", type=int, default=200_000)
    parser.add_argument("--kills", type=int, default=8)
    parser.add_argument("--clients", type=int, default=4)
    parser.add_argument("--postgres", action="store_true")
    asked = parser.parse_args()
    batches = bodies(asked.events)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="vitrine-events-")))

        def new_url() -> str:
            if not asked.postgres:
                return ""
            from tests.store.postgres import postgres_server

            return stack.enter_context(postgres_server())

        sys.exit(report(asked, batches, numbered_shops(folder), new_url, folder))


def report(
    asked: argparse.Namespace,
    batches: Sequence[bytes],
    new_shop: Callable[[], Path],
    new_url: Callable[[], str],
    folder: Path,
) -> int:
    """Measure, print, and tell whether all is well by an exit code."""

    def place() -> Path:
        os.environ["VITRINE_EVENTS_URL"] = url = new_url()
        if not url:
            del os.environ["VITRINE_EVENTS_URL"]
        return new_shop()

    kept_in = "PostgreSQL" if asked.postgres else "the shop's file (SQLite)"
    n_events = len(batches) * BATCH
    plain = driver_rate(folder, new_url(), batches)
    wall, per_cpu_s = python_rate(place(), batches)
    clean = send_all(place(), batches, asked.clients)
    shop = place()
    outcome, n_killed = send_with_kills(shop, batches, asked.clients, asked.kills)
    sent = {f"{number:032x}" for number in range(n_events)}
    acknowledged = {
        f"{batch * BATCH + i:032x}" for batch in outcome.acknowledged for i in range(BATCH)
    }
    found = held(shop)
    replay = send_all(shop, batches, asked.clients)
    after = held(shop)
    lost = len(acknowledged - set(found))
    twice = sum(n > 1 for n in after.values()) + len(set(after) - sent)
    print(f"{machine()}; load of the machine {os.getloadavg()[0]:.1f}\n")
    print(f"{n_events:,} events in batches of {BATCH:,}, kept in {kept_in}; seed {SEED}\n")
    print_table(
        ["way", "events/s"],
        [
            ["the driver alone, one table (baseline)", plain],
            ["Python, `Shop.events.take`", wall],
            ["Python, for a second of processor time", per_cpu_s],
            [f"HTTP, {asked.clients} clients", n_events / clean.took_s],
            ["HTTP, for a second of the server's processor time", n_events / clean.server_cpu_s],
        ],
    )
    print()
    print_table(
        ["killed in the middle", "value"],
        [
            ["kill -9 of the server while batches were coming in", n_killed],
            ["batches without an answer, sent again", outcome.statuses[0]],
            ["events of those that were on disk nevertheless", outcome.known],
            ["events acknowledged", len(acknowledged)],
            ["of them not in the database", lost],
            ["events accepted when all batches were sent once more", n_events - replay.known],
            ["events in the database more than once, or never sent", twice],
        ],
    )
    return int(bool(lost or twice or replay.known != n_events or len(after) != n_events))


if __name__ == "__main__":
    main()
