"""The fetcher against real sockets that behave like shops, and worse."""

from __future__ import annotations

import gzip
import re
import shutil
import socket
import ssl
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from socketserver import BaseRequestHandler, ThreadingTCPServer
from threading import Event, Lock, Thread
from time import monotonic
from typing import TypeAlias

import pytest

import vitrine
from vitrine.errors import FetchError, UsageError
from vitrine.fetch import Fetcher, FetchLimits, public_only
from vitrine.fetch.addresses import IPAddress

Act: TypeAlias = Callable[[socket.socket, dict[str, str]], object]
"""Answers on the bare socket, given the request's headers; closes it by giving back anything."""

_PHOTO = b"\xff\xd8 a photo"


class LocalServer(ThreadingTCPServer):
    """Answers each path with a function that gets the bare socket and the request's head."""

    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.routes: dict[str, Act] = {}
        self.requests: list[tuple[str, dict[str, str]]] = []
        self.connections = 0
        self.stopped = Event()
        self.tls = tls
        self.port = int(self.server_address[1])

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        return f"{'https' if self.tls else 'http'}://{host}:{self.port}{path}"

    def says(self, path: str, *answers: bytes) -> str:
        """Give these bytes, one answer a request, the last one for ever after."""
        left = list(answers)

        def answer(peer: socket.socket, head: dict[str, str]) -> None:
            peer.sendall(left.pop(0) if len(left) > 1 else left[0])

        self.routes[path] = answer
        return self.url(path)

    def does(self, path: str, act: Act) -> str:
        self.routes[path] = act
        return self.url(path)


class _Handler(BaseRequestHandler):
    def handle(self) -> None:
        server, peer = self.server, self.request
        assert isinstance(server, LocalServer)
        server.connections += 1
        with suppress(OSError):
            if server.tls:
                peer = server.tls.wrap_socket(peer, server_side=True)
            with peer:
                self._talk(server, peer)

    def _talk(self, server: LocalServer, peer: socket.socket) -> None:
        received = b""
        while True:
            while b"\r\n\r\n" not in received:
                more = peer.recv(65536)
                if not more:
                    return
                received += more
            text, received = received.decode("latin-1").split("\r\n\r\n", 1)[0], b""
            first, *lines = text.split("\r\n")
            head = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
            path = first.split(" ")[1]
            server.requests.append((path, head))
            if server.routes[path](peer, head) is not None:
                return


