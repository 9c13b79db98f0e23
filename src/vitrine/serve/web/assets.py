"""Our own styles and scripts, under addresses that change whenever they do."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from fastapi import APIRouter
from fastapi.responses import Response

from vitrine.serve.problems import Problem

router = APIRouter(prefix="/static")

_TYPES = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
}
_FOREVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class Assets:
    """All files of the folder `static`, and one version for all, since they import each other."""

    version: str
    files: Mapping[str, bytes]


@cache
def assets() -> Assets:
    """Read the folder once."""
    found = dict(sorted(_files(files("vitrine.serve.web").joinpath("static"))))
    digest = hashlib.sha256()
    for name, data in found.items():
        digest.update(f"{name}\0{len(data)}\0".encode() + data)
    return Assets(digest.hexdigest()[:16], found)


def static(name: str) -> str:
    """Address of one of our files.

    Raises:
        KeyError: there is no such file.
    """
    known = assets()
    if name not in known.files:
        raise KeyError(f"no file is called {name!r} in static; known: {', '.join(known.files)}")
    return f"/static/{known.version}/{name}"


@router.get("/{version}/{name:path}")
async def asset(version: str, name: str) -> Response:
    """Give a style or a script; a page of an older release gets today's, and keeps it not."""
    known = assets()
    if name not in known.files:
        raise Problem("not_found", "no such file")
    kept = _FOREVER if version == known.version else "no-cache"
    kind = _TYPES[name.rpartition(".")[2]]
    return Response(known.files[name], media_type=kind, headers={"Cache-Control": kept})


def _files(folder: Traversable, prefix: str = "") -> Iterator[tuple[str, bytes]]:
    for entry in folder.iterdir():
        name = prefix + entry.name
        if entry.is_dir():
            yield from _files(entry, f"{name}/")
        elif entry.name.rpartition(".")[2] in _TYPES:
            yield name, entry.read_bytes()
