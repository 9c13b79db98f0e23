"""A blind study: people rate results of two encoders without knowing which found what.

Lists are mixed by team-draft interleaving (Radlinski, Kurup and Joachims, 2008): a coin says who
chooses first in each round, and each adds its best product that is not there yet.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

import numpy as np

from vitrine.errors import NotFoundError, UsageError
from vitrine.events import ASPECTS, Event, EventProduct

if TYPE_CHECKING:
    from vitrine.shop import Shop

STUDY = "blind-encoders"
N_QUESTIONS, N_SHOWN = 20, 6
RATINGS = (1, 2, 3, 4, 5)
_MOST_TRIED = 5  # products drawn for each question that is wanted


@dataclass(frozen=True, slots=True)
class Shown:
    """A product in a mixed list, and the encoder that it is there for."""

    product_id: str
    system: str


@dataclass(frozen=True, slots=True)
class BlindQuestion:
    """A product that is asked with, and the mixed list."""

    asked: str
    shown: Sequence[Shown]


def mixed(
    ours: Sequence[str], theirs: Sequence[str], k: int, rng: np.random.Generator
) -> list[tuple[str, int]]:
    """Mix two rankings by team draft.

    Args:
        ours: product ids, best first.
        theirs: product ids, best first.
        k: how many.
        rng: tosses the coin of each round.

    Returns:
        At most k pairs of a product and who chose it, 0 for ours; nothing twice.

    Example:
        >>> mixed(["a", "b"], ["a", "c"], 3, np.random.default_rng(1))
        [('a', 0), ('c', 1), ('b', 0)]
    """
    teams, chosen = (list(ours), list(theirs)), dict[str, int]()
    while len(chosen) < k:
        first = int(rng.integers(2))
        before = len(chosen)
        for team in (first, 1 - first):
            free = next((each for each in teams[team] if each not in chosen), None)
            if free is not None and len(chosen) < k:
                chosen[free] = team
        if len(chosen) == before:
            break
    return list(chosen.items())


class BlindStudy:
    """Questions about two shops of the same products; the same seed gives the same questions.

    Args:
        ours: a shop; ratings become its events.
        theirs: the same products under another encoder.
        n_questions: how many products are asked with.
        n_shown: length of each mixed list.
        seed: of questions and coins.

    Raises:
        UsageError: both have one encoder.
        NotFoundError: they have no photos of the same products.
    """

    def __init__(
        self,
        ours: Shop,
        theirs: Shop,
        *,
        n_questions: int = N_QUESTIONS,
        n_shown: int = N_SHOWN,
        seed: int = 0,
    ) -> None:
        self._shops = (ours, theirs)
        identities = (ours.encoder, theirs.encoder)
        self.systems = tuple(f"{each.name} {each.sha256[:8]}" for each in identities)
        if identities[0] == identities[1]:
            raise UsageError(
                f"both shops were built with {self.systems[0]}; compare shops of two encoders"
            )
        self._n_shown, self._seed = n_shown, seed
        self._questions: dict[int, BlindQuestion] = {}
        self._asked = self._drawn(n_questions)

    def __len__(self) -> int:
        return len(self._asked)

    def question(self, number: int) -> BlindQuestion:
        """One question, from 0; searched for once.

        Raises:
            NotFoundError: there is no such question.
        """
        if not 0 <= number < len(self._asked):
            raise NotFoundError(f"there is no question {number + 1}; there are {len(self._asked)}")
        if number not in self._questions:
            asked, rng = self._asked[number], np.random.default_rng([self._seed, 1, number])
            lists = [
                [hit.product_id for hit in shop.search(like=asked, k=self._n_shown)]
                for shop in self._shops
            ]
            known = set(self._common)
            ours, theirs = ([each for each in found if each in known] for found in lists)
            drafted = mixed(ours, theirs, self._n_shown, rng)
            shown = [Shown(product_id, self.systems[team]) for product_id, team in drafted]
            self._questions[number] = BlindQuestion(asked, shown)
        return self._questions[number]

    def title(self, product_id: str) -> str:
        """What a product is called; the same whoever found it."""
        return self._shops[0].get(product_id).title

    def photo(self, product_id: str) -> bytes | None:
        """A small copy of a product's photo; the same whoever found it."""
        return self._shops[0].thumbnail(product_id)

    def keep(self, rater: str, number: int, ratings: Mapping[tuple[int, str], int]) -> int:
        """Keep what somebody thinks of a mixed list as `rate` events; how many were new.

        Of a rating that is sent twice the first counts.

        Args:
            rater: who; also the events' visitor.
            number: of the question, from 0.
            ratings: (place in the list, one of `ASPECTS`) -> 1 to 5.

        Raises:
            UsageError: a place, aspect or rating that does not exist.
        """
        question = self.question(number)
        events: list[Event] = []
        for (place, aspect), rating in ratings.items():
            if not 0 <= place < len(question.shown) or aspect not in ASPECTS:
                raise UsageError(f"question {number + 1} has no {aspect!r} of result {place + 1}")
            if rating not in RATINGS:
                raise UsageError(f"the rating {rating} is none; it goes from 1 to 5")
            events.append(self._event(rater, question, place, aspect, rating))
        return self._shops[0].events.append(events).added

    def _event(
        self, rater: str, question: BlindQuestion, place: int, aspect: str, rating: int
    ) -> Event:
        shown = question.shown[place]
        name = "/".join((STUDY, *sorted(self.systems), rater, question.asked, str(place), aspect))
        return Event(
            f"{STUDY}-{sha256(name.encode()).hexdigest()[:32]}",
            "rate",
            f"{STUDY}-{rater}",
            time.time(),
            (EventProduct(shown.product_id, position=place),),
            value=float(rating),
            aspect=aspect,
            attributes={
                "study": STUDY,
                "systems": " / ".join(sorted(self.systems)),
                "system": shown.system,
                "asked": question.asked,
            },
        )

    def _drawn(self, n: int) -> list[str]:
        """Products with a photo in both shops, for which both find something."""
        ours, theirs = ({p.product_id for p in s.products() if p.photos} for s in self._shops)
        self._common = sorted(ours & theirs)
        if len(self._common) < 2:
            raise NotFoundError(
                "the two shops have no photos of the same products; index one catalogue twice,"
                " with --encoder"
            )
        rng = np.random.default_rng([self._seed, 0])
        drawn = rng.permutation(len(self._common))[: _MOST_TRIED * n].tolist()
        able = (
            self._common[row]
            for row in drawn
            if all(shop.thumbnail(self._common[row]) for shop in self._shops)
        )
        return [product_id for product_id, _ in zip(able, range(n), strict=False)]
