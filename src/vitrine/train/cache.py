"""Photos decoded once into memory-mapped arrays."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice, repeat
from pathlib import Path
from typing import TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from vitrine.encoders.pixels import fit_pixels
from vitrine.errors import DataError, VitrineError
from vitrine.images import decode
from vitrine.train.backgrounds import read_backgrounds
from vitrine.train.photos import Photo
from vitrine.types import Pixels, Rows

_SHARP = 1.3
_AHEAD = 256

OnPhotos: TypeAlias = Callable[[int, int], None]
"""Called with (photos done, photos in all)."""


@dataclass(frozen=True, slots=True)
class Frame:
    """The sizes of a run: photos are learnt at `final_px` and stored a little larger."""

    final_px: tuple[int, int]
    """Height and width."""

    @property
    def small_px(self) -> tuple[int, int]:
        """Of the first stage."""
        return self.scaled(0.5)

    @property
    def large_px(self) -> tuple[int, int]:
        """Of what is stored for the later stages."""
        return self.scaled(1.2)

    def scaled(self, factor: float) -> tuple[int, int]:
        """Height and width times `factor`."""
        return round(self.final_px[0] * factor), round(self.final_px[1] * factor)


@dataclass(frozen=True, slots=True)
class Cache:
    """Pixels by row of the table of photos."""

    small: Pixels
    large: Pixels
    large_row: NDArray[np.int64]
    """-1 for a photo that is hardly larger than the small size."""
    backgrounds: Pixels

    def pixels(self, rows: Rows, side_px: tuple[int, int], device: torch.device) -> Tensor:
        """Photos as they are, (len(rows), 3, *side_px) float32 in 0..1."""
        return torch.cat([self._photo(int(row), side_px, device) for row in rows])

    def _photo(self, row: int, side_px: tuple[int, int], device: torch.device) -> Tensor:
        large = int(self.large_row[row])
        is_large = large >= 0 and side_px[0] > self.small.shape[1]
        photo = torch.from_numpy(np.array(self.large[large] if is_large else self.small[row]))
        pixels = photo.to(device).permute(2, 0, 1)[None].float() / 255
        if pixels.shape[2:] == side_px:
            return pixels
        return functional.interpolate(pixels, side_px, mode="bilinear", antialias=True)


def build_cache(
    photos: Sequence[Photo],
    masked: Sequence[tuple[str, str]],
    frame: Frame,
    folder: Path,
    on_photos: OnPhotos | None = None,
    threads: int = 0,
) -> tuple[list[Photo], dict[str, str]]:
    """Decode every photo into `folder`; a cache of the same files is left as it is.

    Args:
        photos: to learn from.
        masked: paths of photo and mask that lend their backgrounds.
        frame: the sizes to store.
        folder: of the cache; what was computed from other photos there is dropped.
        on_photos: called as photos are done.
        threads: worker threads; 0 takes all cores.

    Returns:
        The photos that could be decoded, in the order of the cache's rows, and path -> reason of
        those that could not.

    Raises:
        DataError: none could be decoded.
    """
    folder.mkdir(parents=True, exist_ok=True)
    key, done = _key(photos, masked, frame), folder / "cache.json"
    if done.exists():
        written = json.loads(done.read_text("utf-8"))
        if written["key"] == key:
            left_out: dict[str, str] = written["left_out"]
            return [photo for photo in photos if photo.path not in left_out], left_out
    for note in folder.glob("*.json"):
        note.unlink()  # whatever else was computed from these photos is out of date as well
    kept, left_out = _decode_all(photos, frame, folder, on_photos, threads)
    if not kept:
        first = next(iter(left_out.values()), "")
        raise DataError(f"none of the {len(photos):,} photos can be decoded; the first: {first}")
    np.save(folder / "backgrounds.npy", read_backgrounds(masked, *frame.large_px))
    done.write_text(json.dumps({"key": key, "left_out": left_out}), encoding="utf-8")
    return kept, left_out


def open_cache(folder: Path, frame: Frame) -> Cache:
    """Open what `build_cache` wrote, memory-mapped."""
    return Cache(
        small=_open_pixels(folder / "small.u8", frame.small_px),
        large=_open_pixels(folder / "large.u8", frame.large_px),
        large_row=np.load(folder / "large_row.npy"),
        backgrounds=np.load(folder / "backgrounds.npy", mmap_mode="r"),
    )


def _decode_all(
    photos: Sequence[Photo], frame: Frame, folder: Path, on_photos: OnPhotos | None, threads: int
) -> tuple[list[Photo], dict[str, str]]:
    kept: list[Photo] = []
    left_out: dict[str, str] = {}
    large_row: list[int] = []
    n_large = 0
    with (folder / "small.u8").open("wb") as small, (folder / "large.u8").open("wb") as large:
        for n_done, (photo, found) in enumerate(_decoded(photos, frame, threads), 1):
            if isinstance(found, str):
                left_out[photo.path] = found
            else:
                small.write(found[0].tobytes())
                if found[1] is not None:
                    large.write(found[1].tobytes())
                large_row.append(-1 if found[1] is None else n_large)
                n_large += found[1] is not None
                kept.append(photo)
            if on_photos and (n_done % 50 == 0 or n_done == len(photos)):
                on_photos(n_done, len(photos))
    np.save(folder / "large_row.npy", np.array(large_row, np.int64))
    return kept, left_out


_Pair: TypeAlias = tuple[Pixels, Pixels | None]


def _decoded(
    photos: Sequence[Photo], frame: Frame, threads: int
) -> Iterator[tuple[Photo, _Pair | str]]:
    """In order; a reason instead of pixels where a photo cannot be decoded."""
    waiting = iter(photos)
    with ThreadPoolExecutor(threads or os.cpu_count()) as pool:
        while chunk := list(islice(waiting, _AHEAD)):
            found = pool.map(_decode, (photo.path for photo in chunk), repeat(frame))
            yield from zip(chunk, found, strict=False)


def _decode(path: str, frame: Frame) -> _Pair | str:
    try:
        decoded = decode(Path(path).read_bytes(), at_least_px=2 * max(frame.large_px))
    except VitrineError as error:
        return str(error)
    except OSError as error:
        return f"the photo cannot be read: {error.strerror or error}"
    small = fit_pixels(decoded.image, *frame.small_px)
    sizes = zip((decoded.height, decoded.width), frame.small_px, strict=True)
    if max(side / least for side, least in sizes) <= _SHARP:
        return small, None
    return small, fit_pixels(decoded.image, *frame.large_px)


def _open_pixels(path: Path, side_px: tuple[int, int]) -> Pixels:
    n = path.stat().st_size // (side_px[0] * side_px[1] * 3)
    if not n:
        return np.empty((0, *side_px, 3), np.uint8)
    return np.memmap(path, np.uint8, "r", shape=(n, *side_px, 3))


def _key(photos: Sequence[Photo], masked: Sequence[tuple[str, str]], frame: Frame) -> str:
    digest = hashlib.sha256(repr(frame.final_px).encode())
    for path in (*(photo.path for photo in photos), *(mask for _, mask in masked)):
        try:
            stat = os.stat(path)
            digest.update(f"{path}|{stat.st_size}|{stat.st_mtime_ns}\n".encode())
        except OSError:
            digest.update(f"{path}|missing\n".encode())
    return digest.hexdigest()
