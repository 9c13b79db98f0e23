"""`vitrine evaluate`: encoders side by side on a catalogue, with intervals and baselines."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vitrine.cli.options import (
    AsJson,
    FormatName,
    Offline,
    Quiet,
    Threads,
    complete_encoder,
    parse_map,
    settings_from,
)
from vitrine.cli.output import cell, complain, console, photo_progress, plain, print_json
from vitrine.errors import NotFoundError

if TYPE_CHECKING:
    from vitrine.evaluate import Evaluation
    from vitrine.settings import Settings


def _complete_protocol(incomplete: str) -> list[tuple[str, str]]:
    from vitrine.evaluate import PROTOCOLS

    return [(p.name, p.summary) for p in PROTOCOLS.values() if p.name.startswith(incomplete)]


def evaluate(
    source: Annotated[
        Path,
        typer.Argument(metavar="SOURCE", help="A catalogue, as for index.", show_default=False),
    ],
    encoder: Annotated[
        list[str] | None,
        typer.Option(
            "--encoder",
            metavar="NAME|DIR",
            help="An encoder of the table, a folder with a model.json, or timm/NAME[:avg|max|gem];"
            " give it several times.",
            autocompletion=complete_encoder,
        ),
    ] = None,
    protocol: Annotated[
        list[str] | None,
        typer.Option(
            "--protocol",
            metavar="NAME",
            help="What to measure: tags, similar, siblings, photo-to-shop, query-gallery,"
            " category-attribute, outfits, senders, two-photos, text; only by name: speed,"
            " composed, hybrid, grouping. Everything else that the source allows if left out.",
            autocompletion=_complete_protocol,
        ),
    ] = None,
    part: Annotated[
        str | None,
        typer.Option(
            "--part",
            metavar="NAME",
            help="validation, held-out, unseen (both), train or all. Default: validation of sets"
            " that the default encoder learnt from, all of others.",
        ),
    ] = None,
    limit: Annotated[
        int | None,
        typer.Option("--limit", metavar="N", min=1, help="At most N products."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            "-o",
            metavar="DIR",
            help="Folder for results.json, results.md, plots, and vectors for the next run.",
        ),
    ] = None,
    distance: Annotated[
        str,
        typer.Option(
            "--distance",
            metavar="NAME",
            help="cosine, or euclidean between features as a model gives them.",
        ),
    ] = "cosine",
    baselines: Annotated[
        bool,
        typer.Option(
            "--baselines/--no-baselines",
            help="Add random, colour, and mobilenet-v2-imagenet where its weights are there.",
        ),
    ] = True,
    weights: Annotated[
        Path | None,
        typer.Option(
            "--weights",
            metavar="FILE",
            help="TFLite file of MobileNetV2, for its baseline; or safetensors of the one timm"
            " network that is asked for.",
        ),
    ] = None,
    format: FormatName = None,
    images: Annotated[
        Path | None, typer.Option("--images", metavar="DIR", help="Folder of the photos.")
    ] = None,
    map: Annotated[
        list[str] | None,
        typer.Option(
            "--map", metavar="FIELD=COLUMN", help="Column of a field, or FIELD==VALUE for all."
        ),
    ] = None,
    threads: Threads = None,
    offline: Offline = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Measure encoders side by side on a catalogue, with 95 % intervals and baselines.

    What is measured follows from what the catalogue says of its products; docs/evaluation.md
    describes every protocol. Photos are read from files. Without --out nothing is kept.
    """
    from vitrine.catalog import read_catalogue
    from vitrine.evaluate import evaluate as run
    from vitrine.evaluate import examples_from, markdown, open_contestants, write_report

    settings = settings_from(threads=threads, offline=offline)
    if out is not None and not out.absolute().parent.is_dir():
        raise NotFoundError(f"the folder {out.absolute().parent} does not exist; make it first")
    catalogue = read_catalogue(source, format=format, images=images, columns=parse_map(map or ()))
    examples = examples_from(catalogue, part=part, limit=limit)
    backbone_weights = weights if weights and weights.suffix == ".safetensors" else None
    contestants = open_contestants(
        [_found(name, settings, backbone_weights) for name in encoder or [settings.encoder]],
        settings,
        baselines=baselines,
        weights=None if backbone_weights else weights,
        beside=(source,),
        memory=out and out / "vectors",
        distance=distance,
    )
    with _progress(quiet=quiet) as on_progress:
        found = run(examples, contestants, protocol or (), folder=out, on_progress=on_progress)
    files = write_report(found, out) if out is not None else []
    if as_json:
        print_json({**found.as_json(), "files": [str(path) for path in files]})
    elif console().is_terminal:
        _print_tables(found)
    else:
        print(markdown(found), end="", flush=True)
    if files and not quiet:
        complain(f"written: {', '.join(path.name for path in files)} in {out}")


def _found(name: str, settings: Settings, weights: Path | None) -> str:
    """An encoder's name or folder; a network of timm is exported into a folder first."""
    if not name.startswith("timm/"):
        return name
    from vitrine.train.research.deploying import exported_backbone

    return str(exported_backbone(name, settings, weights))


@contextmanager
def _progress(*, quiet: bool) -> Generator[Callable[[str, int, int], None]]:
    with photo_progress("embedding", quiet=quiet) as on_progress:
        yield lambda _contestant, done, total: on_progress(done, total)


def _print_tables(found: Evaluation) -> None:
    from rich.table import Table

    from vitrine.evaluate import protocols_of, summary_of, table_of

    screen = console()
    screen.print(cell(f"{found.source}, part {found.part}: {found.n_photos:,} photos"))
    for note in found.notes:
        screen.print(cell(f"note: {note}"), style="yellow")
    tables = [(protocol, *table_of(found, protocol)) for protocol in protocols_of(found)]
    for title, header, rows in (*tables, ("every encoder in one line", *summary_of(found))):
        if not rows:
            continue
        table = Table(title=plain(title), title_justify="left")
        for name in header:
            justify = "left" if name in ("measure", "encoder") else "right"
            table.add_column(cell(name), justify=justify)
        for row in rows:
            table.add_row(*map(cell, row))
        screen.print(table)
