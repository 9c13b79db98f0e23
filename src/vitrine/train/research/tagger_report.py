"""What a tagger's report shows: accuracies beside the paper's claims, confusions, samples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from vitrine.train.calibrate import HeadFit, fit_head
from vitrine.train.plots import Picture, confusion, confusion_picture, photo_strip
from vitrine.train.prepare import Prepared
from vitrine.train.report import Section
from vitrine.train.research.formality import Formality, fit_formality
from vitrine.train.research.paper_d import CLAIMED, N_CLAIMED
from vitrine.train.table import Table
from vitrine.types import Json, Rows

_N_SAMPLES = 12


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """What was said of some photos."""

    rows: Rows
    logits: Mapping[str, NDArray[np.float32]]
    """Head -> (n, values); empty where there are no rows."""

    def right(self, table: Table, head: str) -> NDArray[np.bool_]:
        """Whether each photo whose label is known is named rightly."""
        if not len(self.rows):
            return np.empty(0, np.bool_)
        labels = table.labels[self.rows, table.heads.index(head)]
        return (self.logits[head].argmax(1) == labels)[labels >= 0]


def attribute_row(table: Table, head: str, tests: Mapping[str, Answers]) -> dict[str, object]:
    """One attribute: classes, accuracy and n of every test, the best constant, what is claimed.

    Args:
        table: the photos.
        head: the attribute.
        tests: name -> answers; `held_out` is among them.
    """
    found: dict[str, object] = {"attribute": head, "classes": len(table.values[head])}
    for part, answers in tests.items():
        right = answers.right(table, head)
        found[part] = float(right.mean()) if len(right) else None
        found[f"n_{part}"] = len(right)
    labels = table.labels[:, table.heads.index(head)]
    held = labels[tests["held_out"].rows]
    most = np.bincount(labels[labels >= 0]).argmax()
    found["majority"] = float((held[held >= 0] == most).mean()) if (held >= 0).any() else None
    found["claimed"] = CLAIMED[head]
    return found


def head_fits(table: Table, unseen: Answers) -> dict[str, HeadFit]:
    """Temperature and threshold of every head that enough photos have a label for."""
    found = {
        head: fit_head(logits, table.labels[unseen.rows, table.heads.index(head)])
        for head, logits in unseen.logits.items()
    }
    return {head: fit for head, fit in found.items() if fit is not None}


def formality_from(
    table: Table, unseen: Answers, held_out: Answers, fits: Mapping[str, HeadFit]
) -> Formality | None:
    """Calibrated on some photos, judged on others; None where nothing tells of usage."""
    if not ("usage" in unseen.logits and len(held_out.rows)):
        return None
    column = table.heads.index("usage")
    warmth = fits["usage"].temperature if "usage" in fits else 1.0
    fitted, judged = (
        (answers.logits["usage"] / np.float32(warmth), table.labels[answers.rows, column])
        for answers in (unseen, held_out)
    )
    return fit_formality(table.values["usage"], fitted, judged)


def calibration_json(fits: Mapping[str, HeadFit], formality: Formality | None) -> Json:
    """For calibration.json of the model."""
    heads: Json = {head: fit.as_json() for head, fit in fits.items()}
    if formality is not None:
        heads.setdefault("usage", {})["levels"] = formality.levels
    return {"heads": heads}


def accuracy_section(rows: Sequence[Mapping[str, object]], n_missing: int) -> Section:
    """Training photos and groups kept aside, side by side with the claims."""
    columns = ("attribute", "classes", "train", "held_out", "n_held_out", "majority", "missing")
    return Section(
        "Accuracy",
        "A claim near the second column of figures says how well photos are remembered, one "
        "near the third how well new ones are understood. The paper's confusion matrices hold "
        f"about {N_CLAIMED} photos. {n_missing:,} photos lack a label; they are a test too.",
        (
            *("attribute", "classes", "training photos", "groups kept aside", "n", "majority"),
            *("missing labels", "paper D claims"),
        ),
        [tuple(row[column] for column in (*columns, "claimed")) for row in rows],
    )


def shown_sections(
    data: Prepared,
    folder: Path,
    side_px: tuple[int, int],
    values: Mapping[str, Sequence[str]],
    held_out: Answers,
) -> list[Section]:
    """Confusion matrices, photos with what is said of them, and counts of labels."""
    table = data.table
    sections: list[Section] = []
    if len(held_out.rows):
        plots = [
            confusion_picture(
                head,
                confusion(
                    held_out.logits[head],
                    table.labels[held_out.rows, table.heads.index(head)],
                    len(known),
                ),
                known,
                folder,
            )
            for head, known in values.items()
        ]
        n_shown = min(_N_SAMPLES, len(held_out.rows))
        samples = [_sample(data, side_px, held_out, i) for i in range(n_shown)]
        sections = [
            Section("Confusion on groups kept aside", plots=plots),
            Section("Photos kept aside, and what is said of them", samples=samples),
        ]
    counts = [
        (head, ", ".join(f"{value} {n:,}" for value, n in _counts(table, head)[:12]))
        for head in values
    ]
    return [*sections, Section("Labels", header=("attribute", "photos"), rows=counts)]


def figures_of(
    rows: Sequence[Mapping[str, object]], formality: Formality | None
) -> dict[str, float]:
    """For comparing: accuracies on groups kept aside."""
    found = {str(row["attribute"]): row["held_out"] for row in rows}
    reached = {head: value for head, value in found.items() if isinstance(value, float)}
    return reached | ({"formality": formality.correlation} if formality else {})


def _counts(table: Table, head: str) -> list[tuple[str, int]]:
    labels = table.labels[:, table.heads.index(head)]
    counts = np.bincount(labels[labels >= 0], minlength=len(table.values[head]))
    order = np.argsort(-counts, kind="stable")
    return [(table.values[head][int(i)], int(counts[i])) for i in order]


def _sample(data: Prepared, side_px: tuple[int, int], held_out: Answers, i: int) -> Picture:
    table, row = data.table, held_out.rows[i : i + 1]
    said = {head: int(logits[i].argmax()) for head, logits in held_out.logits.items()}
    truth = {head: int(table.labels[row[0], table.heads.index(head)]) for head in said}
    wrong = [head for head, value in said.items() if truth[head] not in (-1, value)]
    words = ", ".join(table.values[head][value] for head, value in said.items())
    missed = f"; not right: {', '.join(wrong)}" if wrong else ""
    pixels = data.cache.pixels(row, side_px, torch.device("cpu"))
    return photo_strip(pixels, f"{words}{missed}", wrong=bool(wrong))
