"""`report.html`: all that a run left, on one page that opens offline."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vitrine.train.metrics_log import MetricsLog
from vitrine.train.run_folder import ENVIRONMENT, SETTINGS

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

REPORT = "report.html"
_MOST_CLASSES = 40
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
class Picture:
    """An image in the report: a plot, or a photo with what was said of it."""

    png: bytes
    caption: str
    wrong: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """One heading with whatever stands under it."""

    title: str
    words: str = ""
    header: Sequence[str] = ()
    rows: Sequence[Sequence[object]] = ()
    plots: Sequence[Picture] = ()
    samples: Sequence[Picture] = field(default=())


def write_report(folder: Path, title: str, sections: Sequence[Section]) -> Path:
    """Write the page: the sections, then curves, arguments and environment of the run.

    Args:
        folder: of a run, with its log and settings.
        title: of the page.
        sections: what this kind of run has to show.
    """
    lines = MetricsLog(folder / "metrics.jsonl").read()
    whole = [*sections, _curves(lines), *_settings(folder)]
    body = "\n".join(_html(section) for section in whole if section is not None)
    page = (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}'
        '</title><meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<style>{_STYLE}</style></head>\n<body><h1>{escape(title)}</h1>\n{body}\n</body></html>\n"
    )
    path = folder / REPORT
    path.write_text(page, encoding="utf-8", newline="\n")
    return path


def compare_runs(folders: Sequence[Path], out: Path) -> list[list[object]]:
    """Write a page with the last figures of several runs side by side, and their curves as one.

    Args:
        folders: of runs, each with a log.
        out: the page.

    Returns:
        The table: a header, then one row a figure.
    """
    logs = {folder.name: MetricsLog(folder / "metrics.jsonl").read() for folder in folders}
    last = {name: lines[-1] if lines else {} for name, lines in logs.items()}
    figures = list(dict.fromkeys(name for line in last.values() for name in line))
    header: list[object] = ["figure", *last]
    rows: list[list[object]] = [
        [figure, *(_shown(line.get(figure)) for line in last.values())] for figure in figures
    ]
    told = {f.name: _read(f / SETTINGS) for f in folders}
    names = list(dict.fromkeys(name for settings in told.values() for name in settings))
    differ = [
        [name, *(json.dumps(settings.get(name)) for settings in told.values())]
        for name in names
        if len({json.dumps(settings.get(name)) for settings in told.values()}) > 1
    ]
    sections = [
        Section("Last figures", header=["figure", *last], rows=rows),
        Section("What differs", header=["setting", *last], rows=differ),
        Section("Curves", plots=_overlaid(logs)),
    ]
    body = "\n".join(map(_html, sections))
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>Runs compared'
        f"</title><style>{_STYLE}</style></head>\n<body><h1>Runs compared</h1>\n{body}\n"
        "</body></html>\n",
        encoding="utf-8",
        newline="\n",
    )
    return [header, *rows]


def confusion_picture(
    head: str, matrix: NDArray[np.int64], names: Sequence[str], folder: Path
) -> Picture:
    """Draw a confusion matrix, rows true and adding up to 1; kept in the run's folder too.

    Args:
        head: what is classified.
        matrix: (classes, classes) counts, rows are true.
        names: of the classes; beyond 40 only the most frequent are drawn.
        folder: of the run.
    """
    import numpy as np

    chosen = np.sort(np.argsort(-matrix.sum(1), kind="stable")[:_MOST_CLASSES])
    shares = matrix[np.ix_(chosen, chosen)] / matrix[chosen].sum(1, keepdims=True).clip(1)
    shown = [str(names[int(i)]) for i in chosen]
    side = 2 + 0.28 * len(shown)
    figure = _figure(side, side)
    axes = figure.add_subplot()
    axes.imshow(shares, cmap="Greys", vmin=0, vmax=1)
    axes.set_xticks(range(len(shown)), shown, rotation=90, fontsize=7)
    axes.set_yticks(range(len(shown)), shown, fontsize=7)
    axes.set_xlabel("predicted")
    axes.set_ylabel("true")
    png = _png(figure)
    (folder / f"confusion_{head}.png").write_bytes(png)
    n_left = len(names) - len(chosen)
    left = f"; {n_left} rarer classes are left out" if n_left else ""
    return Picture(png, f"{head}: {int(matrix.sum()):,} held-out photos{left}")


def _curves(lines: Sequence[Mapping[str, Any]]) -> Section | None:
    if len(lines) < 1:
        return None
    names = [n for n in dict.fromkeys(k for line in lines for k in line) if n not in _PLACE]
    plots: list[Picture] = []
    for group in (
        [name for name in names if name.startswith("loss")],
        [name for name in names if not name.startswith("loss")],
    ):
        if group:
            plots.append(_plot({n: _points(lines, n) for n in group}, ", ".join(group[:4])))
    return Section("Curves", plots=plots)


_PLACE = ("step", "epoch", "minutes", "progress")


def _overlaid(logs: Mapping[str, Sequence[Mapping[str, Any]]]) -> list[Picture]:
    names = dict.fromkeys(n for lines in logs.values() for line in lines for n in line)
    return [
        _plot({run: _points(lines, name) for run, lines in logs.items()}, name)
        for name in names
        if name not in _PLACE and sum(bool(_points(lines, name)) for lines in logs.values()) > 1
    ]


def _points(lines: Sequence[Mapping[str, Any]], name: str) -> list[tuple[float, float]]:
    return [(float(line["epoch"]), float(line[name])) for line in lines if name in line]


def _plot(curves: Mapping[str, Sequence[tuple[float, float]]], caption: str) -> Picture:
    figure = _figure(7, 3.2)
    axes = figure.add_subplot()
    for name, points in curves.items():
        if points:
            axes.plot(
                *zip(*points, strict=True), label=name, marker="." if len(points) < 20 else ""
            )
    axes.set_xlabel("epoch")
    axes.legend(fontsize=7, loc="center left", bbox_to_anchor=(1.0, 0.5))
    axes.spines[["top", "right"]].set_visible(False)
    return Picture(_png(figure), caption)


def _settings(folder: Path) -> list[Section]:
    return [
        Section(title, header=("setting", "value"), rows=list(_flat(_read(folder / name))))
        for title, name in (("Arguments", SETTINGS), ("Environment", ENVIRONMENT))
        if (folder / name).is_file()
    ]


def _flat(values: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [
        (name, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
        for name, value in values.items()
    ]


def _read(path: Path) -> Mapping[str, Any]:
    try:
        return dict(json.loads(path.read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return {}


def _figure(width: float, height: float) -> Figure:
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), layout="constrained")


def _png(figure: Figure) -> bytes:
    out = io.BytesIO()
    figure.savefig(out, format="png", dpi=110)
    return out.getvalue()


def _html(section: Section) -> str:
    parts = [f"<h2>{escape(section.title)}</h2>"]
    if section.words:
        parts.append(f"<p>{escape(section.words)}</p>")
    if section.rows:
        head = "".join(f'<th scope="col">{escape(str(cell))}</th>' for cell in section.header)
        rows = "".join(
            "<tr>" + "".join(f"<td>{escape(_shown(cell))}</td>" for cell in row) + "</tr>"
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


def _shown(value: object) -> str:
    if value is None:
        return "-"
    return f"{value:.4g}" if isinstance(value, float) else str(value)