def reply(body: bytes = b"", status: str = "200 OK", **headers: str) -> bytes:
    fields = {
        "Content-Length": str(len(body)),
        **{k.replace("_", "-"): v for k, v in headers.items()},
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"HTTP/1.1 {status}\r\n{lines}\r\n".encode() + body


def drip(server: LocalServer, start: bytes, piece: bytes, every_s: float = 0.02) -> Act:
    """Send `piece` again and again, until the other side or the test has had enough."""

    def act(peer: socket.socket, head: dict[str, str]) -> object:
        peer.sendall(start)
        while not server.stopped.wait(every_s):
            peer.sendall(piece)
        return "closed"

    return act


@contextmanager
def running(server: LocalServer) -> Generator[LocalServer]:
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.stopped.set()
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def server() -> Iterator[LocalServer]:
    with running(LocalServer()) as server:
        yield server


@pytest.fixture
def other() -> Iterator[LocalServer]:
    with running(LocalServer()) as server:
        yield server


def only(*servers: LocalServer) -> Callable[[IPAddress, int], str]:
    """Allow these local servers, and beyond them what is public."""
    ports = {server.port for server in servers}
    return lambda address, port: "" if port in ports else public_only(address, port)


@pytest.fixture
def fetcher(server: LocalServer) -> Iterator[Fetcher]:
    limits = FetchLimits(max_bytes=100_000, timeout_s=5.0, retries=0, max_redirects=3)
    with Fetcher(limits, rule=only(server)) as fetcher:
        yield fetcher


@pytest.fixture
def hasty(server: LocalServer) -> Iterator[Fetcher]:
    with Fetcher(FetchLimits(max_bytes=100_000, timeout_s=0.3), rule=only(server)) as fetcher:
        yield fetcher


def failure(fetcher: Fetcher, url: str) -> str:
    with pytest.raises(FetchError) as caught:
        fetcher.fetch(url)
    message = str(caught.value)
    assert message.startswith(url[:40])
    assert "\n" not in message
    return message


# what comes back


def test_a_photo_comes_with_what_the_server_says_of_it(
    server: LocalServer, fetcher: Fetcher
) -> None:
    headers = {
        "Content_Type": "Image/JPEG; x=1",
        "ETag": '"v1"',
        "Last_Modified": "Fri, 31 Dec 1999 23:59:59 GMT",
    }
    url = server.says("/a.jpg", reply(_PHOTO, **headers))
    fetched = fetcher.fetch(url + "#top")
    assert fetched.data == _PHOTO
    assert fetched.content_type == "image/jpeg"
    assert fetched.etag == '"v1"'
    assert fetched.last_modified == "Fri, 31 Dec 1999 23:59:59 GMT"
    ((path, sent),) = server.requests
    assert path == "/a.jpg"
    assert sent["host"] == f"127.0.0.1:{server.port}"
    assert sent["user-agent"] == f"vitrine/{vitrine.__version__}"


def test_an_unchanged_photo_is_not_sent_again(server: LocalServer, fetcher: Fetcher) -> None:
    url = server.says("/a.jpg", b"HTTP/1.1 304 Not Modified\r\n\r\n")
    for _ in range(3):
        fetched = fetcher.fetch(url, etag='"v1"', last_modified="yesterday")
        assert fetched.data is None
        assert (fetched.etag, fetched.last_modified) == ('"v1"', "yesterday")
    assert server.requests[0][1]["if-none-match"] == '"v1"'
    assert server.requests[0][1]["if-modified-since"] == "yesterday"
    assert server.connections == 1


def test_an_unchanged_answer_that_nobody_asked_for_is_an_error(
    server: LocalServer, fetcher: Fetcher
) -> None:
    url = server.says("/a.jpg", b"HTTP/1.1 304 Not Modified\r\n\r\n")
    assert "answers 304 Not Modified" in failure(fetcher, url)


def test_connections_are_kept(server: LocalServer, fetcher: Fetcher) -> None:
    url = server.says("/a.jpg", reply(_PHOTO))
    for _ in range(5):
        fetcher.fetch(url)
    assert server.connections == 1


def test_no_cookie_is_ever_sent(server: LocalServer, fetcher: Fetcher) -> None:
    url = server.says("/a.jpg", reply(_PHOTO, Set_Cookie="id=1; Path=/"))
    fetcher.fetch(url)
    fetcher.fetch(url)
    assert all("cookie" not in head for _, head in server.requests)


def test_proxies_of_the_environment_are_not_used(
    server: LocalServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with Fetcher(FetchLimits(), rule=only(server)) as fetcher:
        assert fetcher.fetch(server.says("/a.jpg", reply(_PHOTO))).data == _PHOTO


@pytest.mark.parametrize(
    "status",
    ["404 Not Found", "410 Gone", "401 Unauthorized", "204 No Content", "206 Partial Content"],
)
def test_other_answers_are_errors(server: LocalServer, fetcher: Fetcher, status: str) -> None:
    url = server.says("/a.jpg", reply(b"", status))
    assert f"the server answers {status}; check" in failure(fetcher, url)
    assert len(server.requests) == 1


# where it may go


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:{port}/a.jpg",
        "http://127.1:{port}/a.jpg",
        "http://2130706433:{port}/a.jpg",
        "http://0x7f000001:{port}/a.jpg",
        "http://localhost:{port}/a.jpg",
        "http://0.0.0.0:{port}/a.jpg",
        "http://[::1]:{port}/a.jpg",
        "http://[::ffff:127.0.0.1]:{port}/a.jpg",
        "http://169.254.169.254/latest/meta-data/",
    ],
)
def test_no_spelling_of_a_local_address_is_connected_to(server: LocalServer, url: str) -> None:
    with Fetcher(FetchLimits(timeout_s=5)) as fetcher, pytest.raises(FetchError) as caught:
        fetcher.fetch(url.format(port=server.port))
    assert "refused for safety" in str(caught.value) or "has no address" in str(caught.value)
    assert server.connections == 0


