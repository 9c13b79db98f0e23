"""`vitrine recommend`: products for a visitor."""

from __future__ import annotations

from typing import Annotated

import typer

from vitrine.cli.hits import print_table
from vitrine.cli.hm_submission import (
    AllVisitors,
    SubmissionFile,
    SubmissionFormat,
    submit,
    wants_submission,
)
from vitrine.cli.options import AsJson, ShopPath, settings_from
from vitrine.cli.output import complain, n_of, print_json, say


def recommend(
    shop: ShopPath,
    visitor: Annotated[
        str | None, typer.Option("--visitor", metavar="ID", help="Who; left out for a stranger.")
    ] = None,
    like: Annotated[
        list[str] | None,
        typer.Option("--like", metavar="ID", help="A product that is liked. Repeatable."),
    ] = None,
    dislike: Annotated[
        list[str] | None,
        typer.Option("--dislike", metavar="ID", help="A product to keep away from. Repeatable."),
    ] = None,
    kind: Annotated[
        str,
        typer.Option(
            "--kind",
            metavar="KIND",
            help="for-you; looking-similar and bought-together (with --like); trending.",
        ),
    ] = "for-you",
    where: Annotated[
        str | None,
        typer.Option(
            "--where",
            metavar="FILTER",
            help="Terms that must all hold (FIELD OPERATOR VALUE, | between values), or JSON.",
        ),
    ] = None,
    age: Annotated[
        int | None, typer.Option("--age", metavar="YEARS", min=0, max=150, help="Of the visitor.")
    ] = None,
    gender: Annotated[
        str, typer.Option("--gender", metavar="WORD", help="Of the visitor: women or men.")
    ] = "",
    region: Annotated[
        str, typer.Option("--region", metavar="NAME", help="Of the visitor, as in the events.")
    ] = "",
    k: Annotated[int, typer.Option("-k", metavar="N", help="How many hits.")] = 12,
    no_explore: Annotated[
        bool, typer.Option("--no-explore", help="Give no place to products that few have seen.")
    ] = False,
    all_visitors: AllVisitors = False,
    format: SubmissionFormat = None,
    out: SubmissionFile = None,
    as_json: AsJson = False,
) -> None:
    """Recommend products to a visitor, known or not, and say of each why.

    A stranger gets what is popular; one like is enough for what looks like it; the more a visitor
    did, the more it counts. All k hits come back if k products match the filter.

    With --all-visitors a file is written instead: 12 articles for every customer, as of just after
    the newest event.
    """
    from vitrine.shop import open_shop

    asked = (visitor, like, dislike, where, age, gender, region)
    if wants_submission(all_visitors, format, out, alone=not any(asked)):
        submit(shop, out, as_json=as_json)
        return
    with open_shop(shop, settings=settings_from()) as opened:
        found = opened.recommend(
            visitor=visitor,
            like=like or (),
            dislike=dislike or (),
            kind=kind,
            where=where,
            age=age,
            gender=gender,
            region=region,
            k=k,
            explore=not no_explore,
        )
    for note in found.notes:
        complain(f"note: {note}")
    if as_json:
        print_json(found.to_json())
    elif found.hits:
        about = f"{found.strategy}, ranked by {found.ranked_by}"
        title = f"{n_of(len(found.hits), 'hit')} in {found.took_ms:.1f} ms ({about})"
        print_table(title, found.hits)
    else:
        within = f" matches the filter {where} and" if where else ""
        say(f"no product{within} is in stock")
