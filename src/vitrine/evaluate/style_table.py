"""Figures of styles as one table of Markdown, a column for each recipe."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress

import numpy as np

from vitrine.errors import DataError
from vitrine.evaluate.style_naming import NamingFigures, naming_accuracy
from vitrine.evaluate.style_silhouettes import lead
from vitrine.evaluate.styles import PAPER_E, StyleFigures
from vitrine.metrics import Interval, paired_difference
from vitrine.styles import DEFAULT_RECIPE, Looks

_Rows = Iterator[tuple[str, Callable[[StyleFigures], str]]]


def style_table(
    found: Sequence[StyleFigures], n_products: int, naming: NamingFigures | None = None
) -> str:
    """The table, by how much the default recipe is ahead, and paper E's own figures below it."""
    header = [f"{n_products:,} products", *(each.recipe for each in found)]
    lines = [_line(header), _line(["---", *("---:" for _ in found)])]
    lines += [_line([name, *(show(each) for each in found)]) for name, show in _rows(found[0])]
    lines += ["", *(f"- {each}" for each in _notes(found, naming))]
    return "\n".join([*lines, ""])


def named(looks: Looks) -> NamingFigures | None:
    """How well names say what is planted; None where products say too little to plant anything."""
    with suppress(DataError):
        return naming_accuracy(looks)
    return None


def _rows(first: StyleFigures) -> _Rows:
    yield "styles, by seed", lambda f: ", ".join(map(str, f.k))
    yield "silhouette, full vectors", lambda f: _told(f.silhouette.found)
    yield "the same, shuffled vectors", lambda f: _told(f.silhouette.shuffled)
    yield "above shuffled", lambda f: _told(f.silhouette.above)
    yield "silhouette, the recipe's own space", lambda f: _told(f.own_silhouette.found)
    yield "own space, shuffled vectors", lambda f: _told(f.own_silhouette.shuffled)
    yield "own space, above shuffled", lambda f: _told(f.own_silhouette.above)
    yield "Davies-Bouldin, full vectors (lower is better)", lambda f: f"{f.davies_bouldin:.2f}"
    yield "ARI across seeds", lambda f: _told(f.seeds_ari)
    yield "ARI of two halves", lambda f: f"{f.halves_ari:.3f}"
    for name in first.ami:
        yield f"AMI with {name}", lambda f, name=name: _number(f.ami[name])
    for at, each in enumerate(first.purchases):
        beyond = " and ".join(each.beyond)
        yield f"co-purchase beyond {beyond}, bits", lambda f, at=at: _told(f.purchases[at].bits, 4)
        yield "the same, styles shuffled", lambda f, at=at: _told(f.purchases[at].shuffled, 4)
        yield "above shuffled styles", lambda f, at=at: _told(f.purchases[at].above, 4)
    yield "novelty AUROC, types held out", lambda f: _told(f.novelty_auroc)
    yield "held-out types that came to be proposed", _proposed
    yield "products of the type until then, median", _delay
    yield "share of new types' products that came before", _missed
    yield "false proposals; where nothing new came", _false
    yield "mean confidence (not comparable)", lambda f: f"{f.mean_confidence:.2f}"
    yield "new to all styles", lambda f: f"{f.novel_share:.1%}"
    yield "seconds a fit; of the processor", lambda f: f"{f.seconds:.1f}; {f.processor_s:.1f}"


def _notes(found: Sequence[StyleFigures], naming: NamingFigures | None) -> Iterator[str]:
    ours = next((each for each in found if each.recipe == DEFAULT_RECIPE), None)
    for theirs in found:
        if ours is not None and theirs is not ours:
            yield _ahead(ours, theirs)
    for each in found[0].purchases:
        yield (
            f"co-purchase beyond {' and '.join(each.beyond)}: {each.n_taught:,} questions taught, "
            f"{each.n_asked:,} of other designs were asked"
        )
    if naming is not None:
        yield (
            f"names of {naming.n} planted styles, whatever the recipe: {_told(naming.right)} are "
            f"right, of the most frequent words {_told(naming.baseline_right)}"
        )
    own = ", ".join(f"{name} {figure}" for name, figure in PAPER_E.items())
    yield f"paper E itself says: {own}. That is of other data, and compares with nothing here"


def _ahead(ours: StyleFigures, theirs: StyleFigures) -> str:
    by = lead(ours.silhouette, theirs.silhouette)
    ari = ours.seeds_ari.figure - theirs.seeds_ari.figure
    told = (
        f"{ours.recipe} less {theirs.recipe}: silhouette on the full vectors {_signed(by.found)}, "
        f"of shuffled vectors {_signed(by.shuffled)}, beyond that {_signed(by.beyond)}; ARI across "
        f"seeds {ari:+.3f}"
    )
    if not ours.novelty:
        return told
    novelty = paired_difference(np.array(ours.novelty), np.array(theirs.novelty))
    return f"{told}; novelty AUROC {_signed(novelty)}"


def _proposed(figures: StyleFigures) -> str:
    each = figures.arrivals
    return f"{each.n_proposed} of {each.n_types}" if each else "-"


def _delay(figures: StyleFigures) -> str:
    return _number(figures.arrivals.delay, 0) if figures.arrivals else "-"


def _missed(figures: StyleFigures) -> str:
    return _told(figures.arrivals.missed, 2) if figures.arrivals else "-"


def _false(figures: StyleFigures) -> str:
    each = figures.arrivals
    return f"{each.n_false} of {each.n_proposals}; {each.n_false_control}" if each else "-"


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _number(value: float, digits: int = 3) -> str:
    return "-" if math.isnan(value) else f"{value:.{digits}f}"


def _told(each: Interval, digits: int = 3) -> str:
    if math.isnan(each.figure):
        return "-"
    if each.low == each.high:  # of one pair of seeds, or one split
        return f"{each.figure:.{digits}f}"
    return f"{each.figure:.{digits}f} ({each.low:.{digits}f} to {each.high:.{digits}f})"


def _signed(each: Interval) -> str:
    return f"{each.figure:+.3f} ({each.low:+.3f} to {each.high:+.3f})"
