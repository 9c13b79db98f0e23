from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from vitrine.errors import DataError
from vitrine.train.measure import Validation
from vitrine.train.plan import Plan
from vitrine.train.precision import Precision, choose_precision
from vitrine.train.prepare import Prepared
from vitrine.train.run import Run
from vitrine.train.run_folder import CHECKPOINT
from vitrine.train.student import Student
from vitrine.train.towers import ImageTower

CPU = torch.device("cpu")


def new_run(
    prepared: Prepared, plan: Plan, folder: Path, precision: Precision | None = None
) -> Run:
    folder.mkdir(exist_ok=True)
    given = (prepared.table, prepared.cache, prepared.tokenizer, prepared.teacher)
    return Run(plan, *given, precision or choose_precision("cpu"), folder)


def measure(_student: Student, _side_px: tuple[int, int]) -> dict[str, float]:
    return {}


def test_the_loss_falls(prepared: Prepared, plan: Plan, tmp_path: Path) -> None:
    recipe = replace(plan.recipe, checkpoint_minutes=9.0)
    run = new_run(prepared, replace(plan, epochs=5, recipe=recipe), tmp_path)
    run.train(measure)
    lines = run.log.read()
    assert [line["step"] for line in lines[:-1]] == list(range(4, 4 * len(lines), 4))
    for name in ("total", "tags", "kind", "view", "text"):
        assert lines[-1][name] < lines[0][name], name
    assert lines[-1]["total"] < 0.8 * lines[0]["total"]
    assert lines[-1]["progress"] == 1


@pytest.mark.parametrize(
    ("dtype", "scaled"), [(torch.float32, False), (torch.bfloat16, False), (torch.float16, True)]
)
def test_every_kind_of_number_learns(
    dtype: torch.dtype, scaled: bool, prepared: Prepared, plan: Plan, tmp_path: Path
) -> None:
    precision = Precision(CPU, dtype)
    assert precision.needs_scaling == scaled
    run = new_run(prepared, plan, tmp_path, precision)
    assert run.scaler.is_enabled() == scaled
    losses = [run.train_step()["total"] for _ in range(6)]
    assert np.isfinite(losses).all()
    assert losses[-1] < losses[0]
    assert all(weight.dtype == torch.float32 for weight in run.student.parameters())
    run.save()
    other = new_run(prepared, plan, tmp_path, precision)
    other.resume()
    assert other.scaler.state_dict() == run.scaler.state_dict()


def test_a_killed_run_goes_on_exactly(prepared: Prepared, plan: Plan, tmp_path: Path) -> None:
    """Killed between two checkpoints, it ends with the weights of a run that was not."""
    plan = replace(plan, epochs=2)
    straight = new_run(prepared, plan, tmp_path / "straight")
    straight.train(measure)

    def kill(_progress: float, _note: str) -> None:
        if killed.clock.step == 6:
            raise KeyboardInterrupt

    killed = new_run(prepared, plan, tmp_path / "killed")
    with pytest.raises(KeyboardInterrupt):
        killed.train(measure, kill)
    with killed.log.path.open("a", encoding="utf-8") as file:
        file.write('{"step": 6, "tot')
    resumed = new_run(prepared, plan, tmp_path / "killed")
    torch.manual_seed(99)
    resumed.resume()
    assert resumed.clock.step == 4
    resumed.train(measure)
    for part in ("student", "smooth"):
        wanted = getattr(straight, part).state_dict()
        for name, weight in getattr(resumed, part).state_dict().items():
            assert weight.equal(wanted[name]), (part, name)
    logs = [[{**line, "minutes": 0} for line in run.log.read()] for run in (straight, resumed)]
    assert logs[0] == logs[1]


def test_averaged_weights_follow_the_student(
    prepared: Prepared, plan: Plan, tmp_path: Path
) -> None:
    run = new_run(prepared, plan, tmp_path)
    before = run.smooth.image.project.weight.clone()
    run.train_step()
    keep = min(plan.recipe.ema, 2 / 11)
    wanted = keep * before + (1 - keep) * run.student.image.project.weight
    assert torch.allclose(run.smooth.image.project.weight, wanted, atol=1e-6)
    assert not any(weight.requires_grad for weight in run.smooth.parameters())


