from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from vitrine.errors import DataError, UsageError
from vitrine.train.research.course import Course, Plan, make_plan
from vitrine.types import Rows


class Line:
    """Learn y = 2x + 1 with dropout, so that random numbers matter."""

    def __init__(self, dies_at: int = -1) -> None:
        torch.manual_seed(3)
        self.network = nn.Sequential(nn.Dropout(0.2), nn.Linear(1, 1))
        self.optimizer = torch.optim.SGD(self.network.parameters(), lr=0.1, momentum=0.5)
        self._x = torch.linspace(-1, 1, 40)[:, None]
        self._dies_at, self._n = dies_at, 0

    def order(self, rng: np.random.Generator) -> Rows:
        return rng.permutation(40)

    def losses(self, rows: Rows, rng: np.random.Generator) -> Mapping[str, Tensor]:
        self._n += 1
        if self._n == self._dies_at:
            raise KeyboardInterrupt
        x = self._x[torch.from_numpy(rows)]
        noise = float(rng.normal()) * 0.01
        far = self.network(x) - (2 * x + 1 + noise)
        return {"far": far.square().mean()}

    def measure(self) -> Mapping[str, float]:
        return {"error": float((self.network(self._x) - 2 * self._x - 1).abs().mean())}

    def set_rate(self, progress: float) -> None:
        for group in self.optimizer.param_groups:
            group["lr"] = 0.1 * (1 - 0.5 * progress)


def course(task: Any, folder: Path, epochs: int = 6) -> Course:
    folder.mkdir(exist_ok=True)
    return Course(task, Plan(epochs, 8, 5, checkpoint_minutes=0), torch.device("cpu"), folder)


def test_a_run_that_was_killed_ends_with_the_same_weights(tmp_path: Path) -> None:
    whole = Line()
    course(whole, tmp_path / "whole").run()
    with pytest.raises(KeyboardInterrupt):
        course(Line(dies_at=18), tmp_path / "cut").run()
    again = Line()
    course(again, tmp_path / "cut").run()
    for one, other in zip(
        whole.network.state_dict().values(), again.network.state_dict().values(), strict=True
    ):
        assert torch.equal(one, other)
    logs = [course(Line(), tmp_path / name).log.read() for name in ("whole", "cut")]
    for line in (line for log in logs for line in log):
        line.pop("minutes")
    assert logs[0] == logs[1]
    assert [line["epoch"] for line in logs[0]] == [1, 2, 3, 4, 5, 6]
    assert logs[0][-1]["error"] < logs[0][0]["error"]
    assert logs[0][0]["loss"] == logs[0][0]["loss_far"]


def test_a_loss_that_is_no_number_stops_it(tmp_path: Path) -> None:
    class Broken(Line):
        def losses(self, rows: Rows, rng: np.random.Generator) -> Mapping[str, Tensor]:
            return {"far": super().losses(rows, rng)["far"] * float("nan")}

    with pytest.raises(DataError, match="no number any more at step 0"):
        course(Broken(), tmp_path / "run").run()


def test_a_damaged_checkpoint(tmp_path: Path) -> None:
    (tmp_path / "checkpoint.pt").write_bytes(b"none")
    with pytest.raises(DataError, match="cannot be read"):
        course(Line(), tmp_path).run()


@pytest.mark.parametrize(("epochs", "batch", "seed"), [(0, 8, 0), (1, 0, 0), (1, 1, -1)])
def test_plans_that_make_no_sense(epochs: int, batch: int, seed: int) -> None:
    with pytest.raises(UsageError, match="must be"):
        make_plan(epochs, batch, seed)
