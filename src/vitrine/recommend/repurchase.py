"""What people buy again."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vitrine.recommend.pairs import Pairs

REPURCHASE_LIKE = 0.05
"""Share of buyers who came back for it, from which a product may be recommended again at once."""
_PRIOR_BUYERS = 20.0
_USUAL_RATE = 0.02


def repurchase_rates(pairs: Pairs, n_products: int) -> NDArray[np.float64]:
    """Share of each product's buyers who bought it on several days, (n_products,).

    Drawn toward the share over all products as by 20 further buyers.
    """
    bought = pairs.days_bought > 0
    again = pairs.days_bought > 1
    buyers = np.bincount(pairs.products[bought], minlength=n_products).astype(np.float64)
    back = np.bincount(pairs.products[again], minlength=n_products)
    usual = (back.sum() + _PRIOR_BUYERS * _USUAL_RATE) / (buyers.sum() + _PRIOR_BUYERS)
    return (back + _PRIOR_BUYERS * usual) / (buyers + _PRIOR_BUYERS)
