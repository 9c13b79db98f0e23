"""The command line: `vitrine COMMAND`. Importing it loads nothing heavier than typer and rich."""

from vitrine.cli.app import app, main

__all__ = ["app", "main"]
