"""What goes together in one shop, learned from a table of pairs and kept in the shop."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from vitrine.errors import DataError, NotFoundError
from vitrine.outfits import learn, shipped_compatibility
from vitrine.shop.outfitting import LEARNED
from vitrine.store import LearnedRecord, Store
from vitrine.types import Json

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vitrine.index import Snapshot


def learn_outfits(
    store: Store, view: Snapshot, path: Path, columns: Sequence[str], seed: int
) -> Json:
    """Learn from pairs, keep it in place of what was learned before, and say from how much.

    Raises:
        NotFoundError: there is no such table.
        DataError: it has fewer than two columns, or tells of too few products of this shop.
        UsageError: no such column of the shop, or one with too many words.
    """
    pairs, n_unknown = _read_pairs(path, view)
    found = learn(view, pairs, shipped_compatibility(), columns, seed=seed)
    about: Json = {
        "pairs": len(pairs),
        "products": len(np.unique(pairs)),
        "unknown": n_unknown,
        "columns": list(columns),
        "colour": dict(found.weights["colour"]),
    }
    learned_at = datetime.now(UTC).isoformat(timespec="microseconds")
    with store.transaction() as writer:
        writer.put_learned(LearnedRecord(LEARNED, found.to_bytes(), about, learned_at))
    return about


def _read_pairs(path: Path, view: Snapshot) -> tuple[NDArray[np.int64], int]:
    """Rows (n, 2) of the pairs in a table's first two columns; how many name no product."""
    if not path.is_file():
        raise NotFoundError(f"{path}: no such file; it is a CSV whose first two columns are ids")
    pairs: set[tuple[int, int]] = set()
    n_unknown = 0
    with path.open(newline="", encoding="utf-8-sig") as file:
        lines = csv.reader(file)
        if len(next(lines, [])) < 2:
            raise DataError(f"{path} has no two columns; its first two are ids of products")
        for cells in lines:
            rows = [view.product_row_of.get(cell.strip()) for cell in cells[:2]]
            if len(rows) == 2 and rows[0] is not None and rows[1] is not None:
                pairs.add((min(rows[0], rows[1]), max(rows[0], rows[1])))
            else:
                n_unknown += 1
    different = sorted(pair for pair in pairs if pair[0] != pair[1])
    return np.array(different, np.int64).reshape(-1, 2), n_unknown
