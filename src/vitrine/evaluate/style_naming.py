"""Do names say what styles are? Styles of a known meaning are planted in a shop, and named.

`naming_accuracy(looks) -> NamingFigures` takes a second or two. A planted style is a group of the
shop's own products that share a meaning: an article type with one or two of colour, gender, pattern
and use. So many in a hundred of its products are foreign, drawn from the rest of the shop. A dozen
are planted at once, beside the rest of the shop, and named by `vitrine.styles.naming`. A name is
right where it says every word that was planted, and no word that is false: one that less than half
of the products that have the meaning say. Words that were not planted and are true are no mistake.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from vitrine.errors import DataError
from vitrine.metrics import Interval, bootstrap_interval, paired_difference
from vitrine.styles.naming import ADJECTIVE_FIELDS, NOUN_FIELDS, spoken, style_names, word_counts

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vitrine.index import ChoiceColumn
    from vitrine.styles import Looks
    from vitrine.types import Json, Rows

    Said = Mapping[str, ChoiceColumn]

PURITIES = (1.0, 0.85, 0.7)
NOUN = "article_type"
ADJECTIVES = ("colour", "gender", "pattern", "usage")
_LEAST_SIZE, _MOST_SIZE = 15, 300
_AT_ONCE = 12
_SAYS_NOTHING = 2 / 3  # a word that this many of all products say is no meaning
_TRUE_SHARE = 0.5
_N_WORDS = 2  # adjectives in a name


@dataclass(frozen=True, slots=True)
class Planted:
    """A style that was planted, and what it was called."""

    meaning: tuple[tuple[str, str], ...]
    """Field and word, the noun first."""
    size: int
    purity: float
    name: str
    baseline: str
    """A name of the most frequent words."""
    said: float
    """Of the planted words, how many the name says, 0..1."""
    false: int
    """Words that the name says and that are false."""
    baseline_said: float
    baseline_false: int

    @property
    def right(self) -> bool:
        """Whether the name says all and nothing false."""
        return self.said == 1 and not self.false

    @property
    def baseline_right(self) -> bool:
        """The same of the baseline."""
        return self.baseline_said == 1 and not self.baseline_false


@dataclass(frozen=True, slots=True)
class NamingFigures:
    """How well names say what was planted; intervals draw meanings."""

    n: int
    """Planted styles."""
    right: Interval
    said: Interval
    """Share of the planted words that names say."""
    false: Interval
    """Share of names that say anything false."""
    baseline_right: Interval
    baseline_said: Interval
    baseline_false: Interval
    more_right: Interval
    """Right less the baseline's, paired."""
    by_purity: Mapping[float, Interval]
    """Right."""
    by_words: Mapping[int, Interval]
    """Right, by how many words the meaning has."""
    planted: tuple[Planted, ...]

    def to_json(self) -> Json:
        """Plain numbers; an interval is [figure, low, high]."""

        def plain(each: Interval) -> list[float]:
            return [round(value, 4) for value in (each.figure, each.low, each.high)]

        named = ("right", "said", "false", "baseline_right", "baseline_said", "baseline_false")
        return {
            "planted": self.n,
            **{name: plain(getattr(self, name)) for name in (*named, "more_right")},
            "by_purity": {str(purity): plain(each) for purity, each in self.by_purity.items()},
            "by_words": {str(n): plain(each) for n, each in self.by_words.items()},
        }


