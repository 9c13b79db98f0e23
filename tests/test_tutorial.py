"""What the tutorial shows with its answers runs too; `test_documents` runs the rest."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from vitrine.cli import app
from vitrine.demo import demo_source

TUTORIAL = Path(__file__).parents[1] / "docs" / "tutorial.md"


@pytest.mark.slow
def test_commands_beside_their_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(demo_source(), tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    shown = re.findall(r"^```console\n(.*?)^```", TUTORIAL.read_text("utf-8"), re.M | re.S)
    lines = [line for block in shown for line in block.splitlines()]
    printed = ""
    for line in ["$ vitrine index products.csv --shop shop.shop", *lines]:
        if line.startswith("$ vitrine "):
            result = CliRunner().invoke(app, shlex.split(line)[2:])
            assert result.exit_code == 0, f"{line}\n{result.output}"
            printed = result.output
        else:
            for id_or_word in re.findall(r"\b(?:D\d{4}|[a-z]{4,})\b", line):
                assert id_or_word in printed, f"{line}\n{printed}"
