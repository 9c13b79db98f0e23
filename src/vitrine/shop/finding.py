"""From a query to its hits: what is looked at and read, ranked, counted and explained."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vitrine.errors import ConfigurationError, EncoderMismatchError, FetchError, UsageError
from vitrine.index import Mask, Snapshot, check_facets, count_facet
from vitrine.search import (
    Change,
    Composition,
    Everything,
    Looks,
    Query,
    Ranking,
    Said,
    SaidAndLooks,
    WordMatches,
    compose,
    match_words,
    matching_closely,
    page,
    product_vector,
    query_vector,
    read_change,
    reference_of,
    score,
    with_corrections,
)
from vitrine.shop.explaining import Asked, hits_of
from vitrine.shop.eyes import Eyes
from vitrine.shop.results import SearchResult
from vitrine.store import Store
from vitrine.types import Tags, Vectors

_SAID = 0.4  # of a score: what words count for that join a photo or a product
_KEPT = 0.25  # of a score: that attributes stay the same when another is to change
_CHANGED = 0.1  # of a score: that the other is likely changed


@dataclass(frozen=True, slots=True)
class Parts:
    """What a query's vector is made of, with weights; its photos' tags come along."""

    liked: list[tuple[float, Vectors]]
    disliked: list[tuple[float, Vectors]]
    tags: list[Tags]


def find(
    store: Store, view: Snapshot, eyes: Eyes, query: Query, only: str | None = None
) -> SearchResult:
    """Answer a query from one view of a shop.

    Args:
        store: where products are read.
        view: what is searched.
        eyes: for the query's photos and words.
        query: what is asked.
        only: the one product that may be found; None for any.

    Raises:
        QueryError: a field, facet or change does not exist, or the query cannot be ranked.
        NotFoundError: a liked or disliked product does not exist.
        ImageError: a photo cannot be read.
    """
    check_facets(view.columns, query.facets)
    among = view.matching(query.where)
    if only is not None:
        among = among & (np.arange(len(among)) == view.product_row_of[only])
    parts = _parts(view, eyes, query)
    among = among & ~_asked_with(view, query)
    reference = reference_of(view, list(query.like), parts.tags)
    change = composition = None
    if query.but is not None:
        change = read_change(query.but, view.columns)
        composition = compose(view, change, reference, partial(_read_or_none, view, eyes))
        among = among & composition.allowed
    text = _text(query, change)
    said = None if text is None else match_words(text, store, view, among)
    words, notes = _read(view, eyes, query.text, said)
    ranking = _ranking(view, query, parts, among, composition, said, words)
    leaders = page(view, ranking, query, partial(_alike, view))
    asked = Asked(query, parts.tags, change, reference.facts)
    close = matching_closely(view, ranking, query.min_score) if query.facets else None
    return SearchResult(
        tuple(hits_of(store, view, asked, leaders, among)),
        facets=None if close is None else _facets(view, close, query.facets),
        total=None if close is None else int(np.count_nonzero(close)),
        nothing_close=_nothing_close(ranking, query.min_score, found=bool(leaders)),
        understood=None if change is None else change.to_json(),
        notes=(*view.unheard(query.where), *notes),
    )


def _parts(view: Snapshot, eyes: Eyes, query: Query) -> Parts:
    looked = [eyes.look(image, view.encoder, query.crop) for image in query.images]
    disliked = [eyes.look(image, view.encoder) for image in query.dislike_images]
    return Parts(
        [(1.0, vector) for vector, _ in looked] + _products(view, query.like),
        [(1.0, vector) for vector, _ in disliked] + _products(view, query.dislike),
        [tags for _, tags in looked],
    )


def _products(view: Snapshot, weights: Mapping[str, float]) -> list[tuple[float, Vectors]]:
    return [(weight, product_vector(view, product_id)) for product_id, weight in weights.items()]


def _asked_with(view: Snapshot, query: Query) -> Mask:
    """(n_product_rows,) products that must not be among the hits."""
    rows = np.zeros(len(view.product_ids), dtype=np.bool_)
    rows[[view.product_row_of[product_id] for product_id in (*query.like, *query.dislike)]] = True
    return rows


def _ranking(
    view: Snapshot,
    query: Query,
    parts: Parts,
    among: Mask,
    composition: Composition | None,
    said: WordMatches | None,
    words: Vectors | None,
) -> Ranking:
    if said is None:
        return (
            _looks(view, parts, among, composition)
            if parts.liked
            else Everything(view, among, query.sort)
        )
    if parts.liked or parts.disliked:
        return _looks(view, parts, among, composition, said, words)
    return Said(said, query.sort) if words is None else SaidAndLooks(view, words, among, said)


def _read(
    view: Snapshot, eyes: Eyes, text: str | None, said: WordMatches | None = None
) -> tuple[Vectors | None, list[str]]:
    """Vector of words, if the encoder knows any; a note where it cannot be loaded.

    Words that nobody says are read as what they were taken for.

    What products say is found without it. The note goes to visitors too, so it names no path.

    Raises:
        EncoderMismatchError: it can, but did not make the shop's vectors.
    """
    if text is None:
        return None, []
    if said is not None:
        text = with_corrections(text, said.corrected)
    try:
        return eyes.read(text, view.encoder), []
    except EncoderMismatchError:
        raise
    except (UsageError, ConfigurationError, FetchError):
        return None, [
            f"the encoder {view.encoder.name!r} cannot be loaded (a search by photo says why), so "
            "the words were looked up only in what products say"
        ]


def _read_or_none(view: Snapshot, eyes: Eyes, text: str) -> Vectors | None:
    """Words of a change: without the shop's own encoder it goes by looks alone."""
    try:
        return _read(view, eyes, text)[0]
    except EncoderMismatchError:
        return None


