from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from vitrine.evaluate import Examples
from vitrine.evaluate.random_vectors import RandomEncoder
from vitrine.evaluate.seen import Memory

if TYPE_CHECKING:
    ColourEye = Any


def test_what_is_seen(shop: Examples, colour_eye: ColourEye) -> None:
    seen = Memory(colour_eye).see(shop.photos.tolist(), threads=1)
    assert seen.vectors.shape == (18, 3)
    assert seen.readable.all()
    assert np.array_equal(seen.tags["base_colour"].values, shop.labels["base_colour"])
    assert seen.tags["base_colour"].confidence.tolist() == [0.9] * 18


def test_every_photo_is_embedded_once(shop: Examples, colour_eye: ColourEye) -> None:
    memory, photos = Memory(colour_eye), shop.photos.tolist()
    first = memory.see(photos, threads=1)
    again = memory.see(photos[::-1], threads=1)
    assert colour_eye.n_embedded == 18
    assert np.array_equal(again.vectors, first.vectors[::-1])


def test_a_second_run_reads_the_file(shop: Examples, colour_eye: ColourEye, tmp_path: Path) -> None:
    path, photos = tmp_path / "vectors" / "eye.npz", shop.photos.tolist()
    first = Memory(colour_eye, path).see(photos, threads=1)
    n_embedded = colour_eye.n_embedded
    second = Memory(colour_eye, path).see(photos, threads=1)
    assert colour_eye.n_embedded == n_embedded
    assert np.array_equal(first.vectors, second.vectors)
    assert np.array_equal(
        first.tags["base_colour"].confidence, second.tags["base_colour"].confidence
    )
    assert second.tags["base_colour"].values.tolist() == first.tags["base_colour"].values.tolist()


def test_more_photos_are_added_to_the_file(
    shop: Examples, colour_eye: ColourEye, tmp_path: Path
) -> None:
    path, photos = tmp_path / "eye.npz", shop.photos.tolist()
    Memory(colour_eye, path).see(photos[:5], threads=1)
    Memory(colour_eye, path).see(photos, threads=1)
    assert colour_eye.n_embedded == 18


def test_a_photo_that_cannot_be_read_has_no_row(shop: Examples, tmp_path: Path) -> None:
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"no photo")
    photos = [str(broken), *shop.photos[:2].tolist(), str(tmp_path / "missing.png")]
    seen = Memory(RandomEncoder()).see(photos, threads=1)
    assert seen.readable.tolist() == [False, True, True, False]
    assert not seen.vectors[0].any()
    assert [Path(photo).name for photo, _ in seen.failures] == ["broken.png", "missing.png"]


def test_random_is_repeatable_and_blind(shop: Examples) -> None:
    first = Memory(RandomEncoder()).see(shop.photos.tolist(), threads=1).vectors
    second = Memory(RandomEncoder()).see(shop.photos.tolist(), threads=1).vectors
    assert np.array_equal(first, second)
    assert np.allclose(np.linalg.norm(first, axis=1), 1)
    assert np.abs(first @ first.T - np.eye(18)).max() < 0.6
    assert RandomEncoder().embed_text([]).shape == (0, 64)
