"""Run the app until somebody stops it."""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import uvicorn

from vitrine.errors import ConfigurationError
from vitrine.serve.access import is_loopback
from vitrine.serve.app import create_app

if TYPE_CHECKING:
    import socket

    from vitrine.serve.service import Service


_START_TIMEOUT_S = 30.0
_KEEP_ALIVE_S = 75
"""Longer than proxies keep a connection (60 s), so that none is closed as they send on it."""


class _Server(uvicorn.Server):
    """Stops as told and returns; uvicorn would then raise the signal a second time."""

    def __init__(
        self, config: uvicorn.Config, on_start: Callable[[str], None], on_stop: Callable[[], None]
    ) -> None:
        super().__init__(config)
        self._on_stop = on_stop
        self._on_start = on_start

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        """Take Ctrl-C and a service manager's request as the wish to stop."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        wishes = (signal.SIGINT, signal.SIGTERM)
        before = {wish: signal.signal(wish, self.handle_exit) for wish in wishes}
        try:
            yield
        finally:
            for wish, handler in before.items():
                signal.signal(wish, handler)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Tell the service first, so that no stream keeps the server waiting."""
        self._on_stop()
        await super().shutdown(sockets)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, then say where."""
        await super().startup(sockets)
        if not self.should_exit:
            self._on_start(f"http://{_shown_address(self)}")


def make_server(service: Service, on_start: Callable[[str], None]) -> uvicorn.Server:
    """A server that is not running yet.

    Args:
        service: what is served, under the host and port of its settings.
        on_start: called with the address once it listens.
    """
    settings = service.settings
    proxies = list(settings.serve_trust_proxies)
    config = uvicorn.Config(
        create_app(service),
        host=settings.serve_host,
        port=settings.serve_port,
        log_config=None,
        access_log=False,
        server_header=False,
        ws="none",
        timeout_keep_alive=_KEEP_ALIVE_S,
        proxy_headers=bool(proxies),
        forwarded_allow_ips=proxies,
        timeout_graceful_shutdown=settings.serve_stop_timeout_s,
    )
    return _Server(config, on_start, service.stop)


def run_server(
    service: Service, on_start: Callable[[str], None], *, log_requests: bool = True
) -> None:
    """Serve until Ctrl-C or a request to end; what runs then is finished first.

    Args:
        service: what is served.
        on_start: called with the address once the server listens.
        log_requests: one line for each on stderr; warnings and errors are there in any case.

    Raises:
        ConfigurationError: strangers could come in without a key, or the port is taken.
    """
    check_open(service)
    server = make_server(service, on_start)
    with _logging_to_stderr(logging.INFO if log_requests else logging.WARNING):
        try:
            server.run()
        except SystemExit as error:  # uvicorn's way to say that it cannot listen
            settings = service.settings
            raise ConfigurationError(
                f"cannot listen on {settings.serve_host} port {settings.serve_port}: "
                "is another server there? Give --port, or 0 for any free one"
            ) from error


def answered_once(service: Service, path: str) -> str:
    """Serve on a thread until one page was answered; the address at which it was.

    Args:
        service: what is served.
        path: of the page.

    Raises:
        ConfigurationError: the port is taken, or the page was not answered as it should be.
    """
    import httpx

    started = threading.Event()
    urls: list[str] = []

    def announce(url: str) -> None:
        urls.append(url)
        started.set()

    server = make_server(service, announce)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        if not started.wait(_START_TIMEOUT_S):
            raise ConfigurationError(f"cannot listen on {service.settings.serve_host}")
        answer = httpx.get(urls[0] + path, timeout=_START_TIMEOUT_S, trust_env=False)
        if not answer.is_success:
            raise ConfigurationError(f"{urls[0]}{path} was answered with {answer.status_code}")
        return urls[0]
    finally:
        server.should_exit = True
        thread.join(_START_TIMEOUT_S)


def check_open(service: Service) -> None:
    """Refuse to listen to other computers while no key keeps strangers out.

    Raises:
        ConfigurationError: the shop has no key and the host is not loopback.
    """
    host = service.settings.serve_host
    if not is_loopback(host) and not asyncio.run(service.keys.ever_made()):
        raise ConfigurationError(
            f"{host} can be reached from other computers and this shop has no key: "
            f"make one with `vitrine keys create --shop {service.shop.location}`, "
            "or serve this computer alone with --host 127.0.0.1"
        )


def _shown_address(server: uvicorn.Server) -> str:
    host, port = server.servers[0].sockets[0].getsockname()[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _is_no_taken_port(record: logging.LogRecord) -> bool:
    """Uvicorn logs the bare exception; `run_server` says it in words."""
    return not isinstance(record.msg, OSError)


@contextmanager
def _logging_to_stderr(level: int) -> Generator[None]:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    handler.addFilter(_is_no_taken_port)
    loggers = [logging.getLogger(name) for name in ("vitrine.serve", "uvicorn")]
    before = [(logger, logger.handlers[:], logger.level, logger.propagate) for logger in loggers]
    for logger, least in zip(loggers, (level, logging.WARNING), strict=True):
        logger.handlers[:], logger.propagate = [handler], False
        logger.setLevel(least)
    try:
        yield
    finally:
        for logger, handlers, least, propagate in before:
            logger.handlers[:], logger.propagate = handlers, propagate
            logger.setLevel(least)
