"""What a question allows: which pieces may join, and what an outfit is made of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from vitrine.catalog.translation import CHILDREN
from vitrine.errors import NotFoundError, QueryError
from vitrine.index import Mask, Snapshot, choice_of
from vitrine.outfits.building import Closet, Combination, combine
from vitrine.outfits.question import BudgetError
from vitrine.outfits.templates import extras, templates

if TYPE_CHECKING:
    from vitrine.outfits.compatibility import Compatibility
    from vitrine.outfits.pieces import Pieces
    from vitrine.outfits.question import OutfitQuestion
    from vitrine.types import Price

_A_PHOTO = "the photo"


def closet_of(
    view: Snapshot,
    pieces: Pieces,
    compatibility: Compatibility,
    question: OutfitQuestion,
    on_photo: Pieces | None = None,
) -> Closet:
    """Lay out what may be used beside what is kept.

    Args:
        view: of the shop.
        pieces: its product rows.
        compatibility: what pairs are scored by.
        question: what is asked for.
        on_photo: the piece of a photo; it is kept, and stands in the row after the last product.

    Raises:
        QueryError: nothing is kept, two pieces are in one slot, one is in none, or the kept ones
            do not fit the budget.
        NotFoundError: a product does not exist.
    """
    kept = [_row(view, product_id) for product_id in question.like]
    names = list(question.like)
    allowed = _allowed(view, pieces, question)
    prices = view.columns.numbers["price"]
    if on_photo is not None:
        kept, names = [len(pieces), *kept], [_A_PHOTO, *names]
        pieces = pieces.then(on_photo)
        allowed, prices = np.append(allowed, False), np.append(prices, 0.0)
    _check_slots(pieces, kept, names)
    if question.budget is not None:
        _check_currency(view, question.budget)
    fits = _fits_people(view, pieces, kept, question.gender)
    allowed[: len(fits)] &= fits
    allowed[kept] = False
    left = None if question.budget is None else _left(view, question.like, question.budget)
    return Closet(pieces, allowed, tuple(kept), prices, compatibility, left)


def outfits_in(closet: Closet, question: OutfitQuestion) -> tuple[list[Combination], list[str]]:
    """Combine what there is; a slot that nothing fits is left out, and a note says so."""
    have = {closet.pieces.slot(row) for row in closet.kept}
    gender = question.gender or _gender_of(closet.pieces, closet.kept)
    wanted = (question.slots,) if question.slots else templates(have, gender)
    filled = {
        slot for each in wanted for slot in each if slot in have or len(closet.candidates(slot))
    }
    whole = [each for each in wanted if filled.issuperset(each)]
    possible = whole or [tuple(slot for slot in each if slot in filled) for each in wanted]
    found = combine(
        closet,
        possible,
        () if question.slots else extras(question.season),
        k=question.k,
        n_pieces=question.n_pieces,
        shuffle=question.shuffle,
    )
    missing = [] if whole else [slot for each in wanted for slot in each if slot not in filled]
    notes = [f"nothing here fits the slot {slot!r}" for slot in dict.fromkeys(missing)]
    if not found and question.budget is not None:
        notes.append(f"no outfit is to be had for {question.budget}")
    elif not found and not missing:
        notes.append("there is nothing to go with it")
    return found, notes


def _row(view: Snapshot, product_id: str) -> int:
    if product_id not in view.product_row_of:
        raise NotFoundError(f"there is no product {product_id!r} in this shop")
    return view.product_row_of[product_id]


def _check_slots(pieces: Pieces, kept: Sequence[int], names: Sequence[str]) -> None:
    if not kept:
        raise QueryError("nothing to begin with: give a product or a photo")
    taken: dict[str, str] = {}
    for row, name in zip(kept, names, strict=True):
        slot = pieces.slot(row)
        if not slot:
            raise QueryError(
                f"{name!r} is no part of an outfit, as far as its article type and tags say;"
                " docs/outfits.md lists what is"
            )
        if slot in taken:
            raise QueryError(
                f"{taken[slot]!r} and {name!r} both fill the slot {slot!r}; an outfit has one piece"
                " in each"
            )
        taken[slot] = name


def _allowed(view: Snapshot, pieces: Pieces, question: OutfitQuestion) -> Mask:
    """Product rows that may be added, whoever they are for."""
    stock = view.columns.choices["availability"]
    allowed = view.matching(question.where) & (pieces.slots >= 0)
    allowed &= stock.has(["in_stock"]) | ~stock.known()
    if question.season:
        season = choice_of(view.columns, "season")
        allowed &= season.has([question.season]) | ~season.known()
    if question.budget is not None:
        currency = view.columns.choices["currency"].has([question.budget.currency])
        allowed &= currency & ~np.isnan(view.columns.numbers["price"])
    rows = [view.product_row_of.get(product_id) for product_id in question.exclude]
    allowed[[row for row in rows if row is not None]] = False
    return allowed


def _fits_people(view: Snapshot, pieces: Pieces, kept: Sequence[int], gender: str) -> Mask:
    """Product rows for whom the outfit is, as the question or the kept pieces say.

    What says nothing of it may join; what is for children joins what is for children.
    """
    said, ages = choice_of(view.columns, "gender"), view.columns.choices["age_group"]
    of_children = ages.has(sorted(CHILDREN)) | said.has(["girls", "boys"])
    wanted = gender or _gender_of(pieces, kept)
    products = [row for row in kept if row < len(of_children)]
    children = wanted in ("girls", "boys") or bool(of_children[products].any())
    fits = of_children == children
    return fits & (said.has([wanted, "unisex"]) | ~said.known()) if wanted else fits


def _gender_of(pieces: Pieces, kept: Sequence[int]) -> str:
    """Whom all kept pieces are for; empty where they do not say or do not agree."""
    said = {pieces.word("gender", row) for row in kept} - {"", "unisex"}
    return said.pop() if len(said) == 1 else ""


def _check_currency(view: Snapshot, budget: Price) -> None:
    """Insist that something here costs money of the budget's kind.

    Raises:
        BudgetError: nothing does.
    """
    priced = view.alive & ~np.isnan(view.columns.numbers["price"])
    currencies = view.columns.choices["currency"].commonest(priced)
    if currencies and budget.currency not in {currency.upper() for currency in currencies}:
        raise BudgetError(
            f"the budget is in {budget.currency}, but prices here are in {', '.join(currencies)};"
            f" give it as '{budget.amount} {currencies[0]}', say"
        )


def _left(view: Snapshot, product_ids: Sequence[str], budget: Price) -> float:
    """What the budget leaves beside the products that are kept; one without a price is free."""
    left = float(budget.amount)
    for product_id in product_ids:
        row = view.product_row_of[product_id]
        price = float(view.columns.numbers["price"][row])
        currency = view.columns.choices["currency"].word(row)
        if np.isnan(price):
            continue
        if currency.upper() != budget.currency:
            raise BudgetError(
                f"the budget is in {budget.currency}, but {product_id!r} costs {currency}; give the"
                " budget in that currency"
            )
        left -= price
    if left < 0:
        raise BudgetError(f"what is kept costs {-left:.2f} more than the budget of {budget}")
    return left
