"""From a drawing to layers (colour, height, gloss), and from layers to light."""

from dataclasses import dataclass

import numpy as np
import skia
from numpy.typing import NDArray
from scipy import ndimage
from tools.draw_demo.artwork import Art, Fold, Mark, Motif, Panel
from tools.draw_demo.colours import RGB
from tools.draw_demo.fabrics import FABRICS, Fabric, Field, noise_tile, sample
from tools.draw_demo.geometry import lens, transformed
from tools.draw_demo.pens import fill, stroke
from tools.draw_demo.prints import draw_print

SIDE_X_PX, SIDE_Y_PX = 600, 800
PADDING_PX = 6
FOLD_SOFTNESS = 0.42
FLATTEST_LIGHT = 0.72


@dataclass
class Layers:
    """What the camera sees before light falls on it; arrays of (height, width)."""

    rgb: NDArray[np.floating]
    alpha: Field
    height: Field
    gloss: Field
    shininess: Field


@dataclass(frozen=True)
class Light:
    """Where light comes from and how it colours.

    Attributes:
        azimuth_deg: direction of the source, 0 = right, 90 = top, counter-clockwise.
        elevation_deg: height above the ground; low light shows every fold.
        strength: how dark the side away from the light gets, 0..1.
        tint: colour of the light.
    """

    azimuth_deg: float = 120.0
    elevation_deg: float = 52.0
    strength: float = 0.7
    tint: RGB = (1.0, 1.0, 1.0)

    def direction(self) -> tuple[float, float, float]:
        """Unit vector towards the source; x right, y down, z towards the camera."""
        azimuth, elevation = np.deg2rad(self.azimuth_deg), np.deg2rad(self.elevation_deg)
        flat = np.cos(elevation)
        return (
            float(flat * np.cos(azimuth)),
            float(-flat * np.sin(azimuth)),
            float(np.sin(elevation)),
        )


def soften(field: Field, sigma: float) -> Field:
    """Gaussian blur, approximated by three box blurs; its cost does not grow with sigma."""
    if sigma < 2.0:
        return ndimage.gaussian_filter(field, sigma, truncate=2.5)
    size = max(3, round(sigma * 2) | 1)
    for _ in range(3):
        field = ndimage.uniform_filter(field, size, mode="nearest")
    return field


