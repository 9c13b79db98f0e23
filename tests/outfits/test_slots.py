from __future__ import annotations

import pytest

from vitrine.catalog.vocabulary import WORDS
from vitrine.outfits import KINDS, NO_KIND, SLOTS, kind_of
from vitrine.outfits.slots import SLOT_OF_KIND


@pytest.mark.parametrize(
    ("word", "slot", "kind"),
    [
        ("Tshirts", "top", "t-shirt"),
        ("polo shirt", "top", "t-shirt"),
        ("Kurtas", "top", "kurta"),
        ("Jeans", "bottom", "jeans"),
        ("Sarees", "dress", "dress"),
        ("Jumpsuit/Playsuit", "dress", "jumpsuit"),
        ("Cardigan", "outerwear", "cardigan"),
        ("Running Shoes", "shoes", "sneakers"),
        ("Ballerinas", "shoes", "flats"),
        ("Cross-body bag", "bag", "handbag"),
        ("Earring", "jewellery", "earrings"),
        ("Hair/alice band", "accessory", "hair accessory"),
        ("Ladieswear > Shoes > Boots", "shoes", "boots"),
        ("Apparel > Gizmos", "", ""),
    ],
)
def test_words_of_shops(word: str, slot: str, kind: str) -> None:
    found = kind_of(word)
    if not kind:
        assert found is None
        return
    assert found is not None
    assert (KINDS[found], SLOTS[SLOT_OF_KIND[found]]) == (kind, slot)


@pytest.mark.parametrize("word", ["Bra", "Perfume", "Swimwear", "Night suits", "Wallets"])
def test_what_is_known_and_no_part_of_an_outfit(word: str) -> None:
    assert kind_of(word) == NO_KIND


def test_every_article_type_is_decided() -> None:
    assert [word for word in WORDS["article_type"] if kind_of(word) is None] == []


def test_kinds_and_slots_are_named_once() -> None:
    assert len(set(KINDS)) == len(KINDS) == len(SLOT_OF_KIND)
    assert set(SLOT_OF_KIND.tolist()) == set(range(len(SLOTS)))
