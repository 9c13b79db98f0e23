from __future__ import annotations

from pathlib import Path

import pytest

from vitrine.encoders import ENCODERS, load_encoder
from vitrine.encoders.rows import MODEL_ROWS
from vitrine.errors import FetchError, UsageError
from vitrine.settings import Settings


def test_unknown_name_says_what_is_known() -> None:
    with pytest.raises(UsageError, match="Did you mean 'colour'") as caught:
        load_encoder("colur", Settings())
    assert "fashion-clip" in str(caught.value)


def test_rows_are_what_load_gives() -> None:
    encoder = load_encoder("colour", Settings())
    assert encoder.identity.dim == ENCODERS["colour"].dim
    assert encoder.identity.name == "colour"


@pytest.mark.parametrize("row", MODEL_ROWS, ids=lambda row: row.name)
def test_published_models_are_complete(row: object) -> None:
    assert isinstance(row, type(MODEL_ROWS[0]))
    assert ENCODERS[row.name].dim == row.dim
    assert row.repo.count("/") == 1
    assert row.licence != "unknown"
    assert row.size_mb > 0
    assert row.summary


@pytest.mark.parametrize("row", MODEL_ROWS, ids=lambda row: row.name)
def test_published_models_are_not_fetched_when_offline(row: object, tmp_path: Path) -> None:
    assert isinstance(row, type(MODEL_ROWS[0]))
    with pytest.raises(FetchError, match="offline"):
        load_encoder(row.name, Settings(models_dir=tmp_path, offline=True))


def test_a_name_wins_over_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "colour").mkdir()
    monkeypatch.chdir(tmp_path)
    assert load_encoder("colour", Settings()).identity.name == "colour"
