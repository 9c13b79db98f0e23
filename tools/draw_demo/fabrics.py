"""Fabrics: how a cloth's surface rises, falls, speckles and shines."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from tools.draw_demo.colours import RGB

Field = NDArray[np.floating]


Texture = Callable[[Field, Field], tuple[Field, Field]]
NOISE_SIDE = 512


@cache
def noise_tile(seed: int, sigma_u: float, sigma_v: float) -> Field:
    """A tile of smooth noise that repeats at its edges, mean 0 and deviation 1."""
    rng = np.random.default_rng(seed)
    tile = rng.standard_normal((NOISE_SIDE, NOISE_SIDE)).astype(np.float32)
    tile = ndimage.gaussian_filter(tile, (sigma_v, sigma_u), mode="wrap")
    return ((tile - tile.mean()) / tile.std()).astype(np.float32)


def sample(tile: Field, u: Field, v: Field) -> Field:
    """The tile's value at each (u, v), the tile repeating for ever, by bilinear weights."""
    return ndimage.map_coordinates(tile, [v, u], order=1, mode="grid-wrap")


def _wave(x: Field, period: float) -> Field:
    return np.sin(x * (2 * np.pi / period))


def _smooth(u: Field, v: Field) -> tuple[Field, Field]:
    flat = np.zeros_like(u)
    return flat, flat


def _jersey(u: Field, v: Field) -> tuple[Field, Field]:
    grain = sample(noise_tile(3, 0.9, 1.6), u, v)
    return grain * 0.05, grain * 0.006


def _melange(u: Field, v: Field) -> tuple[Field, Field]:
    grain = sample(noise_tile(4, 1.0, 5.0), u, v) + sample(noise_tile(5, 2.0, 1.0), u, v)
    return grain * 0.1, grain * 0.035


def _poplin(u: Field, v: Field) -> tuple[Field, Field]:
    grain = sample(noise_tile(6, 0.8, 3.0), u, v)
    return grain * 0.08, grain * 0.006


def _linen(u: Field, v: Field) -> tuple[Field, Field]:
    weave = sample(noise_tile(7, 0.9, 12.0), u, v) + sample(noise_tile(8, 12.0, 0.9), u, v)
    return weave * 0.14, weave * 0.018


def _denim(u: Field, v: Field) -> tuple[Field, Field]:
    twill = _wave(u + v * 1.4, 4.6)
    slub = sample(noise_tile(9, 0.8, 5.0), u, v)
    wash = sample(noise_tile(10, 14.0, 40.0), u, v)
    return twill * 0.14 + slub * 0.06, twill * 0.02 + slub * 0.018 + wash * 0.025


def _twill(u: Field, v: Field) -> tuple[Field, Field]:
    twill = _wave(u + v * 1.4, 5.0)
    return twill * 0.08, twill * 0.01


def _canvas(u: Field, v: Field) -> tuple[Field, Field]:
    weave = _wave(u, 5.0) * _wave(v, 5.0)
    slub = sample(noise_tile(11, 6.0, 0.9), u, v)
    return weave * 0.3 + slub * 0.12, weave * 0.02 + slub * 0.02


def _knit(period: float, depth: float) -> Texture:
    def stitches(u: Field, v: Field) -> tuple[Field, Field]:
        across = np.abs(np.mod(u / period, 1.0) - 0.5) * 2
        rows = _wave(v - across * period * 0.55, period * 0.8)
        column = np.sqrt(np.clip(1 - across**4, 0, 1))
        height = column * 1.1 + rows * 0.45
        return height * depth, (height - 0.9) * 0.035 * depth

    return stitches


def _ribbed(period: float, depth: float) -> Texture:
    def ribs(u: Field, v: Field) -> tuple[Field, Field]:
        rib = np.abs(_wave(u, period * 2)) ** 0.7
        return rib * depth, (rib - 0.6) * 0.05 * depth

    return ribs


def _boucle(u: Field, v: Field) -> tuple[Field, Field]:
    curls = np.abs(sample(noise_tile(12, 2.6, 2.6), u, v))
    return -curls * 1.1, curls * -0.03


def _wool(u: Field, v: Field) -> tuple[Field, Field]:
    fuzz = sample(noise_tile(14, 1.6, 2.2), u, v)
    return fuzz * 0.1, fuzz * 0.016


def _leather(u: Field, v: Field) -> tuple[Field, Field]:
    grain = np.abs(sample(noise_tile(15, 1.5, 1.5), u, v))
    cloud = sample(noise_tile(16, 22.0, 22.0), u, v)
    return grain * 0.1, cloud * 0.014


