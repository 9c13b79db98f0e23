"""One drawing photographed: a plain shop photo, or a scene as someone would take it at home."""

from dataclasses import dataclass, replace

import numpy as np
import skia
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage
from tools.draw_demo.artwork import Art
from tools.draw_demo.camera import SIDE_X_PX, SIDE_Y_PX, Camera, Layers, Light, lit, soften
from tools.draw_demo.colours import RGB
from tools.draw_demo.fabrics import Field, noise_tile, sample
from tools.draw_demo.props import PROPS
from tools.draw_demo.scenes import MOODS, PLACES, light_pattern

PHOTO_SIZE_PX = (300, 400)
GROUND_BLUR_PX = 1.2


Picture = NDArray[np.floating]


@dataclass(frozen=True)
class Studio:
    """How one shop takes its plain photos."""

    backdrop: RGB
    light: Light
    tilt_deg: float
    fill: float


STUDIOS = {
    0: Studio((0.972, 0.970, 0.966), Light(118, 54, 0.7), 0.0, 0.92),
    1: Studio((0.935, 0.925, 0.910), Light(62, 48, 0.75, (1.02, 1.0, 0.97)), 2.5, 0.87),
    2: Studio((0.950, 0.956, 0.960), Light(96, 60, 0.7, (0.992, 1.0, 1.008)), -2.0, 0.95),
}


def pose(box: skia.Rect, fill: float, degrees: float, shift: tuple[float, float]) -> skia.Matrix:
    """Places a drawing in the frame, turned, filling `fill` of it; shift in shares of the frame."""
    turn = np.deg2rad(degrees)
    cos, sin = abs(np.cos(turn)), abs(np.sin(turn))
    width = box.width() * cos + box.height() * sin
    height = box.width() * sin + box.height() * cos
    scale = fill * min(SIDE_X_PX / width, SIDE_Y_PX / height)
    matrix = skia.Matrix()
    matrix.setTranslate(-box.centerX(), -box.centerY())
    matrix.postRotate(degrees)
    matrix.postScale(scale, scale)
    matrix.postTranslate(SIDE_X_PX * (0.5 + shift[0]), SIDE_Y_PX * (0.5 + shift[1]))
    return matrix


def crumple(layers: Layers, rng: np.random.Generator, amount_px: float) -> Layers:
    """Bend the whole picture a little, as soft things never lie quite straight."""
    if amount_px == 0:
        return layers
    ys, xs = np.mgrid[0:SIDE_Y_PX, 0:SIDE_X_PX].astype(np.float32)
    du, dv = rng.uniform(0, 512, 2)
    wave = noise_tile(70, 38, 38)
    where = [
        ys + amount_px * sample(wave, xs * 0.5 + du, ys * 0.5 + dv),
        xs + amount_px * sample(wave, xs * 0.5 + dv, ys * 0.5 + du + 99),
    ]

    def bend(field: Field) -> Field:
        return ndimage.map_coordinates(field, where, order=1, mode="nearest")

    rgb = np.stack([bend(layers.rgb[..., c]) for c in range(3)], axis=-1)
    return Layers(
        rgb, bend(layers.alpha), bend(layers.height), bend(layers.gloss), layers.shininess
    )


def _shifted(field: Field, dx: float, dy: float) -> Field:
    return ndimage.shift(field, (dy, dx), order=1, mode="constant")


def lay(picture: Picture, layers: Layers, light: Light, lift_px: float, dark: float) -> Picture:
    """Lay a thing on the picture, with the shadow that it throws there."""
    to_x, to_y, to_z = light.direction()
    reach = lift_px / to_z
    cast = soften(_shifted(layers.alpha, -to_x * reach, -to_y * reach), max(2.0, lift_px * 0.7))
    contact = soften(_shifted(layers.alpha, -to_x * 3, -to_y * 3), 3)
    shadow = np.clip(cast * dark + contact * dark * 0.7, 0, 0.85)[..., None]
    cool = np.array([1.0, 0.97, 0.90])
    picture = picture * (1 - shadow * cool)
    alpha = layers.alpha[..., None]
    return picture * (1 - alpha) + lit(layers, light) * alpha


def _finish(picture: Picture) -> Image.Image:
    pixels = (np.clip(picture, 0, 1) * 255 + 0.5).astype(np.uint8)
    return Image.fromarray(pixels).resize(PHOTO_SIZE_PX, Image.Resampling.LANCZOS)


