"""`vitrine train tagger --ensemble`: what several finished runs say, averaged."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vitrine.errors import UsageError
from vitrine.metrics import paired_difference
from vitrine.train.cache import Frame
from vitrine.train.calibrate import softmax
from vitrine.train.deployed import ask
from vitrine.train.prepare import OnStep, Prepared, prepare
from vitrine.train.report import Section, write_report
from vitrine.train.research.exporting import write_model
from vitrine.train.research.finished_runs import (
    GROUPS,
    FinishedRun,
    check_split,
    check_values,
    open_runs,
)
from vitrine.train.research.formality import Formality
from vitrine.train.research.joining import Member, join_graphs
from vitrine.train.research.tagger import relabelled
from vitrine.train.research.tagger_report import (
    Answers,
    calibration_json,
    formality_from,
    head_fits,
    shown_sections,
)
from vitrine.train.run_folder import alone, keep_settings, torch_threads
from vitrine.train.table import Table
from vitrine.types import RowFailure, Rows

_LEAST = 1e-12


@dataclass(frozen=True, slots=True)
class Ensemble:
    """What averaging has left."""

    folder: Path | None
    """The model; None where the runs see photos of different sizes."""
    rows: Sequence[Mapping[str, object]]
    """One an attribute: accuracy of every run, of both averages, and the gain, kept aside."""
    n_held_out: int
    best: str
    """The run that is best on validation groups, which the gain is measured against."""
    formality: Formality | None
    report: Path
    failures: Sequence[RowFailure]


def average_taggers(
    sources: Sequence[str],
    out: Path,
    runs: Sequence[Path],
    *,
    name: str = "ensemble",
    threads: int = 0,
    on_step: OnStep | None = None,
) -> Ensemble:
    """Average the probabilities of finished runs, and judge that on groups they all kept aside.

    Nothing is trained. Each run's logits are divided by a temperature that is fitted on validation
    groups; the plain average, without it, stands beside. Size, limit and labels are the first
    run's. Runs that see photos of one size also become one model.

    Args:
        sources: those of the runs.
        out: folder for the report and the model.
        runs: folders of finished runs, two or more, of the same photos in the same split.
        name: of the model.
        threads: 0 takes all cores.
        on_step: told about progress.

    Raises:
        UsageError: runs that are none, or know other values, or were split otherwise.
    """
    opened = open_runs(runs)
    first = opened[0]
    settings: dict[str, Any] = {
        "sources": list(sources),
        "ensemble": [str(run) for run in runs],
        "labels": first.settings["labels"],
        "limit": first.settings["limit"],
        "name": name,
    }
    with alone(out), torch_threads(threads):
        keep_settings(out, settings)
        data = prepare(
            sources,
            Frame(first.side_px),
            out,
            limit=first.settings["limit"],
            threads=threads,
            on_step=on_step,
        )
        for run in opened:
            check_split(out / GROUPS, run)
        data = relabelled(data, str(first.settings["labels"]))
        return _averaged(opened, data, out, name, threads, on_step)


def _averaged(
    runs: Sequence[FinishedRun],
    data: Prepared,
    out: Path,
    name: str,
    threads: int,
    on_step: OnStep | None,
) -> Ensemble:
    table = data.table
    values = {head: table.values[head] for head in runs[0].values if head in table.values}
    check_values(runs[0], values)
    whole = (table.labels[:, [table.heads.index(head) for head in values]] >= 0).all(1)
    unseen, aside = (
        np.flatnonzero(whole & (table.parts == part)) for part in ("validation", "held-out")
    )
    if not len(aside):
        raise UsageError("these runs kept no photo aside that has all labels; train on more photos")
    said = [_asked(run, table, values, (unseen, aside), threads, on_step) for run in runs]
    warmth = [
        {head: fit.temperature for head, fit in head_fits(table, known).items()}
        for known, _ in said
    ]
    plain = _mean([answers for _, answers in said], [{} for _ in runs])
    warm_unseen, warm = (_mean([answers[part] for answers in said], warmth) for part in (0, 1))
    best = _best([known for known, _ in said], table, values)
    rows = [
        _row(head, table, runs, [answers for _, answers in said], (plain, warm), best)
        for head in values
    ]
    fits = head_fits(table, warm_unseen)
    formality = formality_from(table, warm_unseen, warm, fits)
    model = None
    if len({run.side_px for run in runs}) == 1:
        members = [
            Member(run.graph, {h: warm.get(h, 1.0) for h in values}, run.orders(values))
            for run, warm in zip(runs, warmth, strict=True)
        ]
        model = out / "model"
        write_model(
            model,
            name,
            sum(run.row.dim for run in runs),
            runs[0].side_px,
            lambda draft: join_graphs(members, draft / "image.onnx"),
            {
                "labels": ("labels.json", _json({h: list(v) for h, v in values.items()})),
                "calibration": ("calibration.json", _json(calibration_json(fits, formality))),
            },
        )
    sections = [
        _section(rows, runs, runs[best].name, len(aside), one_model=model is not None),
        *([formality.section()] if formality else []),
        *shown_sections(data, out, runs[0].side_px, values, warm),
    ]
    figures = {str(row["attribute"]): float(str(row["calibrated average"])) for row in rows}
    report = write_report(out, f"Ensemble: {name}", sections, figures)
    return Ensemble(
        folder=model,
        rows=rows,
        n_held_out=len(aside),
        best=runs[best].name,
        formality=formality,
        report=report,
        failures=data.failures,
    )


def _asked(
    run: FinishedRun,
    table: Table,
    values: Mapping[str, Sequence[str]],
    parts: tuple[Rows, Rows],
    threads: int,
    on_step: OnStep | None,
) -> tuple[Answers, Answers]:
    """What a run's model says of validation and of held-out photos, in the table's order."""

    def count(done: int, n: int) -> None:
        if on_step:
            on_step(f"asking {run.name}", done / n)

    rows = np.concatenate(parts)
    paths = [table.photos[int(row)].path for row in rows]
    [said] = ask([run.graph], paths, *run.side_px, count, threads)
    orders = run.orders(values)
    logits = {head: said.logits[head][:, orders[head]] for head in values}
    n = len(parts[0])
    return (
        Answers(parts[0], {head: found[:n] for head, found in logits.items()}),
        Answers(parts[1], {head: found[n:] for head, found in logits.items()}),
    )


def _mean(said: Sequence[Answers], warmth: Sequence[Mapping[str, float]]) -> Answers:
    """Logits whose softmax is the mean of the runs' probabilities."""
    logits: dict[str, NDArray[np.float32]] = {}
    for head in said[0].logits:
        likely = [
            softmax(answers.logits[head], warm.get(head, 1.0))
            for answers, warm in zip(said, warmth, strict=True)
        ]
        logits[head] = np.log(np.maximum(np.mean(likely, axis=0), _LEAST)).astype(np.float32)
    return Answers(said[0].rows, logits)


