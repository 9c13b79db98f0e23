"""What people decide about new styles, as clients send it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field


class DecisionQuestion(BaseModel):
    """What becomes of a proposal."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    decision: Literal["accept", "merge", "dismiss"]
    name: Annotated[str, Field(max_length=80)] | None = Field(
        None, description="With `accept`: left out, the name that was proposed."
    )
    style_id: Annotated[str, Field(max_length=80)] | None = Field(
        None, description="With `merge`: the style that it becomes a part of."
    )
