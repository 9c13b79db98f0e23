from __future__ import annotations

import numpy as np
import pytest
from tests.compare.selling import listing, listings_of

from vitrine.compare import DIFFERENT, MATCH, VARIANT, Lesson, fit, model_from, shipped_model
from vitrine.compare.evidence import COLOURWAY, DESIGN, evidence
from vitrine.errors import DataError

COLOURS = ("Red", "Green", "Black")
KINDS = ("Wool Beanie", "Linen Shirt", "Denim Skirt", "Silk Scarf")


def lesson() -> Lesson:
    """Two shops with every kind in every colour, and the truth about each pair."""
    said = [(kind, colour) for kind in KINDS for colour in COLOURS]
    shop = listings_of(
        *(
            listing(f"{seller}{n}", seller, kind, colour=colour)
            for seller in "xy"
            for n, (kind, colour) in enumerate(said)
        )
    )
    left, right = (side.ravel() for side in np.meshgrid(np.arange(12), np.arange(12, 24)))
    labels = np.array(
        [
            DIFFERENT if said[a][0] != said[b][0] else MATCH if a == b else VARIANT
            for a, b in zip(left.tolist(), (right - 12).tolist(), strict=True)
        ]
    )
    return Lesson(shop, left, right, labels, 500.0)


def test_what_is_taught_is_learnt() -> None:
    taught = lesson()
    model = fit([taught], {})
    design, colour = model.judge(evidence(taught.listings, taught.left, taught.right))
    assert ((design > 0.5) == (taught.labels != DIFFERENT)).all()
    one_design = taught.labels != DIFFERENT
    assert ((colour > 0.5) == (taught.labels == MATCH))[one_design].all()


def test_a_model_survives_its_own_json() -> None:
    taught = lesson()
    model = fit([taught], {"fitted": "now"})
    again = model_from(model.to_json())
    found = evidence(taught.listings, taught.left, taught.right)
    assert again.card == {"fitted": "now"}
    assert np.allclose(model.judge(found)[0], again.judge(found)[0], atol=0.01)


@pytest.mark.parametrize("label", [MATCH, DIFFERENT])
def test_pairs_of_one_kind_teach_nothing(label: str) -> None:
    taught = lesson()
    alone = Lesson(
        taught.listings, taught.left, taught.right, np.full(len(taught.left), label), 1.0
    )
    with pytest.raises(DataError, match="nothing to learn from"):
        fit([alone], {})


def test_in_the_shipped_model_no_evidence_counts_the_wrong_way() -> None:
    model = shipped_model()
    for regression, names in ((model.design, DESIGN), (model.colourway, COLOURWAY)):
        weights = dict(zip(names, regression.weights.tolist(), strict=True))
        for name, weight in weights.items():
            if name.startswith("other_") or name == "price_gap":
                assert weight <= 0, name
            elif name != "has_photo":
                assert weight >= 0, name
    assert model.card["sources"]["pairs labelled by hand"]["match"] > 0