def test_private_addresses_are_fetched_where_the_shop_says_so(server: LocalServer) -> None:
    url = server.says("/a.jpg", reply(_PHOTO))
    with Fetcher(FetchLimits(allow_private=True)) as fetcher:
        assert fetcher.fetch(url).data == _PHOTO
        with pytest.raises(FetchError, match="cloud metadata"):
            fetcher.fetch("http://169.254.169.254/latest/meta-data/")


def test_a_redirect_to_a_refused_address_is_refused(
    server: LocalServer, other: LocalServer, fetcher: Fetcher
) -> None:
    inside = other.says("/secret", reply(b"secret"))
    url = server.says("/a.jpg", reply(b"", "302 Found", Location=inside))
    message = failure(fetcher, url)
    assert f"redirected to {inside}): host '127.0.0.1' is at 127.0.0.1 (loopback)" in message
    assert other.connections == 0


def test_a_host_with_one_private_address_is_refused_as_a_whole(server: LocalServer) -> None:
    asked: list[str] = []

    def resolve(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        return ["93.184.216.34", "192.168.0.7"]

    with Fetcher(FetchLimits(), resolve=resolve) as fetcher:
        assert "192.168.0.7 (private)" in failure(fetcher, "http://shop.example/a.jpg")
    assert asked == ["shop.example"]


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://127.0.0.1:{port}/feed", "127.0.0.1 (loopback)"),
        ("http://10.0.0.1/feed", "10.0.0.1 (private)"),
        ("ftp://shop.example/feed", "only http:// and https://"),
        ("http://nowhere.example/feed", "has no address"),
    ],
)
def test_a_url_can_be_refused_before_anything_is_fetched(
    server: LocalServer, url: str, reason: str
) -> None:
    def resolve(host: str, port: int) -> Sequence[str]:
        if host == "shop.example":
            return ["93.184.216.34"]
        raise OSError(host)

    with Fetcher(FetchLimits(), resolve=resolve) as fetcher:
        fetcher.check("https://shop.example/feed")
        with pytest.raises(FetchError, match=re.escape(reason)):
            fetcher.check(url.format(port=server.port))
    assert server.connections == 0


def test_the_checked_address_is_the_one_connected_to(server: LocalServer) -> None:
    """A name that points elsewhere at the second question gains nothing: there is no second."""
    answers = iter([["127.0.0.1"], ["127.0.0.2"]])

    def rule(address: IPAddress, port: int) -> str:
        return "" if str(address) == "127.0.0.1" else "rebound"

    server.says("/a.jpg", reply(_PHOTO))
    with Fetcher(FetchLimits(), rule=rule, resolve=lambda host, port: next(answers)) as fetcher:
        assert fetcher.fetch(server.url("/a.jpg", "shop.example")).data == _PHOTO
    assert server.requests[0][1]["host"] == f"shop.example:{server.port}"


