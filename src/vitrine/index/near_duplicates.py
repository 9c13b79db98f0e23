"""When do two photos show the same?"""

from __future__ import annotations

from vitrine.types import EncoderIdentity

_MEASURED = {"colour": 0.985, "default": 0.99}  # docs/search.md has the measurement
_COPIES = 0.998  # float16 keeps the square of a unit vector's length to 1e-3


def near_duplicate_cosine(encoder: EncoderIdentity) -> float:
    """The cosine from which two photos count as near-duplicates under this encoder.

    Copies of one file always do: photos are kept by their content, so that copies share one vector.
    Of an encoder for which nobody measured it, little more than copies do.
    """
    return _MEASURED.get(encoder.name, _COPIES)
