"""A form with a file that is too large for memory: taken apart while it arrives."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from vitrine.serve.bodies import BodyReader
from vitrine.serve.problems import Problem

_FILE = "file"
_OPTIONS = "options"
_MOST_OPTION_BYTES = 64 * 1024
_MOST_NAME_CHARS = 200
OVERHEAD_BYTES = 2 * _MOST_OPTION_BYTES
"""What a form may add to its file."""


@dataclass(frozen=True, slots=True)
class Upload:
    """What a form brought."""

    name: str
    """As the client calls the file; never a name on this computer."""
    options: bytes
    """JSON; empty: none was sent."""


async def receive_upload(body: BodyReader, path: Path, max_bytes: int, timeout_s: float) -> Upload:
    """Write the part `file` of a form to a path.

    Raises:
        Problem: `media_type_unsupported`, `malformed_form`, `body_too_large` or `body_too_slow`.
    """
    body.require_form()
    with path.open("xb") as file:
        form = _Form(body.content_type, file)
        try:
            await body.write_to(form.write, max_bytes + OVERHEAD_BYTES, timeout_s)
        except Problem as problem:
            if problem.code == "malformed_form":  # most of it may still be on its way
                await body.drain(max_bytes)
            raise
        return form.end()


class _Form:
    """Sends the bytes of each part where they belong."""

    def __init__(self, content_type: str, file: BinaryIO) -> None:
        self._file = file
        self._header = ("", b"")
        self._headers: dict[str, bytes] = {}
        self._part = ""
        self._seen: set[str] = set()
        self._name = ""
        self._options = bytearray()
        self._ended = False
        boundary = parse_options_header(content_type)[1].get(b"boundary", b"")
        if not boundary:
            raise _malformed("its Content-Type names no boundary")
        try:
            self._parser = MultipartParser(
                boundary,
                {
                    "on_part_begin": self._headers.clear,
                    "on_header_field": self._on_header_field,
                    "on_header_value": self._on_header_value,
                    "on_header_end": self._on_header_end,
                    "on_headers_finished": self._on_headers_finished,
                    "on_part_data": self._on_part_data,
                    "on_end": self._on_end,
                },
            )
        except FormParserError as error:
            raise _malformed(str(error)) from error

    def write(self, data: bytes) -> None:
        """Take the next bytes of the body."""
        try:
            self._parser.write(data)
        except FormParserError as error:
            raise _malformed(str(error)) from error

    def end(self) -> Upload:
        """The body is over."""
        if not self._ended:
            raise _malformed("it breaks off, or its parts are not marked off as it says")
        if _FILE not in self._seen:
            raise _malformed(f"it has no part {_FILE!r}; send it as {_FILE}=@FILE")
        return Upload(self._name, bytes(self._options))

    def _on_header_field(self, data: bytes, start: int, end: int) -> None:
        name, value = self._header
        self._header = (name + data[start:end].decode("latin-1").lower(), value)

    def _on_header_value(self, data: bytes, start: int, end: int) -> None:
        name, value = self._header
        self._header = (name, value + data[start:end])

    def _on_header_end(self) -> None:
        name, value = self._header
        self._headers[name] = value
        self._header = ("", b"")

    def _on_headers_finished(self) -> None:
        said = self._headers.get("content-disposition", b"").decode("latin-1")
        named = parse_options_header(said)[1]
        part = named.get(b"name", b"").decode("utf-8", "replace")
        if part in self._seen:
            raise _malformed(f"the part {part!r} comes twice")
        if part not in (_FILE, _OPTIONS):
            raise _malformed(f"there is no part {part[:80]!r}; known: {_FILE}, {_OPTIONS}")
        self._seen.add(part)
        self._part = part
        if part == _FILE:
            self._name = _label(named.get(b"filename", b"").decode("utf-8", "replace"))

    def _on_part_data(self, data: bytes, start: int, end: int) -> None:
        if self._part == _FILE:
            self._file.write(data[start:end])
            return
        self._options += data[start:end]
        if len(self._options) > _MOST_OPTION_BYTES:
            raise _malformed(f"the part {_OPTIONS!r} is longer than {_MOST_OPTION_BYTES:,} bytes")

    def _on_end(self) -> None:
        self._ended = True


def _label(given: str) -> str:
    r"""The last part of a file's name, fit to be shown.

    Example:
        >>> _label("C:\\shop\\spring.csv"), _label("../../spring 2026.zip"), _label("")
        ('spring.csv', 'spring 2026.zip', 'catalogue')
    """
    name = given.replace("\\", "/").rsplit("/", 1)[-1]
    name = "".join(letter for letter in name if letter.isprintable())
    return name.strip(" .")[:_MOST_NAME_CHARS] or "catalogue"


def _malformed(reason: str) -> Problem:
    return Problem("malformed_form", f"the form cannot be read: {reason}")
