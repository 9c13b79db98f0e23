"""How well two pieces go together: what was learned, and how a pair is scored by it."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING
from zipfile import BadZipFile

import numpy as np

from vitrine.errors import DataError
from vitrine.outfits.relations import FACETS, weight_table
from vitrine.outfits.slots import KINDS, NO_KIND, SLOTS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vitrine.outfits.pieces import Pieces

FORMAT = 2
_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class ColumnTable:
    """What two words of one of the shop's own columns are to each other."""

    words: tuple[str, ...]
    table: NDArray[np.float32]
    """(n_words, n_words), symmetric: what they add to the logit."""


@dataclass(frozen=True, slots=True)
class Compatibility:
    """Everything that a pair is scored by; the parts add up to a logit."""

    kinds: NDArray[np.float32]
    """(n_kinds, n_kinds), symmetric: how much oftener two kinds are worn together than chance
    would have it, in natural logarithms."""
    weights: Mapping[str, Mapping[str, float]]
    """facet -> relation -> what it adds."""
    price: float
    """What one standard deviation between two price levels adds."""
    looks: NDArray[np.float32]
    """(n_slots + 1, n_slots + 1), symmetric: what the cosine of two looks is worth between two
    slots; the last row and column are for what stands in none."""
    columns: Mapping[str, ColumnTable] = field(default_factory=dict[str, ColumnTable])
    """Columns of the shop from which it was learned."""

    def logits(self, first: Pieces, second: Pieces) -> NDArray[np.float32]:
        """Score every piece of one set beside every piece of another, (n_first, n_second).

        What nobody says adds nothing.
        """
        total: NDArray[np.float32] = self.of_kinds(first, second)
        total += self.of_looks(first, second)
        for facet in FACETS:
            table = weight_table(facet, self.weights.get(facet, {}))
            total += table[np.ix_(first.facets[facet], second.facets[facet])]
        for name, column in self.columns.items():
            table = np.pad(column.table, (0, 1))
            total += table[np.ix_(first.own[name], second.own[name])]
        apart = np.abs(first.price_levels[:, None] - second.price_levels)
        total += self.price * np.nan_to_num(apart)
        return total

    def of_kinds(self, first: Pieces, second: Pieces) -> NDArray[np.float32]:
        """What the kinds alone add, (n_first, n_second)."""
        table = np.pad(self.kinds, (0, 1))
        return table[np.ix_(first.kinds, second.kinds)]

    def of_looks(self, first: Pieces, second: Pieces) -> NDArray[np.float32]:
        """What the photos alone add, (n_first, n_second)."""
        cosines: NDArray[np.float32] = first.looks @ second.looks.T
        return cosines * self.looks[np.ix_(first.slots, second.slots)]

    def to_bytes(self) -> bytes:
        """As a shop keeps it: npz, nothing in it pickled."""
        said = {
            "format": FORMAT,
            "kinds": KINDS,
            "slots": SLOTS,
            "weights": {facet: dict(of) for facet, of in self.weights.items()},
            "price": self.price,
            "columns": {name: column.words for name, column in self.columns.items()},
        }
        arrays: dict[str, NDArray[np.generic]] = {
            "said": np.frombuffer(json.dumps(said).encode(), np.uint8),
            "kinds": self.kinds.astype(np.float16),
            "looks": self.looks.astype(np.float16),
        }
        for n, column in enumerate(self.columns.values()):
            arrays[f"column{n}"] = column.table.astype(np.float16)
        out = io.BytesIO()
        np.savez_compressed(out, allow_pickle=False, **arrays)
        return out.getvalue()


def read_compatibility(data: bytes) -> Compatibility:
    """Read what `to_bytes` wrote.

    Raises:
        DataError: it is of another form, or tells of other kinds.
    """
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            said = json.loads(arrays["said"].tobytes())
            columns = {
                name: ColumnTable(tuple(words), arrays[f"column{n}"].astype(np.float32))
                for n, (name, words) in enumerate(said["columns"].items())
            }
            found = Compatibility(
                arrays["kinds"].astype(np.float32),
                said["weights"],
                float(said["price"]),
                arrays["looks"].astype(np.float32),
                columns,
            )
    except (ValueError, KeyError, OSError, EOFError, BadZipFile) as error:
        raise DataError(f"this is no compatibility that vitrine learned: {error}") from error
    known = (FORMAT, list(KINDS), list(SLOTS))
    if (said["format"], said["kinds"], said["slots"]) != known:
        raise DataError(
            "the shop's own compatibility tells of other kinds than this release of vitrine knows;"
            " learn it again: vitrine train outfits"
        )
    return found


@cache
def shipped_compatibility() -> Compatibility:
    """What the package brings; `learned/CARD.md` beside it says what it was learned from."""
    folder = files("vitrine.outfits").joinpath("learned")
    return read_compatibility(folder.joinpath("compatibility.npz").read_bytes())


def learn_kinds(outfits: list[list[int]], smoothing: float = 20.0) -> NDArray[np.float32]:
    """Learn which kinds are worn together from outfits of kinds.

    Pointwise mutual information of two kinds being in one outfit, counted against what chance
    would give by how often each is worn; `smoothing` such chance meetings are added to both
    sides, so that pairs seen rarely stay near 0.

    Args:
        outfits: of each its kinds, positions in `KINDS`; NO_KIND is passed over.
        smoothing: meetings to add.

    Returns:
        (n_kinds, n_kinds), symmetric; on the diagonal, how two of one kind go together. Half of
        what was counted, since kinds would otherwise outweigh all that is said of a pair.
    """
    n = len(KINDS)
    met, pairs_of = np.zeros((n, n)), np.zeros(n)
    for outfit in outfits:
        counts = np.bincount([kind for kind in outfit if kind != NO_KIND], minlength=n)
        met += np.outer(counts, counts) - np.diag(counts)
        pairs_of += counts * (counts.sum() - 1)
    expected = np.outer(pairs_of, pairs_of) / max(pairs_of.sum(), 1.0)
    return (_SHARE * np.log((met + smoothing) / (expected + smoothing))).astype(np.float32)
