from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from vitrine.cli.exits import GuardedCommand, explain
from vitrine.errors import VitrineError

Run = Callable[..., Any]


def app_that(body: Callable[[], None], name: str = "index") -> typer.Typer:
    app = typer.Typer(pretty_exceptions_enable=False)
    app.callback()(lambda: None)
    app.command(name, cls=GuardedCommand)(body)
    return app


def raising(error: BaseException) -> Callable[[], None]:
    def body() -> None:
        raise error

    return body


@pytest.mark.parametrize("kind", [VitrineError, *VitrineError.__subclasses__()])
def test_an_error_of_ours_is_one_line_and_its_own_code(kind: type[VitrineError]) -> None:
    error = kind.__new__(kind)
    Exception.__init__(error, "something\nis wrong")
    result = CliRunner().invoke(app_that(raising(error)), ["index"])
    assert result.exit_code == kind.exit_code
    assert (result.stdout, result.stderr) == ("", "error: something is wrong\n")


def test_an_unexpected_error_says_how_to_see_more(monkeypatch: pytest.MonkeyPatch) -> None:
    app = app_that(raising(KeyError("colour")))
    result = CliRunner().invoke(app, ["index"])
    assert result.exit_code == 70
    assert result.stderr.startswith("error: unexpected KeyError: 'colour' (")
    assert result.stderr.count("\n") == 1
    assert "VITRINE_DEBUG=1" in result.stderr
    monkeypatch.setenv("VITRINE_DEBUG", "1")
    result = CliRunner().invoke(app, ["index"])
    assert result.exit_code == 70
    assert "Traceback (most recent call last)" in result.stderr


@pytest.mark.parametrize("name", ["index", "reindex", "embed", "search"])
def test_an_interruption_says_what_is_kept(name: str) -> None:
    result = CliRunner().invoke(app_that(raising(KeyboardInterrupt()), name), [name])
    assert result.exit_code == 130
    assert result.stderr.startswith("interrupted: ")
    assert result.stderr.count("\n") == 1
    assert ("again" in result.stderr) == (name in ("index", "reindex"))


def test_a_closed_pipe_is_silent() -> None:
    result = CliRunner().invoke(app_that(raising(BrokenPipeError())), ["index"])
    assert (result.exit_code, result.output) == (0, "")


@pytest.mark.parametrize(
    ("error", "line", "code"),
    [
        (FileNotFoundError(2, "No such file", "a/b.csv"), "a/b.csv: No such file", 4),
        (OSError("no space"), "no space", 4),
        (MemoryError(), "out of memory", 4),
        (ModuleNotFoundError("No module named 'faiss'", name="faiss"), "vitrine-search", 3),
        (sqlite3.OperationalError("database is locked"), "database is locked", 5),
        (sqlite3.DatabaseError("disk image is malformed"), "disk image is malformed", 4),
    ],
)
def test_what_the_system_says_is_passed_on(error: Exception, line: str, code: int) -> None:
    said, exit_code = explain(error)
    assert said.endswith(line)
    assert exit_code == code


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("index", "missing argument 'SOURCE'; see vitrine index --help"),
        ("nope", "no such command 'nope'; see vitrine --help"),
        ("events nope", "no such command 'nope'; see vitrine events --help"),
        ("--nope", "no such option: --nope; see vitrine --help"),
        ("search --nope", "no such option: --nope"),
        ("index a --shop", "option '--shop' requires an argument"),
        ("index --wait x", "invalid value for '--wait': "),
        ("keys create --shop a --kind x", "invalid value for '--kind': "),
    ],
)
def test_usage_of_the_command_line_itself_is_2(run_error: Run, line: str, said: str) -> None:
    assert run_error(*line.split(), code=2).startswith(f"error: {said}")


def test_a_real_pipe_that_closes_early_is_silent(built: Path) -> None:
    vitrine = f'"{sys.executable}" -m vitrine search --shop "{built}" --like 1 --json'
    close = f'"{sys.executable}" -c "import os; os.close(0)"'
    piped = subprocess.run(f"{vitrine} | {close}", shell=True, capture_output=True, check=False)
    assert piped.stderr == b""


@pytest.mark.skipif(sys.platform == "win32", reason="a POSIX shell closes the streams")
@pytest.mark.parametrize(("closed", "code"), [(">&-", 0), ("2>&-", 0), ("> /dev/full", 4)])
def test_streams_that_are_closed_or_full(built: Path, closed: str, code: int) -> None:
    command = f'"{sys.executable}" -m vitrine search --shop "{built}" --like 1 -k 1 {closed}'
    if closed == "> /dev/full" and not Path("/dev/full").exists():
        pytest.skip("only Linux has a device that is always full")
    done = subprocess.run(command, shell=True, capture_output=True, text=True, check=False)
    assert done.returncode == code
    assert "unexpected" not in done.stderr
    assert "error" not in done.stdout
