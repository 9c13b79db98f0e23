"""The proxy that a browser is given, asked by bare sockets."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import suppress
from threading import Thread

import pytest

from vitrine.fetch import public_only
from vitrine.fetch.addresses import IPAddress
from vitrine.fetch.connections import CheckedBackend
from vitrine.fetch.proxy import open_proxy


class Echo:
    """Says back what it hears, and counts who comes."""

    def __init__(self) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listening.getsockname()[1])
        self.heard: list[bytes] = []
        Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                peer, _ = self._listening.accept()
            except OSError:
                return
            Thread(target=self._talk, args=(peer,), daemon=True).start()

    def _talk(self, peer: socket.socket) -> None:
        with peer:
            while data := peer.recv(65536):
                self.heard.append(data)
                peer.sendall(b"you said " + data)

    def close(self) -> None:
        self._listening.close()


@pytest.fixture
def echo() -> Iterator[Echo]:
    echo = Echo()
    yield echo
    echo.close()


@pytest.fixture
def inside() -> Iterator[Echo]:
    echo = Echo()
    yield echo
    echo.close()


@pytest.fixture
def proxy(echo: Echo) -> Iterator[tuple[str, int]]:
    def rule(address: IPAddress, port: int) -> str:
        return "" if port == echo.port else public_only(address, port)

    with open_proxy(CheckedBackend(rule, None), max_bytes=100_000, connect_s=2.0) as place:
        yield place


def ask(proxy: tuple[str, int], *parts: bytes) -> bytes:
    """Send these parts, each after an answer to the one before; gives all answers."""
    said = b""
    with socket.create_connection(proxy, timeout=5) as peer:
        for part in parts:
            peer.sendall(part)
            said += peer.recv(65536)
    return said


def test_a_tunnel_leads_to_an_allowed_address(proxy: tuple[str, int], echo: Echo) -> None:
    said = ask(proxy, b"CONNECT 127.0.0.1:%d HTTP/1.1\r\n\r\n" % echo.port, b"hello")
    assert said == b"HTTP/1.1 200 Connected\r\n\r\nyou said hello"


def test_a_plain_request_is_passed_on_without_what_is_the_proxys(
    proxy: tuple[str, int], echo: Echo
) -> None:
    url = b"http://127.0.0.1:%d/a?b=c" % echo.port
    ask(
        proxy,
        b"POST " + url + b" HTTP/1.1\r\nHost: x\r\nProxy-Connection: keep-alive\r\n"
        b"Content-Length: 4\r\n\r\nbody",
    )
    head = b"POST /a?b=c HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nConnection: close\r\n\r\n"
    assert b"".join(echo.heard) == head + b"body"


def test_a_second_request_on_a_plain_connection_goes_nowhere(
    proxy: tuple[str, int], echo: Echo
) -> None:
    request = b"GET http://127.0.0.1:%d/ HTTP/1.1\r\n\r\n" % echo.port
    with socket.create_connection(proxy, timeout=5) as peer:
        peer.sendall(request + b"GET /other HTTP/1.1\r\n\r\n")
        peer.recv(65536)
    assert b"".join(echo.heard) == b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n"


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "[::1]", "0x7f000001", "169.254.169.254"]
)
@pytest.mark.parametrize("plain", [True, False])
def test_refused_addresses_are_not_connected_to(
    proxy: tuple[str, int], inside: Echo, host: str, plain: bool
) -> None:
    where = f"{host}:{inside.port}"
    line = f"GET http://{where}/ HTTP/1.1" if plain else f"CONNECT {where} HTTP/1.1"
    assert ask(proxy, f"{line}\r\n\r\n".encode()).startswith(b"HTTP/1.1 403")
    assert inside.heard == []


@pytest.mark.parametrize(
    "request_",
    [
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET file:///etc/passwd HTTP/1.1\r\n\r\n",
        b"GET ftp://a.example/ HTTP/1.1\r\n\r\n",
        b"CONNECT me:secret@127.0.0.1:80 HTTP/1.1\r\n\r\n",
        b"nonsense\r\n\r\n",
        b"GET " + b"a" * 20_000 + b" HTTP/1.1\r\n\r\n",
        b"GET http://a.example/ HTTP/1.1\r\n" + b"a: b\r\n" * 300 + b"\r\n",
        b"\x16\x03\x01\x02\x00",
    ],
)
def test_what_is_no_request_is_hung_up_on(proxy: tuple[str, int], request_: bytes) -> None:
    said = b""
    with socket.create_connection(proxy, timeout=5) as peer, suppress(OSError):
        peer.sendall(request_)
        peer.shutdown(socket.SHUT_WR)
        said = peer.recv(65536)
    assert said in (b"", b"HTTP/1.1 403 Refused\r\nContent-Length: 0\r\n\r\n")


def test_traffic_ends_at_its_limit(proxy: tuple[str, int], echo: Echo) -> None:
    received = 0
    with socket.create_connection(proxy, timeout=5) as peer:
        peer.sendall(b"CONNECT 127.0.0.1:%d HTTP/1.1\r\n\r\n" % echo.port)
        peer.recv(65536)
        with suppress(OSError):
            for _ in range(1000):
                peer.sendall(bytes(10_000))
                received += len(peer.recv(65536))
    assert received <= 100_000
