"""What runs inside the process that reads a video, and the messages on its pipe.

A frame comes out as two messages: a header in JSON, RGB bytes; a refusal, or the end, is a header
alone. Nothing is pickled. FFmpeg is told the container, so that a list of addresses or files that
calls itself a video is never followed.
"""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from fractions import Fraction
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vitrine.errors import ImageError
from vitrine.images.worker_process import limit_memory

if TYPE_CHECKING:
    from av import VideoFrame
    from av.container import InputContainer

END = "end"
START_BYTES = 16
_CONTAINERS = (
    (4, b"ftyp", "mov"),
    (0, b"\x1a\x45\xdf\xa3", "matroska"),
    (8, b"AVI ", "avi"),
)
"""Where a magic number stands, what it is, and FFmpeg's reader."""


@dataclass(frozen=True, slots=True)
class VideoLimits:
    """How much of everything a video may have."""

    max_bytes: int = 500 * 2**20
    max_seconds: float = 600.0
    max_pixels: int = 10_000_000
    """Of a frame; 4K has 8.3 million."""
    deadline_s: float = 180.0
    """Wall-clock time for the whole video."""
    memory_bytes: int = 2**31
    """Address space for decoding; enforced on Linux."""


@dataclass(frozen=True, slots=True)
class FrameHeader:
    """A frame's time and size; or, where `code` is not empty, the end or a refusal."""

    at_s: float = 0.0
    width: int = 0
    height: int = 0
    code: str = ""
    message: str = ""


def reader_of(start: bytes) -> str:
    """FFmpeg's reader for a file that starts so.

    Raises:
        ImageError: it is no container that is read here.
    """
    for place, magic, reader in _CONTAINERS:
        if start[place : place + len(magic)] == magic:
            return reader
    raise ImageError(
        "unknown_format",
        "this is no video of a known kind; MP4, MOV, WebM, Matroska and AVI are read",
    )


def send_frames(pipe: Connection, path: str, limits: VideoLimits, short_side_px: int) -> None:
    """Send one frame a second, then the end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    import av.logging  # now, so that the memory limit is there for the video alone

    av.logging.set_level(av.logging.PANIC)
    limit_memory(limits.memory_bytes)
    try:
        for at_s, frame in _frames(Path(path), limits):
            width, height, pixels = _shown(frame, short_side_px)
            _send(pipe, FrameHeader(at_s, width, height))
            pipe.send_bytes(pixels)
        _send(pipe, FrameHeader(code=END))
    except ImageError as error:
        _send(pipe, FrameHeader(code=error.code, message=str(error)))
    except MemoryError:
        message = "reading this video needs more memory than allowed"
        _send(pipe, FrameHeader(code="too_large", message=message))
    except (EOFError, BrokenPipeError, ConnectionError):
        return
    except Exception as error:  # FFmpeg's errors share no base class with anything else
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        message = f"the video cannot be read: {reason[:200]}"
        _send(pipe, FrameHeader(code="broken", message=message))


def _frames(path: Path, limits: VideoLimits) -> Iterator[tuple[float, VideoFrame]]:
    """The first frame of every second, as they are shown."""
    import av

    with path.open("rb") as file:
        reader = reader_of(file.read(START_BYTES))
        file.seek(0)
        options = {"protocol_whitelist": "none"}
        with av.open(file, "r", format=reader, options=options) as container:
            yield from _of_each_second(container, limits)


def _of_each_second(
    container: InputContainer, limits: VideoLimits
) -> Iterator[tuple[float, VideoFrame]]:
    if not container.streams.video:
        raise ImageError("no_picture", "the file has no moving picture in it")
    stream = container.streams.video[0]
    _check_length(float(container.duration or 0) / 1_000_000, limits)
    _check_size(stream.codec_context.width, stream.codec_context.height, limits)
    stream.codec_context.skip_frame = "NONREF"
    rate = float(stream.average_rate or 0) or 25.0
    first, due = None, 0.0
    for number, frame in enumerate(container.decode(stream)):
        timed = frame.pts is not None and frame.time_base is not None
        time = float(Fraction(frame.pts or 0) * (frame.time_base or 1)) if timed else number / rate
        first = time if first is None else first
        at_s = time - first
        _check_length(at_s, limits)
        if at_s >= due:
            _check_size(frame.width, frame.height, limits)
            yield round(at_s, 3), frame
            due = int(at_s) + 1.0


def _check_length(seconds: float, limits: VideoLimits) -> None:
    if seconds > limits.max_seconds:
        raise ImageError(
            "too_long",
            f"the video is longer than {limits.max_seconds:g} s; cut out the part that matters",
        )


def _check_size(width: int, height: int, limits: VideoLimits) -> None:
    if width * height > limits.max_pixels:
        raise ImageError(
            "too_many_pixels",
            f"a frame of the video is {width} x {height} px; at most {limits.max_pixels:,} pixels "
            "are decoded",
        )


def _shown(frame: VideoFrame, short_side_px: int) -> tuple[int, int, bytes]:
    """Width, height and RGB bytes: small, upright, with square pixels."""
    shape = Fraction(getattr(frame, "sample_aspect_ratio", None) or 1)
    width, height = frame.width * float(shape), float(frame.height)
    scale = min(1.0, short_side_px / min(width, height))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    image = frame.to_image(width=size[0], height=size[1])
    turned: Any = getattr(frame, "rotation", 0)
    upright = image.rotate(turned, expand=True) if turned else image
    return upright.width, upright.height, upright.convert("RGB").tobytes()


def _send(pipe: Connection, header: FrameHeader) -> None:
    pipe.send_bytes(json.dumps(asdict(header)).encode())
