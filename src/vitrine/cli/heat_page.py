"""Heat maps over their photos on one page that opens offline."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING

from vitrine.cli.heat_picture import HUE, QUIET, Panel, opacity_of

if TYPE_CHECKING:
    from PIL import Image

    from vitrine.search import HeatMap

_SIDE_PX = 640
_STYLE = """
:root{color-scheme:light dark;--ink:#222;--soft:#666;--line:#ddd;--ground:#fff}
@media(prefers-color-scheme:dark){:root{--ink:#ddd;--soft:#aaa;--line:#333;--ground:#161616}}
*{box-sizing:border-box}
body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:72rem;padding:0 1rem;
color:var(--ink);background:var(--ground)}
h1{font:400 1.8rem/1.25 Georgia,serif;overflow-wrap:anywhere}
p,figcaption{color:var(--soft);max-width:44rem}
label{display:inline-flex;gap:.5rem;align-items:center;min-height:2.75rem;cursor:pointer}
.maps{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(13rem,100%),1fr));gap:1.5rem}
.few{grid-template-columns:repeat(auto-fit,minmax(min(17rem,100%),24rem))}
@media(max-width:32rem){.maps{grid-template-columns:1fr 1fr;gap:1rem}
.few{grid-template-columns:1fr}}
figure{margin:0}figcaption{font-size:.9rem;padding-top:.4rem}
figcaption strong{display:block;font-weight:600;color:var(--ink);overflow-wrap:anywhere}
.photo{position:relative;background-size:100% 100%}
.photo::before{content:"";position:absolute;inset:0;background:inherit;filter:grayscale(QUIET)}
.photo img,.photo i{position:absolute}.photo img{inset:0;width:100%;height:100%}
.photo i{border:3px solid rgb(HUE);display:block}
.plain::before,body:has(#alone:checked) .photo::before,body:has(#alone:checked) .photo>*
{display:none}
.table{overflow-x:auto;margin-top:2rem}table{border-collapse:collapse;min-width:100%}
td,th{padding:.35rem .8rem .35rem 0;border-bottom:1px solid var(--line);text-align:left;
white-space:nowrap}th{font-weight:600}td:nth-child(n+3){font-variant-numeric:tabular-nums}
"""


def heat_page(
    title: str,
    words: Sequence[str],
    panels: Sequence[Panel],
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
) -> str:
    """A page with photos, their maps in one hue, and a table of the same.

    Args:
        title: of the page.
        words: paragraphs that say how the maps are to be read.
        panels: photos with maps; a photo that several share is kept once.
        header: of the table.
        rows: of the table.
    """
    photos = {id(panel.photo): panel.photo for panel in panels}
    names = {key: f"--photo-{n}" for n, key in enumerate(photos)}
    shown = "\n".join(_figure(panel, names) for panel in panels)
    style = _STYLE.replace("QUIET", str(QUIET)).replace("HUE", " ".join(map(str, HUE)))
    kept = "".join(f"{names[key]}:url({_photo(photo)});" for key, photo in photos.items())
    few = " few" if len(panels) <= len(photos) else ""
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f"<title>{escape(title)}</title>"
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<style>{style}:root{{{kept}}}</style></head>\n<body><main><h1>{escape(title)}</h1>\n"
        + "".join(f"<p>{escape(line)}</p>\n" for line in words)
        + '<label><input type="checkbox" id="alone"> the photo alone</label>\n'
        f'<div class="maps{few}">\n{shown}\n</div>\n{_table(header, rows)}\n</main></body></html>\n'
    )


def _figure(panel: Panel, names: Mapping[int, str]) -> str:
    width, height = panel.photo.size
    title, *more = panel.lines or ("",)
    what = f"heat map: {title}" if panel.heat is not None else title
    over = "" if panel.heat is None else f'<img alt="" src="{_hue(panel.heat, panel.photo.size)}">'
    if panel.region is not None:
        left, top, right, bottom = (100 * side for side in panel.region.sides)
        over += (
            f'<i style="left:{left:.2f}%;top:{top:.2f}%;width:{right - left:.2f}%;'
            f'height:{bottom - top:.2f}%"></i>'
        )
    kind = "photo" if panel.heat is not None else "photo plain"
    caption = f"<strong>{escape(title)}</strong>{'<br>'.join(map(escape, more))}"
    return (
        f'<figure><div class="{kind}" role="img" aria-label="{escape(what)}" style="'
        f"aspect-ratio:{width}/{height};background-image:var({names[id(panel.photo)]})"
        f'">{over}</div><figcaption>{caption}</figcaption></figure>'
    )


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in header)
    body = "".join(
        f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>\n" for row in rows
    )
    return (
        '<div class="table" tabindex="0" role="region" aria-label="the same as a table">'
        f"<table><thead><tr>{head}</tr></thead>\n<tbody>{body}</tbody></table></div>"
    )


def _photo(photo: Image.Image) -> str:
    small = photo.convert("RGB")
    small.thumbnail((_SIDE_PX, _SIDE_PX))
    return _address(small, "JPEG")


def _hue(heat: HeatMap, size: tuple[int, int]) -> str:
    """One hue, more or less opaque."""
    from PIL import Image

    scale = min(1.0, _SIDE_PX / 2 / max(size))
    small = (max(1, round(size[0] * scale)), max(1, round(size[1] * scale)))
    over = Image.new("RGBA", small, (*HUE, 0))
    over.putalpha(opacity_of(heat, small))
    return _address(over, "PNG")


def _address(image: Image.Image, kind: str) -> str:
    out = io.BytesIO()
    image.save(out, kind)
    return f"data:image/{kind.lower()};base64,{base64.b64encode(out.getvalue()).decode()}"
