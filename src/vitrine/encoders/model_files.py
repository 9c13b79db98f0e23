"""The files of a model: where they are, checked, and copied elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from shutil import copyfile
from typing import TYPE_CHECKING

from vitrine.encoders.model_row import MODEL_JSON, ModelFile, ModelFiles, ModelRow
from vitrine.errors import ConfigurationError, DataError
from vitrine.fetch import check_sha256, fetch_model_file, sha256_of

if TYPE_CHECKING:
    from vitrine.encoders.protocol import Progress
    from vitrine.settings import Settings


def hub_folder(row: ModelRow, settings: Settings) -> Path:
    """Where `vitrine.fetch` keeps the files of a hub's model."""
    return settings.models_dir / row.repo.replace("/", "--") / row.revision.replace("/", "--")


def hub_file(
    row: ModelRow, file: ModelFile, settings: Settings, on_progress: Progress | None = None
) -> Path:
    """Path of a checked file of a hub's model, downloaded the first time.

    Raises:
        FetchError: it is not here and cannot be had, or has another hash than it should.
    """
    return fetch_model_file(
        row.repo,
        file.path,
        revision=row.revision,
        sha256=file.sha256,
        models_dir=settings.models_dir,
        offline=settings.offline,
        on_progress=on_progress,
    )


def folder_file(folder: Path, file: ModelFile) -> Path:
    """Path of a checked file of a folder's model.

    Raises:
        ConfigurationError: it is missing, or has another hash than it should.
    """
    path = folder / file.path
    if not path.is_file():
        raise ConfigurationError(f"the encoder folder {folder} has no file {file.path!r}")
    if file.sha256 is not None:
        try:
            check_sha256(path, file.sha256)
        except DataError as error:
            raise ConfigurationError(str(error)) from error
    return path


def listed_files(files: ModelFiles) -> list[ModelFile]:
    """Every file that a row names."""
    single = [files.image, files.labels, files.calibration, files.text, files.tokenizer, files.card]
    return [file for file in (*single, *files.data) if file is not None]


def write_model_folder(row: ModelRow, found: Callable[[ModelFile], Path], folder: Path) -> None:
    """Copy a model's files and write a model.json with the SHA-256 of each.

    The result loads by itself, from anywhere, and gives the same vectors under the same name.

    Args:
        row: the model.
        found: gives the path of a file that the row names.
        folder: is made where it does not exist.

    Raises:
        DataError: the folder holds something already.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise DataError(f"{folder} exists and is not empty; name a new folder")
    hashes: dict[str, str] = {}
    for file in listed_files(row.files):
        target = folder / file.path
        target.parent.mkdir(parents=True, exist_ok=True)
        copyfile(found(file), target)
        hashes[file.path] = sha256_of(target)
    moved = row.model_copy(
        update={"files": with_hashes(row.files, hashes), "repo": "", "revision": "main"}
    )
    text = moved.model_dump_json(indent=1, exclude_defaults=True)
    # model.json comes last: a folder that has one is whole
    (folder / MODEL_JSON).write_text(text + "\n", encoding="utf-8", newline="\n")


def with_hashes(files: ModelFiles, hashes: Mapping[str, str]) -> ModelFiles:
    """Give the same files with these hashes by path, and without one where there is none."""

    def hashed(file: ModelFile) -> ModelFile:
        return ModelFile(path=file.path, sha256=hashes.get(file.path))

    named = ("image", "labels", "calibration", "text", "tokenizer", "card")
    single = {name: getattr(files, name) for name in named}
    found = {name: hashed(file) for name, file in single.items() if file is not None}
    return ModelFiles(**found, data=tuple(hashed(file) for file in files.data))
