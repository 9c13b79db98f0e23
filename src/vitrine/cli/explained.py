"""What was explained: on a terminal, as a picture, or as a page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from vitrine.cli.heat_picture import Panel, heat_lines, heat_picture, strongest_place
from vitrine.cli.hits import reason
from vitrine.cli.output import airy_table, cell, console, say
from vitrine.errors import DataError

if TYPE_CHECKING:
    from vitrine.search import HeatMap
    from vitrine.shop import Explanation, Side, TagExplanation, TagMap

PAGE = ".html"
_MOST_DRAWN = 3
"""Maps on a terminal; more are only listed."""
_METHODS = {
    "exact": "Exact maps: the places, and one number that comes from none, add up to the score.",
    "Grad-CAM": "Grad-CAM: a guess from gradients; it shows what speaks for a tag, and sums to "
    "nothing.",
    "attention": "Attention: where the network looked, step by step, and what each look voted for.",
}
_LIKENESS = {
    "exact": "Exact maps: the places of each photo add up to the cosine.",
    "Grad-CAM": "Grad-CAM: a guess from gradients of the cosine; it sums to nothing.",
}
_DARKER = "The more of the hue, the more a place adds; each map has its own scale."


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """Panels with words and a table, to be saved as a picture or a page."""

    title: str
    words: tuple[str, ...]
    panels: tuple[Panel, ...]
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    nothing: str = ""
    """Why there are no panels."""


def tag_sheet(found: TagExplanation, photo: str) -> Sheet:
    """A photo and its tags."""
    methods = dict.fromkeys(each.method for each in found.maps)
    panels = [
        Panel(
            found.photo, each.heat, (_said(each), f"{each.attribute}, {each.method}"), each.region
        )
        for each in found.maps
    ]
    return Sheet(
        f"What {found.encoder} sees in {photo}",
        (_DARKER, *(_METHODS[method] for method in methods)),
        (Panel(found.photo, None, ("the photo",)), *panels),
        ("attribute", "tag", "confidence", "map", "strongest at"),
        tuple(_tag_row(each) for each in found.maps),
    )


def likeness_sheet(found: Explanation) -> Sheet:
    """Both photos of a likeness."""
    cosine = "" if found.cosine is None else f"{found.cosine:.3f}"
    return Sheet(
        f"Why {found.product_id} is found",
        (reason(found.why) or "passes the filter", _DARKER, _LIKENESS.get(found.method, "")),
        tuple(Panel(side.photo, side.heat, (_owner(side),)) for side in _sides(found)),
        ("photo", "cosine", "map", "strongest at"),
        tuple((_owner(side), cosine, found.method, _place(side.heat)) for side in _sides(found)),
        found.no_maps,
    )


def save_sheet(sheet: Sheet, out: Path) -> None:
    """Write a picture, or a page where the name ends in .html.

    Raises:
        DataError: there is nothing to draw.
    """
    if not sheet.panels:
        raise DataError(f"there is nothing to draw in {out}: {sheet.nothing}")
    if out.suffix.lower() == PAGE:
        from vitrine.cli.heat_page import heat_page

        page = heat_page(sheet.title, sheet.words, sheet.panels, sheet.header, sheet.rows)
        out.write_text(page, encoding="utf-8", newline="\n")
    else:
        heat_picture(sheet.panels).save(out)


def print_tags(found: TagExplanation) -> None:
    """A table, and the maps themselves where they are few."""
    table = airy_table("attribute", "tag", "confidence", "map", "strongest at")
    for each in found.maps:
        row = [cell(text) for text in _tag_row(each)]
        row[1].stylize("dim" if each.tag.unsure else "")
        table.add_row(*row)
    console().print(table)
    if len(found.maps) <= _MOST_DRAWN:
        _print_maps([each.heat for each in found.maps])


def print_likeness(found: Explanation) -> None:
    """Reasons, the cosine, and both maps side by side."""
    say(f"{found.product_id}: {reason(found.why) or 'passes the filter'}")
    if found.hit is None or found.cosine is None:
        say(f"no heat maps: {found.no_maps}")
        return
    sides = [_owner(side) for side in _sides(found)]
    named = sides if found.query else ["the words", *sides]
    how = "" if found.method == "exact" else f", maps by {found.method}"
    say(f"cosine {found.cosine:.3f} of {' and '.join(named)}{how}")
    _print_maps([side.heat for side in _sides(found)])


def _print_maps(heats: Sequence[HeatMap]) -> None:
    maps = [heat_lines(heat) for heat in heats]
    for n in range(max(map(len, maps), default=0)):
        lines = (lines[n] if n < len(lines) else " " * len(lines[0]) for lines in maps)
        say("  ".join(f"|{line}|" for line in lines))


def _tag_row(each: TagMap) -> tuple[str, ...]:
    said = f"{each.tag.value}{'?' if each.tag.unsure else ''}"
    place = _place(each.heat)
    return each.attribute, said, f"{each.tag.confidence:.0%}", each.method, place


def _said(each: TagMap) -> str:
    return f"{each.tag.value}{'?' if each.tag.unsure else ''} {each.tag.confidence:.0%}"


def _place(heat: HeatMap) -> str:
    """Where a map is strongest: from the left and from the top."""
    if heat.values.max() <= 0:
        return "nowhere"
    x, y = strongest_place(heat)
    return f"{x:.0%} across, {y:.0%} down"


def _owner(side: Side) -> str:
    return f"photo {side.position} of {side.product_id}" if side.product_id else "the photo"


def _sides(found: Explanation) -> list[Side]:
    return [side for side in (found.query, found.hit) if side is not None]
