"""`vitrine outfit`: complete the look around products, or around one's own photo."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from vitrine.cli.options import AsJson, EncoderName, Offline, ShopPath, settings_from
from vitrine.cli.output import airy_table, cell, complain, console, print_json, say

if TYPE_CHECKING:
    from vitrine.shop.outfit_results import Outfit, OutfitPiece, OutfitResult
    from vitrine.types import Json


def outfit(
    shop: ShopPath,
    like: Annotated[
        list[str] | None,
        typer.Option("--like", metavar="ID", help="A product that every outfit holds. Repeatable."),
    ] = None,
    keep: Annotated[
        list[str] | None,
        typer.Option("--keep", metavar="ID", help="One more piece to keep. Repeatable."),
    ] = None,
    image: Annotated[
        Path | None,
        typer.Option("--image", metavar="FILE", help="A photo of one garment that you have."),
    ] = None,
    crop: Annotated[
        str | None,
        typer.Option(
            "--crop",
            metavar="L,T,R,B",
            help="The garment on the photo: left, top, right, bottom as shares 0..1.",
        ),
    ] = None,
    judge: Annotated[
        bool, typer.Option("--judge", help="Score the products given as they are; add nothing.")
    ] = False,
    budget: Annotated[
        str | None,
        typer.Option("--budget", metavar="MONEY", help="For all products of an outfit: '100 EUR'."),
    ] = None,
    season: Annotated[
        str, typer.Option("--season", metavar="WORD", help="spring, summer, fall or winter.")
    ] = "",
    gender: Annotated[
        str, typer.Option("--gender", metavar="WORD", help="women, men, girls, boys or unisex.")
    ] = "",
    where: Annotated[
        str | None,
        typer.Option("--where", metavar="FILTER", help="A filter for what is added, as in search."),
    ] = None,
    exclude: Annotated[
        list[str] | None,
        typer.Option("--exclude", metavar="ID", help="A product to leave out. Repeatable."),
    ] = None,
    slots: Annotated[
        str,
        typer.Option(
            "--slots",
            metavar="SLOTS",
            help="What an outfit is made of, and nothing else: top,bottom,shoes,bag.",
        ),
    ] = "",
    k: Annotated[int, typer.Option("-k", metavar="N", help="How many outfits.")] = 3,
    pieces: Annotated[
        int, typer.Option("--pieces", metavar="N", help="Most pieces in an outfit.")
    ] = 5,
    alternatives: Annotated[
        int, typer.Option("--alternatives", metavar="N", help="How many for each piece.")
    ] = 0,
    seed: Annotated[
        int, typer.Option("--seed", metavar="N", help="Other ideas; 0 gives the best.")
    ] = 0,
    encoder: EncoderName = None,
    offline: Offline = False,
    as_json: AsJson = False,
) -> None:
    """Complete the look: outfits around products, or around your own photo.

    Every outfit holds the products given and no two pieces in one slot; every pair has a reason.
    With --judge the products given are scored as they are.
    """
    settings = settings_from(offline=offline)
    from vitrine.errors import UsageError
    from vitrine.shop import open_shop

    about: dict[str, Any] = {
        "where": where,
        "budget": budget,
        "season": season,
        "gender": gender,
        "exclude": exclude or (),
        "alternatives": alternatives,
    }
    with open_shop(shop, encoder=encoder, settings=settings) as opened:
        if judge:
            if image is not None:
                raise UsageError("--judge scores products; leave out --image")
            result = opened.judge_outfit([*(like or ()), *(keep or ())], **about)
        else:
            result = opened.outfits(
                like=like or (),
                keep=keep or (),
                image=image,
                crop=crop,
                slots=[slot.strip() for slot in slots.split(",") if slot.strip()],
                k=k,
                pieces=pieces,
                shuffle=seed,
                **about,
            )
    for note in result.notes:
        complain(f"note: {note}")
    if as_json:
        print_json(result.to_json())
    else:
        _print(result)


def _print(result: OutfitResult) -> None:
    if result.photo is not None:
        say(f"on the photo: {_seen(result.photo)} ({result.photo['sure']:.0%} sure)")
    for number, made in enumerate(result.outfits, 1):
        total = f", {made.total} in all" if made.total else ""
        _print_outfit(f"outfit {number}: score {made.score:.2f}{total}", made, result.photo)
    if not result.outfits:
        say("no outfit can be made of what this shop has")


def _print_outfit(title: str, made: Outfit, photo: Json | None) -> None:
    table = airy_table("slot", "id", "title", "price", "why", title=title)
    if photo is not None:
        table.add_row(*map(cell, (photo["slot"], "", f"your own {_seen(photo)}", "", "kept")))
    for piece in made.pieces:
        product = piece.product
        row = (piece.slot, product.product_id, product.title, _price(piece), _why(piece))
        table.add_row(*map(cell, row))
    console().print(table)


def _seen(photo: Json) -> str:
    return f"{photo['kind']}, {photo['colour'].lower()}"


def _price(piece: OutfitPiece) -> str:
    price = piece.product.sale_price or piece.product.price
    return "" if price is None else str(price)


def _why(piece: OutfitPiece) -> str:
    """The best of its pairings, and what could stand in its place."""
    best = max(piece.why, key=lambda pairing: pairing.score, default=None)
    said = "" if best is None else f"{best.slot}: {best.says}"
    others = ", ".join(product.product_id for product in piece.alternatives)
    kept = "kept; " if piece.kept else ""
    return f"{kept}{said}" + (f" (or {others})" if others else "")
