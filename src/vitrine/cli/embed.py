"""`vitrine embed`: photos to a matrix of vectors, without a shop."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated

import typer

from vitrine.cli.downloads import load_showing_progress
from vitrine.cli.exits import PARTIAL
from vitrine.cli.options import AsJson, EncoderName, Offline, Quiet, Threads, settings_from
from vitrine.cli.output import complain, n_of, photo_progress, print_json, say
from vitrine.errors import DataError, NotFoundError, UsageError

if TYPE_CHECKING:
    from vitrine.settings import Settings
    from vitrine.types import Vectors


def embed(
    out: Annotated[
        Path,
        typer.Option(
            "--out",
            "-o",
            metavar="FILE",
            help="The .npy file: (n, dim) float32, rows of length 1.",
            show_default=False,
        ),
    ],
    photos: Annotated[
        list[Path] | None,
        typer.Argument(metavar="PHOTOS...", help="Photos, or folders.", show_default=False),
    ] = None,
    text: Annotated[
        Path | None,
        typer.Option("--text", metavar="FILE", help="Instead of photos: one text a line, UTF-8."),
    ] = None,
    ids: Annotated[
        Path | None,
        typer.Option("--ids", metavar="FILE", help="A text file: one photo's name a line."),
    ] = None,
    encoder: EncoderName = None,
    threads: Threads = None,
    offline: Offline = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Embed photos, or the lines of a text file, and write their vectors in order.

    Photos of a folder come in natural order (2 before 10), those of its sub-folders too, and are
    named by their path inside it; a photo given by itself by its file name. Where that would name
    two photos alike, all are named by their whole path. Photos that cannot be read are left out
    and listed on stderr, and the exit code is 1. Texts need an encoder that knows words; every
    line has a row, an empty one too.
    """
    settings = settings_from(threads=threads, offline=offline)
    if bool(photos) == (text is not None) or (text and ids):
        raise UsageError("give photos (with --ids or without), or --text FILE alone")
    if ids is not None and ids.resolve() == out.resolve():
        raise UsageError(f"--out and --ids both name {out}; give two files")
    for path in filter(None, (out, ids)):
        if not path.parent.is_dir():
            raise NotFoundError(f"the folder {path.parent} does not exist; make it first")
    started = perf_counter()
    if text is not None:
        made = _embed_texts(text, settings, encoder or settings.encoder, quiet=quiet)
    else:
        made = _embed(find_photos(photos or ()), settings, encoder or settings.encoder, quiet=quiet)
    for name, reason in made.failures:
        complain(f"left out: {name}: {reason}")
    if not made.names:
        n_photos = n_of(len(made.failures), "photo")
        raise DataError(f"not one of {n_photos} can be read; nothing was written")
    _write(made, out, ids)
    seconds = perf_counter() - started
    n_rows, dim = made.vectors.shape
    what = "photo" if text is None else "text"
    if as_json:
        print_json(
            {
                f"{what}s": n_rows,
                "failed": len(made.failures),
                "dim": dim,
                "seconds": round(seconds, 3),
                f"{what}s_per_second": round(n_rows / seconds, 1),
                "encoder": made.encoder,
                "vectors": str(out),
                "ids": None if ids is None else str(ids),
            }
        )
    elif not quiet:
        say(
            f"{out}: {n_of(n_rows, 'vector')} of {dim} numbers in {seconds:.1f} s "
            f"({n_rows / seconds:,.0f} {what}s/s, encoder {made.encoder})"
        )
    if made.failures:
        raise typer.Exit(PARTIAL)


@dataclass(frozen=True, slots=True)
class _Embedded:
    encoder: str
    names: Sequence[str]
    vectors: Vectors
    failures: Sequence[tuple[str, str]]
    """Name of a photo, and why it has no vector."""


