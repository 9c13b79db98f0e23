"""*Fashion144k*: street photos with many labels each: `photos.txt`, `photos/`, `feat/*.mat`.

https://esslab.jp/~ess/en/data/fashion144k_stylenet/ (Simo-Serra et al., CVPR 2015). Labels are a
matrix of photos by labels in MATLAB's format: dense (`X`), or by `rows`, `cols` and `data`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from vitrine.catalog.assembly import Assembly, Draft
from vitrine.catalog.catalogue import Catalogue, Source
from vitrine.catalog.lists import with_photos
from vitrine.catalog.matlab import read_mat
from vitrine.catalog.photos import PhotoFinder
from vitrine.errors import DataError, UsageError

_LISTS = ("photos.txt", "photos.lst")
_LABELS = ("singles.mat", "single.mat", "garflat_cco.mat")
_PARTS = {"trainids": "train", "validids": "val", "testids": "test"}


def is_fashion144k(path: Path) -> bool:
    """A folder with the list of photos beside `feat/`."""
    return path.is_dir() and _list_of(path) is not None and (path / "feat").is_dir()


def read_fashion144k(source: Source) -> Catalogue:
    """Read the set: a photo is a product, its `labels` with semicolons in `extra`.

    Labels have their names where a text file of the matrix's name lies beside it, one a line, else
    their numbers; the role is the part where `split.mat` says it.

    Raises:
        DataError: list, labels or photos are missing, or do not belong together.
        UsageError: columns are mapped, which this set has not.
    """
    if source.columns:
        raise UsageError(f"{source.path} has lists of its own; there are no columns to map")
    folder, listed = source.path, _list_of(source.path)
    if listed is None:
        raise DataError(f"{folder} holds no photos.txt; unpack the set's archive there")
    base = source.images or folder
    if source.images is None and not (folder / "photos").is_dir():
        raise DataError(f"{folder} has a list but no photos: unpack them into {folder / 'photos'}")
    photos = listed.read_text("utf-8").split()
    labels, roles = _labels(folder, len(photos)), _roles(folder, len(photos))
    assembly = Assembly("fashion144k", source, PhotoFinder([base], source.within))
    for row, photo in enumerate(photos):
        said = {"labels": labels.get(row, ""), "roles": roles.get(row, "")}
        extra = {name: value for name, value in said.items() if value}
        assembly.add(Draft(row + 1, {"product_id": photo}, [photo], extra))
    return with_photos(assembly.catalogue(), base)


def _list_of(path: Path) -> Path | None:
    return next((path / name for name in _LISTS if (path / name).is_file()), None)


def _labels(folder: Path, n_photos: int) -> Mapping[int, str]:
    import numpy as np

    path = next((p for name in _LABELS if (p := folder / "feat" / name).is_file()), None)
    if path is None:
        raise DataError(
            f"{folder / 'feat'} holds none of {', '.join(_LABELS)}; labels were not unpacked"
        )
    said = read_mat(path)
    if {"rows", "cols", "data"} <= said.keys():
        kept = said["data"].ravel() != 0
        rows, columns = said["rows"].ravel()[kept], said["cols"].ravel()[kept]
    elif "X" in said and said["X"].ndim == 2:
        if said["X"].shape[0] < n_photos:
            raise DataError(
                f"{path} has labels of {said['X'].shape[0]:,} photos, but {n_photos:,} are listed: "
                "it was only downloaded in part; download it anew"
            )
        rows, columns = np.nonzero(said["X"])
    else:
        raise DataError(f"{path} holds neither X, nor rows, cols and data")
    if len(rows) and int(rows.max()) >= n_photos:
        raise DataError(
            f"{path} has labels of photo {int(rows.max()) + 1:,}, but only {n_photos:,} are listed"
        )
    names = _names(path)
    found: dict[int, list[str]] = {}
    for row, column in sorted(zip(rows.tolist(), columns.tolist(), strict=True)):
        at = int(column)
        found.setdefault(int(row), []).append(names[at] if at < len(names) else str(at))
    return {row: "; ".join(words) for row, words in found.items()}


def _names(path: Path) -> list[str]:
    beside = path.with_suffix(".txt")
    return beside.read_text("utf-8").splitlines() if beside.is_file() else []


def _roles(folder: Path, n_photos: int) -> Mapping[int, str]:
    path = folder / "split.mat"
    if not path.is_file():
        return {}
    said = read_mat(path)
    found = ((name, int(row)) for name in _PARTS if name in said for row in said[name].ravel())
    return {row: _PARTS[name] for name, row in found if 0 <= row < n_photos}
