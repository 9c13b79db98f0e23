"""Two towers: products from looks and labels, visitors from what they met and who they are.

Both are linear, so that numpy trains them in seconds, and a product nobody met yet has its place.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray

from vitrine.errors import DataError
from vitrine.events import Visitor
from vitrine.recommend.behaviour import DISLIKE, VIEW, Behaviour
from vitrine.recommend.factors import Matrix, Space
from vitrine.recommend.pairs import STRENGTHS
from vitrine.recommend.popularity import segments_of
from vitrine.recommend.shelf import FIELDS, Shelf
from vitrine.types import Rows

_DIM = 32
_PAST = 8
_BATCH = 256
_MOST_SAMPLES = 60_000
_EPOCHS = 6
_RATE = 0.01
_DECAY = 1e-4
_MOST_WORDS = 60
_LOOKS = 2.0  # how much of a product's features are looks: labels are one number each


@dataclass(frozen=True, slots=True)
class Towers:
    """Trained towers."""

    words: Mapping[str, Sequence[str]]
    """Field -> words that have a feature."""
    item: Matrix
    """(n_features, dim) from a product to its place."""
    past: Matrix
    """(n_features, dim) from a product in the past to what it adds to a visitor."""
    segments: Mapping[str, Matrix]
    """Segment -> (dim,)."""

    def on(self, shelf: Shelf) -> Space:
        """Place every product, met or not; none where the encoder's vectors have another length."""
        features = product_features(shelf, self.words)
        if features.shape[1] != len(self.item):
            nothing = np.zeros((len(shelf), self.item.shape[1]), np.float32)
            return Space(nothing, nothing[:, 0], nothing)
        biases = np.zeros(len(shelf), np.float32)
        return Space(features @ self.item, biases, features @ self.past, self.segments)

    def to_bytes(self) -> bytes:
        """As an .npz file; words are JSON."""
        out = io.BytesIO()
        said = json.dumps({"words": self.words, "segments": list(self.segments)})
        np.savez(
            out,
            said=np.frombuffer(said.encode(), np.uint8),
            item=self.item,
            past=self.past,
            segments=np.stack([*self.segments.values(), np.zeros(self.item.shape[1], np.float32)]),
        )
        return out.getvalue()


def towers_from_bytes(content: bytes) -> Towers:
    """Read what `Towers.to_bytes` wrote.

    Raises:
        DataError: it is something else.
    """
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as file:
            said = json.loads(cast("NDArray[np.uint8]", file["said"]).tobytes())
            rows = cast("Matrix", file["segments"])
            segments = {name: rows[n] for n, name in enumerate(said["segments"])}
            return Towers(said["words"], file["item"], file["past"], segments)
    except (ValueError, KeyError, OSError, EOFError) as error:
        raise DataError(f"these are no towers: {error}") from error


def product_features(shelf: Shelf, words: Mapping[str, Sequence[str]]) -> Matrix:
    """Features of every product row, (n_rows, dim + n_words): its looks, and one for each word."""
    parts: list[Matrix] = [_LOOKS * shelf.vectors(np.arange(len(shelf)))]
    for name, known in words.items():
        column = shelf.words[name]
        place = {word: n for n, word in enumerate(known)}
        of_code = np.array([*(place.get(word, -1) for word in column.words), -1], np.int64)
        hot = of_code[column.codes][:, np.newaxis] == np.arange(len(known))
        parts.append(hot.astype(np.float32))
    return np.concatenate(parts, axis=1)


def learn_towers(
    shelf: Shelf, behaviour: Behaviour, at: float, facts: Mapping[str, Visitor], seed: int
) -> Towers:
    """Train both towers to tell what a visitor met next from what others of a batch met next.

    Sampled softmax within the batch, corrected for how often a product is met (Yi and others,
    2019); Adam.
    """
    del at
    rng = np.random.default_rng(seed)
    words = {name: _frequent_words(shelf, name) for name in FIELDS}
    features = product_features(shelf, words)
    samples = _samples(shelf, behaviour, rng)
    names, of_visitor = _segments(behaviour, facts)
    first = {
        "item": rng.normal(0, 0.05, (features.shape[1], _DIM)),
        "past": rng.normal(0, 0.05, (features.shape[1], _DIM)),
        "segments": np.zeros((len(names) + 1, _DIM)),
    }
    started = {name: weights.astype(np.float32) for name, weights in first.items()}
    trained = _train(started, features, samples, of_visitor, rng)
    segments = {name: trained["segments"][n] for n, name in enumerate(names)}
    return Towers(words, trained["item"], trained["past"], segments)


@dataclass(frozen=True, slots=True)
class _Samples:
    """What was met next, after what, by whom."""

    visitors: Rows
    targets: Rows
    """(n,) shelf rows."""
    past: Rows
    """(n, 8) shelf rows, the newest first; -1 where there is none."""
    weights: Matrix
    """(n, 8) strengths of the past, summing to 1, or to 0 where there is none."""
    corrections: Matrix
    """(n,) logarithm of how often the target is a target."""

    def __len__(self) -> int:
        return len(self.targets)


