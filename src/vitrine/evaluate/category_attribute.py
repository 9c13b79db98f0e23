"""Protocol `category-attribute`: DeepFashion's Category and Attribute Prediction benchmark.

Photos are cut to their boxes; the part `train` teaches, `test` asks. Who has vectors only gets two
heads: one linear layer fitted by least squares, and the vote of the nearest photos of the training
part. Measures as in Liu et al. (CVPR 2016): is the category among the first three or five, and
which share of the marked attributes is among the first three or five, of all and of each type.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np

from vitrine.catalog.deepfashion_attributes import (
    ATTRIBUTE_TYPES,
    AttributeLists,
    read_attribute_lists,
)
from vitrine.evaluate.neighbours import nearest
from vitrine.evaluate.query_gallery import write_crops
from vitrine.evaluate.results import Result, mean_result, with_interval
from vitrine.metrics import bootstrap_statistic

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

    from vitrine.evaluate.contestants import Contestant
    from vitrine.evaluate.examples import Examples
    from vitrine.types import Vectors

CATEGORY_ATTRIBUTE = "category-attribute"
FREQUENT = "most frequent"
_FORMAT = "deepfashion-attributes"
_KS = (3, 5)
_N_NEIGHBOURS = 50
_RIDGE = 0.01
_AT_ONCE = 20_000
_BLOCK = 1_000
_N_TEST = 40_000

PUBLISHED_CATEGORY: Mapping[str, Mapping[str, tuple[float, float]]] = {
    "FashionNet (Liu 2016)": {"category": (0.8258, 0.9017), "all attributes": (0.4552, 0.5461)},
    "DARN (Huang 2015)": {"category": (0.5948, 0.7958), "all attributes": (0.4235, 0.5195)},
    "WTBI (Chen 2015)": {"category": (0.4373, 0.6626), "all attributes": (0.2746, 0.3537)},
}
"""Who -> what -> its share among the first three and five, as Liu et al. give them."""


@dataclass(frozen=True, slots=True)
class Truth:
    """What is marked on the photos of one part, and what belongs together."""

    categories: NDArray[np.int64]
    """(n,) positions of categories; -1 where nobody said."""
    attributes: csr_matrix
    """(n, attributes) of 0 and 1."""
    groups: NDArray[np.str_]
    """(n,) the folder of each photo: one search of the shop, so photos alike."""


def has_attributes(examples: Examples) -> bool:
    """A folder of the benchmark, with photos that teach and photos that ask."""
    return examples.format == _FORMAT and all(
        (examples.roles == part).any() for part in ("train", "test")
    )


def taught_or_asked(examples: Examples) -> NDArray[np.bool_]:
    """The photos that the protocol looks at, (n,)."""
    return np.isin(examples.roles, ("train", "test"))


def measure_category_attribute(
    contestant: Contestant, examples: Examples, folder: Path
) -> list[Result]:
    """Top-3 and top-5 of categories and attributes, by a linear head and by neighbours.

    Args:
        contestant: who looks.
        examples: of the benchmark; boxes are in pixels.
        folder: for cut photos, which are thrown away.
    """
    lists = read_attribute_lists(examples.source)
    taught, asked = _part(examples, "train"), _part(examples, "test")
    known, wanted = truth_of(taught, lists), truth_of(asked, lists)
    teach, ask = (_vectors(contestant, part, folder) for part in (taught, asked))
    found: list[Result] = []
    heads = {"": linear_scores, ", by neighbours": neighbour_scores}
    for suffix, score in heads.items():
        categories, attributes = score(teach, known, ask, len(lists.categories))
        found += results_of(categories, attributes, wanted, lists, contestant.name, suffix)
    return found


def published_categories(examples: Examples) -> list[Result]:
    """The constant answer, and what others published of this benchmark."""
    lists = read_attribute_lists(examples.source)
    known = truth_of(_part(examples, "train"), lists)
    wanted = truth_of(_part(examples, "test"), lists)
    n = len(wanted.categories)
    counts = np.bincount(known.categories[known.categories >= 0], minlength=len(lists.categories))
    often = np.asarray(known.attributes.sum(axis=0), np.float64).reshape(1, -1)
    constant = np.tile(counts.astype(np.float64), (n, 1)), np.tile(often, (n, 1))
    return [
        *results_of(*constant, wanted, lists, FREQUENT),
        *(
            Result(CATEGORY_ATTRIBUTE, _measure(what, k), who, share, _N_TEST)
            for who, said in PUBLISHED_CATEGORY.items()
            for what, shares in said.items()
            for k, share in zip(_KS, shares, strict=True)
        ),
    ]


def truth_of(examples: Examples, lists: AttributeLists) -> Truth:
    """Look the photos up in the lists, by their names there."""
    from scipy.sparse import csr_matrix

    photos: list[str] = examples.product_ids.tolist()
    marked = [lists.attributes_of.get(photo, ()) for photo in photos]
    columns = np.array([at for marks in marked for at in marks], np.int64)
    starts = np.cumsum([0, *map(len, marked)])
    shape = (len(photos), len(lists.attributes))
    return Truth(
        np.array([lists.category_of.get(photo, -1) for photo in photos], np.int64),
        csr_matrix((np.ones(len(columns), np.float32), columns, starts), shape=shape),
        np.array([photo.rpartition("/")[0] for photo in photos], np.str_),
    )


def linear_scores(
    teach: Vectors, known: Truth, ask: Vectors, n_categories: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Score by one linear layer, fitted to 0 and 1 by least squares with a small ridge.

    Args:
        teach: (t, dim).
        known: of these.
        ask: (n, dim).
        n_categories: in all.

    Returns:
        (n, categories) and (n, attributes).
    """
    middle = teach.mean(axis=0, dtype=np.float64).astype(np.float32)
    centred = teach - middle
    gram = (centred.T @ centred).astype(np.float64)
    gram[np.diag_indices_from(gram)] += _RIDGE * np.trace(gram) / len(gram) + 1e-9
    marks = _one_hot(known.categories, n_categories), known.attributes
    scores: list[NDArray[np.float64]] = []
    for mark in marks:
        weights = np.linalg.solve(gram, (mark.T @ centred).T.astype(np.float64))
        shares = np.asarray(mark.mean(axis=0)).ravel()
        scores.append((ask - middle) @ weights + shares)
    return scores[0], scores[1]


