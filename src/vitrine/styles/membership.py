"""Which style a vector belongs to, how surely, and whether it is new to all of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from vitrine.styles.clustering import LEAST_PRODUCTS, cluster, nearest
from vitrine.styles.model import Limits
from vitrine.styles.novelty import strangeness, upper_fence, whitening_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vitrine.styles.model import StyleModel
    from vitrine.types import Rows, Vectors

_BLOCK = 16_384
_SHARPNESS = np.geomspace(2.0, 128.0, 61)
_USUAL_SHARPNESS = 16.0
_MOST_MEASURED = 20_000
_LEAST_PER_STYLE = 4


@dataclass(frozen=True, slots=True)
class Membership:
    """Vectors and the styles they belong to."""

    styles: Rows
    """(n,) position of the style of the nearest centroid."""
    confidences: NDArray[np.float32]
    """(n,) 0..1, the membership in that style; with a projection, 1 - distance / furthest."""
    novelty: NDArray[np.float32]
    """(n,) how strange it is to all styles, about 1 is usual; with a projection, the distance."""
    novel: NDArray[np.bool_]
    """(n,) whether that is stranger than nearly everything the styles were made of."""


def memberships(model: StyleModel, vectors: Vectors) -> NDArray[np.float32]:
    """Soft membership of unit vectors (n, dim) in every style, (n, styles); rows sum to 1."""
    near = model.affinity(vectors)
    if model.projection:
        shares = np.maximum(1.0 + near / model.limits.furthest, 1e-6)
        shares = shares / shares.sum(axis=1, keepdims=True)
    else:
        shares = _softmax(model.limits.sharpness * near)
    out = np.zeros((len(vectors), len(model.styles)), dtype=np.float32)
    for centroid, style in enumerate(model.style_of.tolist()):
        out[:, style] += shares[:, centroid]
    return out


def assign(model: StyleModel, vectors: Vectors) -> Membership:
    """Give unit vectors (n, dim) their styles."""
    blocks = [vectors[start : start + _BLOCK] for start in range(0, len(vectors), _BLOCK)]
    parts = [_assigned(model, block) for block in blocks or [vectors]]
    return Membership(*(np.concatenate(each) for each in zip(*parts, strict=True)))


def nearest_centroids(model: StyleModel, vectors: Vectors) -> Rows:
    """Give the position of the nearest centroid of each unit vector (n, dim)."""
    starts = range(0, max(1, len(vectors)), _BLOCK)
    blocks = [model.affinity(vectors[start : start + _BLOCK]).argmax(axis=1) for start in starts]
    return np.concatenate(blocks)


def _assigned(model: StyleModel, vectors: Vectors) -> tuple[NDArray[Any], ...]:
    near = model.affinity(vectors)
    best = near.argmax(axis=1)
    styles, limits = model.style_of[best], model.limits
    rows = np.arange(len(vectors))
    if model.projection:
        distances = -near[rows, best]
        confidences = np.clip(1.0 - distances / limits.furthest, 0, 1)
        novel = (distances > limits.novel_from) | (confidences < limits.unsure_below)
        return styles, confidences, distances, novel
    confidences = memberships(model, vectors)[rows, styles]
    novelty = strangeness(vectors, model.centroids, model.whitening)
    return styles, confidences, novelty, novelty > limits.novel_from


def fitted_limits(vectors: Vectors, centroids: Vectors, seed: int) -> Limits:
    """Sharpness of memberships and the distance of novelty, both measured on a second fit.

    Styles are found again in a random half of the products and matched with these. The sharpness is
    the one under which the styles that all products get then are likeliest: of products with a
    confidence of .8, about 80 % get the same style from the half. A product is new from the upper
    fence of how strange the other half is to the styles of the first.

    Args:
        vectors: (n, dim) unit vectors.
        centroids: (k, dim), found in them.
        seed: of the halves.

    Returns:
        Limits; the sharpness is the usual one where there are fewer than 8 products a style.
    """
    k = len(centroids)
    order = np.random.default_rng(seed).permutation(len(vectors))
    half = vectors[np.sort(order[: max(LEAST_PRODUCTS, len(order) // 2)])]
    enough = len(vectors) >= 2 * _LEAST_PER_STYLE * k
    again = cluster(half, k if enough else 2, seed=seed + 1)
    others = vectors[order[len(order) // 2 :][:_MOST_MEASURED]]
    whitening = whitening_of(half, again)
    novel_from = upper_fence(strangeness(others, again, whitening))
    if not enough:
        return Limits(_USUAL_SHARPNESS, novel_from)
    measured = vectors[order[:_MOST_MEASURED]]
    moved = matched(again, centroids)[nearest(measured, again)[0]]
    cosines = measured @ centroids.T
    likelihoods = [_log_likelihood(sharpness * cosines, moved) for sharpness in _SHARPNESS]
    return Limits(float(_SHARPNESS[int(np.argmax(likelihoods))]), novel_from)


def matched(ours: Vectors, theirs: Vectors) -> Rows:
    """The row of `theirs` that stands for each row of `ours`, all different as far as they reach.

    The sum of cosines is the highest there is (Kuhn, 1955); -1 where `theirs` are fewer.
    """
    from scipy.optimize import linear_sum_assignment

    rows, columns = linear_sum_assignment(-(ours @ theirs.T))
    out = np.full(len(ours), -1, dtype=np.int64)
    out[rows] = columns
    return out


def _softmax(scores: NDArray[np.floating]) -> NDArray[np.float32]:
    grown = np.exp(scores - scores.max(axis=1, keepdims=True))
    return (grown / grown.sum(axis=1, keepdims=True)).astype(np.float32)


def _log_likelihood(scores: NDArray[np.floating], wanted: Rows) -> float:
    shares = _softmax(scores)[np.arange(len(scores)), wanted]
    return float(np.log(np.maximum(shares, 1e-9)).mean())
