from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from vitrine.cli.evaluate import evaluate
from vitrine.cli.exits import GuardedCommand

app = typer.Typer(pretty_exceptions_enable=False)
app.command(cls=GuardedCommand)(evaluate)
runner = CliRunner()


@pytest.fixture(autouse=True)
def _no_research_data(monkeypatch: pytest.MonkeyPatch) -> None:  # pyright: ignore[reportUnusedFunction]
    monkeypatch.delenv("VITRINE_REAL_DATA", raising=False)


def run(*arguments: str | Path) -> tuple[int, str, str]:
    result = runner.invoke(app, [str(argument) for argument in arguments])
    return result.exit_code, result.stdout, result.stderr


def test_markdown_where_no_terminal_is(shop_folder: Path) -> None:
    code, out, err = run(shop_folder, "--encoder", "colour", "--protocol", "siblings")
    assert (code, err) == (0, "")
    assert "## siblings" in out
    assert "| measure | n | colour | random (baseline) |" in out


def test_json_is_all_that_is_on_stdout(shop_folder: Path, tmp_path: Path) -> None:
    code, out, err = run(
        *(shop_folder, "--encoder", "colour", "--protocol", "tags", "--json"),
        *("--out", tmp_path / "out", "--no-baselines", "--limit", "6"),
    )
    assert code == 0
    found = json.loads(out)
    assert found["photos"] == 12
    assert found["contestants"] == ["colour"]
    assert {Path(path).name for path in found["files"]} >= {"results.json", "results.md"}
    assert "written: results.json" in err
    assert list((tmp_path / "out" / "vectors").glob("colour-*.npz"))


def test_errors_are_one_line(shop_folder: Path, tmp_path: Path) -> None:
    for arguments, code, message in (
        ((shop_folder, "--protocol", "senders"), 2, "'senders' cannot be measured"),
        ((shop_folder, "--part", "validation", "--encoder", "colour"), 0, ""),
        ((tmp_path / "nowhere",), 4, "no such file or folder"),
        ((shop_folder, "--out", tmp_path / "a" / "b"), 4, "does not exist; make it first"),
        ((shop_folder, "--encoder", "colur"), 2, "Did you mean 'colour'"),
    ):
        found, _, err = run(*arguments)
        if code == 0:
            continue
        assert found == code, err
        assert message in err
        assert len(err.strip().splitlines()) == 1
