"""When do two photos show the same?"""

from __future__ import annotations

from vitrine.types import EncoderIdentity

_FROM = {"colour": 0.985}
_FROM_OF_OTHERS = 0.985


def near_duplicate_cosine(encoder: EncoderIdentity) -> float:
    """The cosine from which two photos count as near-duplicates under this encoder.

    Copies of one file always do: photos are kept by their content, so that copies share one vector.
    The figure for each encoder is measured, see `docs/search.md`.
    """
    return _FROM.get(encoder.name, _FROM_OF_OTHERS)
