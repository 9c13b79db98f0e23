"""The pages of a shop, in the same process as the API."""

from __future__ import annotations

from fastapi import APIRouter, FastAPI

from vitrine.serve.service import Service
from vitrine.serve.web import assets, home
from vitrine.serve.web.visitors import error_page, wants_page

__all__ = ["error_page", "furnish", "routers", "wants_page"]

routers: tuple[APIRouter, ...] = (assets.router, home.router)
"""Every page that visitors, merchandisers and other sites' pages are given."""


def furnish(app: FastAPI, service: Service) -> None:
    """Add the pages to an app, unless the setting `serve_web` is off."""
    if service.settings.serve_web == "off":
        return
    for router in routers:
        app.include_router(router, include_in_schema=False)
