"""`vitrine tag`: what an encoder sees on photos, and where a catalogue says otherwise."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vitrine.cli.doubts import Doubt, doubts_of, worst_first
from vitrine.cli.downloads import load_showing_progress
from vitrine.cli.exits import PARTIAL
from vitrine.cli.options import (
    EncoderName,
    FormatName,
    Offline,
    Quiet,
    Threads,
    parse_map,
    settings_from,
)
from vitrine.cli.output import (
    airy_table,
    cell,
    complain,
    console,
    n_of,
    photo_progress,
    print_json,
    say,
)
from vitrine.cli.tagging import (
    Tagged,
    catalogue_in,
    subjects_of_catalogue,
    subjects_of_files,
    tag_photos,
)
from vitrine.errors import DataError, UsageError

if TYPE_CHECKING:
    from rich.text import Text

    from vitrine.encoders import Encoder
    from vitrine.types import Json, Tag, Tags

_COLUMNS = ("article_type", "base_colour", "gender", "season", "usage", "pattern")
_MOST_ROWS = 200


def tag(
    photos: Annotated[
        list[Path],
        typer.Argument(
            metavar="PHOTOS...|SOURCE",
            help="Photos, folders, or one catalogue of any format that `vitrine index` reads.",
            show_default=False,
        ),
    ],
    check: Annotated[
        bool,
        typer.Option(
            "--check", help="List labels of the catalogue that the encoder doubts, worst first."
        ),
    ] = False,
    unsure: Annotated[
        bool, typer.Option("--unsure", help="With --check: doubts that are unsure themselves, too.")
    ] = False,
    images: Annotated[
        Path | None,
        typer.Option("--images", metavar="DIR", help="Folder of the catalogue's photos."),
    ] = None,
    columns: Annotated[
        list[str] | None,
        typer.Option("--map", metavar="FIELD=COLUMN", help="As for `vitrine index`. Repeatable."),
    ] = None,
    format: FormatName = None,
    encoder: EncoderName = None,
    threads: Threads = None,
    offline: Offline = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object a line and nothing else.")
    ] = False,
    quiet: Quiet = False,
) -> None:
    """Name what is on photos: type, colour, gender and whatever else the encoder has heads for.

    Every tag has a confidence; the encoder says itself when it is unsure. A model of `vitrine train
    tagger` also says how formal a photo is, in percent. With --check the first
    photo of every product is compared with what the catalogue says, in vitrine's vocabulary, so
    that Men and male are one; words that the encoder does not know are passed over. Photos that
    cannot be read are left out and listed on stderr, and the exit code is 1.
    """
    settings = settings_from(threads=threads, offline=offline)
    catalogue = catalogue_in(photos, format, images, parse_map(columns or ()))
    if check and (catalogue is None or catalogue.format == "folder"):
        raise UsageError("--check compares with a catalogue's labels, and there are only photos")
    if catalogue is None or catalogue.format == "folder":
        subjects = subjects_of_files(photos)
    else:
        subjects = subjects_of_catalogue(catalogue, main_only=check)
    if not subjects:
        raise DataError(f"no product of {photos[0]} has a photo")
    loaded = load_showing_progress(encoder or settings.encoder, settings, quiet=quiet)
    seen = _watched(tag_photos(loaded, subjects, settings), len(subjects), quiet=quiet)
    show = _show_doubts if check else _show_tags
    n_failed = show(seen, loaded, as_json=as_json, unsure=unsure)
    if n_failed == len(subjects):
        raise DataError(f"none of the {n_of(len(subjects), 'photo')} can be read")
    if n_failed:
        raise typer.Exit(PARTIAL)


def _watched(seen: Iterable[Tagged], n_all: int, *, quiet: bool) -> Generator[Tagged]:
    with photo_progress("tagging", quiet=quiet) as on_progress:
        for n_done, tagged in enumerate(seen, 1):
            on_progress(n_done, n_all)
            yield tagged


def _show_tags(seen: Iterable[Tagged], encoder: Encoder, *, as_json: bool, unsure: bool) -> int:
    """Print every photo as it comes, or a table at the end; gives how many could not be read."""
    rows: list[tuple[str, Tags]] = []
    n_failed = n_rows = 0
    for tagged in seen:
        if tagged.tags is None:
            n_failed += 1
            complain(f"left out: {tagged.subject.photo}: {tagged.error}")
        elif as_json:
            print_json(_as_json(tagged, tagged.tags))
        else:
            n_rows += 1
            rows += [(tagged.subject.photo, tagged.tags)] if n_rows <= _MOST_ROWS else []
    if rows:
        _print_tags(rows)
    if n_rows > len(rows):
        complain(f"and {n_of(n_rows - len(rows), 'photo')} more; --json prints all")
    return n_failed


def _as_json(tagged: Tagged, tags: Tags) -> Json:
    product = tagged.subject.product
    said = {
        head: {"value": tag.value, "confidence": round(tag.confidence, 4), "unsure": tag.unsure}
        for head, tag in tags.items()
    }
    owner = {} if product is None else {"product_id": product.product_id}
    level = _level(tags)
    formality = {} if level is None else {"formality": round(100 * level, 1)}
    return {"photo": tagged.subject.photo, **owner, "tags": said, **formality}


def _level(tags: Tags) -> float | None:
    """How formal it is, 0..1; None where the encoder was not taught that."""
    usage = tags.get("usage")
    return usage.level if usage else None


def _print_tags(rows: Sequence[tuple[str, Tags]]) -> None:
    heads = [head for head in _COLUMNS if head in rows[0][1]]
    formal = any(_level(tags) is not None for _, tags in rows)
    table = airy_table("photo", *heads, *(["formal"] if formal else []))
    for photo, tags in rows:
        level = _level(tags)
        told = [] if level is None else [cell(f"{level:.0%}")]
        table.add_row(cell(photo), *(_tag_cell(tags[head]) for head in heads), *told)
    console().print(table)


def _tag_cell(tag: Tag) -> Text:
    shown = cell(f"{tag.value}{'?' if tag.unsure else ''} {tag.confidence:.0%}")
    shown.stylize("dim" if tag.unsure else "")
    return shown


def _show_doubts(seen: Iterable[Tagged], encoder: Encoder, *, as_json: bool, unsure: bool) -> int:
    """Print doubts when all photos were seen; gives how many could not be read."""
    from vitrine.encoders import as_tagger

    tagger = as_tagger(encoder)
    heads = tagger.heads if tagger else {}
    found: list[Doubt] = []
    n_failed = 0
    for tagged in seen:
        subject = tagged.subject
        if tagged.tags is None:
            n_failed += 1
            complain(f"left out: {subject.photo}: {tagged.error}")
        elif subject.product is not None:
            found += doubts_of(subject.product, subject.photo, tagged.tags, heads)
    doubts = worst_first([doubt for doubt in found if unsure or not doubt.unsure])
    if as_json:
        for doubt in doubts:
            print_json(asdict(doubt))
    else:
        _print_doubts(doubts)
    return n_failed


def _print_doubts(doubts: Sequence[Doubt]) -> None:
    if not doubts:
        say("no label is in doubt")
        return
    table = airy_table("product", "field", "catalogue", "model", "confidence", "photo")
    for doubt in doubts[:_MOST_ROWS]:
        table.add_row(
            cell(doubt.product_id),
            cell(doubt.field),
            cell(doubt.catalogue),
            cell(doubt.model),
            cell(f"{doubt.confidence:.0%}{'?' if doubt.unsure else ''}"),
            cell(doubt.photo),
        )
    console().print(table)
    if len(doubts) > _MOST_ROWS:
        complain(f"and {n_of(len(doubts) - _MOST_ROWS, 'label')} more; --json prints all")
