from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.cli.conftest import COLOURS
from tests.images.test_video import write_video

Run = Callable[..., Any]


def test_hits_and_when_they_are_seen(run: Run, run_json: Run, built: Path, tmp_path: Path) -> None:
    film = write_video(tmp_path / "film.mp4", [COLOURS["Red"], COLOURS["Blue"]])
    asked = ("search", "--shop", built, "--video", film, "-k", "3")
    found = run_json(*asked)
    assert found["frames"] == [0, 1]
    assert len(found["hits"]) == 3
    assert all(hit["why"]["at_s"] for hit in found["hits"])
    shown = run(*asked).stdout
    assert "3 hits of 2 frames" in shown
    assert "0:01" in shown


def test_errors_are_one_line(
    run_error: Run, built: Path, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = ("search", "--shop", built, "--video", photos / "1.png")
    assert "no video of a known kind" in run_error(*asked, code=4)
    assert "leave one of them out" in run_error(*asked, "--image", photos / "1.png", code=2)
    monkeypatch.setitem(sys.modules, "av", None)
    assert "[video]'" in run_error(*asked, code=3)
