"""Visual search and recommendation for fashion.

`vitrine.build(source, "my.shop")` indexes a catalogue, `vitrine.open("my.shop")` searches it, and
`vitrine.explain_tags("look.jpg")` says what is seen on a photo, and where.
Everything heavy is imported where it is used: `import vitrine` itself loads no numpy.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from vitrine.catalog import Catalogue as Catalogue
    from vitrine.catalog import read_catalogue as read_catalogue
    from vitrine.encoders import load_encoder as load_encoder
    from vitrine.shop import Shop as Shop
    from vitrine.shop import build as build
    from vitrine.shop import explain_tags as explain_tags
    from vitrine.shop import open_shop as open

__version__ = "0.1.0"

_EXPORTS = {
    "Catalogue": "vitrine.catalog:Catalogue",
    "Shop": "vitrine.shop:Shop",
    "build": "vitrine.shop:build",
    "explain_tags": "vitrine.shop:explain_tags",
    "load_encoder": "vitrine.encoders:load_encoder",
    "open": "vitrine.shop:open_shop",
    "read_catalogue": "vitrine.catalog:read_catalogue",
}

__all__ = ["Catalogue", "Shop", "build", "explain_tags", "load_encoder", "open", "read_catalogue"]


def __getattr__(name: str) -> Any:
    """Import a public name on first use."""
    if name not in _EXPORTS:
        raise AttributeError(f"module 'vitrine' has no attribute {name!r}")
    module, attribute = _EXPORTS[name].split(":")
    return getattr(import_module(module), attribute)


def __dir__() -> list[str]:
    return sorted([*globals(), *_EXPORTS])
