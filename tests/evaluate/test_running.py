from __future__ import annotations

import json
import sys
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from vitrine.errors import DataError, UsageError
from vitrine.evaluate import (
    PROTOCOLS,
    Contestant,
    Evaluation,
    Examples,
    Result,
    evaluate,
    markdown,
    open_contestants,
    protocols_for,
    summary_of,
    write_report,
)
from vitrine.evaluate import speed as speed_module
from vitrine.metrics import Bin
from vitrine.settings import Settings


@pytest.fixture
def contestants(contestant: Contestant) -> list[Contestant]:
    return [contestant, *open_contestants(["colour"], Settings(threads=1))]


def test_what_a_source_allows(shop: Examples) -> None:
    names = [protocol.name for protocol in protocols_for(shop)]
    assert names == ["tags", "similar", "siblings", "photo-to-shop", "two-photos", "text"]
    assert [p.name for p in protocols_for(shop, ["speed", "tags", "speed"])] == ["speed", "tags"]


def test_what_it_does_not_allow_is_said(shop: Examples) -> None:
    with pytest.raises(UsageError, match=r"'senders' cannot be measured.*sender_id and a label"):
        protocols_for(shop, ["senders"])
    with pytest.raises(UsageError, match=r"no protocol is called 'tag'.*Did you mean 'tags'"):
        protocols_for(shop, ["tag"])
    bare = shop.only(np.arange(len(shop)) == 0)
    bare = replace(bare, labels={h: np.array([""]) for h in bare.labels})
    with pytest.raises(UsageError, match="nothing can be measured"):
        protocols_for(bare)


def test_a_real_shop_knows_no_distance(shop: Examples) -> None:
    found = open_contestants(["default"], Settings(), baselines=False, distance="euclidean")
    with pytest.raises(UsageError, match="grouping asks a real shop, which ranks by cosine"):
        evaluate(shop, found, ["similar", "grouping"])


def test_the_toy_shop_end_to_end(
    shop: Examples, contestants: list[Contestant], tmp_path: Path
) -> None:
    told: list[str] = []
    found = evaluate(
        shop,
        contestants,
        folder=tmp_path,
        on_progress=lambda name, done, total: told.append(name),
    )
    assert found.contestants == ["colour-eye", "colour", "random"]
    assert found.baselines == ["random", "majority"]
    assert found.n_photos == 18
    assert set(told) == {"colour-eye", "colour", "random"}
    seen = found.find("two-photos", "both ways R@1", "colour")
    blind = found.find("two-photos", "both ways R@1", "random")
    assert seen is not None
    assert blind is not None
    assert seen.figure > blind.figure
    for result in found.results:
        if result.n and result.low is not None and result.high is not None:
            assert result.low - 1e-9 <= result.figure <= result.high + 1e-9
    asked = {name for name, protocol in PROTOCOLS.items() if not protocol.by_request}
    of_sets = {"senders", "query-gallery", "category-attribute", "outfits"}
    assert {r.protocol for r in found.results} == asked - of_sets
    assert len(list((tmp_path / "shopper-photos").glob("*.jpg"))) == 9


def test_it_gives_the_same_figures_again(shop: Examples, contestants: list[Contestant]) -> None:
    first = evaluate(shop, contestants, ["similar", "photo-to-shop"])
    second = evaluate(shop, contestants, ["similar", "photo-to-shop"])
    assert list(first.results) == list(second.results)


def rows_of(shop: Examples, order: np.ndarray) -> Examples:
    columns = {
        name: value[order]
        for name in shop.__slots__  # pyright: ignore
        if isinstance(value := getattr(shop, name), np.ndarray)
    }
    labels = {head: words[order] for head, words in shop.labels.items()}
    return replace(shop, labels=labels, **columns)


def test_the_order_of_the_photos_makes_no_difference(
    shop: Examples, contestants: list[Contestant]
) -> None:
    order = np.random.default_rng(0).permutation(len(shop))
    shuffled = rows_of(shop, order)
    one = evaluate(shop, contestants[:2], ["tags", "siblings", "two-photos"])
    other = evaluate(shuffled, contestants[:2], ["tags", "siblings", "two-photos"])
    for a, b in zip(one.results, other.results, strict=True):
        assert (a.measure, a.n) == (b.measure, b.n)
        assert a.figure == pytest.approx(b.figure, nan_ok=True)


