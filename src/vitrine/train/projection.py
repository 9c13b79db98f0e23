"""The last layer once more: which directions of a feature tell products apart, and no more.

While the network trains, its projection learns to tell types and colours, and what words say. What
stays the same when one product is photographed again, or comes in another colour, is known from
views of the training photos; what shoppers' photos of one kind share is known from their labels. So
the linear map that looks at this and at nothing else is known too: Fisher's discriminant directions
(Fisher 1936), regularised. It is put beside the learnt one, both are shortened by principal
components, so that shorter vectors are prefixes, and words are turned to where their photos went.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from vitrine.train.augment import catalogue_view, recolour, shopper_view
from vitrine.train.cache import Cache
from vitrine.train.precision import Precision
from vitrine.train.student import Student
from vitrine.train.table import SMALL, Table
from vitrine.train.towers import DIM, ImageTower
from vitrine.types import Rows
from vitrine.vectors import unit

LEAST_PRODUCTS = 2000
"""With fewer, the projection that grew with the network is kept."""
_MOST_PHOTOS = 8000
_VIEW_WEIGHTS = {"bent": 1.0, "shopper": 0.5, "recoloured": 2.0, "recoloured only": 2.0}
"""How much the difference between a photo and such a view is to be ignored."""
_SHOPPER_WEIGHT = 0.5
_TYPE_WEIGHT = 0.3
"""How much photos with one label are to be alike, beside the views of one product."""
_SHRINKAGE = 0.1
_LAYOUT_WEIGHT = 1.5
"""How much larger the layout is taken to be than it is when directions are sought."""
_LEARNED_WEIGHT = 0.1
"""Of the projection that was learnt, beside the discriminant directions."""
_RIDGE = 1e-3
_BATCH = 64

Floats = NDArray[np.float32]
Scatter = NDArray[np.float64]
OnShare = Callable[[float], None]


def fit_projection(
    tower: ImageTower,
    table: Table,
    cache: Cache,
    side_px: tuple[int, int],
    precision: Precision,
    seed: int,
    on_share: OnShare | None = None,
) -> Floats | None:
    """A projection (DIM, features) of a finished tower; None where there are too few products.

    A tower of fewer features than a vector has dimensions keeps its projection too.

    Args:
        tower: in evaluation mode.
        table: the photos; `cache` has their pixels.
        cache: see `table`.
        side_px: height and width at which the tower looks.
        precision: device and number format.
        seed: of the choice of photos and of their views.
        on_share: called with the share that is done.
    """
    rows = _products(table, seed)
    if len(rows) < LEAST_PRODUCTS or tower.n_features < DIM:
        return None
    plain, within, between = _scatter(tower, rows, table, cache, side_px, precision, seed, on_share)
    scale = np.ones(tower.n_features)
    scale[tower.n_map :] = _LAYOUT_WEIGHT
    both_ways = scale[:, None] * scale
    found = discriminant(within * both_ways, between * both_ways) * scale.astype(np.float32)
    return together(plain, found, tower.project.weight.detach().cpu().numpy())


def _scatter(
    tower: ImageTower,
    rows: Rows,
    table: Table,
    cache: Cache,
    side_px: tuple[int, int],
    precision: Precision,
    seed: int,
    on_share: OnShare | None,
) -> tuple[Floats, Scatter, Scatter]:
    """Features of products as they are; scatter within one thing and between things."""
    given = (cache, side_px, precision)
    views = view_features(tower, rows, *given, seed, on_share)
    plain = views.pop("plain")
    between = _second_moment(plain - plain.mean(0))
    within = np.zeros_like(between)
    for kind, seen in views.items():
        within += _VIEW_WEIGHTS[kind] * _second_moment(seen - plain)
    labelled = [(plain, _types(table)[rows], _TYPE_WEIGHT)]
    shoppers = _some(_labelled_shoppers(table), seed)
    if len(shoppers):
        labelled.append(
            (features_of(tower, shoppers, *given), table.shopper[shoppers], _SHOPPER_WEIGHT)
        )
    for features, labels, weight in labelled:
        inside, apart = label_scatter(features, labels)
        within, between = within + weight * inside, between + weight * apart
    return plain, within, between


def together(features: Floats, found: Floats, learned: Floats) -> Floats:
    """One projection whose cosines mix those of two, as near as (DIM, features) can be.

    Args:
        features: (n, features) to weigh them by.
        found: (DIM, features).
        learned: (DIM, features), of which `_LEARNED_WEIGHT` is taken.
    """
    parts = [_of_length_one(found, features), _of_length_one(learned, features)]
    both = np.concatenate([parts[0], math.sqrt(_LEARNED_WEIGHT) * parts[1]])
    energy, axes = np.linalg.eigh(_second_moment(features @ both.T))
    return (axes[:, np.argsort(-energy)[:DIM]].T @ both).astype(np.float32)


def with_projection(student: Student, projection: Floats, features: Floats) -> Student:
    """A student whose photos are projected otherwise, and whose words have moved along.

    The text tower ends in a linear map, so words can be turned exactly: to where their products
    with the new vectors are nearest to those with the old ones.

    Args:
        student: in evaluation mode.
        projection: (DIM, features).
        features: (n, features) of photos that words are to go on telling apart.
    """
    student = copy.deepcopy(student)
    weight = student.image.project.weight.detach().cpu().numpy()
    before, after = unit(features @ weight.T), unit(features @ projection.T)
    ridge = _RIDGE * len(after) / DIM * np.eye(DIM)
    turn = np.linalg.solve(after.T @ after + ridge, after.T @ before).astype(np.float32)
    with torch.no_grad():
        student.image.project.weight.copy_(torch.from_numpy(projection))
        text, turned = student.text, torch.from_numpy(turn).to(student.scale.device)
        for weight in (text.skip.weight, text.out.weight, text.out.bias):
            weight.copy_(turned @ weight)
    return student


def discriminant(within: Scatter, between: Scatter) -> Floats:
    """Directions of the most variance between things per variance within one.

    Args:
        within: (features, features).
        between: (features, features).

    Returns:
        (DIM, features), the most telling direction first.
    """
    shrunk = within + _SHRINKAGE * np.trace(within) / len(within) * np.eye(len(within))
    spread, axes = np.linalg.eigh(shrunk)
    whitened = axes / np.sqrt(spread)
    told, turned = np.linalg.eigh(whitened.T @ between @ whitened)
    return (whitened @ turned[:, np.argsort(-told)[:DIM]]).T.astype(np.float32)


def label_scatter(features: Floats, labels: NDArray[np.int64]) -> tuple[Scatter, Scatter]:
    """Scatter within and between labels, (features, features) each.

    Args:
        features: (n, features).
        labels: (n,), -1 where the label is missing.
    """
    known = labels >= 0
    if not known.any():
        nothing = np.zeros((features.shape[1], features.shape[1]))
        return nothing, nothing
    _, label, counts = np.unique(labels[known], return_inverse=True, return_counts=True)
    means = np.zeros((len(counts), features.shape[1]), np.float32)
    np.add.at(means, label, features[known])
    means = np.divide(means, counts[:, None], dtype=np.float32)[label]
    within = _second_moment(features[known] - means)
    return within, _second_moment(means - features[known].mean(0, dtype=np.float32))


def features_of(
    tower: ImageTower, rows: Rows, cache: Cache, side_px: tuple[int, int], precision: Precision
) -> Floats:
    """(len(rows), features) of photos as they are."""
    found = [
        tower.see(cache.pixels(rows[i : i + _BATCH], side_px, precision.device), precision).cpu()
        for i in range(0, len(rows), _BATCH)
    ]
    return torch.cat(found).numpy()


@torch.no_grad()
def view_features(
    tower: ImageTower,
    rows: Rows,
    cache: Cache,
    side_px: tuple[int, int],
    precision: Precision,
    seed: int,
    on_share: OnShare | None = None,
) -> dict[str, Floats]:
    """`plain` and every kind of view -> features (n, features) of the photos in `rows`."""
    rng = np.random.default_rng(seed)
    found: dict[str, list[Tensor]] = {}
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        for start in range(0, len(rows), _BATCH):
            part = rows[start : start + _BATCH]
            stored = np.ascontiguousarray(cache.large[cache.large_row[part]])
            photos = torch.from_numpy(stored).to(precision.device)
            behind = cache.backgrounds[rng.integers(0, len(cache.backgrounds), len(part))]
            plain = cache.pixels(part, side_px, precision.device)
            views = {
                "plain": plain,
                "bent": catalogue_view(photos, side_px),
                "shopper": shopper_view(photos, torch.from_numpy(behind).to(plain.device), side_px),
                "recoloured": recolour(catalogue_view(photos, side_px)),
                "recoloured only": recolour(plain),
            }
            for kind, pixels in views.items():
                found.setdefault(kind, []).append(tower.see(pixels, precision).cpu())
            if on_share:
                on_share((start + len(part)) / len(rows))
    return {kind: torch.cat(features).numpy() for kind, features in found.items()}


def _products(table: Table, seed: int) -> Rows:
    """Sharp photos of shops in the training part."""
    rows = table.rows("train")
    small = np.char.endswith(table.pools[rows], SMALL)
    return _some(rows[~small & ~table.is_shopper()[rows]], seed)


def _labelled_shoppers(table: Table) -> Rows:
    rows = table.rows("train")
    return rows[table.is_shopper()[rows] & (table.shopper[rows] >= 0)]


def _some(rows: Rows, seed: int) -> Rows:
    n = min(len(rows), _MOST_PHOTOS)
    return np.sort(np.random.default_rng(seed).choice(rows, n, replace=False))


def _types(table: Table) -> NDArray[np.int64]:
    """(n,) labels of the article type, -1 where there is none."""
    if "article_type" not in table.values:
        return np.full(len(table.photos), -1)
    return table.labels[:, table.heads.index("article_type")]


def _of_length_one(projection: Floats, features: Floats) -> Floats:
    """Scaled so that projected features are of length 1 on average."""
    return projection / np.sqrt(np.square(features @ projection.T).sum(1).mean())


def _second_moment(rows: Floats) -> Scatter:
    wide = rows.astype(np.float64)
    return wide.T @ wide / len(wide)
