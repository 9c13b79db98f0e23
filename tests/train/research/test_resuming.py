"""Runs of the bench killed as a crash would kill them, and gone on with."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

KINDS = {
    "tagger": ("--epochs", "4", "--batch", "16", "--side-px", "64"),
    "two-branch": ("--epochs", "4", "--batch", "16", "--side-px", "48", "--steps", "2"),
}


def command(kind: str, toys: Path, out: Path) -> list[str]:
    given = ["train", kind, str(toys), "--out", str(out), "--threads", "1", "--json"]
    return [sys.executable, "-m", "vitrine", *given, *KINDS[kind]]


def lines_of(run: Path) -> list[dict[str, Any]]:
    try:
        text = (run / "metrics.jsonl").read_text("utf-8")
    except FileNotFoundError:
        return []
    found = [json.loads(line) for line in text.splitlines()]
    return [{name: value for name, value in line.items() if name != "minutes"} for line in found]


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_a_killed_process_goes_on_with_the_same_curve(
    kind: str, toys: Path, tmp_path: Path
) -> None:
    env = {**os.environ, "OMP_NUM_THREADS": "1"}
    quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE, "env": env}
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    done = subprocess.run(command(kind, toys, whole), check=False, **quiet)
    assert done.returncode == 1, done.stderr  # one toy is broken
    running = subprocess.Popen(command(kind, toys, cut), **quiet)
    deadline = time.monotonic() + 300
    kept = cut / "checkpoint.pt"
    while not kept.exists() and running.poll() is None and time.monotonic() < deadline:
        time.sleep(0.02)
    running.kill()
    running.communicate()
    assert 1 <= len(lines_of(cut)) < 4, "it was not killed in the middle"
    assert not (cut / "report.html").exists()
    done = subprocess.run([*command(kind, toys, cut), "--resume"], check=False, **quiet)
    assert done.returncode == 1, done.stderr
    assert lines_of(cut) == lines_of(whole)
    assert [line["epoch"] for line in lines_of(cut)] == [1, 2, 3, 4]
