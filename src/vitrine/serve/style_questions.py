"""What people decide about new styles and call products, as clients send it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

MOST_AT_ONCE = 200
"""Labels in one request."""

_ProductId = Annotated[str, Field(min_length=1, max_length=500)]


class _Closed(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class DecisionQuestion(_Closed):
    """What becomes of a proposal."""

    decision: Literal["accept", "merge", "dismiss"]
    name: Annotated[str, Field(max_length=80)] | None = Field(
        None, description="With `accept`: left out, the name that was proposed."
    )
    style_id: Annotated[str, Field(max_length=80)] | None = Field(
        None, description="With `merge`: the style that it becomes a part of."
    )


class GivenLabel(_Closed):
    """What a person says of a product."""

    product_id: _ProductId
    label: Annotated[str, Field(min_length=1, max_length=80, description="Any word.")]


class LabelsQuestion(_Closed):
    """What people say; labels first, then skips, then what is taken back."""

    labels: Annotated[list[GivenLabel], Field(max_length=MOST_AT_ONCE)] = []
    skip: Annotated[
        list[_ProductId], Field(max_length=MOST_AT_ONCE, description="Not to be asked again.")
    ] = []
    forget: Annotated[
        list[_ProductId], Field(max_length=MOST_AT_ONCE, description="Labels to take back.")
    ] = []
