"""Several rankings of the same products become one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

DAMPING = 60
"""k of reciprocal rank fusion: Cormack, Clarke and Buettcher, SIGIR 2009."""


def reciprocal_ranks(ranking: Sequence[str], damping: float = DAMPING) -> dict[str, float]:
    """Give each id (1 + damping) / (rank + damping), 1 for the first.

    The larger the damping, the more slowly it falls.

    Example:
        >>> reciprocal_ranks(["a", "b", "c"], 1)["c"]
        0.5
    """
    return {name: (1 + damping) / (rank + damping) for rank, name in enumerate(ranking, 1)}


def fuse(parts: Sequence[tuple[float, Mapping[str, float]]]) -> list[tuple[str, float]]:
    """Take the weighted mean of several scores; what one does not hold gets nothing from it.

    Args:
        parts: weight, and id -> 0..1.

    Returns:
        Each id once with a score in 0..1, descending, ties by id.

    Example:
        >>> fuse([(1.0, {"a": 1.0, "b": 0.5}), (3.0, {"b": 1.0})])
        [('b', 0.875), ('a', 0.25)]
    """
    whole = sum(weight for weight, _ in parts)
    scores: dict[str, float] = {}
    for weight, found in parts:
        for product_id, score in found.items():
            scores[product_id] = scores.get(product_id, 0.0) + weight * score / whole
    return sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))
