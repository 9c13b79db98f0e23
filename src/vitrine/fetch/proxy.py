"""The one way out that a browser is given: a proxy on this machine that obeys our address rule.

A browser resolves names itself, as often as it likes, so checking its URLs beforehand would prove
nothing. Given this proxy, it resolves none: each host is resolved, judged and connected to here.
"""

from __future__ import annotations

import select
import socket
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Lock, Thread
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from vitrine.errors import FetchError
from vitrine.fetch.stopping import Deadline, OutOfTimeError, RefusedError
from vitrine.fetch.urls import read_url

if TYPE_CHECKING:
    from vitrine.fetch.connections import CheckedBackend

_STEP = 64 * 1024
_LONGEST_LINE = 16 * 1024
_MOST_HEADERS = 200
_NOT_PASSED_ON = ("proxy-connection", "proxy-authorization", "connection", "keep-alive")


@dataclass(slots=True)
class Traffic:
    """What a browser may still receive and send, over all its connections."""

    left_bytes: int
    connect_s: float
    lock: Lock

    def spend(self, n_bytes: int) -> bool:
        """Whether `n_bytes` more may pass."""
        with self.lock:
            self.left_bytes -= n_bytes
            return self.left_bytes >= 0


@contextmanager
def open_proxy(
    backend: CheckedBackend, *, max_bytes: int, connect_s: float
) -> Generator[tuple[str, int]]:
    """Listen on this machine until left; gives the host and port.

    Args:
        backend: resolves, judges and connects.
        max_bytes: over all connections, both ways; then everything is closed.
        connect_s: for resolving and connecting, each time.
    """
    with _Server(backend, Traffic(max_bytes, connect_s, Lock())) as server:
        thread = Thread(target=server.serve_forever, args=(0.05,), name="vitrine-proxy")
        thread.start()
        try:
            yield "127.0.0.1", int(server.server_address[1])
        finally:
            server.shutdown()
            thread.join()


class _Server(ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, backend: CheckedBackend, traffic: Traffic) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.backend = backend
        self.traffic = traffic


class _Handler(StreamRequestHandler):
    timeout = 60.0

    def handle(self) -> None:
        with suppress(OSError, ValueError):
            self._answer()

    def _answer(self) -> None:
        method, target, version = self._line().split(" ")
        headers = [*self._headers()]
        if method == "CONNECT":
            host, port = _host_and_port(f"https://{target}")
            head, body = b"", 0
        else:
            host, port = _host_and_port(target)
            head, body = _plain_request(method, target, version, headers)
        try:
            peer = self._connect(host, port)
        except (FetchError, RefusedError, OutOfTimeError, OSError):
            self.wfile.write(b"HTTP/1.1 403 Refused\r\nContent-Length: 0\r\n\r\n")
            return
        with peer:
            if method == "CONNECT":
                self.wfile.write(b"HTTP/1.1 200 Connected\r\n\r\n")
                self._relay(peer, None)
            else:
                peer.sendall(head)
                self._relay(peer, body)

    def _line(self) -> str:
        line = self.rfile.readline(_LONGEST_LINE)
        if not line.endswith(b"\n"):
            raise ValueError("the line is too long, or there is none")
        return line.decode("latin-1").rstrip("\r\n")

    def _headers(self) -> Generator[str]:
        for _ in range(_MOST_HEADERS):
            if not (line := self._line()):
                return
            yield line
        raise ValueError("too many headers")

    def _connect(self, host: str, port: int) -> socket.socket:
        """Connect to an address that the rule allows.

        Raises:
            RefusedError: it does not.
            OutOfTimeError, OSError: nobody answers.
        """
        server = self.server
        assert isinstance(server, _Server)
        deadline = Deadline(server.traffic.connect_s)
        with deadline.current():
            for address in server.backend.allowed(host, port):
                with suppress(OSError):
                    return socket.create_connection((str(address), port), deadline.remaining_s())
        raise OSError(f"{host} does not answer")

    def _relay(self, peer: socket.socket, body: int | None) -> None:
        """Pass bytes both ways until either side ends.

        Args:
            peer: the server.
            body: how many bytes the browser may still send, None for a tunnel. A second request
                on a plain connection may be meant for another host, which was not judged.
        """
        server = self.server
        assert isinstance(server, _Server)
        browser = self.connection
        if body is not None:
            while body and (data := self.rfile.read1(min(body, _STEP))):
                peer.sendall(data)
                body -= len(data)
        listening = [peer] if body is not None else [peer, browser]
        while ready := select.select(listening, [], [], self.timeout)[0]:
            for source in ready:
                data = source.recv(_STEP)
                if not data or not server.traffic.spend(len(data)):
                    return
                (browser if source is peer else peer).sendall(data)


def _host_and_port(url: str) -> tuple[str, int]:
    read = read_url(url)
    return read.host, read.port or (443 if read.scheme == "https" else 80)


def _plain_request(method: str, url: str, version: str, headers: list[str]) -> tuple[bytes, int]:
    """The request as the server is to see it, and the length of its body."""
    parts = urlsplit(url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    kept = [line for line in headers if line.partition(":")[0].lower() not in _NOT_PASSED_ON]
    lengths = [line.partition(":")[2] for line in kept if line.lower().startswith("content-length")]
    lines = [f"{method} {path} {version}", *kept, "Connection: close", "", ""]
    return "\r\n".join(lines).encode("latin-1"), int(lengths[0]) if lengths else 0
