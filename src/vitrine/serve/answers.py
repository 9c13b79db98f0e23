"""What clients get; the API's description is made from these, and tests hold answers to them."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field


class _Closed(BaseModel):
    model_config = ConfigDict(extra="forbid")


class PriceOut(_Closed):
    """An amount, as decimal digits so that nothing is rounded, and its ISO 4217 currency."""

    amount: str
    currency: str


class ProductOut(_Closed):
    """A product; what the shop does not say is left out."""

    product_id: str
    title: str | None = None
    description: str | None = None
    link: str | None = None
    brand: str | None = None
    price: PriceOut | None = None
    sale_price: PriceOut | None = None
    availability: str | None = None
    gender: str | None = None
    age_group: str | None = None
    master_category: str | None = None
    sub_category: str | None = None
    article_type: str | None = None
    product_type: str | None = None
    colour: str | None = None
    pattern: str | None = None
    material: str | None = None
    size: str | None = None
    season: str | None = None
    usage: str | None = None
    year: int | None = None
    gtin: str | None = None
    seller: str | None = None
    item_group_id: str | None = None
    added_at: str | None = Field(None, description="When it came into the shop; ISO 8601, UTC.")
    photos: list[str] = Field(
        default_factory=list, description="Paths on this server, the main photo first."
    )
    original: dict[str, str] | None = Field(
        None, description="What the shop wrote where vitrine says it in other words."
    )
    extra: dict[str, str] | None = Field(None, description="The shop's own fields.")


class HitOut(_Closed):
    """A product found."""

    product_id: str
    score: Annotated[float, Field(ge=0, le=1, description="Higher is better.")]
    product: ProductOut
    why: dict[str, Any] = Field(description="The reason: shared attributes, words found, cosine.")


class SearchAnswer(_Closed):
    """One page of hits, best first."""

    hits: list[HitOut]
    took_ms: float
    next_cursor: str | None = Field(description="For the next page; null on the last.")
    facets: dict[str, dict[str, Any]] | None = Field(
        None, description="Where asked for: of each field its `values` with counts, or price bands."
    )
    total: int | None = Field(None, description="With facets: products that match.")
    nothing_close: bool | None = Field(
        None, description="With `min_score`: there are products, but none is close enough."
    )
    understood: dict[str, Any] | None = Field(
        None, description="With `but`: what was read as a change, and which words are left."
    )
    notes: list[str] | None = Field(
        None, description="Where there are any: a filter's value that no product says, say."
    )


class PhotoOf(_Closed):
    """Whose photo a map lies on."""

    product_id: str | None = Field(None, description="Left out for the photo that was sent.")
    photo: int = Field(description="Which of the photos, from 0.")


class MapOut(_Closed):
    """What every cell of a photo adds to the cosine; some speak against it."""

    rows: int
    columns: int
    box: Annotated[
        list[float],
        Field(
            min_length=4,
            max_length=4,
            description="Left, top, right, bottom: the part of the photo that the cells share out "
            "evenly, in shares of its sides.",
        ),
    ]
    margins: float = Field(
        description="What the white margins add that the encoder puts around a photo of another "
        "shape; it is part of the values, the same in each."
    )
    values: list[list[float]] = Field(description="Row by row; all together are the cosine.")
    of: PhotoOf


class MapsOut(_Closed):
    """Heat maps of both sides."""

    query: MapOut | None = Field(description="Null where words were asked for.")
    hit: MapOut


class ExplainAnswer(_Closed):
    """Why a product is a hit."""

    product_id: str
    cosine: float | None = Field(
        description="Of the two photos, or of words and photo; each map sums to it."
    )
    maps: MapsOut | None = Field(description="Null where there are none; `no_maps` says why.")
    method: str | None = Field(None, description="How the maps were made: exact, or Grad-CAM.")
    no_maps: str | None = None
    why: dict[str, Any] = Field(description="As in the hit of a search.")
    notes: list[str] | None = None


class TagOut(_Closed):
    """What the encoder sees."""

    value: str
    confidence: Annotated[float, Field(ge=0, le=1)]
    unsure: bool = Field(description="The confidence is below the encoder's own threshold.")


class TypeOut(_Closed):
    """An article type."""

    value: str
    confidence: Annotated[float, Field(ge=0, le=1)]


class GarmentOut(_Closed):
    """A garment on a photo."""

    box: Annotated[
        list[float],
        Field(
            min_length=4,
            max_length=4,
            description="Left, top, right, bottom in shares of the photo: the `crop` of a search.",
        ),
    ]
    kind: str = Field(
        description="top, outerwear, dress, bottom, hosiery, footwear, bag, hat or scarf."
    )
    score: Annotated[float, Field(ge=0, le=1, description="How sure it is that one is there.")]
    article_type: TypeOut | None = Field(
        description="What the shop's encoder is sure to see in the box, if anything."
    )


class GarmentsAnswer(_Closed):
    """Up to five, the surest first."""

    garments: list[GarmentOut]


class TagsAnswer(_Closed):
    """A tag for every head of the encoder (`base_colour`, `article_type`...)."""

    tags: dict[str, TagOut]
    encoder: str


class FailureOut(_Closed):
    """A product, field or photo of a batch that was left out."""

    item: int | None = Field(description="Place in the batch, from 1; null for a photo.")
    product_id: str
    field: str
    reason: str


class BatchAnswer(_Closed):
    """What became of a batch."""

    products: int
    added: int
    changed: int
    unchanged: int
    photos: int = Field(description="Photos of these products that can be searched now.")
    embedded: int = Field(description="Photos that were new to the shop.")
    failures: list[FailureOut]


class ImportAnswer(_Closed):
    """A catalogue on its way into the shop."""

    id: str
    state: str = Field(description="queued, running, done, failed or cancelled.")
    source: str = Field(description="The file's name, or the feed's address.")
    done: int = Field(description="Photos done.")
    total: int = Field(description="Photos in all; 0 until the catalogue was read.")
    note: str = Field(description="What it waits for, or why it failed; mostly empty.")
    cancelling: bool = Field(description="It was asked to stop and will do so in a moment.")
    errors: int = Field(description="Rows, fields and photos left out, once it ended.")
    created_at: str
    started_at: str | None
    finished_at: str | None
    result: dict[str, float] | None = Field(
        description="Counts of its last run: products, added, changed, unchanged, deleted, photos, "
        "without_photo, not_fetched, embedded, seconds."
    )
    problem: dict[str, Any] | None = Field(description="Where it failed: `code` and `detail`.")


class ImportsAnswer(_Closed):
    """One page of imports, the newest first."""

    imports: list[ImportAnswer]
    next_cursor: str | None


class ImportErrorOut(_Closed):
    """What was left out, and why."""

    line: int | None = Field(description="Of the table, from 1; null for a photo.")
    product_id: str
    column: str
    reason: str


class ImportErrorsAnswer(_Closed):
    """One page of what an import left out."""

    errors: list[ImportErrorOut]
    total: int
    next_cursor: str | None


class VersionAnswer(_Closed):
    """What runs here."""

    version: str
    encoder: str


class StateAnswer(_Closed):
    """A probe's answer."""

    status: str


class FieldError(_Closed):
    """A field that does not fit."""

    field: str
    reason: str


class ProblemAnswer(BaseModel):
    """Every error, as RFC 9457 (`application/problem+json`)."""

    type: str
    title: str
    status: int
    code: str = Field(description="Stable; the table of problems explains each.")
    detail: str
    request_id: str
    errors: list[FieldError] | None = None
    photo_code: str | None = None
    archive_code: str | None = None
