"""Somebody's own style from phone photos: stable, better than chance, and silent on noise.

    python -m benchmarks.style_suggestions --shop my.shop --photos clothing-dataset/

The shop has styles (`vitrine styles fit`); the photos are those of the CC0 clothing dataset.
"""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from vitrine.catalog import read_catalogue
from vitrine.encoders import decode_side_px, load_encoder
from vitrine.errors import ImageError
from vitrine.evaluate.style_suggestions import LEAST_PHOTOS, Stability, stability
from vitrine.images import decode
from vitrine.settings import Settings, read_settings
from vitrine.shop import open_shop
from vitrine.styles import StyleBoard, wardrobe_of
from vitrine.types import Vectors
from vitrine.vectors import unit

_BATCH = 32
_N_NOISE = 100
_LEAST_PEOPLE = 10


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shop", type=Path, required=True)
    parser.add_argument("--photos", type=Path, required=True)
    asked = parser.parse_args()
    settings = read_settings()
    with open_shop(asked.shop, settings=settings) as shop:
        board = shop.styles.board()
        name = shop.encoder.name
    photos, people, labels = _photos(asked.photos, name, settings)
    print(
        f"{len(photos):,} photos of {len(set(people))} people, {len(board.summaries)} styles, "
        f"photos together within a distance of {board.one_style_within:.3f}\n"
    )
    print("| photos | people | same style, same person | two people | difference | nearer to own |")
    print("|---|---:|---:|---:|---:|---:|")
    _row("all", stability(photos, people, board))
    for label in _common(people, labels):
        chosen = labels == label
        _row(label, stability(photos[chosen], people[chosen], board))
    noise = _noise(name, settings)
    for kind, vectors in (("photos", photos), ("noise", noise)):
        print(f"\n{kind} that match a style by themselves: {_matched(vectors, board):.1%}", end="")
    print()


def _photos(
    folder: Path, encoder: str, settings: Settings
) -> tuple[Vectors, NDArray[np.str_], NDArray[np.str_]]:
    loaded = load_encoder(encoder, settings)
    side = decode_side_px(loaded)
    pixels: list[NDArray[np.uint8]] = []
    told: list[tuple[str, str]] = []
    vectors: list[Vectors] = []
    for product in read_catalogue(folder).products:
        label = product.extra.get("label", "")
        if not label or not product.photos:
            continue
        try:
            image = decode(Path(product.photos[0]).read_bytes(), at_least_px=side).image
        except ImageError:
            continue
        pixels.append(loaded.prepare(image))
        told.append((product.extra["sender_id"], label))
        if len(pixels) == _BATCH:
            vectors.append(loaded.embed(np.stack(pixels)))
            pixels.clear()
    if pixels:
        vectors.append(loaded.embed(np.stack(pixels)))
    people, labels = (np.array(column) for column in zip(*told, strict=True))
    return unit(np.concatenate(vectors)), people, labels


def _common(people: NDArray[np.str_], labels: NDArray[np.str_]) -> list[str]:
    """Labels of which ten people or more have enough photos."""
    pairs = Counter(zip(labels.tolist(), people.tolist(), strict=True))
    enough = Counter(label for (label, _), n in pairs.items() if n >= LEAST_PHOTOS)
    return [label for label, n in enough.most_common() if n >= _LEAST_PEOPLE]


def _noise(encoder: str, settings: Settings) -> Vectors:
    loaded = load_encoder(encoder, settings)
    rng = np.random.default_rng(0)
    drawn = [rng.integers(0, 256, (rows, rows, 3), np.uint8) for rows in [8, 200] * (_N_NOISE // 2)]
    images = [Image.fromarray(each).resize((200, 200), Image.Resampling.NEAREST) for each in drawn]
    return unit(loaded.embed(np.stack([loaded.prepare(image) for image in images])))


def _matched(vectors: Vectors, board: StyleBoard) -> float:
    return float(np.mean([wardrobe_of(each[None], board).matched for each in vectors]))


def _row(name: str, found: Stability) -> None:
    cells = [
        f"{each.figure:.3f} ({each.low:.3f} to {each.high:.3f})"
        for each in (found.same_person, found.two_people, found.more_often, found.nearer)
    ]
    print(f"| {name} | {found.n_people} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
