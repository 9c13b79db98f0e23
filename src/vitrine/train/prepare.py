"""From catalogues to everything that a run needs, all of it kept in the run's folder."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from vitrine.encoders import Tokenizer
from vitrine.errors import DataError
from vitrine.train.cache import Cache, Frame, build_cache, open_cache
from vitrine.train.groups import with_parts, write_groups
from vitrine.train.labels import PHRASE_HEADS
from vitrine.train.photos import Collection, collect_photos, limited
from vitrine.train.table import Table, tabulate
from vitrine.train.teacher import teacher_features
from vitrine.train.words import fit_tokenizer
from vitrine.types import RowFailure

OnStep: TypeAlias = Callable[[str, float], None]
"""Called with what is being done and how far it is, 0..1."""

_LEAST_PHOTOS = 8


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """Photos as numbers and pixels."""

    table: Table
    cache: Cache
    tokenizer: Tokenizer
    teacher: NDArray[np.float16] | None
    failures: Sequence[RowFailure]


def prepare(
    sources: Sequence[str | Path],
    frame: Frame,
    folder: Path,
    *,
    limit: int | None = None,
    teacher: Path | None = None,
    threads: int = 0,
    on_step: OnStep | None = None,
) -> Prepared:
    """Read, decode, group, split and number every photo of `sources`.

    What takes long is kept below `folder / "cache"` and used again.

    Args:
        sources: whatever `read_catalogue` reads.
        frame: sizes of the photos.
        folder: of the run.
        limit: take at most so many photos, spread evenly.
        teacher: TFLite file of the network to imitate; None for none.
        threads: worker threads; 0 takes all cores.
        on_step: told about progress.

    Raises:
        DataError: there is nothing to learn from these photos.
    """
    step = on_step or _silent
    cache_folder = folder / "cache"
    cache_folder.mkdir(parents=True, exist_ok=True)
    step("reading", 0.0)
    found = collect_photos(sources, cache_folder)
    step("reading", 1.0)
    photos, left_out = build_cache(
        limited(found.photos, limit),
        found.masked,
        frame,
        cache_folder,
        lambda done, n: step("decoding", done / n),
        threads,
    )
    cache = open_cache(cache_folder, frame)
    step("looking for near-duplicates", 0.0)
    photos = with_parts(photos, cache.small)
    step("looking for near-duplicates", 1.0)
    write_groups(photos, folder / "near_duplicate_groups.csv")
    table = tabulate(photos, cache.large_row)
    _check(table)
    features = None
    if teacher is not None:
        features = teacher_features(
            teacher,
            table,
            cache_folder,
            lambda done, n: step("asking the teacher", done / n),
            threads,
        )
    return Prepared(table, cache, _tokenizer(table), features, _failures(found, left_out))


def _tokenizer(table: Table) -> Tokenizer:
    train = [table.photos[int(row)] for row in table.rows("train")]
    phrases = {p.labels[head] for p in train for head in PHRASE_HEADS if head in p.labels}
    return fit_tokenizer([photo.title for photo in train], phrases)


def _check(table: Table) -> None:
    n = len(table.rows("train"))
    if n < _LEAST_PHOTOS:
        raise DataError(f"{n} photos to train on are too few; give at least {_LEAST_PHOTOS}")
    if not table.values and not (table.titles >= 0).any():
        raise DataError(
            "nothing is known about these photos: no column holds a title or a tag such as "
            "article_type; `vitrine index SOURCE --dry-run` shows which columns were understood"
        )


def _failures(found: Collection, left_out: dict[str, str]) -> list[RowFailure]:
    by_path = {photo.path: photo for photo in found.photos}
    return [
        *found.failures,
        *(
            RowFailure(path, None, by_path[path].photo_id, "photo", reason)
            for path, reason in left_out.items()
        ),
    ]


def _silent(_step: str, _progress: float) -> None:
    pass
