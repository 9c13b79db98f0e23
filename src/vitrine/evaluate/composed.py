"""Protocol `composed`: this photo, but red. Is what is found red, and the rest as it was?

Questions come from pairs of products that differ in one attribute and agree in all others.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from vitrine.errors import QueryError
from vitrine.evaluate.examples import codes_of
from vitrine.evaluate.results import Result, mean_result, of_encoder
from vitrine.evaluate.shops import products_of, shop_of
from vitrine.evaluate.splits import is_for_choosing
from vitrine.metrics import precision_at, recall_at
from vitrine.vectors import unit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vitrine.evaluate.contestants import Contestant
    from vitrine.evaluate.examples import Examples
    from vitrine.shop import Shop
    from vitrine.types import Vectors

    Hits: TypeAlias = NDArray[np.int64]
    """(questions, K) rows of the examples, best first; -1 where nothing is left."""

COMPOSED = "composed"
BUT, SUM, IMAGE = "but", "weighted sum", "photo alone"
K = 10
WEIGHTS = (0.1, 0.2, 0.3, 0.5, 0.7, 1.0, 1.5, 2.0, 3.0)
"""Of the words' vector, beside 1 for the photo's; the best is chosen on half of the questions."""

_HEADS = ("article_type", "gender", "base_colour", "usage", "pattern", "sleeve", "neckline")
"""Seasons are left out: shops disagree on those of one photo."""
_MOST_QUESTIONS = 1000
_LEAST_LABELLED = 0.5
_SEED = 4
_WORDS: Mapping[str, Mapping[str, str]] = {
    "sleeve": {"none": "sleeveless", "short": "short sleeves", "long": "long sleeves"},
    "neckline": {"v": "v-neck", "round": "round neck", "other": ""},
}


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """A product's photo, and what should be different."""

    row: int
    head: str
    words: str
    changed: NDArray[np.bool_]
    """(n,) which products have what is asked for."""
    kept: NDArray[np.bool_]
    """(n,) which agree in everything else."""


def has_pairs(examples: Examples) -> bool:
    """Some products differ in exactly one attribute."""
    shop = examples.only(examples.main)
    return len(_labelled(shop)) > 1 and bool(questions_of(shop, most=1))


def measure_composed(contestant: Contestant, examples: Examples, folder: Path) -> list[Result]:
    """Ask a real shop, bare and then with all that it says, against a plain weighted sum."""
    return of_encoder(composed_results(contestant, examples.only(examples.main)), contestant.name)


def composed_results(contestant: Contestant, examples: Examples) -> list[Result]:
    """R@10 and shares of the top ten, a column for every way of asking.

    "Hidden": the shop knows nothing but photos, so that `but` has only predicted tags, vectors and
    words. "Said": it knows every product's attributes, as a shop does; on a product page it is
    asked with the product itself. Ways: `but`, the photo's vector plus the words' (the weight that
    finds most on the other half of the questions), and the photo alone. The product asked with and
    its near-duplicates are no hits.

    Args:
        contestant: an encoder.
        examples: main photos.
    """
    questions = questions_of(examples)
    tuning = [q for q in questions if is_for_choosing(str(examples.groups[q.row]))]
    asked = [q for q in questions if not is_for_choosing(str(examples.groups[q.row]))]
    vectors = contestant.see(examples.photos.tolist()).vectors
    ways = {IMAGE: summed(vectors, examples, asked, None, 0.0)}
    if (encoder := contestant.text_encoder) is not None:
        texts = {q.words: encoder.embed_text([q.words])[0] for q in questions}

        def found(weight: float) -> float:
            return float(
                _wanted(summed(vectors, examples, tuning, texts, weight), tuning).any(axis=1).mean()
            )

        best = max(WEIGHTS, key=found) if tuning else 1.0
        ways[SUM] = summed(vectors, examples, asked, texts, best)
    results: list[Result] = []
    ours: dict[str, Hits] = {}
    with shop_of(contestant, examples, said=False) as shop:
        ours["hidden"] = changed(shop, examples, asked)
        shop.add(products_of(examples, said=True), fetch=False)
        ours["said"] = changed(shop, examples, asked)
        ours["said, product page"] = changed(shop, examples, asked, by_product=True)
    for mode, own in ours.items():
        for way, hits in ({BUT: own} | ways).items():
            results += _results(mode, way, hits, asked, examples)
    return results


