"""Which part of an outfit a product is, from the words that a shop or an encoder has for it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache

import numpy as np

from vitrine.catalog import translate
from vitrine.catalog.vocabulary import WORDS

NO_KIND = -1

_KINDS: Mapping[str, Mapping[str, str]] = {
    "top": {
        "t-shirt": "Tshirts, Lounge Tshirts, Polos",
        "tank top": "Camisoles, Vest top, Bodysuit, Tank",
        "shirt": "Shirts",
        "blouse": "Tops, Blouse, Blouses, Tunics, Kimono",
        "sweater": "Sweaters, Knitwear",
        "sweatshirt": "Sweatshirts",
        "kurta": "Kurtas, Kurtis",
    },
    "bottom": {
        "jeans": "Jeans, Jeggings",
        "trousers": "Trousers, Rain Trousers, Outdoor trousers",
        "leggings": "Leggings, Churidar, Salwar, Patiala, Salwar and Dupatta",
        "track pants": "Track Pants, Sweatpants",
        "shorts": "Shorts, Capris",
        "skirt": "Skirts",
    },
    "dress": {
        "dress": "Dresses, Sarees, Lehenga Choli, Kurta Sets",
        "jumpsuit": "Jumpsuit, Rompers, Dungarees, Clothing Set, Garment Set, Tracksuits",
    },
    "outerwear": {
        "jacket": "Jackets, Nehru Jackets, Rain Jacket, Outdoor Waistcoat, Anorak, Parka",
        "coat": "Coat, Coats, Trench coat",
        "blazer": "Blazers, Waistcoat",
        "cardigan": "Cardigan, Cardigans, Shrug",
    },
    "shoes": {
        "sneakers": "Casual Shoes, Sports Shoes, Sneakers, Trainers",
        "formal shoes": "Formal Shoes, Loafers, Oxfords, Brogues",
        "heels": "Heels, Wedge, Wedges, Pumps",
        "flats": "Flats, Ballerinas, Slippers",
        "boots": "Boots, Booties, Ankle boots",
        "sandals": "Sandals, Sports Sandals, Flip Flops, Sandal",
        "shoes": "Shoes, Other shoe, Footwear",
    },
    "bag": {
        "handbag": "Handbags, Tote bag, Shoulder bag, Cross-body bag, Satchel, Purse",
        "clutch": "Clutches, Pouch",
        "backpack": "Backpacks, Rucksacks, Messenger Bag, Laptop Bag, Duffel Bag, Waist Pouch",
        "bag": "Bag, Bags",
    },
    "jewellery": {
        "necklace": "Necklace and Chains, Pendant",
        "earrings": "Earrings",
        "bracelet": "Bracelet, Bangle, Wristbands",
        "ring": "Ring, Rings",
        "jewellery": "Jewellery, Jewellery Set, Brooch",
    },
    "watch": {"watch": "Watches"},
    "eyewear": {"sunglasses": "Sunglasses, Eyewear"},
    "headwear": {
        "hat": "Hat, Hat/beanie, Hat/brim, Felt hat, Straw hat, Beanie, Headwear",
        "cap": "Caps",
    },
    "belt": {"belt": "Belts, Suspenders"},
    "scarf": {"scarf": "Scarves, Stoles, Mufflers, Dupatta"},
    "tie": {"tie": "Ties, Ties and Cufflinks, Bow tie"},
    "legwear": {"socks": "Socks", "tights": "Tights, Stockings, Hosiery"},
    "accessory": {
        "gloves": "Gloves",
        "hair accessory": "Headband, Hair Accessory, Hair clip, Hair string, Hair ties",
        "umbrella": "Umbrellas",
    },
}
"""slot -> the kinds of things in it -> article types and sub-categories that mean them."""

_NOT_WORN = (
    "Innerwear, Underwear, Nightwear, Loungewear and Nightwear, Swimwear, Personal Care, Fragrance,"
    " Makeup, Skin Care, Wallets, Free Items, Sporting Goods, Home, Sleep Bag, Costumes, Soft Toys"
)
"""Beside the article types that stand in no slot."""

SLOTS = tuple(_KINDS)
"""The parts of an outfit, what it cannot be without first."""

KINDS = tuple(kind for kinds in _KINDS.values() for kind in kinds)
"""Every kind of thing that an outfit may hold."""

SLOT_OF_KIND = np.array(
    [SLOTS.index(slot) for slot, kinds in _KINDS.items() for _ in kinds], np.int64
)
"""(n_kinds,) the position of each kind's slot in `SLOTS`."""


@lru_cache(maxsize=4096)
def kind_of(word: str) -> int | None:
    """Position in `KINDS` of what a category means.

    A path of categories goes by its last level that says something. NO_KIND means that it is
    known and no part of an outfit, None that nobody knows the word.

    Example:
        >>> KINDS[kind_of("Ladieswear > Knitwear > Jumper")], kind_of("Bra"), kind_of("Gizmo")
        ('sweater', -1, None)
    """
    for level in reversed(word.split(">")):
        for field in ("article_type", "sub_category"):
            ours = translate(field, level).casefold()
            if ours in _kind_of_word():
                return _kind_of_word()[ours]
    return None


@cache
def _kind_of_word() -> Mapping[str, int]:
    known = {word.casefold(): NO_KIND for word in (*WORDS["article_type"], *_split(_NOT_WORN))}
    for kinds in _KINDS.values():
        for kind, words in kinds.items():
            known |= {word.casefold(): KINDS.index(kind) for word in (kind, *_split(words))}
    return known


def _split(words: str) -> list[str]:
    return [word.strip() for word in words.split(",")]
