"""`vitrine evaluate outfits`: which kinds and which products go together, on data kept aside."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vitrine.cli.options import AsJson
from vitrine.cli.output import airy_table, cell, console, print_json, say
from vitrine.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vitrine.evaluate.outfits import Judged
    from vitrine.evaluate.outfits_polyvore import PolyvoreFigure
    from vitrine.metrics import Interval
    from vitrine.types import Json


def outfits(
    polyvore: Annotated[
        Path | None,
        typer.Option("--polyvore", metavar="FOLDER", help="Polyvore Outfits, for kinds."),
    ] = None,
    hm: Annotated[
        Path | None,
        typer.Option("--hm", metavar="FOLDER", help="H&M's tables, for products bought together."),
    ] = None,
    shop: Annotated[
        Path | None, typer.Option("--shop", metavar="PATH", help="A shop of H&M's articles.")
    ] = None,
    column: Annotated[
        list[str] | None,
        typer.Option(
            "--column", metavar="NAME", help="Also learn from this column of the shop. Repeatable."
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Measure what goes together, on outfits and purchases that nothing was learned from.

    Half of each set teaches, split by outfit or by product code, the other half asks. Intervals are
    bootstrapped, by product code where there is one. docs/outfits.md describes the questions.
    """
    if polyvore is None and (hm is None or shop is None):
        raise UsageError("give --polyvore FOLDER, or --hm FOLDER with --shop PATH")
    if (hm is None) != (shop is None):
        raise UsageError("--hm and --shop go together: tables, and a shop of their articles")
    found: Json = {}
    if polyvore is not None:
        from vitrine.evaluate.outfits_polyvore import judge_polyvore

        figures = judge_polyvore(polyvore)
        found["polyvore"] = [_polyvore_json(each) for each in figures]
        if not as_json:
            _print_polyvore(figures)
    if hm is not None and shop is not None:
        from vitrine.evaluate.outfits import judge_shop
        from vitrine.index import snapshot
        from vitrine.outfits import shipped_compatibility
        from vitrine.store import look_into_sqlite

        with look_into_sqlite(shop) as store:
            view = snapshot(store.rows())
        n_pairs, n_asked, judged = judge_shop(view, hm, shipped_compatibility(), column or ())
        found["hm"] = {
            "pairs_taught": n_pairs,
            "questions": n_asked,
            "figures": [_judged_json(each) for each in judged],
        }
        if not as_json:
            say(f"{n_pairs:,} pairs taught, {n_asked:,} questions")
            _print_judged(judged)
    if as_json:
        print_json(found)


def _print_polyvore(figures: Sequence[PolyvoreFigure]) -> None:
    table = airy_table("scorer", "measure", "n", "figure (95 %)", title="Polyvore, kinds")
    for each in figures:
        table.add_row(*map(cell, (each.scorer, each.measure, f"{each.n:,}", _shown(each.figure))))
    console().print(table)


def _print_judged(judged: Sequence[Judged]) -> None:
    table = airy_table("scorer", "measure", "figure (95 %)", "above", title="H&M, products")
    for each in judged:
        above = ", ".join(f"{name} {_shown(of)}" for name, of in each.above.items())
        table.add_row(*map(cell, (each.scorer, each.measure, _shown(each.figure), above)))
    console().print(table)


def _polyvore_json(each: PolyvoreFigure) -> Json:
    named = {"scorer": each.scorer, "measure": each.measure, "n": each.n}
    return named | {"figure": _interval(each.figure)}


def _judged_json(each: Judged) -> Json:
    return {
        "scorer": each.scorer,
        "measure": each.measure,
        "figure": _interval(each.figure),
        "above": {name: _interval(of) for name, of in each.above.items()},
    }


def _interval(of: Interval) -> list[float]:
    return [round(value, 4) for value in (of.figure, of.low, of.high)]


def _shown(of: Interval) -> str:
    return f"{of.figure:.3f} ({of.low:.3f} to {of.high:.3f})"
