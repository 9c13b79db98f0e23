from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from vitrine.cli import app

TINY = ("--size", "32x32", "--epochs", "1", "--threads", "1")

Train = Callable[..., Any]


@pytest.fixture
def train(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Train:
    """`vitrine train encoder` in this process."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "110")

    def invoke(*arguments: object, code: int = 0) -> Any:
        given = ["train", "encoder", *map(str, arguments)]
        result = CliRunner().invoke(app, given)
        assert result.exit_code == code, result.output
        return result

    return invoke


def test_from_a_catalogue_to_a_model_that_indexes_it(
    train: Train, make_toys: Callable[..., Path], tmp_path: Path
) -> None:
    toys = make_toys(tmp_path / "shop", 40)
    shown = train(toys, "--out", "run", *TINY, "--name", "mine", code=1)
    assert "run/model: learnt from" in shown.stdout
    assert "base_colour" in shown.stdout
    assert f"use it: vitrine index {toys} --shop my.shop --encoder run/model" in shown.stdout
    assert "left out: 1 row or photo; see" in shown.stderr
    with (tmp_path / "run" / "errors.csv").open(encoding="utf-8", newline="") as file:
        assert [row["product_id"] for row in csv.DictReader(file)] == ["broken"]
    again = json.loads(
        train(toys, "--out", "run", *TINY, "--name", "mine", "--json", code=1).stdout
    )
    assert again["model"] == str(Path("run") / "model")
    assert 20 < again["photos"] + again["validation"] <= 40
    assert "sharp_base_colour" in again["figures"]
    assert (again["failed"], Path(again["errors"]).name) == (1, "errors.csv")
    indexed = CliRunner().invoke(
        app, ["index", str(toys), "--shop", "my.shop", "--encoder", "run/model", "--json"]
    )
    assert json.loads(indexed.stdout)["encoder"] == "mine"
    assert json.loads(indexed.stdout)["photos"] == 40


@pytest.mark.parametrize(
    ("arguments", "code", "line"),
    [
        (("nowhere.csv",), 4, "no such file or folder"),
        (("TOYS", "--size", "big"), 2, "--size is 'big'; give height x width"),
        (("TOYS", "--size", "16x16"), 2, "must be 32 to 1024"),
        (("TOYS", "--epochs", "1", "--minutes", "1"), 2, "give one of them"),
        (("TOYS", "--minutes", "-3"), 2, "minutes is -3.0; it must be above 0"),
        (("TOYS", "--device", "tpu"), 2, "device is 'tpu'; it must be cpu or cuda"),
        (("TOYS", "--device", "cuda:97"), 3, "train with --device cpu"),
        (("TOYS", "--name", "Über"), 2, "a model cannot be called"),
        (("TOYS", "--backbone", "timm/vgg16"), 2, "known: default, large, small; networks of timm"),
        (("TOYS", "--limit", "5"), 4, "too few; give at least 8"),
        (("TOYS", "--teacher", "gone.tflite"), 4, "gone.tflite: No such file"),
    ],
)
def test_errors_are_one_line(
    train: Train, toys: Path, arguments: tuple[str, ...], code: int, line: str
) -> None:
    given = [toys if argument == "TOYS" else argument for argument in arguments]
    result = train(*given, "--out", "run", code=code)
    assert result.stdout == ""
    [said] = result.stderr.splitlines()
    assert said.startswith("error: ")
    assert line in said


def test_without_torch_the_extra_is_named(toys: Path, tmp_path: Path) -> None:
    code = (
        "import sys; sys.modules['torch'] = None\n"
        f"sys.argv = ['vitrine', 'train', 'encoder', {str(toys)!r}, '--out', 'run']\n"
        "from vitrine.cli import main; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr == (
        "error: training needs torch, which is not installed: pip install 'vitrine-search[train]'\n"
    )
    assert not (tmp_path / "run").exists()


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="signals are sent another way on Windows")
def test_ctrl_c_says_how_to_go_on_and_the_same_command_does(
    trained: Any, toys: Path, tmp_path: Path
) -> None:
    command = [sys.executable, "-m", "vitrine", "train", "encoder", str(toys), "--out", "run"]
    command += ["--size", "32x32", "--epochs", "3", "--threads", "1", "--json"]
    env = {**os.environ, "OMP_NUM_THREADS": "1"}
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    running = subprocess.Popen(command, cwd=tmp_path, env=env, **pipes)
    for _ in range(6000):
        if (tmp_path / "run" / "cache" / "cache.json").exists():
            break
        time.sleep(0.01)
    running.send_signal(signal.SIGINT)
    shown, said = running.communicate(timeout=60)
    assert (running.returncode, shown) == (130, "")
    assert said.startswith("interrupted: decoded photos and the last checkpoint are kept; run it")
    assert said.count("\n") == 1
    done = subprocess.run(command, cwd=tmp_path, env=env, check=False, **pipes)
    assert done.returncode == 1, done.stderr
    assert json.loads(done.stdout)["steps"] == 4
