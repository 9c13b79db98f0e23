"""The network of a finished run, built again and given its weights."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from vitrine.errors import DataError
from vitrine.settings import Settings
from vitrine.train.research.backbones import Backbone, Evened, make_backbone, parse_backbone
from vitrine.train.research.classifier import Classifier
from vitrine.train.research.learnt import DEFAULT
from vitrine.train.research.two_branch import TwoBranch, TwoBranchShape
from vitrine.train.research.two_branch_training import read_label_names
from vitrine.train.run_folder import CHECKPOINT, SETTINGS

if TYPE_CHECKING:
    from vitrine.encoders import Tagger

_LEARNT = "learnt."
LABEL = "label"
"""The one head of a two-branch network, whose labels are of no attribute."""


@dataclass(frozen=True, slots=True, eq=False)
class RunNetwork:
    """A network to ask for gradients, its weights fixed."""

    network: nn.Module
    body: nn.Module
    """The part that gives the last map."""
    side_px: tuple[int, int]
    """Height and width of photos."""
    values: Mapping[str, Sequence[str]]
    """Head -> its values; empty for a network without."""
    n_prefix: int = 0
    """Tokens of a vision transformer that are no place."""


def read_run(folder: Path, tagger: Tagger | None, settings: Settings) -> RunNetwork | None:
    """Build the network of a run; None for one whose exported model needs no gradients.

    That is a map after the default encoder, and an encoder of `vitrine train encoder`.

    Args:
        folder: of the run.
        tagger: its exported model, which knows the heads.
        settings: never asked for weights of a hub: the run has its own.

    Raises:
        DataError: its settings or weights cannot be read, or are of another network.
        MissingExtraError: the backbone needs timm.
    """
    told = _settings_of(folder)
    if "steps" in told:
        return _two_branch(folder, told, settings)
    backbone = str(told.get("backbone", DEFAULT))
    if backbone == DEFAULT:
        return None
    side_px = _side_px(told)
    made = _bare(backbone, side_px, settings)
    weights = _weights_of(folder)
    if "loss" in told:
        learnt = {n.removeprefix(_LEARNT): w for n, w in weights.items() if n.startswith(_LEARNT)}
        dim = len(learnt["1.weight"])
        network: nn.Module = nn.Sequential(made, nn.Linear(made.n_features, dim, bias=False))
        return _given(folder, network, learnt, made, side_px, {})
    values = {} if tagger is None else tagger.heads
    network = Classifier(
        Evened(made) if told.get("even") else made,
        {head: len(known) for head, known in values.items()},
        hidden=len(weights["hidden.0.weight"]) if "hidden.0.weight" in weights else None,
    )
    return _given(folder, network, weights, made, side_px, values)


def _bare(backbone: str, side_px: tuple[int, int], settings: Settings) -> Backbone:
    """A backbone that begins at random: the run has its weights."""
    name = parse_backbone(backbone)
    bare = replace(name, network=name.network.partition(".")[0])  # what follows names weights
    return make_backbone(bare, side_px, settings)


def _two_branch(folder: Path, told: Mapping[str, Any], settings: Settings) -> RunNetwork:
    names = read_label_names(folder)
    chosen: dict[str, Any] = {each.name: told[each.name] for each in fields(TwoBranchShape)}
    chosen["region"] = tuple(chosen["region"])
    shape = TwoBranchShape(**chosen)
    backbone = told.get("backbone")
    made = _bare(str(backbone), _side_px(told), settings) if backbone else None
    network = TwoBranch(len(names), shape, made)
    return _given(
        folder, network, _weights_of(folder), network.plain, _side_px(told), {LABEL: names}
    )


def _given(
    folder: Path,
    network: nn.Module,
    weights: Mapping[str, Tensor],
    made: Backbone | nn.Module,
    side_px: tuple[int, int],
    values: Mapping[str, Sequence[str]],
) -> RunNetwork:
    try:
        network.load_state_dict(dict(weights))
    except RuntimeError as error:
        raise DataError(
            f"{folder / CHECKPOINT} is of another network than {folder / SETTINGS} says"
        ) from error
    network.eval().requires_grad_(False)
    backbone = made if isinstance(made, Backbone) else None
    body = made if backbone is None else backbone.body
    n_prefix = 0 if backbone is None else backbone.n_prefix
    return RunNetwork(network, body, side_px, values, n_prefix)


def _side_px(told: Mapping[str, Any]) -> tuple[int, int]:
    return int(told["height_px"]), int(told["width_px"])


def _settings_of(folder: Path) -> dict[str, Any]:
    path = folder / SETTINGS
    try:
        return dict(json.loads(path.read_text("utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise DataError(f"{path}, which says what was trained, cannot be read") from error


def _weights_of(folder: Path) -> dict[str, Tensor]:
    path = folder / CHECKPOINT
    try:
        return dict(torch.load(path, "cpu", weights_only=True)["network"])
    except Exception as error:  # torch raises whatever a damaged file makes it trip over
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise DataError(f"{path} cannot be read ({reason}); train again") from error
