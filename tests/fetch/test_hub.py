"""Model files from a small stand-in for a hub, which speaks what the hub library asks for."""

from __future__ import annotations

import hashlib
import socket
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import unquote

import pytest
from huggingface_hub.utils import close_session

from vitrine.errors import ConfigurationError, FetchError
from vitrine.fetch import fetch_model_file
from vitrine.fetch.hub import Progress

_COMMIT = "0123456789abcdef0123456789abcdef01234567"
_REPO = "atelier/dress-net"
_MODEL = bytes(range(256)) * 20_000
_MODEL_SHA256 = hashlib.sha256(_MODEL).hexdigest()
_CONFIG = b'{"dim": 256}'


class LocalHub(ThreadingHTTPServer):
    """Large files are announced by SHA-256 and lie on another host; small ones by git hash."""

    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.port = int(self.server_address[1])
        self.large = {"onnx/model.onnx": _MODEL}
        self.small = {"config.json": _CONFIG}
        self.sent = dict(self.large | self.small)
        """What really goes over the line."""
        self.requests: list[str] = []
        self.ranges: list[str] = []
        self.cut_after: int | None = None
        """Break the next download after so many bytes."""

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""

    def do_HEAD(self) -> None:
        self._answer(with_body=False)

    def do_GET(self) -> None:
        self._answer(with_body=True)

    def _answer(self, with_body: bool) -> None:
        hub = self.server
        assert isinstance(hub, LocalHub)
        hub.requests.append(f"{self.command} {self.path}")
        path = unquote(self.path)
        if path.startswith("/store/"):
            self._send_file(hub, hub.sent[path.removeprefix("/store/")], with_body, {})
            return
        repo, _, rest = path[1:].partition("/resolve/")
        revision, _, name = rest.partition("/")
        if repo != _REPO:
            self._refuse("RepoNotFound")
        elif revision not in ("main", _COMMIT):
            self._refuse("RevisionNotFound")
        elif name in hub.large:
            self._send_elsewhere(hub, name)
        elif name in hub.small:
            content = hub.small[name]
            git_hash = hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()
            self._send_file(hub, hub.sent[name], with_body, {"ETag": f'"{git_hash}"'})
        else:
            self._refuse("EntryNotFound")

    def _refuse(self, code: str) -> None:
        self.send_response(404)
        self.send_header("X-Error-Code", code)
        self.send_header("X-Repo-Commit", _COMMIT)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _send_elsewhere(self, hub: LocalHub, name: str) -> None:
        self.send_response(302)
        self.send_header("Location", f"http://localhost:{hub.port}/store/{name}")
        self.send_header("X-Repo-Commit", _COMMIT)
        self.send_header("X-Linked-Etag", f'"{hashlib.sha256(hub.large[name]).hexdigest()}"')
        self.send_header("X-Linked-Size", str(len(hub.large[name])))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _send_file(
        self, hub: LocalHub, content: bytes, with_body: bool, headers: dict[str, str]
    ) -> None:
        start = 0
        if asked := self.headers.get("Range"):
            hub.ranges.append(asked)
            start = int(asked.removeprefix("bytes=").partition("-")[0])
        self.send_response(206 if asked else 200)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("X-Repo-Commit", _COMMIT)
        self.send_header("Content-Length", str(len(content) - start))
        if asked:
            last = len(content) - 1
            self.send_header("Content-Range", f"bytes {start}-{last}/{len(content)}")
        self.end_headers()
        if with_body and hub.cut_after is not None:
            self.wfile.write(content[: hub.cut_after])
            hub.cut_after = None
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
        elif with_body:
            self.wfile.write(content[start:])