def _text(query: Query, change: Change | None) -> str | None:
    rest = change.words if change else ""
    if query.text is None:
        return rest or None
    return f"{query.text} {rest}".rstrip()


def _looks(
    view: Snapshot,
    parts: Parts,
    among: Mask,
    composition: Composition | None,
    said: WordMatches | None = None,
    words: Vectors | None = None,
) -> Looks:
    """By likeness, kept attributes and words, as far as each was asked for."""
    liked = [*parts.liked, *([] if words is None else [(1.0, words)])]
    in_words = words is not None or (composition is not None and composition.in_words)
    shift = None if composition is None else composition.shift
    bonus, likeness = np.zeros(len(among)), 1.0
    if said is not None:
        if not liked:  # only the words say what is wanted: what says none is no hit
            among, likeness = said.matching, 0.0
        else:
            likeness -= _SAID
        bonus += (1 - likeness) * said.scores
    if composition is not None:
        for share, part in ((_KEPT, composition.kept), (_CHANGED, composition.changed)):
            if part is not None:
                likeness -= share
                bonus += share * part
    return Looks(
        view,
        query_vector(liked, parts.disliked, shift),
        among,
        partial(score, similarity=view.encoder.similarity, of_photos=not in_words),
        bonus if bonus.any() else None,
        likeness,
        said,
    )


def _alike(view: Snapshot, cosines: NDArray[np.float32]) -> NDArray[np.float64]:
    """What cosines of two photos are worth, as `score` has it."""
    curve = view.encoder.similarity
    if not curve:
        return np.clip(cosines, 0.0, 1.0).astype(np.float64)
    known, likely = zip(*curve, strict=True)
    return np.interp(cosines, known, likely)


def _facets(view: Snapshot, rows: Mask, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: count_facet(view.columns, name, rows) for name in names}


def _nothing_close(ranking: Ranking, min_score: float | None, *, found: bool) -> bool | None:
    """Whether there are products, but none that reaches the score."""
    if min_score is None or found:
        return None if min_score is None else False
    best = ranking.best(1)
    return bool(best) and best[0].score < min_score
