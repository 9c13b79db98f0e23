"""Archives of strangers: unpacked as they are, or refused with a stable code."""

from __future__ import annotations

import io
import os
import stat
import struct
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.serve.importing import archive_of

from vitrine.serve.archives import ArchiveLimits, table_of, unpack
from vitrine.serve.problems import Problem

LIMITS = ArchiveLimits(max_files=20, max_file_bytes=4_000_000, max_bytes=13_000_000)
TABLE = {"products.csv": b"id,title\n1,Coat\n"}


def unpacked(data: bytes, folder: Path, limits: ArchiveLimits = LIMITS) -> set[str]:
    """Unpack and say what is in the folder; nothing may ever be beside it."""
    box = folder / "box"
    (box / "files").mkdir(parents=True)
    (box / "a.zip").write_bytes(data)
    try:
        unpack(box / "a.zip", box / "files", limits)
    finally:
        assert {path.name for path in box.iterdir()} == {"a.zip", "files"}
        assert {path.name for path in folder.iterdir()} == {"box"}
    found = (path for path in (box / "files").rglob("*") if path.is_file())
    return {path.relative_to(box / "files").as_posix() for path in found}


def with_entry(name: str, data: bytes = b"x", mode: int = 0) -> bytes:
    out = io.BytesIO(archive_of(TABLE))
    with zipfile.ZipFile(out, "a") as archive:
        entry = zipfile.ZipInfo("placeholder")
        entry.filename = entry.orig_filename = name
        entry.external_attr = mode << 16
        archive.writestr(entry, data)
    return out.getvalue()


def marked_encrypted() -> bytes:
    data = bytearray(archive_of(TABLE))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + offset] |= 1
    return bytes(data)


def lying_about_its_size() -> bytes:
    data = bytearray(archive_of({"products.csv": b"a" * 100_000}))
    for signature, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        struct.pack_into("<I", data, data.index(signature) + offset, 10)
    return bytes(data)


def packed_unusually() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_BZIP2) as archive:
        archive.writestr("products.csv", b"id\n1\n")
    return out.getvalue()


def huge_directory() -> bytes:
    """An archive of nothing but names: small files, each costing memory before any is unpacked."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for number in range(3000):
            archive.writestr(f"{number:05}-{'n' * 60}", b"")
    return out.getvalue()


def test_files_and_folders_come_out(tmp_path: Path) -> None:
    files = {**TABLE, "photos/Ä b.png": b"1", "photos/deep/er/c.png": b"2", "photos/": b""}
    junk = {"__MACOSX/._c.png": b"", ".DS_Store": b"", "photos/.hidden.png": b"", "Thumbs.db": b""}
    found = unpacked(archive_of({**files, **junk}), tmp_path)
    assert found == {"products.csv", "photos/Ä b.png", "photos/deep/er/c.png"}


def test_folders_may_be_separated_as_windows_does(tmp_path: Path) -> None:
    assert unpacked(with_entry("photos\\a.png"), tmp_path) == {"products.csv", "photos/a.png"}


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda: b"PK\x03\x04 and nothing more", "damaged"),
        (lambda: archive_of(TABLE)[:-30], "damaged"),
        (lambda: archive_of(TABLE).replace(b"PK\x01\x02", b"PK\x01\x03"), "damaged"),
        (lying_about_its_size, "damaged"),
        (huge_directory, "damaged"),
        (lambda: archive_of({f"{n}.png": b"" for n in range(21)}), "too_many_files"),
        (lambda: archive_of({"products.csv": os.urandom(4_000_001)}), "too_large"),
        (lambda: archive_of({f"{n}.png": os.urandom(3_900_000) for n in range(4)}), "too_large"),
        (lambda: archive_of({f"{n}.csv": bytes(3_900_000) for n in range(3)}), "bomb"),
        (lambda: with_entry("link.png", b"/etc/passwd", stat.S_IFLNK | 0o777), "link"),
        (lambda: with_entry("pipe", b"", stat.S_IFIFO | 0o777), "link"),
        (lambda: with_entry("../x.png"), "outside"),
        (lambda: with_entry("photos/../../x.png"), "outside"),
        (lambda: with_entry("..\\x.png"), "outside"),
        (lambda: with_entry("/etc/x.png"), "outside"),
        (lambda: with_entry("\\\\server\\x.png"), "outside"),
        (lambda: with_entry("C:\\x.png"), "outside"),
        (lambda: with_entry("x.png:stream"), "outside"),
        (lambda: with_entry("x\0.png"), "outside"),
        (lambda: with_entry("x" * 300), "outside"),
        (marked_encrypted, "encrypted"),
        (packed_unusually, "compression"),
        (lambda: with_entry("PRODUCTS.csv"), "duplicate"),
    ],
)
def test_what_is_refused(tmp_path: Path, make: Callable[[], bytes], code: str) -> None:
    with pytest.raises(Problem, match="the archive is not taken: ") as refusal:
        unpacked(make(), tmp_path)
    assert refusal.value.code == "archive_invalid"
    assert refusal.value.more == {"archive_code": code}
    assert str(tmp_path) not in refusal.value.detail


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data())
def test_no_damage_breaks_out_or_raises_anything_else(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    whole = bytearray(archive_of({**TABLE, "photos/a.png": b"some bytes" * 9}))
    for _ in range(data.draw(st.integers(1, 6))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    with suppress(Problem):
        unpacked(bytes(whole), tmp_path_factory.mktemp("damaged"))


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["spring.csv", "a.png"], "spring.csv"),
        (["shop/deep/spring.jsonl", "a.png"], "shop/deep/spring.jsonl"),
        (["Products.CSV", "notes.txt"], "Products.CSV"),
        (["styles.csv", "images.csv", "images/1.jpg"], "styles.csv"),
        (["a.png"], "no_table"),
        (["[Content_Types].xml", "xl/sheet1.xml"], "no_table"),
        (["a.csv", "b.csv"], "several_tables"),
        (["products.csv", "old/products.csv"], "several_tables"),
    ],
)
def test_the_table_of_an_archive(tmp_path: Path, names: list[str], expected: str) -> None:
    for name in names:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    if "." in expected:
        assert table_of(tmp_path) == tmp_path / expected
    else:
        with pytest.raises(Problem) as refusal:
            table_of(tmp_path)
        assert refusal.value.more == {"archive_code": expected}
