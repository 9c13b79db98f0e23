"""Several rankings of the same products become one."""

from __future__ import annotations

from collections.abc import Sequence

_DAMPING = 60
"""k of reciprocal rank fusion: Cormack, Clarke and Buettcher, SIGIR 2009."""


def fuse(rankings: Sequence[Sequence[str]]) -> list[tuple[str, float]]:
    """Merge rankings by reciprocal rank; what one ranking does not hold gets nothing from it.

    Returns:
        Each id once with a score in 0..1, descending, ties by id; 1 is first in every ranking.

    Example:
        >>> [(name, round(score, 3)) for name, score in fuse([["a", "b"], ["b", "c"]])]
        [('b', 0.992), ('a', 0.5), ('c', 0.492)]
    """
    best = len(rankings) / (_DAMPING + 1)
    scores: dict[str, float] = {}
    for ranking in rankings:
        for rank, product_id in enumerate(ranking, 1):
            scores[product_id] = scores.get(product_id, 0.0) + 1 / (_DAMPING + rank)
    ranked = sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))
    return [(product_id, score / best) for product_id, score in ranked]
