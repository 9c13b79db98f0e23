"""What clients send about visitors, described; `vitrine.events` reads and checks it."""

from __future__ import annotations

from typing import Annotated, Any, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from vitrine.events import EVENT_TYPES, LONGEST_ID, MOST_PRODUCTS
from vitrine.serve.questions import ProductId

MOST_EVENTS = 1000

_Id: TypeAlias = Annotated[str, Field(max_length=LONGEST_ID)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class _ProductNamed(_Strict):
    id: ProductId


class _ProductDetail(_Strict):
    product: _ProductNamed
    quantity: Annotated[int, Field(ge=1, le=1_000_000)] = 1
    position: Annotated[int, Field(ge=0, le=1_000_000)] | None = Field(
        None, description="Where it stood in the list that was shown, from 0."
    )
    price: Annotated[float, Field(ge=0)] | None = Field(None, description="Paid for one.")


class EventQuestion(_Strict):
    """One event in Google Retail's words; Algolia's are understood too."""

    eventId: _Id = Field("", description="Sent again with the same one, an event counts once.")
    eventType: str = Field(description=f"One of {', '.join(EVENT_TYPES)}.")
    visitorId: Annotated[_Id, Field(min_length=1)] = Field(
        description="A random id that only this visitor's browser and the shop know."
    )
    eventTime: str = Field("", description="RFC 3339; left out: now.")
    productDetails: Annotated[list[_ProductDetail], Field(max_length=MOST_PRODUCTS)] = Field(
        default_factory=list[_ProductDetail]
    )
    searchQuery: Annotated[str, Field(max_length=2000)] = ""
    sessionId: _Id = ""
    currencyCode: Annotated[str, Field(max_length=3)] = ""
    value: Annotated[float, Field(ge=1, le=5)] | None = Field(None, description="Of a `rate`.")
    aspect: str = Field("", description="Of a `rate`: relevance, usefulness or novelty.")
    attributes: dict[str, Any] = Field(
        default_factory=dict[str, Any], description='Like `{"list": {"text": ["home"]}}`.'
    )


class EventBatch(_Strict):
    """Many events."""

    events: Annotated[list[EventQuestion], Field(min_length=1, max_length=MOST_EVENTS)]


class RefusedOut(BaseModel):
    """An event that was not kept."""

    index: int = Field(description="Its place in the batch, from 0.")
    code: str = Field(description="Stable: `type_unknown`, `field_missing`, `time_ahead`, ...")
    detail: str
    field: str = Field(description="What of it is wrong; empty where it is no single field.")


class EventsAnswer(BaseModel):
    """What became of them; what is counted is on disk."""

    accepted: int
    known: int = Field(description="They were there already.")
    failed: list[RefusedOut]
