"""`vitrine train tagger`: seven attributes on any backbone, as Singh et al. (VIT) have them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch

from vitrine.errors import DataError, UsageError
from vitrine.settings import Settings
from vitrine.train.prepare import OnStep, Prepared
from vitrine.train.report import write_report
from vitrine.train.research.backbones import make_backbone, parse_backbone
from vitrine.train.research.classifier import (
    Classifier,
    Classifying,
    answers,
    chosen_values,
)
from vitrine.train.research.course import Course
from vitrine.train.research.exporting import Shipped, export_model
from vitrine.train.research.formality import Formality
from vitrine.train.research.paper_d import HEADS, merged_like_paper_d
from vitrine.train.research.session import Asked, Session, open_session
from vitrine.train.research.tagger_report import (
    Answers,
    accuracy_section,
    attribute_row,
    calibration_json,
    figures_of,
    formality_from,
    head_fits,
    shown_sections,
)
from vitrine.train.table import tabulate
from vitrine.types import RowFailure, Rows

LABELS = ("as-written", "paper-d")
_MOST_TESTED = 6000


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


def train_tagger(
    asked: Asked,
    settings: Settings,
    *,
    name: str = "tagger",
    backbone: str = "plain",
    weights: Path | None = None,
    labels: str = "as-written",
    augment: bool = True,
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
        augment: vary photos: turned, scaled, mirrored, lit otherwise, on other backgrounds.
        on_step: told about progress.

    Raises:
        DataError: there are no labels to learn from.
        UsageError, LockedError, NotFoundError, ConfigurationError: as `open_session`.
    """
    if labels not in LABELS:
        raise UsageError(f"labels are {labels!r}; known are {' and '.join(LABELS)}")
    more = {"name": name, "backbone": backbone, "weights": weights, "labels": labels}
    more |= {} if augment else {"augment": False}
    with open_session(asked, more, on_step) as session:
        session = replace(session, data=relabelled(session.data, labels))
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
        task = Classifying(session, network, asked.rate, train, unseen, augment=augment)
        course = Course(task, session.plan, session.precision.device, session.folder)
        course.run(on_step and (lambda done, note: on_step(f"training, {note}", done)))
        tests = {
            part: _answered(task, session, rows[:_MOST_TESTED])
            for part, rows in (
                ("train", train),
                ("held_out", np.flatnonzero(whole & (table.parts == "held-out"))),
                ("missing", missing),
            )
        }
        told = _answered(task, session, unseen[:_MOST_TESTED])
        fits = head_fits(table, told)
        formality = formality_from(table, told, tests["held_out"], fits)
        export_model(
            Shipped(task.network, task.network.heads, Classifier.features),
            session.folder / "model",
            name,
            session.side_px,
            values=values,
            calibration=calibration_json(fits, formality),
        )
        rows = [attribute_row(table, head, tests) for head in values]
        sections = [
            accuracy_section(rows, len(missing)),
            *([formality.section()] if formality else []),
            *shown_sections(
                session.data, session.folder, session.side_px, values, tests["held_out"]
            ),
        ]
        figures = figures_of(rows, formality)
        report = write_report(session.folder, f"Tagger: {name}", sections, figures)
        return TrainedTagger(
            folder=session.folder / "model",
            n_photos=len(train),
            n_missing=len(missing),
            rows=rows,
            formality=formality,
            report=report,
            failures=session.data.failures,
        )


def relabelled(data: Prepared, labels: str) -> Prepared:
    """The same photos under the labels that were asked for, of `LABELS`."""
    if labels == "as-written":
        return data
    photos = merged_like_paper_d(data.table.photos)
    return replace(data, table=tabulate(photos, data.cache.large_row))


def _answered(task: Classifying, session: Session, rows: Rows) -> Answers:
    return Answers(rows, answers(task.network, task.views, rows, session)[0])
