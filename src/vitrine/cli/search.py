"""`vitrine search`: products by photos, by products like them, or by words."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from vitrine.cli.garments import box_of, list_garments, only_photo
from vitrine.cli.hits import print_facets, print_hits
from vitrine.cli.options import AsJson, EncoderName, Offline, ShopPath, settings_from
from vitrine.cli.output import complain, print_json, say
from vitrine.cli.video_hits import show_video_result

if TYPE_CHECKING:
    from vitrine.search import Query


def search(
    shop: ShopPath,
    image: Annotated[
        list[Path] | None,
        typer.Option("--image", metavar="FILE", help="A photo to search by. Repeatable."),
    ] = None,
    video: Annotated[
        Path | None,
        typer.Option("--video", metavar="FILE", help="A video to search by, one frame a second."),
    ] = None,
    crop: Annotated[
        str | None,
        typer.Option(
            "--crop",
            metavar="L,T,R,B",
            help="The part of the photo: left, top, right, bottom as shares 0..1.",
        ),
    ] = None,
    garments: Annotated[
        bool, typer.Option("--garments", help="List what is worn on the photo, and do not search.")
    ] = False,
    garment: Annotated[
        int | None,
        typer.Option(
            "--garment", metavar="N", help="Search by that garment of the photo, as listed."
        ),
    ] = None,
    like: Annotated[
        list[str] | None,
        typer.Option("--like", metavar="ID", help="A product to search by. Repeatable."),
    ] = None,
    dislike: Annotated[
        list[str] | None,
        typer.Option("--dislike", metavar="ID", help="A product to keep away from. Repeatable."),
    ] = None,
    dislike_image: Annotated[
        list[Path] | None,
        typer.Option(
            "--dislike-image", metavar="FILE", help="A photo to keep away from. Repeatable."
        ),
    ] = None,
    text: Annotated[
        str | None, typer.Option("--text", metavar="WORDS", help="Words to search by.")
    ] = None,
    but: Annotated[
        str | None,
        typer.Option(
            "--but",
            metavar="CHANGE",
            help="What should differ: red, cheaper, for men, without stripes.",
        ),
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
    offset: Annotated[
        int, typer.Option("--offset", metavar="N", help="How many hits to pass over.")
    ] = 0,
    sort: Annotated[
        str,
        typer.Option("--sort", metavar="ORDER", help="relevance, price_asc, price_desc, newest."),
    ] = "relevance",
    diversity: Annotated[
        float,
        typer.Option("--diversity", metavar="0..1", help="How much hits differ from each other."),
    ] = 0.0,
    group_by: Annotated[
        str,
        typer.Option(
            "--group-by",
            metavar="WHAT",
            help="One hit of each item_group_id or near_duplicate; or none.",
        ),
    ] = "none",
    min_score: Annotated[
        float | None,
        typer.Option("--min-score", metavar="0..1", help="Leave out hits below this score."),
    ] = None,
    facets: Annotated[
        str, typer.Option("--facets", metavar="FIELDS", help="Count values: colour,gender,price.")
    ] = "",
    encoder: EncoderName = None,
    offline: Offline = False,
    as_json: AsJson = False,
) -> None:
    """Find products by photos, by products like them, or by words, within a filter.

    Photos and products are searched by their mean, less what is disliked; words can join them.
    Products given with --like or --dislike are never among the hits. The encoder is the one that
    the shop names; --encoder says where it lies if it is a folder.
    """
    settings = settings_from(offline=offline)
    from vitrine.search import query_of
    from vitrine.shop import open_shop

    asked: dict[str, Any] = {
        "image": image,
        "crop": crop,
        "like": like or (),
        "dislike": dislike or (),
        "dislike_image": dislike_image,
        "text": text,
        "but": but,
        "where": where,
        "k": k,
        "offset": offset,
        "sort": sort,
        "diversity": diversity,
        "group_by": group_by,
        "min_score": min_score,
        "facets": facets,
    }
    if video is not None:
        with open_shop(shop, encoder=encoder, settings=settings) as opened:
            show_video_result(opened.search_video(video, **asked), as_json=as_json)
        return
    photo = only_photo(asked) if garments or garment is not None else None
    with open_shop(shop, encoder=encoder, settings=settings) as opened:
        if photo is not None and garments:
            list_garments(opened, photo, as_json=as_json)
            return
        if photo is not None and garment is not None:
            asked["crop"] = box_of(opened, photo, garment)
        query = query_of(**asked)
        result = opened.answer(query)
    for note in result.notes:
        complain(f"note: {note}")
    if as_json:
        print_json(result.to_json())
        return
    if result.hits:
        print_hits(result)
    else:
        say(_nothing(query, where, nothing_close=bool(result.nothing_close)))
    print_facets(result)


def _nothing(query: Query, where: str | None, *, nothing_close: bool) -> str:
    """Why there is no hit."""
    if nothing_close:
        return f"nothing is close enough: no product reaches a score of {query.min_score:g}"
    if query.offset:
        return f"there are fewer than {query.offset + 1:,} hits"
    if query.but is not None:
        within = f" and matches the filter {where}" if where else ""
        return f"no other product is {query.but!r}{within}"
    if query.text is not None and not query.shows:
        within = f" among those that match the filter {where}" if where else ""
        return f"no product holds a word of {query.text!r}{within}"
    if where:
        photo = " with a photo" if query.shows else ""
        return f"no product{photo} matches the filter {where}"
    return "there is no other product with a photo in this shop"
