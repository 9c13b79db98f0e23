from __future__ import annotations

import io
import json
import os
import sys
from pathlib import Path

import pytest

from vitrine.cli.output import photo_progress, plain, print_json


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_is_drawn_on_a_terminal_only(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with photo_progress("indexing", quiet=False) as on_progress:
        on_progress(1, 2)
    assert capsys.readouterr() == ("", "")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setattr(sys, "stderr", terminal := Terminal())
    with photo_progress("indexing", quiet=True) as on_progress:
        on_progress(1, 2)
    assert terminal.getvalue() == ""
    with photo_progress("indexing", quiet=False) as on_progress:
        for done in range(1, 4):
            on_progress(done, 4)
    assert "indexing" in terminal.getvalue()
    assert "photos/s" in terminal.getvalue()
    assert "3/4" in terminal.getvalue()
    assert capsys.readouterr().out == ""


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals on Windows")
def test_json_stays_alone_while_progress_is_drawn(catalogue: Path, tmp_path: Path) -> None:
    import pty
    import subprocess

    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "vitrine", "index", str(catalogue), "--json"]
    done = subprocess.run(
        [*command, "--shop", str(tmp_path / "my.shop")],
        stdout=subprocess.PIPE,
        stderr=theirs,
        check=True,
        env={**os.environ, "TERM": "xterm"},
    )
    assert json.loads(done.stdout)["photos"] == 8
    assert b"indexing" in os.read(ours, 65536)
    os.close(ours)
    os.close(theirs)


def test_nothing_that_steers_a_terminal_is_printed() -> None:
    assert plain("a\x1b]0;title\x07\r\nb\u202ec\x9b") == "a ]0;title b c "
    assert plain("Écharpe 围巾 👗") == "Écharpe 围巾 👗"


def test_json_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    print_json({"title": "围巾\n\x1b[31m"})
    line = capsys.readouterr().out
    assert line.count("\n") == 1
    assert "\x1b" not in line
    assert json.loads(line) == {"title": "围巾\n\x1b[31m"}
