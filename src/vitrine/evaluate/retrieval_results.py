"""Protocols `similar`, `siblings`, `senders` and `two-photos`: does a photo find what it should.

Each takes vectors and codes, and asks every photo in turn (leave-one-out); the gallery is always
everything that is measured.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from vitrine.evaluate.examples import codes_of
from vitrine.evaluate.neighbours import count_relevant, nearest, relevant_hits
from vitrine.evaluate.results import Result, mean_result
from vitrine.metrics import average_precision_at, precision_at, recall_at

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vitrine.evaluate.contestants import Contestant
    from vitrine.evaluate.examples import Examples
    from vitrine.types import Vectors

SIMILAR, SIBLINGS, SENDERS, TWO_PHOTOS = "similar", "siblings", "senders", "two-photos"
_SIBLING_KS = (1, 10, 50)
_SIMILAR_KS = (1, 10)


def has_kinds(examples: Examples) -> bool:
    """Article types are known, for more than one product."""
    return (examples.labels["article_type"][examples.main] != "").sum() > 1


def measure_similar(contestant: Contestant, examples: Examples) -> list[Result]:
    """Main photos; right is the same article type and colour, the same type, the same pattern.

    A photo's own near-duplicate group is excluded. Types and patterns are in the source's own
    words, finer than ours at times.
    """
    shop = examples.only(examples.main)
    vectors = contestant.see(shop.photos.tolist()).vectors
    kinds = np.where(
        (shop.labels["article_type"] != "") & (shop.labels["base_colour"] != ""),
        np.char.add(np.char.add(shop.labels["article_type"], "/"), shop.labels["base_colour"]),
        "",
    )
    groups = codes_of(shop.groups)
    # siblings look alike without being copies: they may be found, but count as one in intervals
    units = codes_of(np.where(shop.designs != "", shop.designs, shop.groups))
    near = nearest(vectors, vectors, max(_SIMILAR_KS), (groups, groups))
    name = contestant.name
    return [
        *kind_results(near, codes_of(kinds), groups, name, units),
        *precision_results("type", near, codes_of(shop.written["article_type"]), units, name),
        *precision_results("pattern", near, codes_of(shop.written["pattern"]), units, name),
    ]


def kind_results(
    near: NDArray[np.int64],
    kinds: NDArray[np.int64],
    groups: NDArray[np.int64],
    name: str,
    units: NDArray[np.int64] | None = None,
) -> list[Result]:
    """Same type and colour; asked where at least one other product has both.

    Args:
        near: (n, at least 10) rows, best first.
        kinds: (n,) -1 where not known.
        groups: (n,) excluded from a query's hits.
        name: the contestant's.
        units: (n,) what intervals draw as one; the groups if left out.
    """
    n_relevant = count_relevant(kinds, groups)
    asked = n_relevant > 0
    if not asked.any():
        return []
    hits = relevant_hits(near[asked], kinds[asked], kinds)
    by = (groups if units is None else units)[asked]
    measures = {
        "same type and colour mAP@10": average_precision_at(hits, 10, n_relevant[asked]),
        "same type and colour P@1": precision_at(hits, 1),
        "same type and colour P@10": precision_at(hits, 10),
        "same type and colour R@10": recall_at(hits, 10),
    }
    return [mean_result(SIMILAR, measure, name, values, by) for measure, values in measures.items()]


def precision_results(
    what: str,
    near: NDArray[np.int64],
    labels: NDArray[np.int64],
    units: NDArray[np.int64],
    name: str,
) -> list[Result]:
    """P@1 and P@10 of one label, asked wherever it is known; nothing where it never differs."""
    asked = labels >= 0
    if len(np.unique(labels[asked])) < 2:
        return []
    hits = relevant_hits(near[asked], labels[asked], labels)
    return [
        mean_result(SIMILAR, f"{what} P@{k}", name, precision_at(hits, k), units[asked])
        for k in _SIMILAR_KS
    ]


def has_siblings(examples: Examples) -> bool:
    """Some design comes as several products."""
    shop = examples.only(examples.main)
    designs = shop.designs[shop.designs != ""]
    return len(np.unique(designs)) < len(designs)


def measure_siblings(contestant: Contestant, examples: Examples) -> list[Result]:
    """Main photos of every article; right is another article of the same design."""
    shop = examples.only(examples.main)
    vectors = contestant.see(shop.photos.tolist()).vectors
    return sibling_results(vectors, codes_of(shop.designs), contestant.name)


def sibling_results(vectors: Vectors, designs: NDArray[np.int64], name: str) -> list[Result]:
    """Recall@1/10/50, asked where there is a sibling, among everything but the photo itself."""
    rows = np.arange(len(vectors))
    asked = count_relevant(designs, rows) > 0
    own = (rows[asked], rows)
    near = nearest(vectors[asked], vectors, max(_SIBLING_KS), own)
    hits = relevant_hits(near, designs[asked], designs)
    return [
        mean_result(SIBLINGS, f"sibling recall@{k}", name, recall_at(hits, k), designs[asked])
        for k in _SIBLING_KS
    ]


def has_senders(examples: Examples) -> bool:
    """Shoppers' photos of at least two people, with labels."""
    labelled = examples.senders[examples.sender_labels != ""]
    return len(np.unique(labelled[labelled != ""])) > 1


