"""`vitrine demo`: the bundled catalogue, indexed, searched, and open in a browser."""

from __future__ import annotations

import os
import socket
import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vitrine.cli.options import AsJson, settings_from
from vitrine.cli.output import console, print_json, say

if TYPE_CHECKING:
    from vitrine.settings import Settings


def demo(
    out: Annotated[
        Path, typer.Option("--out", metavar="DIR", help="Where the shop and the page are put.")
    ] = Path("vitrine-demo"),
    no_open: Annotated[
        bool, typer.Option("--no-open", help="Do not open a browser; the address is printed.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Index the bundled demo catalogue, answer three queries, and open the shop in a browser.

    The web app runs until Ctrl-C. Where nobody watches (no terminal, CI is set, or --json), one
    page of it is asked for over HTTP and the command ends.
    """
    settings = settings_from()
    from vitrine.demo import SHOP, run_demo

    shown = console(stderr=as_json)
    page = run_demo(out, settings=settings, console=shown)
    is_watched = shown.is_terminal and not as_json and not os.environ.get("CI")
    if is_watched:
        _keep_open(out / SHOP, settings, open_browser=not no_open)
        return
    url = _look_once(out / SHOP, settings)
    if as_json:
        print_json({"out": str(out), "page": str(page), "web_app": url})
    else:
        say(f"The web app answered at {url}; `vitrine serve --shop {out / SHOP}` opens it again.")


def _keep_open(shop: Path, settings: Settings, *, open_browser: bool) -> None:
    from vitrine.serve import open_service, run_server

    port = settings.serve_port if _is_free(settings.serve_port) else 0
    here = settings.model_copy(update={"serve_host": "127.0.0.1", "serve_port": port})

    def announce(url: str) -> None:
        say(f"The shop is open at {url} until Ctrl-C.")
        if open_browser:
            webbrowser.open(url)

    with open_service(shop, here) as service:
        run_server(service, announce, log_requests=False)


def _look_once(shop: Path, settings: Settings) -> str:
    """Ask for the first page and stop; the address at which it was."""
    from vitrine.serve import answered_once, open_service

    here = settings.model_copy(update={"serve_host": "127.0.0.1", "serve_port": 0})
    with open_service(shop, here) as service:
        return answered_once(service, "/")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0
