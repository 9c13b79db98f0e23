"""Words to token ids, in plain Python: the same rules in training and in use."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from vitrine.encoders.json_files import read_json

if TYPE_CHECKING:
    from numpy.typing import NDArray

_TSHIRT = re.compile(r"\bt[- ]?shirt(s?)\b")
_WORD = re.compile(r"[a-z0-9]+")
_GRAM = 3


def words_of(text: str) -> list[str]:
    """Split a text into lower-case words, without the s of plurals.

    Only a-z and 0-9 are letters; everything else separates words.

    Example:
        >>> words_of("Women's T-Shirts, navy-blue DRESSES")
        ['women', 'tshirt', 'navy', 'blue', 'dress']
    """
    text = _TSHIRT.sub(r"tshirt\1", text.lower()).replace("'s", "").replace("'", "")
    return [_singular(word) for word in _WORD.findall(text)]


class Tokenizer(BaseModel):
    """tokenizer.json: known words have an id each, any other word becomes hashed trigrams.

    Ids: 0 is padding, 1 to len(words) are the words in their order, then the `n_buckets` buckets
    in which trigrams fall by their CRC-32.

    Example:
        >>> small = Tokenizer(format="vitrine-words-1", n_buckets=100, max_tokens=4,
        ...                   max_pieces=2, words=("red", "shirt"))
        >>> small.encode(["Red shirts", "sequins", ""]).tolist()
        [[1, 2, 0, 0], [99, 26, 0, 0], [0, 0, 0, 0]]
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal["vitrine-words-1"]
    n_buckets: int = Field(ge=1, le=2**24)
    max_tokens: int = Field(ge=1, le=1024)
    """Ids of a text; a longer text is cut."""
    max_pieces: int = Field(ge=1)
    """Trigrams of an unknown word; a longer word is known by its beginning."""
    words: tuple[str, ...]

    @property
    def n_ids(self) -> int:
        """How many rows the text tower's table has."""
        return 1 + len(self.words) + self.n_buckets

    def encode(self, texts: Sequence[str]) -> NDArray[np.int64]:
        """Give (n, max_tokens) ids, padded with 0."""
        known = {word: n for n, word in enumerate(self.words, 1)}
        ids = np.zeros((len(texts), self.max_tokens), np.int64)
        for row, text in enumerate(texts):
            found = list(self._ids(words_of(text), known))[: self.max_tokens]
            ids[row, : len(found)] = found
        return ids

    def pieces(self, word: str) -> list[int]:
        """Buckets of the word's first trigrams, with `<` and `>` at its ends."""
        marked = f"<{word}>"
        starts = range(len(marked) - _GRAM + 1)
        grams = [marked[start : start + _GRAM] for start in starts][: self.max_pieces]
        first = 1 + len(self.words)
        return [first + zlib.crc32(gram.encode()) % self.n_buckets for gram in grams]

    def _ids(self, words: Iterable[str], known: dict[str, int]) -> Iterator[int]:
        for word in words:
            if word in known:
                yield known[word]
            else:
                yield from self.pieces(word)


def read_tokenizer(path: Path) -> Tokenizer:
    """Read tokenizer.json.

    Raises:
        ConfigurationError: the file cannot be read or is not of that form.
    """
    return read_json(Tokenizer, path)


def _singular(word: str) -> str:
    if len(word) > 4 and word.endswith("sses"):
        return word[:-2]
    plural = len(word) > 3 and word.endswith("s") and not word.endswith("ss")
    return word[:-1] if plural else word
