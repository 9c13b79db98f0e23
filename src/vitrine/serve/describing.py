"""The API's own description (OpenAPI), completed where bodies are read by us."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, cast

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from vitrine.serve.answers import ProblemAnswer
from vitrine.serve.event_questions import EventBatch, EventQuestion
from vitrine.serve.outfit_questions import JudgeQuestion, OutfitsQuestion
from vitrine.serve.problems import KINDS, MEDIA_TYPE
from vitrine.serve.questions import Batch, ExplainQuestion, FeedQuestion, SearchQuestion
from vitrine.serve.recommendation_questions import RecommendationsQuestion
from vitrine.serve.style_questions import DecisionQuestion, LabelsQuestion
from vitrine.types import Json

_BODIES: tuple[type[BaseModel], ...] = (
    *(SearchQuestion, ExplainQuestion, Batch, FeedQuestion),
    *(OutfitsQuestion, JudgeQuestion, RecommendationsQuestion),
    *(EventQuestion, EventBatch, DecisionQuestion, LabelsQuestion),
)
_REF = "#/components/schemas/{model}"
_PHOTO = {"type": "string", "format": "binary", "description": "JPEG, PNG, WebP, AVIF, GIF, HEIC."}
_OPEN = ("/livez", "/readyz", "/version")

PROBLEM_RESPONSES: dict[int | str, dict[str, Any]] = {
    "default": {
        "description": "Anything that went wrong, with a stable `code`.",
        "content": {MEDIA_TYPE: {"schema": {"$ref": _REF.format(model="ProblemAnswer")}}},
    }
}
"""For every route."""

_ABOUT = """Visual search for fashion: find products by photo, by words, by products like them.

Send a key as `Authorization: Bearer KEY`. Without any key in the shop, only programs on the same
computer are served. Every answer carries `X-Request-ID`, yours if you send one.
"""


def json_body(model: type[BaseModel], examples: Mapping[str, object]) -> Json:
    """Describe a body of JSON."""
    return {
        "requestBody": {"required": True, "content": {"application/json": _json(model, examples)}}
    }


def form_or_json(
    model: type[BaseModel],
    examples: Mapping[str, object],
    beside_photo: Mapping[str, object] | None = None,
) -> Json:
    """Describe a body of JSON, or of a form with a photo and the same JSON.

    Args:
        model: of the JSON.
        examples: name -> an example of it.
        beside_photo: an example of it beside a photo; given, the form needs it.
    """
    described = json_body(model, examples)
    described["requestBody"]["content"]["multipart/form-data"] = {
        "schema": {
            "type": "object",
            "properties": {
                "photo": _PHOTO,
                "query": {
                    "type": "string",
                    "description": "The JSON object of `application/json`, as text.",
                    "example": json.dumps(beside_photo or {"k": 5, "where": {"gender": "women"}}),
                },
            },
            "required": ["photo", "query"] if beside_photo else ["photo"],
            "additionalProperties": False,
        }
    }
    return described


def file_or_json(model: type[BaseModel], examples: Mapping[str, object]) -> Json:
    """Describe a body of JSON, or of a form with a file and options as JSON."""
    described = json_body(model, examples)
    described["requestBody"]["content"]["multipart/form-data"] = {
        "schema": {
            "type": "object",
            "properties": {
                "file": {
                    "type": "string",
                    "format": "binary",
                    "description": "CSV, TSV, JSON lines, XML, Parquet, or a ZIP of one of them.",
                },
                "options": {
                    "type": "string",
                    "description": "The JSON object of `application/json` without `url`, as text.",
                    "example": '{"prune": true}',
                },
            },
            "required": ["file"],
            "additionalProperties": False,
        }
    }
    return described


def photo_form() -> Json:
    """Describe a form with a photo alone."""
    schema = {
        "type": "object",
        "properties": {"photo": _PHOTO},
        "required": ["photo"],
        "additionalProperties": False,
    }
    return {
        "requestBody": {"required": True, "content": {"multipart/form-data": {"schema": schema}}}
    }


def describe(app: FastAPI) -> Json:
    """The whole description, made once."""
    if app.openapi_schema is None:
        described = get_openapi(
            title=app.title, version=app.version, description=_ABOUT, routes=app.routes
        )
        _, extra = models_json_schema(
            [(model, "validation") for model in (*_BODIES, ProblemAnswer)],
            ref_template=_REF,
        )
        components: Json = described.setdefault("components", {})
        components.setdefault("schemas", {}).update(extra["$defs"])
        components["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer"}}
        described["security"] = [{"key": []}]
        for path in _OPEN:
            for operation in cast("Json", described["paths"][path]).values():
                operation["security"] = []
        described["x-problems"] = {
            code: {"status": kind.status, "title": kind.title} for code, kind in KINDS.items()
        }
        app.openapi_schema = described
    return app.openapi_schema


def _json(model: type[BaseModel], examples: Mapping[str, object]) -> Json:
    return {
        "schema": {"$ref": _REF.format(model=model.__name__)},
        "examples": {name: {"value": value} for name, value in examples.items()},
    }
