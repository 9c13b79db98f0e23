"""The seams: what every encoder, text encoder and tagger promises."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol, TypeAlias, runtime_checkable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL import Image

    from vitrine.encoders.tag_places import Method, TagPlaces
    from vitrine.types import EncoderIdentity, Pixels, Tags, Vectors

Progress: TypeAlias = Callable[[int, int | None], None]
"""Called with (bytes so far, bytes in all or None) while a model's file is downloaded."""


@runtime_checkable
class Encoder(Protocol):
    """Turns photos into unit vectors, in two steps: pixels on any thread, vectors in batches."""

    @property
    def identity(self) -> EncoderIdentity:
        """What a shop remembers; equal for two objects exactly if their vectors agree.

        `identity.similarity`, where it was measured, says what a cosine is worth.
        """
        ...

    def prepare(self, image: Image.Image) -> Pixels:
        """Bring one photo to the size that the model reads; cheap, and safe on any thread.

        Args:
            image: RGB, upright, of any size down to 1 x 1; it is not changed.

        Returns:
            (height, width, 3) uint8, the same height and width for every photo.
        """
        ...

    def embed(self, pixels: Pixels) -> Vectors:
        """Embed prepared photos.

        A photo gets the same row whatever else is in the batch (within 1e-3), and always finite
        numbers, black and white photos included.

        Args:
            pixels: (n, height, width, 3) as `prepare` makes them, n >= 0.

        Returns:
            (n, dim) float32, rows of length 1.

        Raises:
            ShapeError: `pixels` has another shape.
        """
        ...


@runtime_checkable
class TextEncoder(Protocol):
    """Turns words into unit vectors that can be compared with an encoder's photos."""

    @property
    def knows_words(self) -> bool:
        """False for an encoder that could, but whose model has no text tower."""
        ...

    def embed_text(self, texts: Sequence[str]) -> Vectors:
        """Embed texts; an empty text is allowed, a long one is cut.

        Returns:
            (n, dim) float32, rows of length 1.
        """
        ...


@runtime_checkable
class Tagger(Protocol):
    """Names what is on a photo, in the same pass as its vector."""

    @property
    def heads(self) -> Mapping[str, Sequence[str]]:
        """Every head (`base_colour`, `article_type`...) with the values it can say."""
        ...

    def embed_and_tag(self, pixels: Pixels) -> tuple[Vectors, list[Tags]]:
        """Embed prepared photos as `Encoder.embed` does, and tag them.

        Returns:
            The vectors, and for every photo one tag for every head.
        """
        ...


@runtime_checkable
class Explainer(Protocol):
    """Shows which places of a photo make its vector."""

    @property
    def grid(self) -> tuple[int, int] | None:
        """Rows and columns of the cells; None for an encoder that has no cells."""
        ...

    def frame(self, width: int, height: int) -> tuple[float, float, float, float]:
        """Where the cells lie on a photo of that size.

        Returns:
            Left, top, right and bottom in shares of its sides; beyond 0..1 where `prepare` adds
            margins, within where it cuts.
        """
        ...

    def embed_cells(self, pixels: Pixels) -> NDArray[np.float32]:
        """Embed the places of prepared photos; `similarity_map` makes a heat map of them.

        Returns:
            (n, dim, rows, columns) float32; the mean over rows and columns, scaled to length 1,
            is the vector that `Encoder.embed` gives, and never zero.
        """
        ...


@runtime_checkable
class TagExplainer(Protocol):
    """Shows which places of a photo speak for a tag."""

    @property
    def heads(self) -> Mapping[str, Sequence[str]]:
        """Every head with the values that can be asked for."""
        ...

    @property
    def explains_tags(self) -> bool:
        """False for an encoder that could, but whose model's tags do not tell places apart."""
        ...

    def frame(self, width: int, height: int) -> tuple[float, float, float, float]:
        """As `Explainer.frame`."""
        ...

    def explain_tags(
        self, pixels: Pixels, asked: Sequence[tuple[str, str | None]] = ()
    ) -> list[TagPlaces]:
        """Map values of heads for one photo.

        Args:
            pixels: (1, height, width, 3) as `Encoder.prepare` makes them.
            asked: heads, each with one of its values or None for the surest; nothing asks for
                what the encoder has to say: the surest of every head.

        Returns:
            One for each that was asked. An exact map and what is `placeless` sum to the score
            within 1e-3; other maps are 0 or more and sum to nothing in particular.
        """
        ...


@runtime_checkable
class SimilarityExplainer(Protocol):
    """Guesses which places of a photo make a cosine, for vectors that do not split over places."""

    @property
    def similarity_method(self) -> Method:
        """How."""
        ...

    def frame(self, width: int, height: int) -> tuple[float, float, float, float]:
        """As `Explainer.frame`."""
        ...

    def guess_similarity(self, pixels: Pixels, other: NDArray[np.floating]) -> NDArray[np.float32]:
        """Map what in a photo (1, height, width, 3) is like a vector (dim,).

        Returns:
            (rows, columns), 0 or more.
        """
        ...


def as_tagger(encoder: Encoder) -> Tagger | None:
    """Give the encoder as a tagger, or None if it has nothing to say about photos."""
    return encoder if isinstance(encoder, Tagger) and encoder.heads else None


def as_text_encoder(encoder: Encoder) -> TextEncoder | None:
    """Give the encoder as a text encoder, or None if it understands no words."""
    return encoder if isinstance(encoder, TextEncoder) and encoder.knows_words else None


def as_explainer(encoder: Encoder) -> Explainer | None:
    """Give the encoder as an explainer, or None if its vectors do not split over places."""
    return encoder if isinstance(encoder, Explainer) and encoder.grid else None


def as_tag_explainer(encoder: Encoder) -> TagExplainer | None:
    """Give the encoder as one that explains its tags, or None if it cannot."""
    return encoder if isinstance(encoder, TagExplainer) and encoder.explains_tags else None


def as_similarity_explainer(encoder: Encoder) -> SimilarityExplainer | None:
    """Give the encoder as one that guesses what is alike, or None."""
    return encoder if isinstance(encoder, SimilarityExplainer) else None
