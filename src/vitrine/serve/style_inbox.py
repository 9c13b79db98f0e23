"""`/v1/styles/novel`: styles that were not there before, and what people decide about them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from vitrine.errors import UsageError
from vitrine.serve.access import ServiceHere, admin_of, caller_of
from vitrine.serve.describing import json_body
from vitrine.serve.problems import Problem
from vitrine.serve.searching import Body
from vitrine.serve.service import Service
from vitrine.serve.strict_json import parse_json
from vitrine.serve.style_questions import DecisionQuestion
from vitrine.serve.styles import StyleOut, told
from vitrine.types import Json

if TYPE_CHECKING:
    from vitrine.shop.styling import StyleSummary, Styling

router = APIRouter(
    prefix="/v1/styles/novel",
    tags=["styles"],
    dependencies=[Depends(caller_of), Depends(admin_of)],
)

_MOST_BYTES = 16 * 1024


class _Closed(BaseModel):
    model_config = ConfigDict(extra="forbid")


class NearestOut(_Closed):
    """The style that a proposal lies nearest to."""

    style_id: str
    name: str
    cosine: float


class ProposalOut(_Closed):
    """A style that may be."""

    proposal_id: str = Field(description="Stays while products join it.")
    name: str
    size: int
    exemplars: list[str] = Field(description="Product ids, the nearest to the middle first.")
    silhouette: Annotated[float, Field(ge=-1, le=1)]
    nearest: NearestOut


class NovelAnswer(_Closed):
    """What is new to all styles."""

    waiting: int = Field(description="Products that are new to all styles.")
    proposals: list[ProposalOut] = Field(description="The largest first.")


class DecisionAnswer(_Closed):
    """What came of a decision."""

    style: StyleOut | None = Field(description="That holds the products now; null if dismissed.")
    novel: NovelAnswer = Field(description="What is left.")


@router.get("", summary="What is new to all styles", responses={200: {"model": NovelAnswer}})
async def novel(service: ServiceHere) -> JSONResponse:
    """Give how many products no style accounts for, and the styles they may be; admin keys only."""
    return JSONResponse(await service.searches.run(partial(_novel, service)))


@router.post(
    "/{proposal_id}",
    summary="Decide about a proposal",
    responses={200: {"model": DecisionAnswer}},
    openapi_extra=json_body(
        DecisionQuestion,
        {
            "a style of its own": {"decision": "accept", "name": "clogs"},
            "a part of another": {"decision": "merge", "style_id": "s03"},
            "no news": {"decision": "dismiss"},
        },
    ),
)
async def decide(service: ServiceHere, proposal_id: str, body: Body) -> JSONResponse:
    """Accept, merge or dismiss a proposal; needs an admin key."""
    asked = parse_json(await body.read_json(_MOST_BYTES), DecisionQuestion)
    return JSONResponse(await service.writes.run(partial(_decide, service, proposal_id, asked)))


def decided(styles: Styling, proposal_id: str, asked: DecisionQuestion) -> StyleSummary | None:
    """Do what somebody decided; gives the style that holds the products now, None if dismissed.

    Raises:
        NotFoundError: there is no such proposal or style.
        UsageError: the name is taken or too long, or `merge` names no style.
    """
    if asked.decision == "accept":
        return styles.accept(proposal_id, asked.name)
    styles.novel().proposal(proposal_id)
    if asked.decision == "dismiss":
        styles.dismiss(proposal_id)
        return None
    if not asked.style_id:
        raise UsageError("style_id: merging a proposal takes the style that it becomes a part of")
    return styles.merge([asked.style_id, proposal_id])


def _novel(service: Service) -> Json:
    with told():
        return service.shop.styles.novel().to_json()


def _decide(service: Service, proposal_id: str, asked: DecisionQuestion) -> Json:
    styles = service.shop.styles
    with told():
        try:
            style = decided(styles, proposal_id, asked)
        except UsageError as error:
            raise Problem("invalid", str(error)) from error
        left = styles.novel().to_json()
    return {"style": None if style is None else style.to_json(), "novel": left}