def naming_accuracy(looks: Looks, *, n_planted: int = 300, seed: int = 0) -> NamingFigures:
    """Plant styles in a shop and see what they are called.

    Args:
        looks: a shop's products and their words; its vectors are not looked at.
        n_planted: how many, about.
        seed: of what is planted.

    Raises:
        DataError: the shop's products say too little.
    """
    rng = np.random.default_rng(seed)
    meanings = _meanings(looks.said, len(looks.product_ids))
    if not meanings:
        raise DataError(
            f"no article type shares a colour, gender, pattern or use with {_LEAST_SIZE} products; "
            "names cannot be measured on this shop"
        )
    planted: list[Planted] = []
    for _ in range(-(-n_planted // _AT_ONCE)):
        planted += _round(looks.said, len(looks.product_ids), meanings, rng)
    return _figures(planted)


_Meaning = tuple[tuple[str, int], ...]
_Meanings = Sequence[Sequence[_Meaning]]


def _meanings(said: Said, n: int) -> _Meanings:
    """Fields and codes that enough products share, by which fields they are of."""
    fields = [name for name in ADJECTIVES if name in said and not said[name].lists]
    if NOUN not in said or said[NOUN].lists:
        return []
    sets = [(NOUN, *chosen) for size in (1, _N_WORDS) for chosen in combinations(fields, size)]
    return [found for names in sets if (found := _shared(said, names, n))]


def _shared(said: Said, names: Sequence[str], n: int) -> list[_Meaning]:
    """Of one set of fields; "sports sports shoes" would say one thing twice."""
    usual = {
        name: np.bincount(said[name].codes[said[name].known()], minlength=len(said[name].words)) / n
        for name in names
    }
    codes = np.stack([said[name].codes for name in names], axis=1)
    known = np.logical_and.reduce([said[name].known() for name in names])
    rows, counts = np.unique(codes[known], axis=0, return_counts=True)
    found: list[_Meaning] = []
    for row in rows[counts >= _LEAST_SIZE].tolist():
        meaning = tuple(zip(names, row, strict=True))
        words = [spoken(said[name].words[code]) for name, code in meaning]
        repeats = any(word in words[0].split() for word in words[1:])
        if not repeats and all(usual[name][code] < _SAYS_NOTHING for name, code in meaning):
            found.append(meaning)
    return found


def _round(said: Said, n: int, meanings: _Meanings, rng: np.random.Generator) -> Iterator[Planted]:
    """Plant a dozen styles in one shop; whatever is of none is a style of its own."""
    groups = np.zeros(n, dtype=np.int64)
    native = np.zeros(n, dtype=np.bool_)
    plan: list[tuple[_Meaning, float]] = []
    for _ in range(_AT_ONCE):
        among = meanings[int(rng.integers(len(meanings)))]
        meaning = among[int(rng.integers(len(among)))]
        has = np.logical_and.reduce([said[name].codes == code for name, code in meaning])
        free = np.flatnonzero(has & (groups == 0))
        if len(free) < _LEAST_SIZE:
            continue
        purity = PURITIES[int(rng.integers(len(PURITIES)))]
        plan.append((meaning, purity))
        most = min(len(free), _MOST_SIZE)
        size = int(np.exp(rng.uniform(np.log(_LEAST_SIZE), np.log(most + 1))))
        mine = rng.choice(free, size, replace=False)
        groups[mine], native[mine] = len(plan), True
        others = np.flatnonzero(~has & (groups == 0))
        n_foreign = min(len(others), round(size * (1 / purity - 1)))
        groups[rng.choice(others, n_foreign, replace=False)] = len(plan)
    names = style_names(said, groups, len(plan) + 1)
    for group, (meaning, purity) in enumerate(plan, 1):
        rows = np.flatnonzero(groups == group)
        yield _told(said, meaning, purity, rows, rows[native[rows]], names[group])


def _told(
    said: Said, meaning: _Meaning, purity: float, rows: Rows, native: Rows, name: str
) -> Planted:
    words = tuple((field, said[field].words[code]) for field, code in meaning)
    true = true_words(said, native)
    baseline = frequent_words(said, rows)
    phrases = _phrases(said)
    ours, theirs = (_judged(each, words, true, phrases) for each in (name, baseline))
    return Planted(words, len(rows), purity, name, baseline, *ours, *theirs)


def _judged(
    name: str, words: Sequence[tuple[str, str]], true: set[str], phrases: set[tuple[str, ...]]
) -> tuple[float, int]:
    """The share of planted words that a name says, and how many false ones."""
    said = says(name, phrases)
    found = sum(spoken(word) in said for _, word in words)
    return found / len(words), sum(phrase not in true for phrase in said)


def says(name: str, phrases: set[tuple[str, ...]]) -> list[str]:
    """Which phrases a name is made of, the longest first where several fit.

    Example:
        >>> says("navy blue tops 2", {("navy", "blue"), ("blue",), ("tops",)})
        ['navy blue', 'tops']
    """
    tokens, found = name.split(), list[str]()
    longest = max(map(len, phrases), default=0)
    place = 0
    while place < len(tokens):
        sizes = range(min(longest, len(tokens) - place), 0, -1)
        fit = next((n for n in sizes if tuple(tokens[place : place + n]) in phrases), 0)
        if fit:
            found.append(" ".join(tokens[place : place + fit]))
        place += max(fit, 1)
    return found


def true_words(said: Said, rows: Rows) -> set[str]:
    """Words that at least half of the products at these rows say."""
    out: set[str] = set()
    for field in (*NOUN_FIELDS, *ADJECTIVE_FIELDS):
        if column := said.get(field):
            codes = column.codes[rows]
            counts = np.bincount(codes[codes >= 0], minlength=len(column.words))
            often = np.flatnonzero(counts >= _TRUE_SHARE * len(rows))
            out |= {spoken(column.words[code]) for code in often.tolist()}
    return out


def frequent_words(said: Said, rows: Rows) -> str:
    """A name of the commonest type and the two commonest other words."""
    groups = np.full(len(said[NOUN].codes), -1)
    groups[rows] = 0
    best: Counter[tuple[str, str]] = Counter()
    for field in (NOUN, *(name for name in ADJECTIVE_FIELDS if name in said)):
        counts: NDArray[np.float64] = word_counts(said[field], groups, 1)[0]
        if len(counts):
            top = int(counts.argmax())
            best[field, said[field].words[top]] = int(counts[top])
    noun = next(word for field, word in best if field == NOUN)
    common = {field: word for (field, word), _ in best.most_common() if field != NOUN}
    adjectives = list(common)[:_N_WORDS]
    return " ".join([*(spoken(common[each]) for each in adjectives), spoken(noun)])


def _phrases(said: Said) -> set[tuple[str, ...]]:
    fields = [said[name] for name in (*NOUN_FIELDS, *ADJECTIVE_FIELDS) if name in said]
    return {tuple(spoken(word).split()) for column in fields for word in column.words}


def _figures(planted: Sequence[Planted]) -> NamingFigures:
    groups = np.array([str(each.meaning) for each in planted])

    def over(figures: Sequence[float], chosen: NDArray[np.bool_] | slice = slice(None)) -> Interval:
        return bootstrap_interval(np.array(figures, dtype=np.float64)[chosen], groups[chosen])

    right = [float(each.right) for each in planted]
    baseline = [float(each.baseline_right) for each in planted]
    purities = np.array([each.purity for each in planted])
    n_words = np.array([len(each.meaning) for each in planted])
    return NamingFigures(
        n=len(planted),
        right=over(right),
        said=over([each.said for each in planted]),
        false=over([float(each.false > 0) for each in planted]),
        baseline_right=over(baseline),
        baseline_said=over([each.baseline_said for each in planted]),
        baseline_false=over([float(each.baseline_false > 0) for each in planted]),
        more_right=paired_difference(np.array(right), np.array(baseline), groups),
        by_purity={p: over(right, purities == p) for p in PURITIES},
        by_words={n: over(right, n_words == n) for n in sorted(set(n_words.tolist()))},
        planted=tuple(planted),
    )
