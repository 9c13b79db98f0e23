from __future__ import annotations

import pytest

from vitrine.errors import UsageError
from vitrine.train import Recipe, Stage
from vitrine.train.plan import DEFAULT_EPOCHS, Plan, make_plan

STAGES = (Stage(0.25, 0.5, 1.0, 8), Stage(0.75, 1.0, 0.5, 4))


def plan(**changes: float | None) -> Plan:
    given: dict[str, object] = {
        **{"height_px": 160, "width_px": 120, "seed": 0, "epochs": None, "minutes": None},
        **changes,
    }
    return make_plan(Recipe(stages=STAGES, warmup=0.1), **given)  # pyright: ignore[reportArgumentType]


def test_progress_is_by_epochs_or_by_the_clock() -> None:
    assert plan().progress(n_seen=150, n_train=10, elapsed_s=1e9) == 15 / DEFAULT_EPOCHS
    assert plan(epochs=2).progress(n_seen=10, n_train=10, elapsed_s=1e9) == 0.5
    assert plan(minutes=2).progress(n_seen=10**9, n_train=10, elapsed_s=30) == 0.25


def test_stages_follow_each_other() -> None:
    found = [plan().stage(progress) for progress in (0, 0.24, 0.25, 0.99, 1, 1.2)]
    assert found == [STAGES[0]] * 2 + [STAGES[1]] * 4
    assert plan().side_px(0) == (80, 60)
    assert plan().side_px(1) == (160, 120)


def test_the_rate_warms_up_and_then_falls() -> None:
    peak = Recipe().peak_rate
    rates = [plan().rate(step / 100) for step in range(101)]
    assert rates[0] == pytest.approx(peak / 100)
    assert max(rates) == pytest.approx(peak, rel=0.02)
    assert rates.index(max(rates)) in (9, 10)
    assert rates[10:] == sorted(rates[10:], reverse=True)
    assert rates[55] == pytest.approx(peak / 2, rel=0.01)
    assert 0 < rates[-1] < peak / 100


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"epochs": 1, "minutes": 1}, "give one of them"),
        ({"epochs": 0}, "epochs is 0; it must be above 0"),
        ({"minutes": -1}, "minutes is -1"),
        ({"minutes": float("nan")}, "minutes is nan"),
        ({"epochs": float("inf")}, "epochs is inf"),
        ({"seed": -1}, "seed is -1"),
        ({"height_px": 31}, "31 x 120 px: height and width must be 32 to 1024"),
        ({"width_px": 1025}, "160 x 1025 px"),
    ],
)
def test_settings_that_make_no_sense(changes: dict[str, float], complaint: str) -> None:
    with pytest.raises(UsageError, match=complaint):
        plan(**changes)
