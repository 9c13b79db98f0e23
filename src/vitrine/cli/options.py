"""Options that several commands share, and how they become settings."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from vitrine.errors import UsageError

if TYPE_CHECKING:
    from vitrine.settings import Settings


def complete_encoder(incomplete: str) -> list[tuple[str, str]]:
    """Names of the table, for the shell."""
    from vitrine.encoders import ENCODERS

    return [(row.name, row.summary) for row in ENCODERS.values() if row.name.startswith(incomplete)]


def _complete_format(incomplete: str) -> list[tuple[str, str]]:
    from vitrine.catalog import FORMATS

    return [
        (row.name, row.description) for row in FORMATS.values() if row.name.startswith(incomplete)
    ]


ShopPath: TypeAlias = Annotated[
    Path, typer.Option("--shop", metavar="PATH", help="The shop file.", show_default=False)
]
AsJson: TypeAlias = Annotated[
    bool, typer.Option("--json", help="Print one JSON object and nothing else on stdout.")
]
Quiet: TypeAlias = Annotated[
    bool, typer.Option("--quiet", "-q", help="Say nothing but errors (and the JSON of --json).")
]
EncoderName: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--encoder",
        metavar="NAME|DIR",
        help="An encoder of the table, or a folder with a model.json.",
        autocompletion=complete_encoder,
    ),
]
FormatName: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--format",
        metavar="NAME",
        help="Of the source; recognised if left out.",
        autocompletion=_complete_format,
    ),
]
Threads: TypeAlias = Annotated[
    int | None,
    typer.Option("--threads", metavar="N", min=0, help="Worker threads; 0 takes all cores."),
]
Offline: TypeAlias = Annotated[
    bool, typer.Option("--offline", help="Open no network connection: no photos, no models.")
]
NoFetch: TypeAlias = Annotated[
    bool, typer.Option("--no-fetch", help="Leave photos at URLs where they are, for later.")
]
WaitSeconds: TypeAlias = Annotated[
    float,
    typer.Option(
        "--wait", metavar="SECONDS", min=0, help="Wait this long while another process imports."
    ),
]
ErrorsPath: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        "--errors",
        metavar="FILE",
        help="Where rows and photos left out are listed; default: errors.csv beside the shop.",
    ),
]


def settings_from(*, threads: int | None = None, offline: bool = False) -> Settings:
    """Flags > VITRINE_* > vitrine.toml > defaults.

    Raises:
        ConfigurationError: a value does not fit, or vitrine.toml cannot be read.
    """
    from vitrine.settings import read_settings

    return read_settings(threads=threads, offline=offline or None)


def parse_map(pairs: Iterable[str]) -> dict[str, str]:
    """Read FIELD=COLUMN pairs; what follows the first `=` is the column.

    Raises:
        UsageError: a pair without `=` or with nothing before it.

    Example:
        >>> parse_map(["title=productDisplayName", "currency==EUR"])
        {'title': 'productDisplayName', 'currency': '=EUR'}
    """
    columns: dict[str, str] = {}
    for pair in pairs:
        field, equals, column = pair.partition("=")
        if not equals or not field.strip() or not column.strip():
            raise UsageError(
                f"--map {pair!r} is not FIELD=COLUMN; write --map title=productDisplayName, "
                "or --map currency==EUR for one value in every row"
            )
        columns[field.strip()] = column.strip()
    return columns
