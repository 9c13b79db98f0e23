"""A map of styles as one page that needs nothing else: a drawing, and the same as a table."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import numpy as np

from vitrine.shop.style_maps import style_colour

if TYPE_CHECKING:
    from vitrine.shop.style_maps import MapView

_SIDE = 1000
_MOST_LABELS = 24

_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Map of styles</title>
<style>
:root {{ color-scheme: light dark; }}
body {{ max-width: 70rem; margin: 2rem auto; padding: 0 1rem; font: 1rem/1.5 sans-serif; }}
svg {{ width: 100%; height: auto; border: 1px solid #8886; }}
path {{ fill: none; stroke-linecap: round; }}
text {{ font-size: 15px; text-anchor: middle; fill: CanvasText; }}
text {{ stroke: Canvas; stroke-width: 4px; paint-order: stroke; }}
table {{ border-collapse: collapse; }}
th, td {{ padding: .3rem 1rem .3rem 0; text-align: start; }}
</style>
<h1>Map of styles</h1>
<p>{n:,} products; what looks alike lies side by side. Drawn {drawn_at}.</p>
<svg viewBox="0 0 {side} {side}" role="img" aria-label="Products as dots; the table says it too">
{dots}
{labels}
</svg>
<table>
<tr><th>style</th><th>name</th><th>products</th><th>colour</th></tr>
{rows}
</table>
</html>"""


def map_page(shown: MapView) -> str:
    """One HTML page without scripts."""
    low, high = shown.positions.min(axis=0), shown.positions.max(axis=0)
    scale = 0.96 * _SIDE / max(float((high - low).max()), 1e-9)
    middle = (low + high) / 2

    def on_page(x: float, y: float) -> tuple[int, int]:
        return (
            round(_SIDE / 2 + (x - float(middle[0])) * scale),
            round(_SIDE / 2 - (y - float(middle[1])) * scale),
        )

    width = 3 if len(shown.product_ids) > 5000 else 6
    dots: list[str] = []
    for style, place in enumerate(shown.places):
        points = shown.positions[np.flatnonzero(shown.styles == style)].tolist()
        path = "".join("M{} {}h0".format(*on_page(x, y)) for x, y in points)
        title = f"<title>{escape(place.name)}</title>"
        colour = style_colour(style)
        dots.append(f'<path stroke="{colour}" stroke-width="{width}" d="{path}">{title}</path>')
    labels = [
        '<text x="{}" y="{}">{}</text>'.format(*on_page(each.x, each.y), escape(each.name))
        for each in shown.places[:_MOST_LABELS]
    ]
    rows = [
        f"<tr><td>{escape(each.style_id)}</td><td>{escape(each.name)}</td><td>{each.size:,}</td>"
        f'<td><svg viewBox="0 0 1 1" style="width:1em;border:0" aria-hidden="true">'
        f'<rect width="1" height="1" fill="{style_colour(style)}"/></svg></td></tr>'
        for style, each in enumerate(shown.places)
    ]
    return _PAGE.format(
        n=len(shown.product_ids),
        drawn_at=shown.drawn_at[:10],
        side=_SIDE,
        dots="\n".join(dots),
        labels="\n".join(labels),
        rows="\n".join(rows),
    )
