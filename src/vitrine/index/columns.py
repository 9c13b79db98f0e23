"""What filters read: every product's fields, one compact column each."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vitrine.catalog import translate
from vitrine.store import StoreRows

Numbers = NDArray[np.float64]
Codes = NDArray[np.int32]
Confidences = NDArray[np.float32]

MISSING = -1
FIELD_OF = {"base_colour": "colour", "sleeve": "sleeve_length"}
"""Tag heads that are another field's."""
_LISTS = {"size"}
_NO_WORDS = {"price_amount", "sale_price_amount", "sale_price_currency", "year", "added_at"}
_LIST_COMMA = re.compile(r"\s*,(?!(?<=\d,)5\b)\s*")  # not that of the half size 38,5


@dataclass(frozen=True, slots=True)
class ChoiceColumn:
    """One word a product: positions in `words`, MISSING where the product says nothing."""

    codes: Codes
    words: tuple[str, ...]
    """As the shop spells them; the first spelling seen stands for all that differ in case."""
    lists: bool = False
    """Whether a word may list several values, with commas between."""

    def has(self, wanted: Sequence[str]) -> NDArray[np.bool_]:
        """Rows that hold one of these words or values, whatever their case."""
        folded = {word.casefold() for word in wanted}
        codes = [code for code, word in enumerate(self.words) if self._says(word, folded)]
        return np.isin(self.codes, codes)

    def values(self, word: str) -> list[str]:
        """Give what one of the words says: itself, or each value that it lists.

        Example:
            >>> choice_column(["S, M", "38,5"], lists=True).values("S, M")
            ['S', 'M']
        """
        if not self.lists:
            return [word]
        parts = filter(None, _LIST_COMMA.split(word.strip()))
        return list({part.casefold(): part for part in parts}.values())

    def _says(self, word: str, folded: Set[str]) -> bool:
        if word.casefold() in folded:
            return True
        return self.lists and any(value.casefold() in folded for value in self.values(word))

    def known(self) -> NDArray[np.bool_]:
        """Rows that say something."""
        return self.codes != MISSING

    def commonest(self, rows: NDArray[np.bool_]) -> list[str]:
        """Words that some of these rows say, those of most rows first."""
        counts = np.bincount(self.codes[rows & self.known()], minlength=len(self.words))
        said = [code for code in np.argsort(-counts, kind="stable").tolist() if counts[code]]
        return [self.words[code] for code in said]

    def word(self, row: int) -> str:
        """The word of one row; empty where it says nothing."""
        code = int(self.codes[row])
        return "" if code == MISSING else self.words[code]

    def or_else(self, other: ChoiceColumn) -> ChoiceColumn:
        """Fill what is missing from another column over the same rows."""
        words, moved = self._with_words_of(other)
        filled = np.where(self.codes == MISSING, moved[other.codes], self.codes)
        return ChoiceColumn(filled, words, self.lists)

    def then(self, other: ChoiceColumn) -> ChoiceColumn:
        """Put another column's rows after these."""
        words, moved = self._with_words_of(other)
        codes = np.concatenate([self.codes, moved[other.codes]])
        return ChoiceColumn(codes, words, self.lists or other.lists)

    def _with_words_of(self, other: ChoiceColumn) -> tuple[tuple[str, ...], Codes]:
        """All words of both, and where each of the other's codes (MISSING too) moves to."""
        position = {word.casefold(): code for code, word in enumerate(self.words)}
        words = list(self.words)
        moved = np.full(len(other.words) + 1, MISSING, dtype=np.int32)
        for code, word in enumerate(other.words):
            moved[code] = position.setdefault(word.casefold(), len(words))
            if moved[code] == len(words):
                words.append(word)
        return tuple(words), moved


def choice_column(values: Sequence[str | float | None], *, lists: bool = False) -> ChoiceColumn:
    """Encode words; empty and None are missing."""
    position: dict[str, int] = {}
    words: list[str] = []
    cache: dict[str | float | None, int] = {None: MISSING, "": MISSING}
    codes = np.empty(len(values), dtype=np.int32)
    for row, value in enumerate(values):
        code = cache.get(value)
        if code is None:
            folded = str(value).casefold()
            code = position.setdefault(folded, len(words))
            if code == len(words):
                words.append(str(value))
            cache[value] = code
        codes[row] = code
    return ChoiceColumn(codes, tuple(words), lists)


def number_column(values: Sequence[float | int | str | None]) -> Numbers:
    """(n,) float64, NaN where a product says nothing."""
    return np.array([np.nan if value is None else float(value) for value in values], np.float64)