def measure_senders(contestant: Contestant, examples: Examples) -> list[Result]:
    """Shoppers' photos; right is the same label, and a sender's own photos are excluded."""
    own = examples.only(examples.senders != "")
    vectors = contestant.see(own.photos.tolist()).vectors
    labels, senders = codes_of(own.sender_labels), codes_of(own.senders)
    return sender_results(vectors, labels, senders, contestant.name)


def sender_results(
    vectors: Vectors, labels: NDArray[np.int64], senders: NDArray[np.int64], name: str
) -> list[Result]:
    """P@1 and P@10 of the label, asked where it is clear, among everyone else's photos."""
    asked = labels >= 0
    near = nearest(vectors[asked], vectors, 10, (senders[asked], senders))
    hits = relevant_hits(near, labels[asked], labels)
    return [
        mean_result(
            SENDERS, f"label P@{k}, other sender", name, precision_at(hits, k), senders[asked]
        )
        for k in (1, 10)
    ]


def has_two_photos(examples: Examples) -> bool:
    """At least two products have a second photo."""
    return (examples.positions == 1).sum() > 1


def measure_two_photos(contestant: Contestant, examples: Examples) -> list[Result]:
    """A product's first photo among all second ones, and its second among all first ones.

    Right is the product itself, or a copy of it that another shop sells.
    """
    vectors = contestant.see(examples.photos.tolist()).vectors
    first, second = examples.positions == 0, examples.positions == 1
    first &= np.isin(examples.product_ids, examples.product_ids[second])
    copies = codes_of(examples.copies)
    return two_photo_results(
        (vectors[first], copies[first]), (vectors[second], copies[second]), contestant.name
    )


def two_photo_results(
    shop: tuple[Vectors, NDArray[np.int64]],
    scene: tuple[Vectors, NDArray[np.int64]],
    name: str,
) -> list[Result]:
    """R@1 and R@10 in both directions, and over all queries of both.

    Args:
        shop: vectors of the first photos and what they show.
        scene: vectors of the second photos and what they show.
        name: the contestant's.
    """
    there, back = (_found(a, b) for a, b in ((shop, scene), (scene, shop)))
    every = np.concatenate([there, back]), np.concatenate([shop[1], scene[1]])
    ways = {
        "shop photo finds scene": (there, shop[1]),
        "scene finds shop photo": (back, scene[1]),
        "both ways": every,
    }
    return [
        mean_result(TWO_PHOTOS, f"{way} R@{k}", name, recall_at(hits, k), copies)
        for way, (hits, copies) in ways.items()
        for k in (1, 10)
    ]


def _found(
    queries: tuple[Vectors, NDArray[np.int64]], gallery: tuple[Vectors, NDArray[np.int64]]
) -> NDArray[np.bool_]:
    near = nearest(queries[0], gallery[0], 10)
    return relevant_hits(near, queries[1], gallery[1])
