"""Names from what products of a style say more often than others: "navy striped casual tops".

Which words are typical is told by log-odds with a prior from the whole shop (Monroe, Colaresi and
Quinn, "Fightin' Words", 2008), so that a rare word needs more than one lucky product.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from vitrine.index import ChoiceColumn

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vitrine.types import Json, Rows

NOUN_FIELDS = ("article_type", "sub_category", "product_type", "master_category")
ADJECTIVE_FIELDS = ("gender", "colour", "pattern", "sleeve_length", "material", "usage")
"""In the order in which they stand before the noun."""

_WORDS = {
    "women": "women's",
    "men": "men's",
    "girls": "girls'",
    "boys": "boys'",
    "solid": "plain",
    "spot": "spotted",
    "graphics": "graphic",
    "long": "long-sleeved",
    "short": "short-sleeved",
    "none": "sleeveless",
    "tshirts": "t-shirts",
}
_NOUN_SHARE = 0.5  # of a style's products that are of one type, for it to bear that name
_PAIR_SHARE = 0.6  # the same of two types together
_SAID_SHARE = 0.4  # of them that an adjective is true of
_LEAST_SHARE = 0.25  # the same, where it tells two styles apart
_LIFT = 1.4  # how much more often than in the shop
SURE = 3.0
"""Standard deviations that the log-odds of a word are above 0, for it to be told."""
_PRIOR = 10.0  # products' worth of the whole shop that each style is given
_MOST_ADJECTIVES = 2
_MOST_ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Typical:
    """A word that a style's products say more often than others."""

    field: str
    word: str
    share: float
    """Of the style's products that say it."""
    lift: float
    """That share over the share in all products."""
    z: float
    """Log-odds against all other styles, in standard deviations."""

    def to_json(self) -> Json:
        """The shape that the command line and the HTTP API print."""
        share, lift = round(self.share, 4), round(self.lift, 2)
        return {"field": self.field, "value": self.word, "share": share, "lift": lift}


def typical_words(
    said: Mapping[str, ChoiceColumn], styles: Rows, n_styles: int
) -> list[list[Typical]]:
    """Words of each style, the most over-represented first.

    Args:
        said: field -> what each of n products says.
        styles: (n,) the style of each, -1 for none.
        n_styles: how many there are.
    """
    found: list[list[Typical]] = [[] for _ in range(n_styles)]
    sizes = np.bincount(styles[styles >= 0], minlength=n_styles)
    for field, column in said.items():
        counts = word_counts(column, styles, n_styles)
        z = log_odds(counts)
        shares = counts / np.maximum(sizes, 1)[:, None]
        overall = counts.sum(axis=0) / max(1, sizes.sum())
        for style, code in np.argwhere((counts > 0) & (z > 0)).tolist():
            share = float(shares[style, code])
            lift = share / float(overall[code])
            word = column.words[code]
            found[style].append(Typical(field, word, share, lift, float(z[style, code])))
    return [sorted(words, key=lambda each: (-each.z, each.field, each.word)) for words in found]


def word_counts(column: ChoiceColumn, groups: Rows, n_groups: int) -> NDArray[np.float64]:
    """How many products of each group say each word, (n_groups, words)."""
    told = column.known() & (groups >= 0)
    n_words = len(column.words)
    codes = groups[told] * n_words + column.codes[told]
    counts = np.bincount(codes, minlength=n_groups * n_words).astype(np.float64)
    return counts.reshape(n_groups, n_words)


