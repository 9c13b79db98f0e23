"""What clients ask of recommendations."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from vitrine.serve.questions import MOST_HITS, MOST_LIKED, Filter, ProductId

_MOST_VIEWED = 50

VisitorId: TypeAlias = Annotated[str, Field(max_length=256)]
Kind: TypeAlias = Literal["for-you", "looking-similar", "bought-together", "trending"]


class RecommendationsQuestion(BaseModel):
    """Who asks for what; everything may be left out."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    kind: Kind = Field(
        "for-you",
        description="`looking-similar` and `bought-together` go by the products of `like`.",
    )
    visitor_id: VisitorId = Field("", description="As in the events; empty for a stranger.")
    like: list[ProductId] = Field(
        default_factory=list,
        max_length=MOST_LIKED,
        description="Products that are liked now; they are never among the hits.",
    )
    dislike: list[ProductId] = Field(
        default_factory=list,
        max_length=MOST_LIKED,
        description="Products to keep away from, and from what looks like them.",
    )
    viewed: list[ProductId] = Field(
        default_factory=list,
        max_length=_MOST_VIEWED,
        description="Products of this visit that no event tells of, the oldest first.",
    )
    where: Filter | None = Field(
        None, description="A filter: an object, or one line such as `gender=women price<50`."
    )
    age: Annotated[int, Field(ge=0, le=150)] | None = Field(
        None, description="Of the visitor, in years, where the shop's events do not tell."
    )
    gender: Annotated[str, Field(max_length=50)] = Field("", description="women or men.")
    region: Annotated[str, Field(max_length=200)] = Field("", description="As in the events.")
    explore: bool = Field(
        True, description="Whether every sixth place may go to a product that few have seen."
    )
    k: Annotated[int, Field(ge=1, le=MOST_HITS)] = Field(12, description="Hits on a page.")
    cursor: Annotated[str, Field(max_length=200)] | None = Field(
        None, description="`next_cursor` of the page before."
    )
