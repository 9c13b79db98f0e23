"""The folder of a run: one process at a time, the settings it began with, and where it was made."""

from __future__ import annotations

import json
import platform
import subprocess
import sys
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import filelock
import torch

from vitrine.errors import DataError, LockedError, NotFoundError, UsageError

SETTINGS = "run.json"
ENVIRONMENT = "environment.json"
CHECKPOINT = "checkpoint.pt"
_PACKAGES = (
    "torch",
    "timm",
    "torchvision",
    "pytorch-metric-learning",
    "onnx",
    "onnxruntime",
    "numpy",
)


@contextmanager
def alone(folder: Path) -> Generator[None]:
    """One process trains in a folder, which is made if need be.

    Raises:
        LockedError: another one does.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lock = filelock.FileLock(folder / "run.lock")
    try:
        lock.acquire(timeout=0)
    except filelock.Timeout as error:
        raise LockedError(
            f"another process is training in {folder}; wait for it, or name another folder"
        ) from error
    try:
        yield
    finally:
        lock.release()


@contextmanager
def torch_threads(threads: int) -> Generator[None]:
    """Compute on so many threads; 0 leaves torch's own choice."""
    before = torch.get_num_threads()
    torch.set_num_threads(threads or before)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def keep_settings(folder: Path, wanted: Mapping[str, Any], *, resume: bool = False) -> None:
    """Write down what decides the run and where it runs; refuse to go on with something else.

    Args:
        folder: of the run.
        wanted: everything that another value of would make it another run.
        resume: the run has to be there already.

    Raises:
        NotFoundError: `resume`, and there is no checkpoint.
        UsageError: the run in the folder began with other settings.
        DataError: its settings cannot be read.
    """
    plain: dict[str, Any] = json.loads(json.dumps(wanted, default=str))
    path = folder / SETTINGS
    if (folder / CHECKPOINT).is_file():
        begun = _read_settings(path)
        keys = dict.fromkeys((*plain, *begun))
        other = [key for key in keys if begun.get(key) != plain.get(key)]
        if other:
            raise UsageError(
                f"{folder} holds a run with another {', '.join(other)}; "
                "give the same settings to go on, or another folder to start anew"
            )
    elif resume:
        raise NotFoundError(f"{folder} holds no run to go on with; leave out --resume to begin one")
    path.write_text(json.dumps(plain, indent=2) + "\n", encoding="utf-8")
    environment = json.dumps(environment_here(), indent=2)
    (folder / ENVIRONMENT).write_text(environment + "\n", encoding="utf-8")


def environment_here() -> dict[str, Any]:
    """Versions, machine, command and commit: what somebody else needs to do it again."""
    return {
        "command": [Path(sys.argv[0]).name, *sys.argv[1:]],
        "git_commit": _commit(),
        "python": platform.python_version(),
        "machine": f"{platform.system()} {platform.machine()}",
        "threads": torch.get_num_threads(),
        "packages": {name: found for name in _PACKAGES if (found := _version(name))},
    }


def _commit() -> str:
    """Of the checkout that vitrine runs from; empty where it was installed from a package."""
    asked = ("git", "-C", str(Path(__file__).parent), "describe", "--always", "--dirty")
    try:
        said = subprocess.run(asked, capture_output=True, text=True, timeout=10, check=False)
    except (OSError, subprocess.SubprocessError):
        return ""
    return said.stdout.strip() if said.returncode == 0 else ""


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def _read_settings(path: Path) -> dict[str, Any]:
    try:
        return dict(json.loads(path.read_text("utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise DataError(
            f"{path}, which says what the run beside it began with, cannot be read; "
            f"train in another folder, or delete {CHECKPOINT} to start anew"
        ) from error
