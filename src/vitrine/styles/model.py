"""What a shop learned about its styles, and how it is kept: arrays and JSON, never a pickle."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from vitrine.errors import DataError, NotFoundError, UsageError, unknown

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vitrine.types import Rows, Vectors

_FORMAT = 1
_LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class Style:
    """A cluster of looks."""

    style_id: str
    """Stays when styles are fitted again."""
    name: str
    by_hand: bool = False
    """Whether a person gave the name; such a name is never replaced."""


@dataclass(frozen=True, slots=True)
class Layer:
    """One affine layer and what is below 0 cut off: max(0, weight x + bias)."""

    weight: NDArray[np.float32]
    """(out, in)"""
    bias: NDArray[np.float32]
    """(out,)"""


@dataclass(frozen=True, slots=True)
class Limits:
    """From which figures on something is sure, or new."""

    sharpness: float
    """What cosines are multiplied with before they become memberships."""
    novel_from: float
    """Strangeness, or distance where there is a projection, from which a product is new."""
    furthest: float = 0.0
    """With a projection: the largest distance of any product and centroid, which confidences are
    measured by."""
    unsure_below: float = 0.0
    """With a projection: the confidence below which a product is new as well."""


def projected(layers: Sequence[Layer], vectors: Vectors) -> Vectors:
    """Vectors (n, dim) behind the layers, (n, width); not of length 1."""
    for layer in layers:
        vectors = np.maximum(vectors @ layer.weight.T + layer.bias, 0)
    return vectors


@dataclass(frozen=True, slots=True)
class Held:
    """What styles held when their shop moved to another encoder; product ids."""

    members: tuple[tuple[str, ...], ...]
    """Of each centroid."""
    waiting: tuple[str, ...]
    """What was new to all styles, and nobody had decided about."""


@dataclass(frozen=True, slots=True)
class StyleModel:
    """Styles and where they lie; a style has one centroid, or several where styles were merged."""

    recipe: str
    encoder_sha256: str
    """Of the encoder whose vectors these are."""
    styles: tuple[Style, ...]
    centroids: Vectors
    """(c, dim) unit vectors, or (c, width) in the space of the projection."""
    style_of: Rows
    """(c,) the position in `styles` of each centroid's style."""
    anchors: Vectors
    """(c, dim) unit vectors: the middle of each centroid's products among the shop's vectors."""
    whitening: NDArray[np.float32]
    """(dim, dim), under which strangeness is measured."""
    limits: Limits
    next_number: int
    """Of the next style that is found."""
    projection: tuple[Layer, ...] = ()
    """What vectors go through before they are compared with centroids; mostly nothing."""
    settled: tuple[str, ...] = ()
    """Product ids that are strange to all styles and no news: they were when styles were found, or
    a person decided about them. Ascending."""
    held: Held | None = None
    """Where the shop moved to another encoder since: what to find these styles again by."""

    def affinity(self, vectors: Vectors) -> NDArray[np.float32]:
        """How near unit vectors (n, dim) are to each centroid, (n, c), higher is nearer.

        The cosine; where there is a projection, the Euclidean distance behind it, less than 0.
        """
        if not self.projection:
            return vectors @ self.centroids.T
        moved = projected(self.projection, vectors)
        squares = (moved**2).sum(axis=1)[:, None] + (self.centroids**2).sum(axis=1)
        return -np.sqrt(np.maximum(squares - 2 * moved @ self.centroids.T, 0))

    def position(self, style_id: str) -> int:
        """Where a style stands in `styles`.

        Raises:
            NotFoundError: there is no such style.
        """
        ids = [style.style_id for style in self.styles]
        if style_id not in ids:
            raise NotFoundError(unknown("style", style_id, ids))
        return ids.index(style_id)

    def named(self, style_id: str, name: str) -> StyleModel:
        """Give a style a name of its own choosing.

        Raises:
            NotFoundError: there is no such style.
            UsageError: the name is empty, too long, or another style's.
        """
        position, name = self.position(style_id), " ".join(name.split())
        if not name or len(name) > _LONGEST_NAME:
            raise UsageError(f"a style's name has 1 to {_LONGEST_NAME} letters, not {len(name)}")
        for style in self.styles:
            if style.style_id != style_id and style.name.casefold() == name.casefold():
                raise UsageError(f"{style.style_id} is called {name!r} already; names differ")
        styles = list(self.styles)
        styles[position] = Style(style_id, name, by_hand=True)
        return replace(self, styles=tuple(styles))

    def merged(self, style_ids: Sequence[str]) -> StyleModel:
        """Make several styles one, which keeps the id of the first, and a name given by hand.

        Raises:
            NotFoundError: there is no such style.
            UsageError: fewer than two are named.
        """
        positions = [self.position(each) for each in dict.fromkeys(style_ids)]
        if len(positions) < 2:
            raise UsageError("merging takes two styles or more")
        by_hand = [self.styles[each] for each in positions if self.styles[each].by_hand]
        first = self.styles[positions[0]]
        if by_hand and not first.by_hand:
            first = replace(by_hand[0], style_id=first.style_id)
        kept = [each for each in range(len(self.styles)) if each not in positions[1:]]
        moved = {old: new for new, old in enumerate(kept)}
        moved |= {each: moved[positions[0]] for each in positions}
        styles = [first if each == positions[0] else self.styles[each] for each in kept]
        style_of = np.array([moved[each] for each in self.style_of.tolist()], dtype=np.int64)
        return replace(self, styles=tuple(styles), style_of=style_of)

    def grown(self, centre: Vectors, style: Style) -> StyleModel:
        """Give a style one more centroid, the style being a new one if its id is new.

        Args:
            centre: (dim,) unit vector, the middle of the products that it stands for.
            style: whose it is.
        """
        ids = [each.style_id for each in self.styles]
        there = style.style_id in ids
        position = ids.index(style.style_id) if there else len(ids)
        anchor = centre[None].astype(np.float32)
        return replace(
            self,
            styles=self.styles if there else (*self.styles, style),
            centroids=np.concatenate([self.centroids, projected(self.projection, anchor)]),
            style_of=np.append(self.style_of, position),
            anchors=np.concatenate([self.anchors, anchor]),
        )

    def having_settled(self, product_ids: Iterable[str]) -> StyleModel:
        """Products that are no news from now on, beside those that were none before."""
        return replace(self, settled=tuple(sorted({*self.settled, *product_ids})))


