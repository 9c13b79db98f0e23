"""Temperatures, thresholds below which a tag is unsure, and what a similarity means."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from vitrine.types import Json, Vectors

Floats = NDArray[np.floating]

TARGETS = (0.90, 0.75)
"""Precision wanted of the tags that are not unsure; the second where the first is out of reach."""
LEAST_COVERAGE = 0.1
LEAST_LABELS = 20
_N_NEAREST = 20
_N_RANDOM_PAIRS = 20_000
_N_KNOTS = 24
_N_HALVINGS = 40


@dataclass(frozen=True, slots=True)
class HeadFit:
    """One head: divide logits by `temperature`; below `unsure_below` a tag is unsure."""

    temperature: float
    unsure_below: float
    target_precision: float
    precision: float | None
    """Reached on the validation part; None: no threshold was good enough, all are unsure."""
    coverage: float
    """Share of the tags that are not unsure."""
    n: int

    def as_json(self) -> Json:
        """For calibration.json."""
        return {k: round(v, 5) if isinstance(v, float) else v for k, v in asdict(self).items()}


def softmax(logits: Floats, temperature: float = 1.0) -> NDArray[np.float64]:
    """(n, values) probabilities."""
    scaled = logits.astype(np.float64) / temperature
    grown = np.exp(scaled - scaled.max(1, keepdims=True))
    return grown / grown.sum(1, keepdims=True)


def fit_temperature(logits: Floats, labels: NDArray[np.int64]) -> float:
    """The temperature with the least negative log-likelihood (Guo 2017), from 0.1 to 5.

    Found by golden section on its logarithm.
    """
    rows = np.arange(len(labels))

    def loss(log_t: float) -> float:
        likely = softmax(logits, float(np.exp(log_t)))[rows, labels]
        return float(-np.log(likely + 1e-12).mean())

    low, high, ratio = float(np.log(0.1)), float(np.log(5.0)), (5**0.5 - 1) / 2
    for _ in range(_N_HALVINGS):
        a, b = high - ratio * (high - low), low + ratio * (high - low)
        low, high = (low, b) if loss(a) < loss(b) else (a, high)
    return float(np.exp((low + high) / 2))


def fit_threshold(
    confidence: Floats, right: NDArray[np.bool_], target: float
) -> tuple[float, float, float] | None:
    """The lowest threshold whose kept tags reach `target`: threshold, precision, coverage.

    Tags at the threshold are kept. None where no threshold reaches `target` on at least 10 % of
    the photos.

    Example:
        >>> fit_threshold(np.array([0.9, 0.8, 0.3]), np.array([True, True, False]), 0.9)
        (0.8, 1.0, 0.6666666666666666)
    """
    order = np.argsort(-confidence, kind="stable")
    falling, n = confidence[order], len(order)
    precision = np.cumsum(right[order]) / np.arange(1, n + 1)
    is_last = np.append(falling[1:] < falling[:-1], True)  # equal confidences are kept together
    good = np.flatnonzero((precision >= target) & is_last)
    if not len(good) or (good[-1] + 1) / n < LEAST_COVERAGE:
        return None
    last = int(good[-1])
    threshold = 0.0 if last + 1 == n else float(falling[last])
    return threshold, float(precision[last]), (last + 1) / n


def fit_head(logits: Floats, labels: NDArray[np.int64]) -> HeadFit | None:
    """Temperature, then a threshold for 90 % precision, or 75 % where 90 % is out of reach.

    Args:
        logits: (n, values) of photos that were not trained on.
        labels: (n,), -1 where the label is missing. With less than 20 nothing is fitted.
    """
    known = labels >= 0
    logits, labels = logits[known], labels[known]
    if len(labels) < LEAST_LABELS:
        return None
    temperature = fit_temperature(logits, labels)
    likely = softmax(logits, temperature)
    confidence, right = likely.max(1), likely.argmax(1) == labels
    for target in TARGETS:
        if found := fit_threshold(confidence, right, target):
            return HeadFit(temperature, found[0], target, found[1], found[2], len(labels))
    return HeadFit(temperature, 1.01, TARGETS[-1], None, 0.0, len(labels))


def fit_similarity(vectors: Vectors, kinds: NDArray[np.int64], seed: int = 0) -> Json | None:
    """Cosine -> probability of "same type and colour", as a table to interpolate linearly.

    Fitted on the 20 nearest of every photo, which stand for what a search shows, and on as many
    as 20,000 random pairs: with these alone every hit would look certain.

    Args:
        vectors: (n, dim) of length 1, of photos that were not trained on.
        kinds: (n,) equal for the same type and colour; with less than 20 nothing is fitted.
        seed: of the random pairs.
    """
    n = len(kinds)
    if n < LEAST_LABELS:
        return None
    scores = vectors @ vectors.T
    np.fill_diagonal(scores, -2)
    top = np.argsort(-scores, axis=1, kind="stable")[:, : min(_N_NEAREST, n - 1)]
    rng = np.random.default_rng(seed)
    a, b = rng.integers(0, n, (2, _N_RANDOM_PAIRS))
    a, b = a[a != b], b[a != b]
    near, far = np.take_along_axis(scores, top, 1).ravel(), scores[a, b]
    same = np.concatenate([(kinds[top] == kinds[:, None]).ravel(), kinds[a] == kinds[b]])
    both = np.concatenate([near, far])
    likely = rising(both, same.astype(np.float64))
    order = np.argsort(both, kind="stable")
    knots = np.unique(np.quantile(both, np.linspace(0, 1, _N_KNOTS)).round(5))
    return {
        "meaning": "probability that two photos at this cosine show the same type and colour",
        "score": [float(knot) for knot in knots],
        "probability": np.interp(knots, both[order], likely[order]).round(5).tolist(),
    }


def rising(scores: Floats, values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Isotonic regression: the never falling function of `scores` nearest to `values`.

    By pooling adjacent violators (Barlow 1972); equal scores get one value.

    Example:
        >>> rising(np.array([1.0, 2.0, 3.0]), np.array([0.0, 1.0, 0.0])).tolist()
        [0.0, 0.5, 0.5]
    """
    levels, place, counts = np.unique(scores, return_inverse=True, return_counts=True)
    means = np.bincount(place, values, len(levels)) / counts
    blocks: list[tuple[float, int, int]] = []  # mean, weight, levels
    for mean, weight in zip(means.tolist(), counts.tolist(), strict=True):
        n_levels = 1
        while blocks and blocks[-1][0] >= mean:
            before, n_before, joined = blocks.pop()
            mean = (before * n_before + mean * weight) / (n_before + weight)
            weight, n_levels = weight + n_before, n_levels + joined
        blocks.append((mean, weight, n_levels))
    fitted = np.repeat([mean for mean, _, _ in blocks], [n for _, _, n in blocks])
    return fitted[place]
