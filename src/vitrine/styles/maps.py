"""A map of a shop: what looks alike lies side by side, and stays where it was when drawn again.

t-SNE (van der Maaten and Hinton, 2008), from principal components (Kobak and Berens, 2019).
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from vitrine.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vitrine.types import Rows, Vectors

MOST_DRAWN = 20_000
LEAST_PRODUCTS = 4
_FORMAT = 1
_DIMS = 50  # principal components that distances are taken in
_PERPLEXITY = 30
_FIRST = (1e-4, 12.0, 750)
_AGAIN = (20.0, 1.0, 500)
"""Spread of the positions that t-SNE starts from, its early exaggeration, and its steps: from
principal components everything is sorted out first; from a map it only settles."""
_N_BESIDE = 5  # drawn neighbours that place another product
_LEAST_SHARED = 10  # products on both maps, from which the new one is laid over the old
_BLOCK = 512


@dataclass(frozen=True, slots=True)
class StyleMap:
    """Where products lie."""

    encoder_sha256: str
    """Of the encoder whose vectors were looked at."""
    product_ids: tuple[str, ...]
    positions: NDArray[np.float32]
    """(n, 2); the first map fits into -1..1, later ones keep its scale."""
    drawn: NDArray[np.bool_]
    """(n,) whether t-SNE placed it; else its neighbours did."""

    def places(self) -> dict[str, int]:
        """Product id -> its row."""
        return {product_id: row for row, product_id in enumerate(self.product_ids)}


def draw_map(
    product_ids: Sequence[str],
    vectors: Vectors,
    encoder_sha256: str,
    *,
    before: StyleMap | None = None,
    seed: int = 0,
    most_drawn: int = MOST_DRAWN,
) -> StyleMap:
    """Lay products out on a plane.

    Args:
        product_ids: n of them.
        vectors: (n, dim) unit vectors.
        encoder_sha256: of the encoder that made them.
        before: the map of earlier, which this one starts from and is laid over.
        seed: of t-SNE. Which products it draws depends on their ids alone.
        most_drawn: how many t-SNE draws; the others go to their nearest neighbours among these.

    Raises:
        DataError: there are fewer than 4 products.
    """
    if len(product_ids) < LEAST_PRODUCTS:
        raise DataError(
            f"{len(product_ids)} products have a photo; a map takes {LEAST_PRODUCTS} or more"
        )
    sample = _sample(product_ids, most_drawn)
    known = _known(product_ids, sample, before)
    found = _tsne(vectors[sample], known, seed)
    found = _framed(found) if before is None else _laid_over(found, known)
    drawn = np.zeros(len(product_ids), dtype=np.bool_)
    drawn[sample] = True
    positions = np.empty((len(product_ids), 2), dtype=np.float32)
    positions[sample] = found
    positions[~drawn] = placed(vectors[~drawn], vectors[sample], positions[sample])
    return StyleMap(encoder_sha256, tuple(product_ids), positions, drawn)


def placed(vectors: Vectors, drawn: Vectors, positions: NDArray[np.float32]) -> NDArray[np.float32]:
    """Where products belong, (n, 2): the middle (median) of their 5 nearest on the map.

    Args:
        vectors: (n, dim) unit vectors.
        drawn: (m, dim) unit vectors of what lies on the map.
        positions: (m, 2) where.
    """
    out = np.empty((len(vectors), 2), dtype=np.float32)
    k = min(_N_BESIDE, len(drawn))
    for start in range(0, len(vectors), _BLOCK):
        cosines = vectors[start : start + _BLOCK] @ drawn.T
        beside = np.argpartition(cosines, -k, axis=1)[:, -k:]
        out[start : start + _BLOCK] = np.median(positions[beside], axis=1)
    return out


def shift(one: StyleMap, other: StyleMap) -> float:
    """How far products moved from one map to another.

    The median over those on both, as a share of the first map's radius (root mean square distance
    from its middle); NaN where no product is on both.
    """
    places = other.places()
    shared = [(row, places[name]) for row, name in enumerate(one.product_ids) if name in places]
    if not shared:
        return float("nan")
    rows, others = np.array(shared).T
    moved = np.linalg.norm(one.positions[rows] - other.positions[others], axis=1)
    spread = np.linalg.norm(one.positions - one.positions.mean(axis=0), axis=1)
    return float(np.median(moved) / np.sqrt((spread**2).mean()))


def map_to_bytes(found: StyleMap) -> bytes:
    """The map as one npz file without pickles; little-endian."""
    said = {"format": _FORMAT, "encoder_sha256": found.encoder_sha256}
    out = io.BytesIO()
    np.savez_compressed(
        out,
        about=_json_bytes(said),
        product_ids=_json_bytes(list(found.product_ids)),
        positions=found.positions.astype("<f4"),
        drawn=found.drawn,
    )
    return out.getvalue()


def map_from_bytes(content: bytes) -> StyleMap:
    """Read what `map_to_bytes` wrote.

    Raises:
        DataError: it is something else.
    """
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as file:
            said = json.loads(file["about"].tobytes())
            if said["format"] != _FORMAT:
                raise ValueError(f"format {said['format']}")
            return StyleMap(
                said["encoder_sha256"],
                tuple(json.loads(file["product_ids"].tobytes())),
                file["positions"].astype(np.float32),
                file["drawn"].astype(np.bool_),
            )
    except (ValueError, KeyError, TypeError, OSError, EOFError, zipfile.BadZipFile) as error:
        raise DataError(
            f"the shop's map cannot be read ({error}); draw it anew: vitrine styles map"
        ) from error


def _json_bytes(value: Any) -> NDArray[np.uint8]:
    return np.frombuffer(json.dumps(value).encode(), dtype=np.uint8)


def _sample(product_ids: Sequence[str], most: int) -> Rows:
    """Rows of at most so many products: those whose ids have the smallest hashes.

    Whoever was among them stays so for as long as nearly the same products are there.
    """
    if len(product_ids) <= most:
        return np.arange(len(product_ids))
    hashes = [hashlib.blake2b(each.encode(), digest_size=8).digest() for each in product_ids]
    numbers = np.frombuffer(b"".join(hashes), dtype=">u8")
    return np.sort(np.argsort(numbers, kind="stable")[:most])


def _known(
    product_ids: Sequence[str], sample: Rows, before: StyleMap | None
) -> NDArray[np.float32] | None:
    """Where the sample lay before, (m, 2), NaN for what was not there; None for want of a map."""
    if before is None:
        return None
    places = before.places()
    rows = np.array([places.get(product_ids[int(row)], -1) for row in sample])
    known = np.full((len(sample), 2), np.nan, dtype=np.float32)
    known[rows >= 0] = before.positions[rows[rows >= 0]]
    return known if np.count_nonzero(rows >= 0) >= _LEAST_SHARED else None


def _tsne(vectors: Vectors, known: NDArray[np.float32] | None, seed: int) -> NDArray[np.float32]:
    from sklearn.decomposition import PCA
    from sklearn.manifold import TSNE

    n_dims = min(_DIMS, len(vectors) - 1, vectors.shape[1])
    reduced = PCA(n_dims, svd_solver="auto", random_state=seed).fit_transform(vectors)
    reduced = np.asarray(reduced, dtype=np.float32)
    start = reduced[:, :2] if known is None else _filled(known, vectors)
    spread, exaggeration, steps = _FIRST if known is None else _AGAIN
    start = start - start.mean(axis=0)
    start = start * (spread / max(float(start.std(axis=0).max()), 1e-12))
    options: dict[str, Any] = {
        "perplexity": min(_PERPLEXITY, (len(vectors) - 1) / 3),
        "init": np.ascontiguousarray(start, dtype=np.float32),
        "early_exaggeration": exaggeration,
        "max_iter": steps,
        "random_state": seed,
        "n_jobs": 1,
    }
    return np.asarray(TSNE(**options).fit_transform(reduced), dtype=np.float32)


def _filled(known: NDArray[np.float32], vectors: Vectors) -> NDArray[np.float32]:
    new = np.isnan(known[:, 0])
    filled = known.copy()
    filled[new] = placed(vectors[new], vectors[~new], known[~new])
    return filled


def _framed(found: NDArray[np.float32]) -> NDArray[np.float32]:
    """Around 0, within -1..1."""
    middle = (found.max(axis=0) + found.min(axis=0)) / 2
    around = found - middle
    return around / max(float(np.abs(around).max()), 1e-12)


def _laid_over(
    found: NDArray[np.float32], known: NDArray[np.float32] | None
) -> NDArray[np.float32]:
    """Turned, mirrored, scaled and moved so that products lie nearest to where they lay before.

    Procrustes (Schönemann, 1966), by least squares.
    """
    if known is None:
        return _framed(found)
    there = ~np.isnan(known[:, 0])
    old, new = known[there].astype(np.float64), found[there].astype(np.float64)
    old_middle, new_middle = old.mean(axis=0), new.mean(axis=0)
    left, sizes, right = np.linalg.svd((new - new_middle).T @ (old - old_middle))
    scale = sizes.sum() / max(((new - new_middle) ** 2).sum(), 1e-12)
    return ((found - new_middle) @ (left @ right) * scale + old_middle).astype(np.float32)
