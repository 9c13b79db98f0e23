"""Figures of styles as one table of Markdown, a column for each recipe."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from vitrine.evaluate.styles import LABELS, PAPER_E, StyleFigures
from vitrine.metrics import Interval

_ROWS: tuple[tuple[str, Callable[[StyleFigures], str]], ...] = (
    ("styles, by seed", lambda f: ", ".join(map(str, f.k))),
    ("silhouette, full vectors", lambda f: _with_interval(f.silhouette)),
    ("the same, shuffled vectors", lambda f: f"{f.silhouette_shuffled:.3f}"),
    ("silhouette, the recipe's own space", lambda f: f"{f.own_silhouette:.3f}"),
    ("Davies-Bouldin, full vectors (lower is better)", lambda f: f"{f.davies_bouldin:.2f}"),
    ("ARI across seeds", lambda f: _with_interval(f.seeds_ari)),
    ("ARI of two halves", lambda f: f"{f.halves_ari:.3f}"),
    *((f"AMI with {name}", lambda f, name=name: _if_there(f, name)) for name in LABELS),
    ("novelty AUROC, types held out", lambda f: _with_interval(f.novelty_auroc)),
    ("mean confidence (not comparable)", lambda f: f"{f.mean_confidence:.2f}"),
    ("new to all styles", lambda f: f"{f.novel_share:.1%}"),
    ("seconds a fit", lambda f: f"{f.seconds:.1f}"),
)


def style_table(found: Sequence[StyleFigures], n_products: int) -> str:
    """The table, and paper E's own figures below it."""
    header = [f"{n_products:,} products", *(each.recipe for each in found)]
    lines = [_line(header), _line(["---", *("---:" for _ in found)])]
    lines += [_line([name, *(show(each) for each in found)]) for name, show in _ROWS]
    own = ", ".join(f"{name} {figure}" for name, figure in PAPER_E.items())
    note = f"Paper E itself says: {own}. That is of other data, and compares with nothing here."
    return "\n".join([*lines, "", note, ""])


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _with_interval(each: Interval) -> str:
    return f"{each.figure:.3f} ({each.low:.3f} to {each.high:.3f})"


def _if_there(figures: StyleFigures, name: str) -> str:
    return f"{figures.ami[name]:.3f}" if name in figures.ami else "-"
