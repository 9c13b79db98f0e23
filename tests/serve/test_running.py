"""The command in a process of its own."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.serve.serving import draw, until
from tests.serve.test_overload import heavy_photo

from vitrine.errors import ConfigurationError
from vitrine.serve import create_key, open_service, run_server
from vitrine.serve.running import check_open
from vitrine.settings import Settings
from vitrine.store import open_sqlite

SECRET = "a-very-private-wish"


def command(shop: Path, *arguments: object) -> list[str]:
    given = ("serve", "--shop", shop, "--threads", 1, *arguments)
    return [sys.executable, "-m", "vitrine", *map(str, given)]


@contextmanager
def started(shop: Path, *arguments: object) -> Generator[tuple[subprocess.Popen[str], str]]:
    """A server process and its address; killed if the test did not stop it."""
    words = command(shop, "--port", 0, "--rate", 0, "--json", *arguments)
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout
    try:
        line = process.stdout.readline()
        assert line, process.stderr and process.stderr.read()
        yield process, json.loads(line)["url"]
    finally:
        if process.poll() is None:
            process.kill()
            process.communicate()


@pytest.mark.skipif(sys.platform == "win32", reason="signals are sent another way on Windows")
def test_what_runs_is_finished_before_the_end(shop: Path) -> None:
    photo = heavy_photo(1200)
    with started(shop) as (process, url), ThreadPoolExecutor(1) as client:
        running = client.submit(
            httpx.post, f"{url}/v1/search", files={"photo": photo}, timeout=30, trust_env=False
        )
        until(lambda: "searches_inside 1.0" in httpx.get(f"{url}/metrics", trust_env=False).text)
        process.send_signal(signal.SIGTERM)
        assert running.result().status_code == 200
        _, said = process.communicate(timeout=20)
    assert process.returncode == 0
    assert said.splitlines()[-1] == "stopped"
    assert "Traceback" not in said
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{url}/livez", trust_env=False)


@pytest.mark.skipif(sys.platform == "win32", reason="signals are sent another way on Windows")
def test_the_log_tells_nothing_of_what_was_asked(shop: Path) -> None:
    with started(shop) as (process, url), httpx.Client(base_url=url, trust_env=False) as client:
        client.post("/v1/search", json={"text": SECRET})
        client.get("/v1/products/p1/similar", params={"where": f"brand={SECRET}"})
        client.get("/v1/products/p1", headers={"Authorization": f"Bearer {SECRET}"})
        client.post("/v1/search", files={"photo": (f"{SECRET}.png", draw(1))})
        client.get(f"/{SECRET}", headers={"X-Request-ID": "mine"})
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=20)
    assert process.returncode == 0
    assert SECRET not in said
    assert "POST /v1/search 200" in said
    assert "GET other 404" in said
    assert " mine\n" in said


def own_settings(tmp_path: Path, **settings: Any) -> Settings:
    return Settings(threads=1, models_dir=tmp_path / "models", **settings)


def test_strangers_are_kept_out_before_anything_listens(shop: Path, tmp_path: Path) -> None:
    with open_service(shop, own_settings(tmp_path, serve_host="0.0.0.0")) as service:
        with pytest.raises(ConfigurationError, match="no key: make one with `vitrine keys create"):
            run_server(service, pytest.fail)
        store = open_sqlite(shop)
        create_key(store, "search")
        store.close()
        service.keys._read_at = -1e9  # pyright: ignore[reportPrivateUsage]
        check_open(service)


def test_a_port_that_is_taken(
    shop: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with (
            open_service(shop, own_settings(tmp_path, serve_port=port)) as service,
            pytest.raises(ConfigurationError, match=f"cannot listen on 127.0.0.1 port {port}"),
        ):
            run_server(service, pytest.fail)
    assert capsys.readouterr().err == ""
