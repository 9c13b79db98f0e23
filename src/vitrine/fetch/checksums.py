"""Files that must be what they were when somebody vouched for them."""

from __future__ import annotations

import hashlib
from pathlib import Path

from vitrine.errors import DataError


def sha256_of(path: Path) -> str:
    """SHA-256 of a file, 64 lower-case hex digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def check_sha256(path: Path, expected: str) -> None:
    """Make sure that a file has the SHA-256 `expected` (hex, any case).

    Raises:
        DataError: it has another.
    """
    found = sha256_of(path)
    if found != expected.strip().lower():
        raise DataError(
            f"{path} has sha256 {found}, expected {expected}: the file is damaged or another one; "
            "remove it and fetch it again"
        )
