"""How much photo search does one server carry, and what does it do when asked for too much?

python -m benchmarks.serve_load --shop PATH --photos DIR [--seconds S] [--soak-minutes M]
    [--side-px N] [--threads N] [--queue N] [--encoder NAME|DIR] [--key KEY]

Prints a section for RESULTS.md. A real `vitrine serve` runs in a process of its own; the clients in
this one, over HTTP on 127.0.0.1. Every search is a photo, decoded, embedded and searched; photos
take turns, each made `--side-px` large as a browser or phone sends it (0: the files as they are).
Three parts: clients that wait for their answer before they ask again; memory, sampled each second
for `--soak-minutes` (0 leaves it out); then ten times the requests a second that were carried, sent
without waiting. Exits 1 if an answer is anything but 200, or 503 with Retry-After.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import itertools
import statistics
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from PIL import Image

from benchmarks.load_client import Client, Flood, Run, closed_loop, flood, search_request
from benchmarks.load_server import Target, Watch, server, slope_mb_per_min
from benchmarks.report import machine, print_table

CLIENTS = (1, 4, 16, 64)
SOAK_CLIENTS = 4
OVERLOAD = 10
MOST_PHOTOS = 200
SUFFIXES = {".jpg", ".jpeg", ".png", ".webp"}


@dataclass(frozen=True)
class Load:
    """A server, and what it is asked."""

    target: Target
    requests: Iterator[bytes]

    def client(self) -> Client:
        """One more, with connections of its own."""
        parts = urlsplit(self.target.url)
        assert parts.hostname
        assert parts.port
        return Client(parts.hostname, parts.port, self.requests)


def read_photos(folder: Path, side_px: int) -> list[bytes]:
    paths = sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES)
    if not paths:
        raise SystemExit(f"there are no photos in {folder}")
    chosen = paths[:: max(1, len(paths) // MOST_PHOTOS)][:MOST_PHOTOS]
    return [as_sent(path, side_px) if side_px else path.read_bytes() for path in chosen]


def as_sent(path: Path, side_px: int) -> bytes:
    """The photo with its longest side that long, as JPEG."""
    with Image.open(path) as image:
        share = side_px / max(image.size)
        size = (max(1, round(image.width * share)), max(1, round(image.height * share)))
        out = io.BytesIO()
        image.convert("RGB").resize(size, Image.Resampling.BICUBIC).save(out, "JPEG", quality=90)
    return out.getvalue()


def under_load(load: Load, seconds: float) -> list[Run]:
    header = ("clients", "searches/s", "p50 ms", "p95 ms", "status: answers")
    costs = ("server cores", "clients' cores", "memory MB")
    rows: list[Sequence[object]] = []
    runs: list[Run] = []
    for n_clients in CLIENTS:
        with Watch(load.target) as watch:
            run = asyncio.run(closed_loop(load.client(), n_clients, seconds))
        runs.append(run)
        times = (run.per_s, run.quantile_ms(0.5), run.quantile_ms(0.95))
        cores = (watch.server_cores, watch.client_cores)
        rows.append([n_clients, *times, run.statuses(), *cores, round(watch.most_mb)])
    print_table((*header, *costs), rows)
    if not any(run.per_s for run in runs):
        raise SystemExit("no search was answered; does the shop have keys? Give --key")
    return runs


def soak(load: Load, minutes: float) -> Run:
    with Watch(load.target) as watch:
        run = asyncio.run(closed_loop(load.client(), SOAK_CLIENTS, minutes * 60))
    first, last = watch.samples[0], watch.samples[-1]
    rows: list[Sequence[object]] = [
        ["searches", len(run.answers)],
        ["status: answers", run.statuses()],
        ["memory at the start, MB", round(first.memory_mb)],
        ["memory at the end, MB", round(last.memory_mb)],
        ["memory at most, MB", round(watch.most_mb)],
        ["slope after the first tenth, MB/minute", slope_mb_per_min(watch.samples)],
    ]
    print_table((f"{minutes:g} minutes, {SOAK_CLIENTS} clients", "value"), rows)
    return run


def overload(load: Load, carried: float, normal_ms: float, seconds: float) -> Flood:
    asked = OVERLOAD * carried
    with Watch(load.target) as watch:
        met = asyncio.run(flood(load.client(), load.client(), asked, seconds, normal_ms))
    rows: list[Sequence[object]] = [
        ["wanted, requests/s", asked],
        ["sent, requests/s", met.sent_per_s],
        ["status: answers", met.run.statuses()],
        ["nothing but 200, or 503 with Retry-After", "yes" if met.run.as_promised else "NO"],
        ["searches/s", met.run.per_s],
        ["200, p95 ms", met.run.quantile_ms(0.95)],
        ["503, p95 ms", met.run.quantile_ms(0.95, 503)],
        ["slowest /livez, ms", met.slowest_livez_ms],
        ["seconds until as quick as before", met.back_after_s],
        ["memory at most, MB", round(watch.most_mb)],
        ["server cores, clients' cores", f"{watch.server_cores:.2f}, {watch.client_cores:.2f}"],
    ]
    print_table((f"{OVERLOAD} times too much", "value"), rows)
    return met


def main() -> None:
    """Print the section."""
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("--shop", type=Path, required=True)
    arguments.add_argument("--photos", type=Path, required=True)
    arguments.add_argument("--seconds", type=float, default=20.0, help="of each load")
    arguments.add_argument("--soak-minutes", type=float, default=10.0)
    arguments.add_argument("--side-px", type=int, default=1024)
    arguments.add_argument("--threads", type=int, default=0)
    arguments.add_argument("--queue", type=int, default=32)
    arguments.add_argument("--encoder")
    arguments.add_argument("--key", default="")
    chosen = arguments.parse_args()
    photos = read_photos(chosen.photos, chosen.side_px)
    requests = itertools.cycle([search_request(photo, chosen.key) for photo in photos])
    with server(
        chosen.shop, threads=chosen.threads, queue=chosen.queue, encoder=chosen.encoder
    ) as target:
        kept = all_parts(Load(target, requests), chosen, photos)
    if not kept:
        sys.exit("an answer was neither 200, nor 503 with Retry-After")


def all_parts(load: Load, chosen: argparse.Namespace, photos: Sequence[bytes]) -> bool:
    """Measure and print everything; whether the server kept its promise."""
    flags = f"--seconds {chosen.seconds:g} --soak-minutes {chosen.soak_minutes:g}"
    print("## Photo search over HTTP\n")
    print(
        f"`python -m benchmarks.serve_load --shop {chosen.shop.name} --photos PHOTOS {flags}`; "
        f"{machine()}\n"
    )
    size_kb = statistics.median(map(len, photos)) / 1000
    made = f"JPEG, longest side {chosen.side_px} px" if chosen.side_px else "as they are"
    print(
        f"{load.target.n_products:,} products; {len(photos)} photos, {made}, "
        f"median {size_kb:.0f} KB. Clients and server share the machine.\n"
    )
    runs = under_load(load, chosen.seconds)
    if chosen.soak_minutes:
        print()
        runs.append(soak(load, chosen.soak_minutes))
    carried = max(run.per_s for run in runs)
    print()
    met = overload(load, carried, runs[0].quantile_ms(0.95), chosen.seconds)
    return all(run.as_promised for run in (*runs, met.run))


if __name__ == "__main__":
    main()
