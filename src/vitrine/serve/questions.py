"""What clients send: every field described, bounded, and refused if it is unknown."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

MOST_HITS = 100
DEEPEST_HIT = 1000
MOST_PRODUCTS = 500
MOST_LIKED = 20
MOST_FACETS = 20
_MOST_PHOTOS = 20
_LONGEST_ID = 512


def _web_address(url: str) -> str:
    try:
        parts = urlsplit(url)
        known = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        known = False
    if not known:
        raise ValueError("a photo is named by an http(s) address here, never by a file")
    return url


ProductId: TypeAlias = Annotated[str, Field(min_length=1, max_length=_LONGEST_ID)]
_Text: TypeAlias = Annotated[str, Field(max_length=2000)]
_Photo: TypeAlias = Annotated[str, Field(max_length=2000), AfterValidator(_web_address)]
Filter: TypeAlias = dict[str, Any] | Annotated[str, Field(max_length=2000)]
_K: TypeAlias = Annotated[int, Field(ge=1, le=MOST_HITS, description="Hits on a page.")]
_Share: TypeAlias = Annotated[float, Field(ge=0, le=1)]
Sort: TypeAlias = Literal["relevance", "price_asc", "price_desc", "newest"]
Grouping: TypeAlias = Literal["none", "item_group_id", "near_duplicate"]
_But: TypeAlias = Annotated[
    str,
    Field(max_length=500, description="What should differ: `red`, `cheaper`, `without stripes`."),
]
_GroupBy: TypeAlias = Annotated[
    Grouping, Field(description="Of each group only the best product is a hit.")
]
_MinScore: TypeAlias = Annotated[
    _Share,
    Field(description="Hits below are left out; if none remains, `nothing_close` is true."),
]
_Cursor: TypeAlias = Annotated[
    str, Field(max_length=200, description="`next_cursor` of the page before.")
]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class SearchQuestion(_Strict):
    """A search by words, by products, or (in a form) by a photo; parts may be combined."""

    text: Annotated[str, Field(max_length=500)] | None = Field(
        None, description="Words to search by."
    )
    like: list[ProductId] = Field(
        default_factory=list,
        max_length=MOST_LIKED,
        description="Products to search by; they are never among the hits.",
    )
    dislike: list[ProductId] = Field(
        default_factory=list,
        max_length=MOST_LIKED,
        description="Products to keep away from; they are never among the hits either.",
    )
    but: _But | None = None
    crop: Annotated[list[_Share], Field(min_length=4, max_length=4)] | None = Field(
        None,
        description="Left, top, right, bottom: the part of the photo to look at, in shares of it.",
    )
    where: Filter | None = Field(
        None,
        description="A filter: an object, or one line such as `gender=women price<50`. "
        "Alone it gives every product that it lets through.",
    )
    sort: Sort = Field("relevance", description="The order of the hits.")
    diversity: _Share = Field(0.0, description="How much hits should differ from each other.")
    group_by: _GroupBy = "none"
    min_score: _MinScore | None = None
    facets: list[Annotated[str, Field(min_length=1, max_length=200)]] = Field(
        default_factory=list,
        max_length=MOST_FACETS,
        description="Fields whose values are counted over all products that match.",
    )
    k: _K = 12
    cursor: _Cursor | None = None


class ExplainQuestion(SearchQuestion):
    """A search as before, and one of its hits; the page and the order play no part."""

    product_id: ProductId = Field(description="A hit of that search.")


class SimilarQuestion(_Strict):
    """How products like one are asked for, in the address."""

    where: Annotated[str, Field(max_length=2000)] | None = Field(
        None, description="A filter line (`price<50`), or a JSON object."
    )
    but: _But | None = None
    sort: Sort = Field("relevance", description="The order of the hits.")
    group_by: _GroupBy = "none"
    min_score: _MinScore | None = None
    k: _K = 12
    cursor: _Cursor | None = None


class PriceIn(_Strict):
    """An amount and its currency."""

    amount: Annotated[str, Field(max_length=30, examples=["49.90"])]
    currency: Annotated[str, Field(pattern=r"^[A-Za-z]{3}$", examples=["EUR"])]


class ProductIn(_Strict):
    """A product to put into the shop; whatever it leaves out is empty."""

    product_id: ProductId
    title: _Text = ""
    description: Annotated[str, Field(max_length=20_000)] = ""
    link: _Text = ""
    brand: _Text = ""
    price: PriceIn | Annotated[str, Field(max_length=60, examples=["49.90 EUR"])] = ""
    sale_price: PriceIn | Annotated[str, Field(max_length=60)] = ""
    availability: _Text = ""
    gender: _Text = ""
    age_group: _Text = ""
    master_category: _Text = ""
    sub_category: _Text = ""
    article_type: _Text = ""
    product_type: _Text = ""
    colour: _Text = ""
    pattern: _Text = ""
    material: _Text = ""
    size: _Text = ""
    season: _Text = ""
    usage: _Text = ""
    year: Annotated[int, Field(ge=1900, le=2099)] | None = None
    gtin: _Text = ""
    seller: _Text = ""
    item_group_id: _Text = ""
    photos: list[_Photo] = Field(
        default_factory=list,
        max_length=_MOST_PHOTOS,
        description="http(s) addresses, the main photo first.",
    )
    extra: dict[Annotated[str, Field(min_length=1, max_length=200)], _Text] = Field(
        default_factory=dict, max_length=100, description="The shop's own fields."
    )


class Batch(_Strict):
    """Products to insert or replace."""

    products: list[ProductIn] = Field(min_length=1, max_length=MOST_PRODUCTS)


TableFormat: TypeAlias = Literal[
    "csv", "tsv", "jsonl", "parquet", "google-merchant", "shopify", "kaggle-fashion", "hm"
]


class ImportOptions(_Strict):
    """How a catalogue is read and what becomes of the rest."""

    format: TableFormat | None = Field(
        None, description="Of the table; recognised where it is left out."
    )
    columns: dict[
        Annotated[str, Field(min_length=1, max_length=200)],
        Annotated[str, Field(min_length=1, max_length=500)],
    ] = Field(
        default_factory=dict,
        max_length=100,
        description="Field -> column of the table, or `=value` for the same value in every row.",
    )
    prune: bool = Field(False, description="Delete products that the catalogue does not hold.")


class FeedQuestion(ImportOptions):
    """A catalogue that lies somewhere on the web."""

    url: Annotated[
        str, Field(min_length=1, max_length=2000, description="Its http(s) address, public.")
    ]


class PageQuestion(_Strict):
    """Which part of a list is asked for."""

    k: Annotated[int, Field(ge=1, le=100, description="Entries on a page.")] = 20
    cursor: _Cursor | None = None


class FailuresQuestion(_Strict):
    """Which part of a list of errors is asked for, and how it is written."""

    k: Annotated[int, Field(ge=1, le=1000, description="Entries on a page.")] = 100
    cursor: _Cursor | None = None
    format: Literal["json", "csv"] = Field("json", description="`csv` gives the whole list.")
