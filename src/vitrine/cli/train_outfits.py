"""`vitrine train outfits`: what goes together in a shop, from pairs bought or worn together."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from vitrine.cli.options import AsJson, Quiet, ShopPath, settings_from
from vitrine.cli.output import n_of, print_json, say


def outfits(
    shop: ShopPath,
    pairs: Annotated[
        Path,
        typer.Option(
            "--pairs",
            metavar="FILE",
            help="A CSV with a header; its first two columns are ids of products.",
            show_default=False,
        ),
    ],
    column: Annotated[
        list[str] | None,
        typer.Option(
            "--column",
            metavar="NAME",
            help="A column of the shop whose words may tell: brand, section. Repeatable.",
        ),
    ] = None,
    seed: Annotated[
        int, typer.Option("--seed", metavar="N", min=0, help="Of whatever is drawn.")
    ] = 0,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Learn what goes together from pairs of products, and keep it in the shop.

    From then on outfits of this shop are made by it, by running servers too. Kinds of garments and
    what the shop says too little of stay as vitrine ships them.
    """
    settings = settings_from()
    from vitrine.shop import open_shop

    with open_shop(shop, settings=settings) as opened:
        about = opened.learn_outfits(pairs, columns=column or (), seed=seed)
    if as_json:
        print_json(about)
    elif not quiet:
        unknown = f"; {n_of(about['unknown'], 'row')} of others" if about["unknown"] else ""
        say(
            f"learned from {n_of(about['pairs'], 'pair')} of {n_of(about['products'], 'product')}"
            f" of this shop{unknown}"
        )
