from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from vitrine.encoders import as_text_encoder, encoder_row, is_kept, load_encoder
from vitrine.settings import Settings

Run = Callable[..., Any]


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    (tmp_path / "texts.txt").write_text("red dress\n\nblue shirt\n", encoding="utf-8")
    return tmp_path / "texts.txt"


def test_an_encoder_without_words_is_refused(run_error: Run, texts: Path) -> None:
    line = run_error("embed", "--text", texts, "-o", "v.npy", "--encoder", "colour", code=2)
    assert "'colour' understands no words; these do: default" in line


def test_one_row_a_line(run_json: Run, texts: Path, tmp_path: Path) -> None:
    if not is_kept(encoder_row("default"), Settings()):
        pytest.skip("this source checkout is without the package's weights")
    found = run_json("embed", "--text", texts, "-o", "v.npy", "--encoder", "default")
    assert (found["texts"], found["dim"]) == (3, 256)
    vectors = np.load(tmp_path / "v.npy", allow_pickle=False)
    encoder = as_text_encoder(load_encoder("default", Settings()))
    assert encoder is not None
    assert np.abs(vectors - encoder.embed_text(["red dress", "", "blue shirt"])).max() < 1e-5


@pytest.mark.parametrize("given", [[], ["x.jpg", "--text", "t"], ["--text", "t", "--ids", "i"]])
def test_photos_or_texts(run_error: Run, given: list[str]) -> None:
    assert "give photos" in run_error("embed", *given, "-o", "v.npy", code=2)


@pytest.mark.parametrize(("content", "reason"), [(b"", "no text"), (b"caf\xe9", "not UTF-8")])
def test_files_that_hold_no_text(
    run_error: Run, tmp_path: Path, content: bytes, reason: str
) -> None:
    (tmp_path / "t.txt").write_bytes(content)
    assert reason in run_error("embed", "--text", "t.txt", "-o", "v.npy", code=4)


def test_missing_file(run_error: Run) -> None:
    assert "gone.txt" in run_error("embed", "--text", "gone.txt", "-o", "v.npy", code=4)
