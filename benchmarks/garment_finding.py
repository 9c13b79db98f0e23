"""Are garments on street photos found, and how much better than by fixed boxes?

python -m benchmarks.garment_finding DATA

DATA is *Clothing Co-Parsing* (`labels.csv`, `images/`, `masks/`). The protocol stands in
`vitrine.evaluate.garments`; figures are of the half that nothing was chosen on.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.report import machine, print_table
from vitrine.encoders import garment_map, load_encoder
from vitrine.encoders.garment_map import KINDS
from vitrine.evaluate.garments import (
    CLASSES,
    Finder,
    MaskedPhoto,
    Worn,
    bands,
    found_by,
    is_for_tuning,
    masked_photos,
    middle_bands,
    recall,
    recall_interval,
    worn_on,
)
from vitrine.search import Box, garment_boxes, overlap
from vitrine.settings import Settings
from vitrine.shop.eyes import Eyes
from vitrine.shop.garments import find_garments

_ENOUGH = 0.5


def best_fixed(worn: Sequence[Sequence[Worn]], n: int) -> Finder:
    """The n boxes that together find most garments of these photos, chosen one after the other."""
    boxes = [garment.box for garments in worn for garment in garments]
    finds = np.array([[overlap(a, b) >= _ENOUGH for b in boxes] for a in boxes])
    chosen: list[Box] = []
    left = np.ones(len(boxes), np.bool_)
    for _ in range(n):
        best = int((finds & left).sum(axis=1).argmax())
        chosen.append(boxes[best])
        left &= ~finds[best]
    return lambda image: chosen


def seconds_a_photo(photos: Sequence[MaskedPhoto]) -> tuple[float, float]:
    """Median processor time of one thread, boxes alone and with the default encoder's names."""
    settings = Settings(threads=1)
    encoder = load_encoder("default", settings)
    eyes = Eyes(settings, encoder, "here", encoder)
    alone: list[float] = []
    named: list[float] = []
    for each in photos:
        data = Path(each.photo).read_bytes()
        started = time.process_time()
        garment_boxes(garment_map().look(eyes.open(data, encoder.identity)), KINDS)
        alone.append(time.process_time() - started)
        started = time.process_time()
        find_garments(eyes, encoder.identity, data)
        named.append(time.process_time() - started)
    return float(np.median(alone)), float(np.median(named))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    photos = masked_photos(parser.parse_args().data)
    tuning = [photo for photo in photos if is_for_tuning(photo.photo)]
    testing = [photo for photo in photos if not is_for_tuning(photo.photo)]
    methods: dict[str, Finder] = {
        "vitrine, at most 5 boxes": lambda image: [
            found.box for found in garment_boxes(garment_map().look(image), KINDS)
        ],
        "best 5 fixed boxes of the other half": best_fixed(worn_on(tuning), 5),
        "5 bands of the middle": middle_bands(5),
        "thirds of the middle": middle_bands(3),
        "5 bands": bands(5),
        "thirds": bands(3),
        "whole photo": bands(1),
    }
    worn = worn_on(testing)
    print(machine())
    rows: list[list[object]] = []
    kinds: list[list[object]] = []
    for name, finder in methods.items():
        found = found_by(finder, testing, worn)
        low, high = recall_interval(found)
        n = sum(map(len, found))
        rows.append([name, n, f"{recall(found):.3f} [{low:.3f}, {high:.3f}]"])
        kinds.append([name, *(f"{recall(found, kind):.2f}" for kind in CLASSES)])
    print(f"\nRecall at IoU .5, {len(testing)} photos that nothing was chosen on\n")
    print_table(["method", "garments", "recall"], rows)
    print()
    print_table(["recall by kind", *CLASSES], kinds)
    alone, named = seconds_a_photo(testing[:50])
    print(f"\n{alone * 1000:.0f} ms a photo on one core, {named * 1000:.0f} ms with article types")


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    main()