def _samples(shelf: Shelf, behaviour: Behaviour, rng: np.random.Generator) -> _Samples:
    events = behaviour.folded().events
    row_of, names = shelf.row_of, behaviour.product_names
    rows_of = np.array([row_of.get(names[n], -1) for n in range(len(names))], np.int64)
    kept = (events.kinds >= VIEW) & (events.kinds != DISLIKE)
    events = events.take(kept)
    rows = rows_of[events.products] if len(events) else np.empty(0, np.int64)
    events, rows = events.take(rows >= 0), rows[rows >= 0]
    past = np.full((len(rows), _PAST), -1, dtype=np.int64)
    weights = np.zeros((len(rows), _PAST), np.float32)
    for back in range(1, _PAST + 1):
        same = events.visitors[back:] == events.visitors[:-back]
        differs = rows[back:] != rows[:-back]
        use = np.flatnonzero(same & differs)
        past[use + back, back - 1] = rows[use]
        weights[use + back, back - 1] = STRENGTHS[events.kinds[use]]
    weights /= np.maximum(1e-9, weights.sum(axis=1, keepdims=True))
    how_often = np.bincount(rows, minlength=len(shelf)) / max(1, len(rows))
    chances = STRENGTHS[events.kinds].astype(np.float64)
    n = min(len(rows), _MOST_SAMPLES)
    chosen = (
        rng.choice(len(rows), n, replace=False, p=chances / chances.sum()) if n else past[:0, 0]
    )
    return _Samples(
        events.visitors[chosen].astype(np.int64),
        rows[chosen],
        past[chosen],
        weights[chosen],
        np.log(how_often[rows[chosen]] + 1e-9).astype(np.float32),
    )


def _segments(behaviour: Behaviour, facts: Mapping[str, Visitor]) -> tuple[list[str], Rows]:
    """Names of segments, and those of each visitor (n_visitors, 3); the last number is none."""
    found = {name: segments_of(known) for name, known in facts.items()}
    names = sorted({segment for segments in found.values() for segment in segments})
    place = {name: n for n, name in enumerate(names)}
    of_visitor = np.full((len(behaviour.visitor_names), 3), len(names), dtype=np.int64)
    for visitor_id, segments in found.items():
        code = behaviour.visitor_names.code(visitor_id)
        if code >= 0:
            of_visitor[code, : len(segments)] = [place[segment] for segment in segments]
    return names, of_visitor


def _train(
    model: dict[str, Matrix],
    features: Matrix,
    samples: _Samples,
    of_visitor: Rows,
    rng: np.random.Generator,
) -> dict[str, Matrix]:
    first = {name: np.zeros_like(weights) for name, weights in model.items()}
    second = {name: np.zeros_like(weights) for name, weights in model.items()}
    step = 0
    for _ in range(_EPOCHS):
        order = rng.permutation(len(samples))
        for start in range(0, len(order) - 1, _BATCH):
            step += 1
            batch = order[start : start + _BATCH]
            gradients = _gradients(model, features, samples, of_visitor, batch)
            _adam(model, gradients, first, second, step)
    return model


def _gradients(
    model: dict[str, Matrix],
    features: Matrix,
    samples: _Samples,
    of_visitor: Rows,
    batch: Rows,
) -> dict[str, Matrix]:
    """Of the cross-entropy of each visitor's own product among all of the batch."""
    products = features[samples.targets[batch]]
    past = np.einsum("np,npf->nf", samples.weights[batch], features[samples.past[batch]])
    segments = of_visitor[samples.visitors[batch]]
    items = products @ model["item"]
    visitors = past @ model["past"] + model["segments"][segments].sum(axis=1)
    logits = visitors @ items.T - samples.corrections[batch]
    same = samples.targets[batch][:, np.newaxis] == samples.targets[batch]
    logits[same & ~np.eye(len(batch), dtype=np.bool_)] = -np.inf
    logits -= logits.max(axis=1, keepdims=True)
    errors = np.exp(logits)
    errors /= errors.sum(axis=1, keepdims=True)
    errors[np.diag_indices(len(batch))] -= 1
    errors /= len(batch)
    of_visitors = errors @ items
    of_segments = np.zeros_like(model["segments"])
    np.add.at(of_segments, segments, of_visitors[:, np.newaxis, :])
    of_segments[-1] = 0
    return {
        "item": products.T @ (errors.T @ visitors),
        "past": past.T @ of_visitors,
        "segments": of_segments,
    }


def _adam(
    model: dict[str, Matrix],
    gradients: dict[str, Matrix],
    first: dict[str, Matrix],
    second: dict[str, Matrix],
    step: int,
) -> None:
    """One step (Kingma and Ba, 2015), with decoupled decay."""
    for name, gradient in gradients.items():
        first[name] += 0.1 * (gradient - first[name])
        second[name] += 0.001 * (gradient**2 - second[name])
        mean = first[name] / (1 - 0.9**step)
        square = second[name] / (1 - 0.999**step)
        model[name] -= _RATE * (mean / (np.sqrt(square) + 1e-8) + _DECAY * model[name])


def _frequent_words(shelf: Shelf, name: str) -> list[str]:
    column = shelf.words[name]
    counts = np.bincount(column.codes[column.known()], minlength=len(column.words))
    return [column.words[code] for code in np.argsort(-counts, kind="stable")[:_MOST_WORDS]]