def test_hosts_in_other_scripts_are_resolved_by_their_ascii_name(server: LocalServer) -> None:
    asked: list[str] = []

    def resolve(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        return ["127.0.0.1"]

    server.says("/a.jpg", reply(_PHOTO))
    with Fetcher(FetchLimits(), rule=only(server), resolve=resolve) as fetcher:
        fetcher.fetch(server.url("/a.jpg", "müller.example"))
    assert asked == ["xn--mller-kva.example"]


def test_a_name_without_address_is_not_retried() -> None:
    asked = 0

    def resolve(host: str, port: int) -> Sequence[str]:
        nonlocal asked
        asked += 1
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    with Fetcher(FetchLimits(), resolve=resolve) as fetcher:
        assert "has no address; check" in failure(fetcher, "http://nowhere.example/a.jpg")
    assert asked == 1


# redirects


def test_redirects_are_followed_to_the_end(server: LocalServer, fetcher: Fetcher) -> None:
    server.says("/1", reply(b"", "301 Moved Permanently", Location="/2"))
    server.says("/2", reply(b"", "302 Found", Location="3?size=large"))
    server.says("/3?size=large", reply(_PHOTO))
    fetched = fetcher.fetch(server.url("/1"))
    assert fetched.data == _PHOTO
    assert fetched.url == server.url("/3?size=large")


def test_redirects_in_a_circle_stop(server: LocalServer, fetcher: Fetcher) -> None:
    server.says("/1", reply(b"", "302 Found", Location="/2"))
    server.says("/2", reply(b"", "307 Temporary Redirect", Location="/1"))
    assert "in a circle" in failure(fetcher, server.url("/1"))
    assert len(server.requests) == 2


@pytest.mark.parametrize(("n", "arrives"), [(3, True), (4, False)])
def test_redirects_are_counted(
    server: LocalServer, fetcher: Fetcher, n: int, arrives: bool
) -> None:
    for step in range(n):
        server.says(f"/{step}", reply(b"", "302 Found", Location=f"/{step + 1}"))
    server.says(f"/{n}", reply(_PHOTO))
    if arrives:
        assert fetcher.fetch(server.url("/0")).data == _PHOTO
    else:
        assert "more than 3 redirects" in failure(fetcher, server.url("/0"))


@pytest.mark.parametrize(
    ("location", "message"),
    [("file:///etc/passwd", "only http"), ("http://me:secret@127.0.0.1/", "user name"), ("", "no")],
)
def test_redirects_to_no_web_address_are_refused(
    server: LocalServer, fetcher: Fetcher, location: str, message: str
) -> None:
    url = server.says("/a.jpg", reply(b"", "302 Found", Location=location))
    said = failure(fetcher, url)
    assert message in said
    assert "secret" not in said


# how much


def test_a_body_announced_too_large_is_not_read(server: LocalServer, fetcher: Fetcher) -> None:
    url = server.says("/a.jpg", reply(b"x", Content_Length="100001"))
    assert "larger than the 100,000 bytes allowed" in failure(fetcher, url)


def test_an_endless_body_stops_at_the_limit(server: LocalServer, fetcher: Fetcher) -> None:
    start = b"HTTP/1.1 200 OK\r\n\r\n"
    url = server.does("/a.jpg", drip(server, start, bytes(50_000), 0.0))
    assert "larger than the 100,000 bytes allowed" in failure(fetcher, url)


def test_an_endless_chunked_body_stops_at_the_limit(server: LocalServer, fetcher: Fetcher) -> None:
    start = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    chunk = b"4000\r\n" + bytes(0x4000) + b"\r\n"
    url = server.does("/a.jpg", drip(server, start, chunk, 0.0))
    assert "larger than the 100,000 bytes allowed" in failure(fetcher, url)


def test_a_gzip_bomb_stops_at_the_limit(server: LocalServer, fetcher: Fetcher) -> None:
    bomb = zlib.compress(bytes(50_000_000), 9, wbits=31)
    assert len(bomb) < 100_000
    url = server.says("/a.jpg", reply(bomb, Content_Encoding="gzip"))
    assert "larger than the 100,000 bytes allowed" in failure(fetcher, url)


def test_packed_feeds_are_unpacked(server: LocalServer, fetcher: Fetcher) -> None:
    url = server.says("/feed", reply(gzip.compress(b"feed" * 1000), Content_Encoding="gzip"))
    assert fetcher.fetch(url).data == b"feed" * 1000


def test_a_body_shorter_than_announced_is_an_error(server: LocalServer, fetcher: Fetcher) -> None:
    def act(peer: socket.socket, head: dict[str, str]) -> object:
        peer.sendall(reply(b"half", Content_Length="8"))
        return "closed"

    assert "received 4 bytes, expected 8" in failure(fetcher, server.does("/a.jpg", act))


def test_a_body_longer_than_announced_does_not_spoil_the_next(server: LocalServer) -> None:
    first = server.says("/1.jpg", reply(b"photo and more", Content_Length="5"))
    second = server.says("/2.jpg", reply(_PHOTO))
    with Fetcher(FetchLimits(), rule=only(server)) as fetcher:
        assert fetcher.fetch(first).data == b"photo"
        assert fetcher.fetch(second).data == _PHOTO


# how long


@pytest.mark.parametrize(
    ("start", "piece"),
    [
        (b"", b""),
        (b"", b"H"),
        (b"HTTP/1.1 200 OK\r\n", b"X: y\r\n"),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        (b"HTTP/1.1 200 OK\r\n\r\n", b"."),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n", b"."),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\n.\r\n"),
    ],
    ids=["silence", "status", "headers", "continue", "endless", "announced", "chunked"],
)
def test_slow_drips_stop_at_the_deadline(
    server: LocalServer, hasty: Fetcher, start: bytes, piece: bytes
) -> None:
    url = server.does("/a.jpg", drip(server, start, piece))
    started = monotonic()
    message = failure(hasty, url)
    assert monotonic() - started < 1.5
    if piece != b"H":
        assert "it took longer than the 0.3 s allowed" in message


