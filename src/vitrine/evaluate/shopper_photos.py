"""Simulated shopper photos: a shop's own photo as it might come out of a phone.

No public set with several photos of one item may be used here, so these are made, and are called
simulated wherever they are measured: the light ground behind the product gives way to a drawn room,
the product is tilted, turned, shifted and cropped, the light changes, the phone adds blur, noise
and JPEG. They are no substitute for real photos, on which garments are worn and folded.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from vitrine.images import decode

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL import Image

SEED = 0
_RULES = "3"
"""Changes with anything below that changes a pixel, so that old copies are made again."""
_SIDE_PX = 320
_LIGHT, _NEAR = 205, 14
_FLOOD_STEPS = 60
_TURN_DEG, _TILT, _SHIFT = 18.0, 0.10, 0.10
_ZOOM = (0.85, 1.5)


def write_shopper_photos(
    photos: Sequence[str],
    folder: Path,
    *,
    seed: int = SEED,
    on_photo: Callable[[int, int], None] | None = None,
) -> list[str]:
    """Write a simulated shopper photo of each photo; one that is there already is kept.

    The same photo gives the same picture whatever else is asked for.

    Args:
        photos: paths of photos that can be decoded.
        folder: for the JPEG files, named by the content of the photo; made if need be.
        seed: another one gives other pictures.
        on_photo: called with (photos done, photos in all).

    Returns:
        Paths, in the order of `photos`.

    Raises:
        ImageError: a photo cannot be decoded.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written: list[str] = []
    for n_done, photo in enumerate(photos, 1):
        data = Path(photo).read_bytes()
        digest = sha256(data + f"{_RULES} {seed}".encode())
        path = folder / f"{digest.hexdigest()[:24]}.jpg"
        if not path.is_file():
            image = decode(data, at_least_px=_SIDE_PX).image
            rng = np.random.default_rng(int.from_bytes(digest.digest()[:8], "big"))
            draft = path.with_suffix(".part")
            draft.write_bytes(shopper_jpeg(image, rng))
            draft.replace(path)
        written.append(str(path))
        if on_photo is not None:
            on_photo(n_done, len(photos))
    return written


def shopper_jpeg(image: Image.Image, rng: np.random.Generator) -> bytes:
    """Give one simulated shopper photo as the bytes of a JPEG."""
    from PIL import Image, ImageFilter

    picture = image.copy()
    picture.thumbnail((_SIDE_PX, _SIDE_PX))
    behind = white_behind(np.asarray(picture))
    stands_free = behind.mean() > 0.15
    mask = Image.fromarray(np.uint8(255 * (1 - (behind if stands_free else 0 * behind))))
    mask = mask.filter(ImageFilter.GaussianBlur(1))
    coefficients = _perspective(picture.size, rng, shrink=bool(stands_free))
    way, grid = Image.Transform.PERSPECTIVE, Image.Resampling.BILINEAR
    bent = picture.transform(picture.size, way, coefficients, grid)
    shown = mask.transform(picture.size, way, coefficients, grid)
    scene = Image.composite(bent, _room(picture.size, rng), shown)
    lit = _lit(np.asarray(scene), rng)
    if rng.random() < 0.3:
        lit = np.asarray(
            Image.fromarray(lit).filter(ImageFilter.GaussianBlur(rng.uniform(0.5, 1.5)))
        )
    buffer = BytesIO()
    Image.fromarray(lit).save(buffer, "JPEG", quality=int(rng.integers(40, 86)))
    return buffer.getvalue()


