"""Takes the picture of the demo for the README: `python -m tools.screenshot_demo`.

Needs Chromium (on the path, or named by VITRINE_CHROMIUM) and the dev extra.
"""

from __future__ import annotations

import argparse
import io
import os
import shutil
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright
from rich.console import Console

from vitrine.demo import run_demo
from vitrine.settings import Settings

OUT = Path(__file__).parents[1] / "docs" / "images" / "demo.webp"
WIDTH_PX = 1280
CHROMIUM_ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")


def main() -> None:
    """Run the demo afresh and keep its first two questions as one picture."""
    parser = argparse.ArgumentParser(prog="screenshot_demo", description=__doc__)
    parser.add_argument("--out", type=Path, default=OUT)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        page = run_demo(Path(folder), settings=Settings(), console=Console())
        shot = Image.open(io.BytesIO(_first_two_questions(page))).convert("RGB")
    options.out.parent.mkdir(parents=True, exist_ok=True)
    shot.save(options.out, quality=84, method=6)
    print(f"{options.out}: {shot.width} x {shot.height}, {options.out.stat().st_size:,} bytes")


def _first_two_questions(page: Path) -> bytes:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("VITRINE_CHROMIUM") or shutil.which("chromium"),
            args=list(CHROMIUM_ARGUMENTS),
        )
        view = browser.new_page(
            viewport={"width": WIDTH_PX, "height": 900},
            color_scheme="light",
            reduced_motion="reduce",
        )
        view.goto(page.as_uri())
        # a sticky photo would be drawn where the screen ends, not where its section begins
        view.add_style_tag(content=".asked { position: static !important }")
        boxes = [section.bounding_box() for section in view.locator(".question").all()[:2]]
        first, second = (box for box in boxes if box)
        height = second["y"] + second["height"] - first["y"]
        clip = {"x": 0.0, "y": first["y"] + 1, "width": float(WIDTH_PX), "height": height - 1}
        picture = view.screenshot(full_page=True, clip=clip)  # pyright: ignore[reportArgumentType]
        browser.close()
        return picture


if __name__ == "__main__":
    main()
