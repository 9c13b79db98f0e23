"""The encoder `default`: trained by this project, inside the package."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from vitrine.encoders.model_row import MODEL_JSON
from vitrine.errors import DISTRIBUTION, ConfigurationError

if TYPE_CHECKING:
    from vitrine.encoders.onnx import OnnxEncoder
    from vitrine.settings import Settings


PACKAGED = "default"
"""Its name in the table."""


def packaged_folder() -> Path:
    """Where the package keeps its model; a source checkout may be without it."""
    return Path(str(files("vitrine.encoders").joinpath("default")))


def load_packaged_model(settings: Settings) -> OnnxEncoder:
    """Load the package's model, each file checked against the hash in its model.json.

    Raises:
        ConfigurationError: a file is missing or damaged.
    """
    from vitrine.encoders.onnx import load_model_folder

    folder = packaged_folder()
    if not (folder / MODEL_JSON).is_file():
        raise ConfigurationError(
            f"the encoder 'default' is not in {folder}: this copy of vitrine is without its "
            f"weights; install the released package (pip install --force-reinstall {DISTRIBUTION}) "
            "or choose another encoder, such as --encoder colour"
        )
    return load_model_folder(folder, settings)
