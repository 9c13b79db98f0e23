"""`vitrine keys`: who may use a shop's HTTP API."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from vitrine.cli.exits import GuardedCommand
from vitrine.cli.options import AsJson, ShopPath
from vitrine.cli.output import airy_table, cell, complain, console, print_json, say

if TYPE_CHECKING:
    from vitrine.store import KeyRecord, Store
    from vitrine.types import Json

keys = typer.Typer(
    help="Make, list and revoke the keys to a shop's HTTP API.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)


@keys.command(cls=GuardedCommand)
def create(
    shop: ShopPath,
    kind: Annotated[
        Literal["search", "admin"],
        typer.Option("--kind", help="A search key reads; an admin key also changes the shop."),
    ] = "search",
    name: Annotated[str, typer.Option("--name", metavar="TEXT", help="What the key is for.")] = "",
    as_json: AsJson = False,
) -> None:
    """Make a key and print it. The shop keeps only its hash, so it can never be shown again.

    From the first key on nobody is answered without one, this computer included.
    """
    from vitrine.serve.keys import create_key

    with _store(shop) as store:
        token, record = create_key(store, kind, name)
    if as_json:
        print_json({"key": token, **_as_json(record)})
    else:
        say(token)
        complain(f"keep this {kind} key safe: it is not shown again (its id is {record.key_id})")


@keys.command("list", cls=GuardedCommand)
def list_keys(shop: ShopPath, as_json: AsJson = False) -> None:
    """List the keys that were ever made, the oldest first, without their secrets."""
    with _store(shop) as store:
        records = list(store.keys())
    if as_json:
        print_json([_as_json(record) for record in records])
        return
    if not records:
        say("this shop has no keys: only programs on its own computer are answered")
        return
    table = airy_table("id", "kind", "name", "made", "revoked")
    for record in records:
        shown = (record.key_id, record.kind, record.name, record.created_at, record.revoked_at)
        table.add_row(*map(cell, shown))
    console().print(table)


@keys.command(cls=GuardedCommand)
def revoke(
    key_id: Annotated[
        str,
        typer.Argument(
            metavar="KEY_ID", help="As `vitrine keys list` shows it.", show_default=False
        ),
    ],
    shop: ShopPath,
    as_json: AsJson = False,
) -> None:
    """Close a key for good. Running servers notice within two seconds."""
    from vitrine.serve.keys import revoke_key

    with _store(shop) as store:
        record = revoke_key(store, key_id)
    if as_json:
        print_json(_as_json(record))
    else:
        say(f"{record.key_id} is revoked")


@contextmanager
def _store(path: Path) -> Generator[Store]:
    from vitrine.store import open_sqlite

    store = open_sqlite(path)
    try:
        yield store
    finally:
        store.close()


def _as_json(record: KeyRecord) -> Json:
    return {
        "key_id": record.key_id,
        "kind": record.kind,
        "name": record.name,
        "created_at": record.created_at,
        "revoked_at": record.revoked_at or None,
    }
