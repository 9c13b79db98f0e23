from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from vitrine import __version__
from vitrine.cli import doctor, machine
from vitrine.settings import Settings

Run = Callable[..., Any]


def test_a_working_installation(run_json: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VITRINE_THREADS", "2")
    Path("vitrine.toml").write_text("max_photo_mb = 9\n")
    report = run_json("doctor")
    assert (report["ok"], report["problems"]) == (True, [])
    assert report["vitrine"] == __version__
    assert report["cores"] >= 1
    assert all(report["packages"].values())
    assert {"numpy", "faiss-cpu", "onnxruntime", "typer"} <= report["packages"].keys()
    assert "CPUExecutionProvider" in report["onnxruntime_providers"]
    assert set(report["formats"]) == {"JPEG", "PNG", "WebP", "AVIF", "GIF", "HEIC"}
    assert all(report["formats"].values())
    assert report["settings"]["threads"] == {"value": 2, "source": "VITRINE_THREADS"}
    assert report["settings"]["max_photo_mb"] == {"value": 9.0, "source": "vitrine.toml"}
    assert report["settings"]["offline"] == {"value": False, "source": "default"}
    assert report["encoders"]["colour"]["state"] == "ready"
    assert report["encoders"]["clip-vit-b32"]["state"] == "absent"
    assert report["self_test"]["found"] == "red-dress"
    assert "parquet" in report["extras"]


def test_people_read_it_too(run: Run) -> None:
    shown = run("doctor").stdout
    assert shown.startswith(f"vitrine {__version__}, Python ")
    assert "self-test: a drawing was indexed and found again" in shown
    assert shown.endswith("all is well\n")


def test_an_encoder_that_does_not_load_is_essential(
    run: Run, run_json: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "model.json").write_text("{}")
    monkeypatch.setenv("VITRINE_ENCODER", str(tmp_path / "model"))
    report = run_json("doctor", code=3)
    assert len(report["problems"]) == 1
    assert "model.json" in report["problems"][0]
    assert "found" in report["self_test"], "the rest is tested with the baseline"
    shown = run("doctor", code=3).stdout
    assert "PROBLEM: the encoder" in shown


def test_a_package_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = {"": ["numpy", "no-such-package"], "more": ["another-missing-one"]}
    monkeypatch.setattr(machine, "requirements", lambda: wanted)
    report = doctor.examine(Settings())
    assert report["problems"] == ["not installed: no-such-package; pip install vitrine-search"]
    assert report["extras"]["more"]["install"] == "pip install 'vitrine-search[more]'"


def test_a_folder_for_models_that_cannot_be_made(
    run_json: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    assert machine.is_writable(tmp_path / "not" / "yet" / "there")
    assert not machine.is_writable(tmp_path / "file" / "models")
    monkeypatch.setenv("VITRINE_MODELS_DIR", str(tmp_path / "file" / "models"))
    report = run_json("doctor", code=3)
    assert any("set VITRINE_MODELS_DIR" in problem for problem in report["problems"])


def test_the_memory_is_known_on_this_machine() -> None:
    memory = machine.memory_bytes()
    assert memory is None or memory > 2**28
