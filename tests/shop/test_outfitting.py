"""Outfits out of a real shop: every constraint, and what cannot be done is said."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from decimal import Decimal
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from tests.outfits.wardrobe import wardrobe

from vitrine.catalog import Catalogue, read_catalogue
from vitrine.errors import DataError, NotFoundError, UsageError
from vitrine.outfits import SLOTS, kind_of
from vitrine.outfits.slots import SLOT_OF_KIND
from vitrine.settings import Settings
from vitrine.shop import Shop, build
from vitrine.shop.outfit_results import Outfit


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    with wardrobe(tmp_path_factory.mktemp("wardrobe")) as opened:
        yield opened


def ids(outfit: Outfit) -> list[str]:
    return [piece.product.product_id for piece in outfit.pieces]


def test_slots_and_reasons(shop: Shop) -> None:
    found = shop.outfits(like="jeans-0", k=3, alternatives=3)
    assert len(found.outfits) == 3
    for outfit in found.outfits:
        slots = [piece.slot for piece in outfit.pieces]
        assert len(set(slots)) == len(slots)
        assert {"top", "bottom", "shoes"} <= set(slots)
        kept = [piece for piece in outfit.pieces if piece.kept]
        assert [piece.product.product_id for piece in kept] == ["jeans-0"]
        for piece in outfit.pieces:
            kind = kind_of(piece.product.article_type)
            assert kind is not None
            assert SLOTS[SLOT_OF_KIND[kind]] == piece.slot
            assert {each.product_id for each in piece.why} == {*ids(outfit)} - {
                piece.product.product_id
            }
            assert all(each.says and 0 <= each.score <= 1 for each in piece.why)
            for other in piece.alternatives:
                assert other.product_id not in ids(outfit)
        assert outfit.total is not None
        assert outfit.total.amount == sum(
            (piece.product.price.amount for piece in outfit.pieces if piece.product.price),
            Decimal(0),
        )
    scores = [outfit.score for outfit in found.outfits]
    assert len({tuple(ids(outfit)) for outfit in found.outfits}) == 3
    assert scores[0] == max(scores)


def test_only_what_may_be_worn_by_her(shop: Shop) -> None:
    for outfit in shop.outfits(like="jeans-0", k=8).outfits:
        assert not {"sold-out", "perfume"} & {*ids(outfit)}
        assert not [one for one in ids(outfit) if one.startswith(("men-", "girls-"))]
    men = shop.outfits(like="men-jeans").outfits[0]
    assert {*ids(men)} == {"men-jeans", "men-shirts", "men-casual"}
    girls = shop.outfits(like="girls-shirts").outfits[0]
    assert {*ids(girls)} == {"girls-jeans", "girls-shirts", "girls-casual"}


def test_a_dress_takes_no_top(shop: Shop) -> None:
    for outfit in shop.outfits(like="dresses-1", k=4).outfits:
        assert not {piece.slot for piece in outfit.pieces} & {"top", "bottom"}
        assert "shoes" in {piece.slot for piece in outfit.pieces}


def test_budget(shop: Shop) -> None:
    found = shop.outfits(like="jeans-0", budget="75 eur", k=6)
    assert found.outfits
    for outfit in found.outfits:
        assert outfit.total is not None
        assert outfit.total.currency == "EUR"
        assert outfit.total.amount <= 75
    none = shop.outfits(like="jeans-0", budget="41 EUR")
    assert not none.outfits
    assert any("41 EUR" in note or "nothing here" in note for note in none.notes)
    with pytest.raises(UsageError, match=r"10\.00 more than the budget"):
        shop.outfits(like="jeans-0", budget="10 EUR")
    with pytest.raises(UsageError, match="costs USD"):
        shop.outfits(like="dollars", budget="100 EUR")
    with pytest.raises(UsageError, match="prices here are in EUR, USD; give it as '100 EUR'"):
        shop.outfits(like="jeans-0", budget="100 GBP")


def test_keep_exclude_season_slots_where(shop: Shop) -> None:
    kept = shop.outfits(like="jeans-0", keep=["heels-2"], k=2)
    assert all({"jeans-0", "heels-2"} <= {*ids(outfit)} for outfit in kept.outfits)
    without = shop.outfits(like="jeans-0", exclude=["tops-0", "tops-1"], k=8)
    assert not {"tops-0", "tops-1"} & {one for outfit in without.outfits for one in ids(outfit)}
    winter = shop.outfits(like="jeans-0", season="winter", slots=["outerwear"])
    assert [ids(outfit) for outfit in winter.outfits] == [["jeans-0", "winter-coat"]]
    bags = shop.outfits(like="jeans-0", slots=["bag", "shoes"], where="colour=red")
    assert [piece.slot for piece in bags.outfits[0].pieces] == ["bottom", "shoes", "bag"]
    assert {one[-1] for one in ids(bags.outfits[0])[1:]} == {"2"}


def test_other_ideas_are_the_same_each_time(shop: Shop) -> None:
    ideas = [
        tuple(map(tuple, map(ids, shop.outfits(like="jeans-0", shuffle=n).outfits)))
        for n in (0, 1, 2, 1)
    ]
    assert ideas[1] == ideas[3]
    assert len({*ideas}) > 1


def test_what_this_shop_lacks_is_said(shop: Shop) -> None:
    found = shop.outfits(like="jeans-0", where={"article_type": ["Shirts", "Tops"]})
    assert found.notes == ("nothing here fits the slot 'shoes'",)
    assert {piece.slot for piece in found.outfits[0].pieces} == {"top", "bottom"}


def test_as_somebody_put_it_together(shop: Shop) -> None:
    found = shop.judge_outfit(["jeans-0", "tops-1", "heels-3"], alternatives=2)
    [outfit] = found.outfits
    assert ids(outfit) == ["jeans-0", "tops-1", "heels-3"]
    assert all(piece.kept and len(piece.alternatives) == 2 for piece in outfit.pieces)
    other = outfit.pieces[1].alternatives[0].product_id
    swapped = shop.judge_outfit(["jeans-0", other, "heels-3"])
    assert swapped.outfits[0].score >= outfit.score - 0.05


@pytest.mark.parametrize(
    ("asked", "complaint"),
    [
        ({}, "nothing to begin with"),
        ({"like": ["jeans-0", "skirts-1"]}, "'jeans-0' and 'skirts-1' both fill the slot 'bottom'"),
        ({"like": "perfume"}, "'perfume' is no part of an outfit"),
        ({"like": "jeans-0", "k": 0}, "k is 0; it goes from 1 to 24"),
        ({"like": "jeans-0", "season": "monsoon"}, "it is one of Spring, Summer, Fall, Winter"),
        ({"like": "jeans-0", "gender": "cats"}, "it is one of women"),
        ({"like": "jeans-0", "slots": ["shoe"]}, "Did you mean 'shoes'"),
        ({"like": "jeans-0", "budget": "cheap"}, "such as '100 EUR'"),
        ({"like": "jeans-0", "budget": "nan EUR"}, "such as '100 EUR'"),
        ({"like": "jeans-0", "crop": "0,0,1,1"}, "crop goes with a photo"),
    ],
)
def test_usage(shop: Shop, asked: dict[str, Any], complaint: str) -> None:
    with pytest.raises(UsageError, match=complaint):
        shop.outfits(**asked)


def test_of_nothing(shop: Shop) -> None:
    with pytest.raises(NotFoundError, match="no product 'gone'"):
        shop.outfits(like="gone")
    with pytest.raises(UsageError, match="two pieces or more"):
        shop.judge_outfit(["jeans-0"])
    photo = Image.new("RGB", (30, 40), "red")
    with pytest.raises(UsageError, match="cannot tell what piece"):
        shop.outfits(image=photo)


def test_around_a_photo(tmp_path: Path) -> None:
    """The default encoder names what is on a photo that the shop does not have."""
    demo = Path(str(files("vitrine.demo").joinpath("data")))
    catalogue = read_catalogue(demo / "products.csv")
    kinds = ("Jeans", "Casual Shoes", "Tshirts")
    some = [p for p in catalogue.products if p.article_type in kinds]
    shirts = [p for p in some if p.article_type == "Tshirts"]
    sold = [p for kind in kinds for p in [q for q in some if q.article_type == kind][:4]]
    settings = Settings(encoder="default", models_dir=tmp_path / "models", threads=1)
    with build(
        Catalogue("test", "demo", sold, []), tmp_path / "demo.shop", settings=settings
    ) as own:
        photo = shirts[-1].photos[0]
        found = own.outfits(image=photo, k=1)
        assert found.photo is not None
        assert found.photo["slot"] == "top"
        assert 0.5 < found.photo["sure"] <= 1
        assert not found.notes
        plain = own.outfits(image=Image.new("RGB", (300, 300), (200, 30, 30)))
        assert plain.photo is not None
        assert plain.notes[0].startswith(f"only {plain.photo['sure']:.0%} sure of the kind")
        [outfit] = found.outfits
        assert {piece.slot for piece in outfit.pieces} == {"bottom", "shoes"}
        for piece in outfit.pieces:
            assert [each.slot for each in piece.why if each.product_id is None] == ["top"]
        with pytest.raises(UsageError, match="'the photo' and"):
            own.outfits(image=photo, like=sold[-1].product_id)


def test_changes_are_seen(tmp_path: Path) -> None:
    with wardrobe(tmp_path) as own:
        assert "winter-coat" in ids(
            own.outfits(like="jeans-0", slots="outerwear", season="winter").outfits[0]
        )
        own.patch("winter-coat", availability="out_of_stock")
        assert not own.outfits(like="jeans-0", slots="outerwear", season="winter").outfits


def test_learned_from_pairs_and_kept(tmp_path: Path) -> None:
    """Only tops and jeans of one section were bought together."""
    with wardrobe(tmp_path) as own:
        sections = {p.product_id: p.extra["section"] for p in own.products()}
        kinds = ("shirts", "tops", "jeans", "skirts", "heels", "casual", "handbags")
        owned = [p for p in sections if p.rsplit("-", 1)[0] in kinds]
        pairs = [
            (a, b)
            for a in owned
            for b in owned
            if a < b and sections[a] == sections[b] and a.split("-")[0] != b.split("-")[0]
        ]
        table = tmp_path / "pairs.csv"
        with table.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([("one", "other"), *pairs, ("gone", "jeans-0")])
        before = own.judge_outfit(["jeans-0", "tops-0"]).outfits[0].score
        about = own.learn_outfits(table, columns=["section"])
        assert (about["pairs"], about["unknown"]) == (len(pairs), 1)
        same = own.judge_outfit(["jeans-0", "tops-0"]).outfits[0].score
        other = own.judge_outfit(["jeans-0", "tops-3"]).outfits[0].score
        assert same > max(before, other)
        with pytest.raises(UsageError, match="no column is called 'mood'"):
            own.learn_outfits(table, columns=["mood"])
        table.write_text("one,other\njeans-0,tops-0\n", encoding="utf-8")
        with pytest.raises(DataError, match="there are 1 pairs"):
            own.learn_outfits(table)
        with pytest.raises(NotFoundError, match="no such file"):
            own.learn_outfits(tmp_path / "gone.csv")
