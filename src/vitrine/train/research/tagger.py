"""`vitrine train tagger`: seven attributes on any backbone, as Singh et al. (VIT) have them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from vitrine.errors import DataError, UsageError
from vitrine.settings import Settings
from vitrine.train.plots import Picture, confusion, confusion_picture, photo_strip
from vitrine.train.prepare import OnStep
from vitrine.train.report import Section, write_report
from vitrine.train.research.backbones import make_backbone, parse_backbone
from vitrine.train.research.classifier import (
    Classifier,
    Classifying,
    accuracy_of,
    answers,
    chosen_values,
)
from vitrine.train.research.course import Course
from vitrine.train.research.exporting import Shipped, export_model
from vitrine.train.research.formality import Formality, fit_formality
from vitrine.train.research.paper_d import CLAIMED, HEADS, N_CLAIMED, merged_like_paper_d
from vitrine.train.research.session import Asked, Session, open_session
from vitrine.train.table import Table, tabulate
from vitrine.types import RowFailure, Rows

LABELS = ("as-written", "paper-d")
_MOST_TESTED = 6000
_N_SAMPLES = 12


@dataclass(frozen=True, slots=True)
class TrainedTagger:
    """What a run has left."""

    folder: Path
    """The model: give it to `load_encoder` or `--encoder`."""
    n_photos: int
    n_missing: int
    """Photos that lack one of the labels: never trained on, a test of their own."""
    rows: Sequence[Mapping[str, object]]
    """One an attribute: classes, accuracies on training photos, on groups kept aside, on photos
    with missing labels, and what the paper claims."""
    formality: Formality | None
    report: Path
    failures: Sequence[RowFailure]


@dataclass(frozen=True, slots=True, eq=False)
class _Test:
    """Photos that were not trained on, and what was said of them."""

    rows: Rows
    logits: Mapping[str, NDArray[np.float32]]


def train_tagger(
    asked: Asked,
    settings: Settings,
    *,
    name: str = "tagger",
    backbone: str = "plain",
    weights: Path | None = None,
    labels: str = "as-written",
    on_step: OnStep | None = None,
) -> TrainedTagger:
    """Train it, or go on where a run was left.

    Photos that lack one of the seven labels are set aside as a test of their own, and so are
    groups of near-duplicates. A head is left out where the source has less than two values.

    Args:
        asked: as for every run.
        settings: whether a hub may be asked.
        name: of the model.
        backbone: `plain` or `timm/NAME[:avg|max|gem]`.
        weights: safetensors file of the backbone.
        labels: `as-written`, or `paper-d` for the merged labels of that paper.
        on_step: told about progress.

    Raises:
        DataError: there are no labels to learn from.
        UsageError, LockedError, NotFoundError, ConfigurationError: as `open_session`.
    """
    if labels not in LABELS:
        raise UsageError(f"labels are {labels!r}; known are {' and '.join(LABELS)}")
    more = {"name": name, "backbone": backbone, "weights": weights, "labels": labels}
    with open_session(asked, more, on_step) as session:
        session = _relabelled(session, labels)
        table = session.data.table
        values = chosen_values(table, HEADS)
        if not values:
            raise DataError("no column says any of the seven attributes, such as article_type")
        whole = (table.labels[:, [table.heads.index(h) for h in values]] >= 0).all(1)
        train = np.flatnonzero(whole & (table.parts == "train"))
        missing = np.flatnonzero(~whole & (table.labels >= 0).any(1))
        if len(train) < asked.batch:
            raise DataError(
                f"{len(train)} photos have all of {', '.join(values)}; give at least one batch "
                f"of {asked.batch}, or a smaller --batch"
            )
        torch.manual_seed(asked.seed)
        network = Classifier(
            make_backbone(parse_backbone(backbone), session.side_px, settings, weights),
            {head: len(known) for head, known in values.items()},
        )
        unseen = np.flatnonzero(whole & (table.parts == "validation"))
        task = Classifying(session, network, asked.rate, train, unseen)
        course = Course(task, session.plan, session.precision.device, session.folder)
        course.run(on_step and (lambda done, note: on_step(f"training, {note}", done)))
        export_model(
            Shipped(task.network, task.network.heads, Classifier.features),
            session.folder / "model",
            name,
            session.side_px,
            values=values,
        )
        kept_aside = np.flatnonzero(whole & (table.parts == "held-out"))
        tests = {
            part: _tested(task, session, rows[:_MOST_TESTED])
            for part, rows in (("train", train), ("held_out", kept_aside), ("missing", missing))
        }
        rows = [_row(table, head, tests) for head in values]
        formality = _formality(task, session, unseen, tests["held_out"], table)
        report = write_report(
            session.folder,
            f"Tagger: {name}",
            _sections(session, values, rows, tests["held_out"], task, len(missing), formality),
            _figures(rows, formality),
        )
        return TrainedTagger(
            folder=session.folder / "model",
            n_photos=len(train),
            n_missing=len(missing),
            rows=rows,
            formality=formality,
            report=report,
            failures=session.data.failures,
        )


def _relabelled(session: Session, labels: str) -> Session:
    if labels == "as-written":
        return session
    photos = merged_like_paper_d(session.data.table.photos)
    table = tabulate(photos, session.data.cache.large_row)
    return replace(session, data=replace(session.data, table=table))


def _tested(task: Classifying, session: Session, rows: Rows) -> _Test:
    return _Test(rows, answers(task.network, task.views, rows, session)[0])


def _row(table: Table, head: str, tests: Mapping[str, _Test]) -> dict[str, object]:
    labels = table.labels[:, table.heads.index(head)]
    found: dict[str, object] = {"attribute": head, "classes": len(table.values[head])}
    for part, test in tests.items():
        known = labels[test.rows] >= 0 if len(test.rows) else np.empty(0, np.bool_)
        found[part] = (
            accuracy_of(test.logits[head], table, head, test.rows) if known.any() else None
        )
        found[f"n_{part}"] = int(known.sum())
    counts = np.bincount(labels[labels >= 0])
    held = labels[tests["held_out"].rows]
    held = held[held >= 0]
    found["majority"] = float((held == counts.argmax()).mean()) if len(held) else None
    found["claimed"] = CLAIMED[head]
    return found


def _formality(
    task: Classifying, session: Session, unseen: Rows, held_out: _Test, table: Table
) -> Formality | None:
    if "usage" not in task.network.heads or not len(unseen) or not len(held_out.rows):
        return None
    column = table.heads.index("usage")
    fitted, _ = answers(task.network, task.views, unseen[:_MOST_TESTED], session)
    return fit_formality(
        table.values["usage"],
        (fitted["usage"], table.labels[unseen[:_MOST_TESTED], column]),
        (held_out.logits["usage"], table.labels[held_out.rows, column]),
    )


def _figures(rows: Sequence[Mapping[str, object]], formality: Formality | None) -> dict[str, float]:
    """For comparing: accuracies on groups kept aside."""
    found = {str(row["attribute"]): row["held_out"] for row in rows}
    reached = {head: value for head, value in found.items() if isinstance(value, float)}
    return reached | ({"formality": formality.correlation} if formality else {})


def _sections(
    session: Session,
    values: Mapping[str, Sequence[str]],
    rows: Sequence[Mapping[str, object]],
    held_out: _Test,
    task: Classifying,
    n_missing: int,
    formality: Formality | None,
) -> list[Section]:
    table = session.data.table
    header = ("attribute", "classes", "training photos", "groups kept aside", "n", "majority")
    told = [
        (
            *(row["attribute"], row["classes"], row["train"], row["held_out"]),
            *(row["n_held_out"], row["majority"], row["missing"], row["claimed"]),
        )
        for row in rows
    ]
    sections = [
        Section(
            "Accuracy",
            "A claim near the second column of figures says how well photos are remembered, one "
            "near the third how well new ones are understood. The paper's confusion matrices hold "
            f"about {N_CLAIMED} photos. {n_missing:,} photos lack a label; they are a test too.",
            (*header, "missing labels", "paper D claims"),
            told,
        )
    ]
    if formality is not None:
        sections.append(formality.section())
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
                session.folder,
            )
            for head, known in values.items()
        ]
        sections.append(Section("Confusion on groups kept aside", plots=plots))
        samples = [
            _sample(task, table, held_out, i) for i in range(min(_N_SAMPLES, len(held_out.rows)))
        ]
        sections.append(Section("Photos kept aside, and what is said of them", samples=samples))
    counts = [
        (head, ", ".join(f"{value} {n:,}" for value, n in _counts(table, head)[:12]))
        for head in values
    ]
    sections.append(Section("Labels", header=("attribute", "photos"), rows=counts))
    return sections


def _counts(table: Table, head: str) -> list[tuple[str, int]]:
    labels = table.labels[:, table.heads.index(head)]
    counts = np.bincount(labels[labels >= 0], minlength=len(table.values[head]))
    order = np.argsort(-counts, kind="stable")
    return [(table.values[head][int(i)], int(counts[i])) for i in order]


def _sample(task: Classifying, table: Table, test: _Test, i: int) -> Picture:
    row = test.rows[i : i + 1]
    said = {head: int(logits[i].argmax()) for head, logits in test.logits.items()}
    wrong = [
        head
        for head, value in said.items()
        if table.labels[row[0], table.heads.index(head)] != value
    ]
    words = ", ".join(table.values[head][value] for head, value in said.items())
    missed = f"; not right: {', '.join(wrong)}" if wrong else ""
    return photo_strip(task.views.plain(row), f"{words}{missed}", wrong=bool(wrong))
