"""Facts about this machine and this installation."""

from __future__ import annotations

import importlib
import os
import re
import sys
import tempfile
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from vitrine.errors import DISTRIBUTION

if TYPE_CHECKING:
    from vitrine.settings import Settings
    from vitrine.types import Json

_REQUIREMENT = re.compile(r"""([\w.-]+)[^;]*(?:;.*extra\s*==\s*['"]([\w-]+)['"])?""")
_FOR_DEVELOPERS = frozenset({"dev", "draw"})


def n_cores() -> int:
    """Cores that this process may use."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def memory_bytes() -> int | None:
    """Memory of the machine, where the system says."""
    if sys.platform == "win32":
        return _windows_memory_bytes()
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (OSError, ValueError):
        return None


def requirements() -> dict[str, list[str]]:
    """Extra -> packages, from the installed distribution; "" is the base.

    Empty where vitrine runs without being installed.
    """
    try:
        lines = metadata.requires(DISTRIBUTION) or []
    except metadata.PackageNotFoundError:
        return {}
    found: dict[str, list[str]] = {"": []}
    for line in lines:
        match = _REQUIREMENT.match(line)
        if match and match[1] != DISTRIBUTION and match[2] not in _FOR_DEVELOPERS:
            found.setdefault(match[2] or "", []).append(match[1])
    return found


def versions(packages: list[str]) -> dict[str, str | None]:
    """Package -> version, None where it is not installed."""
    found: dict[str, str | None] = {}
    for name in packages:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = None
    return found


def photo_formats() -> dict[str, bool]:
    """Format -> whether photos of it can be decoded here."""
    from PIL import features

    return {
        "JPEG": bool(features.check("jpg")),
        "PNG": bool(features.check("zlib")),
        "WebP": bool(features.check("webp")),
        "AVIF": bool(features.check("avif")),
        "GIF": True,
        "HEIC": _imports("pi_heif"),
    }


def _imports(module: str) -> bool:
    try:
        importlib.import_module(module)
    except ImportError:
        return False
    return True


def setting_sources(settings: Settings, environment: Mapping[str, str]) -> dict[str, Json]:
    """Setting -> its value and where it comes from."""
    upper = {name.upper() for name in environment}
    written = _written_settings(Path("vitrine.toml"))
    found: dict[str, Json] = {}
    for name, value in settings.model_dump(mode="json").items():
        variable = f"VITRINE_{name.upper()}"
        by_file = "vitrine.toml" if name in written else "default"
        found[name] = {"value": value, "source": variable if variable in upper else by_file}
    return found


def is_writable(folder: Path) -> bool:
    """Whether files can be made in a folder, or in the nearest one above that exists."""
    nearest = next((place for place in (folder, *folder.parents) if place.exists()), None)
    if nearest is None or not nearest.is_dir():
        return False
    try:
        with tempfile.TemporaryFile(dir=nearest):
            return True
    except OSError:
        return False


def _written_settings(path: Path) -> set[str]:
    import tomllib

    return set(tomllib.loads(path.read_text("utf-8"))) if path.is_file() else set()


def _windows_memory_bytes() -> int | None:
    import ctypes

    class Status(ctypes.Structure):
        _fields_ = (
            ("length", ctypes.c_ulong),
            ("load", ctypes.c_ulong),
            ("total", ctypes.c_ulonglong),
            ("rest", ctypes.c_ulonglong * 6),
        )

    status = Status(length=ctypes.sizeof(Status))
    kernel = getattr(ctypes, "windll").kernel32  # noqa: B009  # only known on Windows
    return int(status.total) if kernel.GlobalMemoryStatusEx(ctypes.byref(status)) else None
