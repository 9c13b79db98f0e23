"""What an encoder sees on a photo, and where: each tag with the places that speak for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from vitrine.encoders import ENCODERS, Encoder, Method, TagExplainer, TagPlaces, as_tag_explainer
from vitrine.errors import UsageError, unknown
from vitrine.search import Box, HeatMap, heat_map, query_of
from vitrine.settings import Settings, read_settings
from vitrine.shop.eyes import Eyes, loaded_encoder
from vitrine.types import EncoderIdentity, Json, Tag

if TYPE_CHECKING:
    from PIL import Image

    from vitrine.search.query import Photo

_DIGITS = 6


@dataclass(frozen=True, slots=True, eq=False)
class TagMap:
    """A tag, and what each place of the photo adds to it."""

    attribute: str
    tag: Tag
    heat: HeatMap
    """Of an exact map, cells that sum to the score less what is placeless; of others 0 or more."""
    method: Method
    score: float
    """The tag's logit, less the mean logit of the attribute's values."""
    placeless: float | None
    """What the score gets from no place in particular; None where the map is not exact."""
    region: Box | None
    """What was looked at, by a network that looks at one region after another."""

    def to_json(self) -> Json:
        """The tag, how its map was made, and the map."""
        exact = {} if self.placeless is None else {"placeless": round(self.placeless, _DIGITS)}
        looked = {} if self.region is None else {"region": [round(x, 4) for x in self.region.sides]}
        return {
            "attribute": self.attribute,
            "value": self.tag.value,
            "confidence": round(self.tag.confidence, 4),
            "unsure": self.tag.unsure,
            "method": self.method,
            "score": round(self.score, _DIGITS),
            **exact,
            **looked,
            "map": self.heat.to_json(),
        }


@dataclass(frozen=True, slots=True, eq=False)
class TagExplanation:
    """What an encoder sees on a photo."""

    encoder: str
    """Its name."""
    photo: Image.Image
    """Upright and whole, about as large as the encoder needs it."""
    maps: tuple[TagMap, ...]

    def to_json(self) -> Json:
        """The shape that the command line and the HTTP API print; not the photo itself."""
        return {"encoder": self.encoder, "tags": [each.to_json() for each in self.maps]}


def explain_tags(
    photo: Photo,
    *,
    encoder: str | Path | Encoder | None = None,
    tags: Sequence[str] = (),
    crop: Box | Sequence[float] | str | None = None,
    settings: Settings | None = None,
) -> TagExplanation:
    """Say what an encoder sees on a photo, with a heat map of every tag.

    Args:
        photo: path, bytes, or a picture.
        encoder: name, folder, or an encoder; None takes the one of the settings. The encoder
            `default` gives exact maps; `vitrine.train.research.explaining.load_run` makes an
            encoder of a training run.
        tags: `article_type` or `article_type=Dresses`; nothing gives the surest of every attribute.
        crop: the part of the photo: left, top, right and bottom as shares 0..1.
        settings: None reads VITRINE_* and vitrine.toml.

    Raises:
        UsageError: the encoder has no such tag, or cannot tell which places speak for its tags.
        ImageError: the photo cannot be read.
    """
    settings = settings or read_settings()
    loaded = loaded_encoder(settings.encoder if encoder is None else encoder, settings)
    eyes = Eyes(settings, loaded, "this photo", loaded)
    return tags_explained(eyes, loaded.identity, photo, tags, crop)


def tags_explained(
    eyes: Eyes,
    wanted: EncoderIdentity,
    photo: Photo,
    tags: Sequence[str],
    crop: Box | Sequence[float] | str | None,
) -> TagExplanation:
    """As `explain_tags`, with a shop's own eyes."""
    encoder = eyes.encoder(wanted)
    explainer = _explainer(encoder)
    asked = [_asked(tag, explainer.heads) for tag in tags]
    box = query_of(image=photo, crop=crop).crop
    whole = eyes.open(photo, wanted, box)
    part = whole if box is None else whole.crop(box.pixels(*whole.size))
    found = explainer.explain_tags(encoder.prepare(part)[np.newaxis], asked)
    frame = explainer.frame(*part.size)
    return TagExplanation(wanted.name, whole, tuple(_map(places, frame, box) for places in found))


def _explainer(encoder: Encoder) -> TagExplainer:
    found = as_tag_explainer(encoder)
    if found is None:
        able = ", ".join(
            r.name for r in ENCODERS.values() if {"tags", "heat maps"} <= {*r.abilities}
        )
        raise UsageError(
            f"the encoder {encoder.identity.name!r} has no tags whose places can be told; "
            f"these have: {able}, and runs of `vitrine train tagger`"
        )
    return found


def _asked(tag: str, heads: Mapping[str, Sequence[str]]) -> tuple[str, str | None]:
    attribute, equals, value = (part.strip() for part in tag.partition("="))
    if attribute not in heads:
        raise UsageError(unknown("attribute", attribute, heads))
    if not equals:
        return attribute, None
    for known in heads[attribute]:
        if known.casefold() == value.casefold():
            return attribute, known
    raise UsageError(unknown(attribute, value, heads[attribute]))


def _map(places: TagPlaces, frame: tuple[float, float, float, float], crop: Box | None) -> TagMap:
    exact = places.method == "exact"
    return TagMap(
        places.head,
        places.tag,
        heat_map(places.parts, frame, crop, whole=exact),
        places.method,
        places.score,
        places.placeless,
        places.region and _on_photo(places.region, frame, crop),
    )


def _on_photo(
    region: tuple[float, float, float, float],
    frame: tuple[float, float, float, float],
    crop: Box | None,
) -> Box | None:
    """A part of the frame as a part of the photo; None where it lies in the margins."""
    wide, high = frame[2] - frame[0], frame[3] - frame[1]
    left, right = (min(max(frame[0] + x * wide, 0.0), 1.0) for x in region[::2])
    top, bottom = (min(max(frame[1] + y * high, 0.0), 1.0) for y in region[1::2])
    if left >= right or top >= bottom:
        return None
    return Box(left, top, right, bottom).within(crop or Box(0.0, 0.0, 1.0, 1.0))
