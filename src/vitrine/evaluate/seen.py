"""What an encoder sees on photos, remembered by the content of their files."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from vitrine.encoders import as_tagger, embed_photos

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vitrine.encoders import Encoder, PhotoEmbedding
    from vitrine.types import Vectors

OnPhoto: TypeAlias = Callable[[int, int], None]
"""Called with (photos done, photos in all)."""


@dataclass(frozen=True, slots=True, eq=False)
class HeadTags:
    """What one head says of every photo; arrays are (n,)."""

    values: NDArray[np.str_]
    confidence: NDArray[np.float64]
    unsure: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """Vectors and tags, row by row as the photos were given."""

    vectors: Vectors
    """(n, dim); zeros where a photo cannot be read."""
    tags: Mapping[str, HeadTags]
    """Empty for an encoder without tags."""
    sha256: NDArray[np.str_]
    """(n,) of the files; empty where a photo cannot be read."""
    failures: Sequence[tuple[str, str]]
    """Photo and reason."""

    @property
    def readable(self) -> NDArray[np.bool_]:
        """(n,)."""
        return self.sha256 != ""


class Memory:
    """Rows of vectors and tags by SHA-256, in a file where a folder is given."""

    def __init__(self, encoder: Encoder, path: Path | None = None) -> None:
        tagger = as_tagger(encoder)
        self._encoder = encoder
        self._path = path
        self._heads = {h: list(v) for h, v in tagger.heads.items()} if tagger else {}
        self._rows: dict[str, int] = {}
        self._vectors: list[NDArray[np.float32]] = []
        self._tags: list[NDArray[np.float64]] = []
        self._sha256: dict[str, str] = {}
        if path is not None and path.is_file():
            self._load(path)

    def see(
        self, photos: Sequence[str], *, threads: int = 0, on_photo: OnPhoto | None = None
    ) -> Seen:
        """Look at photos; those that were seen before are only hashed, and only once a run."""
        new = [p for p in dict.fromkeys(photos) if p not in self._sha256]
        failures = self._look(new, threads, on_photo or (lambda done, total: None)) if new else {}
        hashes = [self._sha256.get(photo, "") for photo in photos]
        rows = [self._rows.get(sha256, -1) for sha256 in hashes]
        return self._seen(rows, hashes, list(failures.items()))

    def _look(self, photos: list[str], threads: int, on_photo: OnPhoto) -> dict[str, str]:
        failures: dict[str, str] = {}
        n_before = len(self._rows)
        found = embed_photos(
            self._encoder,
            photos,
            lambda photo: Path(photo).read_bytes(),
            known=self._rows.__contains__,
            threads=threads,
        )
        for n_done, photo in enumerate(found, 1):
            if photo.error is not None:
                failures[photo.item] = str(photo.error)
            else:
                self._keep(photo)
            on_photo(n_done, len(photos))
        if self._path is not None and len(self._rows) > n_before:
            self._save(self._path)
        return failures

    def _keep(self, photo: PhotoEmbedding[str]) -> None:
        self._sha256[photo.item] = photo.sha256
        if photo.sha256 in self._rows or photo.vector is None:
            return
        self._rows[photo.sha256] = len(self._vectors)
        self._vectors.append(np.asarray(photo.vector, np.float32))
        said = photo.tags or {}
        self._tags.append(
            np.array(
                [
                    (values.index(said[head].value), said[head].confidence, said[head].unsure)
                    for head, values in self._heads.items()
                ]
            ).reshape(-1, 3)
        )

    def _seen(self, rows: list[int], hashes: list[str], failures: list[tuple[str, str]]) -> Seen:
        dim = self._encoder.identity.dim
        blank = np.zeros(dim, np.float32)
        none = np.zeros((len(self._heads), 3))
        vectors = np.array([self._vectors[r] if r >= 0 else blank for r in rows], np.float32)
        tags = np.array([self._tags[r] if r >= 0 else none for r in rows])
        tags = tags.reshape(len(rows), len(self._heads), 3)
        found = {
            head: HeadTags(
                np.array(values)[tags[:, n, 0].astype(np.int64)], tags[:, n, 1], tags[:, n, 2] > 0
            )
            for n, (head, values) in enumerate(self._heads.items())
        }
        return Seen(vectors.reshape(-1, dim), found, np.array(hashes, np.str_), failures)

    def _load(self, path: Path) -> None:
        with np.load(path, allow_pickle=False) as kept:
            if json.loads(str(kept["heads"])) != self._heads:
                return
            hashes, vectors, tags = kept["sha256"], kept["vectors"], kept["tags"]
        self._rows = {str(sha256): row for row, sha256 in enumerate(hashes)}
        self._vectors, self._tags = list(vectors), list(tags)

    def _save(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.part")
        with draft.open("wb") as file:
            np.savez(
                file,
                heads=json.dumps(self._heads),
                sha256=np.array(list(self._rows), np.str_),
                vectors=np.stack(self._vectors),
                tags=np.stack(self._tags),
            )
        draft.replace(path)
