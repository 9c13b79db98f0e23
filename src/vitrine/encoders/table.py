"""The table of encoders, and the one way to load any of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from vitrine.encoders.model_row import MODEL_JSON, ModelRow
from vitrine.encoders.rows import MODEL_ROWS
from vitrine.errors import UsageError, unknown

if TYPE_CHECKING:
    from vitrine.encoders.protocol import Encoder, Progress
    from vitrine.settings import Settings


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


def load_encoder(
    name: str | Path, settings: Settings, on_progress: Progress | None = None
) -> Encoder:
    """Load an encoder by its name in the table, or from a local folder with a model.json.

    A name in the table wins over a folder of that name; `./colour` is always a folder.

    Args:
        name: `colour`, or a folder.
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


def _from_model(row: ModelRow) -> EncoderRow:
    load = partial(_load_hub_model, row)
    return EncoderRow(row.name, row.dim, row.size_mb, row.licence, row.summary, load)


_ROWS = (
    EncoderRow("colour", 476, 0, "MIT", "colours and edges, no weights: a baseline", _load_colour),
    *(_from_model(row) for row in MODEL_ROWS),
)

ENCODERS: Mapping[str, EncoderRow] = MappingProxyType({row.name: row for row in _ROWS})
"""Every encoder that `load_encoder` knows by name."""
