from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitrine.encoders import words_of
from vitrine.train.labels import PHRASE_HEADS
from vitrine.train.words import NoisyWords, fit_tokenizer, padded, phrase_of

TITLES = ["Red cotton dress", "Blue dress", "Red linen shirt", "Blue silk shirt shirt", "Red hat"]
TOKENIZER = fit_tokenizer(TITLES, ["Navy Blue", "Tshirts"])
LABELS = {
    "base_colour": "Navy Blue",
    "gender": "Men",
    "article_type": "Shirts",
    "sub_category": "Topwear",
    "season": "Summer",
}


def test_words_of_two_titles_or_of_a_phrase_are_known() -> None:
    assert TOKENIZER.words == ("red", "blue", "dress", "navy", "shirt", "tshirt")


@given(st.text(max_size=60))
def test_without_noise_training_reads_as_the_encoder_does(text: str) -> None:
    rng = np.random.default_rng(0)
    ids = NoisyWords(TOKENIZER).ids(words_of(text), rng, hash_share=0)
    assert padded([ids], TOKENIZER.max_tokens).tolist() == TOKENIZER.encode([text]).tolist()


def test_noise_drops_words_and_spells_known_ones_by_trigrams() -> None:
    noisy, rng = NoisyWords(TOKENIZER), np.random.default_rng(0)
    red = TOKENIZER.words.index("red") + 1
    assert noisy.ids(["red"], rng, hash_share=1) == TOKENIZER.pieces("red")
    assert noisy.ids(["red", "blue"], rng, hash_share=0, drop_share=1) == []
    spelled = [noisy.ids(["red"], rng, hash_share=0.3, drop_share=0.2) for _ in range(2000)]
    shares = [sum(ids == kind for ids in spelled) / 2000 for kind in ([], [red])]
    assert shares == pytest.approx([0.2, 0.8 * 0.7], abs=0.04)


@given(st.sets(st.sampled_from(list(LABELS))), st.integers(0, 99))
def test_a_phrase_says_what_it_speaks_of_and_nothing_else(heads: set[str], seed: int) -> None:
    labels = {head: LABELS[head] for head in heads | {"article_type"}}
    phrase, used = phrase_of(labels, np.random.default_rng(seed))
    assert used
    assert used <= labels.keys() & set(PHRASE_HEADS)
    assert not {"article_type", "sub_category"} <= used
    assert phrase == " ".join(LABELS[head] for head in PHRASE_HEADS if head in used)
