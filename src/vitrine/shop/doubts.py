"""Values of products that a person should look at, the most urgent first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import NDArray

from vitrine.catalog import translate
from vitrine.index import TAG_OF, ChoiceColumn, Columns, Snapshot
from vitrine.store import ReviewRecord

DoubtKind: TypeAlias = Literal["doubted", "missing", "unsure"]
"""The encoder is sure of something else; the shop says nothing and the encoder is sure, or not."""

KINDS: tuple[DoubtKind, ...] = get_args(DoubtKind)
REVIEWED = ("gender", "article_type", "colour", "pattern", "season", "usage")
"""Fields that are looked at, where the encoder has a head for them."""
DECIDED = frozenset({"kept", "corrected"})
"""What a review says of a value that does not come back."""

_NOWHERE = -2


@dataclass(frozen=True, slots=True)
class Doubt:
    """One value to look at."""

    product_id: str
    field: str
    kind: DoubtKind
    value: str
    """What the shop says; empty: nothing."""
    seen: str
    """What the encoder sees on the first photo."""
    confidence: float
    """Of what it sees, 0..1."""


class DoubtQueue:
    """All values to look at, by kind; within a kind the encoder's confidence falls.

    Args:
        view: the shop now.
        heads: what the encoder could have said: a label that it cannot say is no matter of doubt.
        reviews: decisions of people; what they decided does not come back while it stands.
    """

    def __init__(
        self,
        view: Snapshot,
        heads: Mapping[str, Sequence[str]],
        reviews: Iterable[ReviewRecord],
    ) -> None:
        self._view = view
        self._fields = [name for name in REVIEWED if TAG_OF.get(name, name) in heads]
        decided = _decided(view, reviews)
        shape = (len(self._fields), view.columns.n_rows)
        self._kinds = np.full(shape, -1, dtype=np.int8)
        self._sure = np.full(shape, np.nan, dtype=np.float32)
        for number, name in enumerate(self._fields):
            head = TAG_OF.get(name, name)
            if head in view.columns.guesses:
                sayable = {translate(name, value).casefold() for value in heads[head]}
                self._kinds[number] = _kinds(view.columns, name, head, sayable)
                self._sure[number] = view.columns.confidences[head]
            self._kinds[number, ~view.alive] = -1
            self._kinds[number, decided.get(name, [])] = -1

    def count(self, kind: DoubtKind, field: str = "") -> int:
        """How many there are of one kind, in one field or in all."""
        return int(np.count_nonzero(self._of(kind, field)))

    def fields(self, kind: DoubtKind) -> dict[str, int]:
        """Field -> how many, of the fields that have some."""
        counted = {name: self.count(kind, name) for name in self._fields}
        return {name: n for name, n in counted.items() if n}

    def page(self, kind: DoubtKind, field: str, k: int) -> list[Doubt]:
        """Give the k most urgent."""
        numbers, rows = np.nonzero(self._of(kind, field))
        order = np.lexsort((numbers, rows, -self._sure[numbers, rows]))[:k]
        return [
            self._doubt(kind, self._fields[number], row)
            for number, row in zip(numbers[order].tolist(), rows[order].tolist(), strict=True)
        ]

    def _of(self, kind: DoubtKind, field: str) -> NDArray[np.bool_]:
        found = self._kinds == KINDS.index(kind)
        if field:
            found &= np.array([[name == field] for name in self._fields], dtype=np.bool_)
        return found

    def _doubt(self, kind: DoubtKind, field: str, row: int) -> Doubt:
        columns, head = self._view.columns, TAG_OF.get(field, field)
        return Doubt(
            self._view.product_ids[row],
            field,
            kind,
            columns.choices[field].word(row),
            columns.guesses[head].word(row),
            float(columns.confidences[head][row]),
        )


def _kinds(columns: Columns, name: str, head: str, sayable: set[str]) -> NDArray[np.int8]:
    """(n_rows,) the position in `KINDS` of what is to be looked at in one field, else -1."""
    own, guess = columns.choices[name], columns.guesses[head]
    sure = columns.tags[head].known()
    judged = np.isin(own.codes, [n for n, w in enumerate(own.words) if w.casefold() in sayable])
    kinds = np.full(columns.n_rows, -1, dtype=np.int8)
    kinds[judged & sure & (own.codes != _codes_in(own, guess))] = KINDS.index("doubted")
    kinds[~own.known() & sure] = KINDS.index("missing")
    kinds[~own.known() & guess.known() & ~sure] = KINDS.index("unsure")
    return kinds


def _codes_in(own: ChoiceColumn, guess: ChoiceColumn) -> NDArray[np.int32]:
    """The guesses, as codes of the shop's words."""
    position = {word.casefold(): code for code, word in enumerate(own.words)}
    moved = [position.get(word.casefold(), _NOWHERE) for word in guess.words]
    return np.array([*moved, _NOWHERE], dtype=np.int32)[guess.codes]


def _decided(view: Snapshot, reviews: Iterable[ReviewRecord]) -> dict[str, list[int]]:
    """Field -> rows whose value is what somebody decided."""
    found: dict[str, list[int]] = {}
    for review in reviews:
        row = view.product_row_of.get(review.product_id)
        column = view.columns.choices.get(review.field)
        if row is None or column is None or review.decided not in DECIDED:
            continue
        if column.word(row).casefold() == review.value.casefold():
            found.setdefault(review.field, []).append(row)
    return found


def said_values(view: Snapshot, field: str) -> list[str]:
    """Every value that living products say in one field, in alphabetical order."""
    column = view.columns.choices[field]
    codes = np.unique(column.codes[view.alive & column.known()])
    return sorted((column.words[code] for code in codes.tolist()), key=str.casefold)
