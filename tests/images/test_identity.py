from __future__ import annotations

from vitrine.images import PHOTO_SUFFIXES, photo_sha256


def test_the_hash_is_sha256_of_the_file() -> None:
    # FIPS 180-2, appendix B.1
    expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert photo_sha256(b"abc") == expected


def test_suffixes_are_lower_case_with_a_dot() -> None:
    assert {".jpg", ".png", ".heic"} < PHOTO_SUFFIXES
    assert all(suffix.startswith(".") and suffix == suffix.lower() for suffix in PHOTO_SUFFIXES)
