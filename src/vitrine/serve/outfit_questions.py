"""What clients send about outfits: every field described, bounded, and refused if unknown."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from vitrine.serve.questions import Filter, ProductId

_Share: TypeAlias = Annotated[float, Field(ge=0, le=1)]
_Ids: TypeAlias = Annotated[list[ProductId], Field(max_length=100)]
_Word: TypeAlias = Annotated[str, Field(max_length=40)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class _Constraints(_Strict):
    budget: Annotated[str, Field(max_length=40)] | None = Field(
        None, description="`100 EUR`: for all products of an outfit together."
    )
    season: _Word = Field("", description="`Spring`, `Summer`, `Fall` or `Winter`.")
    gender: _Word = Field("", description="`women`, `men`, `girls`, `boys` or `unisex`.")
    exclude: _Ids = Field(default_factory=list, description="Products that must not be shown.")
    alternatives: Annotated[int, Field(ge=0, le=24)] = Field(
        4, description="How many products for each place."
    )


class _Wishes(_Constraints):
    keep: _Ids = Field(default_factory=list, description="More products that every outfit holds.")
    slots: Annotated[list[_Word], Field(max_length=20)] = Field(
        default_factory=list, description="What an outfit is made of; empty leaves it to vitrine."
    )
    k: Annotated[int, Field(ge=1, le=24)] = Field(3, description="How many outfits.")
    pieces: Annotated[int, Field(ge=2, le=10)] = Field(5, description="Most pieces in one.")
    shuffle: Annotated[int, Field(ge=0, le=2**31 - 1)] = Field(
        0, description="0 gives the best; another number other ideas, the same each time."
    )


class ProductOutfitsQuestion(_Wishes):
    """How outfits around one product are asked for, in the address."""

    where: Annotated[str, Field(max_length=2000)] | None = Field(
        None, description="A filter line for whatever is added (`price<50`), or a JSON object."
    )


class OutfitsQuestion(_Wishes):
    """Outfits around products, or (in a form) around what is on a photo, or both."""

    like: _Ids = Field(default_factory=list, description="Products that every outfit holds.")
    where: Filter | None = Field(None, description="A filter for whatever is added.")
    crop: Annotated[list[_Share], Field(min_length=4, max_length=4)] | None = Field(
        None, description="Left, top, right, bottom: the garment on the photo, in shares of it."
    )


class JudgeQuestion(_Constraints):
    """An outfit as somebody put it together."""

    products: Annotated[list[ProductId], Field(min_length=2, max_length=20)] = Field(
        description="Its pieces, no two in one slot."
    )
    where: Filter | None = Field(None, description="A filter for alternatives.")
