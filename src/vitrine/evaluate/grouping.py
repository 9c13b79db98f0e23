"""Protocol `grouping`: does it take repeats out of the first page and leave what was wanted?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from vitrine.evaluate.examples import codes_of
from vitrine.evaluate.results import Result, mean_result, of_encoder
from vitrine.evaluate.shops import shop_of
from vitrine.index import near_duplicate_cosine
from vitrine.metrics import recall_at

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vitrine.evaluate.contestants import Contestant
    from vitrine.evaluate.examples import Examples, Words
    from vitrine.shop import Shop
    from vitrine.types import Vectors

GROUPING = "grouping"
WAYS = {
    "not grouped": "none",
    "by near_duplicate": "near_duplicate",
    "by item_group_id": "item_group_id",
}
K = 12
_MOST_PHOTOS = 400
_SEED = 6
_PRECISE = 0.95


def has_repeats(examples: Examples) -> bool:
    """Types and colours are known, and some products are near-duplicates or one design."""
    shop = examples.only(examples.main)
    units = _units(shop)
    return bool((_kinds(shop) >= 0).any()) and len(np.unique(units)) < len(units)


def measure_grouping(contestant: Contestant, examples: Examples, folder: Path) -> list[Result]:
    """Ask a real shop for photos; see `grouping_results`."""
    return of_encoder(grouping_results(contestant, examples.only(examples.main)), contestant.name)


def grouping_results(contestant: Contestant, examples: Examples) -> list[Result]:
    """Repeats and wanted products in the top twelve, a column for every way of grouping.

    A photo is asked for; its own product is taken off after it has led its group. A hit repeats
    if it, or the product asked with, has its design (or near-duplicate group) above it. Wanted is
    the same article type and colour; different ones of it count once a design, and recall is out
    of as many as there are, twelve at most.

    Args:
        contestant: an encoder.
        examples: main photos.
    """
    kinds, units = _kinds(examples), codes_of(_units(examples))
    rng = np.random.default_rng(_SEED)
    asked = rng.permutation(np.flatnonzero(kinds >= 0))[:_MOST_PHOTOS]
    results: list[Result] = []
    with shop_of(contestant, examples, said=True) as shop:
        for way, group_by in WAYS.items():
            if group_by == "item_group_id" and not (examples.designs != "").any():
                continue
            hits = _hits(shop, examples, asked, group_by)
            wanted = (hits >= 0) & (kinds[hits] == kinds[asked, None])
            new = (hits >= 0) & ~_repeats(units[hits], units[asked])
            n_wanted = _others_wanted(kinds, units, asked)
            able = n_wanted > 0
            different = (wanted & new).sum(axis=1)[able] / np.minimum(n_wanted[able], K)
            of = units[asked]
            results += [
                mean_result(GROUPING, f"repeats in the top {K}", way, _share(~new, hits), of),
                mean_result(GROUPING, f"type and colour, R@{K}", way, recall_at(wanted, K), of),
                mean_result(
                    GROUPING, f"type and colour, different ones@{K}", way, different, of[able]
                ),
            ]
    if examples.has_groups:
        vectors = contestant.see(examples.photos.tolist()).vectors
        least = near_duplicate_cosine(contestant.encoder.identity)
        results += threshold_results(vectors, codes_of(examples.groups), least)
    return results


def threshold_results(vectors: Vectors, groups: NDArray[np.int64], least: float) -> list[Result]:
    """How well a cosine parts near-duplicates from other pairs, and which one is 95 % right.

    Args:
        vectors: (n, dim), rows of length 1.
        groups: (n,) near-duplicates share one.
        least: the cosine from which the shop takes two photos for near-duplicates.
    """
    first, second = np.triu_indices(len(vectors), 1)
    cosines = (vectors @ vectors.T)[first, second]
    same = groups[first] == groups[second]
    falling = np.argsort(-cosines, kind="stable")
    right = np.cumsum(same[falling]) / np.arange(1, len(falling) + 1)
    precise = np.flatnonzero(right >= _PRECISE)
    above = cosines >= least
    figures = {
        "cosine of near-duplicates": (least, 0),
        "pairs above it that are of one group": (_mean(same[above]), int(above.sum())),
        "pairs of one group that are above it": (_mean(above[same]), int(same.sum())),
        f"cosine above which {_PRECISE:.0%} are of one group": (
            float(cosines[falling[precise[-1]]]) if len(precise) else float("nan"),
            int(precise[-1]) + 1 if len(precise) else 0,
        ),
    }
    way = "by near_duplicate"
    return [
        Result(GROUPING, name, way, figure, n, decimals=4) for name, (figure, n) in figures.items()
    ]


def _hits(
    shop: Shop, examples: Examples, asked: NDArray[np.int64], group_by: str
) -> NDArray[np.int64]:
    """(asked, K) rows, -1 where nothing is left; the product asked with is none of them."""
    row_of = {product_id: row for row, product_id in enumerate(examples.product_ids.tolist())}
    hits = np.full((len(asked), K), -1, np.int64)
    for place, row in enumerate(asked.tolist()):
        found = shop.search(image=str(examples.photos[row]), k=K + 1, group_by=group_by)
        rows = [other for hit in found if (other := row_of[hit.product_id]) != row][:K]
        hits[place, : len(rows)] = rows
    return hits


def _repeats(units: NDArray[np.int64], own: NDArray[np.int64]) -> NDArray[np.bool_]:
    """(n, K) which hits are of the unit of one above, or of the query."""
    line = np.concatenate([own[:, None], units], axis=1)
    same = line[:, :, None] == line[:, None, :]
    return np.tril(same, -1).any(axis=2)[:, 1:]


def _others_wanted(
    kinds: NDArray[np.int64], units: NDArray[np.int64], asked: NDArray[np.int64]
) -> NDArray[np.int64]:
    """(asked,) how many other units are of the type and colour of each."""
    pairs = np.unique(np.stack([kinds, units], axis=1), axis=0)
    return np.array([np.count_nonzero(pairs[:, 0] == kinds[row]) - 1 for row in asked.tolist()])


def _mean(values: NDArray[np.bool_]) -> float:
    return float(values.mean()) if len(values) else float("nan")


def _share(chosen: NDArray[np.bool_], hits: NDArray[np.int64]) -> NDArray[np.float64]:
    there = hits >= 0
    return (chosen & there).sum(axis=1) / np.maximum(there.sum(axis=1), 1)


def _kinds(examples: Examples) -> NDArray[np.int64]:
    """Type and colour in one code; -1 where one is not known."""
    types, colours = examples.labels["article_type"], examples.labels["base_colour"]
    both = np.char.add(np.char.add(types, "/"), colours)
    return codes_of(np.where((types != "") & (colours != ""), both, ""))


def _units(examples: Examples) -> Words:
    return np.where(examples.designs != "", examples.designs, examples.groups)
