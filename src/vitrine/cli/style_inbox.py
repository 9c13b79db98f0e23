"""`vitrine styles novel|accept|dismiss`: styles that were not there before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from vitrine.cli.options import AsJson, ShopPath, settings_from
from vitrine.cli.output import airy_table, cell, console, n_of, print_json, say

if TYPE_CHECKING:
    from vitrine.styles import Newcomers

ProposalId = Annotated[
    str,
    typer.Argument(
        metavar="PROPOSAL", help="As `vitrine styles novel` shows it.", show_default=False
    ),
]


def novel(shop: ShopPath, as_json: AsJson = False) -> None:
    """Show products that are new to all styles, and the styles that they may come to be.

    A proposal waits for a person: `vitrine styles accept`, `vitrine styles dismiss`, or `vitrine
    styles merge PROPOSAL STYLE_ID`, which makes it a part of a style that is there.
    """
    from vitrine.shop import open_shop

    with open_shop(shop, settings=settings_from()) as opened:
        found = opened.styles.novel()
    if as_json:
        print_json(found.to_json())
    else:
        _print_newcomers(found)


def accept(
    proposal: ProposalId,
    shop: ShopPath,
    name: Annotated[
        str | None,
        typer.Option("--name", metavar="NAME", help="Left out, the one that was proposed."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Make a proposal a style of the shop; finding styles again does not take it back."""
    from vitrine.shop import open_shop

    with open_shop(shop, settings=settings_from()) as opened:
        style = opened.styles.accept(proposal, name)
    if as_json:
        print_json(style.to_json())
    else:
        say(f"{style.style_id} {style.name}: {n_of(style.size, 'product')}")


def dismiss(proposal: ProposalId, shop: ShopPath, as_json: AsJson = False) -> None:
    """Let the products of a proposal be no news; others like them may be proposed later."""
    from vitrine.shop import open_shop

    with open_shop(shop, settings=settings_from()) as opened:
        left = opened.styles.dismiss(proposal)
    if as_json:
        print_json(left.to_json())
    else:
        say(f"{proposal} is dismissed; {n_of(len(left.proposals), 'proposal')} left")


def _print_newcomers(found: Newcomers) -> None:
    say(f"{n_of(len(found.waiting), 'product')} new to all styles")
    if not found.proposals:
        say("no style to propose: too few of them look alike")
        return
    table = airy_table("proposal", "products", "name", "exemplars", "nearest style", "cosine")
    for each in found.proposals:
        style = f"{each.nearest.style_id} {each.nearest.name}"
        examples, size = " ".join(each.exemplars[:3]), f"{len(each.product_ids):,}"
        shown = (each.proposal_id, size, each.name, examples, style, f"{each.cosine:.2f}")
        table.add_row(*map(cell, shown))
    console().print(table)
