"""The whole demo: index, ask, show."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.text import Text

from vitrine.catalog import Catalogue, read_catalogue
from vitrine.demo.examples import ask, held_back, questions
from vitrine.demo.page import is_our_page, render_page
from vitrine.demo.source import demo_source
from vitrine.demo.terminal import print_answer, print_commands
from vitrine.demo.wording import count
from vitrine.errors import UsageError
from vitrine.settings import Settings
from vitrine.shop import ImportReport, Shop, create_shop, open_shop

SHOP = "demo.shop"
DRAWN = "The pictures are drawn by vitrine's own code; brands and shops are invented."


def run_demo(out: Path, *, settings: Settings, console: Console) -> Path:
    """Index the bundled catalogue, answer three questions, and leave a page of the answers.

    Args:
        out: folder for `SHOP` and index.html; made if it is not there. A shop that is there
            already is brought up to date.
        settings: the encoder and its limits.
        console: where the answers are printed; progress goes to stderr.

    Returns:
        Path of the page.

    Raises:
        UsageError: `out` is a file, or holds an index.html or a demo.shop of somebody else.
        LockedError: another demo is writing there.
    """
    if out.exists() and not out.is_dir():
        raise UsageError(f"{out} is a file; give a folder for the demo's shop and page")
    page = out / "index.html"
    if page.exists() and not is_our_page(page):
        raise UsageError(f"{page} is not the demo's, so it is not replaced; give another folder")
    out.mkdir(parents=True, exist_ok=True)
    catalogue = read_catalogue(demo_source())
    asked = questions(catalogue)
    with _shop(out / SHOP, settings, catalogue) as shop:
        report = _index(shop, held_back(catalogue, asked))
        console.print(Text(headline(report)))
        console.print(Text(DRAWN, style="dim"))
        len(shop)  # loads it, so that the first question is timed like the others
        answers = [ask(shop, question) for question in asked]
    for number, answer in enumerate(answers, start=1):
        print_answer(console, number, answer)
    commands = own_catalogue_commands()
    page.write_text(render_page(report, DRAWN, answers, commands), encoding="utf-8")
    print_commands(console, commands)
    last = Text.assemble("\nThe page of these results: ", (str(page), "bold"))
    console.print(last, soft_wrap=True)
    return page


def headline(report: ImportReport) -> str:
    """What was indexed, and how long it took."""
    what = f"{count(report.products, 'product')} with {count(report.photos, 'photo')}"
    how = f"in {report.seconds:.1f} s with the encoder {report.encoder!r}"
    if report.added == report.products:
        return f"Indexed {what} {how}."
    return f"Went over {what}, {report.embedded:,} of them new, {how}."


def own_catalogue_commands() -> list[tuple[str, str]]:
    """(purpose, command) of the three steps, runnable from here as they stand."""
    vitrine = _command()
    return [
        (
            "Index a folder of photos, a CSV, a Google Merchant feed, a Shopify export...",
            f"{vitrine} index path/to/catalogue --shop my.shop",
        ),
        ("Search it by a photo", f"{vitrine} search --shop my.shop --image photo.jpg"),
        (
            "More like one of your products, within limits",
            f'{vitrine} search --shop my.shop --like PRODUCT_ID --where "price<60 gender=women"',
        ),
    ]


def _command() -> str:
    """How `vitrine` is called from this folder: `make demo` leaves it in a virtual environment."""
    if shutil.which("vitrine"):
        return "vitrine"
    beside = shutil.which("vitrine", path=str(Path(sys.executable).parent))
    if beside is None:
        return "vitrine"
    try:
        return str(Path(beside).relative_to(Path.cwd()))
    except ValueError:
        return f'"{beside}"' if " " in beside else beside


def _shop(path: Path, settings: Settings, catalogue: Catalogue) -> Shop:
    if not path.exists():
        return create_shop(path, settings=settings)
    shop = open_shop(path, settings=settings)
    ours = {product.product_id for product in catalogue}
    if any(product.product_id not in ours for product in shop.products()):
        shop.close()
        raise UsageError(f"{path} holds products that are not the demo's; give another folder")
    if shop.encoder.name != settings.encoder:
        shop.reindex(settings.encoder)
    return shop


def _index(shop: Shop, catalogue: Catalogue) -> ImportReport:
    progress = Progress(
        TextColumn("indexing"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("photos"),
        console=Console(stderr=True),
        transient=True,
        disable=not sys.stderr.isatty(),
    )
    with progress:
        task = progress.add_task("indexing", total=None)
        return shop.add(
            catalogue,
            prune=True,
            on_progress=lambda done, total: progress.update(task, completed=done, total=total),
        )