class Camera:
    """Draws panels and marks into layers under one pose."""

    def __init__(self, pose: skia.Matrix, seed: int) -> None:
        """The pose maps design units to pixels; the seed places loose folds."""
        self._pose = pose
        self._scale = float(np.hypot(pose.getScaleX(), pose.getSkewY()))
        inverse = skia.Matrix()
        pose.invert(inverse)
        self._inverse = inverse
        self._rng = np.random.default_rng(seed)
        shape = (SIDE_Y_PX, SIDE_X_PX)
        self._pixels = np.zeros((*shape, 4), np.uint8)
        info = skia.ImageInfo.Make(
            SIDE_X_PX,
            SIDE_Y_PX,
            skia.ColorType.kRGBA_8888_ColorType,
            skia.AlphaType.kPremul_AlphaType,
        )
        self._surface = skia.Surface.MakeRasterDirect(info, self._pixels)
        self._canvas = self._surface.getCanvas()
        self._height = np.zeros(shape, np.float32)
        self._gloss = np.zeros(shape, np.float32)
        self._shininess = np.full(shape, 10, np.float32)
        self._tint = np.ones(shape, np.float32)
        self._last_path = skia.Path()
        self._last_mask: Field = np.zeros((0, 0), np.float32)
        self._last_box = (0, 0, 0, 0)

    def shoot(self, art: Art) -> Layers:
        """All steps of the drawing, in order."""
        for step in art.steps:
            if isinstance(step, Panel):
                self._panel(step)
            elif isinstance(step, Mark):
                self._mark(step)
            else:
                self._motif(step)
        pixels = self._pixels.astype(np.float32) / 255
        alpha = pixels[..., 3]
        rgb = pixels[..., :3] / np.maximum(alpha, 1e-3)[..., None]
        rgb = np.clip(rgb * self._tint[..., None], 0, 1)
        return Layers(rgb, alpha, self._height, self._gloss, self._shininess)

    def _box(self, path: skia.Path, margin: float) -> tuple[int, int, int, int]:
        bounds = path.getBounds()
        left = int(np.clip(bounds.left() - margin, 0, SIDE_X_PX))
        top = int(np.clip(bounds.top() - margin, 0, SIDE_Y_PX))
        right = int(np.clip(bounds.right() + margin + 1, 0, SIDE_X_PX))
        bottom = int(np.clip(bounds.bottom() + margin + 1, 0, SIDE_Y_PX))
        return left, top, max(left, right), max(top, bottom)

    def _mask(self, path: skia.Path, box: tuple[int, int, int, int], paint: skia.Paint) -> Field:
        left, top, right, bottom = box
        pixels = np.zeros((bottom - top, right - left, 4), np.uint8)
        info = skia.ImageInfo.Make(
            right - left,
            bottom - top,
            skia.ColorType.kRGBA_8888_ColorType,
            skia.AlphaType.kPremul_AlphaType,
        )
        surface = skia.Surface.MakeRasterDirect(info, pixels)
        canvas = surface.getCanvas()
        canvas.translate(-left, -top)
        canvas.drawPath(path, paint)
        return pixels[..., 3].astype(np.float32) / 255

    def _panel(self, panel: Panel) -> None:
        path = transformed(panel.path, self._pose)
        box = self._box(path, PADDING_PX)
        self._last_path, self._last_box = path, box
        left, top, right, bottom = box
        if right - left < 2 or bottom - top < 2:
            self._last_mask = np.zeros((0, 0), np.float32)
            return
        self._paint_cloth(panel, path)
        mask = self._mask(path, box, fill((1, 1, 1)))
        self._last_mask = mask
        fabric = FABRICS[panel.cloth.fabric]
        here = np.s_[top:bottom, left:right]
        rise, shade = self._surface_of(panel, fabric, mask, box)
        if panel.applied:
            self._height[here] += rise * mask
        else:
            self._height[here] += (rise - self._height[here]) * mask
        covered = mask * panel.opacity
        self._tint[here] += (1 + shade - self._tint[here]) * covered
        self._gloss[here] += (fabric.gloss - self._gloss[here]) * covered
        self._shininess[here] += (fabric.shininess - self._shininess[here]) * covered
        for fold in panel.folds:
            self._fold(fold)

    def _paint_cloth(self, panel: Panel, path: skia.Path) -> None:
        canvas, cloth, scale = self._canvas, panel.cloth, self._scale
        if panel.shadow:
            below = fill((0.04, 0.03, 0.06), panel.shadow, blur=5.0 * scale)
            below.setBlendMode(skia.BlendMode.kSrcATop)
            canvas.save()
            canvas.translate(0, 2.5 * scale)
            canvas.drawPath(path, below)
            canvas.restore()
        canvas.drawPath(path, fill(cloth.colour, panel.opacity))
        if cloth.pattern is None:
            return
        bounds = panel.path.computeTightBounds()
        cx, cy = bounds.centerX(), bounds.centerY()
        reach = float(np.hypot(bounds.width(), bounds.height())) / 2
        if panel.grain_deg % 90 == 0 and panel.grain_deg % 180 == 0:
            area = bounds.makeOutset(4, 4)
        else:
            area = skia.Rect.MakeLTRB(cx - reach, cy - reach, cx + reach, cy + reach)
        canvas.save()
        canvas.clipPath(path, True)
        canvas.concat(self._pose)
        canvas.rotate(panel.grain_deg, cx, cy)
        draw_print(canvas, area, cloth.pattern, cloth.colour, cloth.inks, cloth.scale)
        canvas.restore()

    def _surface_of(
        self, panel: Panel, fabric: Fabric, mask: Field, box: tuple[int, int, int, int]
    ) -> tuple[Field, Field]:
        """Height in pixels and change of brightness over the panel's box."""
        scale = self._scale
        round_off = max(1.2, panel.round_off * scale)
        inside = np.clip((soften(mask, round_off * 0.5) - 0.3) / 0.7, 0, 1)
        rise = panel.puff * scale * inside * (2 - inside)
        u, v = self._cloth_coordinates(panel.grain_deg, box)
        relief, shade = fabric.texture(u, v)
        rise = rise + relief * scale
        if panel.drape and fabric.drape:
            soft, creased = sample_folds(u, v, fabric, self._rng)
            rise = rise + (soft + 0.6 * creased) * (fabric.drape * panel.drape * scale)
        return rise.astype(np.float32), shade.astype(np.float32)

    def _cloth_coordinates(
        self, grain_deg: float, box: tuple[int, int, int, int]
    ) -> tuple[Field, Field]:
        left, top, right, bottom = box
        ys, xs = np.mgrid[top:bottom, left:right].astype(np.float32)
        m = self._inverse
        x = m.getScaleX() * xs + m.getSkewX() * ys + m.getTranslateX()
        y = m.getSkewY() * xs + m.getScaleY() * ys + m.getTranslateY()
        turn = np.deg2rad(grain_deg)
        u = np.cos(turn) * x + np.sin(turn) * y
        v = -np.sin(turn) * x + np.cos(turn) * y
        return u.astype(np.float32), v.astype(np.float32)

    def _fold(self, fold: Fold) -> None:
        shape = transformed(lens(fold.knots, fold.width), self._pose)
        self._raise(shape, None, fold.depth, fold.width * FOLD_SOFTNESS)

    def _raise(self, path: skia.Path, width: float | None, lift: float, blur: float) -> None:
        """Lift (or press) the last panel along a path, with soft flanks."""
        scale = self._scale
        sigma = max(0.7, blur * scale)
        box = self._box(path, sigma * 3 + 2)
        left, top = max(box[0], self._last_box[0]), max(box[1], self._last_box[1])
        right, bottom = min(box[2], self._last_box[2]), min(box[3], self._last_box[3])
        if right - left < 2 or bottom - top < 2 or not self._last_mask.size:
            return
        pen = fill((1, 1, 1)) if width is None else stroke((1, 1, 1), width * scale)
        ridge = soften(self._mask(path, box, pen), sigma)
        ridge = ridge[top - box[1] : bottom - box[1], left - box[0] : right - box[0]]
        x0, y0 = self._last_box[:2]
        mask = self._last_mask[top - y0 : bottom - y0, left - x0 : right - x0]
        self._height[top:bottom, left:right] += ridge * mask * (lift * scale)

    def _mark(self, mark: Mark) -> None:
        canvas, scale = self._canvas, self._scale
        path = transformed(mark.path, self._pose)
        blur = mark.blur * scale
        if mark.width is None:
            pen = fill(mark.colour, mark.alpha, blur)
        else:
            pen = stroke(mark.colour, max(0.9, mark.width * scale), mark.alpha, True, blur)
        if mark.dash:
            pen.setStrokeCap(skia.Paint.kButt_Cap)
            pen.setPathEffect(skia.DashPathEffect.Make([d * scale for d in mark.dash], 0))
        canvas.save()
        if mark.clipped:
            canvas.clipPath(self._last_path, True)
        canvas.drawPath(path, pen)
        canvas.restore()
        if mark.lift:
            self._raise(path, mark.width, mark.lift, (mark.width or 3.0) * 0.5)

    def _motif(self, motif: Motif) -> None:
        canvas = self._canvas
        canvas.save()
        canvas.clipPath(self._last_path, True)
        canvas.concat(self._pose)
        motif.paint(canvas)
        canvas.restore()


