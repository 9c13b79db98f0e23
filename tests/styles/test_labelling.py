from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.styles.planted import planted

from vitrine.index import choice_column
from vitrine.styles import Looks, MergedPrototypes, StyleBoard, model_of
from vitrine.styles.label_queue import CHANCE_EVERY, LabelQueue
from vitrine.styles.labelling import (
    LEAST_CHECKS,
    Ground,
    answers,
    ground_of,
    learn,
    learning_curve,
    likely_words,
)
from vitrine.types import Rows

N_STYLES, N_EACH = 6, 60


def board_of(spread: float = 0.7) -> tuple[StyleBoard, Rows]:
    vectors, labels = planted(N_STYLES, N_EACH, spread=spread)
    ids = tuple(f"p{row}" for row in range(len(labels)))
    looks = Looks(np.arange(len(labels)), ids, vectors, {"colour": choice_column([""] * len(ids))})
    recipe = MergedPrototypes()
    return StyleBoard(
        model_of(recipe.name, recipe.find(vectors, N_STYLES, seed=0), vectors), looks
    ), labels


BOARD, TRUTH = board_of()
GROUND = ground_of(BOARD)


def words_of(rows: Rows) -> list[str]:
    return [f"look {TRUTH[row]}" for row in rows.tolist()]


def test_labels_reach_what_is_alike() -> None:
    rows = np.array([np.flatnonzero(style == TRUTH)[0] for style in range(N_STYLES)])
    found = answers(GROUND, learn(GROUND, rows, words_of(rows)))
    said = np.array(found.words)[found.codes]
    assert (said == words_of(np.arange(len(TRUTH)))).mean() > 0.95
    assert found.given.sum() == N_STYLES
    assert found.probabilities[rows].tolist() == [1.0] * N_STYLES


def test_nothing_is_known_far_from_labels() -> None:
    rows = np.flatnonzero(TRUTH < 2)[::10]
    found = answers(GROUND, learn(GROUND, rows, words_of(rows)))
    near = (TRUTH < 2) & ~found.given
    assert found.unsure[TRUTH >= 2].mean() > 0.75
    assert found.unsure[near].mean() < 0.1


def test_a_label_left_out_is_predicted_as_if_it_were_not_there() -> None:
    rows = np.arange(0, len(TRUTH), 9)
    learnt = learn(GROUND, rows, words_of(rows))
    told = np.eye(len(learnt.words))[learnt.codes]
    best = [
        damping
        for damping in (0.05, 0.1, 0.3)
        if np.allclose(
            np.linalg.solve(
                GROUND.alike(rows, rows, learnt.by_style) + damping * np.eye(len(rows)), told
            ),
            learnt.weights,
        )
    ]
    assert len(best) == 1
    for place in (0, 7):
        others = np.delete(np.arange(len(rows)), place)
        known = GROUND.alike(rows[others], rows[others], learnt.by_style)
        weights = np.linalg.solve(known + best[0] * np.eye(len(others)), told[others])
        expected = GROUND.alike(rows[[place]], rows[others], learnt.by_style) @ weights
        np.testing.assert_allclose(learnt.left_out[place], expected[0], atol=1e-6)


def test_probabilities_are_of_a_kind() -> None:
    rows = np.arange(0, len(TRUTH), 12)
    learnt = learn(GROUND, rows, words_of(rows))
    likely = likely_words(GROUND, learnt, 5, 3)
    assert [each[1] for each in likely] == sorted((each[1] for each in likely), reverse=True)
    assert 0.5 < sum(each[1] for each in likely) <= 1
    assert learn(GROUND, rows[:1], ["one"]).words == ("one",)


def test_the_curve_is_judged_by_what_came_by_chance() -> None:
    checks = GROUND.order[: GROUND.n_checks]
    rest = np.setdiff1d(np.arange(len(TRUTH)), checks)
    rows = np.concatenate([rest[::40], checks[:20]])
    curve = learning_curve(GROUND, rows, words_of(rows))
    assert [point.n_labels for point in curve] == [5, 10, 20, len(rows)]
    assert curve[-1].right > 0.9 > 0.5 > curve[-1].commonest
    assert all(point.low <= point.right <= point.high for point in curve)
    few = rows[: len(rest[::40]) + LEAST_CHECKS - 1]
    assert learning_curve(GROUND, few, words_of(few)) == []


def test_the_queue_begins_with_the_middles_of_styles() -> None:
    queue = LabelQueue(BOARD, GROUND)
    asked = queue.next(None, (), 12)
    by_worth = [each for each in asked if each.reason != "chance"]
    assert [n for n, each in enumerate(asked, 1) if each.reason == "chance"] == [5, 10]
    assert {each.style for each in by_worth[:N_STYLES]} == set(range(N_STYLES))
    assert {each.reason for each in by_worth[:N_STYLES]} == {"middle"}
    assert len({each.row for each in asked}) == 12


def test_what_is_done_is_not_asked_again() -> None:
    queue = LabelQueue(BOARD, GROUND)
    rows, skipped = np.empty(0, dtype=np.int64), (3, 4)
    for _ in range(6):
        learnt = learn(GROUND, rows, words_of(rows)) if len(rows) else None
        asked = queue.next(learnt, skipped, 4)
        rows = np.append(rows, [each.row for each in asked])
    assert len(set(rows.tolist())) == len(rows) == 24
    assert not set(rows.tolist()) & set(skipped)
    chosen = np.isin(rows, GROUND.order[: GROUND.n_checks]).sum()
    assert chosen == 24 // CHANCE_EVERY


def test_a_copy_is_not_asked_for() -> None:
    vectors = BOARD.looks.vectors.copy()
    vectors[1::2] = vectors[::2]
    looks = replace(BOARD.looks, vectors=vectors)
    board = StyleBoard(BOARD.model, looks)
    ground = replace(ground_of(board), order=np.arange(len(TRUTH)))
    asked = [each for each in LabelQueue(board, ground).next(None, (), 40)]
    pairs = [each.row // 2 for each in asked if each.reason != "chance"]
    assert len(pairs) == len(set(pairs)) == 32


def test_a_shop_too_small_to_ask_much() -> None:
    few = slice(0, 4)
    looks = Looks(np.arange(4), ("a", "b", "c", "d"), BOARD.looks.vectors[few], {})
    board = StyleBoard(BOARD.model, looks)
    ground = ground_of(board)
    assert isinstance(ground, Ground)
    asked = LabelQueue(board, ground).next(None, (), 9)
    assert len(asked) == 4
    assert asked[0].reason == "middle" or asked[0].reason == "chance"


def test_doubt_draws_the_queue() -> None:
    """Where one half of the styles is settled, the other half is asked for."""
    known = np.flatnonzero(TRUTH < 3)[::6]
    learnt = learn(GROUND, known, words_of(known))
    asked = [each for each in LabelQueue(BOARD, GROUND).next(learnt, (), 8)]
    by_worth = [TRUTH[each.row] for each in asked if each.reason != "chance"]
    assert np.mean(np.array(by_worth) >= 3) > 0.6


@pytest.mark.slow
def test_forty_thousand_take_seconds() -> None:
    vectors, labels = planted(30, 1334, spread=0.7, dim=64)
    order = np.random.default_rng(0).permutation(len(labels))
    shares = np.eye(30, dtype=np.float32)[labels]
    ground = Ground(vectors, shares, order)
    found = answers(ground, learn(ground, order[:500], [str(labels[r]) for r in order[:500]]))
    assert (np.array(found.words)[found.codes] == labels.astype(str)).mean() > 0.9
