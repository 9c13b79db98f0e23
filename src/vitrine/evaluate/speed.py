"""Protocol `speed`: how fast on one core, one photo at a time, and how much memory it takes."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np

from vitrine.encoders import as_tagger, decode_side_px
from vitrine.evaluate.memory import memory_mb
from vitrine.evaluate.results import Result
from vitrine.images import decode
from vitrine.metrics import bootstrap_statistic

if TYPE_CHECKING:
    from PIL import Image

    from vitrine.encoders import Encoder
    from vitrine.evaluate.contestants import Contestant
    from vitrine.evaluate.examples import Examples

SPEED = "speed"
SIZES_PX = {"768 x 1024": (768, 1024), "12 megapixels": (3000, 4000)}
_QUALITY = 85
_N_RUNS = {"tower": 200, "768 x 1024": 100, "12 megapixels": 20}
_TILE_PX = (192, 256)


def measure_speed(contestant: Contestant, examples: Examples) -> list[Result]:
    """Median of many runs on one thread, and peak memory; photos are mosaics of the source's own.

    A mosaic holds more detail than an enlarged photo and decodes more slowly. Other programs on
    the machine slow everything down: measure alone.
    """
    encoder = contestant.on_one_thread()
    tiles = [decode(_bytes(p), at_least_px=_TILE_PX[0]).image for p in examples.photos[:64]]
    pixels = encoder.prepare(tiles[0])[None]
    results = _results("tower only", lambda: encoder.embed(pixels), _N_RUNS["tower"], contestant)
    for size, side_px in SIZES_PX.items():
        run = photo_run(encoder, mosaic_jpeg(tiles, side_px))
        results += _results(f"{size} JPEG to vector and tags", run, _N_RUNS[size], contestant)
    return [*results, *_memory(contestant)]


def _memory(contestant: Contestant) -> list[Result]:
    """Of a process of its own; nothing for baselines that are no encoder of the table."""
    if contestant.loaded_as is None:
        return []
    found = memory_mb(contestant.loaded_as, contestant.settings)
    if found is None:
        return []
    peak, before = found
    return [
        Result(SPEED, "peak memory of its process, MB", contestant.name, peak, 1, decimals=0),
        Result(SPEED, "of which the encoder, MB", contestant.name, peak - before, 1, decimals=0),
    ]


def photo_run(encoder: Encoder, data: bytes) -> Callable[[], object]:
    """Everything between a file's bytes and its vector and tags, as a search does it."""
    tagger, side_px = as_tagger(encoder), decode_side_px(encoder)
    look = encoder.embed if tagger is None else tagger.embed_and_tag
    return lambda: look(encoder.prepare(decode(data, at_least_px=side_px).image)[None])


def mosaic_jpeg(tiles: list[Image.Image], size_px: tuple[int, int]) -> bytes:
    """A JPEG of any size, quality 85, tiled with photos in turn."""
    from PIL import Image

    width, height = size_px
    mosaic = Image.new("RGB", size_px)
    small = [tile.resize(_TILE_PX, Image.Resampling.BICUBIC) for tile in tiles]
    places = [(x, y) for y in range(0, height, _TILE_PX[1]) for x in range(0, width, _TILE_PX[0])]
    for n, place in enumerate(places):
        mosaic.paste(small[n % len(small)], place)
    buffer = BytesIO()
    mosaic.save(buffer, "JPEG", quality=_QUALITY)
    return buffer.getvalue()


def seconds_of(run: Callable[[], object], n_runs: int) -> list[float]:
    """Wall-clock seconds of every run, after three that do not count."""
    for _ in range(3):
        run()
    took: list[float] = []
    for _ in range(n_runs):
        started = perf_counter()
        run()
        took.append(perf_counter() - started)
    return took


def _results(
    what: str, run: Callable[[], object], n_runs: int, contestant: Contestant
) -> list[Result]:
    took = np.array(seconds_of(run, n_runs))
    found = bootstrap_statistic(lambda rows: float(np.median(took[rows])), n_runs, n_draws=300)
    figure, low, high = found.figure, found.low, found.high
    name = contestant.name
    return [
        Result(SPEED, f"{what}, photos/s", name, 1 / figure, n_runs, 1 / high, 1 / low, decimals=0),
        Result(
            SPEED,
            f"{what}, p50 ms",
            name,
            *(figure * 1e3, n_runs, low * 1e3, high * 1e3),
            decimals=2,
        ),
    ]


def _bytes(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()
