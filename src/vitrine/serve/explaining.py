"""`POST /v1/explain`: why one product is a hit, place by place."""

from __future__ import annotations

from functools import partial

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse

from vitrine.search import query_of
from vitrine.serve.access import ServiceHere, caller_of
from vitrine.serve.answers import ExplainAnswer
from vitrine.serve.describing import form_or_json
from vitrine.serve.questions import ExplainQuestion
from vitrine.serve.searching import Body, photo_and_query, query_and_photo
from vitrine.serve.service import Service
from vitrine.serve.strict_json import parse_json
from vitrine.types import Json

router = APIRouter(prefix="/v1", tags=["search"], dependencies=[Depends(caller_of)])


@router.post(
    "/explain",
    summary="Say why a product was found, place by place",
    responses={200: {"model": ExplainAnswer}},
    openapi_extra=form_or_json(
        ExplainQuestion,
        {
            "a hit of a liked product": {"like": ["D0040"], "product_id": "D0084"},
            "a hit of words": {"text": "striped shirt", "product_id": "D0032"},
        },
        {"product_id": "D0032"},
    ),
)
async def explain(service: ServiceHere, body: Body) -> JSONResponse:
    """Split the likeness of the query and one of its hits over the places of both photos.

    Ask as for a search, JSON or a form with the photo, and name the hit in `product_id`. Where the
    shop's encoder has no cells, `maps` is null and `no_maps` says so; `why` is there in any case.
    """
    photo, query = await photo_and_query(service, body)
    asked = parse_json(query, ExplainQuestion)
    return JSONResponse(await service.searches.run(partial(_answer, service, asked, photo)))


def _answer(service: Service, asked: ExplainQuestion, photo: bytes) -> Json:
    """Runs on a thread of the searches' lane."""
    query = query_of(**query_and_photo(service, asked, photo))
    return service.shop.explain(asked.product_id, query).to_json()
