"""ZIP archives of strangers: unpacked into a folder of their own, or refused.

What an archive says of itself is believed only where it speaks against it: sizes are counted while
bytes are unpacked, and nothing is written outside the folder.
"""

from __future__ import annotations

import errno
import re
import shutil
import stat
import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from io import BufferedIOBase
from pathlib import Path
from typing import BinaryIO, NoReturn, cast
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from vitrine.serve.problems import Problem

_ENCRYPTED = 0x1 | 0x40 | 0x2000
_CHUNK_BYTES = 64 * 1024
_DIRECTORY_BYTES_A_FILE = 160
_LEAST_DIRECTORY_BYTES = 128 * 1024
_HIGHEST_RATIO = 200
_RATIO_COUNTS_FROM_BYTES = 10 * 2**20
_LONGEST_NAME = 240
_DRIVE = re.compile(r"[A-Za-z]:")
_LEFT_ALONE = ("__macosx", "thumbs.db", "desktop.ini")

TABLE_SUFFIXES = frozenset(
    {".csv", ".tsv", ".tab", ".txt", ".psv", ".jsonl", ".ndjson", ".json", ".xml", ".parquet"}
)
"""Of files that may be a catalogue."""
_USUAL_TABLES = frozenset({"products", "catalogue", "catalog", "feed", "styles", "articles"})


@dataclass(frozen=True, slots=True)
class ArchiveLimits:
    """How much an archive may hold."""

    max_files: int
    max_file_bytes: int
    """Of one file, unpacked."""
    max_bytes: int
    """Of all files, unpacked."""


