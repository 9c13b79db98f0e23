from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import replace
from pathlib import Path

import pytest

from vitrine.settings import Settings
from vitrine.shop import Shop, create_shop
from vitrine.shop.deciding import Decision
from vitrine.shop.desk import Desk
from vitrine.shop.doubts import Doubt
from vitrine.store import ImageRecord, PhotoRef, Store, VectorRecord, open_sqlite
from vitrine.types import Product, Tag, Tags
from vitrine.vectors import unit

Put = Callable[..., None]


@pytest.fixture
def shop(tmp_path: Path) -> Generator[Shop]:
    """A shop of the encoder that ships, without photos to embed."""
    settings = Settings(models_dir=tmp_path / "models", threads=1)
    with create_shop(tmp_path / "a.shop", settings=settings) as made:
        yield made


@pytest.fixture
def store(shop: Shop) -> Generator[Store]:
    opened = open_sqlite(Path(shop.location))
    yield opened
    opened.close()


@pytest.fixture
def put(store: Store) -> Put:
    """Put a product whose photo the encoder sees as told; `like` numbers its vector."""
    import numpy as np

    identity = store.encoder()

    def put_one(product_id: str, tags: Tags, *, like: int = 0, **said: str) -> None:
        sha256 = f"{product_id:0>64}"
        direction = np.random.default_rng(like).standard_normal((1, identity.dim))
        vector = unit(direction.astype(np.float32))[0]
        original = {"colour": "bordeaux"} if said.get("colour") == "Burgundy" else {}
        product = Product(product_id, **said, photos=("1.jpg",), original=original)  # pyright: ignore[reportArgumentType]
        with store.transaction() as writer:
            writer.put_images([ImageRecord(sha256, 3, 4, b"")])
            writer.put_vectors(identity, [VectorRecord(sha256, vector, tags)])
            writer.put_products([(product, [PhotoRef("1.jpg", sha256)])])

    return put_one


def sure(value: str, confidence: float = 0.9) -> Tag:
    return Tag(value, confidence, unsure=False)


def pages(desk: Desk) -> dict[str, list[tuple[str, str]]]:
    """Kind -> product and field, the most urgent first."""
    queue = desk.queue()
    kinds = ("doubted", "missing", "unsure")
    return {kind: [(d.product_id, d.field) for d in queue.page(kind, "", 99)] for kind in kinds}


def test_what_is_to_be_looked_at(shop: Shop, put: Put) -> None:
    put("a", {"base_colour": sure("Blue", 0.8), "gender": sure("Women")}, like=1, colour="Red")
    put("b", {"base_colour": sure("Blue", 0.95)}, like=2, colour="red", gender="men")
    put("c", {"base_colour": Tag("Blue", 0.4, unsure=True)}, like=3)
    put("d", {"base_colour": Tag("Blue", 0.4, unsure=True)}, like=4, colour="Red")
    put("e", {"base_colour": sure("Navy Blue")}, like=5, colour="navy blue")
    put("f", {"base_colour": sure("Blue")}, like=6, colour="Unheard-of")
    desk = shop.desk()
    assert pages(desk) == {
        "doubted": [("b", "colour"), ("a", "colour")],
        "missing": [("a", "gender")],
        "unsure": [("c", "colour")],
    }
    queue = desk.queue()
    assert queue.fields("doubted") == {"colour": 2}
    assert (queue.count("doubted", "gender"), queue.count("missing", "gender")) == (0, 1)
    first = queue.page("doubted", "colour", 1)[0]
    assert replace(first, confidence=0) == Doubt("b", "colour", "doubted", "Red", "Blue", 0)
    assert first.confidence == pytest.approx(0.95)


def test_decisions_persist_and_do_not_come_back(shop: Shop, store: Store, put: Put) -> None:
    for name in ("a", "b"):
        put(name, {"base_colour": sure("Blue")}, like=ord(name), colour="Burgundy")
    desk = shop.desk()
    batch = desk.decide(
        [
            Decision("a", "colour", "burgundy", "Burgundy"),
            Decision("b", "colour", "Burgundy", "navy"),
            Decision("gone", "colour", "Red", "Blue"),
        ]
    )
    assert (len(batch.changes), batch.n_left) == (2, 1)
    assert shop.get("b").colour == "Navy Blue"
    assert (shop.get("a").original, shop.get("b").original) == ({"colour": "bordeaux"}, {})
    assert pages(desk)["doubted"] == []
    assert pages(shop.desk())["doubted"] == []
    assert [review.decided for review in store.reviews()] == ["kept", "corrected"]
    put("a", {"base_colour": sure("Blue")}, like=1, colour="Red")
    assert pages(desk)["doubted"] == [("a", "colour")]


