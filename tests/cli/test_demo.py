from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]


def test_a_file_is_no_folder_for_the_demo(run_error: Run, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    assert "taken is a file" in run_error("demo", "--out", "taken", "--no-open", code=2)


@pytest.mark.slow
def test_the_demo_prints_answers_or_json(run: Run, run_json: Run) -> None:
    shown = run("demo", "--no-open").stdout
    assert "Indexed 305 products" in shown
    assert "vitrine-demo/index.html" in shown.replace("\\", "/")
    assert "The web app answered at http://127.0.0.1:" in shown
    paths = run_json("demo", "--out", "vitrine-demo")
    assert paths["web_app"].startswith("http://127.0.0.1:")
    assert "</html>" in Path(paths["page"]).read_text(encoding="utf-8")
