"""What every store must do, over the table of stores in conftest."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import numpy as np
import pytest

from vitrine.store import (
    ImageRecord,
    KeyRecord,
    LearnedRecord,
    PhotoRef,
    Store,
    VectorRecord,
    tags_from_json,
)
from vitrine.types import EncoderIdentity, Price, Product, Tag

Put = Callable[..., None]
SECOND = EncoderIdentity("second", "b" * 64, 6, "side 16")


def test_a_new_store_is_empty_and_sound(store: Store, identity: EncoderIdentity) -> None:
    rows = store.rows()
    assert (store.encoder(), rows.encoder, list(rows.product_ids)) == (identity, identity, [])
    assert store.counter() == rows.counter
    assert rows.vectors.shape == (0, 4)
    assert store.problems() == []


def test_a_product_comes_back_as_it_was_put(store: Store, put: Put) -> None:
    put(store, "p1", "c1", "c2", colour="Navy Blue")
    found = store.products(["p1", "nobody"])
    assert set(found) == {"p1"}
    assert found["p1"].photos == ("c1.jpg", "c2.jpg")
    assert str(found["p1"].price) == "12.50 EUR"
    assert found["p1"].extra == {"heel": "flat"}
    assert store.photos(["p1"])["p1"] == (PhotoRef("c1.jpg", "c1"), PhotoRef("c2.jpg", "c2"))
    assert store.thumbnail("c1") == b"thumb c1"
    assert store.thumbnail("nothing") is None


def test_rows_hold_vectors_tags_and_fields_in_parallel(store: Store, put: Put) -> None:
    put(store, "p1", "c1", "c2", colour="Red")
    put(store, "p2")
    rows = store.rows()
    assert list(rows.product_ids) == ["p1", "p2"]
    assert list(rows.fields["colour"]) == ["Red", ""]
    assert rows.photo_products.tolist() == [rows.product_rows[0]] * 2
    assert rows.photo_positions.tolist() == [0, 1]
    assert np.allclose(np.linalg.norm(rows.vectors, axis=1), 1, atol=1e-3)
    assert tags_from_json(rows.tags[0] or "") == {"base_colour": Tag("Red", 0.5, False)}
    assert rows.tags[1] is None


def test_a_delta_holds_what_changed_and_what_went(store: Store, put: Put) -> None:
    for product_id in ("p1", "p2", "p3"):
        put(store, product_id, f"c-{product_id}")
    before = store.rows()
    put(store, "p2", "new photo")
    with store.transaction() as writer:
        assert writer.delete_products(["p3", "nobody"]) == 1
    delta = store.rows(before.counter)
    row_of = dict(zip(before.product_ids, before.product_rows.tolist(), strict=True))
    assert list(delta.product_ids) == ["p2"]
    assert set(delta.gone.tolist()) == {row_of["p2"], row_of["p3"]}
    assert len(delta.vectors) == 1
    assert len(store.rows(delta.counter).product_ids) == 0


def test_a_product_whose_own_columns_come_in_any_order_is_sound(store: Store) -> None:
    product = Product("p1", extra={"zip": "yes", "belt": "no"}, original={"usage": "a", "age": "b"})
    with store.transaction() as writer:
        writer.put_products([(product, [])])
    assert store.problems() == []


def test_an_equal_product_is_no_change(store: Store, put: Put) -> None:
    put(store, "p1", "c1")
    counter = store.counter()
    put(store, "p1", "c1")
    assert store.counter() == counter
    put(store, "p1", "c1", title="another title")
    assert store.counter() == counter + 1


def test_a_product_keeps_when_it_came(store: Store, put: Put) -> None:
    before = datetime.now(UTC).replace(microsecond=0)
    put(store, "p1", "c1")
    came = store.products(["p1"])["p1"].added_at
    assert before <= datetime.fromisoformat(came) <= datetime.now(UTC)
    said = Product("p2", added_at="2026-01-02T03:04:05+00:00")
    with store.transaction() as writer:
        writer.put_products([(said, [])])
    assert list(store.rows().fields["added_at"]) == [came, said.added_at]
    put(store, "p1", "c2", title="another title", added_at="2020-01-01T00:00:00+00:00")
    put(store, "p2", "c3")
    found = store.products(["p1", "p2"])
    assert found["p1"].title == "another title"
    assert [found[name].added_at for name in ("p1", "p2")] == [came, said.added_at]
    assert store.problems() == []


def test_a_vector_that_comes_later_is_a_change_of_its_products(
    store: Store, identity: EncoderIdentity
) -> None:
    vector = VectorRecord("c1", np.eye(4, dtype=np.float32)[0], {})
    with store.transaction() as writer:
        writer.put_images([ImageRecord("c1", 5, 6, b"")])
        writer.put_products([(Product(name), [PhotoRef("a.jpg", "c1")]) for name in ("p1", "p2")])
    before = store.rows()
    assert len(before.vectors) == 0
    for _ in range(2):  # the second time it is no news
        with store.transaction() as writer:
            writer.put_vectors(identity, [vector])
        assert store.counter() == before.counter + 1
    delta = store.rows(before.counter)
    assert list(delta.product_ids) == ["p1", "p2"]
    assert len(delta.vectors) == 2


def test_a_deleted_product_can_come_back(store: Store, put: Put) -> None:
    put(store, "p1", "c1")
    with store.transaction() as writer:
        writer.delete_products(["p1"])
    assert store.products(["p1"]) == {}
    assert saying(store, "title") == {}
    put(store, "p1", "c1")
    assert set(store.products(["p1"])) == set(saying(store, "title")) == {"p1"}


def test_products_that_show_the_same_photo_share_it(store: Store, put: Put) -> None:
    put(store, "p1", "c1")
    put(store, "p2", "c1")
    assert len(store.rows().vectors) == 2
    with store.transaction() as writer:
        writer.delete_products(["p1"])
        assert writer.sweep() == 0
        writer.delete_products(["p2"])
        assert writer.sweep() == 1
    assert store.thumbnail("c1") is None


def test_a_transaction_is_all_or_nothing(store: Store, put: Put) -> None:
    put(store, "p1", "c1")
    counter = store.counter()

    def fail_halfway() -> None:
        with store.transaction() as writer:
            writer.delete_products(["p1"])
            writer.put_products([(Product("p2"), [])])
            raise RuntimeError("the power went")

    with pytest.raises(RuntimeError, match="the power went"):
        fail_halfway()
    assert set(store.products(["p1", "p2"])) == {"p1"}
    assert store.counter() == counter


def saying(store: Store, term: str, *, prefix: bool = False) -> dict[str, float]:
    """product_id -> BM25 of the products that say a term."""
    rows = store.rows()
    name_of = dict(zip(rows.product_rows.tolist(), rows.product_ids, strict=True))
    found = store.match_word(term, prefix=prefix)
    ranks = zip(found.product_rows.tolist(), found.bm25.tolist(), strict=True)
    return {name_of[row]: rank for row, rank in ranks}


def test_products_are_found_by_what_they_say_folded(store: Store, put: Put) -> None:
    put(store, "p1", title="Robe rayée", brand="Café Noir")
    put(store, "p2", title="Plain shirts", colour="Red", original={"colour": "Rouge"})
    assert set(saying(store, "rayee")) == set(saying(store, "cafe")) == {"p1"}
    assert set(saying(store, "shirt")) == set(saying(store, "rouge")) == {"p2"}
    assert set(saying(store, "flat")) == {"p1", "p2"}


def test_a_term_is_whole_or_a_beginning(store: Store, put: Put) -> None:
    put(store, "p1", title="shirt")
    put(store, "p2", title="shoes 連衣裙")
    assert saying(store, "sh") == {}
    assert set(saying(store, "sh", prefix=True)) == {"p1", "p2"}
    assert set(saying(store, "裙", prefix=True)) == set(saying(store, "衣裙")) == {"p2"}


@pytest.mark.parametrize("term", ['"', '"quoted" OR NEAR(', "title:shirt", "a*", "", "\0", "a\0b"])
def test_a_term_is_never_syntax(store: Store, put: Put, term: str) -> None:
    put(store, "p1", title="shirt a quoted")
    assert set(saying(store, term)) <= {"p1"}
    assert set(store.words_like(term, 5)) <= {"shirt", "quoted", "flat"}


def test_words_that_share_trigrams_are_known_while_they_are_said(store: Store, put: Put) -> None:
    put(store, "p1", title="shirt", colour="Brown", description="10234 連衣裙 xl")
    put(store, "p2", title="shirts skirt")
    assert store.words_like("shrit", 2) == ["shirt", "skirt"]
    assert store.words_like("shrit", 1) == ["shirt"]
    assert store.words_like("10235", 9) == store.words_like("連衣", 9) == []
    put(store, "p1", title="hat")
    assert store.words_like("brwn", 9) == []
    assert "shirt" in store.words_like("shrit", 9)
    with store.transaction() as writer:
        writer.delete_products(["p2"])
    assert "shirt" not in store.words_like("shrit", 9)
    assert store.problems() == []


def test_a_match_in_the_title_outranks_one_in_the_description(store: Store, put: Put) -> None:
    put(store, "p1", title="shirt", description="goes with a scarf")
    put(store, "p2", title="scarf", description="goes with a shirt")
    found = saying(store, "scarf")
    assert found["p2"] > found["p1"] > 0


def test_another_encoder_is_built_beside_and_switched_at_once(store: Store, put: Put) -> None:
    put(store, "p1", "c1")
    counter = store.counter()
    with store.transaction() as writer:
        writer.put_vectors(SECOND, [VectorRecord("c1", np.eye(6, dtype=np.float32)[0], {})])
    assert store.counter() == counter
    assert store.rows().vectors.shape == (1, 4)
    assert store.known_images(SECOND) == {"c1"}
    with store.transaction() as writer:
        writer.switch_encoder(SECOND)
    assert store.encoder() == SECOND
    assert store.counter() == counter + 1
    assert store.rows().vectors.tolist() == [[1, 0, 0, 0, 0, 0]]
    assert store.rows().encoder == SECOND


def test_known_images_are_those_with_a_vector_of_that_encoder(
    store: Store, put: Put, identity: EncoderIdentity
) -> None:
    put(store, "p1", "c1")
    with store.transaction() as writer:
        writer.put_images([ImageRecord("c2", 5, 6, b"")])
    assert store.known_images(identity) == {"c1"}
    assert store.known_images(replace(identity, sha256="c" * 64)) == set()
    assert store.knows_image(identity, "c1")
    assert not store.knows_image(identity, "c2")


def test_iterate_gives_every_product_in_order(store: Store, put: Put) -> None:
    for product_id in ("b", "a", "c"):
        put(store, product_id, f"photo {product_id}")
    listed = list(store.iterate())
    assert [product.product_id for product, _ in listed] == ["a", "b", "c"]
    assert listed[0][1] == (PhotoRef("photo a.jpg", "photo a"),)
    assert store.product_ids() == {"a", "b", "c"}


def test_a_key_is_kept_without_touching_what_searches_see(store: Store) -> None:
    counter = store.counter()
    new = KeyRecord("k1", "search", "web shop", "a" * 64, "2026-11-21T10:00:00+00:00")
    older = KeyRecord("k2", "admin", "me", "b" * 64, "2026-11-20T10:00:00+00:00")
    with store.transaction() as writer:
        writer.put_key(new)
        writer.put_key(older)
    assert store.keys() == [older, new]
    revoked = replace(new, revoked_at="2026-11-21T11:00:00+00:00")
    with store.transaction() as writer:
        writer.put_key(revoked)
    assert store.keys() == [older, revoked]
    assert store.counter() == counter


def test_what_was_learned_is_kept_without_touching_what_searches_see(store: Store) -> None:
    counter = store.counter()
    assert store.learned("ranker") is None
    assert store.learned_at("ranker") == ""
    first = LearnedRecord("ranker", b"trees", {"n": 3}, "2026-11-21T10:00:00+00:00")
    second = replace(first, content=b"more trees", learned_at="2026-11-21T11:00:00+00:00")
    for record in (first, second):
        with store.transaction() as writer:
            writer.put_learned(record)
        assert store.learned("ranker") == record
        assert store.learned_at("ranker") == record.learned_at
    with store.transaction() as writer:
        assert writer.drop_learned("ranker")
        assert not writer.drop_learned("ranker")
    assert store.learned("ranker") is None
    assert store.counter() == counter


def test_a_photo_that_was_not_read_has_no_vector(store: Store) -> None:
    with store.transaction() as writer:
        writer.put_products([(Product("p1"), [PhotoRef("https://shop.example/1.jpg")])])
    assert len(store.rows().vectors) == 0
    assert store.products(["p1"])["p1"].photos == ("https://shop.example/1.jpg",)


def test_prices_are_kept_from_the_moment_they_changed(store: Store, put: Put) -> None:
    put(store, "p1", "c1")
    put(store, "p1", "c1", title="another title, the same price")
    put(store, "p2", price=None)
    assert [str(r.costs) for r in store.price_history(["p1", "p2", "p3"])] == ["12.50 EUR"]
    assert store.price_history() == []
    put(store, "p1", "c1", sale_price=Price(Decimal("9.90"), "EUR"))
    put(store, "p1", "c1", price=None)
    put(store, "p2", price=Price(Decimal(5), "USD"))
    history = store.price_history()
    assert [(r.product_id, str(r.costs)) for r in history] == [
        ("p1", "12.50 EUR"),
        ("p1", "9.90 EUR"),
        ("p1", "None"),
    ]
    assert sorted(r.at for r in history) == [r.at for r in history]
    with store.transaction() as writer:
        writer.delete_products(["p1"])
    assert store.price_history(["p1"]) == []
    assert store.problems() == []