def test_redirects_share_one_deadline(server: LocalServer) -> None:
    numbers = count()

    def act(peer: socket.socket, head: dict[str, str]) -> None:
        server.stopped.wait(0.1)
        path = f"/{next(numbers)}"
        server.routes[path] = act
        peer.sendall(reply(b"", "302 Found", Location=path))

    limits = FetchLimits(timeout_s=0.35, max_redirects=50)
    with Fetcher(limits, rule=only(server)) as fetcher:
        assert "took longer than" in failure(fetcher, server.does("/a.jpg", act))
    assert len(server.requests) <= 5


def test_a_slow_resolver_stops_at_the_deadline(server: LocalServer) -> None:
    def resolve(host: str, port: int) -> Sequence[str]:
        server.stopped.wait(5)
        return ["127.0.0.1"]

    limits = FetchLimits(timeout_s=0.2)
    with Fetcher(limits, rule=only(server), resolve=resolve) as fetcher:
        assert "took longer than" in failure(fetcher, server.url("/a.jpg", "shop.example"))


# trying again


def _reset(peer: socket.socket, head: dict[str, str]) -> object:
    linger = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    return "closed"


@pytest.mark.parametrize("retries", [0, 1])
def test_a_broken_connection_is_tried_again(server: LocalServer, retries: int) -> None:
    def act(peer: socket.socket, head: dict[str, str]) -> object:
        server.says("/a.jpg", reply(_PHOTO))
        return _reset(peer, head)

    url = server.does("/a.jpg", act)
    with Fetcher(FetchLimits(retries=retries), rule=only(server)) as fetcher:
        if retries:
            assert fetcher.fetch(url).data == _PHOTO
        else:
            assert "the connection failed" in failure(fetcher, url)


@pytest.mark.parametrize("status", ["429 Too Many Requests", "502 Bad Gateway", "503 Busy"])
def test_a_busy_server_is_asked_again(server: LocalServer, status: str) -> None:
    url = server.says("/a.jpg", reply(b"", status), reply(_PHOTO))
    with Fetcher(FetchLimits(retries=1), rule=only(server)) as fetcher:
        assert fetcher.fetch(url).data == _PHOTO


@pytest.mark.parametrize("status", ["500 Internal Server Error", "404 Not Found"])
def test_a_wrong_answer_is_not_asked_for_again(server: LocalServer, status: str) -> None:
    url = server.says("/a.jpg", reply(b"", status), reply(_PHOTO))
    with Fetcher(FetchLimits(retries=3), rule=only(server)) as fetcher:
        assert status[:3] in failure(fetcher, url)


