from __future__ import annotations

from vitrine.train.labels import label_values, said_by, spelled
from vitrine.types import Product


def test_what_a_product_says() -> None:
    product = Product(
        "1",
        gender="men",
        colour="Navy Blue",
        original={"gender": "Men", "colour": "navy"},
        extra={"sleeve": "short", "fit": "slim"},
    )
    said = said_by(product)
    assert said["gender"] == ("men", "Men")
    assert said["base_colour"][0] == "Navy Blue"
    assert said["sleeve"] == ("short", "short")
    assert said.keys() == {"gender", "base_colour", "sleeve"}


def test_a_spelling_that_means_another_word_is_not_taken() -> None:
    product = Product("1", gender="men", original={"gender": "Women"})
    assert said_by(product)["gender"] == ("men", "men")


def test_the_most_frequent_spelling_wins_and_ties_go_by_the_alphabet() -> None:
    said = [{"gender": ("men", word)} for word in ("male", "Men", "Men", "MALE")]
    assert spelled(said) == [{"gender": "Men"}] * 4
    assert spelled(said[:2]) == [{"gender": "Men"}] * 2


def test_a_head_needs_two_values() -> None:
    labels = [{"gender": "Men", "season": "Summer"}, {"gender": "Women", "season": "Summer"}, {}]
    assert label_values(labels) == {"gender": ["Men", "Women"]}