@dataclass(frozen=True, slots=True)
class Columns:
    """Columns by name over the same rows.

    `extra` are the shop's own columns, `tags` the encoder's predictions for each product's first
    photo, missing where it is unsure, `guesses` the same where it is unsure too, `confidences` how
    sure it is of a guess (0..1, NaN where it has none). `arrived` are seconds since 1970 at which
    products came into the shop, (n_rows,), NaN where nobody knows.
    """

    n_rows: int
    choices: Mapping[str, ChoiceColumn]
    numbers: Mapping[str, Numbers]
    extra: Mapping[str, ChoiceColumn]
    tags: Mapping[str, ChoiceColumn]
    confidences: Mapping[str, Confidences]
    guesses: Mapping[str, ChoiceColumn] = field(default_factory=dict[str, ChoiceColumn])
    arrived: Numbers = field(default_factory=lambda: np.empty(0))

    def then(self, other: Columns) -> Columns:
        """Put another set of rows after these."""
        return Columns(
            self.n_rows + other.n_rows,
            _choices_then(self.choices, self.n_rows, other.choices, other.n_rows),
            {n: np.concatenate([c, other.numbers[n]]) for n, c in self.numbers.items()},
            _choices_then(self.extra, self.n_rows, other.extra, other.n_rows),
            _choices_then(self.tags, self.n_rows, other.tags, other.n_rows),
            {
                head: np.concatenate(
                    [
                        self.confidences.get(head, _unknown(self.n_rows)),
                        other.confidences.get(head, _unknown(other.n_rows)),
                    ]
                )
                for head in {**self.confidences, **other.confidences}
            },
            _choices_then(self.guesses, self.n_rows, other.guesses, other.n_rows),
            np.concatenate([self.arrived, other.arrived]),
        )


def columns_of(rows: StoreRows) -> Columns:
    """Encode what the store handed over."""
    n_rows = len(rows.product_ids)
    fields = rows.fields
    own, sale = number_column(fields["price_amount"]), number_column(fields["sale_price_amount"])
    choices = {
        name: choice_column(values, lists=name in _LISTS)
        for name, values in fields.items()
        if name not in _NO_WORDS
    }
    choices["currency"] = choices.pop("price_currency")
    extra = _parsed(rows.extra)
    guesses, tags, confidences = _tags(_parsed(rows.tags))
    return Columns(
        n_rows,
        choices | {"product_id": choice_column(rows.product_ids)},
        {
            "price": np.where(np.isnan(sale), own, sale),
            "year": number_column(fields["year"]),
        },
        {name: choice_column([row.get(name) for row in extra]) for name in _names(extra)},
        tags,
        confidences,
        guesses,
        _moments(fields["added_at"]),
    )


def _moments(values: Sequence[str | float | None]) -> Numbers:
    """Seconds since 1970 of ISO 8601 texts; NaN where there is none."""
    at: dict[str | float | None, float] = {
        word: datetime.fromisoformat(str(word)).timestamp() for word in {*values} if word
    }
    return np.array([at.get(value, math.nan) for value in values], np.float64)


def _parsed(texts: Sequence[str | None]) -> list[dict[str, Any]]:
    """JSON objects, read in one go: a call for each would take twice as long."""
    return json.loads(f"[{','.join(text or '{}' for text in texts)}]")


def _tags(
    rows: Sequence[Mapping[str, tuple[str, float, bool]]],
) -> tuple[dict[str, ChoiceColumn], dict[str, ChoiceColumn], dict[str, Confidences]]:
    """By head: what the encoder says, what of it is sure, and how sure; in our vocabulary."""
    heads = _names(rows)
    guesses: dict[str, list[str | None]] = {head: [None] * len(rows) for head in heads}
    sure: dict[str, list[str | None]] = {head: [None] * len(rows) for head in heads}
    confidences = {head: [math.nan] * len(rows) for head in heads}
    for row, tags in enumerate(rows):
        for head, (value, confidence, unsure) in tags.items():
            guesses[head][row], confidences[head][row] = value, confidence
            if not unsure:
                sure[head][row] = value
    return (
        {head: _translated(head, words) for head, words in guesses.items()},
        {head: _translated(head, words) for head, words in sure.items()},
        {head: np.array(numbers, np.float32) for head, numbers in confidences.items()},
    )


def _translated(head: str, words: Sequence[str | None]) -> ChoiceColumn:
    """An encoder may have learnt other words: its `stripe` is Striped, as in filters."""
    field_name = FIELD_OF.get(head, head)
    ours = {word: translate(field_name, word) for word in {*words} if word}
    return choice_column([ours.get(word, "") if word else None for word in words])


def _names(rows: Iterable[Mapping[str, object]]) -> list[str]:
    return sorted(set().union(*rows))


def _choices_then(
    first: Mapping[str, ChoiceColumn],
    n_first: int,
    second: Mapping[str, ChoiceColumn],
    n_second: int,
) -> dict[str, ChoiceColumn]:
    return {
        name: first.get(name, _blank(n_first)).then(second.get(name, _blank(n_second)))
        for name in {**first, **second}
    }


def _unknown(n_rows: int) -> Confidences:
    return np.full(n_rows, np.nan, dtype=np.float32)


def _blank(n_rows: int) -> ChoiceColumn:
    return ChoiceColumn(np.full(n_rows, MISSING, dtype=np.int32), ())
