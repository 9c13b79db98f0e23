"""`vitrine styles evaluate`: recipes for styles side by side."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vitrine.cli.options import AsJson, ShopPath
from vitrine.cli.output import complain, print_json
from vitrine.errors import UsageError, unknown

if TYPE_CHECKING:
    from vitrine.styles import Recipe

_NAMES = ("gradient-descent-into-style", "merged-prototypes")


def evaluate(
    shop: ShopPath,
    recipe: Annotated[
        list[str] | None,
        typer.Option("--recipe", metavar="NAME[:SIZE]", help="What to compare; both if left out."),
    ] = None,
    k: Annotated[
        int | None,
        typer.Option("-k", metavar="N", min=2, help="How many; left out, each recipe chooses."),
    ] = None,
    seeds: Annotated[
        int, typer.Option("--seeds", metavar="N", min=2, help="Fits that are compared.")
    ] = 3,
    splits: Annotated[
        int, typer.Option("--splits", metavar="N", min=1, help="Times that types are held out.")
    ] = 3,
    types: Annotated[
        str,
        typer.Option("--types", metavar="FIELD", help="What is held out: a column of the shop."),
    ] = "article_type",
    copurchase: Annotated[
        Path | None,
        typer.Option("--copurchase", metavar="FILE", help="Pairs bought together, as H&M has."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Compare recipes for styles on a shop; nothing is kept in it.

    Prints one table: whether styles hold together, beside shuffled vectors; whether they come back
    with another seed and from half of the shop; what they have to do with types, use and gender, as
    far as the shop itself says these; what they add to types about what is bought together; and
    whether products of types that were held out are told to be new, and become styles.
    """
    from vitrine.evaluate.style_labels import checked_types, own_looks
    from vitrine.evaluate.style_purchases import read_purchases
    from vitrine.evaluate.style_table import named, style_table
    from vitrine.evaluate.styles import Design, evaluate_styles
    from vitrine.index import snapshot
    from vitrine.store import look_into_sqlite
    from vitrine.styles import looks_of

    recipes = [recipe_called(name) for name in recipe or _NAMES]
    with look_into_sqlite(shop) as store:
        view = snapshot(store.rows())
    looks = own_looks(view)
    bought = read_purchases(copurchase, looks) if copurchase else None
    design = Design(k, seeds, splits, checked_types(looks, types), bought)
    found = evaluate_styles(looks, recipes, design, on_step=complain)
    naming = named(looks_of(view))
    if as_json:
        print_json(
            {
                "products": len(looks.product_ids),
                "recipes": [each.to_json() for each in found],
                "naming": naming.to_json() if naming else None,
            }
        )
    else:
        print(style_table(found, len(looks.product_ids), naming), end="", flush=True)


def recipe_called(name: str) -> Recipe:
    """A recipe of the table, or the one that is trained, which needs the extra for that.

    Raises:
        UsageError: there is none of that name.
        MissingExtraError: it has to be trained, and torch is not installed.
    """
    from vitrine.styles import RECIPES

    if name in RECIPES:
        return RECIPES[name]
    if name.partition(":")[0] not in _NAMES:
        raise UsageError(unknown("recipe", name, _NAMES))
    from vitrine.train.styles import recipe_called as trained

    return trained(name)
