"""Where a row's photos are: folders are listed once, not asked once per row."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from unicodedata import normalize

from vitrine.errors import DataError, NotFoundError

PHOTO_SUFFIXES = frozenset(
    {".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".avif", ".gif", ".heic", ".heif"}
)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")  # two letters or more: C:\ is a drive
_WEB = re.compile(r"https?://[^\s/?#]+", re.IGNORECASE)
_WEB_FOLLOWS = re.compile(r"\s*[,;]?\s*(?=https?://)", re.IGNORECASE)


def split_photos(cell: str) -> list[str]:
    """Split a cell that lists several photos; one that only contains a comma stays whole.

    Example:
        >>> split_photos("https://a.example/1.jpg,https://a.example/2.jpg")
        ['https://a.example/1.jpg', 'https://a.example/2.jpg']
        >>> split_photos("a.jpg; b.jpg"), split_photos("red, front.jpg")
        (['a.jpg', 'b.jpg'], ['red, front.jpg'])
    """
    parts: list[str] = []
    for line in re.split(r"[\n\r|]", cell):
        if _WEB.search(line):
            parts += _WEB_FOLLOWS.split(line)
        else:
            names = re.split(r"[,;]", line)
            parts += names if all(is_photo(name.strip()) for name in names) else [line]
    return [part.strip() for part in parts if part.strip()]


def is_photo(name: str) -> bool:
    """Whether a file's name has the extension of a photo."""
    return os.path.splitext(name)[1].casefold() in PHOTO_SUFFIXES


@dataclass(slots=True)
class PhotoFinder:
    """Turns what a table calls a photo into an absolute path or a URL.

    Tried in this order in each folder: the name as written, in another case, without its
    extension. Only files that exist are answered; a path may leave the folder, as the table
    is the user's own, unless all photos have to lie `within` one.
    """

    folders: Sequence[Path]
    within: Path | None = None
    _listings: dict[str, _Listing] = field(default_factory=dict[str, "_Listing"])

    def find(self, written: str) -> str:
        """Answer the absolute path of a local photo; an http(s) URL comes back as it is.

        Raises:
            NotFoundError: no such file.
            DataError: neither a path nor an http(s) URL, or a path that leads out of `within`.
        """
        if written.startswith("//"):
            written = f"https:{written}"
        if _WEB.match(written):
            return written
        if _SCHEME.match(written) or written.startswith("\\\\"):
            raise DataError(f"neither a file nor an http(s) address: {written[:200]!r}")
        for name in dict.fromkeys((written, written.replace("\\", "/"))):
            for folder in self.folders:
                path = os.path.normpath(os.path.join(os.path.abspath(folder), name))
                if self._leads_out(path):
                    raise DataError(
                        f"{written[:200]!r} leads out of what was sent: name photos inside it, "
                        "or by http(s) address"
                    )
                if found := self._look(*os.path.split(path)):
                    return found
        if self.within is not None:
            raise NotFoundError(f"no such file in what was sent: {written[:200]}")
        where = " or ".join(str(folder) for folder in self.folders)
        raise NotFoundError(f"no such file: {written[:200]} (in {where})")

    def _leads_out(self, path: str) -> bool:
        return self.within is not None and not Path(path).is_relative_to(self.within.absolute())

    def _look(self, folder: str, name: str) -> str | None:
        if folder not in self._listings:
            self._listings[folder] = _Listing.of(folder)
        found = self._listings[folder].find(name)
        return os.path.join(folder, found) if found else None


@dataclass(frozen=True, slots=True)
class _Listing:
    """The files of one folder, to be found by name, case-blind, or without extension."""

    exact: frozenset[str]
    folded: dict[str, str]
    stems: dict[str, str]

    @classmethod
    def of(cls, folder: str) -> _Listing:
        try:
            with os.scandir(folder) as entries:
                names = sorted(entry.name for entry in entries if _is_file(entry))
        except (OSError, ValueError):  # ValueError: a name with NUL
            names = []
        backwards = names[::-1]  # of two names alike, the first wins
        return cls(
            exact=frozenset(names),
            folded={_folded(name): name for name in backwards},
            stems={os.path.splitext(name)[0]: name for name in backwards if is_photo(name)},
        )

    def find(self, name: str) -> str | None:
        if name in self.exact:
            return name
        return self.folded.get(_folded(name)) or self.stems.get(name)


def _folded(name: str) -> str:
    """Case and the two ways to write an accent do not count; macOS writes the longer one."""
    return name.casefold() if name.isascii() else normalize("NFC", name).casefold()


def _is_file(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_file()
    except OSError:
        return False
