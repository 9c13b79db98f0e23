"""`POST /v1/search` and `GET /v1/products/{id}/similar`."""

from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncGenerator
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import JSONResponse

from vitrine.errors import QueryError
from vitrine.search import Box, query_of
from vitrine.serve.access import ServiceHere, caller_of, service_of
from vitrine.serve.answers import SearchAnswer, TagsAnswer
from vitrine.serve.bodies import BodyReader
from vitrine.serve.cursors import cursor_for, offset_of
from vitrine.serve.describing import form_or_json, photo_form
from vitrine.serve.problems import Problem
from vitrine.serve.products import public_page
from vitrine.serve.questions import DEEPEST_HIT, SearchQuestion, SimilarQuestion
from vitrine.serve.service import Service
from vitrine.serve.strict_json import parse_json
from vitrine.types import Json

router = APIRouter(prefix="/v1", tags=["search"], dependencies=[Depends(caller_of)])

_MOST_QUERY_BYTES = 256 * 1024
_ASKED = set(SearchQuestion.model_fields) - {"cursor", "k"}
_FORM_OVERHEAD_BYTES = 64 * 1024 + _MOST_QUERY_BYTES


async def body_of(request: Request) -> AsyncGenerator[BodyReader]:
    """The request's body, its memory counted until the answer is made."""
    service = service_of(request)
    reader = BodyReader(request, service.bodies, service.settings.serve_upload_timeout_s)
    try:
        yield reader
    finally:
        reader.close()


Body = Annotated[BodyReader, Depends(body_of, scope="function")]


@router.post(
    "/search",
    summary="Search by photo, words and products",
    responses={200: {"model": SearchAnswer}},
    openapi_extra=form_or_json(
        SearchQuestion,
        {
            "words and a filter": {
                "text": "striped shirt",
                "where": {"gender": "women", "price": {"lte": 60}},
                "k": 12,
            },
            "like two products, not like a third": {
                "like": ["D0040", "D0032"],
                "dislike": ["D0005"],
                "where": "colour=white",
                "facets": ["article_type", "price"],
            },
            "like this, but": {"like": ["D0040"], "but": "red, and cheaper", "min_score": 0.2},
        },
    ),
)
async def search(service: ServiceHere, body: Body) -> JSONResponse:
    """Find products by a photo, by words, by products like them, or by several of these.

    Send JSON, or, with a photo, a form (`multipart/form-data`) of two parts: `photo`, the file,
    and `query`, the same JSON as text. The photo is decoded in another process, used, and
    forgotten. All k hits come back if k products match the filter.
    """
    photo, query = await photo_and_query(service, body)
    asked = parse_json(query, SearchQuestion)
    return JSONResponse(await service.searches.run(partial(_answer, service, asked, photo)))


@router.get(
    "/products/{product_id:path}/similar",
    summary="Products like one",
    responses={200: {"model": SearchAnswer}},
)
async def similar(
    service: ServiceHere, product_id: str, asked: Annotated[SimilarQuestion, Query()]
) -> JSONResponse:
    """Find what looks like a product; the product itself is never among the hits."""
    question = SearchQuestion.model_validate({**asked.model_dump(), "like": [product_id]})
    return JSONResponse(await service.searches.run(partial(_answer, service, question, b"")))


@router.post(
    "/tags",
    summary="Name what is on a photo",
    responses={200: {"model": TagsAnswer}},
    openapi_extra=photo_form(),
)
async def tags(service: ServiceHere, body: Body) -> JSONResponse:
    """Say type, colour, and whatever else the shop's encoder sees on a photo, with confidences."""
    photo = await photo_alone(service, body)
    seen = await service.searches.run(partial(service.tag, photo))
    shown = {
        head: {"value": tag.value, "confidence": round(tag.confidence, 4), "unsure": tag.unsure}
        for head, tag in seen.items()
    }
    return JSONResponse({"tags": shown, "encoder": service.encoder.identity.name})


async def photo_and_query(service: Service, body: BodyReader) -> tuple[bytes, bytes]:
    """A question's JSON, and the photo that a form brings with it; empty where it brings none."""
    if not body.is_form:
        return b"", await body.read_json(_MOST_QUERY_BYTES) or b"{}"
    form = await body.read_form(_most_form_bytes(service))
    return form.photo, form.query or b"{}"


async def photo_alone(service: Service, body: BodyReader) -> bytes:
    """The photo of a form that holds nothing else."""
    form = await body.read_form(_most_form_bytes(service))
    if form.query:
        raise Problem("malformed_form", "the form cannot be read: there is no part 'query' here")
    return form.photo


def query_and_photo(service: Service, asked: SearchQuestion, photo: bytes) -> dict[str, Any]:
    """What `query_of` takes, but for the page; the photo is decoded in another process."""
    share = 1.0 if asked.crop is None else Box(*asked.crop).share
    image = service.decode(photo, share) if photo else None
    return {**asked.model_dump(include=_ASKED), "image": image}


def _answer(service: Service, asked: SearchQuestion, photo: bytes) -> Json:
    """One page; runs on a thread of the searches' lane."""
    mark = _mark(asked, photo)
    first = 0 if asked.cursor is None else offset_of(asked.cursor, mark)
    last = first + asked.k
    if last > DEEPEST_HIT:
        raise QueryError(f"only the first {DEEPEST_HIT} hits can be asked for; narrow the search")
    one_more = asked.k + 1  # tells whether there is another page
    query = query_of(offset=first, k=one_more, **query_and_photo(service, asked, photo))
    result = service.shop.answer(query)
    more = len(result) > asked.k and last + asked.k <= DEEPEST_HIT
    page = public_page(result, asked.k)
    return page | {"next_cursor": cursor_for(last, mark) if more else None}


def _mark(asked: SearchQuestion, photo: bytes) -> bytes:
    """What a cursor belongs to."""
    said = json.dumps(asked.model_dump(exclude={"cursor"}), sort_keys=True)
    return hashlib.sha256(photo).digest() + said.encode()


def _most_form_bytes(service: Service) -> int:
    return int(service.settings.serve_upload_mb * 2**20) + _FORM_OVERHEAD_BYTES
