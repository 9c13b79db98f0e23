"""Products that a video shows, and when."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from vitrine.errors import QueryError
from vitrine.images import VideoLimits, read_frames, unlike_frames
from vitrine.search import Query, query_of
from vitrine.shop.results import SearchResult
from vitrine.types import Hit, Json

_OF_ONE_PHOTO = {"image": None, "offset": 0, "sort": "relevance", "diversity": 0.0, "facets": ()}
"""What a video cannot be asked with, and the value that asks nothing."""


@dataclass(frozen=True, slots=True)
class VideoResult:
    """Hits of a video, best first; `why["at_s"]` are the moments that found each, best first."""

    hits: tuple[Hit, ...]
    frames: tuple[float, ...]
    """Seconds of the frames that were searched."""
    took_ms: float = 0.0
    notes: tuple[str, ...] = ()

    def to_json(self) -> Json:
        """The shape that the command line prints."""
        return {
            "took_ms": round(self.took_ms, 2),
            "frames": list(self.frames),
            "hits": [asdict(hit) for hit in self.hits],
            **({"notes": list(self.notes)} if self.notes else {}),
        }


def search_video(
    answer: Callable[[Query], SearchResult],
    video: str | Path,
    asked: Mapping[str, Any],
    limits: VideoLimits | None = None,
) -> VideoResult:
    """Search by one frame a second; each product once, by the frame that found it best.

    Args:
        answer: searches by one photo.
        video: the file.
        asked: what `query_of` takes besides a photo.
        limits: of the video.

    Raises:
        QueryError: something is asked that belongs to one photo.
        MissingExtraError: PyAV is not installed.
        ImageError: the video cannot or must not be read.
    """
    for name, nothing in _OF_ONE_PHOTO.items():
        if asked.get(name) and asked[name] != nothing:
            raise QueryError(f"{name} goes with a photo, not with a video; leave one of them out")
    others = {name: value for name, value in asked.items() if name != "image"}
    query_of(image=b"", **others)  # refuses at once what no frame could ask
    started = time.perf_counter()
    found: list[tuple[float, SearchResult]] = []
    with closing(read_frames(video, limits=limits)) as frames:
        for frame in unlike_frames(frames):
            found.append((frame.at_s, answer(query_of(image=frame.image, **others))))
    notes = dict.fromkeys(note for _, result in found for note in result.notes)
    took_ms = (time.perf_counter() - started) * 1000
    moments = tuple(at_s for at_s, _ in found)
    return VideoResult(_best_hits(found, asked.get("k", 12)), moments, took_ms, tuple(notes))


def _best_hits(found: Sequence[tuple[float, SearchResult]], k: int) -> tuple[Hit, ...]:
    """The k best products over all frames; ties go to the earlier moment."""
    moments: dict[str, list[tuple[float, float, Hit]]] = {}
    for at_s, result in found:
        for hit in result:
            moments.setdefault(hit.product_id, []).append((-hit.score, at_s, hit))
    best: list[tuple[float, float, Hit]] = []
    for seen in moments.values():
        seen.sort(key=lambda moment: moment[:2])
        score, at_s, hit = seen[0]
        when = [moment for _, moment, _ in seen]
        best.append((score, at_s, replace(hit, why={**hit.why, "at_s": when})))
    best.sort(key=lambda moment: (*moment[:2], moment[2].product_id))
    return tuple(hit for _, _, hit in best[:k])
