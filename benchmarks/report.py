"""Tables in Markdown, and the machine that they were measured on."""

from __future__ import annotations

import platform
import subprocess
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TextIO


def print_table(
    header: Sequence[str], rows: Iterable[Sequence[object]], file: TextIO | None = None
) -> None:
    """Print rows as a Markdown table."""
    lines = [header, ["---"] * len(header), *rows]
    for line in lines:
        print("| " + " | ".join(_shown(cell) for cell in line) + " |", file=file or sys.stdout)


def machine() -> str:
    """Date, commit, processor, cores and the versions that matter, in one line."""
    commit = subprocess.run(
        ["git", "describe", "--always", "--dirty"],
        cwd=Path(__file__).parent,
        capture_output=True,
        text=True,
        check=False,
    ).stdout.strip()
    import psutil

    versions = ", ".join(
        f"{name} {version(name)}" for name in ("faiss-cpu", "onnxruntime", "numpy")
    )
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, commit {commit}, {_processor()}, "
        f"{psutil.cpu_count()} cores, Python {platform.python_version()}, {versions}"
    )


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()


def _shown(cell: object) -> str:
    return (
        f"{cell:,}"
        if isinstance(cell, int)
        else f"{cell:,.2f}"
        if isinstance(cell, float)
        else str(cell)
    )
