"""Finished runs of `vitrine train tagger`, and whether they can be judged on the same photos."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vitrine.encoders.model_row import ModelRow, read_model_row
from vitrine.encoders.tag_heads import read_labels
from vitrine.errors import ConfigurationError, UsageError
from vitrine.train.report import read_json
from vitrine.train.run_folder import SETTINGS

GROUPS = "near_duplicate_groups.csv"
"""What every run leaves: which photos are split together."""


@dataclass(frozen=True, slots=True, eq=False)
class FinishedRun:
    """A finished run of `vitrine train tagger`."""

    name: str
    folder: Path
    settings: Mapping[str, Any]
    row: ModelRow
    values: Mapping[str, Sequence[str]]

    @property
    def side_px(self) -> tuple[int, int]:
        """Height and width of what its model sees."""
        return self.row.input.height_px, self.row.input.width_px

    @property
    def graph(self) -> Path:
        """Its model's."""
        return self.folder / "model" / self.row.files.image.path

    def orders(self, values: Mapping[str, Sequence[str]]) -> dict[str, list[int]]:
        """Head -> for every value in the given order, which of this run's it is."""
        return {h: [list(self.values[h]).index(v) for v in said] for h, said in values.items()}


def open_runs(folders: Sequence[Path]) -> list[FinishedRun]:
    """Open two runs or more that learnt the same labels.

    Raises:
        UsageError: one is no finished run of a tagger, or they know other values.
    """
    if len(folders) < 2:
        raise UsageError("an ensemble is of two runs or more; give --ensemble twice")
    runs = [_open(folder) for folder in folders]
    if len({run.name for run in runs}) < len(runs):
        raise UsageError("two of the runs are called the same; give their folders different names")
    labels = [run.settings["labels"] for run in runs]
    if len(set(labels)) > 1:
        raise UsageError(f"the runs learnt different labels: {', '.join(dict.fromkeys(labels))}")
    first, *others = runs
    for other in others:
        _check_same(first, other)
    return runs


def _open(folder: Path) -> FinishedRun:
    settings = read_json(folder / SETTINGS)
    missing = f"{folder} is no finished run of vitrine train tagger"
    if not {"labels", "limit", "backbone"} <= settings.keys():
        raise UsageError(f"{missing}: its {SETTINGS} does not say so")
    try:
        row = read_model_row(folder / "model")
        labels = row.files.labels
        values = read_labels(folder / "model" / labels.path if labels else None)
    except ConfigurationError as error:
        raise UsageError(f"{missing}: {error}") from error
    return FinishedRun(folder.resolve().name, folder, settings, row, values)


def _check_same(one: FinishedRun, other: FinishedRun) -> None:
    _refuse_differing("attributes", one.name, set(one.values), other.name, set(other.values))
    for head in one.values:
        _refuse_differing(
            f"values of {head}",
            one.name,
            set(one.values[head]),
            other.name,
            set(other.values[head]),
        )


def check_values(run: FinishedRun, values: Mapping[str, Sequence[str]]) -> None:
    """Refuse a source that says something else than a run has learnt.

    Raises:
        UsageError: attributes or their values differ.
    """
    _refuse_differing("attributes", run.name, set(run.values), "the source", set(values))
    for head, said in values.items():
        _refuse_differing(
            f"values of {head}", run.name, set(run.values[head]), "the source", set(said)
        )


def _refuse_differing(what: str, one: str, mine: set[str], other: str, theirs: set[str]) -> None:
    """Raise where two sets differ, naming what only one has."""
    for name, extra in ((one, mine - theirs), (other, theirs - mine)):
        if extra:
            shown = ", ".join(sorted(extra)[:5])
            raise UsageError(
                f"{one} and {other} do not have the same {what}: only {name} has {shown}; "
                "an ensemble is of runs on the same photos with the same labels"
            )


def check_split(own: Path, run: FinishedRun) -> None:
    """Refuse a run whose groups are not those of the file `own`: they decide who is trained on.

    Raises:
        UsageError: they differ, or the run has lost its file of them.
    """
    theirs = run.folder / GROUPS
    if not theirs.is_file():
        raise UsageError(
            f"{theirs} is missing, so that nobody knows what {run.name} was trained on"
        )
    ours, others = (set(path.read_text("utf-8").splitlines()) for path in (own, theirs))
    if differ := len(ours - others) + len(others - ours):
        raise UsageError(
            f"{run.name} was split otherwise ({theirs} differs in {differ:,} lines): photos that "
            "one run kept aside, another was trained on; train all on the same source and --limit, "
            f"with one --side-px, or with one {GROUPS} beside the table"
        )
