"""Polyvore Outfits: which kinds people put together.

Vasileva et al., "Learning Type-Aware Embeddings for Fashion Compatibility" (ECCV 2018). Only the
categories are read, never a photo.
"""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vitrine.errors import DataError
from vitrine.outfits.slots import KINDS, NO_KIND, kind_of

_NAMES: Mapping[str, str] = {
    "gown": "dress",
    "long skirt": "skirt",
    "sleeveless top": "tank top",
    "top": "blouse",
    "long-sleeve shirt": "blouse",
    "vest": "tank top",
    "jacket/coat": "jacket",
    "trench coat": "coat",
    "pants": "trousers",
    "set/suit": "jumpsuit",
    "tote": "handbag",
    "purse": "handbag",
    "satchel": "handbag",
    "flat sandals": "sandals",
    "flip-flops": "sandals",
    "pump": "heels",
    "slippers": "flats",
    "flat boots": "boots",
    "heeled boots": "boots",
    "over-the-knee boots": "boots",
    "closed shoes": "flats",
    "platform shoes": "heels",
    "straw hat": "hat",
    "headband": "hair accessory",
    "stockings": "tights",
    "hosiery": "tights",
    "tank": "tank top",
    "pendant": "necklace",
    "pouch": "clutch",
    "jumpsuit": "jumpsuit",
    "romper": "jumpsuit",
    "kimono": "cardigan",
    "coverup": "cardigan",
    "sweatpants": "track pants",
    "track jacket": "sweatshirt",
    "sweathirt": "sweatshirt",
    "hoodie": "sweatshirt",
    "sports long-sleeve shirt": "t-shirt",
    "tennis skirt": "skirt",
    "suspenders": "belt",
    "activity wristband": "watch",
    "male shirt": "shirt",
    "male polos": "t-shirt",
    "male sweater": "sweater",
    "male T-shirt": "t-shirt",
    "male sports shirt": "t-shirt",
    "male suit jacket": "blazer",
    "male formal jacket": "blazer",
    "male vest": "blazer",
    "male jacket": "jacket",
    "male track jacket": "sweatshirt",
    "male jeans": "jeans",
    "male suit pants": "trousers",
    "male pants": "trousers",
    "male knee-length shorts": "shorts",
    "male sports shorts": "shorts",
    "male sweatpants": "track pants",
    "male track pants": "track pants",
    "male suit": "jumpsuit",
    "male shoes": "shoes",
    "male flip-flops": "sandals",
    "male loafers": "formal shoes",
    "male formal shoes": "formal shoes",
    "male sneakers": "sneakers",
    "male slippers": "flats",
    "male belt": "belt",
    "male suspenders": "belt",
    "male gloves": "gloves",
    "male scarves": "scarf",
    "male baseball caps": "cap",
    "male sunglasses": "sunglasses",
    "male watch": "watch",
    "male socks": "socks",
    "messenger bag": "backpack",
    "travel bag": "backpack",
    "laptop bag": "backpack",
    "bowtie": "tie",
    "brooch": "jewellery",
    "bodie": "tank top",
}
"""Polyvore's name of a category -> our kind, where `kind_of` does not know the name itself."""

_MIXED = {"11": "blouse", "25": "jacket", "41": "shoes"}
"""Categories that the list of names calls several things: Polyvore's tops, jackets and shoes."""


_FILES: Mapping[str, tuple[str, str]] = {
    "outfits": ("nondisjoint/valid.json", "po_valid.json"),
    "judged": ("nondisjoint/compatibility_valid.txt", "po_compatibility_valid.txt"),
    "categories": ("categories.csv", "po_categories.csv"),
    "items": ("polyvore_item_metadata.json", "po_train_category.json"),
}
"""Where the archive has them, and in a copy without photos."""


@dataclass(frozen=True, slots=True)
class PolyvoreOutfit:
    """One outfit that somebody composed, or that was shuffled together."""

    set_id: str
    """Of a shuffled one, the outfit that its first item came from."""
    kinds: tuple[int, ...]
    """Of each item, a position in `KINDS`; NO_KIND where nobody knows."""


def read_outfits(folder: Path) -> list[PolyvoreOutfit]:
    """Read `nondisjoint/valid.json` (or `po_valid.json`) with the categories of its items.

    Raises:
        DataError: a file is missing or of another form.
    """
    kinds = read_item_kinds(folder)
    return [
        PolyvoreOutfit(
            outfit["set_id"],
            tuple(kinds.get(item["item_id"], NO_KIND) for item in outfit["items"]),
        )
        for outfit in _json(_file(folder, "outfits"))
    ]


def read_judged(folder: Path) -> list[tuple[bool, PolyvoreOutfit]]:
    """Read `nondisjoint/compatibility_valid.txt`: real outfits, and ones shuffled together.

    Raises:
        DataError: a file is missing or of another form.
    """
    outfits = {outfit.set_id: outfit for outfit in read_outfits(folder)}
    order = {
        f"{outfit['set_id']}_{item['index']}": outfits[outfit["set_id"]].kinds[n]
        for outfit in _json(_file(folder, "outfits"))
        for n, item in enumerate(outfit["items"])
    }
    judged: list[tuple[bool, PolyvoreOutfit]] = []
    for line in _text(_file(folder, "judged")).splitlines():
        label, *names = line.split()
        kinds = tuple(order.get(name, NO_KIND) for name in names)
        judged.append((label == "1", PolyvoreOutfit(names[0].split("_")[0], kinds)))
    return judged


def read_item_kinds(folder: Path) -> dict[str, int]:
    """Read the kind of every item, a position in `KINDS`; NO_KIND where nobody knows.

    Raises:
        DataError: a file is missing or of another form.
    """
    named: dict[str, Counter[int]] = {}
    for row in csv.reader(_text(_file(folder, "categories")).splitlines()):
        if len(row) >= 2 and (kind := _kind(row[1].strip())) != NO_KIND:
            named.setdefault(row[0], Counter())[kind] += 1
    of_category = {number: counts.most_common(1)[0][0] for number, counts in named.items()}
    of_category |= {number: KINDS.index(kind) for number, kind in _MIXED.items()}
    items = _json(_file(folder, "items"))
    numbers = {
        item: str(said.get("category_id", "") if isinstance(said, dict) else said)
        for item, said in items.items()
    }
    return {item: of_category.get(number, NO_KIND) for item, number in numbers.items()}


def _kind(name: str) -> int:
    if name in _NAMES:
        return KINDS.index(_NAMES[name])
    found = kind_of(name)
    return NO_KIND if found is None else found


def _file(folder: Path, what: str) -> Path:
    official, copied = (folder / name for name in _FILES[what])
    return copied if copied.is_file() or any(folder.glob("po_*")) else official


def _json(path: Path) -> Any:
    try:
        return json.loads(_text(path))
    except ValueError as error:
        raise DataError(f"{path} is damaged ({error}); download it anew") from error


def _text(path: Path) -> str:
    if not path.is_file():
        raise DataError(f"{path} is not there; a folder of Polyvore Outfits holds it")
    return path.read_text(encoding="utf-8")
