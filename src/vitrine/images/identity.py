"""What a photo is called: the suffixes that it may have, and its hash."""

from __future__ import annotations

import hashlib

PHOTO_SUFFIXES = frozenset(
    {".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".avif", ".gif", ".heic", ".heif", ".hif"}
)
"""Lower-case suffixes of files worth opening; `decode` goes by content alone."""


def photo_sha256(data: bytes) -> str:
    """Hash the file as it is, in lower-case hexadecimal.

    Example:
        >>> photo_sha256(b"")[:8]
        'e3b0c442'
    """
    return hashlib.sha256(data).hexdigest()
