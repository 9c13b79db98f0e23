"""The log of a run: one JSON object a line, and the same as a table."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any


class MetricsLog:
    """Lines with a `step`, in its order."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def add(self, line: Mapping[str, Any]) -> None:
        """Write one line at the end."""
        with self.path.open("a", encoding="utf-8", newline="\n") as file:
            file.write(json.dumps(line) + "\n")

    def truncate(self, step: int) -> None:
        """Drop what a killed run wrote after its last checkpoint."""
        lines = [line for line in self.read() if line["step"] <= step]
        draft = self.path.with_name(f"{self.path.name}.part")
        text = "".join(json.dumps(line) + "\n" for line in lines)
        draft.write_text(text, encoding="utf-8", newline="\n")
        draft.replace(self.path)

    def write_table(self) -> None:
        """Write all lines as CSV beside the log, a column for every name; unmeasured is empty."""
        lines = self.read()
        names = list(dict.fromkeys(name for line in lines for name in line))
        with self.path.with_suffix(".csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, names, lineterminator="\n")
            writer.writeheader()
            writer.writerows(lines)

    def read(self) -> list[dict[str, Any]]:
        """Every whole line; a last one that a kill cut short is left out."""
        if not self.path.is_file():
            return []
        lines: list[dict[str, Any]] = []
        for line in self.path.read_text("utf-8").splitlines():
            try:
                lines.append(json.loads(line))
            except json.JSONDecodeError:
                break
        return lines
