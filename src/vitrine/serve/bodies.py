"""Bodies of requests: bounded in bytes and time, whoever sends them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import NoReturn, cast

from starlette.requests import Request

from vitrine.serve.problems import Problem, busy

_MOST_PARTS = 8
_DRAIN_S = 5.0
_DRAIN_TIMES = 8
_JSON_TYPE = "application/json"
_FORM_TYPE = "multipart/form-data"


class _TooLargeError(Exception):
    """More arrives than is read here."""


@dataclass(frozen=True, slots=True)
class Form:
    """A form of photos and one JSON object."""

    photos: tuple[bytes, ...]
    """At least one, none of them empty."""
    query: bytes
    """Empty: none was sent."""

    @property
    def photo(self) -> bytes:
        """The first, or the only one."""
        return self.photos[0]


class BodyBudget:
    """Bytes of all bodies in memory at one time, so that a thousand uploads cannot fill it.

    Args:
        max_bytes: for all requests together.
    """

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self.n_taken = 0
        """Bytes in memory now."""

    def take(self, n_bytes: int) -> None:
        """Count bytes that arrived.

        Raises:
            Problem: `busy`, where others hold the rest.
        """
        if self.n_taken + n_bytes > self._max_bytes:
            raise busy("too many uploads arrive at once; try again in a moment")
        self.n_taken += n_bytes

    def give_back(self, n_bytes: int) -> None:
        """Count bytes that were let go."""
        self.n_taken -= n_bytes


class BodyReader:
    """Reads the body of one request, and gives its bytes back to the budget when it is closed."""

    def __init__(self, request: Request, budget: BodyBudget, timeout_s: float) -> None:
        self._request = request
        self._budget = budget
        self._timeout_s = timeout_s
        self._n_taken = 0

    @property
    def content_type(self) -> str:
        """The header, as it came."""
        return self._request.headers.get("content-type", "")

    @property
    def is_form(self) -> bool:
        """Whether the body is a form with a photo; else it is JSON."""
        return self._type() == _FORM_TYPE

    async def read(self, max_bytes: int) -> bytes:
        """The whole body.

        Raises:
            Problem: `body_too_large`, `body_too_slow` or `busy`.
        """
        chunks: list[bytes] = []

        async def keep(chunk: bytes) -> None:
            self._take(len(chunk))
            chunks.append(chunk)

        try:
            await self._pass_on(keep, max_bytes, self._timeout_s)
        except _TooLargeError:
            chunks.clear()
            await self._refuse_size(max_bytes)
        return b"".join(chunks)

    async def write_to(
        self, write: Callable[[bytes], None], max_bytes: int, timeout_s: float
    ) -> None:
        """Hand the body over in pieces as it arrives; `write` runs on another thread.

        Raises:
            Problem: `body_too_large` or `body_too_slow`, or what `write` raises.
        """

        async def hand_over(chunk: bytes) -> None:
            await asyncio.to_thread(write, chunk)

        try:
            await self._pass_on(hand_over, max_bytes, timeout_s)
        except _TooLargeError:
            await self._refuse_size(max_bytes)

    async def read_json(self, max_bytes: int) -> bytes:
        """The whole body, which says that it is JSON.

        Raises:
            Problem: `media_type_unsupported`, or as `read`.
        """
        if self._type() != _JSON_TYPE:
            self._refuse_type(_JSON_TYPE)
        return await self.read(max_bytes)

    async def read_form(self, max_bytes: int, most_photos: int = 1) -> Form:
        """The photos of a form, and its JSON.

        Raises:
            Problem: `media_type_unsupported`, `malformed_form`, or as `read`.
        """
        self.require_form()
        body = await self.read(max_bytes)
        self._take(len(body))  # the parts are copies
        return await asyncio.to_thread(parse_form, body, self.content_type, most_photos)

    def require_form(self) -> None:
        """Refuse a body that says it is something else.

        Raises:
            Problem: `media_type_unsupported`.
        """
        if not self.is_form:
            self._refuse_type(_FORM_TYPE)

    async def drain(self, max_bytes: int) -> None:
        """Let a client finish sending within reason, or it would never read a refusal."""
        n_left = _DRAIN_TIMES * max_bytes
        try:
            async with asyncio.timeout(_DRAIN_S):
                async for chunk in self._request.stream():
                    n_left -= len(chunk)
                    if n_left < 0:
                        break
        except (TimeoutError, RuntimeError):  # too long, or being read already
            pass

    def close(self) -> None:
        """Nothing of the body is held any more."""
        self._budget.give_back(self._n_taken)
        self._n_taken = 0

    async def _pass_on(
        self, take: Callable[[bytes], Awaitable[None]], max_bytes: int, timeout_s: float
    ) -> None:
        announced = self._request.headers.get("content-length", "")
        if announced.isascii() and announced.isdigit() and int(announced) > max_bytes:
            raise _TooLargeError
        n_bytes = 0
        try:
            async with asyncio.timeout(timeout_s):
                async for chunk in self._request.stream():
                    n_bytes += len(chunk)
                    if n_bytes > max_bytes:
                        raise _TooLargeError
                    await take(chunk)
        except TimeoutError:
            raise Problem(
                "body_too_slow",
                f"the body did not arrive within {timeout_s:g} s; send less, or over a faster line",
                headers={"Connection": "close"},
            ) from None

    def _take(self, n_bytes: int) -> None:
        self._budget.take(n_bytes)
        self._n_taken += n_bytes

    def _type(self) -> str:
        return self.content_type.split(";")[0].strip().lower()

    def _refuse_type(self, wanted: str) -> NoReturn:
        given = self._type()
        said = f"the body is {given!r}" if given else "the header Content-Type is missing"
        raise Problem("media_type_unsupported", f"{said}; send {wanted}")

    async def _refuse_size(self, max_bytes: int) -> NoReturn:
        await self.drain(max_bytes)
        raise Problem(
            "body_too_large",
            f"the body is larger than {max_bytes:,} bytes, which is the most that is read here",
            headers={"Connection": "close"},
        )


def parse_form(body: bytes, content_type: str, most_photos: int = 1) -> Form:
    """Take a form apart, in memory.

    Raises:
        Problem: `malformed_form`: no form, no photo, too many or unknown parts.
    """
    from python_multipart.exceptions import FormParserError
    from python_multipart.multipart import Field, File, create_form_parser

    parts: dict[str, list[bytes]] = {"photo": [], "query": []}

    def keep(name: bytes | None, data: bytes) -> None:
        said = (name or b"").decode("utf-8", "replace")
        if said not in parts:
            raise _malformed(f"there is no part {said[:80]!r}; known: photo, query")
        most = most_photos if said == "photo" else 1
        if len(parts[said]) == most:
            often = "twice" if most == 1 else f"more than {most} times"
            raise _malformed(f"the part {said!r} comes {often}")
        parts[said].append(data)

    def on_file(file: File) -> None:
        file.file_object.seek(0)
        keep(file.field_name, file.file_object.read())

    def on_field(field: Field) -> None:
        keep(field.field_name, field.value or b"")

    config = {"MAX_MEMORY_FILE_SIZE": len(body) + 1, "MAX_FIELDS": _MOST_PARTS + most_photos}
    try:
        parser = create_form_parser(
            cast("dict[str, bytes]", {"Content-Type": content_type}), on_field, on_file, config
        )
        parser.write(body)
        parser.finalize()
        parser.close()
    except (FormParserError, ValueError, AssertionError) as error:
        raise _malformed(str(error) or "its parts are not marked off as it says") from error
    if not parts["photo"] or not all(parts["photo"]):
        raise _malformed("it has no part 'photo', or an empty one; send it as photo=@FILE")
    return Form(tuple(parts["photo"]), b"".join(parts["query"]))


def _malformed(reason: str) -> Problem:
    return Problem("malformed_form", f"the form cannot be read: {reason}")