def neighbour_scores(
    teach: Vectors, known: Truth, ask: Vectors, n_categories: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Score by the share of the 50 nearest photos that are marked so; of ties the nearer one's.

    Args and returns as `linear_scores`.
    """
    from scipy.sparse import csr_matrix

    near = nearest(ask, teach, min(_N_NEIGHBOURS, len(teach)))
    k = near.shape[1]
    weights = np.tile((1 + 1e-4 * np.linspace(1, 0, k)) / k, len(near))
    starts = np.arange(0, near.size + 1, k)
    votes = csr_matrix((weights, near.ravel(), starts), shape=(len(near), len(teach)))
    categories = _counted(votes, _one_hot(known.categories, n_categories))
    return categories, _counted(votes, known.attributes)


def results_of(
    categories: NDArray[np.floating],
    attributes: NDArray[np.floating],
    wanted: Truth,
    lists: AttributeLists,
    name: str,
    suffix: str = "",
) -> list[Result]:
    """All figures of one way to score.

    Args:
        categories: (n, categories) scores, higher is better.
        attributes: (n, attributes).
        wanted: what is right.
        lists: names and types.
        name: the contestant's.
        suffix: of each measure.
    """
    said = wanted.categories >= 0
    ranks = _ranks(categories[said], wanted.categories[said])
    groups = wanted.groups[said]
    results = [
        mean_result(CATEGORY_ATTRIBUTE, _measure("category", k, suffix), name, ranks <= k, groups)
        for k in _KS
    ]
    types = np.array(lists.types)
    columns = {"all attributes": np.ones(len(types), np.bool_)}
    columns |= {f"{kind} attributes": types == kind for kind in ATTRIBUTE_TYPES}
    for what, chosen in columns.items():
        marked = wanted.attributes[:, np.flatnonzero(chosen)]
        for k in _KS:
            hits, n_marked = _found(attributes[:, chosen], marked, k)
            asked = n_marked > 0
            hits, n_marked = hits[asked], n_marked[asked]
            if len(hits):
                interval = bootstrap_statistic(
                    lambda rows, hits=hits, n=n_marked: float(hits[rows].sum() / n[rows].sum()),
                    len(hits),
                    wanted.groups[asked],
                    n_draws=300,
                )
                measure = _measure(what, k, suffix)
                results.append(
                    with_interval(CATEGORY_ATTRIBUTE, measure, name, interval, len(hits))
                )
    return results


def _measure(what: str, k: int, suffix: str = "") -> str:
    return f"{what} {'top-' if what == 'category' else 'R@'}{k}{suffix}"


def _ranks(scores: NDArray[np.floating], right: NDArray[np.int64]) -> NDArray[np.int64]:
    """Rank from 1 of the right column; ties go by column, as a sort would have them."""
    own = scores[np.arange(len(scores)), right][:, None]
    before = np.arange(scores.shape[1])[None] < right[:, None]
    return 1 + (scores > own).sum(axis=1) + ((scores == own) & before).sum(axis=1)


def _found(
    scores: NDArray[np.floating], marked: csr_matrix, k: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """How many marked columns of each row are among its k best, and how many are marked."""
    n_marked = np.asarray(marked.sum(axis=1)).ravel().astype(np.int64)
    hits = np.zeros(len(scores), np.int64)
    for start in range(0, len(scores), _BLOCK):
        rows = slice(start, start + _BLOCK)
        best = np.argsort(-scores[rows], axis=1, kind="stable")[:, :k]
        truth = marked[rows].toarray()
        hits[rows] = np.take_along_axis(truth, best, axis=1).sum(axis=1)
    return hits, n_marked


def _counted(votes: csr_matrix, marks: csr_matrix) -> NDArray[np.float64]:
    found: Any = votes.dot(marks)
    return found.toarray()


def _one_hot(codes: NDArray[np.int64], n_columns: int) -> csr_matrix:
    from scipy.sparse import csr_matrix

    rows = np.flatnonzero(codes >= 0)
    ones = np.ones(len(rows), np.float32)
    return csr_matrix((ones, (rows, codes[rows])), shape=(len(codes), n_columns))


def _part(examples: Examples, role: str) -> Examples:
    return examples.only(examples.roles == role)


def _vectors(contestant: Contestant, examples: Examples, folder: Path) -> Vectors:
    """Cut, look, throw away: a hundred thousand cut photos would fill a disk."""
    folder.mkdir(parents=True, exist_ok=True)
    found: list[Vectors] = []
    for start in range(0, len(examples), _AT_ONCE):
        rows = slice(start, start + _AT_ONCE)
        with TemporaryDirectory(dir=folder) as cut:
            photos, boxes = examples.photos[rows].tolist(), examples.boxes[rows].tolist()
            found.append(contestant.see(write_crops(photos, boxes, Path(cut))).vectors)
    return np.concatenate(found)