def _best(said: Sequence[Answers], table: Table, values: Mapping[str, Sequence[str]]) -> int:
    """The run with the highest mean accuracy; the first, where nothing tells."""
    if not len(said[0].rows):
        return 0
    means = [np.mean([a.right(table, head).mean() for head in values]) for a in said]
    return int(np.argmax(means))


def _row(
    head: str,
    table: Table,
    runs: Sequence[FinishedRun],
    single: Sequence[Answers],
    averages: tuple[Answers, Answers],
    best: int,
) -> dict[str, object]:
    plain, warm = (answers.right(table, head) for answers in averages)
    groups = np.array([table.photos[int(row)].group for row in single[0].rows])
    gain = paired_difference(warm, single[best].right(table, head), groups)
    return {
        "attribute": head,
        "classes": len(table.values[head]),
        "n": len(warm),
        **{
            run.name: float(answers.right(table, head).mean())
            for run, answers in zip(runs, single, strict=True)
        },
        "plain average": float(plain.mean()),
        "calibrated average": float(warm.mean()),
        "gain": gain.figure,
        "gain_low": gain.low,
        "gain_high": gain.high,
    }


def _section(
    rows: Sequence[Mapping[str, object]],
    runs: Sequence[FinishedRun],
    best: str,
    n: int,
    *,
    one_model: bool,
) -> Section:
    columns = ("attribute", "classes", *(run.name for run in runs))
    columns = (*columns, "plain average", "calibrated average")
    model = (
        "The calibrated average is RUN/model."
        if one_model
        else "The runs see photos of different sizes, so that they do not become one model."
    )
    return Section(
        "Runs, and their average, on groups kept aside",
        f"Share of right answers on {n:,} photos that no run was trained on. The plain average is "
        "of the runs' probabilities, the calibrated one of those after a temperature for each run "
        f"and attribute, fitted on validation groups. Gain: calibrated average minus {best}, the "
        "best run on validation groups, in points with a 95 % interval, paired, by group. "
        f"{model}",
        (*columns, "gain"),
        [(*(row[column] for column in columns), gain_text(row)) for row in rows],
    )


def gain_text(row: Mapping[str, object]) -> str:
    """Points with their interval, as `+1.2 [-0.3, +2.6]`."""
    gain, low, high = (100 * float(str(row[key])) for key in ("gain", "gain_low", "gain_high"))
    return f"{gain:+.1f} [{low:+.1f}, {high:+.1f}]"


def _json(value: object) -> str:
    return json.dumps(value, indent=1) + "\n"
