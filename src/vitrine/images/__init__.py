"""Photos from bytes, treated as hostile until decoded.

`decode` works in this process and is bounded by checks made before any pixel is computed;
`DecodeWorkers` adds a deadline and a memory limit for uploads from strangers, and `read_frames`
reads videos under limits of the same kind.

Every failure is an `ImageError` with one of these codes:

| code | meaning |
|---|---|
| `empty` | no bytes |
| `not_an_image` | a web page, a video, or nothing known |
| `unsupported_format` | a picture, but of a format that is not accepted (SVG, EPS, TIFF...) |
| `truncated` | the file ends too early |
| `broken` | the file contradicts itself or its format |
| `too_many_bytes`, `too_many_pixels`, `too_long_side`, `too_many_scans` | beyond `ImageLimits` |
| `too_large` | decoding needs more memory than there is or than is allowed |
| `too_slow` | a worker met its deadline |
| `crashed` | a worker died on this photo |
| `busy` | no worker became free in time |
"""

from __future__ import annotations

from vitrine.images.decoding import Decoded, decode
from vitrine.images.identity import PHOTO_SUFFIXES, photo_sha256
from vitrine.images.limits import ImageLimits, image_limits
from vitrine.images.thumbnails import is_whole_thumbnail, thumbnail
from vitrine.images.video import VideoFrame, read_frames, unlike_frames
from vitrine.images.video_process import VideoLimits
from vitrine.images.workers import DecodeWorkers

__all__ = [
    "PHOTO_SUFFIXES",
    "DecodeWorkers",
    "Decoded",
    "ImageLimits",
    "VideoFrame",
    "VideoLimits",
    "decode",
    "image_limits",
    "is_whole_thumbnail",
    "photo_sha256",
    "read_frames",
    "thumbnail",
    "unlike_frames",
]