def white_behind(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """1 where the light ground of a shop's photo is joined to its edge, else 0: (height, width).

    The ground is what is near the median colour of the photo's edge, if that is light.
    """
    edge = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
    ground = np.median(edge, axis=0)
    if ground.min() < _LIGHT:
        return np.zeros(pixels.shape[:2], np.float32)
    white = np.abs(pixels - ground).max(axis=2) <= _NEAR
    coarse = white[: len(white) // 4 * 4, : white.shape[1] // 4 * 4]
    if not coarse.size:
        return np.zeros(white.shape, np.float32)
    coarse = coarse.reshape(len(coarse) // 4, 4, -1, 4).mean(axis=(1, 3)) > 0.9
    seen = np.zeros_like(coarse)
    seen[[0, -1]], seen[:, [0, -1]] = coarse[[0, -1]], coarse[:, [0, -1]]
    for _ in range(_FLOOD_STEPS):
        grown = _grown(seen) & coarse
        if (grown == seen).all():
            break
        seen = grown
    near = np.kron(_grown(seen), np.ones((4, 4), bool))
    near = np.pad(near, [(0, a - b) for a, b in zip(white.shape, near.shape, strict=True)], "edge")
    return (white & near).astype(np.float32)


def _grown(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    padded = np.pad(mask, 1)
    return mask | padded[:-2, 1:-1] | padded[2:, 1:-1] | padded[1:-1, :-2] | padded[1:-1, 2:]


def _perspective(
    size: tuple[int, int], rng: np.random.Generator, *, shrink: bool
) -> tuple[float, ...]:
    """Pillow's eight numbers: from a place in the result to a place in the photo."""
    width, height = size
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * np.array([width, height]) / 2
    # below 1 more than the photo is shown, which needs a background around it
    zoom = rng.uniform(_ZOOM[0] if shrink else 1.15, _ZOOM[1])
    angle = np.deg2rad(rng.uniform(-_TURN_DEG, _TURN_DEG) * (1 if shrink else 0.4))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    moved = corners / zoom @ turn
    moved += rng.uniform(-_TILT, _TILT, (4, 2)) * [width, height] / 2
    moved += rng.uniform(-_SHIFT, _SHIFT, 2) * [width, height] / 2
    if rng.random() < 0.5:
        moved = moved[[1, 0, 3, 2]]
    centre = np.array([width, height]) / 2
    return _homography(corners + centre, moved + centre)


def _homography(there: NDArray[np.float64], here: NDArray[np.float64]) -> tuple[float, ...]:
    rows: list[list[Any]] = []
    for (x, y), (u, v) in zip(there, here, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
    return tuple(np.linalg.solve(np.array(rows), here.reshape(-1)).tolist())


def _room(size: tuple[int, int], rng: np.random.Generator) -> Image.Image:
    """A wall, boards or a bedspread, out of focus: soft patches, stripes, grain."""
    from PIL import Image

    width, height = size
    base = rng.uniform(60, 220, 3) * 0.5 + rng.uniform(60, 220) * 0.5
    n = int(rng.integers(2, 8))
    patches = base + rng.normal(0, rng.uniform(5, 40), (n, n, 1)) + rng.normal(0, 7, (n, n, 3))
    soft = Image.fromarray(np.uint8(patches.clip(0, 255))).resize(size, Image.Resampling.BICUBIC)
    room = np.asarray(soft, np.float32)
    if rng.random() < 0.5:
        y, x = np.mgrid[:height, :width]
        angle, period = rng.uniform(0, np.pi), rng.uniform(8, 70)
        waves = np.sin((x * np.cos(angle) + y * np.sin(angle)) * 2 * np.pi / period)
        room = room + rng.uniform(4, 30) * np.sign(waves)[..., None]
    room = room + rng.normal(0, rng.uniform(1, 10), (height, width, 1))
    return Image.fromarray(np.uint8(room.clip(0, 255)))


def _lit(pixels: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Brighter or darker, warmer or colder, from one side; with the grain of a small sensor."""
    height, width, _ = pixels.shape
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    slope = rng.uniform(-0.2, 0.2, 2)
    light = rng.uniform(0.65, 1.3) * (1 + slope[0] * x + slope[1] * y)[..., None]
    tint = 1 + rng.uniform(-0.07, 0.07, 3)
    grain = rng.normal(0, rng.uniform(0, 7), pixels.shape)
    return (pixels * light * tint + grain).clip(0, 255).astype(np.uint8)
