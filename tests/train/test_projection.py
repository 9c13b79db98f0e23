from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from vitrine.train import projection
from vitrine.train.plan import Plan
from vitrine.train.precision import Precision
from vitrine.train.prepare import Prepared
from vitrine.train.projection import (
    discriminant,
    fit_projection,
    label_scatter,
    together,
    with_projection,
)
from vitrine.train.student import Student
from vitrine.train.towers import DIM
from vitrine.vectors import unit

CPU = Precision(torch.device("cpu"), torch.float32)


def test_what_differs_within_one_is_not_looked_at() -> None:
    within = np.diag(np.r_[np.full(5, 1e-3), np.ones(300)])
    between = np.eye(305)
    found = discriminant(within, between)
    assert found.shape == (DIM, 305)
    shares = np.square(found[:5, :5]).sum(1) / np.square(found[:5]).sum(1)
    assert shares.min() > 0.95


def test_scatter_within_and_between_labels_is_all_scatter() -> None:
    rng = np.random.default_rng(0)
    features = rng.normal(size=(40, 6)).astype(np.float32)
    labels = rng.integers(0, 4, 40)
    within, between = label_scatter(features, labels)
    centred = features - features.mean(0)
    assert within + between == pytest.approx(centred.T @ centred / 40, abs=1e-5)
    missing, nothing = label_scatter(features, np.full(40, -1))
    assert not missing.any()
    assert not nothing.any()


def test_two_projections_are_mixed_by_their_cosines() -> None:
    rng = np.random.default_rng(0)
    features = rng.normal(size=(500, 300)).astype(np.float32)
    one, other = (rng.normal(size=(DIM, 300)).astype(np.float32) for _ in range(2))
    mixed = together(features, one, other)
    assert mixed.shape == (DIM, 300)
    near = [unit(features @ w.T) @ unit(features @ w.T).T for w in (mixed, one, other)]
    to_one, to_other = (np.corrcoef(near[0].ravel(), n.ravel())[0, 1] for n in near[1:])
    assert to_one > to_other


@pytest.fixture
def student(prepared: Prepared, plan: Plan) -> Student:
    torch.manual_seed(0)
    shape, side_px = replace(plan.recipe.shape, features=300), plan.frame.final_px
    return Student(prepared.table, prepared.tokenizer.n_ids, shape, side_px, 0).eval()


def test_few_products_keep_the_projection(student: Student, prepared: Prepared, plan: Plan) -> None:
    given = (student.image, prepared.table, prepared.cache, plan.frame.final_px, CPU, 0)
    assert fit_projection(*given) is None


def test_words_move_along(
    student: Student, prepared: Prepared, plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What words say of photos stays nearly the same."""
    monkeypatch.setattr(projection, "LEAST_PRODUCTS", 20)
    table, cache = prepared.table, prepared.cache
    shares: list[float] = []
    side_px = plan.frame.final_px
    found = fit_projection(student.image, table, cache, side_px, CPU, 0, shares.append)
    assert found is not None
    assert found.shape == (DIM, student.image.n_features)
    assert shares[-1] == 1
    again = fit_projection(student.image, table, cache, side_px, CPU, 0)
    assert np.array_equal(found, again)  # pyright: ignore[reportArgumentType]
    rows = table.rows("train")
    rows = rows[table.titles[rows] >= 0]
    features = student.image.see(cache.pixels(rows, side_px, CPU.device), CPU).numpy()
    moved = with_projection(student, found, features)
    assert not torch.equal(moved.text.out.weight, student.text.out.weight)
    assert moved.image.project.weight.detach().numpy() == pytest.approx(found)
    titles = [table.photos[int(row)].title for row in rows]
    token_ids = torch.from_numpy(prepared.tokenizer.encode(titles))
    with torch.no_grad():
        before, after = (unit(one.text(token_ids).numpy()) for one in (student, moved))
    old = before @ unit(features @ student.image.project.weight.detach().numpy().T).T
    new = after @ unit(features @ found.T).T
    assert np.corrcoef(old.ravel(), new.ravel())[0, 1] > 0.9
