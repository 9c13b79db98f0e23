"""`report.html`: all that a run left, on one page that opens offline."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any

from vitrine.train.metrics_log import MetricsLog
from vitrine.train.plots import Picture, curves
from vitrine.train.run_folder import ENVIRONMENT, SETTINGS

REPORT = "report.html"
FIGURES = "figures.json"
"""What a run reached in the end on groups kept aside; `vitrine train compare` reads it."""
_STYLE = """
body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem;
color:#222;background:#fff}h1,h2{font-family:Georgia,serif;font-weight:400}
table{border-collapse:collapse;margin:1rem 0;display:block;overflow-x:auto}
td,th{padding:.25rem .7rem;border-bottom:1px solid #ddd;text-align:right;white-space:nowrap}
td:first-child,th:first-child{text-align:left}img{max-width:100%;height:auto}
figure{margin:1rem 0}figcaption{color:#666;font-size:.9rem}
.samples{display:grid;grid-template-columns:repeat(auto-fill,minmax(9rem,1fr));gap:1rem}
.samples figure{margin:0}.wrong{color:#a3271b}
@media(prefers-color-scheme:dark){body{color:#ddd;background:#161616}
td,th{border-color:#333}figcaption{color:#aaa}.wrong{color:#f08a7c}figure img{background:#fff}}
"""


@dataclass(frozen=True, slots=True)
class Section:
    """One heading with whatever stands under it."""

    title: str
    words: str = ""
    header: Sequence[str] = ()
    rows: Sequence[Sequence[object]] = ()
    plots: Sequence[Picture] = ()
    """One below the other."""
    samples: Sequence[Picture] = field(default=())
    """Small, side by side."""


def write_report(
    folder: Path,
    title: str,
    sections: Sequence[Section],
    figures: Mapping[str, float] | None = None,
) -> Path:
    """Write the page: the sections, then curves, arguments and environment of the run.

    Args:
        folder: of a run, with its log and settings.
        title: of the page.
        sections: what this kind of run has to show.
        figures: what was reached on groups kept aside, for comparing; kept in `figures.json`.
    """
    drawn = curves(MetricsLog(folder / "metrics.jsonl").read())
    whole = [*sections, *([Section("Curves", plots=drawn)] if drawn else []), *_settings(folder)]
    text = json.dumps(dict(figures or {}), indent=1)
    (folder / FIGURES).write_text(text + "\n", encoding="utf-8", newline="\n")
    return write_page(folder / REPORT, title, whole)


def write_page(path: Path, title: str, sections: Sequence[Section]) -> Path:
    """Write sections as one page that asks for nothing outside of it."""
    body = "\n".join(map(_html, sections))
    page = (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}'
        '</title><meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<style>{_STYLE}</style></head>\n<body><h1>{escape(title)}</h1>\n{body}\n</body></html>\n"
    )
    path.write_text(page, encoding="utf-8", newline="\n")
    return path


def read_json(path: Path) -> dict[str, Any]:
    """Read one of a run's small files; empty where there is none, or none that can be read."""
    try:
        return dict(json.loads(path.read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return {}


def figure_text(value: object) -> str:
    """A cell of a table."""
    if value is None:
        return "-"
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _settings(folder: Path) -> list[Section]:
    return [
        Section(title, header=("setting", "value"), rows=list(_flat(read_json(folder / name))))
        for title, name in (("Arguments", SETTINGS), ("Environment", ENVIRONMENT))
        if (folder / name).is_file()
    ]


def _flat(values: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [
        (name, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
        for name, value in values.items()
    ]


def _html(section: Section) -> str:
    parts = [f"<h2>{escape(section.title)}</h2>"]
    if section.words:
        parts.append(f"<p>{escape(section.words)}</p>")
    if section.rows:
        head = "".join(f'<th scope="col">{escape(str(cell))}</th>' for cell in section.header)
        rows = "".join(
            "<tr>" + "".join(f"<td>{escape(figure_text(cell))}</td>" for cell in row) + "</tr>"
            for row in section.rows
        )
        parts.append(f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>")
    parts += [_figure_html(plot) for plot in section.plots]
    if section.samples:
        samples = "".join(map(_figure_html, section.samples))
        parts.append(f'<div class="samples">{samples}</div>')
    return "\n".join(parts)


def _figure_html(picture: Picture) -> str:
    data = base64.b64encode(picture.png).decode("ascii")
    mark = ' class="wrong"' if picture.wrong else ""
    caption = escape(picture.caption)
    return (
        f'<figure><img alt="{caption}" src="data:image/png;base64,{data}">'
        f"<figcaption{mark}>{caption}</figcaption></figure>"
    )
