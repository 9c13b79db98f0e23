"""Figures for Prometheus, in a registry of their own."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    generate_latest,
)

from vitrine import __version__

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """Counts what the server does; every label has few values, whatever clients send.

    Args:
        gauges: name of a lane or thing -> its size now, asked when somebody looks.
    """

    def __init__(self, gauges: Mapping[str, Callable[[], float]]) -> None:
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self._requests = Counter(
            "vitrine_requests",
            "Requests answered.",
            ("method", "route", "status"),
            registry=self._registry,
        )
        self._seconds = Histogram(
            "vitrine_request_seconds",
            "Time from a request's first byte to its answer's last.",
            ("route",),
            buckets=_SECONDS,
            registry=self._registry,
        )
        self._problems = Counter(
            "vitrine_problems", "Problems answered.", ("code",), registry=self._registry
        )
        about = Gauge("vitrine_info", "What runs here.", ("version",), registry=self._registry)
        about.labels(__version__).set(1)
        for name, size in gauges.items():
            gauge = Gauge(f"vitrine_{name}", _MEANINGS[name], registry=self._registry)
            gauge.set_function(size)

    def answered(self, method: str, route: str, status: int, took_s: float) -> None:
        """Count one request."""
        self._requests.labels(method if method in _METHODS else "other", route, str(status)).inc()
        self._seconds.labels(route).observe(took_s)

    def refused(self, code: str) -> None:
        """Count one problem."""
        self._problems.labels(code).inc()

    def text(self) -> bytes:
        """All of it in the text format 0.0.4."""
        return generate_latest(self._registry)


_MEANINGS = {
    "searches_inside": "Searches that run or wait.",
    "searches_allowed": "Searches that may run or wait; one more is answered 503.",
    "reads_inside": "Small reads that run or wait.",
    "writes_inside": "Imports over HTTP that run or wait.",
    "events_inside": "Batches of events that are kept or wait for it.",
    "bodies_bytes": "Bytes of requests' bodies in memory.",
    "ready": "Whether the model and the index answered the last probe.",
    "products": "Products in the shop, at the last probe.",
}
