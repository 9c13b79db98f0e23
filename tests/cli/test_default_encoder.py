"""What the package's own model does on the command line: no flags, no network, no download."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from vitrine.demo import demo_source
from vitrine.encoders import load_encoder
from vitrine.settings import Settings

HEADS = {
    *("gender", "master_category", "sub_category", "article_type", "base_colour"),
    *("season", "usage", "pattern", "sleeve", "neckline"),
}
SHIRT, DRESS = "D0001", "D0096"


@pytest.fixture(autouse=True)
def _default_encoder(monkeypatch: pytest.MonkeyPatch) -> None:  # pyright: ignore[reportUnusedFunction]
    monkeypatch.delenv("VITRINE_ENCODER")


def picture(product_id: str, number: int = 1) -> Path:
    return demo_source() / "images" / f"{product_id}-{number}.webp"


def test_it_is_the_encoder_of_new_shops(run_json: Callable[..., Any], write: Any) -> None:
    assert Settings().encoder == "default"
    source = write("source", 3)
    report = run_json("index", source, "--shop", "my.shop")
    assert (report["encoder"], report["failed"]) == ("default", 0)
    hits = run_json("search", "--shop", "my.shop", "--image", source.parent / "images/1.png")[
        "hits"
    ]
    assert hits[0]["product_id"] == "1"
    assert hits[0]["why"]["cosine"] == pytest.approx(1, abs=2e-3)


def test_a_photo_gets_ten_tags(run: Callable[..., Any]) -> None:
    lines = run("tag", picture(SHIRT), picture(DRESS), "--json").stdout.splitlines()
    shirt, dress = (json.loads(line)["tags"] for line in lines)
    assert set(shirt) == HEADS
    assert (shirt["article_type"]["value"], dress["article_type"]["value"]) == (
        "Tshirts",
        "Dresses",
    )
    assert dress["gender"]["value"] == "Women"
    for tag in (*shirt.values(), *dress.values()):
        assert 0 < tag["confidence"] <= 1
        assert isinstance(tag["unsure"], bool)


def test_words_and_photos_meet(run: Callable[..., Any]) -> None:
    Path("lines.txt").write_text("white tshirt\nfloral dress\n", encoding="utf-8")
    run("embed", "--text", "lines.txt", "-o", "words.npy")
    run("embed", picture(SHIRT), picture(DRESS), "-o", "photos.npy", "--ids", "ids.txt")
    words, photos = np.load("words.npy"), np.load("photos.npy")
    assert words.shape == photos.shape == (2, 256)
    assert (words @ photos.T).argmax(axis=1).tolist() == [0, 1]


def test_photos_without_a_word_are_filtered_and_found_by_words(
    run_json: Callable[..., Any], tmp_path: Path
) -> None:
    folder = tmp_path / "bare"
    folder.mkdir()
    for product_id in (SHIRT, DRESS, "D0157", "D0199"):
        (folder / f"{product_id}.webp").write_bytes(picture(product_id).read_bytes())
    run_json("index", folder, "--shop", "my.shop")
    found = run_json("search", "--shop", "my.shop", "--text", "dress", "-k", 1)
    assert found["hits"][0]["product_id"] == DRESS
    bags = run_json(
        "search", "--shop", "my.shop", "--where", "article_type=backpacks gender=unisex"
    )
    assert [hit["product_id"] for hit in bags["hits"]] == ["D0199"]


def test_the_model_is_whole() -> None:
    encoder = load_encoder("default", Settings(offline=True))
    assert encoder.identity.dim == 256
    assert encoder.identity.similarity
