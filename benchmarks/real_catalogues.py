"""Index the real catalogues, and ask for every photo: does it find itself first?

python -m benchmarks.real_catalogues DATA [--encoder NAME] [--every N] [--keep FOLDER]

DATA is the folder of research data (fashion-products, hm). Each catalogue is indexed by the command
line in a process of its own; photos/s and seconds are its own report, peak memory is its resident
high-water mark. Then every N-th photo is searched, and must find its own product or another product
that shows the identical photo.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import psutil

from benchmarks.report import machine, print_table
from vitrine.shop import Shop, open_shop


def index(source: Path, shop: Path, *flags: str) -> tuple[dict[str, float], float]:
    """Run `vitrine index`; its report and its peak memory in MB."""
    command = [sys.executable, "-m", "vitrine", "index", str(source), "--shop", str(shop), "--json"]
    process = subprocess.Popen(
        [*command, *flags], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    watched, peak = psutil.Process(process.pid), 0
    while process.poll() is None:
        try:
            peak = max(peak, watched.memory_info().rss)
            process.wait(0.1)
        except (subprocess.TimeoutExpired, psutil.NoSuchProcess):
            continue
    assert process.stdout is not None
    return json.loads(process.stdout.read()), peak / 1e6


def finds_itself(shop: Shop, every: int) -> tuple[int, int]:
    """How many photos find their own product, or an identical photo, first; of how many."""
    n_right, n_asked = 0, 0
    for product in list(shop.products())[::every]:
        for photo in product.photos:
            best = shop.search(image=photo, k=1)[0]
            n_asked += 1
            n_right += best.product_id == product.product_id or _same_file(
                photo, best.product["photos"][best.why["photo"]]
            )
    return n_right, n_asked


def _same_file(first: str, second: str) -> bool:
    return Path(first).read_bytes() == Path(second).read_bytes()


def main() -> None:
    """Index, ask, print one table."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("data", type=Path)
    arguments.add_argument("--encoder", default="default")
    arguments.add_argument("--every", type=int, default=1)
    arguments.add_argument("--keep", type=Path, help="folder in which the shops stay")
    asked = arguments.parse_args()
    rows: list[list[object]] = []
    with tempfile.TemporaryDirectory() as name:
        folder = asked.keep or Path(name)
        small = folder / "images"
        with zipfile.ZipFile(asked.data / "fashion-products" / "images_60x80.zip") as file:
            file.extractall(small)
        inner = next(path.parent for path in small.rglob("*.jpg"))
        encoder = ("--encoder", asked.encoder)
        all_shop = folder / "all.shop"
        jobs = [
            ("fashion-products", asked.data / "fashion-products", folder / "fashion.shop", encoder),
            ("hm", asked.data / "hm", folder / "hm.shop", encoder),
            ("40,041 products, first part", asked.data / "fashion-products", all_shop, encoder),
            (
                "40,041 products, second part (60 x 80 px)",
                asked.data / "fashion-products" / "styles_60x80.csv",
                all_shop,
                ("--images", str(inner), *encoder),
            ),
        ]
        for title, source, path, flags in jobs:
            report, peak_mb = index(source, path, *flags)
            size_mb = path.stat().st_size / 1e6
            found = ""
            if "first part" not in title:
                with open_shop(path) as shop:
                    n_right, n_asked = finds_itself(shop, asked.every)
                    found = f"{n_right:,} of {n_asked:,}"
            rows.append(
                [
                    *(title, report["products"], report["photos"], report["failed"]),
                    *(report["seconds"], report["photos_per_second"]),
                    *(round(peak_mb), round(size_mb, 1), found),
                ]
            )
            print_table(_HEADER, rows[-1:], file=sys.stderr)
    print(machine())
    print_table(_HEADER, rows)


_HEADER = [
    *("catalogue", "products", "photos", "failed", "seconds", "photos/s"),
    *("peak MB", "shop MB", "finds itself first"),
]

if __name__ == "__main__":
    main()