def is_zip(path: Path) -> bool:
    """Whether a file begins as ZIP archives do, an empty one included."""
    with path.open("rb") as file:
        return file.read(4) in (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")


def unpack(path: Path, folder: Path, limits: ArchiveLimits) -> None:
    """Unpack an archive into an empty folder.

    Raises:
        Problem: `archive_invalid`, with `archive_code`: `damaged`, `too_many_files`, `too_large`,
            `bomb`, `link`, `outside`, `encrypted`, `compression` or `duplicate`.
    """
    try:
        with path.open("rb") as file:
            bounded = _Bounded(file, limits.max_files * _DIRECTORY_BYTES_A_FILE)
            with ZipFile(cast("BinaryIO", bounded)) as archive:
                entries = archive.infolist()
                _check(entries, limits)
                _unpack(archive, entries, folder, limits, path.stat().st_size)
    except (BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError) as error:
        raise refusal("damaged", f"it is damaged: {error}") from error
    except (OSError, RuntimeError, ValueError) as error:
        if isinstance(error, OSError) and error.errno == errno.ENOSPC:
            raise
        raise refusal("damaged", "one of its files cannot be unpacked here") from error


def table_of(folder: Path) -> Path:
    """Give the one table among unpacked files.

    Raises:
        Problem: `archive_invalid`, with `archive_code`: `no_table` or `several_tables`.
    """
    if (folder / "[Content_Types].xml").exists():
        raise refusal("no_table", "it is a spreadsheet; save it as CSV and send that")
    tables = sorted(
        path
        for path in folder.rglob("*")
        if path.suffix.lower() in TABLE_SUFFIXES and path.is_file()
    )
    if len(tables) > 1:
        usual = [path for path in tables if path.stem.lower() in _USUAL_TABLES]
        tables = usual if len(usual) == 1 else tables
    if len(tables) == 1:
        return tables[0]
    if not tables:
        raise refusal("no_table", "it holds no table; put one in: products.csv, say")
    names = ", ".join(path.relative_to(folder).as_posix() for path in tables[:5])
    reason = f"it holds several tables ({names[:300]}); call the right one products.csv"
    raise refusal("several_tables", reason)


def refusal(code: str, reason: str) -> Problem:
    """A problem with an archive."""
    detail = f"the archive is not taken: {reason}"
    return Problem("archive_invalid", detail, more={"archive_code": code})


def _check(entries: Sequence[ZipInfo], limits: ArchiveLimits) -> None:
    """Refuse what the directory gives away already."""
    if len(entries) > limits.max_files:
        _too_many(limits)
    seen: set[str] = set()
    for entry in entries:
        _check_name(entry.orig_filename)
        shown = repr(entry.filename[:200])
        if entry.flag_bits & _ENCRYPTED:
            raise refusal("encrypted", f"{shown} is encrypted; pack it without a password")
        kind = stat.S_IFMT(entry.external_attr >> 16)
        if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
            raise refusal("link", f"{shown} is a link or a device; pack the files themselves")
        if entry.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
            raise refusal("compression", f"{shown} is packed in an unusual way; use plain ZIP")
        parts = _parts(entry.filename.casefold())
        name = "/".join(parts)
        if name in seen:
            raise refusal("duplicate", f"{shown} is in it twice")
        seen.add(name)


def _check_name(name: str) -> None:
    parts = _parts(name)
    shown = repr(name[:200])
    if parts[0] == "" or _DRIVE.match(name) or ".." in parts:
        raise refusal("outside", f"{shown} leads out of the archive; pack a folder from inside it")
    if len(name.encode("utf-8", "replace")) > _LONGEST_NAME or any(
        not letter.isprintable() or letter == ":" for letter in name
    ):
        raise refusal("outside", f"{shown} is no name for a file here; give it a plain one")


def _unpack(
    archive: ZipFile, entries: Sequence[ZipInfo], folder: Path, limits: ArchiveLimits, packed: int
) -> None:
    n_bytes = 0
    for entry in entries:
        parts = _parts(entry.filename)
        if parts[-1] == "" or _is_left_alone(parts):
            continue
        target = folder.joinpath(*parts)
        target.parent.mkdir(parents=True, exist_ok=True)
        n_file_bytes = 0
        with archive.open(entry) as source, target.open("xb") as file:
            while chunk := source.read(_CHUNK_BYTES):
                n_file_bytes += len(chunk)
                n_bytes += len(chunk)
                if n_file_bytes > limits.max_file_bytes:
                    _too_large(f"{entry.filename[:200]!r}", limits.max_file_bytes)
                if n_bytes > limits.max_bytes:
                    _too_large("all of it", limits.max_bytes)
                if n_bytes > max(_RATIO_COUNTS_FROM_BYTES, _HIGHEST_RATIO * packed):
                    raise refusal(
                        "bomb", f"it unpacks to more than {_HIGHEST_RATIO} times its own size"
                    )
                file.write(chunk)


def _parts(name: str) -> list[str]:
    """Folders and name of a file, however its packer separated them; a folder's last is empty."""
    return name.replace("\\", "/").split("/")


def _is_left_alone(parts: Sequence[str]) -> bool:
    """Whether it is what a computer adds by itself."""
    return any(part.startswith(".") or part.lower() in _LEFT_ALONE for part in parts)


def _too_many(limits: ArchiveLimits) -> NoReturn:
    raise refusal(
        "too_many_files",
        f"it holds more than {limits.max_files:,} files; send it in parts, "
        "or raise serve_import_files",
    )


def _too_large(what: str, max_bytes: int) -> NoReturn:
    raise refusal(
        "too_large",
        f"unpacked, {what} is larger than {max_bytes:,} bytes; send it in parts, "
        "or raise serve_import_unpacked_mb",
    )


class _Bounded(BufferedIOBase):
    """A file that is never read in large pieces, as a directory of millions of files would be."""

    def __init__(self, file: BinaryIO, max_bytes: int) -> None:
        self._opened = file
        self._max_bytes = max(max_bytes, _LEAST_DIRECTORY_BYTES)

    def read(self, size: int | None = -1, /) -> bytes:
        one_more = self._max_bytes + 1
        data = self._opened.read(one_more if size is None or size < 0 else min(size, one_more))
        if len(data) > self._max_bytes:
            raise BadZipFile("its directory is larger than the files that may be in it need")
        return data

    def seek(self, offset: int, whence: int = 0, /) -> int:
        return self._opened.seek(offset, whence)

    def tell(self) -> int:
        return self._opened.tell()

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True


def remove_folder(folder: Path) -> None:
    """Remove a folder with all that is in it; one that is gone is fine."""
    shutil.rmtree(folder, ignore_errors=True)
