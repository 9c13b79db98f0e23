"""`vitrine explain`: why one product is a hit, with heat maps."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vitrine.cli.hits import reason
from vitrine.cli.options import AsJson, EncoderName, Offline, ShopPath, settings_from
from vitrine.cli.output import complain, print_json, say
from vitrine.errors import DataError, UsageError

if TYPE_CHECKING:
    from vitrine.shop import Explanation, Side

_SUFFIXES = (".png", ".jpg", ".jpeg", ".webp")


def explain(
    product_id: Annotated[
        str,
        typer.Argument(metavar="PRODUCT_ID", help="A hit of the search.", show_default=False),
    ],
    shop: ShopPath,
    image: Annotated[
        list[Path] | None,
        typer.Option("--image", metavar="FILE", help="A photo searched by. Repeatable."),
    ] = None,
    crop: Annotated[
        str | None,
        typer.Option("--crop", metavar="L,T,R,B", help="The part of the photo, as shares 0..1."),
    ] = None,
    like: Annotated[
        list[str] | None,
        typer.Option("--like", metavar="ID", help="A product searched by. Repeatable."),
    ] = None,
    text: Annotated[
        str | None, typer.Option("--text", metavar="WORDS", help="Words searched by.")
    ] = None,
    but: Annotated[
        str | None, typer.Option("--but", metavar="CHANGE", help="What should differ.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            "-o",
            metavar="FILE",
            help="Draw the photos with their heat maps: .png, .jpg or .webp.",
        ),
    ] = None,
    encoder: EncoderName = None,
    offline: Offline = False,
    as_json: AsJson = False,
) -> None:
    """Say why a product is a hit of a search, place by place.

    Ask as for `vitrine search` and name the hit. The cosine of the query's photo and the hit's best
    photo is split over the places of both; the darker a place, the more it adds. Words alone are
    compared with the hit's photo. Encoders without cells give the reasons only.
    """
    if out is not None:
        _check_out(out)
    settings = settings_from(offline=offline)
    from vitrine.shop import open_shop

    with open_shop(shop, encoder=encoder, settings=settings) as opened:
        found = opened.explain(
            product_id, image=image, crop=crop, like=like or (), text=text, but=but
        )
    for note in found.notes:
        complain(f"note: {note}")
    if out is not None:
        _draw(found, out)
    if as_json:
        print_json(found.to_json() | ({"picture": str(out)} if out else {}))
    else:
        _print(found)


def _check_out(out: Path) -> None:
    if out.suffix.lower() not in _SUFFIXES:
        raise UsageError(f"--out {out}: a picture ends in {', '.join(_SUFFIXES)}")
    if not out.absolute().parent.is_dir():
        raise UsageError(f"--out {out}: the folder does not exist; make it first")


def _draw(found: Explanation, out: Path) -> None:
    from vitrine.cli.heat_picture import heat_picture

    sides = _sides(found)
    if not sides:
        raise DataError(f"there is nothing to draw in {out}: {found.no_maps}")
    heat_picture(sides).save(out)


def _print(found: Explanation) -> None:
    from vitrine.cli.heat_picture import heat_lines

    say(f"{found.product_id}: {reason(found.why) or 'passes the filter'}")
    if found.hit is None or found.cosine is None:
        say(f"no heat maps: {found.no_maps}")
        return
    say(f"cosine {found.cosine:.3f} of {' and '.join(_named(found))}")
    maps = [heat_lines(side.heat) for side in _sides(found)]
    for n in range(max(map(len, maps))):
        lines = (lines[n] if n < len(lines) else " " * len(lines[0]) for lines in maps)
        say("  ".join(f"|{line}|" for line in lines))


def _named(found: Explanation) -> list[str]:
    named = [
        f"photo {side.position} of {side.product_id}" if side.product_id else "the photo"
        for side in _sides(found)
    ]
    return named if found.query else ["the words", *named]


def _sides(found: Explanation) -> list[Side]:
    return [side for side in (found.query, found.hit) if side is not None]
