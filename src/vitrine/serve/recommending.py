"""`POST /v1/recommendations`."""

from __future__ import annotations

import hashlib
import json
from functools import partial

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from vitrine.errors import QueryError
from vitrine.serve.access import ServiceHere, caller_of
from vitrine.serve.answers import HitOut
from vitrine.serve.cursors import cursor_for, offset_of
from vitrine.serve.describing import json_body
from vitrine.serve.products import public_hit
from vitrine.serve.recommendation_questions import RecommendationsQuestion
from vitrine.serve.searching import Body
from vitrine.serve.service import Service
from vitrine.serve.strict_json import parse_json
from vitrine.types import Json

router = APIRouter(prefix="/v1", tags=["recommendations"], dependencies=[Depends(caller_of)])

_MOST_BYTES = 256 * 1024
_DEEPEST = 1000


class RecommendationsAnswer(BaseModel):
    """One page of recommendations, best first."""

    model_config = ConfigDict(extra="forbid")

    strategy: str = Field(
        description="popular, like, session or history for `for-you`; else the kind."
    )
    ranked_by: str = Field(description="`ranker` where one was trained, `blend`, or the kind.")
    hits: list[HitOut] = Field(
        description="`why` has `because`, `product_ids` (of the visitor) and `text`."
    )
    took_ms: float
    next_cursor: str | None
    notes: list[str] | None = None


@router.post(
    "/recommendations",
    summary="Recommend products to a visitor",
    responses={200: {"model": RecommendationsAnswer}},
    openapi_extra=json_body(
        RecommendationsQuestion,
        {
            "for a visitor": {"visitor_id": "ann", "where": "gender=women price<80", "k": 12},
            "after one like": {"like": ["D0040"], "k": 6},
            "bought with it": {"kind": "bought-together", "like": ["D0040"], "k": 4},
        },
    ),
)
async def recommendations(service: ServiceHere, body: Body) -> JSONResponse:
    """Recommend products to a visitor, known or not; each hit says why it is there.

    What the visitor did a moment ago counts already. All k hits come back if k products match the
    filter. Whoever may search may ask for any visitor: let visitor ids be hard to guess.
    """
    asked = parse_json(await body.read_json(_MOST_BYTES) or b"{}", RecommendationsQuestion)
    return JSONResponse(await service.searches.run(partial(_answer, service, asked)))


def _answer(service: Service, asked: RecommendationsQuestion) -> Json:
    """One page; runs on a thread of the searches' lane."""
    said = asked.model_dump(exclude={"cursor"})
    mark = hashlib.sha256(json.dumps(said, sort_keys=True).encode()).digest()
    first = 0 if asked.cursor is None else offset_of(asked.cursor, mark)
    last = first + asked.k
    if last > _DEEPEST:
        raise QueryError(f"only the first {_DEEPEST} hits can be asked for; narrow the filter")
    visitor = said.pop("visitor_id")
    said["k"] = min(asked.k + 1, _DEEPEST - first)  # one more tells whether there is another page
    found = service.shop.recommend(visitor=visitor, offset=first, **said)
    shown = found.to_json()
    shown["hits"] = [public_hit(hit) for hit in found.hits[: asked.k]]
    more = len(found.hits) > asked.k
    return shown | {"next_cursor": cursor_for(last, mark) if more else None}
