"""MATLAB's files, in which several research sets keep their labels."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from vitrine.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import NDArray


def read_mat(path: Path) -> dict[str, NDArray[Any]]:
    """Give the arrays of a file by name; cells are arrays of objects.

    Raises:
        DataError: the file is missing, damaged or newer than version 7.2.
    """
    from zlib import error as ZlibError

    from scipy.io import loadmat
    from scipy.io.matlab import MatReadError

    if not path.is_file():
        raise DataError(f"{path} is missing: the set was only unpacked in part")
    damage = (MatReadError, ZlibError, ValueError, TypeError, OSError, NotImplementedError)
    try:
        return {name: value for name, value in loadmat(path).items() if not name.startswith("__")}
    except damage as error:
        raise DataError(f"{path} cannot be read ({error}); download it anew") from error


def read_array(path: Path, name: str) -> NDArray[Any]:
    """Give one array of a file.

    Raises:
        DataError: as `read_mat`, or there is no array of that name.
    """
    arrays = read_mat(path)
    if name not in arrays:
        raise DataError(f"{path} holds {', '.join(arrays) or 'nothing'}, but no {name!r}")
    return arrays[name]
