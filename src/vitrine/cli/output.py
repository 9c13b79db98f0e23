"""What commands print: results on stdout, everything else on stderr."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from vitrine.types import RowFailure

_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")
_PIPE_WIDTH = 110
_MOST_FAILURES = 10


def plain(text: object) -> str:
    r"""Put on one line, without characters that would steer a terminal.

    Example:
        >>> plain("a\x1b[31m b\nc")
        'a [31m b c'
    """
    return _CONTROLS.sub(" ", str(text))


def n_of(n: int, noun: str, plural: str = "") -> str:
    """Count things in words.

    Example:
        >>> n_of(1, "photo"), n_of(1200, "photo")
        ('1 photo', '1,200 photos')
    """
    return f"{n:,} {noun if n == 1 else plural or noun + 's'}"


def cell(text: object) -> Text:
    """A cell of a table; brackets in it are no markup."""
    from rich.text import Text

    return Text(plain(text))


def airy_table(*columns: str, title: str | None = None) -> Table:
    """A table that leaves the width to its cells."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(
        title=title,
        title_justify="left",
        title_style="dim",
        box=SIMPLE_HEAD,
        pad_edge=False,
        collapse_padding=True,
    )
    for name in columns:
        table.add_column(name, overflow="fold")
    return table


def print_json(value: Any) -> None:
    """Print one JSON value on one line."""
    readable = (sys.stdout.encoding or "").lower().startswith("utf")
    print(json.dumps(value, ensure_ascii=not readable), flush=True)


def say(line: str) -> None:
    """Print one line of a result."""
    print(plain(line), flush=True)


def complain(line: str) -> None:
    """Print one line that is no result."""
    print(plain(line), file=sys.stderr, flush=True)


def console(*, stderr: bool = False) -> Console:
    """Where tables are printed; wide enough when they go to a file or a pipe."""
    from rich.console import Console

    class Piped(Console):
        def on_broken_pipe(self) -> None:
            raise BrokenPipeError

    stream = sys.stderr if stderr else sys.stdout
    fixed = None if stream.isatty() or "COLUMNS" in os.environ else _PIPE_WIDTH
    return Piped(stderr=stderr, width=fixed, highlight=False)


def list_failures(failures: Sequence[RowFailure], n_all: int) -> None:
    """Show the first rows that were left out on stderr, and how many there are besides."""
    for failure in failures[:_MOST_FAILURES]:
        line = "" if failure.line is None else f" line {failure.line}"
        product = f" product {failure.product_id!r}" if failure.product_id else ""
        column = f" {failure.column}" if failure.column else ""
        complain(f"left out:{line}{product}{column}: {failure.reason}")
    if n_all > _MOST_FAILURES:
        complain(f"and {n_all - _MOST_FAILURES:,} more")


@contextmanager
def photo_progress(doing: str, *, quiet: bool) -> Generator[Callable[[int, int], None]]:
    """Give a function to call with (photos done, photos in all); it draws on terminals only."""
    if quiet or not sys.stderr.isatty():
        yield lambda _done, _total: None
        return
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        ProgressColumn,
        Task,
        TextColumn,
        TimeRemainingColumn,
    )
    from rich.text import Text

    class Speed(ProgressColumn):
        def render(self, task: Task) -> Text:
            return Text("" if task.speed is None else f"{task.speed:,.0f} photos/s")

    columns = (TextColumn(doing), BarColumn(), MofNCompleteColumn(), Speed(), TimeRemainingColumn())
    with Progress(*columns, console=console(stderr=True), transient=True) as bars:
        task = bars.add_task("", total=None)
        yield lambda done, total: bars.update(task, completed=done, total=total)
