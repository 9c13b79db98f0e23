"""Like this, but different: what must change, what should stay, and where the vector moves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vitrine.errors import QueryError
from vitrine.index import Mask, Snapshot, check_one_currency, choice_of
from vitrine.index.columns import MISSING
from vitrine.search.modifiers import Change
from vitrine.search.reasons import ATTRIBUTES, Fact, Facts, tagged_facts
from vitrine.types import Tags, Vectors

_WEIGHTS = {"article_type": 3.0, "gender": 2.0, "season": 0.5, "brand": 0.5}
_LEAST_EXAMPLES = 5
_MOST_EXAMPLES = 400
_UNKNOWN = 0.5  # a product that says nothing may well agree


@dataclass(frozen=True, slots=True)
class Composition:
    """How a change bears on every product of a shop."""

    allowed: Mask
    """(n_product_rows,) products that are changed as asked."""
    kept: NDArray[np.float64] | None
    """(n_product_rows,) 0..1: how much of what should stay is so; None if nothing is known."""
    shift: Vectors | None
    """(dim,) from how the old looks to how the new looks."""


@dataclass(frozen=True, slots=True)
class Reference:
    """What a query's examples are."""

    facts: Mapping[str, str]
    """Attributes in which all of them agree."""
    rows: tuple[int, ...]
    """Product rows of the liked ones."""


def reference_of(view: Snapshot, liked: Sequence[str], photo_tags: Sequence[Tags]) -> Reference:
    """Put together what is known of liked products and of the query's photos."""
    rows = tuple(view.product_row_of[product_id] for product_id in liked)
    known: list[Facts] = [tagged_facts(tags) for tags in photo_tags]
    columns = {n: choice_of(view.columns, n) for n in ATTRIBUTES if _has(view, n)}
    for row in rows:
        said = {name: column.word(row) for name, column in columns.items()}
        known.append({name: Fact(word) for name, word in said.items() if word})
    first = known[0] if known else {}
    agreed = {
        name: fact.value
        for name, fact in first.items()
        if all(name in o and o[name].value.casefold() == fact.value.casefold() for o in known)
    }
    return Reference(agreed, rows)


def compose(view: Snapshot, change: Change, reference: Reference) -> Composition:
    """See how a change bears on every product.

    Raises:
        QueryError: cheaper or dearer than what has no price, or prices in several currencies.
    """
    allowed = view.matching(change.where)
    if change.towards:
        allowed = allowed & _priced(view, change.towards, reference)
    return Composition(allowed, _kept(view, change, reference), _shift(view, change, reference))


def _priced(view: Snapshot, towards: int, reference: Reference) -> Mask:
    """Products cheaper than every example, or dearer."""
    prices = view.columns.numbers["price"]
    rows = list(reference.rows)
    own = prices[rows]
    word = "cheaper" if towards < 0 else "dearer"
    if not len(own) or np.isnan(own).all():
        raise QueryError(
            f"{word} than what? The examples have no price; say 'under 50' or 'over 50'"
        )
    check_one_currency(view.columns, np.isin(np.arange(len(prices)), rows))
    currency = view.columns.choices["currency"].codes
    priced = next(row for row in rows if not np.isnan(prices[row]))
    same = currency == currency[priced]
    return same & (prices < np.nanmin(own) if towards < 0 else prices > np.nanmax(own))


def _kept(view: Snapshot, change: Change, reference: Reference) -> NDArray[np.float64] | None:
    names = [name for name in reference.facts if name not in change.fields and _has(view, name)]
    if not names:
        return None
    whole = np.zeros(len(view.product_ids))
    for name in names:
        column = choice_of(view.columns, name)
        agrees = np.where(column.codes == MISSING, _UNKNOWN, column.has([reference.facts[name]]))
        whole += _weight(name) * agrees
    return np.maximum(whole / sum(map(_weight, names)), _variants(view, reference))


def _variants(view: Snapshot, reference: Reference) -> Mask:
    """Variants of the examples: nothing but what was asked is different."""
    if not _has(view, "item_group_id"):
        return np.zeros(len(view.product_ids), dtype=np.bool_)
    column = view.columns.choices["item_group_id"]
    return column.has([word for row in reference.rows if (word := column.word(row))])


def _shift(view: Snapshot, change: Change, reference: Reference) -> Vectors | None:
    """Mean look of what is wanted less the mean look of what the examples are.

    Both means are taken among products of the examples' article type where there are enough.
    """
    shift = np.zeros(view.photos.dim, np.float32)
    for name in sorted(change.fields):
        column = choice_of(view.columns, name)
        here = view.with_photo(view.alive)
        new = column.has(change.wanted[name]) if name in change.wanted else column.known()
        new = new & ~column.has(change.unwanted.get(name, ()))
        old_word = reference.facts.get(name)
        if old_word is None or old_word in change.wanted.get(name, ()):
            continue
        if name not in change.wanted and old_word not in change.unwanted[name]:
            continue
        new, old = _alike(view, reference, name, here & new, here & column.has([old_word]))
        if min(np.count_nonzero(new), np.count_nonzero(old)) >= _LEAST_EXAMPLES:
            shift += _mean_look(view, new) - _mean_look(view, old)
    return shift if shift.any() else None


def _alike(
    view: Snapshot, reference: Reference, name: str, new: Mask, old: Mask
) -> tuple[Mask, Mask]:
    """Both sets within the examples' article type, if enough of each are left."""
    article = reference.facts.get("article_type")
    if article is None or name == "article_type":
        return new, old
    same = choice_of(view.columns, "article_type").has([article])
    enough = min(np.count_nonzero(new & same), np.count_nonzero(old & same)) >= _LEAST_EXAMPLES
    return (new & same, old & same) if enough else (new, old)


def _mean_look(view: Snapshot, rows: Mask) -> Vectors:
    """Of evenly spread examples."""
    there = np.flatnonzero(rows)
    step = -(-len(there) // _MOST_EXAMPLES)
    return view.main_vectors(there[::step]).mean(axis=0)


def _weight(name: str) -> float:
    return _WEIGHTS.get(name, 1.0)


def _has(view: Snapshot, name: str) -> bool:
    return name in view.columns.choices or name in view.columns.tags
