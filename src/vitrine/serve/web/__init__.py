"""The pages of a shop, in the same process as the API."""

from __future__ import annotations

from fastapi import APIRouter, FastAPI

from vitrine.serve.service import Service
from vitrine.serve.web import (
    assets,
    desk,
    for_you,
    home,
    liking,
    offers,
    outfit_boards,
    own_data,
    own_style,
    pictures,
    product_pages,
    searching,
    seeing,
    style_map_pages,
    style_pages,
    trend_pages,
    uploading,
    why,
)
from vitrine.serve.web.shelf import PhotoShelf
from vitrine.serve.web.visitors import error_page, wants_page

__all__ = ["error_page", "furnish", "routers", "wants_page"]

routers: tuple[APIRouter, ...] = (
    assets.router,
    desk.router,
    home.router,
    for_you.router,
    liking.router,
    offers.router,
    outfit_boards.router,
    seeing.router,
    own_data.router,
    own_style.router,
    style_map_pages.router,  # before styles, whose ids come after the same path
    trend_pages.router,
    style_pages.router,
    searching.router,
    uploading.router,
    why.router,
    pictures.router,  # before products, whose ids may hold slashes
    product_pages.router,
)
"""Every page that visitors, merchandisers and other sites' pages are given."""


def furnish(app: FastAPI, service: Service) -> None:
    """Add the pages to an app, unless the setting `serve_web` is off."""
    settings = service.settings
    if settings.serve_web == "off":
        return
    app.state.photos = PhotoShelf(
        settings.serve_photo_kept_s, int(settings.serve_photos_mb * 2**20)
    )
    for router in routers:
        app.include_router(router, include_in_schema=False)