def questions_of(examples: Examples, most: int = _MOST_QUESTIONS) -> list[Question]:
    """Draw one question for each of so many products, always the same ones.

    Args:
        examples: main photos.
        most: products that are asked with.
    """
    heads = _labelled(examples)
    labels = {head: examples.labels[head] for head in heads}
    codes = np.stack([codes_of(labels[head]) for head in heads], axis=1)
    groups = codes_of(examples.groups)
    rng = np.random.default_rng(_SEED)
    questions: list[Question] = []
    for row in rng.permutation(np.flatnonzero((codes >= 0).all(axis=1))).tolist():
        same = codes == codes[row]
        one_differs = (same.sum(axis=1) == len(heads) - 1) & (codes >= 0).all(axis=1)
        one_differs &= groups != groups[row]
        choices = [n for n in range(len(heads)) if (one_differs & ~same[:, n]).any()]
        rng.shuffle(choices)
        for n in choices:
            value = str(rng.choice(np.unique(labels[heads[n]][one_differs & ~same[:, n]])))
            if words := words_for(heads[n], value):
                kept = np.delete(same, n, axis=1).all(axis=1)
                questions.append(Question(row, heads[n], words, labels[heads[n]] == value, kept))
                break
        if len(questions) == most:
            break
    return questions


def words_for(head: str, value: str) -> str:
    """Say a value as a shopper would; empty where nobody would.

    Example:
        >>> words_for("gender", "women"), words_for("base_colour", "Navy Blue")
        ('for women', 'navy blue')
    """
    if head == "gender":
        return f"for {value}"
    return _WORDS[head].get(value, "") if head in _WORDS else value.lower()


def changed(
    shop: Shop, examples: Examples, questions: Sequence[Question], *, by_product: bool = False
) -> Hits:
    """Ask the shop for each photo, or its product, `but` so."""
    row_of = {product_id: row for row, product_id in enumerate(examples.product_ids.tolist())}

    def found(question: Question, k: int) -> list[int]:
        like = {str(examples.product_ids[question.row]): 1.0} if by_product else {}
        image = [] if by_product else [str(examples.photos[question.row])]
        try:
            hits = shop.search(image=image, like=like, but=question.words, k=k)
        except QueryError:
            return []
        return [row_of[hit.product_id] for hit in hits]

    return _ten(found, examples, questions)


def summed(
    vectors: Vectors,
    examples: Examples,
    questions: Sequence[Question],
    texts: Mapping[str, Vectors] | None,
    weight: float,
) -> Hits:
    """Rank by the photo's vector plus so much of the words'."""

    def found(question: Question, k: int) -> list[int]:
        whole = vectors[question.row] + (weight * texts[question.words] if texts else 0.0)
        scores = vectors @ unit(whole[None])[0]
        return np.argsort(-scores, kind="stable")[:k].tolist()

    return _ten(found, examples, questions)


def _ten(
    found: Callable[[Question, int], list[int]], examples: Examples, questions: Sequence[Question]
) -> Hits:
    """The first ten that are not the product asked with, nor its near-duplicates."""
    groups = codes_of(examples.groups)
    hits = np.full((len(questions), K), -1, np.int64)
    for place, question in enumerate(questions):
        own = groups == groups[question.row]
        rows = [row for row in found(question, K + int(own.sum())) if not own[row]][:K]
        hits[place, : len(rows)] = rows
    return hits


def _wanted(hits: Hits, questions: Sequence[Question]) -> NDArray[np.bool_]:
    return _which(hits, [q.changed & q.kept for q in questions])


def _which(hits: Hits, masks: Sequence[NDArray[np.bool_]]) -> NDArray[np.bool_]:
    return (hits >= 0) & np.stack([mask[row] for mask, row in zip(masks, hits, strict=True)])


def _results(
    mode: str, way: str, hits: Hits, questions: Sequence[Question], examples: Examples
) -> list[Result]:
    groups = codes_of(examples.groups)[[q.row for q in questions]]
    right = _wanted(hits, questions)
    found = recall_at(right, K)
    n_wanted = np.array([np.count_nonzero(q.changed & q.kept) for q in questions])
    measures = {
        f"R@{K}": found,
        "share of the wanted found": right.sum(axis=1) / np.minimum(n_wanted, K),
        "asked attribute changed": precision_at(_which(hits, [q.changed for q in questions]), K),
        "others kept": precision_at(_which(hits, [q.kept for q in questions]), K),
    }
    results = [mean_result(COMPOSED, f"{mode}: {m}", way, v, groups) for m, v in measures.items()]
    heads = np.array([q.head for q in questions])
    for head in dict.fromkeys(sorted(heads.tolist())):
        of_head = heads == head
        name = f"{mode}: R@{K}, {head} changed"
        results.append(mean_result(COMPOSED, name, way, found[of_head], groups[of_head]))
    return results


def _labelled(examples: Examples) -> list[str]:
    """Attributes that most products say, in several values."""
    return [
        head
        for head in _HEADS
        if (examples.labels[head] != "").mean() >= _LEAST_LABELLED
        and len(np.unique(examples.labels[head][examples.labels[head] != ""])) > 1
    ]
