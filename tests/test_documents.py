"""The README says only what is true: its code runs, its links lead somewhere."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from vitrine.cli import app
from vitrine.demo import demo_source

ROOT = Path(__file__).parents[1]
DOCUMENTS = [
    *ROOT.glob("*.md"),
    *(ROOT / "docs").rglob("*.md"),
    *(ROOT / "benchmarks").glob("*.md"),
]
PAPERS = [p for p in sorted((ROOT / "docs/papers").glob("*.md")) if p.name != "README.md"]
NEEDS_A_MACHINE = ("sudo ", "make ", "pip ")


def blocks(path: Path, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", path.read_text(encoding="utf-8"), re.M | re.S)


@pytest.fixture
def somewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder as the documents assume it: photos/, products.csv and one photo to ask with."""
    photos = tmp_path / "photos"
    photos.mkdir()
    for photo in sorted((demo_source() / "images").glob("*.webp"))[:12]:
        shutil.copy(photo, photos)
    shutil.copy(next(photos.iterdir()), tmp_path / "look.webp")
    shutil.copytree(demo_source() / "images", tmp_path / "images")
    shutil.copy(demo_source() / "products.csv", tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("name", ["README.md", "docs/tutorial.md"])
def test_the_commands_run_as_printed(somewhere: Path, name: str) -> None:
    lines = [
        line.split("#")[0].strip()
        for block in blocks(ROOT / name, "sh")
        for line in block.replace("\\\n", " ").splitlines()
    ]
    commands = [line for line in lines if line and not line.startswith(NEEDS_A_MACHINE)]
    assert len(commands) >= 4
    for command in commands:
        assert command.startswith("vitrine ")
        whole = f"{sys.executable} -m {command}"
        result = subprocess.run(whole, shell=True, capture_output=True, text=True, check=False)
        assert result.returncode == 0, f"{command}\n{result.stderr}"


@pytest.mark.parametrize("name", ["README.md", "docs/tutorial.md"])
def test_the_python_runs_as_printed(somewhere: Path, name: str) -> None:
    code = "\n".join(blocks(ROOT / name, "python"))
    assert code
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr
    assert result.stdout


def test_the_page_on_encoders_runs_from_top_to_bottom(
    somewhere: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("onnx")
    page = (ROOT / "docs" / "encoders.md").read_text(encoding="utf-8")
    parts = re.findall(r"^```(python|json|sh)\n(.*?)^```", page, re.M | re.S)
    assert [language for language, _ in parts] == ["python", "json", "sh", "python", "sh"]
    for language, text in parts:
        if language == "python":
            exec(compile(text, "encoders.md", "exec"), {"__name__": "encoders"})
        elif language == "json":
            (somewhere / "patches" / "model.json").write_text(text, encoding="utf-8")
        else:
            for line in text.splitlines():
                result = CliRunner().invoke(app, shlex.split(line)[1:])
                assert result.exit_code == 0, f"{line}\n{result.output}"
    assert "grey (48,)" in capsys.readouterr().out
    assert np.load("vectors.npy").shape == (12, 48)


@pytest.mark.slow
@pytest.mark.parametrize("page", PAPERS, ids=lambda page: page.stem)
def test_the_page_of_a_paper_runs_from_top_to_bottom(somewhere: Path, page: Path) -> None:
    pytest.importorskip("onnx")
    parts = re.findall(r"^```(python|sh)\n(.*?)^```", page.read_text(encoding="utf-8"), re.M | re.S)
    assert [language for language, _ in parts].count("sh") >= 2
    for language, text in parts:
        lines = [["-c", text]] if language == "python" else map(_arguments, text.splitlines())
        for arguments in lines:
            result = subprocess.run(
                [sys.executable, *arguments], capture_output=True, text=True, check=False
            )
            assert result.returncode == 0, f"{arguments}\n{result.stderr}"


def _arguments(line: str) -> list[str]:
    assert line.startswith("vitrine ")
    return ["-m", *shlex.split(line)]


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", path.read_text(encoding="utf-8")):
        if not target.startswith(("http", "#")):
            assert (path.parent / target.split("#")[0]).exists(), target
