"""Progress of work in steps, on stderr where somebody watches."""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager

from vitrine.cli.output import console


@contextmanager
def step_progress(*, quiet: bool) -> Generator[Callable[[str, float], None] | None]:
    """Give a function to call with (what is done, how far 0..1); None where nobody watches."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.progress import (
        BarColumn,
        Progress,
        TaskID,
        TaskProgressColumn,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (
        *(TextColumn("{task.description}", markup=False), BarColumn()),
        *(TaskProgressColumn(), TimeRemainingColumn(elapsed_when_finished=True)),
    )
    with Progress(*columns, console=console(stderr=True)) as bars:
        tasks: dict[str, TaskID] = {}

        def show(doing: str, done: float) -> None:
            step = doing.partition(",")[0]
            if step not in tasks:
                tasks[step] = bars.add_task(doing, total=1.0)
            bars.update(tasks[step], description=doing, completed=done)

        yield show
