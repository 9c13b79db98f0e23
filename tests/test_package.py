from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import vitrine
from vitrine.errors import DISTRIBUTION, VitrineError
from vitrine.settings import read_settings

ROOT = Path(__file__).parents[1]
HEAVY = (
    *("numpy", "sqlalchemy", "pydantic", "faiss", "onnxruntime", "sklearn", "fastapi", "torch"),
    *("PIL", "httpx", "huggingface_hub", "alembic"),
)


def test_importing_vitrine_loads_nothing_heavy() -> None:
    code = f"import sys, vitrine; print([m for m in {HEAVY!r} if m in sys.modules])"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"


def test_the_distribution_is_named_once() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["name"] == DISTRIBUTION


def test_every_public_name_is_there() -> None:
    assert set(vitrine.__all__) <= set(dir(vitrine))
    for name in vitrine.__all__:
        assert getattr(vitrine, name).__doc__
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = vitrine.nothing  # pyright: ignore


def test_every_error_is_also_a_builtin_and_has_an_exit_code() -> None:
    found = [VitrineError]
    for error in found:
        found += error.__subclasses__()
    assert len(found) > 10
    for error in found[1:]:
        assert 2 <= error.exit_code <= 5
        builtins = [base for base in error.__mro__ if base.__module__ == "builtins"]
        assert builtins[0] is not Exception or error.__name__ in (
            "NotModified",
            "StoppedError",
            "UnchangedError",
        )


def test_settings_come_from_flags_then_environment_then_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert read_settings().threads == 0
    (tmp_path / "vitrine.toml").write_text("threads = 3\nmax_photo_mb = 7.5\n")
    assert (read_settings().threads, read_settings().max_photo_mb) == (3, 7.5)
    monkeypatch.setenv("VITRINE_THREADS", "4")
    assert read_settings().threads == 4
    assert read_settings(threads=5).threads == 5
    assert read_settings(threads=None).threads == 4


@pytest.mark.parametrize(
    ("name", "value", "complaint"),
    [
        ("VITRINE_THREADS", "many", "setting 'threads' is 'many'.*VITRINE_THREADS"),
        ("VITRINE_THREADS", "-1", "setting 'threads' is '-1'"),
        ("VITRINE_MAX_PHOTO_MB", "0", "setting 'max_photo_mb' is '0'"),
    ],
)
def test_a_setting_that_does_not_fit_is_named(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, complaint: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(VitrineError, match=complaint):
        read_settings()


def test_an_unknown_setting_in_the_file_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "vitrine.toml").write_text("thread = 3\n")
    with pytest.raises(VitrineError, match="setting 'thread'"):
        read_settings()
    (tmp_path / "vitrine.toml").write_text("threads = \n")
    with pytest.raises(VitrineError, match=r"vitrine.toml"):
        read_settings()
