from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from vitrine.train import projection
from vitrine.train.plan import Plan
from vitrine.train.precision import Precision
from vitrine.train.prepare import Prepared
from vitrine.train.projection import discriminant, fit_projection, with_projection
from vitrine.train.student import Student
from vitrine.train.towers import DIM
from vitrine.vectors import unit

CPU = Precision(torch.device("cpu"), torch.float32)


def test_what_views_change_is_not_looked_at() -> None:
    rng = np.random.default_rng(0)
    product = rng.normal(size=(900, 5))
    plain = np.concatenate([product, rng.normal(size=(900, 300))], 1).astype(np.float32)
    views = {"bent": plain.copy(), "recoloured": plain.copy()}
    for seen in views.values():
        seen[:, 5:] = rng.normal(size=(900, 300))
    found = discriminant(plain, views)
    assert found.shape == (DIM, 305)
    shares = np.square(found[:5, :5]).sum(1) / np.square(found[:5]).sum(1)
    assert shares.min() > 0.95


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
