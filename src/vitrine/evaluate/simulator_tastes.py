"""Tastes of simulated visitors: what they share with their like, and what is their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from vitrine.evaluate.simulator_shelf import LABELS, Shelf
from vitrine.events import Visitor

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vitrine.types import Rows

_SPREADS = {"article_type": 1.2, "colour": 1.1, "pattern": 0.7, "usage": 0.8}
"""How far apart the values of a label are, in units of utility."""
_MARKET, _PERSONA, _OWN = 0.5, 0.8, 0.6
"""How much of it everybody shares, a persona shares, is one's own."""
_N_PERSONAS = 12
_PAIR = 0.8  # of a persona's taste for one colour of one article type
_OWN_GENDER, _UNISEX, _OTHER_GENDER = 1.0, 0.3, -2.5
_CHILDREN = 0.25  # share of visitors who also shop for children
_BUDGET, _PRICE = 0.7, 0.35
_KNOWN = 0.6  # share of visitors of whom the shop knows age, gender and region
_REGIONS = ("north", "south", "east", "west")
_AGE_BANDS = ((16, 25), (26, 35), (36, 50), (51, 80))


@dataclass(frozen=True, slots=True)
class Tastes:
    """What visitors want, as tables to look up; rows are visitors."""

    visitors: Sequence[Visitor]
    labels: Mapping[str, NDArray[np.float32]]
    """label -> (visitors, words)."""
    pairs: NDArray[np.float32]
    """(personas, article types, colours)."""
    persona: NDArray[np.int64]
    """(visitors,) the one each is nearest to."""
    budget: NDArray[np.float32]
    """(visitors,) how dear things should be, as `Shelf.dearness`."""
    activity: NDArray[np.float32]
    """(visitors,) relative, median 1, skewed."""
    strictness: NDArray[np.float32]
    """(visitors,) what each takes off every rating."""

    def of(self, visitor: int, shelf: Shelf, products: Rows) -> NDArray[np.float32]:
        """Utility (n,) of products for one visitor, seasons aside."""
        codes = {label: shelf.codes[label][products] for label in LABELS}
        total = shelf.appeal[products].copy()
        for label, table in self.labels.items():
            total += table[visitor][codes[label]]
        total += self.pairs[self.persona[visitor]][codes["article_type"], codes["colour"]]
        off = shelf.dearness[products] - self.budget[visitor]
        priced = ~np.isnan(shelf.price[products])
        return np.where(priced, total - _PRICE * off**2, total).astype(np.float32)


def draw_tastes(shelf: Shelf, n: int, seed: int) -> Tastes:
    """Draw n visitors.

    A persona is a way to dress that many share; which one a visitor is near goes by age and
    region, so that knowing these helps with those who did nothing yet.
    """
    rng = np.random.default_rng([seed, 2])
    band = rng.integers(0, len(_AGE_BANDS), n)
    region = rng.integers(0, len(_REGIONS), n)
    habits = rng.dirichlet(np.full(_N_PERSONAS, 0.5), (len(_AGE_BANDS), len(_REGIONS)))
    shares = habits[band, region].cumsum(axis=1)
    persona = (rng.random((n, 1)) > shares).sum(axis=1).clip(max=_N_PERSONAS - 1)
    second = rng.integers(0, _N_PERSONAS, n)
    labels: dict[str, NDArray[np.float32]] = {}
    for label, spread in _SPREADS.items():
        n_words = len(shelf.words[label])
        market = rng.normal(0, spread * _MARKET, n_words)
        of_personas = rng.normal(0, spread * _PERSONA, (_N_PERSONAS, n_words))
        own = rng.normal(0, spread * _OWN, (n, n_words))
        table = market + 0.8 * of_personas[persona] + 0.4 * of_personas[second] + own
        table[:, 0] = 0.0
        labels[label] = table.astype(np.float32)
    women = rng.random(n) < 0.55
    labels["gender"] = _gender_taste(shelf.words["gender"], women, rng)
    pairs = (_N_PERSONAS, len(shelf.words["article_type"]), len(shelf.words["colour"]))
    return Tastes(
        _visitors(band, region, women, rng),
        labels,
        rng.normal(0, _PAIR, pairs).astype(np.float32),
        persona,
        rng.normal(0, _BUDGET, n).astype(np.float32),
        rng.lognormal(0, 1, n).astype(np.float32),
        rng.normal(0, 0.4, n).astype(np.float32),
    )


def _gender_taste(
    words: Sequence[str], women: NDArray[np.bool_], rng: np.random.Generator
) -> NDArray[np.float32]:
    parents = rng.random(len(women)) < _CHILDREN
    table = np.zeros((len(women), len(words)), np.float32)
    for code, word in enumerate(words):
        if word in ("women", "men"):
            own = women if word == "women" else ~women
            table[:, code] = np.where(own, _OWN_GENDER, _OTHER_GENDER)
        elif word in ("girls", "boys"):
            table[:, code] = np.where(parents, 0.0, _OTHER_GENDER)
        elif word:
            table[:, code] = _UNISEX
    return table


def _visitors(
    band: NDArray[np.int64],
    region: NDArray[np.int64],
    women: NDArray[np.bool_],
    rng: np.random.Generator,
) -> list[Visitor]:
    known = rng.random(len(band)) < _KNOWN
    visitors: list[Visitor] = []
    for row in range(len(band)):
        visitor_id = f"visitor-{row:05d}"
        if not known[row]:
            visitors.append(Visitor(visitor_id))
            continue
        low, high = _AGE_BANDS[band[row]]
        age = int(rng.integers(low, high + 1))
        gender = "women" if women[row] else "men"
        visitors.append(Visitor(visitor_id, age, gender, _REGIONS[region[row]]))
    return visitors
