"""`vitrine train two-branch`: the network of Le's thesis on any catalogue with labels."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from vitrine.errors import DataError
from vitrine.settings import Settings
from vitrine.train.plots import Picture, image_strip, images_of
from vitrine.train.prepare import OnStep
from vitrine.train.report import Section, write_report
from vitrine.train.research.backbones import PLAIN, Backbone, make_backbone, parse_backbone
from vitrine.train.research.course import Course
from vitrine.train.research.exporting import Shipped, export_model
from vitrine.train.research.neighbours import class_probabilities, euclidean_neighbours
from vitrine.train.research.regions import OUTPUTS
from vitrine.train.research.session import Asked, Session, open_session
from vitrine.train.research.two_branch import Looks, TwoBranch, TwoBranchShape
from vitrine.train.research.two_branch_losses import TwoBranchWeights, two_branch_losses
from vitrine.train.research.two_branch_report import PENS, drawn_regions, neighbour_sections
from vitrine.train.research.views import Views
from vitrine.train.table import Table
from vitrine.types import RowFailure, Rows

_COLOURS = frozenset({"base_colour"})
_LEAST_SEEN = 5
"""A label on fewer training photos than this is left out."""
_NAMES = "labels.json"
_K = 10
_MOST_MEASURED, _MOST_GALLERY = 1000, 4000
_BATCH = 64
_N_SAMPLES = 12


@dataclass(frozen=True, slots=True)
class TrainedTwoBranch:
    """What a run has left."""

    folder: Path
    """The model: give it to `load_encoder` or `--encoder`."""
    labels: Sequence[str]
    n_photos: int
    n_validation: int
    figures: Mapping[str, float]
    """The last line of the log."""
    kept_aside: Mapping[str, float]
    """Of groups kept aside: votes and precision of neighbours, and of those by region."""
    report: Path
    failures: Sequence[RowFailure]


def train_two_branch(
    asked: Asked,
    *,
    name: str = "two-branch",
    shape: TwoBranchShape | None = None,
    weights: TwoBranchWeights | None = None,
    backbone: str = PLAIN,
    backbone_weights: Path | None = None,
    settings: Settings | None = None,
    on_step: OnStep | None = None,
) -> TrainedTwoBranch:
    """Train it, or go on where a run was left.

    Labels are what products say of themselves but colours; of sets with many labels a photo
    (Fashion144k) those. Batches of 64, Adam at 1e-5 with beta1 .9 and 40 epochs are the thesis'.

    Args:
        asked: as for every run.
        name: of the model.
        shape: of the attention branch.
        weights: of the losses.
        backbone: `plain` is the thesis' own branch; `timm/NAME` takes its place.
        backbone_weights: safetensors file of a timm network.
        settings: whether a hub may be asked for them.
        on_step: told about progress.

    Raises:
        DataError: there are no labels to learn from.
        UsageError, LockedError, NotFoundError, ConfigurationError: as `open_session`.
    """
    shape, weights = shape or TwoBranchShape(), weights or TwoBranchWeights()
    more = {"name": name, **asdict(shape), "weights": asdict(weights)}
    if backbone != PLAIN:
        more |= {"backbone": backbone, "backbone_weights": backbone_weights}
    with open_session(asked, more, on_step) as session:
        torch.manual_seed(session.plan.seed)
        made = None
        if backbone != PLAIN:
            chosen = parse_backbone(backbone)
            made = make_backbone(chosen, session.side_px, settings or Settings(), backbone_weights)
        task = _Task(session, asked.rate, shape, weights, made)
        names = json.dumps(task.names, indent=1) + "\n"
        (session.folder / _NAMES).write_text(names, encoding="utf-8", newline="\n")
        course = Course(task, session.plan, session.precision.device, session.folder)
        course.run(on_step and (lambda done, note: on_step(f"training, {note}", done)))
        network = task.network.eval()
        export_model(
            _ShippedLooks(network),
            session.folder / "model",
            name,
            session.side_px,
        )
        figures = {k: v for k, v in course.log.read()[-1].items() if k != "step"}
        sections, reached = task.sections()
        report = write_report(session.folder, f"Two-branch network: {name}", sections, reached)
        table = session.data.table
        return TrainedTwoBranch(
            folder=session.folder / "model",
            labels=task.names,
            n_photos=len(table.rows("train")),
            n_validation=len(table.rows("validation")),
            figures=figures,
            kept_aside=reached,
            report=report,
            failures=session.data.failures,
        )


def read_label_names(folder: Path) -> list[str]:
    """Names of the labels of a run, in the order of its scores.

    Raises:
        DataError: an older version began it and wrote none.
    """
    path = folder / _NAMES
    try:
        return [str(name) for name in json.loads(path.read_text("utf-8"))]
    except (OSError, ValueError, TypeError) as error:
        raise DataError(
            f"{path}, which names the labels, cannot be read; the command that made the run "
            "writes it again, and learns nothing anew"
        ) from error


class _Task:
    """See `course.Task`."""

    def __init__(
        self,
        session: Session,
        rate: float,
        shape: TwoBranchShape,
        weights: TwoBranchWeights,
        backbone: Backbone | None,
    ) -> None:
        table, device = session.data.table, session.precision.device
        self._session, self._table, self._weights = session, table, weights
        self.names, labels = multi_hot(table)
        self._labels = torch.from_numpy(labels)
        self._network = TwoBranch(len(self.names), shape, backbone).to(device)
        self._optimizer = torch.optim.Adam(self._network.parameters(), lr=rate, betas=(0.9, 0.999))
        self._views = Views(session.data.cache, session.side_px, device)
        self._train = table.rows("train")

    @property
    def network(self) -> TwoBranch:
        """The whole of it."""
        return self._network

    @property
    def optimizer(self) -> torch.optim.Optimizer:
        """Adam."""
        return self._optimizer

    def order(self, rng: np.random.Generator) -> Rows:
        """The training part, shuffled."""
        return rng.permutation(self._train)

    def losses(self, rows: Rows, rng: np.random.Generator) -> dict[str, Tensor]:
        """The three losses of one batch."""
        pixels = self._views.varied(rows, rng)
        with self._session.precision.autocast():
            looks: Looks = self._network(pixels)
        labels = self._labels[rows].to(looks.scores.device)
        return two_branch_losses(looks, labels, self._network.anchors, self._weights)

    def set_rate(self, progress: float) -> None:
        """The thesis' rate does not change."""

    def measure(self) -> dict[str, float]:
        """Labels and neighbours of unseen groups; the first as an average over labels."""
        rows = self._unseen
        if not len(rows):
            return {}
        looks = self._seen(rows)
        scores, features = looks.scores.numpy(), looks.features.numpy()
        found = {"label_map": _mean_average_precision(scores, self._labels[rows].numpy())}
        gallery = self._train[:_MOST_GALLERY]
        near = euclidean_neighbours(features, self._seen(gallery).features.numpy(), _K)
        for column, head in enumerate(self._table.heads):
            labels = self._table.labels[:, column]
            known = labels[rows] >= 0
            if known.any():
                votes = class_probabilities(near, labels[gallery], len(self._table.values[head]))
                right = votes.argmax(1) == labels[rows]
                found[f"knn_{head}"] = float(right[known].mean())
        return found

    def sections(self) -> tuple[list[Section], dict[str, float]]:
        """What the report shows, and figures: regions, and neighbours of photos kept aside."""
        aside = self._table.rows("held-out")[:_MOST_MEASURED]
        shown = aside if len(aside) else self._train
        sections = [
            Section(
                "Regions looked at",
                "In their order: red, blue, green, yellow, violet. With each photo its likeliest "
                "labels.",
                samples=[self._drawn(int(row)) for row in shown[:_N_SAMPLES]],
            )
        ]
        if not len(aside):
            return sections, {}
        gallery = self._train[:_MOST_GALLERY]
        asked, there = (aside, self._seen(aside)), (gallery, self._seen(gallery))
        more, figures = neighbour_sections(
            self._table, self._session.folder, self._views.plain, asked, there
        )
        scores, labels = asked[1].scores.numpy(), self._labels[aside].numpy()
        figures["label_map"] = _mean_average_precision(scores, labels)
        return [*sections, *more], figures

    @cached_property
    def _unseen(self) -> Rows:
        return self._table.rows("validation")[:_MOST_MEASURED]

    @torch.no_grad()
    def _looks(self, rows: Rows) -> Looks:
        with self._session.precision.autocast():
            return self._network.eval()(self._views.plain(rows))

    def _seen(self, rows: Rows) -> Looks:
        """Of many photos, on the CPU."""
        parts = [self._looks(rows[at : at + _BATCH]) for at in range(0, len(rows), _BATCH)]
        names = [each.name for each in fields(Looks)]
        return Looks(
            *(torch.cat([getattr(part, n).float().cpu() for part in parts]) for n in names)
        )

    def _drawn(self, row: int) -> Picture:
        rows = np.array([row])
        looks = self._looks(rows)
        [image] = images_of(self._views.plain(rows))
        pens = {step: PENS[step % len(PENS)] for step in range(looks.regions.shape[1])}
        best = looks.scores[0].float().topk(min(3, len(self.names))).indices.tolist()
        said = ", ".join(self.names[number] for number in best)
        right = bool(self._labels[row, best[0]])
        return image_strip([drawn_regions(image, looks.regions[0], pens)], said, wrong=not right)


