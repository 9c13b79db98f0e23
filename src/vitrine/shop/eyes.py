"""A shop's own encoder, and the photos that queries show it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from vitrine.encoders import Encoder, as_tagger, as_text_encoder, load_encoder
from vitrine.images import decode, image_limits
from vitrine.settings import Settings
from vitrine.shop.checking import check_encoder
from vitrine.shop.photos import PhotoSource
from vitrine.types import EncoderIdentity, Tags, Vectors

if TYPE_CHECKING:
    from PIL import Image

    Photo: TypeAlias = str | Path | bytes | Image.Image


class Eyes:
    """Loads the encoder when the first photo comes, and insists that it made the shop's vectors.

    Args:
        settings: limits, threads, where models are.
        name: name or folder of the encoder; None takes the name that the shop remembers.
        location: of the shop, for messages.
        loaded: the encoder, if it is at hand.
    """

    def __init__(
        self,
        settings: Settings,
        name: str | Path | None,
        location: str,
        loaded: Encoder | None = None,
    ) -> None:
        self._settings = settings
        self._name = name
        self._location = location
        self._encoder = loaded

    def encoder(self, wanted: EncoderIdentity) -> Encoder:
        """The encoder that made these vectors.

        Raises:
            EncoderMismatchError: the one at hand is another.
        """
        if self._encoder is None or self._encoder.identity != wanted:
            encoder = load_encoder(self._name or wanted.name, self._settings)
            check_encoder(encoder.identity, wanted, self._location)
            self._encoder = encoder
        return self._encoder

    def look(self, image: Photo, wanted: EncoderIdentity) -> tuple[Vectors, Tags]:
        """Vector (dim,) and tags of one photo; no tags from an encoder that gives none."""
        encoder = self.encoder(wanted)
        pixels = encoder.prepare(self._open(image))[np.newaxis]
        if tagger := as_tagger(encoder):
            vectors, tags = tagger.embed_and_tag(pixels)
            return vectors[0], tags[0]
        return encoder.embed(pixels)[0], {}

    def read(self, text: str, wanted: EncoderIdentity) -> Vectors | None:
        """Vector (dim,) of words; None from an encoder that understands none."""
        encoder = as_text_encoder(self.encoder(wanted))
        return None if encoder is None else encoder.embed_text([text])[0]

    def _open(self, image: Photo) -> Image.Image:
        limits = image_limits(self._settings)
        if isinstance(image, str | Path):
            image = PhotoSource(None, max_bytes=limits.max_bytes).read(str(image))
        return decode(image, limits=limits).image if isinstance(image, bytes) else image
