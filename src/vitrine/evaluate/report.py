"""An evaluation as Markdown and as files: results.json, results.md and SVG plots."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from pathlib import Path

from vitrine.evaluate.charts import bars_svg, reliability_svg
from vitrine.evaluate.results import Evaluation, Result, lines_of


def columns_of(evaluation: Evaluation, protocol: str) -> list[str]:
    """The contestants that have a figure in a protocol, baselines last."""
    present = {r.contestant for r in evaluation.results if r.protocol == protocol}
    order = [n for n in evaluation.contestants if n not in evaluation.baselines]
    order += list(evaluation.baselines)
    return [name for name in order if name in present]


def protocols_of(evaluation: Evaluation) -> list[str]:
    """The protocols that were measured, in their order."""
    return list(dict.fromkeys(result.protocol for result in evaluation.results))


def shown(result: Result | None) -> str:
    """One cell: the figure, and its interval where it has one.

    Example:
        >>> shown(Result("tags", "gender accuracy", "a", 0.5, 10, 0.25, 0.75))
        '.500 [.250, .750]'
        >>> shown(Result("tags", "gender ECE", "a", 1.0, 10))
        '1.000'
    """
    if result is None or not math.isfinite(result.figure):
        return "-"
    figure = number(result.figure, result.decimals)
    if result.low is None or result.high is None:
        return figure
    low, high = (number(value, result.decimals) for value in (result.low, result.high))
    return f"{figure} [{low}, {high}]"


def number(value: float, decimals: int = 3) -> str:
    """A figure without its leading zero.

    Example:
        >>> number(0.0305), number(-0.5), number(1), number(1234.5, 0)
        ('.030', '-.500', '1.000', '1,234')
    """
    text = f"{value:,.{decimals}f}"
    return text.replace("0.", ".", 1) if text.lstrip("-").startswith("0.") else text


def table_of(evaluation: Evaluation, protocol: str) -> tuple[list[str], list[list[str]]]:
    """Header and rows of one protocol: measure, n, then a column for every contestant."""
    names = columns_of(evaluation, protocol)
    rows: list[list[str]] = []
    for (_, measure), results in lines_of(
        r for r in evaluation.results if r.protocol == protocol
    ).items():
        counts = sorted({result.n for result in results.values()})
        n = "-".join(f"{count:,}" for count in {counts[0]: 0, counts[-1]: 0})
        rows.append([measure, n, *(shown(results.get(name)) for name in names)])
    return ["measure", "n", *(_title(evaluation, name) for name in names)], rows


def summary_of(evaluation: Evaluation) -> tuple[list[str], list[list[str]]]:
    """Header and rows of one table with a line for every encoder: how good, how fast, how large.

    Nothing unless speed was measured beside something else of it.
    """
    chosen = [
        (title, protocol, measure)
        for title, (protocol, measure) in _SUMMARY.items()
        if any((r.protocol, r.measure) == (protocol, measure) for r in evaluation.results)
    ]
    if len({protocol for _, protocol, _ in chosen}) < 2:
        return [], []
    rows = [
        [
            _title(evaluation, name),
            *(shown(evaluation.find(protocol, measure, name)) for _, protocol, measure in chosen),
        ]
        for name in evaluation.contestants
    ]
    return ["encoder", *(title for title, _, _ in chosen)], rows


_SUMMARY = {
    "type accuracy by its nearest": ("similar", "type P@1"),
    "type and colour mAP@10": ("similar", "same type and colour mAP@10"),
    "photos/s, tower": ("speed", "tower only, photos/s"),
    "memory, MB": ("speed", "peak memory of its process, MB"),
}


def markdown(evaluation: Evaluation) -> str:
    """Everything as Markdown, one table a protocol."""
    lines = [
        f"# {evaluation.source}, part {evaluation.part}: {evaluation.n_photos:,} photos",
        "",
        "Figures with 95 % intervals (bootstrap by near-duplicate group, sender or design).",
        *(f"\nNote: {note}." for note in evaluation.notes),
    ]
    for protocol in protocols_of(evaluation):
        header, rows = table_of(evaluation, protocol)
        lines += ["", f"## {protocol}", "", *markdown_rows(header, rows)]
    header, rows = summary_of(evaluation)
    if rows:
        lines += ["", "## every encoder in one line", "", *markdown_rows(header, rows)]
    return "\n".join(lines) + "\n"


def markdown_rows(header: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """A Markdown table, line by line; a bar in a cell does not end it."""
    lines = [header, ["---"] * len(header), *rows]
    return ["| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines]


def write_report(evaluation: Evaluation, folder: Path) -> list[Path]:
    """Write results.json, results.md, a plot for each protocol and one for each reliability.

    Returns:
        The files, in that order.
    """
    folder.mkdir(parents=True, exist_ok=True)
    files = {
        "results.json": json.dumps(evaluation.as_json(), indent=1) + "\n",
        "results.md": markdown(evaluation),
    }
    for protocol in protocols_of(evaluation):
        results = [r for r in evaluation.results if r.protocol == protocol and r.low is not None]
        if protocol != "speed" and results:
            title = f"{evaluation.source}: {protocol}"
            files[f"{protocol}.svg"] = bars_svg(title, results, columns_of(evaluation, protocol))
    for name, heads in evaluation.bins.items():
        if heads:
            files[f"reliability-{name.replace('/', '-')}.svg"] = reliability_svg(name, heads)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    return [folder / name for name in files]


def _title(evaluation: Evaluation, name: str) -> str:
    return f"{name} (baseline)" if name in evaluation.baselines else name
