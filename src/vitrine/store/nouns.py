"""The rows that the house and a store hand to each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from vitrine.types import EncoderIdentity, Json, Price, RowFailure, Rows, Tags, Vectors


@dataclass(frozen=True, slots=True)
class PhotoRef:
    """Where a product's photo lies, and its content once it was read."""

    location: str
    sha256: str = ""
    """Empty: not read, because it could not be or must not be fetched."""
    etag: str = ""


@dataclass(frozen=True, slots=True)
class ImageRecord:
    """One photo's content, shared by every product that shows it."""

    sha256: str
    width: int
    height: int
    thumbnail: bytes


@dataclass(frozen=True, slots=True)
class VectorRecord:
    """One photo's vector and tags under one encoder."""

    sha256: str
    vector: Vectors
    """(dim,) float32, unit; kept as float16."""
    tags: Tags


@dataclass(frozen=True, slots=True)
class StoreRows:
    """What a reader needs to answer searches: everything, or what changed since it last asked.

    `product_rows`, `product_ids`, `fields` and `tags` run in parallel; so do `photo_products`,
    `photo_positions` and `vectors`. A product that changed stands in both `gone` and
    `product_rows`; one that was deleted only in `gone`.
    """

    counter: int
    encoder: EncoderIdentity
    gone: Rows
    product_rows: Rows
    product_ids: Sequence[str]
    fields: Mapping[str, Sequence[str | float | int | None]]
    extra: Sequence[str]
    """One JSON object a product: the shop's own columns."""
    tags: Sequence[str | None]
    """One JSON object a product: head -> [value, confidence, unsure], of its first photo; None
    without a photo."""
    photo_products: Rows
    photo_positions: Rows
    vectors: Vectors
    """(n_photos, dim)"""


@dataclass(frozen=True, slots=True)
class TermRows:
    """The products that say a term."""

    product_rows: Rows
    """As `StoreRows.product_rows` numbers them."""
    bm25: NDArray[np.float64]
    """(n,) higher is better; a word in the title counts more than one in the description."""


@dataclass(frozen=True, slots=True)
class Written:
    """How many products a write inserted, and how many it replaced by something else."""

    added: int
    changed: int


@dataclass(frozen=True, slots=True)
class KeyRecord:
    """A key to the HTTP API, without its secret."""

    key_id: str
    kind: str
    name: str
    """What it is for, in its owner's words."""
    sha256: str
    """Of the whole key, which nobody keeps."""
    created_at: str
    """ISO 8601, UTC."""
    revoked_at: str = ""
    """Empty: it opens."""


@dataclass(frozen=True, slots=True)
class JobRecord:
    """A piece of work that outlives the request, and the server, that began it."""

    job_id: str
    kind: str
    request: Json
    """What whoever does it has to know."""
    created_at: str
    """ISO 8601, UTC; so are the others."""
    state: str = "queued"
    """queued, running, done, failed or cancelled; the last three are final."""
    done: int = 0
    total: int = 0
    note: str = ""
    """What it waits for, or why it failed."""
    cancelling: bool = False
    """Somebody asked a running job to stop."""
    leased_until: float = 0.0
    """Seconds since 1970: until then nobody but `leased_by` may do it."""
    leased_by: str = ""
    started_at: str = ""
    finished_at: str = ""
    result: Json = field(default_factory=dict[str, object])
    n_failures: int = 0
    number: int = 0
    """Given by the store; grows with every job."""


@dataclass(frozen=True, slots=True)
class JobEnd:
    """How a job came to its end, or back into the queue."""

    state: str
    at: str
    note: str = ""
    result: Json = field(default_factory=dict[str, object])
    failures: Sequence[RowFailure] = ()


@dataclass(frozen=True, slots=True)
class ReviewRecord:
    """What a person decided about a value of a product."""

    product_id: str
    field: str
    value: str
    """What was judged; where the product says something else by now, nobody has judged that."""
    decided: str
    """kept, corrected, ..."""
    decided_at: str
    """ISO 8601, UTC."""


@dataclass(frozen=True, slots=True)
class PriceRecord:
    """What a product cost from some moment on."""

    product_id: str
    at: str
    """ISO 8601, UTC."""
    price: Price | None
    sale_price: Price | None

    @property
    def costs(self) -> Price | None:
        """What was to be paid."""
        return self.sale_price or self.price


@dataclass(frozen=True, slots=True)
class LearnedRecord:
    """Something learned from the shop's rows: a ranker, styles, a compatibility."""

    name: str
    content: bytes
    """JSON, ONNX, safetensors or a text that its room can read; never a pickle."""
    about: Json
    """From how much, with what result; small, for people."""
    learned_at: str
    """ISO 8601, UTC."""
