"""`/`: the shop's front window."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from vitrine.serve.web.rendering import render
from vitrine.serve.web.visitors import visitor_of

router = APIRouter(dependencies=[Depends(visitor_of)])


@router.get("/")
async def home(request: Request) -> Response:
    """Show what is new, and the ways in."""
    return render(request, "home.html.jinja")
