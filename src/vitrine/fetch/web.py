"""Photos and feeds from URLs that strangers wrote: limited, checked, polite."""

from __future__ import annotations

from collections.abc import Callable, Collection, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from threading import Event
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeAlias

from vitrine.errors import FetchError, UsageError
from vitrine.fetch.addresses import AddressRule, private_too, public_only
from vitrine.fetch.bodies import read_body, too_large
from vitrine.fetch.stopping import Deadline, OutOfTimeError, RefusedError
from vitrine.fetch.turns import Turns, retry_after_s, user_agent, waits
from vitrine.fetch.urls import read_url, redirected, shown

if TYPE_CHECKING:
    import httpcore
    import httpx

    from vitrine.fetch.connections import Resolver

_REDIRECTS = (301, 302, 303, 307, 308)
_WORTH_RETRYING = (429, 502, 503, 504)
_PORTS = {"http": 80, "https": 443}

Gate: TypeAlias = Callable[[str], None]
"""Called with a URL before it is asked; may wait, and may raise a FetchError."""


@dataclass(frozen=True, slots=True)
class FetchLimits:
    """How much one fetch may take."""

    max_bytes: int = 50_000_000
    """Of the body, as sent and as unpacked."""
    timeout_s: float = 20.0
    """For the whole fetch by the clock, with redirects, retries and slow drips; waiting for other
    fetches of ours on the same host is not counted."""
    max_redirects: int = 5
    retries: int = 2
    """Further attempts after a broken connection or a 429, 502, 503 or 504 answer."""
    per_host: int = 4
    """Simultaneous requests to one host."""
    allow_private: bool = False
    """Allow private and loopback addresses: a shop on one's own network."""

    def __post_init__(self) -> None:
        lowest = {
            "max_bytes": 1,
            "timeout_s": 1e-3,
            "max_redirects": 0,
            "retries": 0,
            "per_host": 1,
        }
        for name, least in lowest.items():
            if not getattr(self, name) >= least:
                raise UsageError(f"{name} is {getattr(self, name)!r}; it must be at least {least}")


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a server answered."""

    url: str
    """Where it came from in the end, after redirects."""
    data: bytes | None
    """The body, or None: not modified since the `etag` or `last_modified` given."""
    content_type: str
    """As claimed by the server, lower case, without parameters; may be empty."""
    etag: str
    last_modified: str
    status: int = 200
    """Another one than 200 and 304 only where `also` asked for it."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """What one call of `fetch` wants, through all redirects and attempts."""

    headers: dict[str, str]
    max_bytes: int
    gate: Gate | None
    with_body: frozenset[int]
    deadline: Deadline


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    headers: dict[str, str]
    body: bytes | None


class Fetcher:
    """Fetches http(s) URLs; to be used by several threads at once, and closed.

    Every connection goes to an address that was checked after resolving, redirects included, and a
    host with one refused address is refused as a whole. TLS still verifies the host's name. There
    are no cookies, no credentials, no proxies of the environment, and no redirects from https down
    to http. `SSL_CERT_FILE` and `SSL_CERT_DIR` name other certificate authorities.

    `rule` replaces the choice that `limits.allow_private` makes, `resolve` the system's resolver.
    `contact`, an address to write to, stands in the user agent.
    """

    def __init__(
        self,
        limits: FetchLimits,
        *,
        rule: AddressRule | None = None,
        resolve: Resolver | None = None,
        contact: str = "",
    ) -> None:
        from vitrine.fetch.connections import CheckedBackend, open_pool

        self.user_agent = user_agent(contact)
        self._limits = limits
        default = private_too if limits.allow_private else public_only
        self.backend = CheckedBackend(rule or default, resolve)
        self._pool = open_pool(self.backend)
        self._turns = Turns(limits.per_host)
        self._closed = Event()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections; waiting retries give up."""
        self._closed.set()
        self._pool.close()

    def check(self, url: str) -> None:
        """Refuse at once what `fetch` would refuse before it connects.

        Raises:
            FetchError: as `fetch`.
        """
        target = read_url(url)
        with Deadline(self._limits.timeout_s).current(), self._explained(url, []):
            self.backend.allowed(target.host, target.port or _PORTS[target.scheme])

    def fetch(
        self,
        url: str,
        *,
        etag: str = "",
        last_modified: str = "",
        max_bytes: int | None = None,
        gate: Gate | None = None,
        also: Collection[int] = (),
    ) -> Fetched:
        """Fetch one URL, or learn that it has not changed since the last time.

        Args:
            url: absolute, http or https.
            etag: what `Fetched.etag` said last time.
            last_modified: what `Fetched.last_modified` said last time.
            max_bytes: another limit than that of all fetches, for this one.
            gate: asked before every request, those of redirects and further attempts included;
                the time that it takes is not counted.
            also: statuses besides 200 whose answers are wanted, with their bodies.

        Raises:
            FetchError: one line with the URL, what happened and what to do; its `status` is
                what the server answered, if it did.
        """
        target = read_url(url)
        asked = _Asked(
            _request_headers(self.user_agent, etag, last_modified),
            max_bytes or self._limits.max_bytes,
            gate,
            frozenset((HTTPStatus.OK, *also)),
            Deadline(self._limits.timeout_s),
        )
        visited: list[httpx.URL] = []
        with asked.deadline.current(), self._explained(url, visited):
            while True:
                self._follow(target, visited)
                answer = self._ask(target, asked)
                if answer.status not in _REDIRECTS:
                    return _fetched(target, answer, asked, etag, last_modified)
                target = redirected(target, answer.headers.get("location", ""))

    def _follow(self, target: httpx.URL, visited: list[httpx.URL]) -> None:
        if target in visited:
            raise RefusedError("the redirects go in a circle; correct the URL in the catalogue")
        if len(visited) > self._limits.max_redirects:
            raise RefusedError(
                f"there are more than {self._limits.max_redirects} redirects; "
                "put the last URL in the catalogue"
            )
        visited.append(target)

    def _ask(self, target: httpx.URL, asked: _Asked) -> _Answer:
        """Ask one URL, again where that may help."""
        for wait_s in waits(self._limits.retries):
            answer = self._attempt(target, asked)
            if isinstance(answer, _Answer) and answer.status not in _WORTH_RETRYING:
                return answer
            self._rest(wait_s, asked.deadline, answer)
        answer = self._attempt(target, asked)
        if isinstance(answer, _Answer):
            return answer
        raise answer

    def _attempt(self, target: httpx.URL, asked: _Asked) -> _Answer | Exception:
        """Take a turn; gives back the error where trying again may help."""
        import httpcore

        if asked.gate is not None:
            with asked.deadline.paused():
                asked.gate(str(target))
        try:
            with self._turns.at(target.host, asked.deadline):
                return self._exchange(target, asked)
        except (httpcore.NetworkError, httpcore.RemoteProtocolError) as error:
            return error

    def _exchange(self, target: httpx.URL, asked: _Asked) -> _Answer:
        """Send one request and read its answer; the body only where it is wanted."""
        import httpcore

        url = httpcore.URL(
            scheme=target.raw_scheme,
            host=target.raw_host,
            port=target.port,
            target=target.raw_path,
        )
        sent = [(b"Host", target.netloc)]
        sent += [
            (name.encode(), value.encode("ascii", "replace"))
            for name, value in asked.headers.items()
        ]
        with self._pool.stream("GET", url, headers=sent) as response:
            got = {
                name.decode("latin-1").lower(): value.decode("utf-8", "replace").strip()
                for name, value in response.headers
            }
            return _Answer(response.status, got, _body(response, got, asked))

    def _rest(self, wait_s: float, deadline: Deadline, answer: _Answer | Exception) -> None:
        """Wait before another attempt; there is no point in waiting past the deadline."""
        if isinstance(answer, _Answer):
            wait_s = max(wait_s, retry_after_s(answer.headers.get("retry-after", "")))
        if wait_s >= deadline.remaining_s():
            if isinstance(answer, _Answer):
                raise RefusedError(
                    f"{_said(answer.status)}; try again in {wait_s:.0f} s or later", answer.status
                )
            raise answer
        if self._closed.wait(wait_s):
            raise RefusedError("the fetcher was closed meanwhile")

    @contextmanager
    def _explained(self, url: str, visited: list[httpx.URL]) -> Generator[None]:
        import httpcore

        try:
            yield
        except RefusedError as error:
            problem, cause = str(error), error
        except (OutOfTimeError, httpcore.TimeoutException) as error:
            problem = (
                f"it took longer than the {self._limits.timeout_s:g} s allowed; "
                "try later, or raise VITRINE_FETCH_TIMEOUT_S"
            )
            cause = error
        except (httpcore.NetworkError, httpcore.ProtocolError) as error:
            problem, cause = _broken(error), error
        else:
            return
        where = shown(url)
        if len(visited) > 1:
            where += f" (redirected to {shown(str(visited[-1]))})"
        explained = FetchError(f"{where}: {problem}")
        explained.status = cause.status if isinstance(cause, RefusedError) else 0
        raise explained from cause