def plain_photo(art: Art, studio: int, soft: bool, seed: int) -> Image.Image:
    """A centred photo on the shop's light backdrop."""
    rng = np.random.default_rng(seed)
    place = STUDIOS[studio]
    degrees = place.tilt_deg * float(rng.uniform(0.4, 1.2))
    layers = Camera(pose(art.bounds(), place.fill, degrees, (0, 0)), seed).shoot(art)
    layers = crumple(layers, rng, 2.2 if soft else 0.0)
    ys, xs = np.mgrid[0:SIDE_Y_PX, 0:SIDE_X_PX] / [[[SIDE_Y_PX]], [[SIDE_X_PX]]]
    fall_off = 1 - 0.035 * ((xs - 0.5) ** 2 + (ys - 0.45) ** 2) * 4
    picture = np.asarray(place.backdrop)[None, None, :] * fall_off[..., None]
    picture = lay(picture, layers, place.light, 11, 0.2)
    return _finish(picture * np.asarray(place.light.tint))


def scene_photo(art: Art, kind: str, seed: int) -> Image.Image:
    """A photo taken by hand: another ground, light, angle and crop, perhaps with props.

    `kind` is "soft" for cloth, "stiff" for bags and the like, "shoes" for one shoe, shown as two.
    """
    rng = np.random.default_rng(seed)
    place, mood = PLACES[int(rng.integers(len(PLACES)))], MOODS[int(rng.integers(len(MOODS)))]
    light = replace(mood.light, azimuth_deg=mood.light.azimuth_deg + float(rng.uniform(-15, 15)))
    ground = lit(place.ground(rng, place.base), light)
    picture: Picture = ndimage.gaussian_filter(ground, (GROUND_BLUR_PX, GROUND_BLUR_PX, 0))
    prop_layers = _prop(rng, seed)
    under = rng.random() < 0.5
    if prop_layers is not None and under:
        picture = lay(picture, prop_layers, light, 9, 0.3)
    for matrix in _scene_poses(art, kind, rng):
        layers = Camera(matrix, seed).shoot(art)
        layers = crumple(layers, rng, 6.0 if kind == "soft" else 0.0)
        picture = lay(picture, layers, light, 13, 0.34)
    if prop_layers is not None and not under:
        picture = lay(picture, prop_layers, light, 13, 0.34)
    ys, xs = np.mgrid[0:SIDE_Y_PX, 0:SIDE_X_PX] / [[[SIDE_Y_PX]], [[SIDE_X_PX]]]
    vignette = 1 - 0.16 * ((xs - 0.5) ** 2 + (ys - 0.5) ** 2) * 2
    picture = picture * (light_pattern(mood, rng) * vignette)[..., None]
    return _finish(picture * np.asarray(light.tint))


def _scene_poses(art: Art, kind: str, rng: np.random.Generator) -> list[skia.Matrix]:
    box = art.bounds()
    side = float(rng.choice([-1, 1]))
    if kind == "shoes" and box.width() > 1.1 * box.height():
        fill = float(rng.uniform(0.86, 0.96))
        turn = float(rng.uniform(6, 20)) * side
        first = pose(box, fill, turn, (float(rng.uniform(-0.05, 0.05)), -0.2))
        second = pose(
            box, fill, turn + float(rng.uniform(-9, 9)), (float(rng.uniform(-0.05, 0.05)), 0.19)
        )
        return [first, second]
    slim = box.width() < 0.62 * box.height()
    turn = float(rng.uniform(7, 20 if slim else 14)) * side
    fill = float(rng.uniform(1.04, 1.16))
    shift = (float(rng.uniform(-0.03, 0.03)), float(rng.uniform(-0.03, 0.03)))
    return [pose(box, fill, turn, shift)]


def _prop(rng: np.random.Generator, seed: int) -> Layers | None:
    if rng.random() < 0.35:
        return None
    art = Art()
    PROPS[int(rng.integers(len(PROPS)))](art)
    x, y = float(rng.choice([-0.43, 0.43])), float(rng.choice([-0.43, 0.43]))
    matrix = pose(art.bounds(), float(rng.uniform(0.36, 0.48)), float(rng.uniform(-60, 60)), (x, y))
    return Camera(matrix, seed).shoot(art)
