"""What the protocols promise, kept by every encoder that needs no download."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from vitrine.encoders import (
    ENCODERS,
    Encoder,
    Explainer,
    Tagger,
    TextEncoder,
    as_explainer,
    as_tagger,
    as_text_encoder,
    encoder_row,
    is_kept,
    load_encoder,
    similarity_map,
)
from vitrine.errors import ShapeError
from vitrine.settings import Settings

COMES_WITH_THE_PACKAGE = sorted(name for name, row in ENCODERS.items() if row.size_mb == 0)


@pytest.fixture(params=[*COMES_WITH_THE_PACKAGE, "a folder", "a folder with everything"])
def name(request: pytest.FixtureRequest, make_model: Callable[..., Path]) -> str:
    if request.param == "a folder":
        return str(make_model())
    if request.param == "a folder with everything":
        return str(make_model(labels=True, words=True, output={"cells": "cells"}))
    if not is_kept(encoder_row(request.param), Settings()):
        pytest.skip("this source checkout is without the package's weights")
    return request.param


@pytest.fixture
def encoder(name: str) -> Encoder:
    return load_encoder(name, Settings())


@pytest.fixture
def tagger(encoder: Encoder) -> Tagger:
    found = as_tagger(encoder)
    if found is None:
        pytest.skip("this encoder has no tags")
    return found


@pytest.fixture
def text_encoder(encoder: Encoder) -> TextEncoder:
    found = as_text_encoder(encoder)
    if found is None:
        pytest.skip("this encoder understands no words")
    return found


@pytest.fixture
def explainer(encoder: Encoder) -> Explainer:
    found = as_explainer(encoder)
    if found is None:
        pytest.skip("this encoder has no cells")
    return found


def photos(n: int = 12) -> list[Image.Image]:
    rng = np.random.default_rng(11)
    made: list[Image.Image] = []
    for _ in range(n):
        width, height = (int(side) for side in rng.integers(30, 200, 2))
        image = Image.new("RGB", (width, height), (250, 250, 248))
        fill = tuple(int(value) for value in rng.integers(0, 256, 3))
        box = (width // 5, height // 6, width - width // 5, height - height // 8)
        ImageDraw.Draw(image).ellipse(box, fill=fill)
        made.append(image)
    return made


def prepared(encoder: Encoder, images: list[Image.Image]) -> np.ndarray:
    return np.stack([encoder.prepare(image) for image in images])


def test_rows_have_length_one(encoder: Encoder) -> None:
    vectors = encoder.embed(prepared(encoder, photos()))
    assert vectors.shape == (12, encoder.identity.dim)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors.astype(np.float64), axis=1) == pytest.approx(1, abs=1e-5)


def test_same_photo_same_row_whatever_the_batch(encoder: Encoder) -> None:
    pixels = prepared(encoder, photos(70))
    together = encoder.embed(pixels)
    for start, stop in ((0, 1), (3, 5), (60, 70)):
        assert np.abs(encoder.embed(pixels[start:stop]) - together[start:stop]).max() < 1e-3
    assert np.abs(encoder.embed(pixels[::-1])[::-1] - together).max() < 1e-3


def test_same_numbers_every_time(encoder: Encoder, name: str) -> None:
    pixels = prepared(encoder, photos())
    again = load_encoder(name, Settings())
    assert (encoder.embed(pixels) == encoder.embed(pixels)).all()
    assert (encoder.embed(pixels) == again.embed(prepared(again, photos()))).all()


def test_different_photos_have_different_rows(encoder: Encoder) -> None:
    vectors = encoder.embed(prepared(encoder, photos()))
    likeness = vectors @ vectors.T
    assert (likeness[~np.eye(12, dtype=bool)] < 1 - 1e-6).all()


def test_identity_is_stable_and_complete(encoder: Encoder, name: str) -> None:
    identity = encoder.identity
    assert identity == load_encoder(name, Settings()).identity
    assert len(identity.sha256) == 64
    assert identity.dim > 0
    assert identity.preprocessing
    assert "\n" not in identity.preprocessing


def test_prepare_gives_one_size_and_leaves_the_photo_alone(encoder: Encoder) -> None:
    images = photos()
    before = [image.tobytes() for image in images]
    pixels = [encoder.prepare(image) for image in images]
    assert len({array.shape for array in pixels}) == 1
    assert {array.dtype for array in pixels} == {np.dtype(np.uint8)}
    assert [image.tobytes() for image in images] == before


def test_prepare_works_on_many_threads(encoder: Encoder) -> None:
    images = photos(40)
    alone = [encoder.prepare(image) for image in images]
    with ThreadPoolExecutor(8) as pool:
        for _ in range(3):
            for one, other in zip(alone, pool.map(encoder.prepare, images), strict=True):
                assert (one == other).all()


@pytest.mark.parametrize("size", [(1, 1), (20_000, 1), (1, 20_000), (2, 3), (5000, 4000)])
def test_any_size_will_do(encoder: Encoder, size: tuple[int, int]) -> None:
    vectors = encoder.embed(prepared(encoder, [Image.new("RGB", size, (120, 60, 30))]))
    assert np.linalg.norm(vectors) == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("grey", [0, 1, 127, 254, 255])
def test_plain_photos_give_finite_numbers(encoder: Encoder, grey: int) -> None:
    vectors = encoder.embed(prepared(encoder, [Image.new("RGB", (60, 80), (grey,) * 3)]))
    assert np.isfinite(vectors).all()
    assert np.linalg.norm(vectors) == pytest.approx(1, abs=1e-5)


def test_no_photos_give_no_rows(encoder: Encoder) -> None:
    nothing = prepared(encoder, photos(1))[:0]
    assert encoder.embed(nothing).shape == (0, encoder.identity.dim)


def test_pixels_that_prepare_did_not_make_are_refused(encoder: Encoder) -> None:
    pixels = prepared(encoder, photos(2))
    wrongs: list[np.ndarray] = [pixels[0], pixels[:, 1:], pixels / 1.0, pixels[..., :2]]
    for wrong in wrongs:
        with pytest.raises(ShapeError, match="as `prepare` makes them"):
            encoder.embed(wrong)


def test_tags_are_words_of_their_heads(tagger: Tagger, encoder: Encoder) -> None:
    vectors, tags = tagger.embed_and_tag(prepared(encoder, photos()))
    assert len(tags) == len(vectors) == 12
    for tagged in tags:
        assert tagged.keys() == tagger.heads.keys()
        for head, tag in tagged.items():
            assert tag.value in tagger.heads[head]
            assert 0 <= tag.confidence <= 1


def test_tagging_does_not_change_the_vectors(tagger: Tagger, encoder: Encoder) -> None:
    pixels = prepared(encoder, photos(70))
    assert np.abs(tagger.embed_and_tag(pixels)[0] - encoder.embed(pixels)).max() < 1e-6


def test_tags_do_not_depend_on_the_batch(tagger: Tagger, encoder: Encoder) -> None:
    pixels = prepared(encoder, photos(70))
    _, together = tagger.embed_and_tag(pixels)
    for n in (0, 40, 69):
        _, [alone] = tagger.embed_and_tag(pixels[n : n + 1])
        for head, tag in alone.items():
            assert tag.value == together[n][head].value
            assert tag.confidence == pytest.approx(together[n][head].confidence, abs=1e-3)


def test_no_photos_have_no_tags(tagger: Tagger, encoder: Encoder) -> None:
    vectors, tags = tagger.embed_and_tag(prepared(encoder, photos(1))[:0])
    assert len(vectors) == 0
    assert tags == []


def test_the_table_says_what_an_encoder_can_do(encoder: Encoder, name: str) -> None:
    if name not in ENCODERS:
        pytest.skip("only rows of the table promise something")
    can = {
        "photos": encoder,
        "words": as_text_encoder(encoder),
        "tags": as_tagger(encoder),
        "heat maps": as_explainer(encoder),
    }
    assert {ability for ability, there in can.items() if there} == {*ENCODERS[name].abilities}
    assert encoder.identity.name == name
    assert encoder.identity.dim == ENCODERS[name].dim


TEXTS = ["red dress", "Men's T-shirts", "", "qqqq zzzz", "shoes " * 500, "été Ünïcode 靴 \x00"]


def test_any_text_has_a_row_of_length_one(text_encoder: TextEncoder, encoder: Encoder) -> None:
    vectors = text_encoder.embed_text(TEXTS)
    assert vectors.shape == (len(TEXTS), encoder.identity.dim)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors.astype(np.float64), axis=1) == pytest.approx(1, abs=1e-5)


def test_same_text_same_row_whatever_the_batch(text_encoder: TextEncoder) -> None:
    many = TEXTS * 60
    together = text_encoder.embed_text(many)
    for row in (0, 3, 255, 256, 359):
        assert np.abs(text_encoder.embed_text([many[row]]) - together[row]).max() < 1e-5


def test_texts_differ_and_no_texts_give_no_rows(
    text_encoder: TextEncoder, encoder: Encoder
) -> None:
    red, shirts, *_ = text_encoder.embed_text(TEXTS)
    assert red @ shirts < 1 - 1e-4
    assert text_encoder.embed_text([]).shape == (0, encoder.identity.dim)


def test_cells_average_to_the_vector(explainer: Explainer, encoder: Encoder) -> None:
    pixels = prepared(encoder, photos())
    cells = explainer.embed_cells(pixels)
    assert explainer.grid is not None
    assert cells.shape == (12, encoder.identity.dim, *explainer.grid)
    assert cells.dtype == np.float32
    means = cells.astype(np.float64).mean(axis=(2, 3))
    means /= np.linalg.norm(means, axis=1, keepdims=True)
    assert np.abs(means - encoder.embed(pixels)).max() < 1e-5


def test_parts_of_the_cells_sum_to_the_score(explainer: Explainer, encoder: Encoder) -> None:
    plain = [Image.new("RGB", (60, 80), (grey,) * 3) for grey in (0, 127, 255)]
    pixels = prepared(encoder, [*photos(), *plain])
    vectors, cells = encoder.embed(pixels), explainer.embed_cells(pixels)
    text_encoder = as_text_encoder(encoder)
    words = text_encoder.embed_text(TEXTS) if text_encoder else vectors[:0]
    for vector, places in zip(vectors, cells, strict=True):
        for other in (*vectors, *words):
            parts = similarity_map(places, other)
            assert parts.sum(dtype=np.float64) == pytest.approx(vector @ other, abs=1e-4)


def test_no_photos_have_no_cells(explainer: Explainer, encoder: Encoder) -> None:
    assert len(explainer.embed_cells(prepared(encoder, photos(1))[:0])) == 0


def test_probabilities_never_fall(encoder: Encoder) -> None:
    curve = encoder.identity.similarity
    if not curve:
        pytest.skip("nothing was measured of this encoder's similarities")
    cosines, likely = np.array(curve).T
    assert (np.diff(cosines) >= 0).all()
    assert (np.diff(likely) >= 0).all()
    assert 0 <= likely[0] < likely[-1] <= 1