def _suede(u: Field, v: Field) -> tuple[Field, Field]:
    nap = sample(noise_tile(17, 1.6, 1.6), u, v)
    cloud = sample(noise_tile(18, 18.0, 12.0), u, v)
    return nap * 0.1, nap * 0.022 + cloud * 0.03


def _mesh(u: Field, v: Field) -> tuple[Field, Field]:
    holes = np.clip(_wave(u + v, 7.0) * _wave(u - v, 7.0), -0.2, 1)
    return -holes * 0.6, -holes * 0.07


def _straw(u: Field, v: Field) -> tuple[Field, Field]:
    check = np.where((np.floor(u / 9) + np.floor(v / 9)) % 2 < 1, _wave(u, 4.5), _wave(v, 4.5))
    slub = sample(noise_tile(19, 4.0, 4.0), u, v)
    return check * 0.55, check * 0.05 + slub * 0.03


@dataclass(frozen=True)
class Fabric:
    """A kind of cloth.

    Attributes:
        texture: (u, v) in design units to (height, change of brightness).
        drape: how deep its loose folds are, in design units.
        fold_width: how broad those folds are; stiff cloth folds broadly.
        gloss: strength of its highlight, 0..1.
        shininess: sharpness of its highlight (exponent).
        hides_stitches: seams show as a dent, without thread.
    """

    texture: Texture
    drape: float = 2.2
    fold_width: float = 16.0
    gloss: float = 0.0
    shininess: float = 12.0
    hides_stitches: bool = False


FABRICS = {
    "jersey": Fabric(_jersey, 4.0, 22, hides_stitches=True),
    "melange": Fabric(_melange, 3.6, 22, hides_stitches=True),
    "poplin": Fabric(_poplin, 3.8, 16, 0.03),
    "linen": Fabric(_linen, 3.2, 15),
    "chiffon": Fabric(_smooth, 3.6, 13, 0.05, hides_stitches=True),
    "satin": Fabric(_smooth, 5.0, 18, 0.25, 14, hides_stitches=True),
    "velvet": Fabric(_suede, 3.4, 20, 0.22, 5, hides_stitches=True),
    "denim": Fabric(_denim, 2.0, 13),
    "twill": Fabric(_twill, 2.2, 16),
    "canvas": Fabric(_canvas, 1.0, 22),
    "knit": Fabric(_knit(11, 1.5), 1.8, 24, hides_stitches=True),
    "fine knit": Fabric(_knit(7, 0.7), 2.2, 22, hides_stitches=True),
    "chunky knit": Fabric(_knit(19, 2.6), 1.6, 28, hides_stitches=True),
    "rib": Fabric(_ribbed(8, 1.5), 1.4, 22, hides_stitches=True),
    "fine rib": Fabric(_ribbed(5, 0.9), 1.8, 20, hides_stitches=True),
    "corduroy": Fabric(_ribbed(6, 1.2), 1.8, 18, 0.04, 6),
    "boucle": Fabric(_boucle, 1.4, 26, hides_stitches=True),
    "wool": Fabric(_wool, 2.6, 26, hides_stitches=True),
    "fleece": Fabric(_boucle, 1.8, 24, hides_stitches=True),
    "nylon": Fabric(_smooth, 3.0, 14, 0.14, 12, hides_stitches=True),
    "sport": Fabric(_jersey, 2.8, 13, 0.08, 8, hides_stitches=True),
    "mesh": Fabric(_mesh, 0.5, 20),
    "leather": Fabric(_leather, 1.2, 20, 0.30, 16),
    "patent": Fabric(_smooth, 0.3, 20, 0.65, 30),
    "suede": Fabric(_suede, 0.8, 22),
    "straw": Fabric(_straw, 0.4, 24),
    "rubber": Fabric(_smooth, 0.0, 20, 0.14, 10),
    "metal": Fabric(_smooth, 0.0, 20, 0.75, 22),
    "glass": Fabric(_smooth, 0.0, 20, 0.85, 40),
    "silk": Fabric(_smooth, 2.6, 14, 0.2, 10, hides_stitches=True),
}


@dataclass(frozen=True)
class Cloth:
    """A fabric in a colour, perhaps with a print.

    Attributes:
        pattern: a name from `prints.PRINTS`, or None for plain cloth.
        inks: the print's colours, the ground (`colour`) left out.
        scale: size of the print, 1 as designed.
    """

    fabric: str
    colour: RGB
    pattern: str | None = None
    inks: tuple[RGB, ...] = field(default=())
    scale: float = 1.0
