"""The API's description as one page that loads nothing: no script, no other host."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from vitrine.types import Json

_METHODS = ("get", "post", "put", "delete")


@cache
def _style() -> str:
    loader = PackageLoader("vitrine.serve", "pages")
    return loader.get_source(Environment(), "manual.css")[0]


def content_policy() -> str:
    """Nothing may be loaded or run; the page's own style is known by its hash."""
    digest = base64.b64encode(hashlib.sha256(_style().encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


def render_manual(description: Json) -> str:
    """The page, from an OpenAPI document; every text in it is escaped."""
    environment = Environment(
        loader=PackageLoader("vitrine.serve", "pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["type_of"] = type_of
    return environment.get_template("manual.html.jinja").render(
        about=description,
        groups=_by_tag(description),
        schemas=description["components"]["schemas"],
        problems=description["x-problems"],
        style=Markup(_style()),
        as_json=_as_json,
    )


def type_of(schema: Json) -> str:
    """A schema in a few words.

    Example:
        >>> type_of({"type": "array", "items": {"$ref": "#/components/schemas/Hit"}})
        'list of Hit'
        >>> type_of({"anyOf": [{"type": "string"}, {"type": "null"}]})
        'string or null'
    """
    if "$ref" in schema:
        return str(schema["$ref"]).rsplit("/", 1)[-1]
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(type_of(each) for each in schema["anyOf"]))
    if schema.get("type") == "array":
        return f"list of {type_of(schema.get('items', {}))}"
    if schema.get("format") == "binary":
        return "file"
    return str(schema.get("type", "anything"))


def _as_json(value: object) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)


def _by_tag(description: Json) -> dict[str, list[Json]]:
    groups: dict[str, list[Json]] = {}
    for operation in _operations(description):
        groups.setdefault(operation["tags"][0], []).append(operation)
    return groups


def _operations(description: Json) -> Iterator[Json]:
    paths: dict[str, dict[str, Any]] = description["paths"]
    for path, methods in paths.items():
        for method in _METHODS:
            if method in methods:
                shown = {"parameters": [], "requestBody": {"content": {}}, "description": ""}
                yield {**shown, **methods[method], "path": path, "method": method.upper()}
