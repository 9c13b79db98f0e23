"""`/desk`: the catalogue desk, where a shop's own people look after what it says."""

from __future__ import annotations

from fastapi import APIRouter

from vitrine.serve.web.desk import (
    audience,
    copies,
    entry,
    imports,
    labelling,
    naming,
    overview,
    photos,
    reviewing,
)

__all__ = ["router"]

router = APIRouter()
for room in (entry, overview, imports, reviewing, copies, audience, naming, labelling, photos):
    router.include_router(room.router)
