"""Draws the demo catalogue: `python -m tools.draw_demo --out src/vitrine/demo/data`."""

import argparse
import csv
import io
import os
import sys
import zlib
from pathlib import Path

from PIL import Image
from tools.draw_demo.artwork import Art
from tools.draw_demo.catalogue import COLUMNS, Listing, listings
from tools.draw_demo.photos import plain_photo, scene_photo

PLAIN_QUALITY = 77
SCENE_QUALITIES = (78, 72, 66, 60, 54, 48, 42)
SCENE_LIMIT_BYTES = 9_400
README = """\
# The demo catalogue

Products, brands, shops and pictures here are invented. The pictures are drawn by our own code
(`tools/draw_demo`), they are not photos. Licence: MIT, like the rest of vitrine.

- `products.csv`: {n} listings, Google Merchant column names, UTF-8.
- `images/<id>-1.webp`: the plain shop picture; `images/<id>-2.webp`: the scene-like one.

`make redraw` draws them again, the same on every machine of one kind.
"""


def _webp(image: Image.Image, quality: int) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "WEBP", quality=quality, method=6)
    return buffer.getvalue()


def _small_webp(image: Image.Image) -> bytes:
    """The best quality that keeps a scene within its share of the package's size."""
    data = b""
    for quality in SCENE_QUALITIES:
        data = _webp(image, quality)
        if len(data) <= SCENE_LIMIT_BYTES:
            break
    return data


def _write(path: Path, data: bytes) -> None:
    """Write whole files only: a reader sees the old one or the new one."""
    partial = path.with_suffix(path.suffix + ".partial")
    partial.write_bytes(data)
    os.replace(partial, path)


def _draw(listing: Listing, folder: Path) -> None:
    art = Art()
    listing.design.draw(art, listing.look)
    soft = listing.kind == "soft"
    plain = plain_photo(art, listing.seller, soft, listing.seed)
    _write(folder / f"{listing.product_id}-1.webp", _webp(plain, PLAIN_QUALITY))
    scene = scene_photo(art, listing.kind, zlib.crc32(f"scene {listing.seed}".encode()))
    _write(folder / f"{listing.product_id}-2.webp", _small_webp(scene))


def _table(rows: list[Listing]) -> bytes:
    text = io.StringIO()
    writer: csv.DictWriter[str] = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(listing.row for listing in rows)
    return text.getvalue().encode()


def main() -> None:
    """Draw everything, or only the products named with --only."""
    parser = argparse.ArgumentParser(prog="draw_demo", description=__doc__)
    parser.add_argument(
        "--out", type=Path, required=True, help="folder for products.csv and images/"
    )
    parser.add_argument("--only", nargs="*", default=None, help="product ids to redraw")
    options = parser.parse_args()
    rows = listings()
    folder = options.out / "images"
    folder.mkdir(parents=True, exist_ok=True)
    for n, listing in enumerate(rows, start=1):
        if options.only is None or listing.product_id in options.only:
            _draw(listing, folder)
            print(f"\r{n}/{len(rows)} {listing.product_id}", end="", file=sys.stderr)
    _write(options.out / "products.csv", _table(rows))
    _write(options.out / "README.md", README.format(n=len(rows)).encode())
    for stray in folder.iterdir():
        if stray.name.split("-")[0] not in {listing.product_id for listing in rows}:
            stray.unlink()
    print(f"\n{len(rows)} products in {options.out}", file=sys.stderr)


if __name__ == "__main__":
    main()
