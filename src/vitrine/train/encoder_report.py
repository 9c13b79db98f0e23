"""`report.html` of `vitrine train encoder`: what the exported model says of unseen groups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from vitrine.train.deployed import Said, ask
from vitrine.train.export import Exported
from vitrine.train.plan import Plan
from vitrine.train.plots import Picture, confusion, confusion_picture, photo_strip
from vitrine.train.prepare import OnStep, Prepared
from vitrine.train.report import Section, write_report
from vitrine.train.table import Table
from vitrine.types import Rows

_MOST_TOLD = 1500
_N_SAMPLES, _N_QUERIES, _K = 12, 6, 5


def report_encoder(
    folder: Path,
    name: str,
    data: Prepared,
    plan: Plan,
    exported: Exported,
    figures: Mapping[str, float],
    on_step: OnStep | None = None,
    threads: int = 0,
) -> Path:
    """Ask the exported model about the validation part, and write the page.

    The held-out part is not looked at; `vitrine evaluate --part held-out` is for that.

    Args:
        folder: of the run, with its model.
        name: of the model.
        data: the photos.
        plan: their size.
        exported: what the export found out.
        figures: last measured in training.
        on_step: told about progress.
        threads: 0 takes all cores.
    """
    table = data.table
    rows = table.rows("validation")
    rows = rows[~table.is_shopper()[rows]][:_MOST_TOLD]
    if not len(rows):
        words = "There are too few photos to keep some aside: nothing was measured."
        return write_report(folder, f"Encoder: {name}", [Section("Groups kept aside", words)])

    def count(done: int, n: int) -> None:
        if on_step:
            on_step("writing the report", done / n)

    graph = folder / "model" / "image.onnx"
    paths = [table.photos[int(row)].path for row in rows]
    [said] = ask([graph], paths, *plan.frame.final_px, count, threads)
    right = _right(said, table, rows)
    sections = [
        _tags(right, table, rows, exported),
        Section("Confusion", plots=_confusions(said, table, rows, folder)),
        Section("Photos, and what is said of them", samples=_samples(said, data, plan, rows)),
        _nearest(said, data, plan, rows),
    ]
    reached = {f"right_{head}": float(found.mean()) for head, found in right.items()}
    others = {n: v for n, v in figures.items() if n.startswith(("title_", "shopper_"))}
    return write_report(
        folder, f"Encoder: {name}", [s for s in sections if _has_something(s)], reached | others
    )


def _right(said: Said, table: Table, rows: Rows) -> dict[str, NDArray[np.bool_]]:
    """Head -> for every photo whose label is known, whether it is found."""
    found: dict[str, NDArray[np.bool_]] = {}
    for head, logits in said.logits.items():
        labels = table.labels[rows, table.heads.index(head)]
        if (labels >= 0).any():
            found[head] = (logits.argmax(1) == labels)[labels >= 0]
    return found


def _tags(
    right: Mapping[str, NDArray[np.bool_]], table: Table, rows: Rows, exported: Exported
) -> Section:
    told: list[Sequence[object]] = []
    for head, found in right.items():
        column = table.heads.index(head)
        known = table.labels[rows, column]
        most = np.bincount(table.labels[:, column].clip(0)).argmax()
        fit = exported.heads.get(head)
        told.append(
            (
                *(head, len(table.values[head]), len(found), float(found.mean())),
                float((known[known >= 0] == most).mean()),
                *((fit.coverage, fit.precision) if fit else (None, None)),
            )
        )
    return Section(
        "Tags of groups kept aside",
        f"What the exported model ({exported.numbers}) says of {len(rows):,} photos of validation "
        "groups, which set its temperatures and thresholds, and nothing else. Held-out groups are "
        "not looked at here: vitrine evaluate --part held-out.",
        ("tag", "classes", "n", "right", "majority", "sure of", "of these right"),
        told,
    )


def _confusions(said: Said, table: Table, rows: Rows, folder: Path) -> list[Picture]:
    return [
        confusion_picture(
            head,
            confusion(logits, table.labels[rows, table.heads.index(head)], len(table.values[head])),
            table.values[head],
            folder,
        )
        for head, logits in said.logits.items()
    ]


def _samples(said: Said, data: Prepared, plan: Plan, rows: Rows) -> list[Picture]:
    table = data.table
    found: list[Picture] = []
    for i in range(min(_N_SAMPLES, len(rows)) if said.logits else 0):
        guessed = {head: int(logits[i].argmax()) for head, logits in said.logits.items()}
        truth = {head: table.labels[rows[i], table.heads.index(head)] for head in guessed}
        wrong = [head for head, value in guessed.items() if truth[head] not in (-1, value)]
        words = ", ".join(table.values[head][value] for head, value in guessed.items())
        missed = f"; not right: {', '.join(wrong)}" if wrong else ""
        pixels = data.cache.pixels(rows[i : i + 1], plan.frame.final_px, torch.device("cpu"))
        found.append(photo_strip(pixels, f"{words}{missed}", wrong=bool(wrong)))
    return found


def _nearest(said: Said, data: Prepared, plan: Plan, rows: Rows) -> Section:
    """Some photos with the nearest of the same part, near-duplicates left out."""
    table = data.table
    groups = np.array([table.photos[int(row)].group for row in rows])
    asked = np.linspace(0, len(rows) - 1, min(_N_QUERIES, len(rows))).astype(np.int64)
    scores = said.vectors[asked] @ said.vectors.T
    scores[groups[asked][:, None] == groups[None]] = -2
    best = np.argsort(-scores, axis=1, kind="stable")[:, :_K]
    return Section(
        "Photos and their nearest",
        "The first of each row asks; near-duplicates of it are left out.",
        plots=[
            photo_strip(
                data.cache.pixels(
                    rows[np.array([one, *near.tolist()])], plan.frame.final_px, torch.device("cpu")
                ),
                table.photos[int(rows[one])].kind or table.photos[int(rows[one])].title,
            )
            for one, near in zip(asked, best, strict=True)
        ],
    )


def _has_something(section: Section) -> bool:
    return bool(section.rows or section.plots or section.samples)
