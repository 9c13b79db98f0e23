"""`vitrine styles label`: words for a few products, spread over all of them."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vitrine.cli.options import AsJson, ShopPath, settings_from
from vitrine.cli.output import airy_table, cell, console, n_of, print_json, say
from vitrine.errors import DataError, NotFoundError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vitrine.shop import Shop
    from vitrine.shop.style_label_results import AskedProduct, LabelProgress

_COLUMNS = ("product_id", "label")
_WHY = {
    "middle": "the middle of {style}",
    "border": "between {style} and {beside}",
    "unlike": "unlike what has a label, in {style}",
    "chance": "by chance, to check",
}


def label(
    shop: ShopPath,
    product: Annotated[
        str | None, typer.Argument(metavar="[PRODUCT_ID]", help="To be labelled.")
    ] = None,
    word: Annotated[
        str | None, typer.Argument(metavar="[LABEL]", help="Any word: boho, smart, sandals.")
    ] = None,
    n: Annotated[
        int | None,
        typer.Option("--next", metavar="N", min=1, max=200, help="What to label next."),
    ] = None,
    table: Annotated[
        Path | None,
        typer.Option("--from", metavar="FILE", help="A CSV of labels: product_id, label."),
    ] = None,
    skip: Annotated[
        list[str] | None,
        typer.Option("--skip", metavar="PRODUCT_ID", help="Do not ask for it again."),
    ] = None,
    forget: Annotated[
        list[str] | None,
        typer.Option("--forget", metavar="PRODUCT_ID", help="Take its label back."),
    ] = None,
    export: Annotated[
        Path | None,
        typer.Option("--export", metavar="FILE", help="Write what all products are called."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Label a few products, those whose labels say most, and spread the labels over the shop.

    The queue (`--next`) begins with the middles of styles; then come pieces between two styles and
    whatever is unlike all that has a label. Every fifth is drawn by chance: by these is told how
    many of the shop's products the labels get right.

    Without anything else it shows how far the labels have come.
    """
    from vitrine.shop import open_shop

    if (product is None) != (word is None):
        raise UsageError(f"say what {product} is called: vitrine styles label {product} LABEL")
    if export is not None and not export.parent.is_dir():
        raise NotFoundError(f"the folder {export.parent} does not exist; make it first")
    given = [] if table is None else _read(table)
    if product is not None and word is not None:
        given.append((product, word))
    with open_shop(shop, settings=settings_from()) as opened:
        labels = opened.style_labels
        if given:
            labels.give(given)
        if skip:
            labels.skip(skip)
        if forget:
            labels.forget(forget)
        progress = labels.progress()
        asked = labels.queue(n) if n else ()
        n_written = _write(opened, export) if export else 0
        names = {style.style_id: style.name for style in opened.styles.list()} if asked else {}
    if as_json:
        queue = {"queue": [each.to_json() for each in asked]} if n else {}
        file = {"file": str(export), "written": n_written} if export else {}
        print_json(progress.to_json() | queue | file)
        return
    if n:
        _print_queue(asked, names)
    _print_progress(progress)
    if export:
        say(f"{export}: the labels of {n_of(n_written, 'product')}")


def _read(path: Path) -> list[tuple[str, str]]:
    """Product ids and labels of a table; rows without a label are passed over.

    Raises:
        NotFoundError: there is no such file.
        DataError: it has no such columns, no label, or is no text.
    """
    if not path.is_file():
        raise NotFoundError(f"there is no file {path}")
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file)
            missing = [name for name in _COLUMNS if name not in (reader.fieldnames or ())]
            if missing:
                raise DataError(
                    f"{path}: the column {missing[0]} is missing; its first line has it"
                )
            rows = [tuple((row[name] or "").strip() for name in _COLUMNS) for row in reader]
    except (UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"{path} is no table in UTF-8 ({error})") from error
    found = [(product_id, word) for product_id, word in rows if word]
    if not found:
        raise DataError(f"{path} holds no label")
    return found


def _write(opened: Shop, path: Path) -> int:
    """Product id, label, probability, and whether a person gave it."""
    rows = list(opened.style_labels.all())
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow((*_COLUMNS, "probability", "given"))
        for each in rows:
            shown = "" if each.unsure else each.label
            given = "yes" if each.given else "no"
            writer.writerow((each.product_id, shown, f"{each.probability:.4f}", given))
    return len(rows)


def _print_queue(asked: Sequence[AskedProduct], names: dict[str, str]) -> None:
    table = airy_table("product", "why", "so far it looks like")
    for each in asked:
        style, beside = (f"{s} {names[s]}" for s in (each.style_id, each.beside))
        why = _WHY[each.reason].format(style=style, beside=beside)
        likely = ", ".join(f"{word} {sure:.0%}" for word, sure in each.proposed)
        table.add_row(*map(cell, (each.product_id, why, likely)))
    console().print(table)


def _print_progress(found: LabelProgress) -> None:
    say(
        f"{n_of(found.n_labels, 'label')} for {n_of(found.n_products, 'product')}; "
        f"{found.n_unsure:,} unsure, {found.n_skipped:,} skipped"
    )
    if found.words:
        say(", ".join(f"{word} {n}" for word, n in found.words.items()))
    if not found.curve:
        say("how many they get right is told once 4 products that came by chance have a label")
        return
    table = airy_table("labels", "right", "95 %", "a label brought", "commonest label")
    for point, brought in zip(found.curve, found.brought(), strict=True):
        shown = (
            f"{point.n_labels:,}",
            f"{point.right:.0%}",
            f"{point.low:.0%} to {point.high:.0%}",
            "" if brought is None else f"{100 * brought:+.2f} points",
            f"{point.commonest:.0%}",
        )
        table.add_row(*map(cell, shown))
    console().print(table)
    say(f"judged by {n_of(found.n_checked, 'product')} that came by chance")
