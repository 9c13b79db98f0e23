"""Polyvore Outfits in its official layout, with photos drawn on the spot."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tests.evaluate.conftest import COLOURS, ColourEye

from vitrine.catalog import read_catalogue
from vitrine.errors import DataError, UsageError
from vitrine.evaluate import Contestant, Evaluation, evaluate, examples_from
from vitrine.evaluate.outfits_polyvore import judge_polyvore
from vitrine.settings import Settings

KINDS = {"3": "dress", "46": "sandals", "38": "clutch"}
BLANK, AUC = "fill in the blank, nondisjoint", "compatibility AUC, nondisjoint"


def outfits(colours: Iterable[str], first: int) -> list[dict[str, object]]:
    return [
        {
            "set_id": str(first + n),
            "items": [{"item_id": f"{colour}-{kind}", "index": at + 1} for at, kind in places()],
        }
        for n, colour in enumerate(colours)
    ]


def places() -> list[tuple[int, str]]:
    return [*enumerate(KINDS)]


@pytest.fixture
def polyvore(tmp_path: Path) -> Path:
    """Three outfits, each of one colour; shuffled ones mix them."""
    folder = tmp_path / "polyvore_outfits"
    (folder / "images").mkdir(parents=True)
    split = folder / "nondisjoint"
    split.mkdir()
    items: dict[str, dict[str, str]] = {}
    for colour, rgb in COLOURS.items():
        for at, kind in places():
            image = Image.new("RGB", (60, 80), "white")
            image.paste(rgb, (10, 10, 40 + at, 70))
            image.save(folder / "images" / f"{colour}-{kind}.jpg", quality=95)
            items[f"{colour}-{kind}"] = {"category_id": kind, "semantic_category": "x"}
    (folder / "polyvore_item_metadata.json").write_text(json.dumps(items), "utf-8")
    rows = [f"{number},{name},x" for number, name in KINDS.items()]
    (folder / "categories.csv").write_text("\n".join(rows), "utf-8")
    for part, first in (("train", 50), ("valid", 70), ("test", 100)):
        (split / f"{part}.json").write_text(json.dumps(outfits(COLOURS, first)), "utf-8")
        asked = [
            {
                "question": [f"{first + n}_1", f"{first + n}_2"],
                "blank_position": 3,
                "answers": [f"{first + (n + turn) % 3}_3" for turn in (1, 0, 2)],
            }
            for n in range(3)
        ]
        (split / f"fill_in_blank_{part}.json").write_text(json.dumps(asked), "utf-8")
        real = [f"1 {first + n}_1 {first + n}_2 {first + n}_3" for n in range(3)]
        mixed = [f"0 {first + n}_1 {first + (n + 1) % 3}_2 {first + n}_3" for n in range(3)]
        (split / f"compatibility_{part}.txt").write_text("\n".join([*real, *mixed]), "utf-8")
    return folder


def asked_of(folder: Path) -> Evaluation:
    examples = examples_from(read_catalogue(folder))
    eye = Contestant("eye", lambda _settings: ColourEye(), Settings())
    return evaluate(examples, [eye], ["outfits"])


def test_outfits_of_one_colour(polyvore: Path) -> None:
    found = asked_of(polyvore)
    blank, auc = (found.find("outfits", name, "eye") for name in (BLANK, AUC))
    assert blank is not None
    assert auc is not None
    assert (blank.figure, blank.n) == (1.0, 3)
    assert (auc.figure, auc.n) == (1.0, 6)
    kinds = [found.find("outfits", name, "kinds alone") for name in (BLANK, AUC)]
    assert [each and each.figure for each in kinds] == [pytest.approx(1 / 3), 0.5]
    published = found.find("outfits", AUC, "type-aware (Vasileva 2018)")
    assert published is not None
    assert published.figure == 0.86


def test_both_splits_and_a_part_that_is_not_the_test(polyvore: Path) -> None:
    (polyvore / "nondisjoint").rename(polyvore / "disjoint")
    for name in ("test.json", "train.json"):
        (polyvore / "disjoint" / name).unlink()
    found = asked_of(polyvore)
    assert {r.measure for r in found.results} == {
        "fill in the blank, disjoint valid",
        "compatibility AUC, disjoint valid",
    }
    assert {r.contestant for r in found.results} == {"eye"}


def test_questions_are_asked_where_every_photo_is_there(polyvore: Path) -> None:
    (polyvore / "images" / "Red-3.jpg").unlink()
    blank = asked_of(polyvore).find("outfits", BLANK, "eye")
    assert blank is not None
    assert blank.n == 2
    for photo in (polyvore / "images").glob("*-38.jpg"):
        photo.unlink()
    with pytest.raises(DataError, match="no question whose photos are all among"):
        asked_of(polyvore)


def test_a_set_downloaded_in_part(polyvore: Path) -> None:
    split = polyvore / "nondisjoint"
    whole = (split / "test.json").read_text("utf-8")
    (split / "test.json").write_text(json.dumps(json.loads(whole)[:2]), "utf-8")
    with pytest.raises(DataError, match="asks about 102_3, which the outfits beside it do not"):
        asked_of(polyvore)
    (split / "test.json").write_text(whole[:-20], "utf-8")
    with pytest.raises(DataError, match=r"test\.json is damaged"):
        asked_of(polyvore)
    (split / "test.json").write_text(whole, "utf-8")
    (split / "compatibility_test.txt").write_text("1 100_1 100_2\n2 x\n", "utf-8")
    with pytest.raises(DataError, match="line 2: 0 or 1 and items are expected"):
        asked_of(polyvore)
    (split / "compatibility_test.txt").unlink()
    with pytest.raises(DataError, match=r"compatibility_test\.txt is not there"):
        asked_of(polyvore)
    split.rename(polyvore / "elsewhere")
    with pytest.raises(UsageError, match="it needs Polyvore Outfits with nondisjoint"):
        asked_of(polyvore)


def test_kinds_are_judged_on_the_official_files(polyvore: Path) -> None:
    many = outfits(np.repeat([*COLOURS], 10).tolist(), 0)
    split = polyvore / "nondisjoint"
    (split / "valid.json").write_text(json.dumps(many), "utf-8")
    lines = [f"{n % 2} {n}_1 {n}_2 {n}_3" for n in range(30)]
    (split / "compatibility_valid.txt").write_text("\n".join(lines), "utf-8")
    found = {(f.scorer, f.measure): f for f in judge_polyvore(polyvore, n_draws=20)}
    assert found["learned kinds", "fill in the blank, any answers"].n > 5