def test_retry_after_is_obeyed(server: LocalServer) -> None:
    busy = reply(b"", "429 Too Many Requests", Retry_After="1")
    url = server.says("/a.jpg", busy, reply(_PHOTO))
    started = monotonic()
    with Fetcher(FetchLimits(retries=1), rule=only(server)) as fetcher:
        assert fetcher.fetch(url).data == _PHOTO
    assert monotonic() - started >= 1.0


def test_retry_after_beyond_the_deadline_fails_at_once(server: LocalServer) -> None:
    url = server.says("/a.jpg", reply(b"", "503 Service Unavailable", Retry_After="3600"))
    started = monotonic()
    with Fetcher(FetchLimits(retries=5), rule=only(server)) as fetcher:
        message = failure(fetcher, url)
    assert "answers 503 Service Unavailable; try again in 3600 s or later" in message
    assert monotonic() - started < 1.0


def test_a_server_that_stays_busy_is_given_up(server: LocalServer) -> None:
    url = server.says("/a.jpg", reply(b"", "503 Service Unavailable"))
    with Fetcher(FetchLimits(retries=2), rule=only(server)) as fetcher:
        assert "answers 503 Service Unavailable; try later" in failure(fetcher, url)
    assert len(server.requests) == 3


def test_a_port_where_nobody_listens(fetcher: Fetcher) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        with Fetcher(FetchLimits(allow_private=True, retries=0)) as private:
            message = failure(private, f"http://127.0.0.1:{port}/a.jpg")
    assert "the connection failed" in message


# nonsense


@pytest.mark.parametrize(
    "answer",
    [
        b"SSH-2.0-OpenSSH_9.6\r\n\r\n",
        b"<html>hello</html>\r\n\r\n",
        b"HTTP/1.1 2000 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 200_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\n\r\n",
    ],
)
def test_what_is_no_http_is_an_error(server: LocalServer, fetcher: Fetcher, answer: bytes) -> None:
    def act(peer: socket.socket, head: dict[str, str]) -> object:
        peer.sendall(answer)
        return "closed"

    assert failure(fetcher, server.does("/a.jpg", act))


# many at once


def test_one_host_gets_no_more_than_its_share_at_once(server: LocalServer) -> None:
    lock = Lock()
    now, most = 0, 0

    def act(peer: socket.socket, head: dict[str, str]) -> None:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        server.stopped.wait(0.03)
        with lock:
            now -= 1
        peer.sendall(reply(_PHOTO))

    url = server.does("/a.jpg", act)
    limits = FetchLimits(per_host=2, timeout_s=0.3)
    with (
        Fetcher(limits, rule=only(server)) as fetcher,
        ThreadPoolExecutor(16) as threads,
    ):
        photos = [fetched.data for fetched in threads.map(fetcher.fetch, [url] * 30)]
    assert photos == [_PHOTO] * 30
    assert most == 2


def test_closing_ends_the_wait_for_another_attempt(server: LocalServer) -> None:
    url = server.says("/a.jpg", reply(b"", "503 Service Unavailable", Retry_After="15"))
    fetcher = Fetcher(FetchLimits(), rule=only(server))
    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(fetcher.fetch, url)
        while not server.requests:
            server.stopped.wait(0.01)
        server.stopped.wait(0.1)
        fetcher.close()
        with pytest.raises(FetchError, match="closed meanwhile"):
            waiting.result(timeout=5)


def test_limits_that_allow_nothing_are_refused() -> None:
    with pytest.raises(UsageError, match="max_bytes is 0; it must be at least 1"):
        FetchLimits(max_bytes=0)
    with pytest.raises(UsageError, match="timeout_s is nan"):
        FetchLimits(timeout_s=float("nan"))


# certificates


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """Make a certificate for shop.example, key and all in one file."""
    if shutil.which("openssl") is None:
        pytest.skip("needs the openssl command to make a certificate")
    path = tmp_path / "shop.pem"
    command = ["openssl", "req", "-x509", "-nodes", "-days", "2"]
    command += ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    names = ["-subj", "/CN=shop.example", "-addext", "subjectAltName=DNS:shop.example"]
    files = ["-keyout", str(path), "-out", str(tmp_path / "cert.pem")]
    subprocess.run([*command, *names, *files], check=True, capture_output=True)
    path.write_bytes(path.read_bytes() + (tmp_path / "cert.pem").read_bytes())
    return path