def sample_folds(
    u: Field, v: Field, fabric: Fabric, rng: np.random.Generator
) -> tuple[Field, Field]:
    """Loose folds that run along v: broad soft ones and short creases, about -1..1."""
    du, dv = rng.uniform(0, 512, 2)
    width = fabric.fold_width
    broad = noise_tile(30, round(width * 0.55, 1), round(width * 1.7, 1))
    short = noise_tile(31, round(width * 0.4, 1), round(width * 0.9, 1))
    slant = u + v * float(rng.uniform(-0.3, 0.3))
    soft = sample(broad, slant * 0.4 + du, v * 0.3 + dv)
    crease = sample(short, slant * 0.55 + dv, v * 0.35 + du)
    here = np.clip(sample(noise_tile(32, 30, 30), u * 0.6 + dv, v * 0.6 + du), 0, 1.5)
    return soft, crease * here


def lit(layers: Layers, light: Light) -> NDArray[np.floating]:
    """The colours under a light: folds shaded, creases darkened, gloss shining."""
    height = ndimage.gaussian_filter(layers.height, 1.0)
    slope_y, slope_x = np.gradient(height)
    to_x, to_y, to_z = light.direction()
    length = np.sqrt(slope_x**2 + slope_y**2 + 1)
    facing = (-slope_x * to_x - slope_y * to_y + to_z) / length
    shade = 1 + light.strength * (facing - to_z) / max(to_z, FLATTEST_LIGHT)
    shade = np.where(shade > 1, 1 + (shade - 1) * 0.45, shade)
    hollow = np.clip(soften(height, 9) - height, 0, 8) * layers.alpha
    shade = np.clip(shade * (1 - 0.022 * hollow), 0.48, 1.2)
    half = np.array([to_x, to_y, to_z + 1])
    half /= np.linalg.norm(half)
    mirror = np.clip((-slope_x * half[0] - slope_y * half[1] + half[2]) / length, 0, 1)
    shine = layers.gloss * np.maximum(
        mirror**layers.shininess - half[2] ** layers.shininess * 0.8, 0
    )
    sheen = 0.07 * np.clip(facing / to_z - 1, -0.5, 0.6)
    powers = np.array([1.0, 1.06, 1.0], np.float32)
    colour = layers.rgb * shade[..., None] ** powers
    colour = colour + (sheen * 0.6 + shine)[..., None]
    return np.clip(colour, 0, 1).astype(np.float32)
