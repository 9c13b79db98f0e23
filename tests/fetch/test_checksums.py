"""Hashes against published values."""

from __future__ import annotations

from pathlib import Path

import pytest

from vitrine.errors import DataError
from vitrine.fetch import check_sha256, sha256_of

_ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
"""SHA-256 of the three letters abc: FIPS 180-2, appendix B.1."""


def test_the_published_example(tmp_path: Path) -> None:
    path = tmp_path / "abc.txt"
    path.write_bytes(b"abc")
    assert sha256_of(path) == _ABC
    check_sha256(path, _ABC.upper())


def test_another_content_is_an_error_that_says_both_hashes(tmp_path: Path) -> None:
    path = tmp_path / "abc.txt"
    path.write_bytes(b"abd")
    with pytest.raises(DataError, match=rf"abc\.txt has sha256 a52d15.*, expected {_ABC}"):
        check_sha256(path, _ABC)