def to_bytes(model: StyleModel) -> bytes:
    """The model as one npz file without pickles; little-endian."""
    said: dict[str, Any] = {
        "format": _FORMAT,
        "recipe": model.recipe,
        "encoder_sha256": model.encoder_sha256,
        "styles": [[each.style_id, each.name, each.by_hand] for each in model.styles],
        "limits": asdict(model.limits),
        "layers": len(model.projection),
        "next_number": model.next_number,
        "settled": model.settled,
        "held": model.held and asdict(model.held),
    }
    layers: dict[str, Any] = {
        f"{part}_{number}": array.astype("<f4")
        for number, layer in enumerate(model.projection)
        for part, array in (("weight", layer.weight), ("bias", layer.bias))
    }
    out = io.BytesIO()
    np.savez(
        out,
        about=np.frombuffer(json.dumps(said).encode(), dtype=np.uint8),
        centroids=model.centroids.astype("<f4"),
        style_of=model.style_of.astype("<i4"),
        anchors=model.anchors.astype("<f4"),
        whitening=model.whitening.astype("<f4"),
        **layers,
    )
    return out.getvalue()


def from_bytes(content: bytes) -> StyleModel:
    """Read what `to_bytes` wrote.

    Raises:
        DataError: it is something else.
    """
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as file:
            said = json.loads(file["about"].tobytes())
            arrays = {name: file[name] for name in file.files if name != "about"}
        if said["format"] != _FORMAT:
            raise ValueError(f"format {said['format']}")
        return _model(said, arrays)
    except (ValueError, KeyError, TypeError, OSError, EOFError, zipfile.BadZipFile) as error:
        raise DataError(
            f"the shop's styles cannot be read ({error}); find them anew: vitrine styles fit"
        ) from error


def _model(said: dict[str, Any], arrays: dict[str, NDArray[Any]]) -> StyleModel:
    return StyleModel(
        recipe=said["recipe"],
        encoder_sha256=said["encoder_sha256"],
        styles=tuple(Style(*each) for each in said["styles"]),
        centroids=arrays["centroids"].astype(np.float32),
        style_of=arrays["style_of"].astype(np.int64),
        anchors=arrays["anchors"].astype(np.float32),
        whitening=arrays["whitening"].astype(np.float32),
        limits=Limits(**said["limits"]),
        next_number=said["next_number"],
        projection=tuple(
            Layer(arrays[f"weight_{n}"].astype(np.float32), arrays[f"bias_{n}"].astype(np.float32))
            for n in range(said["layers"])
        ),
        settled=tuple(said.get("settled", ())),
        held=_held(said["held"]) if said.get("held") else None,
    )


def _held(said: dict[str, Any]) -> Held:
    return Held(tuple(tuple(each) for each in said["members"]), tuple(said["waiting"]))
