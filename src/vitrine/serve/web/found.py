"""A wish answered: hits, and what the shop has to narrow them down with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from vitrine.encoders import as_text_encoder
from vitrine.errors import NotFoundError
from vitrine.search import Box, query_of
from vitrine.serve.questions import DEEPEST_HIT
from vitrine.serve.service import Service
from vitrine.serve.web.shelf import KeptPhoto
from vitrine.serve.web.wishes import FACETS, N_CARDS, Wish
from vitrine.shop import SearchResult
from vitrine.types import Hit, Json, Product

if TYPE_CHECKING:
    from PIL import Image


@dataclass(frozen=True, slots=True)
class Facet:
    """What products say in one field."""

    name: str
    values: tuple[tuple[str, int], ...]
    """Value and how many products say it, most first."""


@dataclass(frozen=True, slots=True)
class Found:
    """One page of hits and all that stands around it."""

    wish: Wish
    hits: tuple[Hit, ...]
    has_more: bool
    total: int | None
    """Products that match; None where everything does, more or less."""
    held_back: bool
    """Whether there are products left that are not close enough."""
    facets: tuple[Facet, ...]
    prices: tuple[float, float] | None
    """Lowest and highest price; None where prices cannot be compared."""
    currency: str
    notes: tuple[str, ...]
    understood: Json
    liked: tuple[Product, ...]
    disliked: tuple[Product, ...]

    @property
    def nothing_close(self) -> bool:
        """Whether the shop has products, but none like that."""
        return not self.hits and self.held_back


def answer(service: Service, wish: Wish, photo: KeptPhoto | None, *, cards_only: bool) -> Found:
    """Ask the shop; runs on a thread of the searches' lane.

    Args:
        service: what is asked.
        wish: what for.
        photo: the kept one that the wish names.
        cards_only: leave out what stands around the hits.

    Raises:
        QueryError: wishes contradict each other.
        NotFoundError: a liked product is not in the shop any more.
    """
    bounded = wish.bounded and bool(service.encoder.identity.similarity)
    image = decoded(service, wish, photo)
    facets = () if cards_only else (*FACETS,)
    result = service.shop.answer(wish.query(image, facets=facets, min_score=bounded))
    more = len(result) > N_CARDS and (wish.page + 1) * N_CARDS <= DEEPEST_HIT
    counted = {} if cards_only else _facets(service, wish, result)
    currencies = counted.get("currency", ())
    chosen = wish.filters.get("currency", ())
    currency = currencies[0][0] if len(currencies) == 1 else "".join(chosen[:1])
    comparable = not cards_only and (len(currencies) == 1 or len(chosen) == 1)
    return Found(
        wish=wish,
        hits=result.hits[:N_CARDS],
        has_more=more,
        total=result.total if bounded or _counts(service, wish) else None,
        held_back=bounded and not more and _has_others(service, wish, result),
        facets=tuple(Facet(name, values) for name, values in counted.items() if len(values) > 1),
        prices=_prices(service, wish) if comparable else None,
        currency=currency,
        notes=result.notes,
        understood=result.understood or {},
        liked=_products(service, wish.like),
        disliked=_products(service, wish.dislike),
    )


def decoded(service: Service, wish: Wish, photo: KeptPhoto | None) -> Image.Image | None:
    """A kept photo, as large as the encoder needs it for the part that is asked for."""
    if photo is None:
        return None
    return service.decode(photo.data, Box(*wish.crop).share if wish.crop else 1.0)


def _counts(service: Service, wish: Wish) -> bool:
    """Whether only some products match: words that find photos find every photo, more or less."""
    return wish.browses or (not wish.shows and as_text_encoder(service.encoder) is None)


def _facets(service: Service, wish: Wish, result: SearchResult) -> dict[str, Any]:
    """Values of every facet; of one that is chosen from also those that are not chosen."""
    facets = dict(result.facets or {})
    for name in wish.filters:
        facets[name] = _count(service, wish, name)
    counted = {name: _values(facets[name]) for name in FACETS}
    return {name: values for name, values in counted.items() if values}


def _count(service: Service, wish: Wish, name: str) -> Json:
    """Count a facet as if nothing was chosen from it; no photo is looked at for that."""
    others = {each: values for each, values in wish.filters.items() if each != name}
    rest = replace(wish, filters=others)
    if name == "price":
        rest = replace(wish, price_min=None, price_max=None)
    elif name == "currency":  # prices of several cannot be compared
        rest = replace(rest, price_min=None, price_max=None)
    query = query_of(text=wish.q or None, where=rest.where, k=1, facets=(name,))
    return (service.shop.answer(query).facets or {})[name]


def _prices(service: Service, wish: Wish) -> tuple[float, float] | None:
    said = _count(service, wish, "price")
    low, high = said["min"], said["max"]
    return None if low is None or low == high else (low, high)


def _values(facet: Mapping[str, Any]) -> tuple[tuple[str, int], ...]:
    return tuple((str(each["value"]), int(each["count"])) for each in facet["values"])


def _has_others(service: Service, wish: Wish, result: SearchResult) -> bool:
    """Whether the filter lets more through than what is close enough."""
    allowed = service.shop.answer(query_of(where=wish.where, k=1, facets=("gender",))).total or 0
    return allowed > (result.total or len(result.hits)) + len(wish.like) + len(wish.dislike)


def _products(service: Service, ids: tuple[str, ...]) -> tuple[Product, ...]:
    products: list[Product] = []
    for product_id in ids:
        try:
            products.append(service.shop.get(product_id))
        except NotFoundError:  # it went while the search ran
            continue
    return tuple(products)
