from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from vitrine.cli.model import model
from vitrine.encoders import ENCODERS

Model = Callable[..., Result]


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Model:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("VITRINE_OFFLINE", "true")
    app = typer.Typer()
    app.add_typer(model, name="model")

    def invoke(*arguments: object, code: int = 0) -> Result:
        result = CliRunner().invoke(app, ["model", *map(str, arguments)])
        assert result.exit_code == code, result.output
        assert "Traceback" not in result.output
        return result

    return invoke


def test_list_has_every_encoder(asked: Model) -> None:
    shown = asked("list").stdout
    for name in ENCODERS:
        assert name in shown
    found = {each["name"]: each for each in json.loads(asked("list", "--json").stdout)}
    assert found.keys() == ENCODERS.keys()
    assert found["colour"]["kept"]
    assert found["colour"]["folder"] is None
    assert found["default"]["abilities"] == ["photos", "words", "tags", "heat maps"]
    assert not found["clip-vit-b32"]["kept"]


def test_what_cannot_be_downloaded_is_called_missing(
    asked: Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vitrine.encoders.keeping.packaged_folder", lambda: tmp_path / "nowhere")
    monkeypatch.setenv("COLUMNS", "120")
    kept = {line.split()[0]: line for line in asked("list").stdout.splitlines() if line.strip()}
    assert "missing" in kept["default"]
    assert "to download" in kept["clip-vit-b32"]


def test_show_says_how_a_model_is_run(asked: Model) -> None:
    shown = asked("show", "clip-vit-b32").stdout
    assert "MIT" in shown
    assert "224 x 224" in shown
    facts = json.loads(asked("show", "colour", "--json").stdout)
    assert (facts["dim"], facts["card"]) == (476, "")


def test_unknown_names_are_corrected(asked: Model) -> None:
    for command in (("show", "colur"), ("pull", "colur"), ("export", "colur", "x")):
        assert "Did you mean 'colour'" in asked(*command, code=2).stderr


def test_pull_offline_says_so(asked: Model) -> None:
    assert "offline" in asked("pull", "clip-vit-b32", code=4).stderr
    assert "part of the program" in asked("pull", "colour").stdout


def test_export_without_files(asked: Model, tmp_path: Path) -> None:
    assert "no files" in asked("export", "colour", tmp_path / "x", code=2).stderr
    assert not (tmp_path / "x").exists()


def test_weights_are_of_a_network(asked: Model) -> None:
    asked("export", "default", "copy", "--weights", "file.safetensors", code=2)
