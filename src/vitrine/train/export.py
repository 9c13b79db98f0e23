"""From trained weights to a model folder: int8 where it costs nothing, calibrated, hashed."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vitrine.encoders.model_files import folder_file, write_model_folder
from vitrine.encoders.model_row import (
    ModelFile,
    ModelFiles,
    ModelInput,
    ModelOutput,
    ModelRow,
    ModelText,
)
from vitrine.train.calibrate import HeadFit, fit_head, fit_similarity
from vitrine.train.deployed import Said, as_input, ask, read_pixels
from vitrine.train.graphs import METHODS, export_image, export_text, quantise
from vitrine.train.plan import Plan
from vitrine.train.prepare import OnStep, Prepared
from vitrine.train.student import Student
from vitrine.train.table import Table
from vitrine.train.towers import DIM, PREFIXES
from vitrine.types import Rows

LEAST_COSINE = 0.99
MOST_LOST = 0.005
"""Accuracy that any head may lose to int8."""
_MOST_SIMILAR = 4000
_LEAST_LABELS = 200
"""Labels of a head from which a loss of half a point can be told at all."""


@dataclass(frozen=True, slots=True)
class Exported:
    """What the export found out."""

    numbers: str
    """`int8` and how its ranges were found, or `float32`."""
    cosine: float | None
    """Mean cosine of int8 and float vectors on the validation part; None: nothing to compare."""
    lost: float
    """Largest loss of accuracy of a head; negative where int8 is better."""
    heads: Mapping[str, HeadFit]


def export_encoder(
    student: Student, data: Prepared, plan: Plan, folder: Path, name: str, on_step: OnStep | None
) -> Exported:
    """Write a model folder, replacing an older one.

    Args:
        student: the weights, averaged.
        data: photos to set the ranges (training part) and to calibrate by (validation part).
        plan: sizes and seed.
        folder: where the model goes.
        name: of the model.
        on_step: told about progress.
    """
    with tempfile.TemporaryDirectory(dir=folder.parent) as somewhere:
        draft, whole = Path(somewhere) / "draft", Path(somewhere) / "whole"
        draft.mkdir()
        height_px, width_px = plan.frame.final_px
        export_image(student.image, draft / "float.onnx", height_px, width_px)
        export_text(student.text, data.tokenizer.max_tokens, draft / "text.onnx")
        exported, said, rows = _choose_numbers(draft, data.table, plan, on_step)
        _write_json(draft / "labels.json", data.table.values)
        _write_json(draft / "calibration.json", _calibration(exported, said, data.table, rows))
        tokenizer = data.tokenizer.model_dump_json()
        (draft / "tokenizer.json").write_text(tokenizer + "\n", encoding="utf-8", newline="\n")
        row = _row(name, height_px, width_px)
        write_model_folder(row, lambda file: folder_file(draft, file), whole)
        shutil.rmtree(folder, ignore_errors=True)
        whole.replace(folder)
    return exported


def _choose_numbers(
    draft: Path, table: Table, plan: Plan, on_step: OnStep | None
) -> tuple[Exported, Said | None, Rows]:
    """Leave the better of int8 and float as image.onnx; say what it says of unseen photos."""
    height_px, width_px = plan.frame.final_px
    train, rows = table.rows("train"), table.rows("validation")
    rows = rows[~table.is_shopper()[rows]]
    rng = np.random.default_rng(plan.seed)
    chosen = rng.choice(train, min(plan.recipe.n_calibration, len(train)), replace=False)
    pixels = as_input(read_pixels(_paths(table, chosen), height_px, width_px))
    exact = draft / "float.onnx"
    graphs = [draft / f"{method}.onnx" for method in METHODS]
    for number, (method, graph) in enumerate(zip(METHODS, graphs, strict=True)):
        if on_step:
            on_step("int8 ranges", number / len(METHODS))
        quantise(exact, graph, pixels, method)
    if not len(rows):
        graphs[0].replace(draft / "image.onnx")
        return Exported(f"int8 ({METHODS[0]})", None, 0.0, {}), None, rows
    step = on_step and (lambda done, n: on_step("asking unseen photos", done / n))
    float_said, *others = ask([exact, *graphs], _paths(table, rows), height_px, width_px, step)
    for method, graph, said in zip(METHODS, graphs, others, strict=True):
        cosine = float((said.vectors * float_said.vectors).sum(1).mean())
        lost = _lost(float_said, said, table, rows)
        if cosine >= LEAST_COSINE and lost <= MOST_LOST:
            graph.replace(draft / "image.onnx")
            fits = _fits(said, table, rows)
            return Exported(f"int8 ({method})", cosine, lost, fits), said, rows
    exact.replace(draft / "image.onnx")
    return Exported("float32", 1.0, 0.0, _fits(float_said, table, rows)), float_said, rows


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


def _calibration(exported: Exported, said: Said | None, table: Table, rows: Rows) -> dict[str, Any]:
    found: dict[str, Any] = {"heads": {h: fit.as_json() for h, fit in exported.heads.items()}}
    if said is not None:
        known = np.flatnonzero(table.kinds[rows] >= 0)[:_MOST_SIMILAR]
        similarity = fit_similarity(said.vectors[known], table.kinds[rows[known]])
        found |= {"similarity": similarity} if similarity else {}
    return found


def _row(name: str, height_px: int, width_px: int) -> ModelRow:
    return ModelRow(
        name=name,
        dim=DIM,
        dims=PREFIXES,
        files=ModelFiles(
            image=ModelFile(path="image.onnx"),
            labels=ModelFile(path="labels.json"),
            calibration=ModelFile(path="calibration.json"),
            text=ModelFile(path="text.onnx"),
            tokenizer=ModelFile(path="tokenizer.json"),
        ),
        # mean and std are part of the graph
        input=ModelInput(height_px=height_px, width_px=width_px, name="pixels"),
        output=ModelOutput(names=("vector",), cells="cells"),
        text=ModelText(input="token_ids", output="vector"),
    )


def _paths(table: Table, rows: NDArray[np.int64]) -> list[str]:
    return [table.photos[int(row)].path for row in rows]


def _write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, indent=1) + "\n", encoding="utf-8", newline="\n")
