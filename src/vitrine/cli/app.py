"""The door to the commands: help, version, and one line for what goes wrong."""

from __future__ import annotations

import inspect
import io
import sys
from typing import Annotated

import typer

from vitrine import __version__
from vitrine.cli.commands import COMMANDS, GROUPS
from vitrine.cli.exits import GuardedCommand, GuardedGroup

"""Commands of two words: the group, and of each command in it its examples."""

app = typer.Typer(
    name="vitrine",
    cls=GuardedGroup,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Results go to stdout, progress and warnings to stderr. Exit codes: 0 ok, 1 some of it"
    " failed, 2 usage, 3 configuration, 4 data, 5 locked, 130 interrupted.",
)


def main() -> None:
    """Run the command that the arguments name."""
    sys.stdout = sys.stdout or io.StringIO()  # None where a service or a shell closed them
    sys.stderr = sys.stderr or io.StringIO()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a Windows console may not know every letter
            stream.reconfigure(errors="replace")
    app()


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"vitrine {__version__}")
        raise typer.Exit


@app.callback()
def _vitrine(  # pyright: ignore[reportUnusedFunction]
    _version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Show the version and exit."
        ),
    ] = False,
) -> None:
    """Visual search for fashion: index a catalogue, then find things in it."""


def _help(docstring: str | None) -> str:
    """Paragraphs without the line breaks of the source."""
    paragraphs = inspect.cleandoc(docstring or "").split("\n\n")
    return "\n\n".join(paragraph.replace("\n", " ") for paragraph in paragraphs)


def _examples(lines: tuple[str, ...]) -> str:
    """Lines for the end of a help page; brackets in them are no markup."""
    return "\n".join(["[bold]Examples[/bold]", *(line.replace("[", "\\[") for line in lines)])


for _name, _group, _examples_of in GROUPS:
    for _info in _group.registered_commands:
        _called = _info.name or getattr(_info.callback, "__name__", "")
        _info.help = _help(_info.callback.__doc__)
        _info.epilog = _examples(_examples_of[_called])
    app.add_typer(_group, name=_name)

for _command, _lines in COMMANDS:
    _register = app.command(
        cls=GuardedCommand, help=_help(_command.__doc__), epilog=_examples(_lines)
    )
    _register(_command)