@pytest.mark.parametrize("damage", [b"", b"no checkpoint", None])
def test_a_damaged_checkpoint_is_one_line(
    damage: bytes | None, prepared: Prepared, plan: Plan, tmp_path: Path
) -> None:
    run, path = new_run(prepared, plan, tmp_path), tmp_path / CHECKPOINT
    run.save()
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2] if damage is None else damage)
    with pytest.raises(DataError, match=r"cannot be read .*delete it to start") as told:
        run.resume()
    assert "\n" not in str(told.value)


def test_other_weights_or_other_photos_are_refused(
    prepared: Prepared, plan: Plan, tmp_path: Path
) -> None:
    new_run(prepared, plan, tmp_path).save()
    wider = replace(
        plan, recipe=replace(plan.recipe, shape=replace(plan.recipe.shape, features=40))
    )
    with pytest.raises(DataError, match="cannot be read"):
        new_run(prepared, wider, tmp_path).resume()
    labels = prepared.table.labels.copy()
    labels[0, 0] = 1 - labels[0, 0]
    changed = replace(prepared, table=replace(prepared.table, labels=labels))
    with pytest.raises(DataError, match="labels or titles have changed"):
        new_run(changed, plan, tmp_path).resume()


def test_begins_with_the_weights_of_another_run(
    prepared: Prepared, plan: Plan, tmp_path: Path
) -> None:
    first = new_run(prepared, plan, tmp_path / "first")
    first.train_step()
    first.save()
    wanted = first.smooth.state_dict()
    second = new_run(prepared, replace(plan, seed=7), tmp_path / "second")
    second.begin_with(tmp_path / "first")
    for network in (second.student, second.smooth):
        assert all(w.equal(wanted[name]) for name, w in network.state_dict().items())
    assert second.clock.step == 0
    labels = prepared.table.labels.copy()
    labels[0, 0] = 1 - labels[0, 0]
    changed = replace(prepared, table=replace(prepared.table, labels=labels))
    third = new_run(changed, replace(plan, seed=7), tmp_path / "third")
    third.begin_with(tmp_path / "first")
    found = third.student.state_dict()
    assert found["image.stem.0.weight"].equal(wanted["image.stem.0.weight"])
    assert not found["image.project.weight"].equal(wanted["image.project.weight"])
    with pytest.raises(DataError, match=r"cannot be read .*name the folder of a run"):
        third.begin_with(tmp_path / "nowhere")


def test_a_loss_that_is_no_number_ends_the_run(
    prepared: Prepared, plan: Plan, tmp_path: Path
) -> None:
    run = new_run(prepared, plan, tmp_path)
    with torch.no_grad():
        run.student.image.project.weight.fill_(float("nan"))
    with pytest.raises(DataError, match="the loss is no number any more at step 0"):
        run.train(measure)


def test_validation_counts_what_is_right(prepared: Prepared, plan: Plan, tmp_path: Path) -> None:
    table, cache = prepared.table, prepared.cache
    student = new_run(prepared, plan, tmp_path).smooth.eval()
    precision = Precision(CPU, torch.float32)
    found = Validation(table, cache, prepared.tokenizer, precision)(student, (24, 18))
    rows = table.rows("validation")
    for part, is_part in (
        ("sharp", cache.large_row[rows] >= 0),
        ("small", cache.large_row[rows] < 0),
    ):
        own = rows[is_part]
        assert len(own) > 3
        with torch.no_grad():
            pixels = torch.from_numpy(cache.small[own]).permute(0, 3, 1, 2) / 255
            logits = _plain(student.image, pixels)
        for column, head in enumerate(table.heads):
            labels = table.labels[own, column]
            right = [logits[head][n].argmax() == label for n, label in enumerate(labels)]
            wanted = np.mean([yes for yes, label in zip(right, labels, strict=True) if label >= 0])
            assert found[f"{part}_{head}"] == pytest.approx(wanted)
    assert 0 <= found["title_r1"] <= found["title_r10"] <= 1


def _plain(tower: ImageTower, pixels: torch.Tensor) -> dict[str, np.ndarray]:
    return {head: logits.numpy() for head, logits in tower(pixels)[2].items()}
