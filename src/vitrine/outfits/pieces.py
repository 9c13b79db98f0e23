"""What outfits are judged by: of each product its kind, colour, use, price level and looks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from vitrine.catalog import translate
from vitrine.index import ChoiceColumn, choice_of
from vitrine.outfits.looks import Looks, fit_looks
from vitrine.outfits.relations import FACETS, UNKNOWN, code_of, words_of
from vitrine.outfits.slots import KINDS, NO_KIND, SLOT_OF_KIND, SLOTS, kind_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from vitrine.index import Columns, Snapshot
    from vitrine.types import Rows, Tag, Tags, Vectors

    Codes = NDArray[np.int64]

_NO_SLOT = -1
_TAGGED = {"colour"}
"""Facets for which a sure tag stands in where the shop says nothing; tags of use, season and
pattern are too often wrong on photos of another kind than the encoder learned from."""


@dataclass(frozen=True, slots=True)
class Pieces:
    """Things that may be worn together, row by row."""

    kinds: Codes
    """(n,) positions in `KINDS`; NO_KIND for what is no part of an outfit."""
    facets: Mapping[str, Codes]
    """facet -> (n,) codes of its words; UNKNOWN where nothing is said."""
    price_levels: NDArray[np.float32]
    """(n,) how dear for its kind, in standard deviations of log price; NaN without a price."""
    looks: NDArray[np.float32]
    """(n, m) of length 1, as `Looks` gives them; zeros without a photo."""
    own: Mapping[str, Codes] = field(default_factory=dict[str, "Codes"])
    """column of the shop -> (n,) codes of its words, for columns that something was learned of."""

    slots: Codes = field(init=False)
    """(n,) positions in `SLOTS`; -1 for what is no part of an outfit."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "slots", np.append(SLOT_OF_KIND, _NO_SLOT)[self.kinds])

    def __len__(self) -> int:
        return len(self.kinds)

    def take(self, rows: Rows) -> Pieces:
        """These rows alone."""
        return Pieces(
            self.kinds[rows],
            {facet: codes[rows] for facet, codes in self.facets.items()},
            self.price_levels[rows],
            self.looks[rows],
            {name: codes[rows] for name, codes in self.own.items()},
        )

    def then(self, other: Pieces) -> Pieces:
        """Put another set of pieces after these."""
        return Pieces(
            np.concatenate([self.kinds, other.kinds]),
            {f: np.concatenate([codes, other.facets[f]]) for f, codes in self.facets.items()},
            np.concatenate([self.price_levels, other.price_levels]),
            np.concatenate([self.looks, other.looks]),
            {name: _joined(codes, other, name) for name, codes in self.own.items()},
        )

    def kind(self, row: int) -> str:
        """The kind of one row; empty for what is no part of an outfit."""
        return "" if self.kinds[row] == NO_KIND else KINDS[self.kinds[row]]

    def slot(self, row: int) -> str:
        """The slot of one row; empty for what is no part of an outfit."""
        return "" if self.kinds[row] == NO_KIND else SLOTS[SLOT_OF_KIND[self.kinds[row]]]

    def word(self, facet: str, row: int) -> str:
        """What one row says of a facet; empty where it says nothing."""
        code = int(self.facets[facet][row])
        return "" if code == UNKNOWN else words_of(facet)[code]


def pieces_of(
    view: Snapshot, own: Mapping[str, Sequence[str]] | None = None
) -> tuple[Pieces, Looks]:
    """Lay out a shop, and say how a photo would be laid beside it.

    Args:
        view: of the shop.
        own: column of the shop -> its words, in the order of their codes.

    Returns:
        Every product row, (n_product_rows,), removed ones included; and looks fitted on the
        photos of the others.
    """
    columns = view.columns
    kinds = _kinds(columns)
    vectors = view.main_vectors(np.arange(columns.n_rows))
    looks = fit_looks(vectors[view.alive], kinds[view.alive])
    pieces = Pieces(
        kinds,
        {facet: _codes(columns, facet) for facet in FACETS},
        _price_levels(kinds, columns),
        looks.of(vectors, kinds),
        {name: _own_codes(columns, name, words) for name, words in (own or {}).items()},
    )
    return pieces, looks


