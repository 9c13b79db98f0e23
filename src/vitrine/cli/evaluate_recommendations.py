"""`vitrine evaluate recommendations`: next purchase, online behaviour and ratings."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from vitrine.cli.options import AsJson, Quiet, ShopPath
from vitrine.cli.output import complain, print_json
from vitrine.errors import NotFoundError, UsageError


def recommendations(
    shop: ShopPath,
    hm: Annotated[
        Path | None,
        typer.Option(
            "--hm", metavar="FOLDER", help="H&M's tables, for next purchase on real ones."
        ),
    ] = None,
    simulate: Annotated[
        bool, typer.Option("--simulate", help="Simulate visitors over the shop's products.")
    ] = False,
    final: Annotated[
        bool,
        typer.Option("--final", help="With the seeds of published figures, not those for tuning."),
    ] = False,
    seed: Annotated[
        list[int] | None,
        typer.Option("--seed", metavar="N", min=0, help="These seeds instead. Repeatable."),
    ] = None,
    visitors: Annotated[
        int, typer.Option("--visitors", metavar="N", min=1, help="In each simulated world.")
    ] = 3000,
    products: Annotated[
        int,
        typer.Option(
            "--products", metavar="N", min=0, help="Simulate over N of the products; 0 takes all."
        ),
    ] = 0,
    online: Annotated[
        int,
        typer.Option(
            "--online",
            metavar="N",
            min=0,
            help="Visits in which simulated visitors react to lists; 0 leaves it out.",
        ),
    ] = 1500,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", metavar="DIR", help="Folder for results.json and results.md."),
    ] = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Measure recommendations: what is bought next, what is clicked, how ratings are predicted.

    Every recommender is asked, beside chance, what is popular and what was bought before. Real
    purchases come from H&M's tables; the simulator knows what its visitors want, in a world where
    that has to do with what products are, and in one where it has not. docs/evaluation.md tells
    what is assumed. The shop's own events are not looked at.
    """
    from vitrine.evaluate.recommendations import (
        evaluate_recommendations,
        recommendations_json,
        recommendations_markdown,
        write_recommendations_report,
    )
    from vitrine.evaluate.simulator import FINAL_SEEDS, TUNING_SEEDS

    if not simulate and (final or seed):
        raise UsageError("--final and --seed belong to --simulate")
    if final and seed:
        raise UsageError("--final names its own seeds; leave out --seed")
    if out is not None and not out.absolute().parent.is_dir():
        raise NotFoundError(f"the folder {out.absolute().parent} does not exist; make it first")
    chosen = seed or (FINAL_SEEDS if final else TUNING_SEEDS)
    found = evaluate_recommendations(
        shop,
        hm=hm,
        seeds=chosen if simulate else (),
        n_visitors=visitors,
        n_products=products,
        n_online=online,
        on_progress=lambda line: None if quiet else complain(line),
    )
    files = write_recommendations_report(found, out) if out is not None else []
    if as_json:
        print_json({**recommendations_json(found), "files": [str(path) for path in files]})
    else:
        print(recommendations_markdown(found), end="", flush=True)
    if files and not quiet:
        complain(f"written: {', '.join(path.name for path in files)} in {out}")
