"""Does garment finding find the garments? Boxes against the masks of street photos.

The protocol. A garment is all pixels of one kind on a photo (`CLASSES`: both shoes are one, a
blouse and a shirt are one top), its box leaves .5 % of them outside on each side, and one whose box
is below 1 % of the photo is passed over, as are skin, hair, background and small accessories. It is
found if one of at most five boxes overlaps it with IoU >= .5. Recall is the share found, with a
bootstrap interval over photos. Photos are halved by a hash of their file name: one half is for
choosing, the other for reporting.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from vitrine.catalog import read_catalogue, read_mask
from vitrine.search import Box, box_around, overlap

_WORDS = """
    null accessories bag belt blazer blouse bodysuit boots bra bracelet cape cardigan clogs coat
    dress earrings flats glasses gloves hair hat heels hoodie intimate jacket jeans jumper leggings
    loafers necklace panties pants pumps purse ring romper sandals scarf shirt shoes shorts skin
    skirt sneakers socks stockings suit sunglasses sweater sweatshirt swimwear t-shirt tie tights
    top vest wallet watch wedges
"""
NAMES: list[str] = [*_WORDS.split()]
"""Of *Clothing Co-Parsing*, in the order of the numbers in its masks."""

CLASSES: Mapping[str, tuple[str, ...]] = {
    "top": (
        *("blouse", "bodysuit", "bra", "hoodie", "jumper", "shirt", "sweater", "sweatshirt"),
        *("t-shirt", "top"),
    ),
    "outerwear": ("blazer", "cape", "cardigan", "coat", "jacket", "vest"),
    "dress": ("dress", "intimate", "romper", "suit", "swimwear"),
    "bottom": ("jeans", "leggings", "panties", "pants", "shorts", "skirt"),
    "hosiery": ("stockings", "tights"),
    "footwear": (
        *("boots", "clogs", "flats", "heels", "loafers", "pumps", "sandals", "shoes", "sneakers"),
        "wedges",
    ),
    "bag": ("bag", "purse", "wallet"),
    "hat": ("hat",),
    "scarf": ("scarf",),
}
"""Kind of garment -> classes of the masks."""
_PEOPLE = (
    *("skin", "hair", "belt", "glasses", "sunglasses", "accessories", "bracelet", "earrings"),
    *("gloves", "necklace", "ring", "tie", "watch"),
)
_LEAST_SHARE = 0.01
_OUTSIDE = 0.005
_FOUND = 0.5

Finder = Callable[[Image.Image], Sequence[Box]]
"""A photo -> at most five boxes."""


@dataclass(frozen=True, slots=True)
class MaskedPhoto:
    """A street photo and the mask of what is worn on it."""

    photo: str
    mask: str


@dataclass(frozen=True, slots=True)
class Worn:
    """A garment of a mask."""

    kind: str
    box: Box


def masked_photos(source: Path) -> list[MaskedPhoto]:
    """The photos of *Clothing Co-Parsing* that have a mask, by name."""
    catalogue = read_catalogue(source, format="clothing-coparsing")
    pairs = [(p.photos[0], p.extra.get("mask", "")) for p in catalogue if p.photos]
    return sorted(
        (MaskedPhoto(photo, mask) for photo, mask in pairs if mask), key=lambda each: each.photo
    )


def is_for_tuning(photo: str) -> bool:
    """Which half a photo belongs to."""
    return hashlib.sha256(Path(photo).name.encode()).digest()[0] % 2 == 0


def kind_numbers(kinds: Sequence[str]) -> NDArray[np.uint8]:
    """(256,) class of a mask -> row of `kinds`; behind them come people, then all else."""
    numbers = np.full(256, len(kinds) + 1, np.uint8)
    for row, names in enumerate([*(CLASSES[kind] for kind in kinds), _PEOPLE]):
        numbers[[NAMES.index(name) for name in names]] = row
    if "hosiery" in kinds:  # too small to be counted, but seen in the same way
        numbers[NAMES.index("socks")] = kinds.index("hosiery")
    return numbers


def garments_of(mask: NDArray[np.uint8]) -> list[Worn]:
    """The garments of a mask (height, width) of class numbers."""
    worn: list[Worn] = []
    for kind, names in CLASSES.items():
        numbers = np.zeros(256, np.bool_)
        numbers[[NAMES.index(name) for name in names]] = True
        there = numbers[mask]
        if there.any() and _area(box := box_around(there, _OUTSIDE)) >= _LEAST_SHARE:
            worn.append(Worn(kind, box))
    return worn


def worn_on(photos: Sequence[MaskedPhoto]) -> list[list[Worn]]:
    """The garments of each photo."""
    return [garments_of(read_mask(each.mask)) for each in photos]


def found_by(
    finder: Finder, photos: Sequence[MaskedPhoto], worn: Sequence[Sequence[Worn]]
) -> list[list[tuple[str, bool]]]:
    """For each photo, the kind of each garment worn on it and whether the finder found it."""
    results: list[list[tuple[str, bool]]] = []
    for each, garments in zip(photos, worn, strict=True):
        with Image.open(each.photo) as image:
            boxes = finder(image.convert("RGB"))
        results.append(
            [(w.kind, any(overlap(w.box, box) >= _FOUND for box in boxes)) for w in garments]
        )
    return results


def recall(found: Sequence[Sequence[tuple[str, bool]]], kind: str | None = None) -> float:
    """Share of the garments, of one kind or of all, that were found; nan of none."""
    hits = [hit for photo in found for k, hit in photo if kind in (None, k)]
    return float(np.mean(hits)) if hits else float("nan")


def recall_interval(
    found: Sequence[Sequence[tuple[str, bool]]], n_draws: int = 2000
) -> tuple[float, float]:
    """95 % bootstrap interval of `recall`, drawing photos."""
    hits = np.array([sum(hit for _, hit in photo) for photo in found], np.float64)
    sizes = np.array([len(photo) for photo in found], np.float64)
    drawn = np.random.default_rng(0).integers(0, len(found), (n_draws, len(found)))
    low, high = np.quantile(hits[drawn].sum(axis=1) / sizes[drawn].sum(axis=1), (0.025, 0.975))
    return float(low), float(high)


def bands(n: int) -> Finder:
    """The baseline of n boxes of equal height and full width, the photo from top to bottom."""
    return lambda image: [Box(0.0, k / n, 1.0, (k + 1) / n) for k in range(n)]


def middle_bands(n: int) -> Finder:
    """As `bands`, but of the middle half of the width, where people stand."""
    return lambda image: [Box(0.25, k / n, 0.75, (k + 1) / n) for k in range(n)]


def _area(box: Box) -> float:
    return (box.right - box.left) * (box.bottom - box.top)
