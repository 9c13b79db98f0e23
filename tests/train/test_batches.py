from __future__ import annotations

import numpy as np
import pytest
import torch

from vitrine.train.batches import Batch, Batches
from vitrine.train.labels import PHRASE_HEADS
from vitrine.train.plan import Plan, Stage
from vitrine.train.prepare import Prepared
from vitrine.train.table import SMALL


def batches(prepared: Prepared, plan: Plan, seed: int = 0) -> Batches:
    given = (prepared.table, prepared.cache, prepared.tokenizer, plan.recipe, seed)
    torch.manual_seed(seed)
    return Batches(*given, torch.device("cpu"))


@pytest.fixture
def several(prepared: Prepared, plan: Plan) -> list[Batch]:
    source = batches(prepared, plan)
    return [source.draw(plan.recipe.stages[1], (48, 36)) for _ in range(6)]


def test_shapes_and_second_views(several: list[Batch]) -> None:
    for batch in several:
        assert batch.n == 24
        assert batch.pixels.shape == (32, 3, 48, 36)
        assert batch.rows[24:].equal(batch.rows[:8])
        assert batch.match.shape == (32, len(batch.token_ids))
        assert not batch.recoloured[:24].any()


def test_only_training_photos_are_drawn(several: list[Batch], prepared: Prepared) -> None:
    drawn = torch.cat([batch.rows for batch in several]).numpy()
    assert set(prepared.table.parts[drawn]) == {"train"}


def test_what_is_recoloured_has_no_colour_kind_or_text(
    several: list[Batch], prepared: Prepared
) -> None:
    colour = prepared.table.heads.index("base_colour")
    n_recoloured = 0
    for batch in several:
        labels = torch.from_numpy(prepared.table.labels)[batch.rows]
        kinds = torch.from_numpy(prepared.table.kinds)[batch.rows]
        other = batch.recoloured
        n_recoloured += int(other.sum())
        assert (batch.labels[other][:, colour] == -1).all()
        assert (batch.kinds[other] == -1).all()
        assert not batch.match[other].any()
        labels[other, colour] = -1
        assert batch.labels.equal(labels)
        assert batch.kinds[~other].equal(kinds[~other])
    assert 10 <= n_recoloured <= 38


def test_a_text_goes_with_photos_of_which_it_is_true(
    several: list[Batch], prepared: Prepared
) -> None:
    table = prepared.table
    phrases = [table.heads.index(head) for head in PHRASE_HEADS if head in table.values]
    n_own = 0
    for batch in several:
        rows, match = batch.rows.numpy(), batch.match.numpy()
        has_words = (batch.token_ids > 0).any(1).numpy()
        assert not match[:, ~has_words].any()
        own = match[np.arange(24), np.arange(24)]
        assert own[has_words[:24]].all()
        n_own += int(own.sum())
        for photo, text in zip(*np.nonzero(match[:, :24]), strict=True):
            a, b = rows[photo], rows[text]
            same = (table.labels[a] == table.labels[b])[phrases] & (table.labels[b, phrases] >= 0)
            assert table.titles[a] == table.titles[b] or same.any()
    assert n_own > 100


def test_the_seed_decides_all(prepared: Prepared, plan: Plan) -> None:
    stage = plan.recipe.stages[0]
    first = batches(prepared, plan, 3).draw(stage, (24, 18))
    again = batches(prepared, plan, 3).draw(stage, (24, 18))
    other = batches(prepared, plan, 4).draw(stage, (24, 18))
    assert first.pixels.equal(again.pixels)
    assert first.token_ids.equal(again.token_ids)
    assert first.match.equal(again.match)
    assert not first.rows.equal(other.rows)


def test_small_photos_are_drawn_as_often_as_the_stage_says(prepared: Prepared, plan: Plan) -> None:
    small = np.array([str(pool).endswith(SMALL) for pool in prepared.table.pools])
    train = prepared.table.rows("train")
    share = small[train].mean()
    assert 0.1 < share < 0.3
    for weight in (0.0, 1.0, 4.0):
        source = batches(prepared, plan)
        stage = Stage(1.0, 0.5, weight, 24)
        drawn = torch.cat([source.draw(stage, (24, 18)).rows[:24] for _ in range(20)]).numpy()
        wanted = weight * share / (weight * share + 1 - share)
        assert small[drawn].mean() == pytest.approx(wanted, abs=0.1)
        assert small[drawn].any() == (weight > 0)
