"""`vitrine serve`: a shop over HTTP."""

from __future__ import annotations

from typing import Annotated

import typer

from vitrine.cli.options import AsJson, EncoderName, Offline, Quiet, ShopPath, Threads
from vitrine.cli.output import complain, n_of, print_json, say


def serve(
    shop: ShopPath,
    host: Annotated[
        str | None,
        typer.Option("--host", metavar="ADDRESS", help="Where to listen; default 127.0.0.1."),
    ] = None,
    port: Annotated[
        int | None,
        typer.Option(
            "--port", metavar="N", min=0, max=65_535, help="Default 8000; 0 takes any free one."
        ),
    ] = None,
    allow_host: Annotated[
        list[str] | None,
        typer.Option(
            "--allow-host", metavar="NAME", help="A name the server is known by. Repeatable."
        ),
    ] = None,
    allow_origin: Annotated[
        list[str] | None,
        typer.Option(
            "--allow-origin", metavar="ORIGIN", help="A site whose pages may ask. Repeatable."
        ),
    ] = None,
    trust_proxy: Annotated[
        list[str] | None,
        typer.Option(
            "--trust-proxy",
            metavar="ADDRESS",
            help="A reverse proxy whose X-Forwarded-For is believed. Repeatable.",
        ),
    ] = None,
    rate: Annotated[
        float | None,
        typer.Option(
            "--rate",
            metavar="N",
            min=0,
            help="Requests a second for each key and address; default 20, 0 limits nobody.",
        ),
    ] = None,
    web: Annotated[
        str | None,
        typer.Option(
            "--web", metavar="WHO", help="Who is shown the pages: local (default), public or off."
        ),
    ] = None,
    encoder: EncoderName = None,
    threads: Threads = None,
    offline: Offline = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Answer searches in a shop over HTTP, until Ctrl-C.

    The API is described at /docs on the server itself. Without keys only programs on this computer
    are answered; `vitrine keys create` makes one. What another process imports is found within a
    second. The encoder is the one that the shop names; --encoder says where it lies if it is a
    folder. Requests are logged on stderr, without what they ask.
    """
    from vitrine.settings import read_settings

    settings = read_settings(
        threads=threads,
        offline=offline or None,
        serve_host=host,
        serve_port=port,
        serve_allow_hosts=allow_host or None,
        serve_allow_origins=allow_origin or None,
        serve_trust_proxies=trust_proxy or None,
        serve_rate_per_s=rate,
        serve_web=web,
    )
    from vitrine.serve import open_service, run_server

    with open_service(shop, settings, encoder=encoder) as service:
        n_products = len(service.shop)

        def announce(url: str) -> None:
            if as_json:
                print_json({"url": url, "shop": str(shop), "products": n_products})
            elif not quiet:
                say(f"{shop}: {n_of(n_products, 'product')} at {url}, described at {url}/docs")

        run_server(service, announce, log_requests=not quiet)
    if not quiet:
        complain("stopped")
