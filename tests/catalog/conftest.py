"""Sources written by code, and where the real ones are."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

# A GIF of one pixel: readers look at names, never into photos.
PIXEL = (
    b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff,\x00\x00\x00\x00\x01\x00\x01\x00"
    b"\x00\x02\x02D\x01\x00;"
)


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Write a file, a photo where no content is given, below a fresh folder."""

    def _write(name: str, content: str | bytes = PIXEL) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
        return path

    return _write


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of the research photos, or a skip."""
    beside = Path(__file__).parents[3] / "shared" / "data"
    folder = Path(os.environ.get("VITRINE_REAL_DATA", beside))
    if not folder.is_dir():
        pytest.skip(f"no research photos in {folder}; set VITRINE_REAL_DATA")
    return folder
