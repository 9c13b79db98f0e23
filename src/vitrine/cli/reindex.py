"""`vitrine reindex`: a shop to another encoder."""

from __future__ import annotations

from time import perf_counter
from typing import Annotated

import typer

from vitrine.cli.downloads import load_showing_progress
from vitrine.cli.exits import PARTIAL
from vitrine.cli.options import (
    AsJson,
    ErrorsPath,
    NoFetch,
    Offline,
    Quiet,
    ShopPath,
    Threads,
    WaitSeconds,
    complete_encoder,
    settings_from,
)
from vitrine.cli.output import list_failures, n_of, photo_progress, print_json, say


def reindex(
    shop: ShopPath,
    encoder: Annotated[
        str,
        typer.Option(
            "--encoder",
            metavar="NAME|DIR",
            help="The encoder to move to: of the table, or a folder with a model.json.",
            show_default=False,
            autocompletion=complete_encoder,
        ),
    ],
    no_fetch: NoFetch = False,
    wait: WaitSeconds = 0.0,
    errors: ErrorsPath = None,
    threads: Threads = None,
    offline: Offline = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Embed every photo with another encoder, then switch the shop over to it.

    Searches go on with the old vectors until the switch. A run that was interrupted goes on where
    it stopped.
    """
    settings = settings_from(threads=threads, offline=offline)
    from vitrine.shop import open_shop

    with open_shop(shop, settings=settings) as opened:
        chosen = load_showing_progress(encoder, settings, quiet=quiet)
        started = perf_counter()
        with photo_progress("embedding", quiet=quiet) as on_progress:
            n_embedded, failures = opened.reindex(
                chosen, fetch=not no_fetch, wait_s=wait, errors=errors, on_progress=on_progress
            )
        name = opened.encoder.name
    seconds = perf_counter() - started
    if as_json:
        print_json(
            {
                "embedded": n_embedded,
                "failed": len(failures),
                "seconds": round(seconds, 3),
                "photos_per_second": round(n_embedded / seconds, 1),
                "encoder": name,
                "shop": str(shop),
            }
        )
    elif not quiet:
        say(
            f"{shop}: {n_of(n_embedded, 'photo')} embedded in {seconds:.1f} s; "
            f"the encoder is {name} now"
        )
    if not quiet:
        list_failures(failures, len(failures))
    if failures:
        raise typer.Exit(PARTIAL)