def test_the_last_decisions_can_be_taken_back(shop: Shop, put: Put) -> None:
    for name in ("a", "b", "c"):
        put(name, {"base_colour": sure("Blue")}, like=ord(name), colour="Burgundy")
    desk = shop.desk()
    decisions = [Decision(name, "colour", "Burgundy", "Blue") for name in "ab"]
    batch = desk.decide([*decisions, Decision("c", "colour", "Burgundy", "Burgundy")])
    shop.patch("b", colour="Green")
    undone = desk.undo(batch.changes)
    assert ({change.product_id for change in undone.changes}, undone.n_left) == ({"a", "c"}, 1)
    assert (shop.get("a").colour, shop.get("a").original) == ("Burgundy", {"colour": "bordeaux"})
    assert shop.get("b").colour == "Green"
    assert [name for name, _ in pages(desk)["doubted"]] == ["a", "b", "c"]


def test_undo_restores_an_earlier_decision(shop: Shop, put: Put) -> None:
    put("a", {"base_colour": sure("Blue")}, colour="Red")
    desk = shop.desk()
    desk.decide([Decision("a", "colour", "Red", "Red")])
    batch = desk.decide([Decision("a", "colour", "Red", "Green")])
    desk.undo(batch.changes)
    assert shop.get("a").colour == "Red"
    assert pages(desk)["doubted"] == []


def test_coverage_counts_what_is_said_and_what_is_seen(shop: Shop, put: Put) -> None:
    put("a", {"base_colour": sure("Blue"), "gender": sure("Women")}, title="A coat", colour="Red")
    put("b", {"base_colour": sure("Blue"), "gender": sure("Men")}, like=1)
    shop.add([Product("c", title="Scarf")])
    covered = shop.desk().coverage()
    assert (covered.n_products, covered.n_photos, covered.n_without_photo) == (3, 2, 1)
    assert {name: covered.n_said[name] for name in ("title", "photo", "price", "colour")} == {
        "title": 2,
        "photo": 2,
        "price": 0,
        "colour": 1,
    }
    assert (covered.n_seen["colour"], covered.n_seen["gender"]) == (1, 2)
    assert covered.values["colour"]["missing"] == 1


def never() -> bool:
    return False


def copies(desk: Desk) -> list[tuple[str, ...]]:
    found = desk.copies()
    assert found is not None
    return [tuple(sorted(group.product_ids)) for group in found.groups]


def test_products_that_look_alike_are_grouped(shop: Shop, put: Put) -> None:
    for name, like, group in (
        *(("a", 1, ""), ("b", 1, ""), ("c", 2, "g"), ("d", 2, "g"), ("e", 3, "h")),
        *(("f", 3, ""), ("g", 3, "h"), ("h", 4, "h"), ("i", 5, "")),
    ):
        put(name, {}, like=like, item_group_id=group)
    desk = shop.desk()
    assert desk.copies() is None
    assert desk.look_for_copies(stop=lambda: True) is None
    found = desk.look_for_copies(stop=never)
    assert desk.look_for_copies(stop=never) is found
    assert copies(desk) == [("a", "b"), ("e", "f")]


def test_what_was_done_about_copies_stays_done(shop: Shop, put: Put) -> None:
    for name, like, group in (("a", 1, ""), ("b", 1, ""), ("c", 2, ""), ("d", 2, ""), ("e", 3, "")):
        put(name, {}, like=like, item_group_id=group)
    put("f", {}, like=3, item_group_id="shoes")
    put("g", {}, like=4, item_group_id="shoes")
    desk = shop.desk()
    desk.look_for_copies(stop=never)
    desk.tell_apart(["b", "a"])
    assert copies(desk) == [("c", "d"), ("e", "f")]
    batch = desk.join(["e", "f"])
    assert {name: shop.get(name).item_group_id for name in "efg"} == dict.fromkeys("efg", "shoes")
    assert copies(desk) == [("c", "d")]
    shop.delete("c")
    assert copies(desk) == []
    desk.look_for_copies(stop=never)
    assert copies(desk) == []
    desk.undo(batch.changes)
    assert desk.look_for_copies(stop=never) is not None
    assert copies(desk) == [("e", "f")]
    desk.join(["e"])
    assert shop.get("e").item_group_id == "e"