def log_odds(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Log-odds of each word in its group against all other groups, in standard deviations.

    Args:
        counts: (groups, words).

    Returns:
        (groups, words); above 0 is said more often than elsewhere.
    """
    total = counts.sum(axis=0)
    prior = _PRIOR * total / max(1.0, total.sum()) + 1e-3
    here, elsewhere = counts + prior, total - counts + prior
    odds = np.log(here / (here.sum(axis=1, keepdims=True) - here + 1e-9)) - np.log(
        elsewhere / (elsewhere.sum(axis=1, keepdims=True) - elsewhere + 1e-9)
    )
    return odds / np.sqrt(1 / here + 1 / elsewhere)


def style_names(
    said: Mapping[str, ChoiceColumn], styles: Rows, n_styles: int, taken: Sequence[str] = ()
) -> list[str]:
    """A name for each style, no two alike, none of `taken`.

    Args:
        said: field -> what each of n products says; any of NOUN_FIELDS and ADJECTIVE_FIELDS.
        styles: (n,) the style of each, -1 for none.
        n_styles: how many there are.
        taken: names given by hand.
    """
    adjectives = {name: said[name] for name in ADJECTIVE_FIELDS if name in said}
    nouns = [_noun(said, styles == style) for style in range(n_styles)]
    typical = typical_words(adjectives, styles, n_styles)
    chosen = [_adjectives(words, noun) for words, noun in zip(typical, nouns, strict=True)]
    for _ in range(_MOST_ROUNDS):
        for twins in _alike([_phrase(*each) for each in zip(chosen, nouns, strict=True)]):
            _tell_apart(adjectives, styles, twins, chosen)
    return _numbered([_phrase(*each) for each in zip(chosen, nouns, strict=True)], taken)


def _noun(said: Mapping[str, ChoiceColumn], members: NDArray[np.bool_]) -> str:
    for field in NOUN_FIELDS:
        if field not in said or not members.any():
            continue
        column = said[field]
        counts = word_counts(column, np.where(members, 0, -1), 1)[0]
        shares = counts / members.sum()
        order = np.argsort(-shares, kind="stable")[:2].tolist()
        words = [spoken(column.words[code]) for code in order]
        if words and shares[order[0]] > _NOUN_SHARE:
            return words[0]
        if len(words) == 2 and shares[order].sum() >= _PAIR_SHARE:
            return " and ".join(words)
    return "mixed looks"


def _adjectives(words: Sequence[Typical], noun: str) -> dict[str, str]:
    """Field -> word, of the few that are truest and that the noun does not say already."""
    fit = [
        each
        for each in words
        if each.share >= _SAID_SHARE
        and each.lift >= _LIFT
        and each.z >= SURE
        and spoken(each.word) not in noun.split()
    ]
    found: dict[str, str] = {}
    for each in fit:
        if len(found) < _MOST_ADJECTIVES:
            found.setdefault(each.field, each.word)
    return found


def _tell_apart(
    said: Mapping[str, ChoiceColumn],
    styles: Rows,
    twins: Sequence[int],
    chosen: list[dict[str, str]],
) -> None:
    """Give each of several styles of one name the word that the others say least."""
    among = np.full(len(styles), -1)
    for number, style in enumerate(twins):
        among[styles == style] = number
    for number, words in enumerate(typical_words(said, among, len(twins))):
        mine = chosen[twins[number]]
        better = (w for w in words if w.field not in mine and w.share >= _LEAST_SHARE)
        if word := next(better, None):
            chosen[twins[number]] = mine | {word.field: word.word}


def _alike(names: Sequence[str]) -> list[list[int]]:
    places: dict[str, list[int]] = {}
    for place, name in enumerate(names):
        places.setdefault(name, []).append(place)
    return [twins for twins in places.values() if len(twins) > 1]


def _numbered(names: Sequence[str], taken: Sequence[str]) -> list[str]:
    used = {name.casefold() for name in taken}
    out: list[str] = []
    for name in names:
        number, tried = 1, name
        while tried.casefold() in used:
            number += 1
            tried = f"{name} {number}"
        used.add(tried.casefold())
        out.append(tried)
    return out


def _phrase(adjectives: Mapping[str, str], noun: str) -> str:
    words = [spoken(adjectives[name]) for name in ADJECTIVE_FIELDS if name in adjectives]
    return " ".join([*words, noun])


def spoken(word: str) -> str:
    """A word of a shop as names say it.

    Example:
        >>> spoken("Women"), spoken("Navy  Blue")
        ("women's", 'navy blue')
    """
    folded = " ".join(word.split()).casefold()
    return _WORDS.get(folded, folded)
