"""What runs inside a decoding worker, and the messages on its pipe.

A photo goes in as two messages: the wanted short side in JSON, the file. Its pixels come out
as two: a header in JSON (`_Answer`), RGB bytes; a refusal is a header alone.
Nothing is pickled, because a decoder that was taken over must not take over its parent.
"""

from __future__ import annotations

import json
import signal
import sys
from dataclasses import asdict, dataclass
from multiprocessing.connection import Connection

from PIL import Image

from vitrine.errors import ImageError
from vitrine.images.decoding import Decoded, decode
from vitrine.images.limits import ImageLimits
from vitrine.images.sniffing import FORMATS, Format

READY = b"ready"
_MAX_HEADER_BYTES = 64 * 1024


class ImpossibleAnswer(Exception):
    """What a worker answered makes no sense."""


@dataclass(frozen=True, slots=True)
class _Answer:
    """A photo's size and format, or a refusal if `code` is not empty."""

    width: int = 0
    height: int = 0
    whole_width: int = 0
    whole_height: int = 0
    format: Format = "JPEG"
    code: str = ""
    message: str = ""


def send_photo(pipe: Connection, data: bytes, at_least_px: int | None) -> None:
    """Ask the worker at the other end for a photo's pixels."""
    pipe.send_bytes(json.dumps(at_least_px).encode())
    pipe.send_bytes(data)


def receive_decoded(pipe: Connection, limits: ImageLimits) -> Decoded:
    """Wait for the answer, believing no more of it than a stranger's.

    Raises:
        ImageError: the worker refused the photo.
        ImpossibleAnswer: the answer contradicts itself or the limits.
        EOFError: the worker is gone.
        OSError: the same, or it sent more than it announced.
    """
    try:
        answer = _Answer(**json.loads(pipe.recv_bytes(_MAX_HEADER_BYTES)))
    except (TypeError, ValueError, RecursionError) as error:
        raise ImpossibleAnswer from error
    if answer.code:
        raise ImageError(answer.code, answer.message)
    n_bytes = answer.width * answer.height * 3
    if answer.format not in FORMATS or not 0 < n_bytes <= 3 * limits.max_pixels:
        raise ImpossibleAnswer
    try:
        pixels = pipe.recv_bytes(n_bytes)
        image = Image.frombytes("RGB", (answer.width, answer.height), pixels)
    except ValueError as error:
        raise ImpossibleAnswer from error
    return Decoded(image, answer.whole_width, answer.whole_height, answer.format)


def serve(pipe: Connection, limits: ImageLimits, memory_bytes: int) -> None:
    """Answer photos until the other end closes the pipe."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _load_decoders()
    limit_memory(memory_bytes)
    try:
        pipe.send_bytes(READY)
        while True:
            at_least_px = json.loads(pipe.recv_bytes())
            _answer(pipe, pipe.recv_bytes(), limits, at_least_px)
    except (EOFError, OSError):
        return


def _answer(pipe: Connection, data: bytes, limits: ImageLimits, at_least_px: int | None) -> None:
    try:
        decoded = decode(data, limits=limits, at_least_px=at_least_px)
        pixels = decoded.image.tobytes()
    except MemoryError:
        reason = "decoding this photo needs more memory than allowed"
        _send(pipe, _Answer(code="too_large", message=reason))
    except ImageError as error:
        _send(pipe, _Answer(code=error.code, message=str(error)))
    else:
        size = decoded.image.size
        _send(pipe, _Answer(*size, decoded.width, decoded.height, decoded.format))
        pipe.send_bytes(pixels)


def _send(pipe: Connection, answer: _Answer) -> None:
    pipe.send_bytes(json.dumps(asdict(answer)).encode())


def _load_decoders() -> None:
    """Import now what is imported late, so that the memory limit is there for photos alone."""
    import pi_heif
    from PIL import ImageCms

    pi_heif.libheif_version()
    ImageCms.createProfile("sRGB")


def limit_memory(memory_bytes: int) -> None:
    """Allow `memory_bytes` of address space beyond what is taken now, where Linux tells."""
    if sys.platform != "linux":
        return
    import resource

    with open("/proc/self/statm", encoding="ascii") as statm:
        taken = int(statm.read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (taken + memory_bytes, taken + memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
