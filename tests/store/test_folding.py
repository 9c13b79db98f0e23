"""What a text is compared by, script by script."""

# Letters of several scripts look alike, and are what this file is about.
# ruff: noqa: RUF001

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from vitrine.encoders.tokenizer import words_of
from vitrine.store import pieces
from vitrine.store.folding import terms, trigrams


def folded(text: str) -> list[str]:
    return [piece.folded for piece in pieces(text)]


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("Robe rayée", "ROBE RAYEE"),
        ("rayée", "raye\u0301e"),
        ("Straße", "STRASSE"),
        ("Łódź", "lodz"),
        ("Ørsted smørrebrød", "orsted smorrebrod"),
        ("İstanbul ışık", "istanbul isik"),
        ("ﬁne ＮＡＶＹ", "fine navy"),
        ("Women\u2019s LEVI'S", "women levi"),
        ("T-Shirts", "t shirt"),
        ("H&M U.S.A. Polo", "hm usa polo"),
        ("soft\u00adshell", "softshell"),
        ("Ёлка", "елка"),
        ("ΦΌΡΕΜΑ ΚΌΣΜΟΣ", "φορεμα κοσμος"),
        ("فُسْتَان", "فستان"),
        ("أحمر إسود آخر", "احمر اسود اخر"),
        ("فـــستان", "فستان"),
        ("الأحمر", "أحمر"),
        ("مشکی", "مشكي"),
        ("٥٠١", "501"),
        ("ﾄﾞﾚｽ", "ドレス"),
        ("ドレス", "どれす"),
        ("か\u3099ら", "がら"),
    ],
)
def test_two_spellings_are_one(written: str, asked: str) -> None:
    assert folded(written) == folded(asked) != []


@pytest.mark.parametrize(
    ("one", "many"),
    [
        ("shirt", "shirts"),
        ("dress", "dresses"),
        ("watch", "watches"),
        ("brush", "brushes"),
        ("box", "boxes"),
        ("accessory", "accessories"),
        ("hoodie", "hoodies"),
        ("tie", "ties"),
        ("shoe", "shoes"),
        ("size", "sizes"),
        ("manche", "manches"),
        ("scarf", "scarves"),
        ("woman", "women"),
        ("woman", "women's"),
        ("man", "mens"),
        ("vestido", "vestidos"),
        ("куртка", "куртки"),
        ("платье", "платья"),
        ("красный", "красные"),
        ("сукня", "сукні"),
        ("تنورة", "تنورات"),
    ],
)
def test_one_and_many_are_one_word(one: str, many: str) -> None:
    assert folded(one) == folded(many)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("мой", "мои"),
        ("がき", "かき"),
        ("shirt", "skirt"),
        ("bus", "bu"),
        ("มา", "มี"),
        ("कम", "काम"),
        ("dress", "dres"),
    ],
)
def test_other_words_stay_apart(one: str, other: str) -> None:
    assert folded(one) != folded(other)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("红色连衣裙 XL", ["红色", "色连", "连衣", "衣裙", "裙", "xl"]),
        ("裙", ["裙"]),
        ("Tシャツ", ["t", "しゃ", "ゃつ", "つ"]),
        ("원피스", ["원피", "피스", "스"]),
    ],
)
def test_scripts_without_spaces_are_read_in_pairs(text: str, expected: list[str]) -> None:
    assert terms(text) == expected


def test_a_word_is_remembered_as_it_was_written() -> None:
    written = [piece.written for piece in pieces("Robes RAYÉES, ワンピース")]
    assert written == ["robes", "rayées", "ワンピース"]


@pytest.mark.parametrize("text", ["", " \t", "?!", "🧥\ufe0f", "\u0301", "\ud800", "_ - _", "\0"])
def test_what_holds_no_word_has_no_terms(text: str) -> None:
    assert terms(text) == []


@given(st.text(alphabet="abcdefgilmnorsty '-", max_size=30))
@example("dresses shoes t-shirts women's")
def test_what_our_encoders_take_for_one_word_is_one_here(text: str) -> None:
    ours, theirs = text.split(), [words_of(word) for word in text.split()]
    for word, read in zip(ours, theirs, strict=True):
        if "'" not in word and "-" not in word and len(read) == 1:
            assert folded(word) == folded(read[0])


@given(st.text(max_size=60))
def test_terms_are_what_the_index_can_hold(text: str) -> None:
    for term in terms(text):
        assert term.split() == [term]
        assert 0 < len(term) <= 64 * 4
        assert all(ord(char) > 127 or char.isalnum() for char in term)
        term.encode()


def test_trigrams_mark_the_ends() -> None:
    assert set(trigrams("shirt")) & set(trigrams("shrit")) == {"  s", " sh"}
    assert set(trigrams("nike")) & set(trigrams("mike")) == {"ike", "ke "}
