"""Which words a model knows, the noise that training adds to them, and phrases of labels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from vitrine.encoders import Tokenizer, words_of
from vitrine.train.labels import PHRASE_HEADS

MAX_TOKENS = 32
N_BUCKETS = 4096
MAX_PIECES = 6


class NoisyWords:
    """Words to token ids as the encoder will do it, and with the noise that training adds."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self.tokenizer = tokenizer
        self._known = {word: number for number, word in enumerate(tokenizer.words, 1)}

    def ids(
        self,
        words: Iterable[str],
        rng: np.random.Generator,
        *,
        hash_share: float,
        drop_share: float = 0.0,
    ) -> list[int]:
        """Ids of words, some of them dropped and some known ones spelled by their trigrams."""
        found: list[int] = []
        for word in words:
            if drop_share and rng.random() < drop_share:
                continue
            known = self._known.get(word)
            if known is None or rng.random() < hash_share:
                found += self.tokenizer.pieces(word)
            else:
                found.append(known)
        return found[: self.tokenizer.max_tokens]


def fit_tokenizer(titles: Iterable[str], phrases: Iterable[str], min_count: int = 2) -> Tokenizer:
    """Words of phrases, and those in at least `min_count` titles, most frequent first."""
    counts = Counter(word for title in titles for word in set(words_of(title)))
    for phrase in set(phrases):
        for word in words_of(phrase):
            counts[word] = max(counts[word], min_count)
    frequent = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    kept = [word for word, count in frequent if count >= min_count]
    return Tokenizer(
        format="vitrine-words-1",
        n_buckets=N_BUCKETS,
        max_tokens=MAX_TOKENS,
        max_pieces=MAX_PIECES,
        words=tuple(kept),
    )


def padded(rows: Sequence[Sequence[int]], width: int) -> NDArray[np.int64]:
    """Rows of numbers as one array, filled with 0."""
    out = np.zeros((len(rows), width), np.int64)
    for row, numbers in enumerate(rows):
        out[row, : len(numbers)] = numbers[:width]
    return out


def phrase_of(
    labels: Mapping[str, str], rng: np.random.Generator, keep_share: float = 0.65
) -> tuple[str, frozenset[str]]:
    """Make a random phrase such as "navy blue men casual shirts", and say what it speaks of.

    Args:
        labels: of a photo; at least one of `PHRASE_HEADS`.
        rng: draws which heads are named.
        keep_share: how often each is.
    """
    known = [head for head in PHRASE_HEADS if head in labels]
    used = [head for head in known if rng.random() < keep_share]
    if "article_type" in used and "sub_category" in used:
        used.remove("sub_category")
    used = used or known[-1:]
    return " ".join(labels[head] for head in used), frozenset(used)
