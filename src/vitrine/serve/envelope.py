"""Around every request: its id, its line in the log, its figures, and the last safety net."""

from __future__ import annotations

import logging
import re
import time
import uuid
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from vitrine.serve.metrics import Metrics
from vitrine.serve.problems import Problem, respond

log = logging.getLogger("vitrine.serve")

_GOOD_ID = re.compile(r"[A-Za-z0-9._\-]{1,64}")
_CLIENT_WENT = 499
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
}


class Envelope:
    """Gives every request an id, logs it without what it asked, and counts it.

    Args:
        app: what answers.
        metrics: where it is counted.
    """

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, whatever happens inside."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        request_id = _chosen_id(Headers(scope=scope).get("x-request-id", ""))
        scope.setdefault("state", {})["request_id"] = request_id
        status = 0

        async def stamped(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["X-Request-ID"] = request_id
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        try:
            await self._app(scope, receive, stamped)
        except ClientDisconnect:
            status = _CLIENT_WENT
        except Exception:
            log.exception("request %s broke", request_id)
            if not status:
                problem = Problem("internal", "the server's log says more under this request_id")
                self._metrics.refused(problem.code)
                await respond(problem, request_id)(scope, receive, stamped)
        finally:
            self._note(scope, status, time.perf_counter() - started, request_id)

    def _note(self, scope: Scope, status: int, took_s: float, request_id: str) -> None:
        route = _route(scope)
        self._metrics.answered(scope["method"], route, status, took_s)
        took_ms = took_s * 1000
        log.info("%s %s %d %.1f ms %s", scope["method"], route, status, took_ms, request_id)


def request_id_of(scope: Scope) -> str:
    """The id that was given to this request."""
    return str(scope["state"]["request_id"])


def _chosen_id(given: str) -> str:
    return given if _GOOD_ID.fullmatch(given) else uuid.uuid4().hex


def _route(scope: Scope) -> str:
    """The path as the table of routes writes it, so that no product's id is in the figures."""
    route: Any = scope.get("route")
    return str(getattr(route, "path", "other"))