def naming_tag(tags: Tags) -> Tag | None:
    """The tag of a photo that names its kind, unsure or not; None where none does."""
    heads = (tags[head] for head in ("article_type", "sub_category") if head in tags)
    return next((tag for tag in heads if kind_of(tag.value) is not None), None)


def piece_of_photo(vector: Vectors, tags: Tags, colour: str, looks: Looks) -> Pieces:
    """One piece, from what an encoder says of a photo.

    Args:
        vector: (dim,) of the photo.
        tags: whatever the encoder says, unsure or not; a kind is taken from an unsure tag too,
            since nobody else says what the photo shows.
        colour: the garment's main colour, as it was measured.
        looks: of the shop.
    """
    tag = naming_tag(tags)
    named = None if tag is None else kind_of(tag.value)
    said = {
        facet: translate(facet, tags[facet].value)
        for facet in FACETS
        if facet in tags and facet != "pattern" and not tags[facet].unsure
    } | {"colour": colour}
    kinds = np.array([NO_KIND if named is None else named], np.int64)
    facets = {f: np.array([code_of(f, said.get(f, ""))], np.int64) for f in FACETS}
    return Pieces(kinds, facets, np.full(1, np.nan, np.float32), looks.of(vector[None], kinds))


def _kinds(columns: Columns) -> Codes:
    """The first field that names something decides, the shop's own words before tags."""
    found = np.full(columns.n_rows, NO_KIND, np.int64)
    open_rows = np.ones(columns.n_rows, np.bool_)
    named = [columns.choices.get(f) for f in ("article_type", "product_type", "sub_category")]
    tagged = [columns.tags.get(head) for head in ("article_type", "sub_category")]
    for column in filter(None, (*named, *tagged)):
        kinds, known = _kinds_in(column)
        found = np.where(open_rows & known, kinds, found)
        open_rows &= ~known
    return found


def _kinds_in(column: ChoiceColumn) -> tuple[Codes, NDArray[np.bool_]]:
    meant = [kind_of(word) for word in column.words]
    kinds = np.array([*(NO_KIND if kind is None else kind for kind in meant), NO_KIND], np.int64)
    known = np.array([*(kind is not None for kind in meant), False], np.bool_)
    return kinds[column.codes], known[column.codes]


def _codes(columns: Columns, facet: str) -> Codes:
    column = choice_of(columns, facet) if facet in _TAGGED else columns.choices[facet]
    codes = [*(code_of(facet, translate(facet, word)) for word in column.words), UNKNOWN]
    return np.array(codes, np.int64)[column.codes]


def _own_codes(columns: Columns, name: str, words: Sequence[str]) -> Codes:
    column = own_column(columns, name)
    if column is None:
        return np.full(columns.n_rows, UNKNOWN, np.int64)
    position = {word.casefold(): code for code, word in enumerate(words)}
    codes = [*(position.get(word.casefold(), UNKNOWN) for word in column.words), UNKNOWN]
    return np.array(codes, np.int64)[column.codes]


def own_column(columns: Columns, name: str) -> ChoiceColumn | None:
    """A column of the shop's own words, whatever it is called; None where there is none."""
    return columns.extra.get(name) or columns.choices.get(name)


def _joined(codes: Codes, other: Pieces, name: str) -> Codes:
    unsaid = np.full(len(other), UNKNOWN, np.int64)
    return np.concatenate([codes, other.own.get(name, unsaid)])


def _price_levels(kinds: Codes, columns: Columns) -> NDArray[np.float32]:
    """Log prices, standardised within each kind and currency."""
    prices = columns.numbers["price"]
    levels = np.full(len(prices), np.nan, np.float32)
    currency = columns.choices["currency"].codes
    groups = kinds * (int(currency.max(initial=0)) + 2) + currency
    priced = np.flatnonzero((prices > 0) & (kinds != NO_KIND))
    order = priced[np.argsort(groups[priced], kind="stable")]
    starts = np.flatnonzero(np.diff(groups[order])) + 1
    for rows in np.split(order, starts):
        if len(rows) > 1:
            logs = np.log(prices[rows])
            levels[rows] = (logs - logs.mean()) / max(float(logs.std()), 0.1)
    return levels
