from __future__ import annotations

import sys
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import cast

import av
import numpy as np
import pytest
from av.video.stream import VideoStream
from PIL import Image

from vitrine.errors import ImageError, MissingExtraError
from vitrine.images import VideoFrame, VideoLimits, read_frames, unlike_frames

RED, GREEN, BLUE = (200, 30, 40), (30, 160, 60), (40, 60, 200)


def write_video(
    path: Path,
    colours: Sequence[tuple[int, int, int]],
    *,
    rate: int = 4,
    size: tuple[int, int] = (96, 128),
    codec: str = "mpeg4",
) -> Path:
    """A second of each colour."""
    with av.open(str(path), "w") as container:
        stream = cast("VideoStream", container.add_stream(codec, rate=Fraction(rate)))
        stream.width, stream.height = size
        stream.pix_fmt = "yuv420p"
        for colour in colours:
            pixels = np.full((size[1], size[0], 3), colour, np.uint8)
            for _ in range(rate):
                frame = av.VideoFrame.from_ndarray(pixels, format="rgb24")
                container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("film") / "film.mp4"
    return write_video(path, [RED, GREEN, GREEN, BLUE, RED])


def colour_of(frame: VideoFrame) -> tuple[int, int, int]:
    """Which of the three it is nearest to."""
    mean = np.asarray(frame.image, np.float32).mean(axis=(0, 1))
    return min((RED, GREEN, BLUE), key=lambda colour: float(np.abs(mean - colour).sum()))


def test_one_frame_a_second(film: Path) -> None:
    frames = list(read_frames(film, short_side_px=48))
    assert [frame.at_s for frame in frames] == [0, 1, 2, 3, 4]
    assert [colour_of(frame) for frame in frames] == [RED, GREEN, GREEN, BLUE, RED]
    assert {frame.image.size for frame in frames} == {(48, 64)}
    kept = list(unlike_frames(frames))
    assert [(frame.at_s, colour_of(frame)) for frame in kept] == [(0, RED), (1, GREEN), (3, BLUE)]


def test_frames_that_differ_a_little_are_alike() -> None:
    greys = [
        VideoFrame(n, Image.new("RGB", (9, 9), (grey,) * 3)) for n, grey in enumerate([9, 16, 18])
    ]
    assert [frame.at_s for frame in unlike_frames(greys)] == [0, 2]


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        (VideoLimits(max_seconds=3), "too_long"),
        (VideoLimits(max_bytes=100), "too_many_bytes"),
        (VideoLimits(max_pixels=96 * 100), "too_many_pixels"),
        (VideoLimits(deadline_s=0.01), "too_slow"),
    ],
)
def test_limits(film: Path, limits: VideoLimits, code: str) -> None:
    with pytest.raises(ImageError) as raised:
        list(read_frames(film, limits=limits))
    assert raised.value.code == code


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:9/a.ts\n", "unknown_format"),
        (b"ffconcat version 1.0\nfile /etc/hostname\n", "unknown_format"),
        (b"\x1a\x45\xdf\xa3" + b"\xff" * 200, "broken"),
    ],
)
def test_what_is_no_video(tmp_path: Path, data: bytes, code: str) -> None:
    path = tmp_path / "film.mp4"
    path.write_bytes(data)
    with pytest.raises(ImageError) as raised:
        list(read_frames(path))
    assert raised.value.code == code


@pytest.mark.slow
def test_a_cut_video_gives_what_there_is(tmp_path: Path) -> None:
    path = write_video(tmp_path / "film.mkv", [RED, GREEN, BLUE] * 9, codec="libx264")
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])
    frames = list(read_frames(path))
    assert 0 < len(frames) < 27
    assert colour_of(frames[0]) == RED


def test_a_missing_file_and_a_missing_extra(
    tmp_path: Path, film: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ImageError, match="cannot be read"):
        next(read_frames(tmp_path / "gone.mp4"))
    monkeypatch.setitem(sys.modules, "av", None)
    with pytest.raises(MissingExtraError, match=r"a search by video needs av.*\[video\]"):
        next(read_frames(film))
