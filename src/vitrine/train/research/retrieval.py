"""`vitrine train retrieval`: metric learning on any backbone, or on the default encoder's vectors.

"Make it mine" learns a linear map after the shipped encoder from one's own catalogue: minutes on a
laptop, words and heat maps go along, and nothing is written that does worse on groups kept aside.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from vitrine.errors import DataError, UsageError
from vitrine.settings import Settings
from vitrine.train.plots import photo_strip
from vitrine.train.prepare import OnStep
from vitrine.train.report import Section, write_report
from vitrine.train.research.backbones import make_backbone, parse_backbone
from vitrine.train.research.course import Course
from vitrine.train.research.exporting import Shipped, export_model
from vitrine.train.research.learnt import DEFAULT, DIM, Adapter, Trained
from vitrine.train.research.metric_losses import LOSSES, MetricLoss, classes_in_turn
from vitrine.train.research.session import Asked, Session, open_session
from vitrine.train.table import Table
from vitrine.types import RowFailure, Rows

_PER_CLASS = 4
_MOST_MEASURED = 2000
_BATCH = 64
_N_QUERIES, _N_NEAREST = 6, 5
_NEAR_IDENTITY = 3.0
"""How strongly the map is held to the one that changes nothing."""


@dataclass(frozen=True, slots=True)
class TrainedRetrieval:
    """What a run has left."""

    folder: Path | None
    """The model; None where it does no better than what was there before."""
    before: Mapping[str, float]
    """Of groups kept aside; empty for a network that begins at random."""
    after: Mapping[str, float]
    n_photos: int
    n_classes: int
    report: Path
    failures: Sequence[RowFailure]


def train_retrieval(
    asked: Asked,
    settings: Settings,
    *,
    name: str = "retrieval",
    backbone: str = DEFAULT,
    weights: Path | None = None,
    loss: str = "supcon",
    on_step: OnStep | None = None,
) -> TrainedRetrieval:
    """Learn vectors in which products of the same type and colour are near.

    Args:
        asked: as for every run.
        settings: whether a hub may be asked.
        name: of the model.
        backbone: `default` for a linear map after the shipped encoder, `plain`, or
            `timm/NAME[:avg|max|gem]`.
        weights: safetensors file of a timm network.
        loss: of `metric_losses.LOSSES`.
        on_step: told about progress.

    Raises:
        DataError: products do not say their article type and colour.
        UsageError, LockedError, NotFoundError, ConfigurationError: as `open_session`.
    """
    if loss not in LOSSES:
        raise UsageError(f"there is no loss {loss!r}; known are {', '.join(LOSSES)}")
    more = {"name": name, "backbone": backbone, "weights": weights, "loss": loss}
    with open_session(asked, more, on_step) as session:
        task = _task(session, settings, backbone, weights, loss, asked.rate, on_step)
        before = task.figures("held-out") if isinstance(task.learnt, Adapter) else {}
        course = Course(task, session.plan, session.precision.device, session.folder)
        course.run(on_step and (lambda done, note: on_step(f"training, {note}", done)))
        after = task.figures("held-out")
        folder = session.folder / "model"
        if isinstance(task.learnt, Adapter):
            better = task.figures("validation").get("P@10", 0) > task.unadapted.get("P@10", 0)
            written = task.learnt.export(folder, name, *task.calibration_rows()) if better else None
        else:
            export_model(Shipped(task.learnt.network), folder, name, session.side_px)
            written = folder
        sections = [_table(before, after, task), *task.found(session)]
        report = write_report(session.folder, f"Retrieval: {name}", sections, after)
        return TrainedRetrieval(
            folder=written,
            before=before,
            after=after,
            n_photos=len(task.train),
            n_classes=task.n_classes,
            report=report,
            failures=session.data.failures,
        )


class _Metric:
    """See `course.Task`."""

    def __init__(self, session: Session, learnt: Adapter | Trained, loss: str, rate: float) -> None:
        table = session.data.table
        self.learnt, self._table = learnt, table
        self.train = table.rows("train")
        self.train = self.train[table.kinds[self.train] >= 0]
        known, classes = np.unique(table.kinds[self.train], return_inverse=True)
        self.n_classes = len(known)
        if self.n_classes < 2:
            raise DataError(
                "metric learning needs products that say their article type and colour, "
                "of two kinds at least"
            )
        self._class_of = np.full(len(table.photos), -1, np.int64)
        self._class_of[self.train] = classes
        dim = DIM if isinstance(learnt, Trained) else learnt.network.out_features
        metric = MetricLoss(loss, self.n_classes, dim).to(session.precision.device)
        self._whole = nn.ModuleDict({"learnt": learnt.network, "metric": metric})
        self._metric, self._rate = metric, rate
        self._optimizer = torch.optim.AdamW(self._whole.parameters(), lr=rate, weight_decay=0)
        self.unadapted = self.figures("validation")

    @property
    def network(self) -> nn.Module:
        """What is learnt, with the loss' own proxies."""
        return self._whole

    @property
    def optimizer(self) -> torch.optim.Optimizer:
        """AdamW."""
        return self._optimizer

    def order(self, rng: np.random.Generator) -> Rows:
        """Four photos of a kind together, kinds shuffled."""
        generator = torch.Generator().manual_seed(int(rng.integers(2**31)))
        classes = torch.from_numpy(self._class_of[self.train])
        return self.train[classes_in_turn(classes, _PER_CLASS, generator).numpy()]

    def losses(self, rows: Rows, rng: np.random.Generator) -> dict[str, Tensor]:
        """The metric loss, and for a map how far it strays."""
        vectors = self.learnt.vectors(rows, rng)
        classes = torch.from_numpy(self._class_of[rows]).to(vectors.device)
        found = {"metric": self._metric(vectors, classes)}
        if isinstance(self.learnt, Adapter):
            found["strays"] = _NEAR_IDENTITY * self.learnt.pull()
        return found

    def set_rate(self, progress: float) -> None:
        """Down to nothing in a straight line."""
        for group in self._optimizer.param_groups:
            group["lr"] = self._rate * (1 - progress)

    def measure(self) -> dict[str, float]:
        """Figures on validation groups."""
        return self.figures("validation")

    @torch.no_grad()
    def figures(self, part: str) -> dict[str, float]:
        """Neighbours of the same type and colour, of the same type, and of the same design."""
        table = self._table
        rows = np.flatnonzero((table.parts == part) & (table.kinds >= 0))[:_MOST_MEASURED]
        if len(rows) < 2:
            return {}
        self._whole.eval()
        vectors = self.seen(rows)
        near = vectors @ vectors.T
        groups = np.array([table.photos[int(row)].group for row in rows])
        near[groups[:, None] == groups[None]] = -2
        best = np.argsort(-near, axis=1, kind="stable")[:, :10]
        kinds = table.kinds[rows]
        found = {"P@1": kinds[best[:, 0]] == kinds, "P@10": (kinds[best] == kinds[:, None]).mean(1)}
        if "article_type" in table.values:
            types = table.labels[rows, table.heads.index("article_type")]
            found["type P@10"] = (types[best] == types[:, None]).mean(1)
        return {name: float(np.mean(values)) for name, values in found.items()}

    @torch.no_grad()
    def seen(self, rows: Rows) -> NDArray[np.float32]:
        """Unit vectors of photos as they are, (n, dim)."""
        parts = [
            self.learnt.vectors(rows[start : start + _BATCH], None).cpu().numpy()
            for start in range(0, len(rows), _BATCH)
        ]
        return np.concatenate(parts)

    def found(self, session: Session) -> list[Section]:
        """Some photos kept aside, and what is nearest to them among those trained on."""
        table, gallery = self._table, self.train[:_MOST_MEASURED]
        aside = np.flatnonzero((table.parts == "held-out") & (table.kinds >= 0))[:_N_QUERIES]
        if not len(aside):
            return []
        self._whole.eval()
        near = self.seen(aside) @ self.seen(gallery).T
        best = gallery[np.argsort(-near, axis=1, kind="stable")[:, :_N_NEAREST]]
        pixels, cpu = session.data.cache.pixels, torch.device("cpu")
        return [
            Section(
                "Photos kept aside, and their nearest",
                "The first of each row asks photos that were trained on.",
                plots=[
                    photo_strip(
                        pixels(np.array([row, *found]), session.side_px, cpu),
                        table.photos[int(row)].kind,
                    )
                    for row, found in zip(aside, best, strict=True)
                ],
            )
        ]

    def calibration_rows(self) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """Vectors and kinds of validation groups, to say what a similarity means."""
        table: Table = self._table
        rows = np.flatnonzero((table.parts == "validation") & (table.kinds >= 0))
        return self.seen(rows), table.kinds[rows]


def _task(
    session: Session,
    settings: Settings,
    backbone: str,
    weights: Path | None,
    loss: str,
    rate: float,
    on_step: OnStep | None,
) -> _Metric:
    torch.manual_seed(session.plan.seed)
    if backbone == DEFAULT:
        return _Metric(session, Adapter(session, settings, on_step), loss, rate)
    made = make_backbone(parse_backbone(backbone), session.side_px, settings, weights)
    return _Metric(session, Trained(session, made), loss, rate)


def _table(before: Mapping[str, float], after: Mapping[str, float], task: _Metric) -> Section:
    rows = [(figure, before.get(figure), value) for figure, value in after.items()]
    return Section(
        "Groups kept aside",
        f"Learnt from {len(task.train):,} photos of {task.n_classes:,} kinds (article type and "
        "colour). A photo's own near-duplicates are no hits.",
        ("figure", "before", "after"),
        rows,
    )
