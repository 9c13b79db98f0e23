"""The HTTP API: a shop behind FastAPI, for other programs and for the web app."""

from __future__ import annotations

from vitrine.serve.app import create_app
from vitrine.serve.keys import create_key, revoke_key
from vitrine.serve.running import answered_once, make_server, run_server
from vitrine.serve.service import Service, open_service

__all__ = [
    "Service",
    "answered_once",
    "create_app",
    "create_key",
    "make_server",
    "open_service",
    "revoke_key",
    "run_server",
]
