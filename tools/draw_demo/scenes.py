"""Where scene photos are taken: floors, walls, bedspreads, rugs, and the light that falls there."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import KDTree
from tools.draw_demo.camera import SIDE_X_PX, SIDE_Y_PX, Layers, Light, soften
from tools.draw_demo.colours import RGB, darker, lighter, mix, rgb
from tools.draw_demo.fabrics import Field, noise_tile, sample

CHIPS = ("#c98f6b", "#8d8f86", "#ead9c5", "#6b7673", "#d8b49a")


Ground = Callable[[np.random.Generator, RGB], Layers]


def _grid(rng: np.random.Generator, degrees: float = 0.0) -> tuple[Field, Field]:
    """Coordinates in pixels, turned and shifted at random."""
    ys, xs = np.mgrid[0:SIDE_Y_PX, 0:SIDE_X_PX].astype(np.float32)
    turn = np.deg2rad(degrees)
    dx, dy = rng.uniform(0, 900, 2)
    u = np.cos(turn) * xs + np.sin(turn) * ys + dx
    v = -np.sin(turn) * xs + np.cos(turn) * ys + dy
    return u.astype(np.float32), v.astype(np.float32)


def _layers(colour: NDArray[np.floating], height: Field | float, gloss: float = 0.0) -> Layers:
    shape = (SIDE_Y_PX, SIDE_X_PX)
    return Layers(
        np.clip(colour, 0, 1).astype(np.float32),
        np.ones(shape, np.float32),
        (np.zeros(shape) + height).astype(np.float32),
        np.full(shape, gloss, np.float32),
        np.full(shape, 12, np.float32),
    )


def _paint(base: RGB, shade: Field) -> NDArray[np.floating]:
    return np.asarray(base)[None, None, :] * (1 + shade[..., None])


def _per_cell(number: Field, seed: int) -> Field:
    """A random value in -1..1 for each whole number."""
    table = np.random.default_rng(seed).uniform(-1, 1, 997).astype(np.float32)
    return table[np.mod(number, 997).astype(int)]


def planks(rng: np.random.Generator, base: RGB) -> Layers:
    """A floor of long boards."""
    u, v = _grid(rng, float(rng.choice([0, 90, 82, 8])))
    wide = 118.0
    row = np.floor(v / wide)
    along = u + _per_cell(row, 3) * 400
    board = row * 31 + np.floor(along / 520)
    grain = sample(noise_tile(40, 40, 1.4), along * 0.7, v + board * 57)
    figure = sample(noise_tile(41, 60, 7), along * 0.8, v + board * 91)
    tone = _per_cell(board, 4) * 0.085 + grain * 0.028 + figure * 0.045
    gap = np.minimum(np.mod(v, wide), wide - np.mod(v, wide))
    end = np.minimum(np.mod(along, 520), 520 - np.mod(along, 520))
    seam = np.clip(1 - np.minimum(gap, end) / 2.2, 0, 1)
    return _layers(_paint(base, tone - 0.5 * seam), -seam * 1.5, 0.05)


def herringbone(rng: np.random.Generator, base: RGB) -> Layers:
    """Parquet laid in zigzags."""
    u, v = _grid(rng, 45)
    wide, long = 58.0, 4
    i, j = np.floor(u / wide), np.floor(v / wide)
    phase = np.mod(i - j, 2 * long)
    flat = phase < long
    start_u = np.where(flat, (i - np.mod(phase, long)) * wide, i * wide)
    start_v = np.where(flat, j * wide, (j - (2 * long - 1 - phase)) * wide)
    board = np.floor(start_u / wide) * 37 + np.floor(start_v / wide) * 53 + flat * 11.0
    a, b = np.where(flat, u - start_u, v - start_v), np.where(flat, v - start_v, u - start_u)
    grain = sample(noise_tile(40, 40, 1.4), a * 0.8 + board * 13, b + board * 29)
    tone = _per_cell(board, 5) * 0.11 + grain * 0.03
    edge = np.minimum(np.minimum(a, wide * long - a), np.minimum(b, wide - b))
    seam = np.clip(1 - edge / 1.8, 0, 1)
    return _layers(_paint(base, tone - 0.4 * seam), -seam, 0.05)


def linen(rng: np.random.Generator, base: RGB) -> Layers:
    """A bedspread with soft wrinkles."""
    u, v = _grid(rng, float(rng.uniform(-40, 40)))
    broad = sample(noise_tile(42, 26, 74), u * 0.55, v * 0.4)
    crease = sample(noise_tile(43, 10, 34), u * 0.7, v * 0.5 + u * 0.15)
    weave = sample(noise_tile(7, 0.9, 12), u, v) + sample(noise_tile(8, 12, 0.9), u, v)
    height = broad * 9 + np.maximum(crease, 0) * 3.2 + weave * 0.1
    return _layers(_paint(base, weave * 0.012), height)


def plaster(rng: np.random.Generator, base: RGB) -> Layers:
    """A trowelled wall."""
    u, v = _grid(rng, float(rng.uniform(0, 180)))
    cloud = sample(noise_tile(44, 50, 30), u, v)
    strokes = sample(noise_tile(45, 22, 5), u, v)
    return _layers(_paint(base, cloud * 0.016 + strokes * 0.005), strokes * 0.2 + cloud * 0.6)


def concrete(rng: np.random.Generator, base: RGB) -> Layers:
    """A pavement with a joint and small pits."""
    u, v = _grid(rng, float(rng.uniform(-20, 20)))
    cloud = sample(noise_tile(46, 34, 34), u, v)
    grit = sample(noise_tile(47, 1.4, 1.4), u, v)
    pits = np.clip(sample(noise_tile(48, 2.4, 2.4), u, v) - 2.1, 0, 1)
    joint = np.clip(1 - np.abs(np.mod(v, 620) - 310) / 4, 0, 1)
    shade = cloud * 0.04 + grit * 0.018 - pits * 0.35 - joint * 0.4
    return _layers(_paint(base, shade), -pits * 2 - joint * 4)


def brick(rng: np.random.Generator, base: RGB) -> Layers:
    """A painted brick wall in the street."""
    u, v = _grid(rng, float(rng.uniform(-2, 2)))
    tall, long = 66.0, 176.0
    row = np.floor(v / tall)
    along = u + np.where(np.mod(row, 2) < 1, 0, long / 2)
    number = row * 41 + np.floor(along / long)
    edge = np.minimum(
        np.minimum(np.mod(v, tall), tall - np.mod(v, tall)),
        np.minimum(np.mod(along, long), long - np.mod(along, long)),
    )
    rough = sample(noise_tile(49, 5, 4), u, v)
    face = np.clip((edge - 3) / 5, 0, 1)
    height = soften((face * 3).astype(np.float32), 1.5) + rough * 0.3 * face
    return _layers(
        _paint(base, _per_cell(number, 6) * 0.035 + rough * 0.012 - (1 - face) * 0.06), height
    )


def tiles(rng: np.random.Generator, base: RGB) -> Layers:
    """Square glazed tiles."""
    u, v = _grid(rng, float(rng.choice([0, 45, 12])))
    side = 148.0
    number = np.floor(u / side) * 17 + np.floor(v / side) * 29
    a, b = np.mod(u, side), np.mod(v, side)
    edge = np.minimum(np.minimum(a, side - a), np.minimum(b, side - b))
    face = np.clip((edge - 2.5) / 4, 0, 1)
    cloud = sample(noise_tile(46, 34, 34), u + number * 7, v)
    shade = _per_cell(number, 7) * 0.035 + cloud * 0.015 - (1 - face) * 0.16
    return _layers(_paint(base, shade), soften((face * 3).astype(np.float32), 1.2), 0.1)


def checker_tiles(rng: np.random.Generator, base: RGB) -> Layers:
    """Two-tone floor tiles."""
    plain = tiles(rng, base)
    u, v = _grid(np.random.default_rng(5), 45)
    dark = (np.mod(np.floor(u / 150) + np.floor(v / 150), 2) > 0.5).astype(np.float32)
    marble = sample(noise_tile(46, 34, 34), u, v) * 0.02
    first, second = np.asarray(base), np.asarray(mix(base, (0.42, 0.4, 0.38), 0.55))
    colour = first + (second - first) * dark[..., None] + marble[..., None]
    return _layers(colour, plain.height * 0, 0.08)


def terrazzo(rng: np.random.Generator, base: RGB) -> Layers:
    """Stone chips in cement: the cells of scattered points, shrunk to angular flakes."""
    chips = np.array([base, base, base, *(rgb(c) for c in CHIPS)])
    n = 1300
    points = rng.uniform((-30, -30), (SIDE_X_PX + 30, SIDE_Y_PX + 30), (n, 2))
    ys, xs = np.mgrid[0:SIDE_Y_PX, 0:SIDE_X_PX]
    found = KDTree(points).query(np.stack([xs, ys], axis=-1), k=2)
    away, nearest = (np.asarray(part) for part in found)
    margin = rng.uniform(2, 11, n)[nearest[..., 0]]
    inside = np.clip(away[..., 1] - away[..., 0] - margin, 0, 1)[..., None]
    chip = chips[rng.integers(len(chips), size=n)[nearest[..., 0]]]
    return _layers(np.asarray(base) + (chip - np.asarray(base)) * inside * 0.8, 0.0, 0.06)


def marble(rng: np.random.Generator, base: RGB) -> Layers:
    """Polished stone with veins."""
    u, v = _grid(rng, float(rng.uniform(20, 70)))
    bend = sample(noise_tile(44, 50, 30), u, v) * 34
    vein = np.abs(sample(noise_tile(57, 60, 18), u + bend, v + bend * 0.6))
    fine = np.abs(sample(noise_tile(58, 34, 9), u - bend, v))
    shade = -np.clip(1 - vein * 7, 0, 1) * 0.16 - np.clip(1 - fine * 9, 0, 1) * 0.05
    cloud = sample(noise_tile(46, 34, 34), u * 0.5, v * 0.5) * 0.02
    return _layers(_paint(base, shade + cloud), 0.0, 0.08)


def berber_rug(rng: np.random.Generator, base: RGB) -> Layers:
    """A shaggy rug with a lattice of dark lines."""
    u, v = _grid(rng, float(rng.uniform(-25, 25)))
    wobble = sample(noise_tile(46, 34, 34), u, v) * 9
    side = 250.0
    lattice = np.minimum(
        np.abs(np.mod(u + v * 0.72 + wobble, side) - side / 2),
        np.abs(np.mod(u - v * 0.72 - wobble, side) - side / 2),
    )
    line = np.clip((9 - lattice) / 4, 0, 1)
    pile = sample(noise_tile(59, 2.2, 4), u, v)
    colour = _paint(base, pile * 0.035)
    colour = colour + (np.asarray((0.24, 0.22, 0.22)) - colour) * line[..., None] * 0.85
    return _layers(colour, pile * 0.6)


def woven_rug(rng: np.random.Generator, base: RGB) -> Layers:
    """A flat-woven rug with broad bands."""
    u, v = _grid(rng, float(rng.uniform(-14, 14)))
    knots = np.sin(u * 2 * np.pi / 9) * np.sin(v * 2 * np.pi / 7)
    position = np.mod(v, 330)
    colour = _paint(base, knots * 0.03)
    for low, high, shade in (
        (0, 70, darker(base, 0.3)),
        (92, 104, lighter(base, 0.6)),
        (190, 214, darker(base, 0.55)),
    ):
        inside = np.clip((position - low) / 2, 0, 1) * np.clip((high - position) / 2, 0, 1)
        colour = (
            colour
            + (np.asarray(shade) * (1 + knots[..., None] * 0.03) - colour) * inside[..., None]
        )
    return _layers(colour, knots * 0.7)


def jute(rng: np.random.Generator, base: RGB) -> Layers:
    """A braided straw mat."""
    u, v = _grid(rng, float(rng.uniform(-30, 30)))
    row = np.mod(v, 30) - 15
    braid = np.sin((u + np.abs(row) * 1.4) * 2 * np.pi / 24)
    height = np.sqrt(np.clip(1 - (row / 15) ** 2, 0, 1)) * 4 + braid * 1.2
    fibre = sample(noise_tile(47, 1.4, 1.4), u, v)
    return _layers(_paint(base, braid * 0.035 + fibre * 0.02), height)


def paper(rng: np.random.Generator, base: RGB) -> Layers:
    """Two sheets of coloured paper, one over the other."""
    u, v = _grid(rng)
    ys, xs = np.mgrid[0:SIDE_Y_PX, 0:SIDE_X_PX].astype(np.float32)
    turn = np.deg2rad(rng.uniform(-40, 40) + rng.choice([0, 90]))
    split = (
        (xs - SIDE_X_PX / 2) * np.cos(turn)
        + (ys - SIDE_Y_PX / 2) * np.sin(turn)
        - rng.uniform(-90, 90)
    )
    over = np.clip(split + 0.5, 0, 1)
    grain = sample(noise_tile(3, 0.9, 1.6), u, v) * 0.004
    second = np.asarray(
        mix(base, rng.choice([(0.95, 0.87, 0.80), (0.80, 0.86, 0.84), (0.90, 0.80, 0.74)]), 0.8)
    )
    colour = np.asarray(base) + (second - np.asarray(base)) * over[..., None] + grain[..., None]
    shadow = np.clip(1 - np.abs(split + 5) / 9, 0, 1) * (split < 0)
    return _layers(colour * (1 - 0.2 * shadow[..., None]), 0.0)


@dataclass(frozen=True)
class Place:
    """A ground in a colour; `upright` places are walls."""

    name: str
    ground: Ground
    base: RGB


PLACES = (
    Place("oak floor", planks, rgb("#c9a57c")),
    Place("white bedspread", linen, rgb("#e6e0d6")),
    Place("terracotta wall", plaster, rgb("#cf9a7d")),
    Place("cream rug", berber_rug, rgb("#e2d8c6")),
    Place("dark boards", planks, rgb("#6f5140")),
    Place("grey pavement", concrete, rgb("#a9a8a4")),
    Place("blush paper", paper, rgb("#e3b9a8")),
    Place("terrazzo", terrazzo, rgb("#ddd6cb")),
    Place("sage wall", plaster, rgb("#a9b59c")),
    Place("herringbone", herringbone, rgb("#b08660")),
    Place("painted brick", brick, rgb("#d9d3c9")),
    Place("blue bedspread", linen, rgb("#9fb0bf")),
    Place("marble", marble, rgb("#e4e2df")),
    Place("jute mat", jute, rgb("#c4a679")),
    Place("checker tiles", checker_tiles, rgb("#e2dccf")),
    Place("ochre paper", paper, rgb("#d9b36c")),
    Place("oat bedspread", linen, rgb("#cdb999")),
    Place("woven rug", woven_rug, rgb("#b5785c")),
    Place("sand wall", plaster, rgb("#dcc9ae")),
    Place("red brick", brick, rgb("#b98874")),
    Place("green tiles", tiles, rgb("#8aa596")),
    Place("bleached boards", planks, rgb("#d8ccbb")),
    Place("blue paper", paper, rgb("#9db7c9")),
    Place("rose bedspread", linen, rgb("#d3a9a0")),
)


@dataclass(frozen=True)
class Mood:
    """A light with a pattern that it throws: bars of a blind, window panes, leaves, or none."""

    name: str
    light: Light
    pattern: str
    depth: float


MOODS = (
    Mood("morning sun", Light(150, 34, 0.75, (1.06, 1.0, 0.90)), "window", 0.24),
    Mood("overcast", Light(100, 62, 0.65, (0.96, 0.99, 1.03)), "none", 0.0),
    Mood("late sun through blinds", Light(28, 36, 0.75, (1.07, 0.99, 0.87)), "blinds", 0.17),
    Mood("lamp", Light(200, 44, 0.75, (1.04, 0.96, 0.84)), "pool", 0.36),
    Mood("under a tree", Light(60, 44, 0.7, (1.02, 1.02, 0.94)), "leaves", 0.2),
    Mood("white wall", Light(130, 50, 0.7, (1.0, 1.0, 1.0)), "side", 0.14),
    Mood("golden hour", Light(15, 30, 0.8, (1.08, 0.98, 0.86)), "none", 0.0),
    Mood("north window", Light(175, 40, 0.75, (0.93, 0.98, 1.06)), "side", 0.26),
    Mood("noon", Light(75, 58, 0.7, (1.04, 1.02, 0.97)), "none", 0.0),
)


def light_pattern(mood: Mood, rng: np.random.Generator) -> Field:
    """How much of the light reaches each pixel, about 1 - depth .. 1.06."""
    ys, xs = np.mgrid[0:SIDE_Y_PX, 0:SIDE_X_PX].astype(np.float32)
    turn = np.deg2rad(rng.uniform(18, 38) * rng.choice([-1, 1]))
    u = xs * np.cos(turn) + ys * np.sin(turn) + rng.uniform(0, 300)
    v = -xs * np.sin(turn) + ys * np.cos(turn) + rng.uniform(0, 300)
    if mood.pattern == "blinds":
        lit_up = soften((np.mod(v, 150) < 96).astype(np.float32), 11)
    elif mood.pattern == "window":
        bars = (np.mod(u, 330) > 34) & (np.mod(v, 400) > 34)
        lit_up = soften(bars.astype(np.float32), 9)
    elif mood.pattern == "leaves":
        blobs = sample(noise_tile(60, 15, 34), u * 0.62, v * 0.62)
        lit_up = soften((blobs < 0.5).astype(np.float32), 9)
    elif mood.pattern == "pool":
        cx, cy = rng.uniform(200, 400), rng.uniform(250, 550)
        lit_up = np.exp(-(((xs - cx) / 400) ** 2 + ((ys - cy) / 480) ** 2))
    elif mood.pattern == "side":
        lit_up = np.clip(1.05 - xs / SIDE_X_PX * 0.9, 0, 1)
    else:
        lit_up = np.ones_like(xs)
    return (1 - mood.depth + lit_up * (mood.depth + 0.05)).astype(np.float32)