def test_a_photo_that_cannot_be_read_is_left_out_for_everybody(
    shop: Examples, contestants: list[Contestant], tmp_path: Path
) -> None:
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"no photo")
    photos = np.concatenate([[str(broken)], shop.photos[1:]])
    found = evaluate(replace(shop, photos=photos), contestants, ["tags"])
    assert found.n_photos == 17
    assert found.notes[-1] == "1 photos could not be read and were left out for everybody"
    with pytest.raises(DataError, match="none of the 18 photos"):
        evaluate(replace(shop, photos=np.array([str(broken)] * 18)), contestants, ["tags"])


def test_the_same_file_under_two_products_is_a_near_duplicate(
    shop: Examples, contestants: list[Contestant]
) -> None:
    photos = shop.photos.copy()
    photos[2] = photos[0]
    kinds = {**shop.labels, "base_colour": np.array(["Red"] * 18)}
    shop = replace(shop, photos=photos, labels=kinds, designs=np.full(18, ""))
    found = evaluate(shop, contestants[:1], ["similar"])
    result = found.find("similar", "same type and colour P@1", "colour-eye")
    assert result is not None
    assert result.groups is not None
    assert len(np.unique(result.groups)) == 8


def test_the_report_is_complete(
    shop: Examples, contestants: list[Contestant], tmp_path: Path
) -> None:
    found = evaluate(shop, contestants, ["tags", "siblings"])
    files = write_report(found, tmp_path / "report")
    assert [path.name for path in files] == [
        *("results.json", "results.md", "tags.svg", "siblings.svg"),
        *("reliability-colour-eye.svg", "reliability-colour.svg"),
    ]
    written = json.loads(files[0].read_text())
    assert written["baselines"] == ["random", "majority"]
    assert len(written["results"]) == len(found.results)
    assert set(written["reliability"]) == {"colour-eye", "colour"}
    text = files[1].read_text()
    assert "| sibling recall@1 | 9 |" in text
    assert "random (baseline)" in text
    for path in files[2:]:
        root = ElementTree.parse(path).getroot()
        assert root.tag.endswith("svg")


def test_names_are_escaped(tmp_path: Path) -> None:
    result = Result("tags", "a<b | c", "x&y", 0.5, 3, 0.4, 0.6)
    bins = {"x&y": {"<head>": [Bin(3, 0.5, 0.4)]}}
    found = Evaluation("s", "all", 3, ["x&y"], [], [result], bins)
    for path in write_report(found, tmp_path)[2:]:
        ElementTree.parse(path)
    assert "a<b \\| c" in markdown(found)


def test_no_number_is_null_in_json() -> None:
    result = Result("tags", "m", "x", float("nan"), 0, float("nan"), None)
    assert result.as_json()["figure"] is None
    assert result.as_json()["low"] is None


def test_every_encoder_in_one_line_where_speed_was_measured_too() -> None:
    results = [
        Result("similar", "type P@1", "a", 0.5, 10),
        Result("speed", "tower only, photos/s", "a", 84.4, 200, decimals=0),
        Result("speed", "peak memory of its process, MB", "a", 310.2, 1, decimals=0),
    ]
    found = Evaluation("toy", "all", 10, ["a"], [], results, {})
    header, rows = summary_of(found)
    assert header == [
        *("encoder", "type accuracy by its nearest", "photos/s, tower", "memory, MB"),
    ]
    assert rows == [["a", ".500", "84", "310"]]
    assert "## every encoder in one line" in markdown(found)
    assert summary_of(replace(found, results=results[:1])) == ([], [])


def test_speed_is_measured_only_where_asked_for(
    shop: Examples, contestants: list[Contestant], monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = dict.fromkeys(("tower", "768 x 1024", "12 megapixels"), 3)
    monkeypatch.setattr(speed_module, "_N_RUNS", runs)
    found = evaluate(shop, contestants[1:2], ["speed"])
    fast = found.find("speed", "768 x 1024 JPEG to vector and tags, photos/s", "colour")
    slow = found.find("speed", "12 megapixels JPEG to vector and tags, photos/s", "colour")
    p50 = found.find("speed", "768 x 1024 JPEG to vector and tags, p50 ms", "colour")
    assert fast is not None
    assert slow is not None
    assert p50 is not None
    assert fast.figure > slow.figure > 0
    if sys.platform != "win32":
        memory = found.find("speed", "peak memory of its process, MB", "colour")
        of_it = found.find("speed", "of which the encoder, MB", "colour")
        assert memory is not None
        assert of_it is not None
        assert 10 < of_it.figure + 10 < memory.figure < 4000
    assert p50.figure == pytest.approx(1000 / fast.figure)
