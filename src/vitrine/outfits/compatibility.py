"""How well two pieces go together: what was learned, and how a pair is scored by it."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import numpy as np

from vitrine.errors import DataError
from vitrine.outfits.looks import Looks
from vitrine.outfits.relations import FACETS, weight_table
from vitrine.outfits.slots import KINDS, NO_KIND

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vitrine.outfits.pieces import Pieces
    from vitrine.types import EncoderIdentity

FORMAT = 1


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
    looks: Looks | None = None

    def for_encoder(self, encoder: EncoderIdentity) -> Compatibility:
        """Without the projections, where they were learned from another encoder's vectors."""
        fits = self.looks is not None and self.looks.encoder_sha256 == encoder.sha256
        return Compatibility(self.kinds, self.weights, self.price, self.looks if fits else None)

    def logits(self, first: Pieces, second: Pieces) -> NDArray[np.float32]:
        """Score every piece of one set beside every piece of another, (n_first, n_second).

        What nobody says adds nothing.
        """
        total = self.of_kinds(first, second)
        for facet in FACETS:
            table = weight_table(facet, self.weights.get(facet, {}))
            total += table[np.ix_(first.facets[facet], second.facets[facet])]
        apart = np.abs(first.price_levels[:, None] - second.price_levels)
        total += self.price * np.nan_to_num(apart)
        if self.looks is not None:
            total += first.looks @ second.looks.T
        return total

    def of_kinds(self, first: Pieces, second: Pieces) -> NDArray[np.float32]:
        """What the kinds alone add, (n_first, n_second)."""
        table = np.pad(self.kinds, (0, 1))
        return table[np.ix_(first.kinds, second.kinds)].astype(np.float32)

    def to_bytes(self) -> bytes:
        """As a shop keeps it: npz, nothing in it pickled."""
        said = {
            "format": FORMAT,
            "kinds": KINDS,
            "weights": {facet: dict(of) for facet, of in self.weights.items()},
            "price": self.price,
            "encoder_sha256": self.looks.encoder_sha256 if self.looks else "",
        }
        arrays: dict[str, NDArray[np.generic]] = {"kinds": self.kinds.astype(np.float32)}
        if self.looks is not None:
            arrays["projections"] = self.looks.projections.astype(np.float16)
            arrays["centre"] = self.looks.centre.astype(np.float16)
        arrays["said"] = np.frombuffer(json.dumps(said).encode(), np.uint8)
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
            looks = None
            if "projections" in arrays:
                projections, centre = arrays["projections"], arrays["centre"]
                looks = Looks(
                    said["encoder_sha256"],
                    projections.astype(np.float32),
                    centre.astype(np.float32),
                )
            found = Compatibility(arrays["kinds"], said["weights"], said["price"], looks)
    except (ValueError, KeyError, OSError) as error:
        raise DataError(f"this is no compatibility that vitrine learned: {error}") from error
    if said.get("format") != FORMAT or tuple(said["kinds"]) != KINDS:
        raise DataError(
            "this compatibility tells of other kinds than this release of vitrine knows; learn it"
            " again: vitrine train outfits"
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
        (n_kinds, n_kinds), symmetric; on the diagonal, how two of one kind go together.
    """
    n = len(KINDS)
    met, pairs_of = np.zeros((n, n)), np.zeros(n)
    for outfit in outfits:
        counts = np.bincount([kind for kind in outfit if kind != NO_KIND], minlength=n)
        met += np.outer(counts, counts) - np.diag(counts)
        pairs_of += counts * (counts.sum() - 1)
    expected = np.outer(pairs_of, pairs_of) / max(pairs_of.sum(), 1.0)
    return np.log((met + smoothing) / (expected + smoothing)).astype(np.float32)
