"""In a flood, searches that nobody could do are sent away before anything is looked at."""

from __future__ import annotations

import asyncio

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from vitrine.serve.envelope import request_id_of
from vitrine.serve.lanes import Lane
from vitrine.serve.metrics import Metrics
from vitrine.serve.problems import respond

_DRAIN_S = 5.0


class FloodGate:
    """Answers 503 at once where the lane of searches is full: no route, no key, no body is read.

    Args:
        app: what answers otherwise.
        lane: of the searches.
        metrics: where refusals are counted.
        max_bytes: how much of a body is passed over, so that its sender gets to reading.
    """

    def __init__(self, app: ASGIApp, lane: Lane, metrics: Metrics, max_bytes: int) -> None:
        self._app = app
        self._lane = lane
        self._metrics = metrics
        self._max_bytes = max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request through, or send it away."""
        if not (self._lane.is_full and _is_search(scope)):
            await self._app(scope, receive, send)
            return
        refusal = self._lane.refusal()
        self._metrics.refused(refusal.code)
        await self._pass_over(receive)
        await respond(refusal, request_id_of(scope))(scope, receive, send)

    async def _pass_over(self, receive: Receive) -> None:
        n_left = self._max_bytes
        try:
            async with asyncio.timeout(_DRAIN_S):
                while n_left > 0:
                    message = await receive()
                    n_left -= len(message.get("body", b""))
                    if not message.get("more_body", False):
                        return
        except TimeoutError:  # whoever sends this slowly is cut off
            return


def _is_search(scope: Scope) -> bool:
    """Whether the lane of searches is where this goes: words, or a photo that a visitor sends."""
    if scope["type"] != "http" or scope["method"] != "POST":
        return False
    path = scope["path"]
    if path == "/v1/search":
        return True
    sends_form = Headers(scope=scope).get("content-type", "").startswith("multipart/")
    return sends_form and path.startswith("/v1/") and not path.startswith("/v1/imports")
