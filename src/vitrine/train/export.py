"""From trained weights to a model folder: int8 where it costs nothing, calibrated, hashed."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from vitrine.encoders.model_files import folder_file, write_model_folder
from vitrine.encoders.model_row import (
    ModelFile,
    ModelFiles,
    ModelInput,
    ModelOutput,
    ModelRow,
    ModelText,
)
from vitrine.errors import UsageError
from vitrine.train.calibrate import HeadFit, fit_head, fit_similarity
from vitrine.train.deployed import Said, as_input, ask, read_pixels
from vitrine.train.graphs import (
    METHODS,
    export_image,
    export_text,
    quantise,
    read_heads,
    write_heads,
)
from vitrine.train.plan import Plan
from vitrine.train.precision import Precision
from vitrine.train.prepare import OnStep, Prepared
from vitrine.train.projection import features_of, fit_projection, with_projection
from vitrine.train.refit import LEAST_LABELS, Head, refit_head
from vitrine.train.student import Student
from vitrine.train.table import SMALL, Table
from vitrine.train.towers import DIM, PREFIXES
from vitrine.types import Rows

LEAST_COSINE = 0.99
MOST_LOST = 0.005
"""Accuracy that any head may lose to int8."""
_FILES = {"image": "image.onnx", "labels": "labels.json", "calibration": "calibration.json"}
_WORD_FILES = {"text": "text.onnx", "tokenizer": "tokenizer.json"}
_MOST_SIMILAR = 4000
_MOST_REFITTED = 100_000
_MOST_ALIGNED = 50_000
_LEAST_LABELS = 200
"""Labels of a head from which a loss of half a point can be told at all."""


@dataclass(frozen=True, slots=True)
class Exported:
    """What the export found out."""

    numbers: str
    """`int8` and how its ranges were found, or `float32`."""
    cosine: float
    """Mean with the float vectors, on the validation part or, if it is empty, on some of the
    training part."""
    lost: float
    """Largest loss of accuracy that a head suffers from int8; 0 where none does."""
    heads: Mapping[str, HeadFit]


def export_encoder(
    student: Student,
    data: Prepared,
    plan: Plan,
    folder: Path,
    name: str,
    precision: Precision,
    on_step: OnStep | None = None,
    threads: int = 0,
) -> Exported:
    """Fit projection, words and tags again on fixed features; write a model folder.

    Args:
        student: the weights, averaged.
        data: photos to set the ranges (training part) and to calibrate by (validation part).
        plan: sizes and seed.
        folder: where the model goes; an older one there is replaced.
        name: of the model.
        precision: device and number format of the student.
        on_step: told about progress.
        threads: 0 takes all cores.

    Raises:
        UsageError: no model may have this name.
    """
    height_px, width_px = plan.frame.final_px
    row = model_row(name, height_px, width_px, words=data.table.has_words)
    student = _projected_anew(student.eval(), data, plan, precision, on_step)
    with tempfile.TemporaryDirectory(dir=folder.parent) as somewhere:
        draft, whole = Path(somewhere) / "draft", Path(somewhere) / "whole"
        draft.mkdir()
        export_image(student.image, draft / "float.onnx", height_px, width_px)
        export_text(student.text, data.tokenizer.max_tokens, draft / "text.onnx")
        exported, calibration = _choose_numbers(draft, data.table, plan, on_step, threads)
        _write_json(draft / "labels.json", data.table.values)
        _write_json(draft / "calibration.json", calibration)
        tokenizer = data.tokenizer.model_dump_json()
        (draft / "tokenizer.json").write_text(tokenizer + "\n", encoding="utf-8", newline="\n")
        write_model_folder(row, lambda file: folder_file(draft, file), whole)
        shutil.rmtree(folder, ignore_errors=True)
        whole.replace(folder)
    return exported


def _projected_anew(
    student: Student, data: Prepared, plan: Plan, precision: Precision, on_step: OnStep | None
) -> Student:
    """A student with the projection that suits its features best, and words that go with it."""
    step = on_step or _silent
    table, cache, side_px = data.table, data.cache, plan.frame.final_px
    projection = fit_projection(
        *(student.image, table, cache, side_px, precision, plan.seed),
        lambda share: step("comparing views", share),
    )
    if projection is None:
        return student
    rows = table.rows("train")
    rows = _spread(rows[~table.is_shopper()[rows]], _MOST_ALIGNED)
    step("seeing known photos", 0)
    features = features_of(student.image, rows, cache, side_px, precision)
    return with_projection(student, projection, features)


def model_row(name: str, height_px: int, width_px: int, *, words: bool = True) -> ModelRow:
    """What the model's folder says of it.

    Args:
        name: of the model.
        height_px: of what it sees.
        width_px: of what it sees.
        words: whether it has learnt any.

    Raises:
        UsageError: no model may have this name.
    """
    paths = _FILES | _WORD_FILES if words else _FILES
    try:
        return ModelRow(
            name=name,
            dim=DIM,
            dims=PREFIXES,
            files=ModelFiles(**{key: ModelFile(path=p) for key, p in paths.items()}, data=()),
            # mean and std are part of the graph
            input=ModelInput(height_px=height_px, width_px=width_px, name="pixels"),
            output=ModelOutput(names=("vector",), cells="cells"),
            text=ModelText(input="token_ids", output="vector") if words else ModelText(),
        )
    except ValidationError as error:
        raise UsageError(
            f"a model cannot be called {name!r}: give lower-case letters, digits and . _ -"
        ) from error


def _choose_numbers(
    draft: Path, table: Table, plan: Plan, on_step: OnStep | None, threads: int
) -> tuple[Exported, dict[str, Any]]:
    """Leave the better of int8 and float as image.onnx; calibrate it by unseen photos."""
    train, unseen = table.rows("train"), table.rows("validation")
    rng = np.random.default_rng(plan.seed)
    chosen = rng.choice(train, min(plan.recipe.n_calibration, len(train)), replace=False)
    graphs = _quantised(draft, _paths(table, chosen), plan, on_step, threads)
    unseen = unseen[~table.is_shopper()[unseen]]
    rows = unseen if len(unseen) else chosen

    def count(done: int, n: int) -> None:
        if on_step:
            on_step("asking unseen photos", done / n)

    exact, paths = draft / "float.onnx", _paths(table, rows)
    float_said, *others = ask([exact, *graphs], paths, *plan.frame.final_px, count, threads)
    graph, said, numbers, cosine, lost = exact, float_said, "float32", 1.0, 0.0
    for method, tried, found in zip(METHODS, graphs, others, strict=True):
        near = float((found.vectors * float_said.vectors).sum(1).mean())
        worse = _lost(float_said, found, table, rows)
        if near >= LEAST_COSINE and worse <= MOST_LOST:
            graph, said, numbers, cosine, lost = tried, found, f"int8 ({method})", near, worse
            break
    graph.replace(draft / "image.onnx")
    said = _with_new_heads(draft / "image.onnx", said, table, plan, on_step, threads)
    fits = _fits(said, table, rows) if len(unseen) else {}
    similarity = _similarity(said, table, rows) if len(unseen) else {}
    calibration = {"heads": {head: fit.as_json() for head, fit in fits.items()}, **similarity}
    return Exported(numbers, cosine, lost, fits), calibration


def _with_new_heads(
    graph: Path, said: Said, table: Table, plan: Plan, on_step: OnStep | None, threads: int
) -> Said:
    """Fit the graph's heads again on photos as they are; give the answers that follow from it."""
    rows = table.rows("train")
    rows = rows[~table.is_shopper()[rows]]
    rows = _spread(rows, _MOST_REFITTED)
    heads = {
        head: found
        for head, found in read_heads(graph).items()
        if (table.labels[rows, table.heads.index(head)] >= 0).sum() >= LEAST_LABELS
    }
    if not heads:
        return said

    def count(done: int, n: int) -> None:
        if on_step:
            on_step("asking known photos", done / n)

    [seen] = ask([graph], _paths(table, rows), *plan.frame.final_px, count, threads)
    small = np.char.endswith(table.pools[rows], SMALL)
    counts = np.where(small, plan.recipe.stages[-1].small_weight, 1.0).astype(np.float32)
    new: dict[str, Head] = {}
    for done, (name, head) in enumerate(heads.items(), 1):
        labels = table.labels[rows, table.heads.index(name)]
        new[name] = refit_head(head, seen.features, labels, counts)
        if on_step:
            on_step("fitting tags", done / len(heads))
    write_heads(graph, new)
    logits = {name: head.logits(said.features) for name, head in new.items()}
    return replace(said, logits={**said.logits, **logits})


