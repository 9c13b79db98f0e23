"""Protocol `text`: a title looks for its product among the photos."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from vitrine.encoders import words_of
from vitrine.errors import ConfigurationError
from vitrine.evaluate.examples import codes_of
from vitrine.evaluate.neighbours import first_rank, rank_of_best
from vitrine.evaluate.results import Result, mean_result
from vitrine.metrics import reciprocal_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vitrine.evaluate.contestants import Contestant
    from vitrine.evaluate.examples import Examples
    from vitrine.evaluate.seen import HeadTags

TEXT = "text"
_BY_TAGS = "title's words against tags"
_LEAST_CHANCE = 1e-4
_BLOCK = 512


def has_titles(examples: Examples) -> bool:
    """At least two titles."""
    return len(np.unique(examples.titles[examples.titles != ""])) > 1


def measure_text(contestant: Contestant, examples: Examples) -> list[Result]:
    """Every title asks the main photos of everything; any product of that very title is right.

    Titles are the same if their words are (case, punctuation and plurals apart). Beside it stands
    what the same encoder's tags would find, matched with the title's words: a text tower has to
    beat it to be worth having.
    """
    shop = examples.only(examples.main & (examples.titles != ""))
    words = [words_of(title) for title in shop.titles.tolist()]
    titles = codes_of(np.array([" ".join(own) for own in words], np.str_))
    groups = codes_of(shop.groups)
    seen = contestant.see(shop.photos.tolist())
    name = contestant.name
    results: list[Result] = []
    if (encoder := contestant.text_encoder) is not None:
        texts = encoder.embed_text(shop.titles.tolist())
        if texts.shape[1] != seen.vectors.shape[1]:
            raise ConfigurationError(
                f"encoder {name!r} gives texts of {texts.shape[1]} numbers and photos of "
                f"{seen.vectors.shape[1]}: they cannot be compared"
            )
        ranks = first_rank(texts, seen.vectors, (titles, titles))
        for what, asked in new_titles(words, shop.training_titles).items():
            results += rank_results(what, ranks[asked], groups[asked], name)
    if seen.tags:
        heads = contestant.tagger.heads if contestant.tagger else {}
        results += rank_results(_BY_TAGS, tag_ranks(words, titles, seen.tags, heads), groups, name)
    return results


def tag_ranks(
    words: Sequence[Sequence[str]],
    titles: NDArray[np.int64],
    tags: Mapping[str, HeadTags],
    heads: Mapping[str, Sequence[str]],
) -> NDArray[np.int64]:
    """Rank, from 1, of the best photo that has the title; (n,), ties counted by half.

    Args:
        words: of every photo's title.
        titles: (n,) codes, the same for the same title.
        tags: of every photo.
        heads: the values that each head can say.
    """
    ranks = np.zeros(len(words), np.int64)
    for start in range(0, len(words), _BLOCK):
        block = slice(start, start + _BLOCK)
        scores = tag_scores(words[block], tags, heads)
        ranks[block] = rank_of_best(scores, titles[block, None] == titles[None])
    return ranks


def rank_results(
    what: str, ranks: NDArray[np.int64], groups: NDArray[np.int64], name: str
) -> list[Result]:
    """R@1, R@10 and MRR of ranks from 1; 0 is never found."""
    measures = {
        "R@1": ranks == 1,
        "R@10": (ranks >= 1) & (ranks <= 10),
        "MRR": reciprocal_of(ranks),
    }
    return [
        mean_result(TEXT, f"{what} {m}", name, values, groups) for m, values in measures.items()
    ]


def new_titles(
    words: Sequence[Sequence[str]], training_titles: Iterable[str]
) -> dict[str, NDArray[np.bool_]]:
    """Choose all titles, those that are new, and those that join words never joined before.

    Args:
        words: of every title.
        training_titles: what may have been learnt; without any, only "own title" is given.

    Returns:
        Name -> (n,) which titles. "unseen title": no training title has this very set of words.
        "unseen pair of words": two of its words stand together in no training title.
    """
    every = {"own title": np.ones(len(words), np.bool_)}
    learnt = [frozenset(words_of(title)) for title in training_titles]
    if not learnt:
        return every
    titles = set(learnt)
    pairs = {pair for title in titles for pair in _pairs(title)}
    unseen = [frozenset(own) not in titles for own in words]
    unpaired = [not pairs.issuperset(_pairs(own)) for own in words]
    return every | {
        "own title, unseen in training": np.array(unseen, np.bool_),
        "own title with an unseen pair of words": np.array(unpaired, np.bool_),
    }


def tag_scores(
    words: Sequence[Sequence[str]],
    tags: Mapping[str, HeadTags],
    heads: Mapping[str, Sequence[str]],
) -> NDArray[np.float32]:
    """Score photos by their tags against titles: (titles, photos), higher is better.

    For every head whose values a title names, the longest one named is looked for: a photo scores
    the logarithm of the tag's confidence if it has that value, else that of an even share of the
    rest.

    Args:
        words: of every title.
        tags: of every photo.
        heads: the values that each head can say.
    """
    n_photos = len(next(iter(tags.values())).values) if tags else 0
    scores = np.zeros((len(words), n_photos), np.float32)
    sets = [frozenset(own) for own in words]
    for head, found in tags.items():
        values = {value: frozenset(words_of(value)) for value in heads.get(head, ())}
        named = [_longest_named(own, values) for own in sets]
        others = max(len(values) - 1, 1)
        miss = np.log(np.maximum((1 - found.confidence) / others, _LEAST_CHANCE))
        hit = np.log(np.maximum(found.confidence, _LEAST_CHANCE))
        for value in {value for value in named if value}:
            asked = np.array([value == own for own in named])
            scores[asked] += np.where(found.values == value, hit, miss).astype(np.float32)
    return scores


def _longest_named(title: frozenset[str], values: Mapping[str, frozenset[str]]) -> str:
    named = [value for value, own in values.items() if own and own <= title]
    return max(named, key=lambda value: (len(values[value]), value), default="")


def _pairs(words: Iterable[str]) -> Iterable[tuple[str, str]]:
    return combinations(sorted(set(words)), 2)