def _request_headers(agent: str, etag: str, last_modified: str) -> dict[str, str]:
    headers = {"User-Agent": agent, "Accept": "*/*", "Accept-Encoding": "gzip"}
    if etag:
        headers["If-None-Match"] = etag
    if last_modified:
        headers["If-Modified-Since"] = last_modified
    return headers


def _body(response: httpcore.Response, headers: dict[str, str], asked: _Asked) -> bytes | None:
    if response.status == HTTPStatus.NOT_MODIFIED:
        # it has no body; reading to its end lets the connection be used again
        response.read()
    if response.status not in asked.with_body:
        return None
    if int(headers.get("content-length", "0")) > asked.max_bytes:
        raise too_large(asked.max_bytes)
    encoding = headers.get("content-encoding", "").lower()
    return read_body(response.iter_stream(), encoding, asked.max_bytes)


def _fetched(
    target: httpx.URL, answer: _Answer, asked: _Asked, etag: str, last_modified: str
) -> Fetched:
    """Turn an answer into a result.

    Raises:
        RefusedError: its status is neither one that was asked for, nor such a 304.
    """
    unchanged = answer.status == HTTPStatus.NOT_MODIFIED and bool(etag or last_modified)
    if answer.status not in asked.with_body and not unchanged:
        hint = "try later" if answer.status in _WORTH_RETRYING else "check that the URL is public"
        raise RefusedError(f"{_said(answer.status)}; {hint}", answer.status)
    return Fetched(
        url=str(target),
        data=answer.body,
        content_type=answer.headers.get("content-type", "").partition(";")[0].strip().lower(),
        etag=answer.headers.get("etag", etag if unchanged else ""),
        last_modified=answer.headers.get("last-modified", last_modified if unchanged else ""),
        status=answer.status,
    )


def _said(status: int) -> str:
    known = status in HTTPStatus.__members__.values()
    return f"the server answers {status}{' ' + HTTPStatus(status).phrase if known else ''}"


def _broken(error: Exception) -> str:
    what = " ".join(str(error).split()) or type(error).__name__
    return f"the connection failed: {what}; check the URL and the network, or try later"
