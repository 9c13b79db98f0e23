"""DeepFashion's Category and Attribute benchmark, drawn on the spot in its own layout."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from scipy.sparse import csr_matrix
from tests.evaluate.conftest import COLOURS, ColourEye

from vitrine.catalog import read_catalogue
from vitrine.catalog.deepfashion_attributes import AttributeLists
from vitrine.errors import UsageError
from vitrine.evaluate import Contestant, evaluate, examples_from
from vitrine.evaluate.category_attribute import (
    Truth,
    linear_scores,
    neighbour_scores,
    results_of,
)
from vitrine.settings import Settings
from vitrine.vectors import unit

BOX = (40, 40, 80, 100)
CATEGORIES = ("Anorak", "Blazer", "Cardigan", "Blouse", "Tee", "Dress")
ATTRIBUTES = {"striped": 1, "linen": 2, "a-line": 3, "bell sleeve": 4, "boho": 5}


@pytest.fixture
def benchmark(tmp_path: Path) -> Path:
    """Three categories and attributes told by colour, eight photos of each, five teach."""
    folder = tmp_path / "attributes"
    names = [*ATTRIBUTES]
    lists: dict[str, list[str]] = {
        "Eval/list_eval_partition.txt image_name evaluation_status": [],
        "Anno/list_category_img.txt image_name category_label": [],
        "Anno/list_attr_img.txt image_name attribute_labels": [],
        "Anno/list_bbox.txt image_name x_1 y_1 x_2 y_2": [],
        "Anno/list_category_cloth.txt category_name category_type": [f"{c} 1" for c in CATEGORIES],
        "Anno/list_attr_cloth.txt attribute_name attribute_type": [
            f"{name} {kind}" for name, kind in ATTRIBUTES.items()
        ],
    }
    parts, categories, attributes, boxes = [*lists.values()][:4]
    for number, colour in enumerate(COLOURS.values()):
        for n in range(8):
            photo = f"img/Look_{number}/img_{n:08}.jpg"
            path = folder / "Img" / photo
            path.parent.mkdir(parents=True, exist_ok=True)
            image = Image.new("RGB", (120, 140), (90 + n, 90, 90))
            image.paste(colour, BOX)
            image.save(path, quality=95)
            marked = {names[number], "boho"} if number else {names[number]}
            signs = ["1" if name in marked else "-1" for name in names]
            parts.append(f"{photo} {'train' if n < 5 else 'val' if n == 5 else 'test'}")
            categories.append(f"{photo} {number + 4}")
            attributes.append(f"{photo} {'  '.join(signs)}")
            boxes.append(f"{photo} {' '.join(map(str, BOX))}")
    for name, rows in lists.items():
        file, head = name.split(" ", 1)
        (folder / file).parent.mkdir(exist_ok=True)
        (folder / file).write_text("\n".join([str(len(rows)), head, *rows, ""]), "utf-8")
    return folder


def test_what_a_colour_tells_is_found_inside_the_box(benchmark: Path, tmp_path: Path) -> None:
    examples = examples_from(read_catalogue(benchmark))
    eye = Contestant("eye", lambda _settings: ColourEye(), Settings())
    found = evaluate(examples, [eye], ["category-attribute"], folder=tmp_path / "kept")
    assert found.n_photos == 21, "photos of val are not looked at"
    for head in ("", ", by neighbours"):
        for measure, n in (("category top-3", 6), ("all attributes R@3", 6)):
            result = found.find("category-attribute", measure + head, "eye")
            assert result is not None
            assert (result.figure, result.n) == (1.0, n)
    style = found.find("category-attribute", "style attributes R@3", "eye")
    assert style is not None
    assert style.n == 4
    assert found.find("category-attribute", "part attributes R@3", "eye") is None, "never marked"
    published = found.find("category-attribute", "category top-3", "FashionNet (Liu 2016)")
    assert published is not None
    assert published.figure == 0.8258
    assert {"most frequent", "FashionNet (Liu 2016)"} <= {*found.baselines}
    assert not list((tmp_path / "kept").rglob("*.png")), "cut photos are thrown away"


def test_it_needs_photos_that_teach(benchmark: Path) -> None:
    parts = benchmark / "Eval/list_eval_partition.txt"
    parts.write_text(parts.read_text("utf-8").replace(" train", " val"), "utf-8")
    examples = examples_from(read_catalogue(benchmark))
    eye = Contestant("eye", lambda _settings: ColourEye(), Settings())
    with pytest.raises(UsageError, match="it needs DeepFashion's Category and Attribute lists"):
        evaluate(examples, [eye], ["category-attribute"])


def test_figures_of_a_hand_worked_case() -> None:
    """Two photos: one right at rank 3 of 4 categories, one at rank 1; 1 of 3 and 1 of 1 marked."""
    lists = AttributeLists(list("abcd"), list("stuv"), ["texture"] * 2 + ["style"] * 2, {}, {})
    marks = csr_matrix(np.array([[1, 1, 0, 1], [0, 0, 1, 0]], np.float32))
    wanted = Truth(np.array([2, 0]), marks, np.array(["x", "y"]))
    categories = np.array([[0.5, 0.4, 0.3, 0.2], [0.9, 0.1, 0.1, 0.1]])
    attributes = np.array([[0.0, 0.9, 0.8, 0.1], [0.4, 0.3, 0.2, 0.1]])
    said = {r.measure: r for r in results_of(categories, attributes, wanted, lists, "who")}
    assert (said["category top-3"].figure, said["category top-3"].n) == (1.0, 2)
    assert said["all attributes R@3"].figure == (2 + 1) / (3 + 1)
    assert said["texture attributes R@3"].n == 1, "only where one of the type is marked"
    assert said["style attributes R@3"].figure == 1.0


def test_heads_against_plain_computations() -> None:
    rng = np.random.default_rng(0)
    teach, ask = (unit(rng.normal(size=(n, 6))) for n in (70, 9))
    codes = rng.integers(-1, 3, 70)
    marks = (rng.random((70, 4)) < 0.3).astype(np.float32)
    known = Truth(codes, csr_matrix(marks), np.full(70, "x"))
    categories, attributes = neighbour_scores(teach, known, ask, 3)
    for row, query in enumerate(ask):
        near = np.argsort(-(teach @ query))[:50]
        assert attributes[row] == pytest.approx(marks[near].mean(axis=0), abs=1e-3)
        shares = [(codes[near] == code).mean() for code in range(3)]
        assert categories[row] == pytest.approx(shares, abs=1e-3)
    from sklearn.linear_model import Ridge

    centred = teach - teach.mean(axis=0)
    strength = 0.01 * np.trace(centred.T @ centred) / 6
    oracle = Ridge(alpha=strength, fit_intercept=True).fit(teach, marks)
    _, linear = linear_scores(teach, known, ask, 3)
    assert linear == pytest.approx(oracle.predict(ask), abs=1e-4)
