"""Protocol `photo-to-shop`: a simulated shopper photo looks for the product that it shows."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from vitrine.evaluate.examples import codes_of
from vitrine.evaluate.neighbours import first_rank
from vitrine.evaluate.results import Result, mean_result
from vitrine.evaluate.shopper_photos import write_shopper_photos
from vitrine.metrics import reciprocal_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vitrine.evaluate.contestants import Contestant
    from vitrine.evaluate.examples import Examples
    from vitrine.types import Vectors

PHOTO_TO_SHOP = "photo-to-shop"
KS = (1, 5, 10, 20, 30, 50)
"""Those of DeepFashion's In-Shop benchmark (Liu et al., 2016)."""


def has_shop(examples: Examples) -> bool:
    """Photos of at least two products that are a shop's, not a shopper's."""
    return (examples.main & (examples.senders == "")).sum() > 1


def measure_photo_to_shop(contestant: Contestant, examples: Examples, folder: Path) -> list[Result]:
    """One simulated shopper photo of every main photo; the gallery is all main photos.

    Args:
        contestant: who looks.
        examples: what is sold.
        folder: where the simulated photos are kept.
    """
    shop = examples.only(examples.main & (examples.senders == ""))
    queries = write_shopper_photos(shop.photos.tolist(), folder)
    groups = codes_of(shop.groups)
    return shop_results(
        contestant.see(queries).vectors,
        contestant.see(shop.photos.tolist()).vectors,
        groups,
        contestant.name,
    )


def shop_results(
    queries: Vectors, gallery: Vectors, groups: NDArray[np.int64], name: str
) -> list[Result]:
    """R@k and MRR; the product itself, or a near-duplicate of its photo, is right."""
    ranks = first_rank(queries, gallery, (groups, groups))
    return [
        *(
            mean_result(PHOTO_TO_SHOP, f"simulated R@{k}", name, (ranks <= k) & (ranks > 0), groups)
            for k in KS
            if k == 1 or k <= len(np.unique(groups))
        ),
        mean_result(PHOTO_TO_SHOP, "simulated MRR", name, reciprocal_of(ranks), groups),
    ]