def _quantised(
    draft: Path, paths: Sequence[str], plan: Plan, on_step: OnStep | None, threads: int
) -> list[Path]:
    """The float graph in int8, once for every way to find the ranges."""
    pixels = as_input(read_pixels(paths, *plan.frame.final_px, threads))
    graphs = [draft / f"{method}.onnx" for method in METHODS]
    for done, (method, graph) in enumerate(zip(METHODS, graphs, strict=True), 1):
        quantise(draft / "float.onnx", graph, pixels, method)
        if on_step:
            on_step("int8 ranges", done / len(METHODS))
    return graphs


def _lost(exact: Said, other: Said, table: Table, rows: Rows) -> float:
    lost = [0.0]
    for column, head in enumerate(table.heads):
        labels = table.labels[rows, column]
        known = labels >= 0
        if known.sum() >= _LEAST_LABELS:
            right = [
                (said.logits[head][known].argmax(1) == labels[known]).mean()
                for said in (exact, other)
            ]
            lost.append(float(right[0] - right[1]))
    return max(lost)


def _fits(said: Said, table: Table, rows: Rows) -> dict[str, HeadFit]:
    found = {
        head: fit_head(said.logits[head], table.labels[rows, column])
        for column, head in enumerate(table.heads)
    }
    return {head: fit for head, fit in found.items() if fit is not None}


def _similarity(said: Said, table: Table, rows: Rows) -> dict[str, Any]:
    known = np.flatnonzero(table.kinds[rows] >= 0)[:_MOST_SIMILAR]
    found = fit_similarity(said.vectors[known], table.kinds[rows[known]])
    return {"similarity": found} if found else {}


def _spread(rows: Rows, most: int) -> Rows:
    """At most so many rows, evenly spread."""
    return rows[np.linspace(0, len(rows) - 1, min(len(rows), most)).astype(np.int64)]


def _paths(table: Table, rows: NDArray[np.int64]) -> list[str]:
    return [table.photos[int(row)].path for row in rows]


def _write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, indent=1) + "\n", encoding="utf-8", newline="\n")


def _silent(_step: str, _progress: float) -> None:
    pass
