"""Why two listings may be the same, in words."""

from __future__ import annotations

from vitrine.compare.evidence import Evidence
from vitrine.compare.listings import Listings
from vitrine.compare.traits import TRAITS
from vitrine.types import Json

_ALIKE = 0.7  # of the evidence `photo`: a fifth of the usual distance
_CONTRADICTIONS = ("other_kind", *(f"other_{trait}" for trait in TRAITS), "other_code")


def reasons(listings: Listings, found: Evidence, pair: int) -> Json:
    """What is the same, what differs, and the words that both titles say."""
    said = {name: float(values[pair]) for name, values in found.columns.items()}
    left, right = int(found.left[pair]), int(found.right[pair])
    same = {
        "gtin": bool(found.same_gtin[pair]),
        "brand": said["brand"] > 0,
        "title": said["same_words"] > 0,
        "code": said["same_code"] > 0,
        "colour": said["same_colour"] > 0,
        "list price": said["same_price"] > 0,
        "photo": said["photo"] > _ALIKE,
    }
    differs = [name.removeprefix("other_") for name in _CONTRADICTIONS if said[name]]
    differs += ["colour"] if said["other_colour"] else []
    differs += ["list price"] if said["price_gap"] > 0 else []
    theirs = {*listings.readings[right].words}
    shared = [word for word in listings.readings[left].words if word in theirs]
    return {
        "same": [name for name, holds in same.items() if holds],
        "differs": differs,
        "words": shared,
    }
