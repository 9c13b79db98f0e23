"""Where the next page begins: a short word that fits one query and no other."""

from __future__ import annotations

import base64
import binascii
import hashlib

from vitrine.serve.problems import Problem

_N_OFFSET = 4
_N_MARK = 12


def cursor_for(offset: int, query: bytes) -> str:
    """Word for a page of this query.

    Example:
        >>> offset_of(cursor_for(24, b"red dress"), b"red dress")
        24
    """
    place = offset.to_bytes(_N_OFFSET, "big")
    return base64.urlsafe_b64encode(place + _mark(place, query)).decode()


def offset_of(cursor: str, query: bytes) -> int:
    """Hits before the page that the word stands for.

    Raises:
        Problem: `cursor_invalid`, where it is none of ours or belongs to another query.
    """
    try:
        raw = base64.urlsafe_b64decode(cursor.encode("ascii"))
    except (UnicodeEncodeError, binascii.Error):
        raw = b""
    place, mark = raw[:_N_OFFSET], raw[_N_OFFSET:]
    if len(raw) != _N_OFFSET + _N_MARK or mark != _mark(place, query):
        raise Problem(
            "cursor_invalid",
            "send next_cursor as it came, with the same query, filter, k and photo; "
            "or leave the cursor out to begin anew",
        )
    return int.from_bytes(place, "big")


def _mark(place: bytes, query: bytes) -> bytes:
    return hashlib.blake2b(place + query, digest_size=_N_MARK, person=b"vitrine cursor").digest()
