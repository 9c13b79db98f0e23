"""The garments on a photo of a person, each a box to search by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from vitrine.encoders import as_tagger, garment_map
from vitrine.encoders.garment_map import KINDS
from vitrine.search import Box, FoundGarment, garment_boxes
from vitrine.shop.eyes import Eyes
from vitrine.types import EncoderIdentity, Json, Tag, Tags

if TYPE_CHECKING:
    from vitrine.search.query import Photo

LEAST_GARMENT_SHARE = 0.25
"""Of the sides of a photo: it is decoded large enough to look at such a part of it."""
ARTICLE_TYPE = "article_type"


@dataclass(frozen=True, slots=True)
class Garment:
    """Something worn on a photo; `box` goes into a search as its `crop`."""

    box: Box
    kind: str
    """top, outerwear, dress, bottom, hosiery, footwear, bag, hat or scarf."""
    score: float
    """0..1, how sure it is that a garment is there."""
    article_type: Tag | None
    """What the shop's encoder is sure to see in the box, if anything."""

    def to_json(self) -> Json:
        """The shape that the command line and the HTTP API print."""
        tag = self.article_type
        named = tag and {"value": tag.value, "confidence": round(tag.confidence, 4)}
        return {
            "box": [round(side, 4) for side in self.box.sides],
            "kind": self.kind,
            "score": round(self.score, 4),
            ARTICLE_TYPE: named,
        }


def find_garments(eyes: Eyes, encoder: EncoderIdentity, image: Photo) -> list[Garment]:
    """Find up to five garments on a photo, the surest first.

    Raises:
        ImageError: the photo cannot be read.
    """
    photo = eyes.open(image, encoder, Box(0.0, 0.0, LEAST_GARMENT_SHARE, LEAST_GARMENT_SHARE))
    found = garment_boxes(garment_map().look(photo), KINDS)
    parts = [photo.crop(each.box.pixels(*photo.size)) for each in found]
    tagger = as_tagger(eyes.encoder(encoder))
    tags: list[Tags] = [{} for _ in found]
    if found and tagger is not None and ARTICLE_TYPE in tagger.heads:
        prepare = eyes.encoder(encoder).prepare
        tags = tagger.embed_and_tag(np.stack([prepare(part) for part in parts]))[1]
    return [_named(each, seen) for each, seen in zip(found, tags, strict=True)]


def _named(found: FoundGarment, tags: Tags) -> Garment:
    tag = tags.get(ARTICLE_TYPE)
    return Garment(found.box, found.kind, found.score, None if tag is None or tag.unsure else tag)
