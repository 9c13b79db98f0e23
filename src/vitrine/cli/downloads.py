"""Encoders, with a progress bar while their files come over the network."""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from vitrine.cli.output import console

if TYPE_CHECKING:
    from vitrine.encoders import Encoder
    from vitrine.settings import Settings


def load_showing_progress(name: str, settings: Settings, *, quiet: bool) -> Encoder:
    """Load an encoder; a download draws a bar, on terminals only."""
    from vitrine.encoders import load_encoder

    with byte_progress(f"downloading {name}", quiet=quiet) as on_progress:
        return load_encoder(name, settings, on_progress)


@contextmanager
def byte_progress(
    doing: str, *, quiet: bool
) -> Generator[Callable[[int, int | None], None] | None]:
    """Give a function to call with (bytes so far, bytes in all); None where nobody watches."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.progress import (
        BarColumn,
        DownloadColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
        TransferSpeedColumn,
    )

    columns = (
        *(TextColumn(doing, markup=False), BarColumn(), DownloadColumn()),
        *(TransferSpeedColumn(), TimeRemainingColumn()),
    )
    with Progress(*columns, console=console(stderr=True), transient=True) as bars:
        task = bars.add_task("", total=None, visible=False)
        yield lambda done, total: bars.update(task, completed=done, total=total, visible=True)
