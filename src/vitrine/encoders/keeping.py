"""Where the encoders of the table are kept, and copies of them for elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from vitrine.encoders.model_files import (
    folder_file,
    hub_file,
    hub_folder,
    listed_files,
    write_model_folder,
)
from vitrine.encoders.model_row import MODEL_JSON, read_model_row
from vitrine.encoders.packaged import PACKAGED, packaged_folder
from vitrine.encoders.table import ENCODERS
from vitrine.errors import UsageError, unknown

if TYPE_CHECKING:
    from vitrine.encoders.model_row import ModelRow
    from vitrine.encoders.protocol import Progress
    from vitrine.encoders.table import EncoderRow
    from vitrine.settings import Settings


def encoder_row(name: str) -> EncoderRow:
    """Give the row of that name.

    Raises:
        UsageError: there is none.
    """
    if name not in ENCODERS:
        raise UsageError(unknown("encoder", name, ENCODERS))
    return ENCODERS[name]


def encoder_folder(row: EncoderRow, settings: Settings) -> Path | None:
    """Give the folder of an encoder's files, whether they are there yet or not.

    None for an encoder without files.
    """
    if row.model is not None:
        return hub_folder(row.model, settings)
    return packaged_folder() if row.name == PACKAGED else None


def is_kept(row: EncoderRow, settings: Settings) -> bool:
    """Whether the encoder needs no download; the files are not read for it."""
    folder = encoder_folder(row, settings)
    if folder is None:
        return True
    if row.model is None:
        return (folder / MODEL_JSON).is_file()
    return all((folder / file.path).is_file() for file in listed_files(row.model.files))


def export_encoder(
    name: str, folder: Path, settings: Settings, on_progress: Progress | None = None
) -> None:
    """Copy an encoder into a folder that loads by itself; a hub's model is downloaded if need be.

    Args:
        name: one of the table.
        folder: new, or empty.
        settings: where models are kept, whether a download is allowed.
        on_progress: called while a file is downloaded.

    Raises:
        UsageError: there is no such encoder, or it has no files.
        DataError: the folder is not empty.
        ConfigurationError: a file of the package is missing.
        FetchError: a file cannot be had.
    """
    row, model = encoder_row(name), encoder_row(name).model
    if model is not None:
        write_model_folder(model, lambda f: hub_file(model, f, settings, on_progress), folder)
        return
    kept = encoder_folder(row, settings)
    if kept is None:
        raise UsageError(f"the encoder {name!r} has no files: it is part of the program")
    copy_model(kept, folder)


def copy_model(kept: Path, folder: Path) -> None:
    """Copy a folder with a model.json, checked file by file, into a new or empty one.

    Raises:
        DataError: the folder is not empty.
        ConfigurationError: a file is missing or damaged.
    """
    write_model_folder(read_model_row(kept), lambda f: folder_file(kept, f), folder)


def model_row_of(row: EncoderRow, settings: Settings) -> ModelRow | None:
    """Give what the model is run by; None for an encoder without files, or without them yet."""
    if row.model is not None:
        return row.model
    folder = encoder_folder(row, settings)
    return read_model_row(folder) if folder is not None and is_kept(row, settings) else None
