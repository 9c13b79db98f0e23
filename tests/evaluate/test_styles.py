from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tests.styles.planted import planted

from vitrine.errors import DataError, QueryError
from vitrine.evaluate.style_labels import agreement, checked_types, held_out
from vitrine.evaluate.style_purchases import BEYOND, information_of, read_purchases
from vitrine.evaluate.style_silhouettes import BesideChance, lead
from vitrine.evaluate.style_table import style_table
from vitrine.evaluate.styles import Design, evaluate_styles
from vitrine.index import choice_column
from vitrine.styles import Looks, MergedPrototypes
from vitrine.types import Rows, Vectors


def looks_like(vectors: Vectors, labels: Rows) -> Looks:
    said = {
        "article_type": choice_column([f"Type {label}" for label in labels]),
        "gender": choice_column(["women", "men"] * (len(labels) // 2)),
    }
    ids = tuple(f"p{row}" for row in range(len(labels)))
    return Looks(np.arange(len(labels)), ids, vectors, said)


def test_planted_styles_measure_as_they_were_planted() -> None:
    looks = looks_like(*planted(8, 60, spread=0.5))
    [found] = evaluate_styles(looks, [MergedPrototypes()], Design(8, n_seeds=2, n_splits=2))
    assert found.k == (8, 8)
    assert found.seeds_ari.figure > 0.99
    assert found.halves_ari > 0.99
    assert found.ami["article_type"] > 0.99
    assert abs(found.ami["gender"]) < 0.05
    silhouette = found.silhouette
    assert silhouette.found.figure > 0.6 > 0.2 > silhouette.shuffled.figure
    assert silhouette.above.figure in silhouette.above
    assert found.own_silhouette is silhouette
    assert found.novelty_auroc.figure > 0.99
    assert found.arrivals is not None
    assert found.arrivals.n_proposed == found.arrivals.n_types == 4
    assert found.arrivals.missed.figure < 0.5
    assert found.arrivals.n_false == found.arrivals.n_false_control == 0
    table = style_table([found], 480)
    assert "| AMI with usage | - |" in table
    assert "compares with nothing here" in table
    assert found.to_json()["k"] == [8, 8]


def test_a_shop_that_says_nothing_still_has_a_table() -> None:
    vectors, _ = planted(1, 300, spread=5.0)
    looks = Looks(np.arange(300), tuple(f"p{row}" for row in range(300)), vectors, {})
    [found] = evaluate_styles(looks, [MergedPrototypes()], Design(6, n_seeds=2, n_splits=1))
    assert abs(found.silhouette.above.figure) < 0.05
    table = style_table([found], 300)
    assert "| AMI with article_type | - |" in table
    assert "| novelty AUROC, types held out | - |" in table
    assert "| held-out types that came to be proposed | - |" in table
    assert found.to_json()["novelty_auroc"] == [None, None, None]
    assert found.to_json()["arrivals"] is None


def test_a_lead_is_that_over_chance() -> None:
    theirs = BesideChance(np.full(50, 0.2), np.zeros(40))
    ours = BesideChance(np.full(50, 0.3), np.full(40, 0.04))
    found = lead(ours, theirs)
    assert found.found.figure == pytest.approx(0.1)
    assert found.shuffled.figure == pytest.approx(0.04)
    assert found.beyond.figure == pytest.approx(0.06)
    assert found.beyond.low == pytest.approx(0.06)


def test_held_out_types_are_not_among_the_unseen() -> None:
    looks = looks_like(*planted(10, 40))
    novel, unseen = held_out(looks, 0)
    assert novel.sum() == 80
    assert not (novel & unseen).any()
    assert 0.1 < unseen.mean() < 0.25
    assert (held_out(looks, 0)[0] == novel).all()
    with pytest.raises(DataError, match="5 are needed"):
        held_out(looks_like(*planted(4, 40)), 0)
    with pytest.raises(QueryError, match="article_type"):
        checked_types(looks, "articletype")


def test_outfits_name_several_garments() -> None:
    vectors, labels = planted(8, 40)
    looks = looks_like(vectors, labels)
    worn = [f"garment {label}, shoes" for label in labels.tolist()]
    looks.said["garments"] = choice_column(worn, lists=True)
    assert agreement(looks, "garments", labels) > 0.25
    assert agreement(looks, "garments", np.arange(len(labels)) % 8) < 0.05
    novel, _ = held_out(looks, 0, "garments")
    assert len(np.unique(labels[novel])) == 2
    assert novel.sum() == 80  # shoes are on everything, and are never held out


@pytest.fixture
def purchases(tmp_path: Path) -> tuple[Path, Looks, Rows]:
    """400 products of four types, half of each in one taste; people buy within a taste."""
    rng = np.random.default_rng(0)
    tastes = rng.integers(0, 2, 400)
    looks = looks_like(planted(1, 400)[0], np.arange(400) % 4)
    lines = ["article_id,co_article_id,score"]
    for row in range(400):
        mates = np.flatnonzero(tastes == tastes[row])
        lines += [f"p{row},p{mate},1" for mate in rng.choice(mates, 6, replace=False)]
    table = tmp_path / "pairs.csv"
    table.write_text("\n".join(lines), encoding="utf-8")
    return table, looks, tastes


def test_styles_that_say_what_goes_together(purchases: tuple[Path, Looks, Rows]) -> None:
    table, looks, tastes = purchases
    bought = read_purchases(table, looks)
    assert set(bought) == set(BEYOND)
    found = information_of(bought["article_type",], tastes, ("article_type",))
    assert found.bits.low > 0.5
    assert found.shuffled.figure < 0.05
    assert found.above.low > 0.5
    only_types = information_of(bought["article_type",], np.arange(400) % 4, ("article_type",))
    assert only_types.bits.figure == pytest.approx(0, abs=1e-9)


def test_tables_of_purchases_that_cannot_be_used(
    purchases: tuple[Path, Looks, Rows], tmp_path: Path
) -> None:
    _, looks, _ = purchases
    with pytest.raises(DataError, match="is not there"):
        read_purchases(tmp_path / "none.csv", looks)
    other = tmp_path / "other.csv"
    other.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(DataError, match="no columns article_id and co_article_id"):
        read_purchases(other, looks)
    other.write_text("article_id,co_article_id\np1,p2\n", encoding="utf-8")
    with pytest.raises(DataError, match="names 1 pairs"):
        read_purchases(other, looks)
