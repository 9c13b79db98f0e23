"""How heavy is the base install, and how fast do the command line and a shop start?

python -m benchmarks.start_up [--shop PATH] [--install]

`--install` makes a fresh virtual environment with the base package and weighs it (needs a package
index). Times are medians over 7 fresh processes.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.report import machine, print_table

ROOT = Path(__file__).parents[1]


def seconds(*command: str, runs: int = 7) -> float:
    """Median wall time of a command in a fresh process."""
    times: list[float] = []
    for _ in range(runs):
        started = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        times.append(time.perf_counter() - started)
    return statistics.median(times)


def install() -> list[list[object]]:
    """Weigh a fresh base install, pip itself not counted."""
    with tempfile.TemporaryDirectory() as name:
        subprocess.run([sys.executable, "-m", "venv", name], check=True)
        pip = [str(Path(name) / "bin" / "pip"), "install", "--quiet", "--no-compile"]
        started = time.perf_counter()
        subprocess.run([*pip, "-c", str(ROOT / "constraints.txt"), str(ROOT)], check=True)
        took_s = time.perf_counter() - started
        packages = next(Path(name).glob("lib/python*/site-packages"))
        size = sum(
            file.stat().st_size
            for file in packages.rglob("*")
            if file.is_file() and file.relative_to(packages).parts[0] not in ("pip", "setuptools")
        )
        torch = "yes" if (packages / "torch").exists() else "no"
    return [
        ["base install, MB", round(size / 1e6)],
        ["base install, seconds", took_s],
        ["torch in it", torch],
    ]


def main() -> None:
    """Print one table."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--shop", type=Path)
    arguments.add_argument("--install", action="store_true")
    asked = arguments.parse_args()
    python = sys.executable
    rows: list[list[object]] = [
        ["`python -c pass`, seconds", seconds(python, "-c", "pass")],
        ["`import vitrine`, seconds", seconds(python, "-c", "import vitrine")],
        ["`vitrine --help`, seconds", seconds(python, "-m", "vitrine", "--help")],
    ]
    if asked.shop:
        code = f"import vitrine; print(len(vitrine.open({str(asked.shop)!r})))"
        rows.append([f"open {asked.shop.name} and count, seconds", seconds(python, "-c", code)])
    if asked.install:
        rows += install()
    print(machine())
    print_table(["what", "measured"], rows)


if __name__ == "__main__":
    main()