@pytest.mark.parametrize(("host", "trusted"), [("shop.example", True), ("other.example", False)])
def test_the_certificate_must_be_for_the_name(
    certificate: Path, monkeypatch: pytest.MonkeyPatch, host: str, trusted: bool
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with (
        running(LocalServer(context)) as server,
        Fetcher(
            FetchLimits(), rule=only(server), resolve=lambda host, port: ["127.0.0.1"]
        ) as fetcher,
    ):
        server.says("/a.jpg", reply(_PHOTO))
        url = server.url("/a.jpg", host)
        if trusted:
            assert fetcher.fetch(url).data == _PHOTO
        else:
            assert "the certificate is not accepted: Hostname mismatch" in failure(fetcher, url)
            assert server.connections == 1


# what callers decide


def test_a_gate_is_asked_before_every_request(server: LocalServer) -> None:
    server.says("/b.jpg", reply(b"", "503 Busy"), reply(_PHOTO))
    url = server.says("/a.jpg", reply(b"", "302 Found", Location="/b.jpg"))
    asked: list[str] = []

    def gate(url: str) -> None:
        assert len(server.requests) == len(asked)
        asked.append(url)

    with Fetcher(FetchLimits(retries=1), rule=only(server)) as fetcher:
        assert fetcher.fetch(url, gate=gate).data == _PHOTO
    assert asked == [url, server.url("/b.jpg"), server.url("/b.jpg")]


def test_what_a_gate_refuses_is_not_asked_for(server: LocalServer, fetcher: Fetcher) -> None:
    url = server.says("/a.jpg", reply(b"", "302 Found", Location="/secret"))

    def gate(url: str) -> None:
        if url.endswith("/secret"):
            raise FetchError(f"{url}: not for us")

    with pytest.raises(FetchError, match="/secret: not for us"):
        fetcher.fetch(url, gate=gate)
    assert [path for path, _ in server.requests] == ["/a.jpg"]


def test_the_time_that_a_gate_takes_is_not_counted(server: LocalServer, hasty: Fetcher) -> None:
    def gate(_url: str) -> None:
        server.stopped.wait(0.5)

    assert hasty.fetch(server.says("/a.jpg", reply(_PHOTO)), gate=gate).data == _PHOTO


def test_an_error_knows_the_status(server: LocalServer, fetcher: Fetcher) -> None:
    statuses = {"404 Not Found": 404, "500 Broken": 500, "200 OK": 0}
    for number, (status, expected) in enumerate(statuses.items()):
        url = server.says(f"/{number}", reply(bytes(200_000), status))
        with pytest.raises(FetchError) as caught:
            fetcher.fetch(url)
        assert caught.value.status == expected


def test_other_answers_are_given_where_they_are_asked_for(
    server: LocalServer, fetcher: Fetcher
) -> None:
    fetched = fetcher.fetch(server.says("/a", reply(b"why", "400 Bad Request")), also=(400,))
    assert (fetched.status, fetched.data) == (400, b"why")


def test_one_fetch_may_have_another_limit(server: LocalServer, fetcher: Fetcher) -> None:
    url = server.says("/a.jpg", reply(bytes(50)))
    assert len(fetcher.fetch(url, max_bytes=50).data or b"") == 50
    with pytest.raises(FetchError, match="larger than the 49 bytes"):
        fetcher.fetch(url, max_bytes=49)


def test_a_contact_stands_in_the_user_agent(server: LocalServer) -> None:
    with Fetcher(FetchLimits(), rule=only(server), contact="me@shop.example") as fetcher:
        fetcher.fetch(server.says("/a.jpg", reply(_PHOTO)))
    agent = server.requests[0][1]["user-agent"]
    assert agent == f"vitrine/{vitrine.__version__} (+me@shop.example)" == fetcher.user_agent
