"""`vitrine train compare`: what several runs reached, what differs in them, and their curves."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from vitrine.train.metrics_log import MetricsLog
from vitrine.train.plots import overlaid
from vitrine.train.report import FIGURES, Section, figure_text, read_json, write_page
from vitrine.train.run_folder import SETTINGS


def compare_runs(folders: Sequence[Path], out: Path) -> list[list[object]]:
    """Write a page with the figures of several runs side by side, and their curves as one.

    Args:
        folders: of runs of any kind, each with a log.
        out: the page.

    Returns:
        The table: a header, then one row a figure: those of groups kept aside first, then the
        last line of the log.
    """
    runs = dict(zip(_names(folders), folders, strict=True))
    logs = {name: MetricsLog(folder / "metrics.jsonl").read() for name, folder in runs.items()}
    last = {name: lines[-1] if lines else {} for name, lines in logs.items()}
    aside = {name: read_json(folder / FIGURES) for name, folder in runs.items()}
    header: list[object] = ["figure", *runs]
    reached = [[f"{row[0]}, kept aside", *row[1:]] for row in _rows(aside)]
    logged = _rows(last)
    settings = {name: read_json(folder / SETTINGS) for name, folder in runs.items()}
    differ = [row for row in _rows(settings, json.dumps) if len(set(row[1:])) > 1]
    out.parent.mkdir(parents=True, exist_ok=True)
    sections = [
        Section("Groups kept aside", header=["figure", *runs], rows=reached),
        Section("Last line of the log", header=["figure", *runs], rows=logged),
        Section("What differs", header=["setting", *runs], rows=differ),
        Section("Curves", plots=overlaid(logs)),
    ]
    write_page(out, "Runs compared", [s for s in sections if s.rows or s.plots])
    return [header, *reached, *logged]


def _names(folders: Sequence[Path]) -> list[str]:
    """Folders by their own names, or by their paths where two would be called the same."""
    names = [folder.resolve().name for folder in folders]
    if len(set(names)) == len(names):
        return names
    return [folder.as_posix() for folder in folders]


def _rows(
    said: Mapping[str, Mapping[str, Any]], show: Callable[[object], str] = figure_text
) -> list[list[object]]:
    """One row for every name that any run has, with a cell for each run."""
    names = dict.fromkeys(name for values in said.values() for name in values)
    return [[name, *(show(values.get(name)) for values in said.values())] for name in names]
