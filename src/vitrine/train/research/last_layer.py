"""`vitrine train last-layer`: the recipe of Navaneetha et al. (2023), paper C of our feature table.

A network trained elsewhere keeps its convolutions; a new layer and a classifier are trained on some
ten thousand catalogue photos (pixels in 0..1, turned, scaled, flipped). What the new layer says is
the feature, and recommendations are the ten nearest by Euclidean distance.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from vitrine.errors import DataError
from vitrine.settings import Settings
from vitrine.train.plots import Picture, confusion, confusion_picture, photo_strip
from vitrine.train.prepare import OnStep
from vitrine.train.report import Section, write_report
from vitrine.train.research.backbones import Evened, make_backbone, parse_backbone
from vitrine.train.research.classifier import (
    Classifier,
    Classifying,
    accuracy_of,
    answers,
)
from vitrine.train.research.course import Course
from vitrine.train.research.exporting import Shipped, export_model
from vitrine.train.research.neighbours import euclidean_neighbours
from vitrine.train.research.session import Asked, Session, open_session
from vitrine.train.research.tagger_report import Answers, calibration_json, head_fits
from vitrine.types import RowFailure, Rows

HEAD = "article_type"
_HIDDEN = 512
_K = 10
_MOST_TESTED, _MOST_GALLERY = 2000, 10_000
_N_SAMPLES = 6


@dataclass(frozen=True, slots=True)
class TrainedLastLayer:
    """What a run has left."""

    folder: Path
    """The model: give it to `load_encoder` or `--encoder`."""
    n_photos: int
    figures: Mapping[str, float]
    """Of groups kept aside: accuracy, and how many of the ten nearest are of the same type."""
    report: Path
    failures: Sequence[RowFailure]


def train_last_layer(
    asked: Asked,
    settings: Settings,
    *,
    name: str = "last-layer",
    backbone: str = "timm/resnet50.tv_in1k",
    weights: Path | None = None,
    even: bool = False,
    augment: bool = True,
    on_step: OnStep | None = None,
) -> TrainedLastLayer:
    """Train it, or go on where a run was left.

    Args:
        asked: as for every run.
        settings: whether a hub may be asked.
        name: of the model.
        backbone: `timm/NAME[:avg|max|gem]`, or `plain`, which then stays random.
        weights: safetensors file of a timm network.
        even: make brightness and contrast of every photo the same first.
        augment: vary photos: turned, scaled, mirrored, lit otherwise, on other backgrounds.
        on_step: told about progress.

    Raises:
        DataError: products do not say their article type.
        UsageError, LockedError, NotFoundError, ConfigurationError: as `open_session`.
    """
    more = {"name": name, "backbone": backbone, "weights": weights, "even": even}
    more |= {} if augment else {"augment": False}
    with open_session(asked, more, on_step) as session:
        table = session.data.table
        if HEAD not in table.values:
            raise DataError("no column says the article type, of two kinds at least")
        labels = table.labels[:, table.heads.index(HEAD)]
        train, unseen, aside = (
            np.flatnonzero((table.parts == part) & (labels >= 0))
            for part in ("train", "validation", "held-out")
        )
        torch.manual_seed(asked.seed)
        made = make_backbone(parse_backbone(backbone), session.side_px, settings, weights)
        network = Classifier(
            Evened(made) if even else made,
            {HEAD: len(table.values[HEAD])},
            hidden=_HIDDEN,
            frozen=True,
        )
        task = Classifying(session, network, asked.rate, train, unseen, augment=augment)
        course = Course(task, session.plan, session.precision.device, session.folder)
        course.run(on_step and (lambda done, note: on_step(f"training, {note}", done)))
        seen = unseen[:_MOST_TESTED]
        told = Answers(seen, answers(task.network, task.views, seen, session)[0])
        export_model(
            Shipped(task.network, task.network.heads, Classifier.features),
            session.folder / "model",
            name,
            session.side_px,
            values={HEAD: table.values[HEAD]},
            calibration=calibration_json(head_fits(table, told), None),
        )
        figures, sections = _judged(task, session, train[:_MOST_GALLERY], aside[:_MOST_TESTED])
        report = write_report(session.folder, f"Last layer: {name}", sections, figures)
        return TrainedLastLayer(
            folder=session.folder / "model",
            n_photos=len(train),
            figures=figures,
            report=report,
            failures=session.data.failures,
        )


def _judged(
    task: Classifying, session: Session, gallery: Rows, aside: Rows
) -> tuple[dict[str, float], list[Section]]:
    if not len(aside):
        return {}, [Section("Groups kept aside", "There are too few photos to keep some aside.")]
    table = session.data.table
    labels = table.labels[:, table.heads.index(HEAD)]
    logits, features = answers(task.network, task.views, aside, session)
    near = euclidean_neighbours(
        features, answers(task.network, task.views, gallery, session)[1], _K
    )
    same = labels[gallery][near] == labels[aside][:, None]
    figures = {
        "accuracy": accuracy_of(logits[HEAD], table, HEAD, aside) or 0.0,
        "type P@1": float(same[:, 0].mean()),
        "type P@10": float(same.mean()),
    }
    samples = [
        _row(task, int(aside[i]), gallery[near[i]]) for i in range(min(_N_SAMPLES, len(aside)))
    ]
    matrix = confusion(logits[HEAD], labels[aside], len(table.values[HEAD]))
    told = Section(
        "Groups kept aside",
        f"{len(aside):,} photos ask {len(gallery):,} that were trained on; the ten nearest by "
        "Euclidean distance of the new layer's features.",
        ("figure", "value"),
        list(figures.items()),
        plots=samples,
    )
    drawn = confusion_picture(HEAD, matrix, table.values[HEAD], session.folder)
    return figures, [told, Section("Confusion on groups kept aside", plots=[drawn])]


def _row(task: Classifying, asked: int, found: Rows) -> Picture:
    """A photo and its five nearest, side by side."""
    pixels = task.views.plain(np.array([asked, *found[:5].tolist()]))
    return photo_strip(pixels, task.table.photos[asked].labels.get(HEAD, ""))
