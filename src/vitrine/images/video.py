"""One frame a second of a video, read in a process of its own that can be stopped."""

from __future__ import annotations

import json
import multiprocessing
import threading
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from importlib import import_module
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np
from PIL import Image

from vitrine.errors import ImageError, missing_extra
from vitrine.images.video_process import (
    END,
    START_BYTES,
    FrameHeader,
    VideoLimits,
    reader_of,
    send_frames,
)

_SPAWN = multiprocessing.get_context("spawn")
_MAX_HEADER_BYTES = 64 * 1024
_THUMBNAIL_PX = 16
_ALIKE = 8.0  # of 255: mean difference of two thumbnails below which frames show the same


@dataclass(frozen=True, slots=True)
class VideoFrame:
    """A moment of a video: RGB and upright, `at_s` seconds after its first frame."""

    at_s: float
    image: Image.Image


def read_frames(
    path: str | Path, *, limits: VideoLimits | None = None, short_side_px: int = 480
) -> Generator[VideoFrame]:
    """Read the first frame of every second of an MP4, MOV, WebM, Matroska or AVI file.

    Args:
        path: the file.
        limits: what is refused, and how long reading may take.
        short_side_px: larger frames are made smaller.

    Raises:
        MissingExtraError: PyAV is not installed.
        ImageError: the file cannot or must not be read; raised when the frames before are used up.
    """
    try:
        import_module("av")  # told here, before a process is started
    except ImportError as error:
        raise missing_extra("a search by video", "av", "video") from error
    limits = limits or VideoLimits()
    _check_file(Path(path), limits)
    ours, theirs = _SPAWN.Pipe(duplex=False)
    process = _SPAWN.Process(
        target=send_frames,
        args=(theirs, str(path), limits, short_side_px),
        name="vitrine-video",
        daemon=True,
    )
    process.start()
    theirs.close()
    expired = threading.Event()

    def expire() -> None:
        expired.set()
        process.kill()

    timer = threading.Timer(limits.deadline_s, expire)
    timer.start()
    try:
        with closing(ours):
            yield from _received(ours, short_side_px, limits)
    except (EOFError, OSError) as error:
        if expired.is_set():
            raise ImageError(
                "too_slow",
                f"reading the video took longer than {limits.deadline_s:g} s; send a shorter one",
            ) from None
        raise ImageError("crashed", "the process that read the video died on it") from error
    finally:
        timer.cancel()
        process.kill()
        process.join()
        process.close()


def unlike_frames(frames: Iterable[VideoFrame]) -> Iterator[VideoFrame]:
    """Leave out frames that show the same as an earlier one: a still camera, a shot that returns.

    Two frames are alike if their thumbnails differ by less than 3 % on average.
    """
    kept: list[np.ndarray[tuple[int, ...], np.dtype[np.float32]]] = []
    for frame in frames:
        small = frame.image.resize((_THUMBNAIL_PX, _THUMBNAIL_PX), Image.Resampling.BOX)
        seen = np.asarray(small, np.float32)
        if all(np.abs(seen - other).mean() >= _ALIKE for other in kept):
            kept.append(seen)
            yield frame


def _check_file(path: Path, limits: VideoLimits) -> None:
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            start = file.read(START_BYTES)
    except OSError as error:
        raise ImageError("unreadable", f"{path} cannot be read: {error.strerror}") from error
    if not 0 < size <= limits.max_bytes:
        raise ImageError(
            "too_many_bytes" if size else "empty",
            f"{path} has {size:,} bytes; a video has 1 to {limits.max_bytes:,}",
        )
    reader_of(start)


def _received(pipe: Connection, short_side_px: int, limits: VideoLimits) -> Iterator[VideoFrame]:
    """Frames as they come, believing no more of them than a stranger's."""
    for _ in range(int(limits.max_seconds) + 2):
        header = _header(pipe)
        if header.code == END:
            return
        if header.code:
            raise ImageError(header.code, header.message)
        n_bytes = header.width * header.height * 3
        if min(header.width, header.height) not in range(1, short_side_px + 1):
            break
        if n_bytes > 3 * limits.max_pixels:
            break
        pixels = pipe.recv_bytes(n_bytes)
        if len(pixels) != n_bytes:
            break
        yield VideoFrame(header.at_s, Image.frombytes("RGB", (header.width, header.height), pixels))
    raise ImageError("crashed", "the process that read the video talked nonsense")


def _header(pipe: Connection) -> FrameHeader:
    try:
        return FrameHeader(**json.loads(pipe.recv_bytes(_MAX_HEADER_BYTES)))
    except (TypeError, ValueError, RecursionError):
        return FrameHeader(code="crashed", message="the process that read the video failed")
