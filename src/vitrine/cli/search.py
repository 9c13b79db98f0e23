"""`vitrine search`: products by a photo, by products like them, or by words."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from vitrine.cli.options import AsJson, EncoderName, Offline, ShopPath, settings_from
from vitrine.cli.output import airy_table, cell, console, n_of, print_json, say

if TYPE_CHECKING:
    from vitrine.shop import SearchResult
    from vitrine.types import Hit, Json

_ATTRIBUTES = ("article_type", "colour", "pattern", "gender", "material")


def search(
    shop: ShopPath,
    image: Annotated[
        Path | None, typer.Option("--image", metavar="FILE", help="A photo to search by.")
    ] = None,
    like: Annotated[
        list[str] | None,
        typer.Option("--like", metavar="ID", help="A product to search by. Repeatable."),
    ] = None,
    text: Annotated[
        str | None, typer.Option("--text", metavar="WORDS", help="Words to search by.")
    ] = None,
    where: Annotated[
        str | None,
        typer.Option(
            "--where",
            metavar="FILTER",
            help="Terms that must all hold (FIELD OPERATOR VALUE, | between values), or JSON.",
        ),
    ] = None,
    k: Annotated[int, typer.Option("-k", metavar="N", help="How many hits.")] = 12,
    encoder: EncoderName = None,
    offline: Offline = False,
    as_json: AsJson = False,
) -> None:
    """Find products by a photo, by products like them, or by words, within a filter.

    A photo and products can be given together: their mean is searched; words can join them if the
    shop's encoder understands words. Products given with --like are never among the hits. The
    encoder is the one that the shop names; --encoder says where it lies if it is a folder.
    """
    settings = settings_from(offline=offline)
    from vitrine.shop import open_shop

    with open_shop(shop, encoder=encoder, settings=settings) as opened:
        result = opened.search(image=image, like=like or (), text=text, where=where, k=k)
    if as_json:
        print_json(result.to_json())
    elif result.hits:
        _print_hits(result)
    else:
        say(_nothing(text, where))


def _nothing(text: str | None, where: str | None) -> str:
    if text is not None:
        within = f" among those that match the filter {where}" if where else ""
        return f"no product holds a word of {text!r}{within}"
    if where:
        return f"no product with a photo matches the filter {where}"
    return "there is no other product with a photo in this shop"


def _print_hits(result: SearchResult) -> None:
    found = f"{n_of(len(result), 'hit')} in {result.took_ms:.1f} ms"
    table = airy_table(title=found)
    rows = [_shown(rank, hit) for rank, hit in enumerate(result, 1)]
    for name in rows[0]:
        if any(row[name] for row in rows):
            justify = "right" if name in ("#", "score", "price") else "left"
            table.add_column(
                name, justify=justify, overflow="fold", no_wrap=name in ("score", "price")
            )
    for row in rows:
        table.add_row(*(cell(row[str(column.header)]) for column in table.columns))
    console().print(table)


def _shown(rank: int, hit: Hit) -> dict[str, str]:
    product = hit.product
    return {
        "#": str(rank),
        "score": f"{hit.score:.3f}",
        "id": hit.product_id,
        "title": product.get("title", ""),
        "brand": product.get("brand", ""),
        "price": _price(product),
        "attributes": ", ".join(product[name] for name in _ATTRIBUTES if name in product),
        "why": _reason(hit.why),
    }


def _price(product: Json) -> str:
    """What a product costs now."""
    price: Any = product.get("sale_price") or product.get("price")
    return f"{price['amount']} {price['currency']}" if price else ""


def _reason(why: Json) -> str:
    if "words" in why:
        return f"says {', '.join(why['words'])}" if why["words"] else "looks like the words"
    shared = ", ".join(f"{name} {value}" for name, value in why.get("shared", {}).items())
    return f"same {shared}" if shared else "looks alike"
