"""`/embed.js`: our ES modules and their style as one, so that a page asks once."""

from __future__ import annotations

import hashlib
import json
import re
from functools import cache
from importlib.resources import files

PATH = "/embed.js"
"""Holds nothing of the shop: pages of any origin may load it."""

_PARTS = ("asking", "noting", "cards", "element", "similar", "photos", "photo-search", "defining")
_IMPORT = re.compile(r'^import .* from "\./.*";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export ", re.MULTILINE)


@cache
def script() -> bytes:
    """The whole module; no two parts declare the same name."""
    folder = files("vitrine.serve.embed").joinpath("parts")
    style = json.dumps(folder.joinpath("embed.css").read_text("utf-8"))
    sources = [folder.joinpath(f"{part}.js").read_text("utf-8") for part in _PARTS]
    joined = "\n".join(_EXPORT.sub("", _IMPORT.sub("", source)).strip() for source in sources)
    return joined.replace('"@@embed.css@@"', style).encode() + b"\n"


@cache
def digest() -> str:
    """Changes whenever the module does; 16 hexadecimal digits."""
    return hashlib.sha256(script()).hexdigest()[:16]
