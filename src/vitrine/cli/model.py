"""`vitrine model`: the table of encoders, their cards and their files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from vitrine.cli.downloads import byte_progress, load_showing_progress
from vitrine.cli.exits import GuardedCommand
from vitrine.cli.options import AsJson, Offline, Quiet, complete_encoder, settings_from
from vitrine.cli.output import airy_table, cell, console, print_json, say
from vitrine.errors import UsageError

if TYPE_CHECKING:
    from vitrine.encoders import EncoderRow
    from vitrine.settings import Settings
    from vitrine.types import Json

EncoderArgument = Annotated[
    str,
    typer.Argument(
        metavar="NAME",
        help="An encoder of the table.",
        autocompletion=complete_encoder,
        show_default=False,
    ),
]

model = typer.Typer(
    help="List the encoders, show their cards, download them, and copy them elsewhere.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)


@model.command("list", cls=GuardedCommand)
def list_encoders(as_json: AsJson = False) -> None:
    """List the encoders of the table: what they can do, and where they are kept."""
    settings = settings_from()
    from vitrine.encoders import ENCODERS
    from vitrine.encoders.packaged import PACKAGED

    facts = [_facts(row, settings) for row in ENCODERS.values()]
    if as_json:
        print_json(facts)
        return
    table = airy_table("name", "does", "numbers", "size", "licence", "kept")
    for each in facts:
        size = f"{each['size_mb']:,.0f} MB" if each["size_mb"] else "-"
        absent = "to download" if each["size_mb"] else "missing"
        in_program = each["kept"] and each["name"] == PACKAGED
        kept = "" if in_program else each["folder"] if each["kept"] else absent
        does = ", ".join(each["abilities"])
        shown = (each["name"], does, each["dim"], size, each["licence"], kept or "in the program")
        table.add_row(*map(cell, shown))
    console().print(table)


@model.command(cls=GuardedCommand)
def show(name: EncoderArgument, as_json: AsJson = False) -> None:
    """Show what there is to know of an encoder, with its model card where it has one."""
    settings = settings_from()
    from vitrine.encoders import encoder_row, model_row_of

    row = encoder_row(name)
    found, facts = model_row_of(row, settings), _facts(row, settings)
    if found is not None:
        facts["preprocessing"] = found.preprocessing
        facts |= {"repo": found.repo, "revision": found.revision} if found.repo else {}
    card = _card(row, settings)
    if as_json:
        print_json(facts | {"card": card})
        return
    for key, value in facts.items():
        shown = ", ".join(value) if isinstance(value, tuple) else value
        say(f"{key}: {'-' if shown in (None, '', 0) else shown}")
    if card:
        from rich.markdown import Markdown

        console().print()
        console().print(Markdown(card, hyperlinks=False))


@model.command(cls=GuardedCommand)
def pull(
    name: EncoderArgument, offline: Offline = False, as_json: AsJson = False, quiet: Quiet = False
) -> None:
    """Download an encoder's files, check their hashes, and try it once."""
    settings = settings_from(offline=offline)
    from vitrine.encoders import encoder_row

    row = encoder_row(name)
    identity = load_showing_progress(name, settings, quiet=quiet).identity
    facts = _facts(row, settings)
    if as_json:
        print_json(facts | {"sha256": identity.sha256})
    elif not quiet:
        say(f"{name} is ready: {facts['folder'] or 'it is part of the program'}")


@model.command(cls=GuardedCommand)
def export(
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME",
            help="An encoder of the table, or timm/NAME[:avg|max|gem].",
            autocompletion=complete_encoder,
            show_default=False,
        ),
    ],
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="A new or empty folder.", show_default=False)
    ],
    weights: Annotated[
        Path | None,
        typer.Option(
            "--weights", metavar="FILE", help="safetensors of a timm network, else from a hub."
        ),
    ] = None,
    offline: Offline = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Copy an encoder into a folder that works anywhere: --encoder DIR.

    The vectors, and the name that a shop remembers, stay the same. Its model.json describes the
    model and names the SHA-256 of every file; docs/encoders.md explains each field. A network of
    timm becomes an encoder so; that needs the extra train, and the folder does not.
    """
    settings = settings_from(offline=offline)
    if name.startswith("timm/"):
        from vitrine.encoders.keeping import copy_model
        from vitrine.train.research.deploying import exported_backbone

        copy_model(exported_backbone(name, settings, weights), folder)
    elif weights is not None:
        raise UsageError(f"--weights go with timm/NAME; {name!r} has its own")
    else:
        from vitrine.encoders import export_encoder

        with byte_progress(f"downloading {name}", quiet=quiet) as on_progress:
            export_encoder(name, folder, settings, on_progress)
    files = sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())
    if as_json:
        print_json({"name": name, "folder": str(folder), "files": files})
    elif not quiet:
        say(f"{folder}: {', '.join(files)}")


def _facts(row: EncoderRow, settings: Settings) -> Json:
    from vitrine.encoders import encoder_folder, is_kept

    folder = encoder_folder(row, settings)
    facts: dict[str, Any] = {
        "name": row.name,
        "summary": row.summary,
        "abilities": row.abilities,
        "dim": row.dim,
        "size_mb": row.size_mb,
        "licence": row.licence,
        "kept": is_kept(row, settings),
        "folder": None if folder is None else str(folder),
    }
    return facts


def _card(row: EncoderRow, settings: Settings) -> str:
    """Markdown of the model card, where one is kept here."""
    from vitrine.encoders import encoder_folder, model_row_of

    found, folder = model_row_of(row, settings), encoder_folder(row, settings)
    if found is None or folder is None or found.files.card is None:
        return ""
    path = folder / found.files.card.path
    return path.read_text(encoding="utf-8") if path.is_file() else ""
