"""Hits of a video on a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vitrine.cli.hits import print_table
from vitrine.cli.output import complain, n_of, print_json, say

if TYPE_CHECKING:
    from vitrine.shop import VideoResult


def show_video_result(result: VideoResult, *, as_json: bool) -> None:
    """Print what was found, and when in the video."""
    for note in result.notes:
        complain(f"note: {note}")
    if as_json:
        print_json(result.to_json())
    elif result.hits:
        seen = f"{n_of(len(result.hits), 'hit')} of {n_of(len(result.frames), 'frame')}"
        print_table(f"{seen} in {result.took_ms / 1000:.1f} s", result.hits)
    else:
        say(f"nothing was found in {n_of(len(result.frames), 'frame')} of the video")
