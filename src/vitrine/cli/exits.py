"""The one place where an exception becomes a line on stderr and an exit code."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Generator
from contextlib import contextmanager, suppress
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from vitrine.cli.output import complain, plain
from vitrine.errors import (
    DISTRIBUTION,
    ConfigurationError,
    DataError,
    LockedError,
    UsageError,
    VitrineError,
)

PARTIAL = 1
INTERRUPTED = 130
UNEXPECTED = 70
"""Of `sysexits.h`: an error in vitrine itself, apart from everything that a user can cause."""

_GO_ON = {
    "index": "what was indexed is kept; run the same command again to go on",
    "reindex": "what was embedded is kept, searches use the old encoder; run it again to go on",
    "collect": "what was collected is kept; run the same command again to go on",
    "embed": "nothing was written",
    "encoder": "decoded photos and the last checkpoint are kept; run it again to go on",
}


class GuardedCommand(TyperCommand):
    """A command that never shows a traceback, unless VITRINE_DEBUG asks for it."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command; whatever it raises ends in an exit code."""
        try:
            return super().invoke(ctx)
        except (typer.Exit, typer.Abort):
            raise
        except BrokenPipeError as error:
            _close_stdout()
            raise typer.Exit(0) from error
        except KeyboardInterrupt as error:
            complain(f"interrupted: {_GO_ON.get(str(self.name), 'nothing was changed')}")
            raise typer.Exit(INTERRUPTED) from error
        except Exception as error:
            if os.environ.get("VITRINE_DEBUG", "0") not in ("", "0"):
                traceback.print_exc()
            line, exit_code = explain(error)
            complain(f"error: {line}")
            raise typer.Exit(exit_code) from error


class GuardedGroup(TyperGroup):
    """All commands, where what cannot be understood as one of them is told in one line."""

    def make_context(self, *args: Any, **extra: Any) -> Any:
        """Read what stands before the command."""
        with _usage_in_one_line():
            return super().make_context(*args, **extra)

    def invoke(self, ctx: Any) -> Any:
        """Read the rest, and run the command."""
        with _usage_in_one_line():
            return super().invoke(ctx)


@contextmanager
def _usage_in_one_line() -> Generator[None]:
    """Typer's own errors of usage as ours are, without a box around them."""
    try:
        yield
    except Exception as error:
        message = getattr(error, "format_message", None)
        if message is None or type(error).__name__ == "NoArgsIsHelpError":  # the help was shown
            raise
        said = plain(message()).strip().rstrip(".")
        ctx = getattr(error, "ctx", None)
        more = f"; see {ctx.command_path} --help" if ctx is not None else ""
        complain(f"error: {said[:1].lower()}{said[1:]}{more}")
        raise typer.Exit(UsageError.exit_code) from error


def explain(error: Exception) -> tuple[str, int]:
    """One line for a user, and the exit code.

    Example:
        >>> explain(LockedError("another process is importing"))
        ('another process is importing', 5)
    """
    if isinstance(error, VitrineError):
        return str(error), error.exit_code
    if isinstance(error, OSError):
        named = f"{error.filename}: " if error.filename is not None else ""
        return f"{named}{error.strerror or error}", DataError.exit_code
    if isinstance(error, MemoryError):
        return "out of memory", DataError.exit_code
    if isinstance(error, ModuleNotFoundError) and not str(error.name).startswith("vitrine"):
        missing = f"{error.name} is not installed; repair with: pip install {DISTRIBUTION}"
        return missing, ConfigurationError.exit_code
    return _of_database(error) or (
        f"unexpected {type(error).__name__}: {error} "
        "(this is a bug of vitrine; VITRINE_DEBUG=1 shows where it happened)",
        UNEXPECTED,
    )


def _of_database(error: Exception) -> tuple[str, int] | None:
    """A full disk, a file without permission, a damaged file: not ours, but to be told plainly."""
    import sqlite3

    cause = getattr(error, "orig", error)
    if not isinstance(cause, sqlite3.Error):
        return None
    locked = "locked" in str(cause)
    return f"the shop file cannot be used: {cause}", (
        LockedError if locked else DataError
    ).exit_code


def _close_stdout() -> None:
    """Let Python's own flush at exit write to nowhere."""
    with suppress(OSError):  # stdout is no file, in a test say
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
