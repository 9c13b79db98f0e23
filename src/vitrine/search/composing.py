"""Like this, but different: what must change, what should stay, and where the vector moves."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from vitrine.errors import QueryError
from vitrine.index import TAG_OF, Mask, Snapshot, check_one_currency, choice_of
from vitrine.search.likely import likelihood, possible
from vitrine.search.modifiers import Change
from vitrine.search.reasons import ATTRIBUTES, Fact, Facts, guessed_facts, tagged_facts
from vitrine.types import Tags, Vectors

_WEIGHTS = {"article_type": 3.0, "gender": 2.0, "season": 0.5, "brand": 0.5}
_LEAST_EXAMPLES = 5
_MOST_EXAMPLES = 400
_NEW_WORDS, _OLD_WORDS = 2.0, 1.0  # of what is wanted and what is to go; the examples weigh 1

ReadWords: TypeAlias = Callable[[str], Vectors | None]
"""Words -> their vector (dim,); None from an encoder that knows none."""


@dataclass(frozen=True, slots=True)
class Composition:
    """How a change bears on every product of a shop."""

    allowed: Mask
    """(n_product_rows,) products that are changed as asked, or may be: their tag is unsure."""
    changed: NDArray[np.float64] | None
    """(n_product_rows,) 0..1: how likely they are; None if no attribute is to change."""
    kept: NDArray[np.float64] | None
    """(n_product_rows,) 0..1: how likely what should stay is so; None if nothing is known."""
    shift: Vectors | None
    """(dim,) from the old to the new."""
    in_words: bool
    """Whether the shift is made of words, which lie further from photos than photos do."""


@dataclass(frozen=True, slots=True)
class Reference:
    """What a query's examples are."""

    facts: Mapping[str, str]
    """Attributes in which all of them surely agree."""
    guesses: Mapping[str, Fact]
    """The same with what the encoder is unsure of."""
    rows: tuple[int, ...]
    """Product rows of the liked ones."""


def reference_of(view: Snapshot, liked: Sequence[str], photo_tags: Sequence[Tags]) -> Reference:
    """Put together what is known of liked products and of the query's photos."""
    rows = tuple(view.product_row_of[product_id] for product_id in liked)
    sure = [tagged_facts(tags) for tags in photo_tags] + [_facts(view, row) for row in rows]
    all_said = [guessed_facts(tags) for tags in photo_tags] + [_guesses(view, row) for row in rows]
    return Reference({name: f.value for name, f in _agreed(sure).items()}, _agreed(all_said), rows)


def compose(view: Snapshot, change: Change, reference: Reference, read: ReadWords) -> Composition:
    """See how a change bears on every product.

    Args:
        view: the shop.
        change: what is asked.
        reference: what the examples are.
        read: vectors of words.

    Raises:
        QueryError: cheaper or dearer than what has no price, or prices in several currencies.
    """
    allowed = view.matching(replace(change, wanted={}).where)
    for name, values in change.wanted.items():
        allowed = allowed & possible(view.columns, name, values)
    if change.towards:
        allowed = allowed & _priced(view, change.towards, reference)
    said = _shift_in_words(change, reference, read)
    return Composition(
        allowed,
        _changed(view, change),
        _kept(view, change, reference),
        _shift(view, change, reference) if said is None else said,
        in_words=said is not None,
    )


def _facts(view: Snapshot, row: int) -> dict[str, Fact]:
    """What a product's own words and its sure tags say."""
    words = {
        name: choice_of(view.columns, name).word(row) for name in ATTRIBUTES if _has(view, name)
    }
    return {name: Fact(word) for name, word in words.items() if word}


def _guesses(view: Snapshot, row: int) -> dict[str, Fact]:
    columns = view.columns
    heads = {name: TAG_OF.get(name, name) for name in ATTRIBUTES}
    guessed = {
        name: Fact(word, float(columns.confidences[head][row]))
        for name, head in heads.items()
        if head in columns.guesses and (word := columns.guesses[head].word(row))
    }
    own = {name: columns.choices[name].word(row) for name in ATTRIBUTES if name in columns.choices}
    return guessed | {name: Fact(word) for name, word in own.items() if word}


def _agreed(known: Sequence[Facts]) -> dict[str, Fact]:
    """What all say alike, as sure as the least sure of them."""
    agreed: dict[str, Fact] = {}
    for name, fact in known[0].items() if known else ():
        same = [o[name] for o in known if name in o and _same(o[name], fact)]
        if len(same) == len(known):
            agreed[name] = Fact(fact.value, min(each.confidence for each in same))
    return agreed


def _same(one: Fact, other: Fact) -> bool:
    return one.value.casefold() == other.value.casefold()


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


def _changed(view: Snapshot, change: Change) -> NDArray[np.float64] | None:
    parts = [likelihood(view.columns, name, values) for name, values in change.wanted.items()]
    parts += [1 - likelihood(view.columns, name, v) for name, v in change.unwanted.items()]
    return np.mean(parts, axis=0) if parts else None


def _kept(view: Snapshot, change: Change, reference: Reference) -> NDArray[np.float64] | None:
    facts = {
        name: fact
        for name, fact in reference.guesses.items()
        if name not in change.fields and _has(view, name)
    }
    if not facts:
        return None
    weights = [_weight(name) * fact.confidence for name, fact in facts.items()]
    agree = [likelihood(view.columns, name, [fact.value]) for name, fact in facts.items()]
    return np.maximum(np.average(agree, axis=0, weights=weights), _variants(view, reference))


def _variants(view: Snapshot, reference: Reference) -> Mask:
    """Variants of the examples: nothing but what was asked is different."""
    if not _has(view, "item_group_id"):
        return np.zeros(len(view.product_ids), dtype=np.bool_)
    column = view.columns.choices["item_group_id"]
    return column.has([word for row in reference.rows if (word := column.word(row))])


def _shift_in_words(change: Change, reference: Reference, read: ReadWords) -> Vectors | None:
    """Words for what is wanted, less half of those for what is to go."""
    asked = [*(" ".join(values) for values in change.wanted.values()), change.words]
    gone = [value for values in change.unwanted.values() for value in values]
    was = {
        name: reference.guesses[name].value for name in change.wanted if name in reference.guesses
    }
    gone += [value for name, value in was.items() if value not in change.wanted[name]]
    new, old = (" ".join(filter(None, words)).lower() for words in (asked, gone))
    parts: list[Vectors] = []
    for weight, words in ((_NEW_WORDS, new), (-_OLD_WORDS, old)):
        vector = read(words) if words else None
        if vector is not None:
            parts.append(np.asarray(weight * vector, np.float32))
    return np.array(parts).sum(axis=0) if parts else None


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
