"""Connections for httpcore that go to checked addresses only, and stop at a deadline.

httpcore's own timeouts start anew at every read, so a server that sends one byte a second would
hold a request for ever; and a host name that is checked first and resolved again by the library
may lead elsewhere the second time. Both are settled here, at the socket.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Iterable, Sequence
from ipaddress import ip_address
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, TypeAlias

import httpcore

from vitrine.fetch.addresses import AddressRule, IPAddress
from vitrine.fetch.stopping import OutOfTimeError, RefusedError, seconds_left

Resolver: TypeAlias = Callable[[str, int], Sequence[str]]
"""(host, port) -> its addresses, best first; OSError where there are none."""

_MAX_CANDIDATES = 6


def open_pool(backend: CheckedBackend) -> httpcore.ConnectionPool:
    """Open a pool of HTTP/1.1 connections: no proxy, certificates checked.

    Proxies of the environment are not used, because a proxy would resolve the name itself, out of
    reach of the rule of addresses. `SSL_CERT_FILE` and `SSL_CERT_DIR` are honoured.
    """
    import httpx

    return httpcore.ConnectionPool(
        ssl_context=httpx.create_ssl_context(),
        max_connections=None,
        max_keepalive_connections=20,
        keepalive_expiry=10.0,
        network_backend=backend,
    )


def system_addresses(host: str, port: int) -> list[str]:
    """Ask the operating system for the addresses of a host."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


class CheckedBackend(httpcore.NetworkBackend):
    """Resolves once, refuses the host if any of its addresses is refused, connects to those."""

    def __init__(self, rule: AddressRule, resolve: Resolver | None) -> None:
        self._rule = rule
        self._resolve = resolve or system_addresses
        self._sockets = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first address that answers, sharing the time left among them."""
        candidates = self.allowed(host, port)[:_MAX_CANDIDATES]
        for left in range(len(candidates), 0, -1):
            address = candidates[len(candidates) - left]
            try:
                stream = self._sockets.connect_tcp(
                    str(address),
                    port,
                    seconds_left() / left,
                    local_address,
                    socket_options,
                )
                return TimedStream(stream)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if left == 1:
                    raise
        raise RefusedError(f"host {host!r} has no address; check the URL")

    def allowed(self, host: str, port: int) -> list[IPAddress]:
        """Resolve a host and judge every address of it.

        Raises:
            RefusedError: one of them is refused, or there is none.
        """
        addresses = [ip_address(text) for text in self._addresses(host, port)]
        for address in addresses:
            if reason := self._rule(address, port):
                raise RefusedError(
                    f"host {host!r} is at {address} ({reason}), which is refused for safety; "
                    "a shop on your own network needs VITRINE_FETCH_ALLOW_PRIVATE=true"
                )
        return addresses

    def _addresses(self, host: str, port: int) -> Sequence[str]:
        try:
            return [str(ip_address(host))]
        except ValueError:
            return _resolved(self._resolve, host, port)


def _resolved(resolve: Resolver, host: str, port: int) -> Sequence[str]:
    """Resolve in a thread of its own: the system's resolver knows no timeout."""
    answers: SimpleQueue[Sequence[str] | Exception] = SimpleQueue()

    def ask() -> None:
        try:
            answers.put(resolve(host, port))
        except Exception as error:
            answers.put(error)

    Thread(target=ask, name="vitrine-resolve", daemon=True).start()
    try:
        answer = answers.get(timeout=seconds_left())
    except Empty:
        raise OutOfTimeError from None
    if not isinstance(answer, Exception):
        return answer
    if isinstance(answer, socket.gaierror) and answer.errno == socket.EAI_AGAIN:
        raise httpcore.ConnectError(f"host {host!r} cannot be resolved now") from answer
    raise RefusedError(f"host {host!r} has no address; check the URL and the network") from answer


class TimedStream(httpcore.NetworkStream):
    """A connection whose every read and write ends at the current deadline."""

    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read at most `max_bytes`."""
        return self._stream.read(max_bytes, seconds_left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Write all of `buffer`."""
        self._stream.write(buffer, seconds_left())

    def close(self) -> None:
        """Close the socket."""
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        """Shake hands; the certificate is checked against the name, not the address."""
        try:
            stream = self._stream.start_tls(ssl_context, server_hostname, seconds_left())
        except httpcore.ConnectError as error:
            if isinstance(error.__cause__, ssl.SSLCertVerificationError):
                raise RefusedError(
                    f"the certificate is not accepted: {error.__cause__.verify_message}; check the "
                    "URL, or name your own authority's certificates in SSL_CERT_FILE"
                ) from error
            raise
        return TimedStream(stream)

    def get_extra_info(self, info: str) -> Any:
        """Whatever the socket says."""
        return self._stream.get_extra_info(info)
