"""`vitrine styles`: what looks there are in a shop, found and named."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vitrine.cli import style_evaluation, style_inbox, style_label, style_map, style_trends
from vitrine.cli.exits import GuardedCommand
from vitrine.cli.options import AsJson, ShopPath, settings_from
from vitrine.cli.output import airy_table, cell, complain, console, n_of, print_json, say
from vitrine.cli.style_evaluation import recipe_called
from vitrine.errors import NotFoundError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vitrine.shop.style_suggestions import StyleSuggestion
    from vitrine.shop.styling import FittedStyles, StyleDetail, StyleSummary

styles = typer.Typer(
    help="Find the styles of a shop, name them, and see which products they hold.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)

_MOST_EDGES = 12

StyleId = Annotated[
    str,
    typer.Argument(
        metavar="STYLE_ID", help="As `vitrine styles list` shows it.", show_default=False
    ),
]


@styles.command(cls=GuardedCommand)
def fit(
    shop: ShopPath,
    k: Annotated[
        int | None,
        typer.Option("-k", metavar="N", min=2, help="How many; left out, the recipe chooses."),
    ] = None,
    recipe: Annotated[
        str,
        typer.Option("--recipe", metavar="NAME[:SIZE]", help="How styles are found."),
    ] = "merged-prototypes",
    seed: Annotated[int, typer.Option("--seed", help="Of whatever the recipe draws.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Find the styles of a shop and keep them in it.

    Styles that were found before keep their ids where they are still there, and the names that
    people gave them. The silhouette stands beside that of shuffled vectors, which is what the
    recipe finds where there is nothing to be found.
    """
    from vitrine.shop import open_shop

    with open_shop(shop, settings=settings_from()) as opened:
        fitted = opened.styles.fit(k, recipe=recipe_called(recipe), seed=seed)
    if as_json:
        print_json(fitted.to_json())
    else:
        _print_fit(fitted)


@styles.command("list", cls=GuardedCommand)
def list_styles(shop: ShopPath, as_json: AsJson = False) -> None:
    """List the styles of a shop, the largest first."""
    from vitrine.shop import open_shop

    with open_shop(shop, settings=settings_from()) as opened:
        found = opened.styles.list()
    if as_json:
        print_json({"styles": [style.to_json() for style in found]})
    else:
        _print_styles(found)


@styles.command(cls=GuardedCommand)
def show(style_id: StyleId, shop: ShopPath, as_json: AsJson = False) -> None:
    """Show one style: exemplars, palette, what its products say, and what its neighbours do not."""
    from vitrine.shop import open_shop

    with open_shop(shop, settings=settings_from()) as opened:
        detail = opened.styles.show(style_id)
    if as_json:
        print_json(detail.to_json())
    else:
        _print_detail(detail)


@styles.command(cls=GuardedCommand)
def tree(shop: ShopPath, as_json: AsJson = False) -> None:
    """Show which styles are one when seen from afar, and which are neighbours."""
    from vitrine.shop import open_shop

    with open_shop(shop, settings=settings_from()) as opened:
        found = opened.styles.tree()
        names = {style.style_id: style.name for style in opened.styles.list()}
    if as_json:
        print_json(found.to_json())
        return
    for group in found.groups:
        say(f"{group.name}: {n_of(group.size, 'product')}")
        for style_id in group.style_ids:
            say(f"  {style_id} {names[style_id]}")
    beside = airy_table("neighbours", "", "overlap")
    for edge in found.edges[:_MOST_EDGES]:
        one, other = (f"{style_id} {names[style_id]}" for style_id in edge.style_ids)
        beside.add_row(*map(cell, (one, other, f"{edge.overlap:.2f}")))
    console().print(beside)


@styles.command(cls=GuardedCommand)
def rename(
    style_id: StyleId,
    name: Annotated[str, typer.Argument(metavar="NAME", help="The new name.", show_default=False)],
    shop: ShopPath,
    as_json: AsJson = False,
) -> None:
    """Give a style a name of your own; finding styles again does not replace it."""
    from vitrine.shop import open_shop

    with open_shop(shop, settings=settings_from()) as opened:
        renamed = opened.styles.rename(style_id, name)
    if as_json:
        print_json(renamed.to_json())
    else:
        say(f"{renamed.style_id} is now called {renamed.name}")


@styles.command(cls=GuardedCommand)
def merge(
    style_ids: Annotated[
        list[str],
        typer.Argument(
            metavar="STYLE_ID...", help="Two or more; the first one's id stays.", show_default=False
        ),
    ],
    shop: ShopPath,
    as_json: AsJson = False,
) -> None:
    """Make several styles one; finding styles again keeps them together.

    A proposal of `vitrine styles novel` among them becomes a part of it.
    """
    from vitrine.shop import open_shop

    with open_shop(shop, settings=settings_from()) as opened:
        merged = opened.styles.merge(style_ids)
    if as_json:
        print_json(merged.to_json())
    else:
        say(f"{merged.style_id} {merged.name}: {n_of(merged.size, 'product')}")


styles.command("map", cls=GuardedCommand)(style_map.draw_map)
styles.command(cls=GuardedCommand)(style_evaluation.evaluate)
styles.command(cls=GuardedCommand)(style_trends.trends)
for _command in (style_inbox.novel, style_inbox.accept, style_inbox.dismiss, style_label.label):
    styles.command(cls=GuardedCommand)(_command)


