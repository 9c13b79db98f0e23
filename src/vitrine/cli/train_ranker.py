"""`vitrine train ranker`: a ranker of recommendations, from the shop's own events."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated

import typer

from vitrine.cli.options import AsJson, Quiet, ShopPath, settings_from
from vitrine.cli.output import complain, n_of, print_json, say

if TYPE_CHECKING:
    from vitrine.types import Json


def ranker(
    shop: ShopPath,
    seed: Annotated[
        int, typer.Option("--seed", metavar="N", min=0, help="Of whatever is drawn.")
    ] = 0,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Train a ranker of recommendations on what visitors did, and keep it in the shop.

    It learns from windows of days, each seen with what was known before it. On the newest days,
    kept aside, it is compared with the untrained blend; only if it is better it is kept, and used
    from then on, by running servers too. Needs the extra 'recommend'.
    """
    settings = settings_from()
    from vitrine.shop import open_shop

    started = time.monotonic()
    with open_shop(shop, settings=settings) as opened:
        trained = opened.train_ranker(
            seed=seed, on_step=(lambda _: None) if quiet else lambda line: complain(f"{line}...")
        )
    took_s = time.monotonic() - started
    about: Json = {**trained.about, "kept": trained.better, "seconds": round(took_s, 1)}
    if as_json:
        print_json(about)
    elif not quiet:
        compared = (
            f"NDCG@12 {about['ndcg_ranker']} against {about['ndcg_blend']} of the blend, "
            f"of {n_of(about['judged_visitors'], 'visitor')} kept aside"
        )
        kept = "kept in the shop" if trained.better else "not kept: the blend stays in use"
        say(f"{compared}; {kept}")
