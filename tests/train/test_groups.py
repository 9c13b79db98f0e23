from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vitrine.evaluate import part_of, read_near_duplicates
from vitrine.train.groups import ALIKE, near_pairs, with_parts, write_groups
from vitrine.train.photos import Photo
from vitrine.types import Pixels

N_DESIGNS = 12
_rng = np.random.default_rng(7)
LOOKS = _rng.integers(0, 256, (N_DESIGNS, 24, 20, 3), dtype=np.uint8)
"""Photos of noise: each is like itself and like no other."""


def photos_of(rows: Sequence[tuple[int, int, int]]) -> tuple[list[Photo], Pixels]:
    """(product, look, sender) -> photos; the sender 0 is no shopper."""
    photos = [
        Photo(
            path=f"{n}.png",
            source="csv",
            photo_id=f"{product}#{n}",
            group=f"csv/sender-{sender}" if sender else "",
            sender=str(sender or ""),
        )
        for n, (product, _, sender) in enumerate(rows)
    ]
    return photos, LOOKS[[look for _, look, _ in rows]]


ROWS = st.lists(
    st.tuples(st.integers(0, 9), st.integers(0, N_DESIGNS - 1), st.integers(0, 2)), min_size=1
)


@given(ROWS)
def test_no_group_product_or_look_is_ever_in_two_parts(rows: list[tuple[int, int, int]]) -> None:
    photos, small = photos_of(rows)
    found = with_parts(photos, small)
    parts: defaultdict[str, set[str | None]] = defaultdict(set)
    for photo, (product, look, sender) in zip(found, rows, strict=True):
        parts[photo.group].add(photo.part)
        if sender:
            assert photo.group == f"csv/sender-{sender}"
        else:
            parts[f"product {product}"].add(photo.part)
            parts[f"look {look}"].add(photo.part)
        assert photo.part == part_of(photo.group)
    assert all(len(names) == 1 for names in parts.values())


@settings(max_examples=20)
@given(ROWS)
def test_measuring_splits_as_training_did(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[int, int, int]]
) -> None:
    photos, small = photos_of(rows)
    _same_split(with_parts(photos, small), tmp_path_factory.mktemp("groups"))


def test_a_chain_stays_in_training_and_measuring_knows(tmp_path: Path) -> None:
    rows = [(n, 0 if n < 120 else 1 + n % 11, 0) for n in range(200)]
    photos, small = photos_of(rows)
    found = with_parts(photos, small)
    assert {photo.part for photo in found[:120]} == {"train"}
    assert len({photo.group for photo in found}) == 12
    _same_split(found, tmp_path)


def _same_split(found: Sequence[Photo], folder: Path) -> None:
    write_groups(found, folder / "near_duplicate_groups.csv")
    groups = read_near_duplicates(folder)
    assert groups is not None
    for photo in found:
        if not photo.sender:
            assert groups.part_of("csv", photo.photo_id.split("#")[0]) == photo.part


def test_near_pairs_are_those_of_a_plain_correlation() -> None:
    base = LOOKS[:4].astype(np.int64)
    noise = np.random.default_rng(1).integers(-9, 10, base.shape)
    far = np.random.default_rng(2).integers(-90, 91, base.shape)
    photos = np.concatenate([base, base + noise, base + far]).clip(0, 255).astype(np.uint8)
    means = photos.reshape(12, 12, 2, 10, 2, 3).mean((2, 4)).reshape(12, -1)
    wanted = np.corrcoef(means) >= ALIKE
    pairs = {(int(a), int(b)) for a, b in near_pairs(photos)}
    assert pairs == {(a, b) for a in range(12) for b in range(a + 1, 12) if wanted[a, b]}
    assert {(n, n + 4) for n in range(4)} <= pairs


def test_plain_photos_are_near_nothing() -> None:
    plain = np.full((3, 24, 20, 3), 255, np.uint8)
    assert len(near_pairs(plain)) == 0
