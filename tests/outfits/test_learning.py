"""What is learned, against counts that the eye can check."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from math import log

import numpy as np
import pytest
from tests.outfits.conftest import make_pieces

from vitrine.errors import DataError
from vitrine.outfits import (
    KINDS,
    SLOTS,
    Compatibility,
    learn_kinds,
    read_compatibility,
    reason,
    shipped_compatibility,
)
from vitrine.outfits.compatibility import ColumnTable
from vitrine.outfits.looks import fit_looks


def test_kinds_worn_together() -> None:
    jeans, shirt, skirt, heels = map(KINDS.index, ("jeans", "shirt", "skirt", "heels"))
    learned = learn_kinds([[jeans, shirt]] * 3 + [[skirt, heels]] * 3, smoothing=1.0)
    # each kind has 3 of 12 ends: chance would have 3 * 3 / 12 meetings of any two; half counts
    assert learned[jeans, shirt] == pytest.approx(log((3 + 1) / (0.75 + 1)) / 2)
    assert learned[jeans, heels] == pytest.approx(log((0 + 1) / (0.75 + 1)) / 2)
    assert (learned == learned.T).all()
    assert learned[KINDS.index("scarf"), jeans] == 0.0


def test_two_of_a_kind_meet_once() -> None:
    ring = KINDS.index("ring")
    learned = learn_kinds([[ring, ring, -1]], smoothing=1.0)
    assert learned[ring, ring] == pytest.approx(log((2 + 1) / (2 + 1)) / 2)


def test_a_pair_is_the_sum_of_its_parts(nothing_known: Compatibility) -> None:
    pieces = make_pieces(["jeans", "shirt"], colour=["Black", "White"], usage=["Casual", "Casual"])
    pieces = replace(
        pieces,
        looks=np.array([[1, 0, 0, 0], [0.6, 0.8, 0, 0]], np.float32),
        price_levels=np.array([0.5, -1.0], np.float32),
        own={"brand": np.array([0, 1])},
    )
    worth = nothing_known.looks.copy()
    worth[SLOTS.index("top"), SLOTS.index("bottom")] = 2.0
    worth[SLOTS.index("bottom"), SLOTS.index("top")] = 2.0
    learned = replace(
        nothing_known,
        weights={"colour": {"light and dark neutrals": 0.25}, "usage": {"same": 0.5}},
        price=-0.1,
        looks=worth,
        columns={"brand": ColumnTable(("A", "B"), np.array([[0, 3], [3, 0]], np.float32))},
    )
    expected = 0.25 + 0.5 - 0.1 * 1.5 + 2.0 * 0.6 + 3.0
    assert learned.logits(pieces, pieces)[0, 1] == pytest.approx(expected)
    assert learned.logits(pieces, pieces)[1, 0] == pytest.approx(expected)
    kept = read_compatibility(learned.to_bytes())
    assert kept.logits(pieces, pieces)[0, 1] == pytest.approx(expected, abs=1e-2)


def test_reasons_speak_of_both() -> None:
    pieces = make_pieces(
        ["shirt", "jeans"],
        colour=["Off White", "Navy Blue"],
        usage=["Casual", "Casual"],
        season=["Summer", "Summer"],
    )
    said = reason(shipped_compatibility(), pieces, 0, 1)
    assert "off white with navy blue: light on dark" in said
    assert "both casual, summer" in said
    silent = make_pieces(["umbrella", "ring"])
    assert reason(shipped_compatibility(), silent, 0, 1) == "accessory beside jewellery"


def test_what_ships() -> None:
    shipped = shipped_compatibility()
    jeans, sneakers, dress = map(KINDS.index, ("jeans", "sneakers", "dress"))
    assert shipped.kinds[jeans, sneakers] > shipped.kinds[dress, sneakers]
    assert shipped.kinds[dress, dress] < 0
    assert np.array_equal(shipped.looks, shipped.looks.T)
    assert not shipped.columns


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 broken", b"\x80\x04pickle"])
def test_damaged(data: bytes) -> None:
    with pytest.raises(DataError, match="no compatibility"):
        read_compatibility(data)


def test_of_another_release() -> None:
    with np.load(io.BytesIO(shipped_compatibility().to_bytes())) as arrays:
        held = dict(arrays)
    said = json.loads(held["said"].tobytes())
    said["kinds"] = said["kinds"][1:]
    held["said"] = np.frombuffer(json.dumps(said).encode(), np.uint8)
    out = io.BytesIO()
    np.savez(out, allow_pickle=False, **held)
    with pytest.raises(DataError, match="vitrine train outfits"):
        read_compatibility(out.getvalue())


def test_looks_forget_the_kind() -> None:
    """Two styles in two kinds: likeness follows the style, though kinds lie further apart."""
    rng = np.random.default_rng(0)
    kinds = np.repeat([KINDS.index("jeans"), KINDS.index("shirt")], 100)
    style = np.tile([-1.0, 1.0], 100)
    vectors = rng.normal(scale=0.05, size=(200, 32))
    vectors[:, 0] += np.where(kinds == kinds[0], 3.0, -3.0)
    vectors[:, 1] += style
    looks = fit_looks(vectors.astype(np.float32), kinds)
    found = looks.of(vectors.astype(np.float32), kinds)
    assert np.linalg.norm(found, axis=1) == pytest.approx(np.ones(200), abs=1e-5)
    cosines = found[:100] @ found[100:].T
    same = style[:100, None] == style[100:]
    assert cosines[same].mean() > cosines[~same].mean() + 0.3
    assert not looks.of(np.zeros((1, 32), np.float32), kinds[:1]).any()
