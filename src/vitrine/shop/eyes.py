"""A shop's own encoder, and the photos that queries show it."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from vitrine.encoders import (
    ENCODERS,
    Encoder,
    as_tagger,
    as_text_encoder,
    decode_side_px,
    load_encoder,
)
from vitrine.errors import UsageError
from vitrine.images import decode, image_limits
from vitrine.settings import Settings
from vitrine.shop.checking import check_encoder
from vitrine.shop.photos import PhotoSource
from vitrine.types import EncoderIdentity, Tags, Vectors

if TYPE_CHECKING:
    from PIL import Image

    from vitrine.search import Box
    from vitrine.search.query import Photo


def loaded_encoder(given: str | Path | Encoder, settings: Settings) -> Encoder:
    """Load an encoder by its name or folder; one that is loaded already passes."""
    return load_encoder(given, settings) if isinstance(given, str | Path) else given


class Eyes:
    """Loads the encoder when the first photo comes, and insists that it made the shop's vectors.

    Args:
        settings: limits, threads, where models are.
        given: the encoder, its name or its folder; None takes the name that the shop remembers.
        location: of the shop, for messages.
        loaded: what `given` was loaded as, if it is at hand.
    """

    def __init__(
        self,
        settings: Settings,
        given: str | Path | Encoder | None,
        location: str,
        loaded: Encoder | None = None,
    ) -> None:
        self._settings = settings
        self._given = given
        self._location = location
        self._encoder = loaded

    def encoder(self, wanted: EncoderIdentity) -> Encoder:
        """The encoder that made these vectors.

        Raises:
            EncoderMismatchError: the one at hand is another.
            UsageError: nothing was given, and the table has none of that name.
        """
        if self._encoder is None or self._encoder.identity != wanted:
            given = self._named(wanted) if self._given is None else self._given
            encoder = loaded_encoder(given, self._settings)
            check_encoder(encoder.identity, wanted, self._location)
            self._encoder = encoder
        return self._encoder

    def look(
        self, image: Photo, wanted: EncoderIdentity, crop: Box | None = None
    ) -> tuple[Vectors, Tags]:
        """Vector (dim,) and tags of a photo or a part of it; an encoder may give no tags."""
        encoder = self.encoder(wanted)
        opened = self.open(image, wanted, crop)
        part = opened if crop is None else opened.crop(crop.pixels(*opened.size))
        pixels = encoder.prepare(part)[np.newaxis]
        if tagger := as_tagger(encoder):
            vectors, tags = tagger.embed_and_tag(pixels)
            return vectors[0], tags[0]
        return encoder.embed(pixels)[0], {}

    def open(self, image: Photo, wanted: EncoderIdentity, crop: Box | None = None) -> Image.Image:
        """A whole photo, large enough for the encoder to look at that part of it.

        Raises:
            ImageError: it cannot or must not be decoded.
        """
        if not isinstance(image, str | Path | bytes):
            return image
        limits = image_limits(self._settings)
        if not isinstance(image, bytes):
            image = PhotoSource(None, max_bytes=limits.max_bytes).read(str(image))
        share = 1.0 if crop is None else crop.share
        at_least_px = math.ceil(decode_side_px(self.encoder(wanted)) / share)
        return decode(image, limits=limits, at_least_px=at_least_px).image

    def read(self, text: str, wanted: EncoderIdentity) -> Vectors | None:
        """Vector (dim,) of words; None from an encoder that understands none."""
        encoder = as_text_encoder(self.encoder(wanted))
        return None if encoder is None else encoder.embed_text([text])[0]

    def _named(self, wanted: EncoderIdentity) -> str:
        if wanted.name not in ENCODERS:
            raise UsageError(
                f"{self._location} was built with the encoder {wanted.name!r}, which is not in the "
                "table: say where its folder is with --encoder DIR (encoder= in Python)"
            )
        return wanted.name
