from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitrine.encoders import Tokenizer, words_of
from vitrine.encoders.tokenizer import read_tokenizer
from vitrine.errors import ConfigurationError

RULES = {
    "format": "vitrine-words-1",
    "n_buckets": 4096,
    "max_tokens": 32,
    "max_pieces": 6,
    "words": ["men", "women", "black", "tshirt", "blue"],
}
TOKENIZER = Tokenizer.model_validate(RULES)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Nike Men's T-Shirts", "nike men tshirt"),
        ("t shirt T-SHIRT tshirt Tshirts", "tshirt tshirt tshirt tshirt"),
        ("dresses glasses classes", "dress glass class"),
        ("shoes, jeans & socks", "shoe jean sock"),
        ("as is boss bus", "as is boss bus"),
        ("'90s men\u2019s", "90s men s"),
        ("navy-blue/white_stripe 3XL", "navy blue white stripe 3xl"),
        ("\u00fcber \u0130stanbul \u9774", "ber i stanbul"),
        ("", ""),
    ],
)
def test_words(text: str, words: str) -> None:
    assert words_of(text) == words.split()


def test_ids_are_those_that_the_model_was_trained_with() -> None:
    """Computed by the program that trained the first model."""
    ids = TOKENIZER.encode(["Black Tshirts for women", "Fabindia kurta"])
    assert ids.dtype == np.int64
    assert ids.shape == (2, 32)
    assert ids[0, :7].tolist() == [3, 4, 1300, 2558, 982, 2, 0]
    assert ids[1, :11].tolist() == [
        *(2063, 1048, 2274, 2803, 2779, 2157),  # fabindia
        *(575, 118, 3582, 2070, 3801),  # kurta
    ]
    assert not ids[0, 7:].any()


def test_long_texts_and_words_are_cut() -> None:
    assert TOKENIZER.encode(["blue " * 50])[0].tolist() == [5] * 32
    assert len(TOKENIZER.pieces("a" * 500)) == 6
    assert len(TOKENIZER.pieces("a")) == 1
    assert TOKENIZER.n_ids == 1 + 5 + 4096


@given(st.lists(st.text(max_size=60), max_size=5))
def test_any_text_gives_ids_of_the_table(texts: list[str]) -> None:
    ids = TOKENIZER.encode(texts)
    assert ids.shape == (len(texts), 32)
    assert ((ids >= 0) & (ids < TOKENIZER.n_ids)).all()
    padded = (ids == 0).astype(int)
    assert (np.diff(padded, axis=1) >= 0).all()


def test_file(tmp_path: Path) -> None:
    (tmp_path / "t.json").write_text(json.dumps(RULES))
    assert read_tokenizer(tmp_path / "t.json") == TOKENIZER


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"format": "bpe"}, r"t\.json: format: .*vitrine-words-1"),
        ({"n_buckets": 0}, "n_buckets"),
        ({"merges": []}, "merges"),
    ],
)
def test_another_format_is_refused(
    tmp_path: Path, change: dict[str, object], complaint: str
) -> None:
    (tmp_path / "t.json").write_text(json.dumps(RULES | change))
    with pytest.raises(ConfigurationError, match=complaint):
        read_tokenizer(tmp_path / "t.json")