@styles.command(cls=GuardedCommand)
def export(
    shop: ShopPath,
    table: Annotated[
        Path,
        typer.Option("--csv", metavar="FILE", help="Replaced if it exists.", show_default=False),
    ],
    as_json: AsJson = False,
) -> None:
    """Write the style of every product with a photo: product_id, style_id, confidence."""
    from vitrine.shop import open_shop

    if not table.parent.is_dir():
        raise NotFoundError(f"the folder {table.parent} does not exist; make it first")
    with open_shop(shop, settings=settings_from()) as opened:
        rows = [(name, style, f"{sure:.4f}") for name, style, sure in opened.styles.members()]
    with table.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("product_id", "style_id", "confidence"))
        writer.writerows(rows)
    if as_json:
        print_json({"products": len(rows), "file": str(table)})
    else:
        say(f"{table}: the styles of {n_of(len(rows), 'product')}")


@styles.command(cls=GuardedCommand)
def suggest(
    photos: Annotated[
        list[Path],
        typer.Argument(
            metavar="PHOTOS...", help="1 to 50 of one's own photos.", show_default=False
        ),
    ],
    shop: ShopPath,
    where: Annotated[
        str | None,
        typer.Option("--where", metavar="FILTER", help="What may be suggested: `gender=women`."),
    ] = None,
    k: Annotated[
        int,
        typer.Option("-k", metavar="N", min=1, max=24, help="Products in each part of a wardrobe."),
    ] = 4,
    as_json: AsJson = False,
) -> None:
    """Find somebody's own style from a handful of photos, and products that fit them.

    Photos that look alike are put together, and the products nearest to each group vote for a style
    of the shop. Where no style stands for any photo, the answer says so and shows what is popular.
    """
    from vitrine.shop import open_shop

    with open_shop(shop, settings=settings_from()) as opened:
        found = opened.suggest_styles(photos, where=where, k=k)
    if as_json:
        print_json(found.to_json() | {"files": [str(photo) for photo in photos]})
    else:
        _print_suggestion(found, photos)


def _print_fit(fitted: FittedStyles) -> None:
    _print_styles(fitted.styles)
    if fitted.moved:
        beside = airy_table("names from before", "", "of their products, still together")
        for each in fitted.moved:
            beside.add_row(*map(cell, (each.style_id, each.name, f"{each.overlap:.0%}")))
        console().print(beside)
    figures = fitted.figures
    complain(
        f"{n_of(len(fitted.styles), 'style')} in {fitted.seconds:.1f} s; silhouette "
        f"{figures.silhouette:.3f} (shuffled vectors: {figures.silhouette_shuffled:.3f}), mean "
        f"confidence {figures.mean_confidence:.2f}, new to all styles {figures.novel_share:.1%}"
    )


def _print_styles(found: Sequence[StyleSummary]) -> None:
    table = airy_table("style", "products", "name", "exemplars")
    for style in found:
        shown = (style.style_id, f"{style.size:,}", style.name, " ".join(style.exemplars[:3]))
        table.add_row(*map(cell, shown))
    console().print(table)


def _print_detail(detail: StyleDetail) -> None:
    style = detail.summary
    say(f"{style.style_id} {style.name}: {n_of(style.size, 'product')}, {detail.share:.1%} of all")
    say(f"exemplars: {' '.join(style.exemplars)}")
    if detail.palette:
        colours = (f"{each.name} {each.hex} {each.share:.0%}" for each in detail.palette)
        say(f"palette: {', '.join(colours)}")
    words = airy_table("field", "says", "of its products", "times as often as all")
    for each in detail.typical:
        words.add_row(*map(cell, (each.field, each.word, f"{each.share:.0%}", f"{each.lift:.1f}")))
    console().print(words)
    beside = airy_table("beside", "name", "cosine", "what it has not", "between the two")
    for each in detail.neighbours:
        apart = ", ".join(f"{word.word} {word.share:.0%}" for word in each.apart)
        between = " ".join(each.between[:4])
        shown = (each.style_id, each.name, f"{each.cosine:.2f}", apart, between)
        beside.add_row(*map(cell, shown))
    console().print(beside)


def _print_suggestion(found: StyleSuggestion, photos: Sequence[Path]) -> None:
    for note in found.notes:
        complain(f"note: {note}")
    if not found.matched:
        say("no style of this shop stands for these photos; popular here:")
        say(" ".join(found.popular) or "nothing yet")
        return
    for each in found.styles:
        say(f"{each.share:.0%} {each.style.style_id} {each.style.name}")
    looks = airy_table("photos that look alike", "style", "name", "of the nearest products")
    for each in found.looks:
        names = " ".join(photos[place].name for place in each.photos)
        looks.add_row(*map(cell, (names, each.style_id, each.name, f"{each.share:.0%}")))
    console().print(looks)
    if found.outliers:
        say(f"like no style here: {' '.join(photos[place].name for place in found.outliers)}")
    parts = airy_table("part", "products that fit")
    for each in found.wardrobe:
        parts.add_row(cell(each.part), cell(" ".join(name for name, _ in each.hits)))
    console().print(parts)