def find_photos(given: Sequence[Path]) -> dict[Path, str]:
    """Path -> name of every photo in files and folders, none twice.

    Raises:
        NotFoundError: a file or folder does not exist.
        DataError: there is no photo in any of the folders.
    """
    found: dict[Path, str] = {}
    for path in given:
        if path.is_dir():
            for photo in _in_folder(path):
                found.setdefault(photo, photo.relative_to(path).as_posix())
        elif path.is_file():
            found.setdefault(path, path.name)
        else:
            raise NotFoundError(f"no such photo or folder: {path}")
    if not found:
        raise DataError(f"there is no photo in {', '.join(map(str, given))}")
    if max(Counter(found.values()).values()) > 1:
        return {path: path.as_posix() for path in found}
    return found


def natural_key(path: str) -> tuple[tuple[int, int, str], ...]:
    """Sort key by which 2 comes before 10.

    Example:
        >>> sorted(["b10.jpg", "b2.jpg", "A1.jpg"], key=natural_key)
        ['A1.jpg', 'b2.jpg', 'b10.jpg']
    """
    parts = re.split(r"([0-9]+)", path.casefold())
    return tuple((1, int(part), "") if part.isdecimal() else (0, 0, part) for part in parts)


def _in_folder(folder: Path) -> Iterator[Path]:
    from vitrine.images import PHOTO_SUFFIXES

    names = [
        Path(here, name).relative_to(folder).as_posix()
        for here, _folders, files in os.walk(folder)
        for name in files
        if Path(name).suffix.lower() in PHOTO_SUFFIXES and not name.startswith(".")
    ]
    return (folder / name for name in sorted(names, key=lambda name: (natural_key(name), name)))


def _embed(found: dict[Path, str], settings: Settings, name: str, *, quiet: bool) -> _Embedded:
    import numpy as np

    from vitrine.encoders import embed_photos
    from vitrine.images import image_limits

    encoder = load_showing_progress(name, settings, quiet=quiet)
    limits = image_limits(settings)

    def read(path: Path) -> bytes:
        limits.check_bytes(path.stat().st_size)
        return path.read_bytes()

    vectors = np.empty((len(found), encoder.identity.dim), np.float32)
    names: list[str] = []
    failures: list[tuple[str, str]] = []
    embedded = embed_photos(encoder, found, read, threads=settings.threads, limits=limits)
    with photo_progress("embedding", quiet=quiet) as on_progress:
        for n_done, photo in enumerate(embedded, 1):
            if photo.vector is None:
                failures.append((found[photo.item], str(photo.error)))
            else:
                vectors[len(names)] = photo.vector
                names.append(found[photo.item])
            on_progress(n_done, len(found))
    return _Embedded(encoder.identity.name, names, vectors[: len(names)], failures)


def _embed_texts(path: Path, settings: Settings, name: str, *, quiet: bool) -> _Embedded:
    from vitrine.encoders import ENCODERS, as_text_encoder

    try:
        # not splitlines(), which also breaks at characters that a title may hold
        lines = path.read_text(encoding="utf-8-sig").removesuffix("\n").split("\n")
    except UnicodeDecodeError as error:
        raise DataError(f"{path} is not UTF-8 (byte {error.start}); save it as UTF-8") from error
    if lines == [""]:
        raise DataError(f"{path} holds no text")
    loaded = load_showing_progress(name, settings, quiet=quiet)
    encoder = as_text_encoder(loaded)
    if encoder is None:
        able = ", ".join(row.name for row in ENCODERS.values() if "words" in row.abilities)
        raise UsageError(f"the encoder {name!r} understands no words; these do: {able}")
    return _Embedded(loaded.identity.name, lines, encoder.embed_text(lines), ())


def _write(made: _Embedded, out: Path, ids: Path | None) -> None:
    """Both files appear whole or not at all, under exactly the names that were given."""
    import numpy as np

    draft = out.with_name(f".{out.name}.part")
    try:
        with draft.open("wb") as file:
            np.save(file, made.vectors, allow_pickle=False)
        if ids is not None:
            lines = "".join(f"{name}\n" for name in made.names)
            ids.write_text(lines, encoding="utf-8", errors="backslashreplace", newline="\n")
        draft.replace(out)
    finally:
        draft.unlink(missing_ok=True)
