"""`vitrine styles map`: the shop laid out on a plane."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from vitrine.cli.options import AsJson, ShopPath, settings_from
from vitrine.cli.output import complain, n_of, print_json, say
from vitrine.errors import NotFoundError, UsageError

_ENDS = (".html", ".json")


def draw_map(
    shop: ShopPath,
    out: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--out",
            metavar="FILE",
            help="Also write it: a picture (.html) or its points (.json).",
            show_default=False,
        ),
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="Of whatever is drawn by chance.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Lay the shop out on a map, where what looks alike lies side by side, and keep it.

    Drawn again, it starts from the map before, so that products stay near to where they were. The
    web page is at /styles/map.
    """
    from vitrine.cli.style_map_page import map_page
    from vitrine.shop import open_shop

    if out is not None:
        _check(out)
    with open_shop(shop, settings=settings_from()) as opened:
        complain("drawing the map; some minutes for 20,000 products")
        drawn = opened.style_maps.draw(seed=seed)
        shown = opened.style_maps.show()
    if out is not None:
        whole = out.suffix.lower() == ".html"
        text = map_page(shown) if whole else json.dumps(shown.to_json(len(shown.product_ids)))
        out.write_text(text + "\n", encoding="utf-8", newline="\n")
    if as_json:
        print_json(drawn.to_json() | {"file": None if out is None else str(out)})
        return
    moved = "" if drawn.shift is None else f"; products moved by {drawn.shift:.1%} of its radius"
    say(f"a map of {n_of(drawn.n_products, 'product')}, {drawn.n_drawn:,} of them drawn{moved}")
    if out is not None:
        say(f"{out}: the map")


def _check(out: Path) -> None:
    if out.suffix.lower() not in _ENDS:
        raise UsageError(f"a map is written to a file that ends with .html or .json, not {out}")
    if not out.parent.is_dir():
        raise NotFoundError(f"the folder {out.parent} does not exist; make it first")