@pytest.fixture
def hub() -> Iterator[LocalHub]:
    hub = LocalHub()
    thread = Thread(target=hub.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield hub
    finally:
        close_session()
        hub.shutdown()
        thread.join()
        hub.server_close()


def fetch(
    hub: LocalHub,
    folder: Path,
    name: str = "onnx/model.onnx",
    *,
    repo: str = _REPO,
    revision: str = _COMMIT,
    sha256: str | None = None,
    offline: bool = False,
    on_progress: Progress | None = None,
) -> Path:
    return fetch_model_file(
        repo,
        name,
        revision=revision,
        sha256=sha256,
        models_dir=folder,
        offline=offline,
        endpoint=hub.endpoint,
        on_progress=on_progress,
    )


def test_a_model_is_downloaded_once_and_then_kept(hub: LocalHub, tmp_path: Path) -> None:
    path = fetch(hub, tmp_path)
    assert path == tmp_path / "atelier--dress-net" / _COMMIT / "onnx" / "model.onnx"
    assert path.read_bytes() == _MODEL
    assert not path.is_symlink()
    asked = len(hub.requests)
    assert fetch(hub, tmp_path) == path
    assert fetch(hub, tmp_path, offline=True) == path
    assert len(hub.requests) == asked


def test_the_bytes_are_counted_and_nothing_is_printed(
    hub: LocalHub, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    seen: list[tuple[int, int | None]] = []
    fetch(hub, tmp_path, on_progress=lambda done, total: seen.append((done, total)))
    assert seen[-1] == (len(_MODEL), len(_MODEL))
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    assert capfd.readouterr() == ("", "")


def test_a_pinned_model_is_the_pinned_one(hub: LocalHub, tmp_path: Path) -> None:
    path = fetch(hub, tmp_path, revision="main", sha256=_MODEL_SHA256)
    assert path.parent.parent.name == "main"
    assert fetch(hub, tmp_path, revision="main", sha256=_MODEL_SHA256, offline=True) == path


def test_another_model_than_the_pinned_one_is_removed(hub: LocalHub, tmp_path: Path) -> None:
    pinned = "0" * 64
    with pytest.raises(FetchError, match=rf"sha256 {_MODEL_SHA256}, expected {pinned}"):
        fetch(hub, tmp_path, sha256=pinned)
    assert not list(tmp_path.rglob("model.onnx"))
    assert not list(tmp_path.rglob("model.onnx.sha256"))


@pytest.mark.parametrize("name", ["onnx/model.onnx", "config.json"])
def test_content_damaged_on_its_way_is_removed(hub: LocalHub, tmp_path: Path, name: str) -> None:
    right = hub.sent[name]
    hub.sent[name] = b"x" + right[1:]
    with pytest.raises(FetchError, match=r"model atelier/dress-net.*hash|sha256 .*, expected "):
        fetch(hub, tmp_path, name)
    assert not list(tmp_path.rglob(Path(name).name))
    hub.sent[name] = right
    assert fetch(hub, tmp_path, name).read_bytes() == right


def test_a_kept_file_that_was_damaged_is_downloaded_again(hub: LocalHub, tmp_path: Path) -> None:
    path = fetch(hub, tmp_path)
    path.write_bytes(_MODEL[:-1] + b"x")
    with pytest.raises(FetchError, match="offline"):
        fetch(hub, tmp_path, offline=True)
    assert fetch(hub, tmp_path).read_bytes() == _MODEL


def test_a_broken_download_goes_on_where_it_stopped(hub: LocalHub, tmp_path: Path) -> None:
    large = bytes(range(256)) * 90_000  # the library writes pieces of 10 MB
    hub.large["onnx/model.onnx"] = hub.sent["onnx/model.onnx"] = large
    hub.cut_after = 15_000_000
    seen: list[int] = []
    path = fetch(hub, tmp_path, on_progress=lambda done, total: seen.append(done))
    assert path.read_bytes() == large
    assert hub.ranges == [f"bytes={seen[0]}-"]
    assert seen[0] > 0
    assert seen[-1] == len(large)


def test_offline_without_the_file_says_what_to_do(hub: LocalHub, tmp_path: Path) -> None:
    with pytest.raises(FetchError, match=r"offline: leave out --offline.*--encoder PATH"):
        fetch(hub, tmp_path, offline=True)
    assert hub.requests == []


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"repo": "atelier/hat-net"}, "there is no such model, or it is private"),
        ({"revision": "v9"}, "no revision 'v9'"),
        ({"name": "other.onnx"}, "the model has no such file"),
    ],
)
def test_what_the_hub_does_not_have(
    hub: LocalHub, tmp_path: Path, wrong: dict[str, str], message: str
) -> None:
    with pytest.raises(FetchError, match=message) as caught:
        fetch(hub, tmp_path, **wrong)  # pyright: ignore[reportArgumentType]
    assert "\n" not in str(caught.value)
    assert "--encoder PATH" in str(caught.value)


def test_a_hub_that_cannot_be_reached_is_one_clear_line(tmp_path: Path) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        endpoint = f"http://127.0.0.1:{unused.getsockname()[1]}"
        with pytest.raises(FetchError, match=rf"cannot download .* from {endpoint}: ") as caught:
            fetch_model_file(
                _REPO,
                "onnx/model.onnx",
                revision=_COMMIT,
                sha256=None,
                models_dir=tmp_path,
                endpoint=endpoint,
            )
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "name", ["model.pt", "model.pkl", "pytorch_model.bin", "model.py", "model"]
)
def test_files_that_can_run_code_are_refused(hub: LocalHub, tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigurationError, match=r"is refused: only \.onnx"):
        fetch(hub, tmp_path, name)
    assert hub.requests == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "../model.onnx"},
        {"name": "/etc/model.onnx"},
        {"name": "a\\..\\model.onnx"},
        {"name": "C:/model.onnx"},
        {"name": "a//model.onnx"},
        {"repo": "../../atelier"},
        {"repo": "atelier/dress net"},
        {"revision": "refs/../main"},
        {"revision": ""},
    ],
)
def test_names_that_leave_the_folder_are_refused(
    hub: LocalHub, tmp_path: Path, wrong: dict[str, str]
) -> None:
    with pytest.raises(ConfigurationError, match="accepted are letters, digits"):
        fetch(hub, tmp_path, **wrong)  # pyright: ignore[reportArgumentType]
    assert hub.requests == []
