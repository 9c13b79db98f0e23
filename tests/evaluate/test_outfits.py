"""Questions are fair, and figures are those of a naive count."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score
from tests.outfits.wardrobe import wardrobe

from vitrine.errors import DataError
from vitrine.evaluate.outfits import (
    CoPurchases,
    auc,
    judge,
    paired,
    questions,
    read_co_purchases,
    scorers,
    without_kinds,
)
from vitrine.evaluate.outfits_polyvore import judge_polyvore
from vitrine.index import Snapshot, snapshot
from vitrine.outfits import pieces_of, shipped_compatibility
from vitrine.store import open_sqlite


def bought(seed: int = 0) -> CoPurchases:
    """Random pairs of 120 designs in four groups, two colours each."""
    rng = np.random.default_rng(seed)
    codes = np.repeat(np.arange(120), 2).astype(str)
    groups = np.repeat(rng.choice(["Upper", "Lower", "Shoes", "Unknown"], 120), 2)
    pairs = {tuple(sorted(rng.choice(240, 2, replace=False).tolist())) for _ in range(500)}
    different = [pair for pair in sorted(pairs) if codes[pair[0]] != codes[pair[1]]]
    cells = np.char.add(groups, np.repeat(rng.choice(["|a", "|b"], 120), 2))
    return CoPurchases(np.array(different), codes, groups, cells)


def test_questions_are_fair() -> None:
    known = bought()
    taught = known.taught()
    assert len({*zip(known.codes, taught, strict=True)}) == 120, "designs are whole"
    asked = questions(known, ~taught)
    assert len(asked) > 50
    pairs = {tuple(pair) for pair in known.pairs.tolist()}
    for kept, other, exchanged in asked.tolist():
        assert not taught[[kept, other, exchanged]].any()
        assert tuple(sorted((kept, other))) in pairs
        assert tuple(sorted((kept, exchanged))) not in pairs
        assert known.groups[kept] != known.groups[other]
        assert "Unknown" not in (known.groups[kept], known.groups[other])
        assert known.cells[exchanged] == known.cells[other]
        assert known.popularity[exchanged] == known.popularity[other]


def test_auc_against_sklearn() -> None:
    rng = np.random.default_rng(0)
    together, apart = rng.integers(0, 9, 200) / 3, rng.integers(0, 8, 150) / 3
    labels = np.repeat([1, 0], [200, 150])
    expected = roc_auc_score(labels, np.concatenate([together, apart]))
    assert auc(together, apart) == pytest.approx(expected)
    assert paired(np.array([1.0, 2.0, 3.0, 0.0]), np.array([0.0, 2.0, 4.0, 0.0])) == 0.5


@pytest.fixture(scope="module")
def view(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snapshot]:
    folder = tmp_path_factory.mktemp("hm")
    wardrobe(folder).close()
    store = open_sqlite(folder / "clothes.shop")
    yield snapshot(store.rows())
    store.close()


def test_read_and_judged(view: Snapshot, tmp_path: Path) -> None:
    """Articles of a shop whose ids lost no zero; popularity can say nothing, by construction."""
    ids = [name for name in view.product_ids if name[-1] in "0123"]
    with (tmp_path / "articles.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(
            ["article_id", "product_code", "product_group_name", "product_type_name", "index_name"]
        )
        writer.writerows([name, name, name[:-2], name[:-2], "all"] for name in ids)
    pairs = [(a, b) for a in ids for b in ids if a < b and a[-1] == b[-1] and a[:3] != b[:3]]
    with (tmp_path / "copurchase.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(
            [("article_id", "co_article_id", "score"), *((*pair, 1) for pair in pairs)]
        )
    known = read_co_purchases(tmp_path, view)
    assert len(known.pairs) == len(pairs)
    everything = np.array([code != "" for code in known.codes.tolist()])
    asked = questions(known, everything, n_each=1)
    pieces, _ = pieces_of(view)
    by = scorers(view, pieces, known, {"ours": without_kinds(shipped_compatibility())})
    found = {(each.scorer, each.measure): each for each in judge(known, asked, by, n_draws=50)}
    assert found["popularity alone", "AUC"].figure.figure == 0.5
    assert found["colour alone", "own exchange"].figure.figure > 0.5, "pairs share their colour"
    assert [*found["ours", "AUC"].above] == ["popularity alone", "raw similarity", "colour alone"]
    with pytest.raises(DataError, match="is not there"):
        read_co_purchases(tmp_path / "gone", view)


def test_polyvore(tmp_path: Path) -> None:
    """Outfits of two worlds that never mix: what is learned from half answers the other half."""
    worlds = (["3", "46", "38"], ["27", "49", "35"])  # dress, sandals, clutch; jeans, sneakers, bag
    outfits = [
        {
            "set_id": str(n),
            "items": [{"item_id": f"{n}_{at}", "index": at} for at in range(3)],
        }
        for n in range(300)
    ]
    categories = {f"{n}_{at}": worlds[n % 2][at] for n in range(300) for at in range(3)}
    names = {"3": "dress", "46": "sandals", "38": "clutch", "27": "jeans", "49": "sneakers"}
    (tmp_path / "po_valid.json").write_text(json.dumps(outfits), encoding="utf-8")
    (tmp_path / "po_train_category.json").write_text(json.dumps(categories), encoding="utf-8")
    rows = [f"{number},{name},x" for number, name in (*names.items(), ("35", "backpack"))]
    (tmp_path / "po_categories.csv").write_text("\n".join(["2,,", *rows]), encoding="utf-8")
    good = [f"1 {n}_0 {n}_1 {n}_2" for n in range(300)]
    bad = [f"0 {n}_0 {(n + 1) % 300}_1 {n}_2" for n in range(300)]
    (tmp_path / "po_compatibility_valid.txt").write_text("\n".join(good + bad), encoding="utf-8")
    found = {(f.scorer, f.measure): f for f in judge_polyvore(tmp_path, n_draws=20)}
    assert found["learned kinds", "AUC, shuffled within categories"].figure.figure == 1.0
    blank = found["learned kinds", "fill in the blank, of one slot"].figure.figure
    assert blank > found["one of each slot", "fill in the blank, of one slot"].figure.figure + 0.1
    assert found["one of each slot", "fill in the blank, of one slot"].figure.figure == 0.25
    (tmp_path / "po_categories.csv").unlink()
    with pytest.raises(DataError, match=r"po_categories\.csv is not there"):
        judge_polyvore(tmp_path)
