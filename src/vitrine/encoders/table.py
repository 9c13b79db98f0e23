"""The table of encoders, and the one way to load any of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, TypeAlias

from vitrine.encoders.model_row import MODEL_JSON, ModelRow
from vitrine.encoders.packaged import PACKAGED, load_packaged_model
from vitrine.encoders.rows import MODEL_ROWS
from vitrine.errors import UsageError, unknown

if TYPE_CHECKING:
    from vitrine.encoders.protocol import Encoder, Progress
    from vitrine.settings import Settings


Ability: TypeAlias = Literal["photos", "words", "tags", "heat maps"]


@dataclass(frozen=True, slots=True)
class EncoderRow:
    """One line of the table: what there is to know before loading."""

    name: str
    dim: int
    size_mb: float
    """To download on first use; 0 for what comes with the package."""
    licence: str
    summary: str
    load: Callable[[Settings, Progress | None], Encoder]
    abilities: tuple[Ability, ...] = ("photos",)
    """What it turns into vectors (photos, words) and what more it gives (tags, heat maps)."""
    model: ModelRow | None = None
    """Where its files are, for a model of a hub."""


def load_encoder(
    name: str | Path, settings: Settings, on_progress: Progress | None = None
) -> Encoder:
    """Load an encoder by its name in the table, or from a local folder with a model.json.

    A name in the table wins over a folder of that name; `./colour` is always a folder.

    Args:
        name: one of the table, or a folder.
        settings: where models are kept, whether a download is allowed, how many threads.
        on_progress: called while a file is downloaded.

    Raises:
        UsageError: neither a known name nor a folder.
        ConfigurationError: the model is missing, broken, or not what its row says.
        FetchError: the model is not here and cannot be downloaded.

    Example:
        >>> from vitrine.settings import Settings
        >>> load_encoder("colour", Settings()).identity.dim
        476
    """
    if isinstance(name, str) and name in ENCODERS:
        return ENCODERS[name].load(settings, on_progress)
    folder = Path(name)
    if folder.is_dir():
        return _load_folder(folder, settings)
    message = unknown("encoder", str(name), ENCODERS)
    if str(name).startswith("timm/"):
        raise UsageError(
            f"{name} is a network that has to become a folder first: "
            f"vitrine model export {name} FOLDER, then --encoder FOLDER"
        )
    raise UsageError(f"{message} (a local encoder is a folder with a {MODEL_JSON})")


def _load_colour(settings: Settings, on_progress: Progress | None) -> Encoder:
    from vitrine.encoders.colour import ColourEncoder

    return ColourEncoder()


def _load_folder(folder: Path, settings: Settings) -> Encoder:
    from vitrine.encoders.onnx import load_model_folder

    return load_model_folder(folder, settings)


def _load_hub_model(row: ModelRow, settings: Settings, on_progress: Progress | None) -> Encoder:
    from vitrine.encoders.onnx import load_hub_model

    return load_hub_model(row, settings, on_progress)


def _load_default(settings: Settings, on_progress: Progress | None) -> Encoder:
    return load_packaged_model(settings)


def _from_model(row: ModelRow) -> EncoderRow:
    return EncoderRow(
        row.name,
        row.dim,
        row.size_mb,
        row.licence,
        row.summary,
        partial(_load_hub_model, row),
        _abilities(row),
        row,
    )


def _abilities(row: ModelRow) -> tuple[Ability, ...]:
    has: dict[Ability, object] = {
        "photos": True,
        "words": row.files.text,
        "tags": row.files.labels,
        "heat maps": row.output.cells,
    }
    return tuple(ability for ability, there in has.items() if there)


_ROWS = (
    EncoderRow(
        PACKAGED,
        256,
        0,
        "MIT",
        "trained by this project: photos and words, tags, heat maps",
        _load_default,
        ("photos", "words", "tags", "heat maps"),
    ),
    EncoderRow(
        "colour",
        476,
        0,
        "MIT",
        "colours and edges, no weights: a baseline",
        _load_colour,
        ("photos", "tags"),
    ),
    *(_from_model(row) for row in MODEL_ROWS),
)

ENCODERS: Mapping[str, EncoderRow] = MappingProxyType({row.name: row for row in _ROWS})
"""Every encoder that `load_encoder` knows by name."""
