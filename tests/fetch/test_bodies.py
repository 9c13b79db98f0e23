"""Bodies are unpacked in full, or refused in time."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitrine.errors import FetchError
from vitrine.fetch.bodies import read_body, unpack_gzip
from vitrine.fetch.stopping import RefusedError


@given(st.binary(max_size=3000), st.integers(1, 700))
def test_gzip_gives_back_what_was_packed(content: bytes, cut: int) -> None:
    packed = gzip.compress(content)
    chunks = [packed[at : at + cut] for at in range(0, len(packed), cut)]
    assert read_body(chunks, "gzip", 3100) == content


def test_gzip_of_several_members_is_read_to_its_end() -> None:
    packed = gzip.compress(b"photo ") + gzip.compress(b"and feed")
    assert read_body([packed], "gzip", 1000) == b"photo and feed"


def test_content_that_expands_by_a_thousand_is_complete() -> None:
    content = bytes(3_000_000)
    assert read_body([gzip.compress(content)], "gzip", 3_000_000) == content


def test_a_gzip_bomb_stops_at_the_limit() -> None:
    taken = 0

    def bomb() -> Iterator[bytes]:
        nonlocal taken
        packer = zlib.compressobj(wbits=31)
        while True:
            taken += 1
            yield packer.compress(bytes(1_000_000))

    with pytest.raises(RefusedError, match=r"larger than the 2,000,000 bytes allowed"):
        read_body(bomb(), "gzip", 2_000_000)
    assert taken < 50


def test_endless_empty_gzip_members_stop_at_the_limit() -> None:
    with pytest.raises(RefusedError, match="larger than"):
        read_body(iter(lambda: gzip.compress(b""), b"never"), "gzip", 5_000)


@pytest.mark.parametrize("broken", [b"", gzip.compress(b"photo" * 50)[:-9], b"\x1f\x8b"])
def test_gzip_cut_short_is_refused(broken: bytes) -> None:
    with pytest.raises(RefusedError, match="cut short"):
        read_body([broken], "gzip", 1000)


def test_what_is_no_gzip_is_refused() -> None:
    with pytest.raises(RefusedError, match="not the gzip that it says"):
        read_body([b"<html>"], "gzip", 1000)


def test_other_packings_are_refused() -> None:
    with pytest.raises(RefusedError, match="packed as 'br'; only gzip"):
        read_body([b"x"], "br", 1000)


def test_the_limit_itself_is_allowed() -> None:
    assert read_body([b"12", b"345"], "", 5) == b"12345"
    with pytest.raises(RefusedError, match="larger than the 4 bytes"):
        read_body([b"12", b"345"], "identity", 4)


def test_a_packed_file_is_unpacked_up_to_a_limit() -> None:
    packed = gzip.compress(bytes(1000)) + gzip.compress(b"more")
    assert unpack_gzip(packed, 1004) == bytes(1000) + b"more"
    with pytest.raises(FetchError, match="larger than the 1,003 bytes"):
        unpack_gzip(packed, 1003)
    with pytest.raises(FetchError, match="cut short"):
        unpack_gzip(packed[:-3], 5000)
