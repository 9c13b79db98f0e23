"""`vitrine train two-branch`: the network of Le's thesis on any catalogue with labels."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from vitrine.errors import DataError
from vitrine.train.plots import Picture
from vitrine.train.prepare import OnStep
from vitrine.train.report import Section, write_report
from vitrine.train.research.course import Course
from vitrine.train.research.exporting import Shipped, export_model
from vitrine.train.research.neighbours import class_probabilities, euclidean_neighbours
from vitrine.train.research.session import Asked, Session, open_session
from vitrine.train.research.two_branch import Looks, TwoBranch, TwoBranchShape, region_boxes
from vitrine.train.research.two_branch_losses import TwoBranchWeights, two_branch_losses
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
_N_SAMPLES, _PEN = 12, ("#c0392b", "#2471a3", "#1e8449", "#b7950b", "#7d3c98", "#117a65")


@dataclass(frozen=True, slots=True)
class TrainedTwoBranch:
    """What a run has left."""

    folder: Path
    """The model: give it to `load_encoder` or `--encoder`."""
    labels: Sequence[str]
    n_photos: int
    n_validation: int
    figures: Mapping[str, float]
    report: Path
    failures: Sequence[RowFailure]


def train_two_branch(
    asked: Asked,
    *,
    name: str = "two-branch",
    shape: TwoBranchShape | None = None,
    weights: TwoBranchWeights | None = None,
    on_step: OnStep | None = None,
) -> TrainedTwoBranch:
    """Train it, or go on where a run was left.

    Labels are what products say of themselves but colours; of sets with many labels a photo
    (Fashion144k) those. Batches of 64, Adam at 1e-5 with beta1 .9 and 40 epochs are the thesis'.

    Raises:
        DataError: there are no labels to learn from.
        UsageError, LockedError, NotFoundError, ConfigurationError: as `open_session`.
    """
    shape, weights = shape or TwoBranchShape(), weights or TwoBranchWeights()
    more = {"name": name, **asdict(shape), "weights": asdict(weights)}
    with open_session(asked, more, on_step) as session:
        task = _Task(session, asked.rate, shape, weights)
        names = json.dumps(task.names, indent=1) + "\n"
        (session.folder / _NAMES).write_text(names, encoding="utf-8", newline="\n")
        course = Course(task, session.plan, session.precision.device, session.folder)
        course.run(on_step and (lambda done, note: on_step(f"training, {note}", done)))
        network = task.network.eval()
        export_model(
            Shipped(network, read=lambda network, pixels: network(pixels).features),
            session.folder / "model",
            name,
            session.side_px,
        )
        figures = {k: v for k, v in course.log.read()[-1].items() if k != "step"}
        report = write_report(session.folder, f"Two-branch network: {name}", task.sections())
        table = session.data.table
        return TrainedTwoBranch(
            folder=session.folder / "model",
            labels=task.names,
            n_photos=len(table.rows("train")),
            n_validation=len(table.rows("validation")),
            figures=figures,
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
        self, session: Session, rate: float, shape: TwoBranchShape, weights: TwoBranchWeights
    ) -> None:
        torch.manual_seed(session.plan.seed)
        table, device = session.data.table, session.precision.device
        self._session, self._table, self._weights = session, table, weights
        self.names, labels = multi_hot(table)
        self._labels = torch.from_numpy(labels)
        self._network = TwoBranch(len(self.names), shape).to(device)
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
        scores, features = self._seen(rows)
        found = {"label_map": _mean_average_precision(scores, self._labels[rows].numpy())}
        gallery = self._train[:_MOST_GALLERY]
        near = euclidean_neighbours(features, self._seen(gallery)[1], _K)
        for column, head in enumerate(self._table.heads):
            labels = self._table.labels[:, column]
            known = labels[rows] >= 0
            if known.any():
                votes = class_probabilities(near, labels[gallery], len(self._table.values[head]))
                right = votes.argmax(1) == labels[rows]
                found[f"knn_{head}"] = float(right[known].mean())
        return found

    def sections(self) -> list[Section]:
        """What the report shows: photos with the regions that were looked at, and neighbours."""
        rows = self._unseen[:_N_SAMPLES] if len(self._unseen) else self._train[:_N_SAMPLES]
        return [
            Section(
                "Regions looked at",
                "In their order: red, blue, green, yellow, violet. With each photo its likeliest "
                "labels.",
                samples=[self._drawn(int(row)) for row in rows],
            )
        ]

    @cached_property
    def _unseen(self) -> Rows:
        return self._table.rows("validation")[:_MOST_MEASURED]

    @torch.no_grad()
    def _looks(self, rows: Rows) -> Looks:
        with self._session.precision.autocast():
            return self._network.eval()(self._views.plain(rows))

    def _seen(self, rows: Rows) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        scores: list[NDArray[np.float32]] = []
        features: list[NDArray[np.float32]] = []
        for start in range(0, len(rows), _BATCH):
            looks = self._looks(rows[start : start + _BATCH])
            scores.append(looks.scores.float().cpu().numpy())
            features.append(looks.features.float().cpu().numpy())
        return np.concatenate(scores), np.concatenate(features)

    def _drawn(self, row: int) -> Picture:
        from PIL import Image, ImageDraw

        rows = np.array([row])
        looks = self._looks(rows)
        pixels = (self._views.plain(rows)[0].cpu() * 255).byte().permute(1, 2, 0).numpy()
        image = Image.fromarray(pixels)
        pen = ImageDraw.Draw(image)
        for step, box in enumerate(region_boxes(looks.regions, image.width, image.height)[0]):
            if box[0] < box[2] and box[1] < box[3]:
                pen.rectangle(box, outline=_PEN[step % len(_PEN)], width=2)
        out = io.BytesIO()
        image.save(out, "PNG")
        best = looks.scores[0].float().topk(min(3, len(self.names))).indices.tolist()
        said = ", ".join(self.names[number] for number in best)
        right = bool(self._labels[row, best[0]])
        return Picture(out.getvalue(), said, wrong=not right)


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