class _ShippedLooks(Shipped):
    """Vector, regions and glimpses."""

    @property
    def outputs(self) -> list[str]:
        """As `regions.OUTPUTS` names them; the vector alone without attention."""
        return list(OUTPUTS if self._attends else OUTPUTS[:1])

    @property
    def _attends(self) -> bool:
        return cast("TwoBranch", self.network).attention is not None

    def forward(self, pixels: Tensor) -> tuple[Tensor, ...]:
        """(n, 3, h, w) -> vector (n, dim), and what is looked at."""
        looks: Looks = self.network(pixels)
        vector = functional.normalize(looks.features, dim=1, eps=1e-12)
        return (vector, looks.regions, looks.glimpses) if self._attends else (vector,)


def multi_hot(table: Table) -> tuple[list[str], NDArray[np.float32]]:
    """Labels of every photo, colours left out: their names, and (n, labels) of 0 and 1.

    Raises:
        DataError: no label is on five photos of the training part.
    """
    heads = set(table.values) - _COLOURS
    said = [
        photo.marks or frozenset(v for h, v in photo.labels.items() if h in heads)
        for photo in table.photos
    ]
    train = set(table.rows("train").tolist())
    counts: dict[str, int] = {}
    for row in train:
        for label in said[row]:
            counts[label] = counts.get(label, 0) + 1
    names = sorted(name for name, n in counts.items() if n >= _LEAST_SEEN)
    if not names:
        raise DataError(
            f"no label but colours is on {_LEAST_SEEN} photos of the training part; "
            "the two-branch network learns from article types, patterns, usage..."
        )
    number = {name: i for i, name in enumerate(names)}
    hot = np.zeros((len(said), len(names)), np.float32)
    for row, labels in enumerate(said):
        hot[row, [number[label] for label in labels if label in number]] = 1
    return names, hot


def _mean_average_precision(scores: NDArray[np.float32], labels: NDArray[np.float32]) -> float:
    """Average precision of every label that occurs, over the photos; their mean."""
    found: list[float] = []
    for column in range(labels.shape[1]):
        relevant = labels[:, column][np.argsort(-scores[:, column], kind="stable")] > 0
        if relevant.any():
            at = np.flatnonzero(relevant)
            found.append(float(((np.arange(len(at)) + 1) / (at + 1)).mean()))
    return float(np.mean(found)) if found else 0.0
