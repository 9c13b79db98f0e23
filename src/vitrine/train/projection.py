"""The last layer once more: which directions of a feature tell products apart, and no more.

While the network trains, its projection learns to tell types and colours, and what words say. What
stays the same when one product is photographed again, or comes in another colour, is known from
views of the training photos, so the linear map that looks at nothing else is known too: Fisher's
discriminant directions (Fisher 1936), regularised. Both are put side by side and shortened by
principal components, so that shorter vectors are prefixes. Words are then turned to where their
photos have gone.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Mapping

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
_MOST_PRODUCTS = 8000
_WEIGHTS = {"bent": 1.0, "shopper": 0.5, "recoloured": 2.0, "recoloured only": 2.0}
"""How much the difference between a photo and such a view is to be ignored."""
_SHRINKAGE = 0.1
_LAYOUT_WEIGHT = 2.0
"""How much larger the layout is taken to be than the map's mean when directions are sought."""
_LEARNED_WEIGHT = 0.3
"""Of the projection that was learnt, beside the discriminant directions."""
_RIDGE = 1e-3
_BATCH = 64

Floats = NDArray[np.float32]
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
    views = view_features(tower, rows, cache, side_px, precision, seed, on_share)
    plain = views.pop("plain")
    scale = np.ones(tower.n_features, np.float32)
    scale[tower.n_map :] = _LAYOUT_WEIGHT
    found = discriminant(plain * scale, {k: seen * scale for k, seen in views.items()}) * scale
    return together(plain, found, tower.project.weight.detach().cpu().numpy())


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


def discriminant(plain: Floats, views: Mapping[str, Floats]) -> Floats:
    """Directions of the most variance between products per variance between views of one.

    Args:
        plain: (n, features) of photos as they are.
        views: kind of view -> (n, features) of the same photos.

    Returns:
        (DIM, features), the most telling direction first.
    """
    within = sum(
        _WEIGHTS[kind] * _second_moment(features - plain) for kind, features in views.items()
    )
    assert not isinstance(within, int)
    spread, axes = np.linalg.eigh(
        within + _SHRINKAGE * np.trace(within) / len(within) * np.eye(len(within))
    )
    whitened = axes / np.sqrt(spread)
    between = whitened.T @ _second_moment(plain - plain.mean(0)) @ whitened
    told, turned = np.linalg.eigh(between)
    return (whitened @ turned[:, np.argsort(-told)[:DIM]]).T.astype(np.float32)


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
    """`plain` and every kind of `_WEIGHTS` -> features (n, features) of the photos in `rows`."""
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
    rows = rows[~small & ~table.is_shopper()[rows]]
    n = min(len(rows), _MOST_PRODUCTS)
    return np.sort(np.random.default_rng(seed).choice(rows, n, replace=False))


def _of_length_one(projection: Floats, features: Floats) -> Floats:
    """Scaled so that projected features are of length 1 on average."""
    return projection / np.sqrt(np.square(features @ projection.T).sum(1).mean())


def _second_moment(rows: Floats) -> NDArray[np.float64]:
    wide = rows.astype(np.float64)
    return wide.T @ wide / len(wide)
