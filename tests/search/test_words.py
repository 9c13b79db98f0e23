"""Words against a real store of a few products."""

# Letters of several scripts look alike, and are what this file is about.
# ruff: noqa: RUF001

from __future__ import annotations

import math
from collections.abc import Generator, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from vitrine.errors import QueryError
from vitrine.index import snapshot
from vitrine.search import WordMatch, WordMatches, match_words, with_corrections, words_said
from vitrine.store import Store, create_sqlite
from vitrine.types import EncoderIdentity, Product

IDENTITY = EncoderIdentity("first", "a" * 64, 4, "side 8")


class Words:
    """A store of products, and what questions to it find."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def put(self, *products: Product) -> None:
        with self.store.transaction() as writer:
            writer.put_products([(product, []) for product in products])

    def titles(self, **titles: str) -> None:
        self.put(*(Product(product_id, title=title) for product_id, title in titles.items()))

    def ask(self, text: str, among: Sequence[str] | None = None) -> WordMatches:
        view = snapshot(self.store.rows())
        allowed = np.array([among is None or i in among for i in view.product_ids], np.bool_)
        return match_words(text, self.store, view, allowed)

    def found(self, text: str) -> list[str]:
        return [match.product_id for match in self.ask(text)]

    def score(self, text: str, product_id: str) -> float:
        return next(match.score for match in self.ask(text) if match.product_id == product_id)

    def said(self, match: WordMatch) -> list[str]:
        product = self.store.products([match.product_id])[match.product_id]
        return words_said(product, match.words)


@pytest.fixture
def words(tmp_path: Path) -> Generator[Words]:
    store = create_sqlite(tmp_path / "a.shop", IDENTITY)
    yield Words(store)
    store.close()


def test_more_of_the_words_comes_first_then_bm25_then_the_id(words: Words) -> None:
    words.titles(p1="red dress", p2="dress in red, and much more", p4="blue hat", p3="blue hat")
    assert words.found("Red dress") == ["p1", "p2"]
    assert words.found("blue dress") == ["p1", "p3", "p4", "p2"]
    assert [match.score for match in words.ask("red dress")] == [1.0, 1.0]


def test_the_score_is_the_share_of_words_weighed_by_rarity(words: Words) -> None:
    words.titles(p1="red hat", p2="red shoe", p3="red silk")
    red, silk = math.log(1 + 3 / (1 + 3)), math.log(1 + 3 / (1 + 1))
    scores = {match.product_id: match.score for match in words.ask("red silk")}
    assert scores == pytest.approx({"p3": 1.0, "p1": red / (red + silk), "p2": red / (red + silk)})


def test_a_word_that_nobody_has_lowers_every_score(words: Words) -> None:
    words.titles(p1="red hat")
    assert words.score("red unobtainium", "p1") < 1
    assert words.found("unobtainium") == []


def test_repeated_words_count_once(words: Words) -> None:
    words.titles(p1="red hat", p2="blue hat")
    assert list(words.ask("red RED réd hat")) == list(words.ask("red hat"))


def test_matches_are_a_sequence_within_what_is_allowed(words: Words) -> None:
    words.titles(p1="red hat", p2="red hat", p3="hat")
    matches = words.ask("red hat", among=["p2", "p3"])
    assert [match.product_id for match in matches] == ["p2", "p3"]
    assert matches[:1] == [matches[0]]
    assert (len(matches), matches.matching.tolist()) == (2, [False, True, True])
    assert matches[1].words == ("hat",)


@pytest.mark.parametrize("text", ["", "  ", "?!", "-- ;", '"', "\0", "🧥", "\ud800"])
def test_no_word_is_refused(words: Words, text: str) -> None:
    with pytest.raises(QueryError, match="no word to search for"):
        words.ask(text)


@pytest.mark.parametrize(
    ("title", "text", "said"),
    [
        ("Robe Rayée d'Été", "rayee ete", ["rayée", "été"]),
        ("Silk Dresses", "dress", ["dresses"]),
        ("A dress of dresses: DRESS", "dresses", ["dress"]),
        ("Ladies' watch", "WATCHES", ["watch"]),
        ("Grey T-Shirt", "t shirts", ["tshirt"]),
        ("Красное платье", "красные платья", ["красное", "платье"]),
        ("Тёплая куртка", "теплые куртки", ["тёплая", "куртка"]),
        ("فُسْتَان أَحْمَر", "فستان الأحمر", ["فُسْتَان", "أَحْمَر"]),
        ("تنورات قصيرة", "تنورة", ["تنورات"]),
        ("红色连衣裙", "连衣裙", ["连衣裙"]),
        ("红色连衣裙", "裙", ["裙"]),
        ("红色长连衣裙", "红连衣裙", ["连衣裙"]),
        ("花柄ワンピース", "ﾜﾝﾋﾟｰｽ", ["ワンピース"]),
        ("赤いドレス", "どれす", ["ドレス"]),
        ("여성원피스", "원피스", ["원피스"]),
        ("เสื้อยืดสีแดง", "เสื้อยืด", ["เสื้อยืด"]),
        ("Levi's 501", "levis ٥٠١", ["levi", "501"]),
        ("Shirt size XL", "x", ["xl"]),
    ],
)
def test_a_product_is_found_and_its_own_words_are_named(
    words: Words, title: str, text: str, said: list[str]
) -> None:
    words.titles(p1=title, p2="something else 42")
    match = words.ask(text)[0]
    assert match.product_id == "p1"
    assert words.said(match) == said
    assert words.found(text)[1:] == []


@pytest.mark.parametrize(
    ("title", "typo"),
    [
        ("Cotton shirt", "shrit"),
        ("Cotton shirt", "shiirt"),
        ("Cotton shirt", "hsirt"),
        ("Nike sneakers", "nkie"),
        ("Sunglasses", "snugalsses"),
        ("Chemise rayée", "chemsie"),
        ("Красная рубашка", "рубажка"),
        ("Синие джинсы", "джнисы"),
        ("فستان أحمر", "فسنان"),
    ],
)
def test_a_typo_is_understood_and_worth_less_than_the_word(
    words: Words, title: str, typo: str
) -> None:
    words.titles(p1=title, p2="something else")
    (match,) = words.ask(typo)
    assert 0.5 < match.score < 1
    assert words.said(match)[0] in title.casefold()


def test_a_word_that_is_said_stands_for_no_other(words: Words) -> None:
    words.titles(p1="red shirt", p2="red skirt")
    assert words.found("skirt") == ["p2"]
    assert [m.words for m in words.ask("red skirt")] == [("red", "skirt"), ("red",)]


def test_no_typo_is_seen_in_short_words_and_numbers(words: Words) -> None:
    words.titles(p1="red hat 10234", p2="x")
    assert words.found("rad") == words.found("10235") == []


def test_short_words_are_beginnings_and_whole_ones_come_first(words: Words) -> None:
    words.titles(p1="xlarge", p2="some thing xl", p3="s")
    assert words.found("xl") == ["p2", "p1"]
    assert words.score("xl", "p1") == 0.5 < words.score("xl", "p2")
    assert words.found("s") == ["p3", "p2"]
    assert words.ask("xl")[0].words == ("xl", "xl*")


def test_what_the_shop_says_in_any_field_is_found(words: Words) -> None:
    words.put(
        Product(
            "SKU-7",
            title="One",
            brand="Ørsted",
            colour="navy",
            article_type="Dresses",
            original={"colour": "Bleu marine"},
            extra={"heel": "flat", "page": "https://shop.example/secret"},
            description="With pockets",
        )
    )
    for text in ("orsted", "navy", "dress", "marine", "flat", "pocket", "sku-7", "one"):
        assert words.found(text) == ["SKU-7"], text
    assert words.found("secret") == []


def test_the_title_counts_more_than_brand_attributes_and_description(words: Words) -> None:
    words.put(
        Product("p4", title="hat", description="rose"),
        Product("p3", title="hat", colour="rose"),
        Product("p2", title="hat", brand="rose"),
        Product("p1", title="rose"),
    )
    assert words.found("rose") == ["p1", "p2", "p3", "p4"]


HOSTILE = [
    'red" OR "blue',
    "title : red",
    "red AND NOT blue",
    "NEAR(red blue, 5)",
    "{title brand}: red",
    "red*",
    "^red",
    "-red",
    "+ red + blue",
    "(red",
    "red'); DROP TABLE words; --",
    "red\0blue",
    "re%d_",
    "\ud83d red",
    "red \u202e blue",
    "red" + "\u0301" * 500,
    "(" * 1000 + "red",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_no_syntax_leaks_from_a_query(words: Words, text: str) -> None:
    words.titles(p1="red hat", p2="blue hat")
    assert words.ask(text)[0].score > 0
    assert "p1" in words.found(text)
    assert words.store.problems() == []


def test_a_long_query_is_cut(words: Words) -> None:
    words.titles(p1="red hat", p2="last")
    numbers = " ".join(map(str, range(100, 131)))
    assert words.found(f"red {numbers} last") == ["p1"]
    assert words.found(f"red {numbers[:-4]} last") == ["p2", "p1"]
    assert words.found("red " + "x" * 1_000_000) == ["p1"]
    with pytest.raises(QueryError, match="no word") as refused:
        words.ask("?" * 100_000)
    assert len(str(refused.value)) < 200


def test_what_changed_is_found_by_its_new_words_alone(words: Words) -> None:
    words.titles(p1="cotton shirt", p2="silk shirt")
    words.titles(p1="linen blouse")
    assert (words.found("coton"), words.found("shrit")) == ([], ["p2"])
    assert words.found("linnen") == ["p1"]
    with words.store.transaction() as writer:
        writer.delete_products(["p2"])
    assert (words.found("shrit"), words.found("shirt")) == ([], [])
    assert words.store.problems() == []


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.text(max_size=40))
@example("Grey T-Shirts H&M L'Été Ёжик 红色连衣裙 ﾜﾝﾋﾟｰｽ فستان H.&.M")
@example("İ ŉ ﷺ \u0345 ẞ \u1fb3")
@example("a.b.c x&y's s's 's t-shirt-t-shirts")
def test_a_product_is_found_by_each_word_of_its_title(words: Words, title: str) -> None:
    assume(not any("\ud800" <= char <= "\udfff" for char in title))
    words.titles(p1=title, p2="another one entirely")
    for word in title.split():
        try:
            matches = words.ask(word)
        except QueryError:
            continue
        own = next(match for match in matches if match.product_id == "p1")
        assert own.score == 1.0
        assert words.said(own)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.text(max_size=60))
def test_no_text_breaks_a_search(words: Words, text: str) -> None:
    words.titles(p1="red hat")
    try:
        matches = words.ask(text)
    except QueryError:
        return
    assert all(0 < match.score <= 1 for match in matches)


def test_corrections_are_read_in_place() -> None:
    corrected = {"jenas": "jeans", "shrit": "shirt"}
    assert with_corrections("JENAS, a shrit and jenasy", corrected) == "jeans, a shirt and jenasy"
    assert with_corrections("c++ (jenas)", {"c++": "c"}) == "c (jenas)"
