"""Plots as SVG text: bars with intervals, and reliability diagrams. They need no library."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from vitrine.evaluate.results import lines_of

if TYPE_CHECKING:
    from vitrine.evaluate.results import Result
    from vitrine.metrics import Bin

_COLOURS = ("#8c3a2b", "#2f5d62", "#b08d57", "#6b7a8f", "#a9a9a9", "#4f4a45", "#c9b8a8")
_BAR_PX, _SCALE_PX, _LEFT_PX = 11, 420, 330
_SIDE_PX, _GAP_PX = 180, 56


def bars_svg(title: str, results: Sequence[Result], contestants: Sequence[str]) -> str:
    """One bar for every figure from 0 to 1, grouped by measure, its interval as a line."""
    parts: list[str] = []
    y = 58
    for (_, measure), found in lines_of(results).items():
        present = [name for name in contestants if name in found]
        height = _BAR_PX * len(present)
        parts.append(_text(_LEFT_PX - 8, y + height / 2 + 4, measure, "end"))
        for n, name in enumerate(present):
            parts.append(_bar(found[name], y + n * _BAR_PX, _colour(contestants, name)))
        y += height + 10
    for share in (0, 0.25, 0.5, 0.75, 1):
        x = _LEFT_PX + share * _SCALE_PX
        parts.append(f'<path d="M{x:.1f} 50V{y}" stroke="#8886" stroke-width=".5"/>')
        parts.append(_text(x, y + 14, f"{share:g}", "middle"))
    x = 12.0
    for name in contestants:
        parts.append(
            f'<rect x="{x:.0f}" y="30" width="9" height="9" fill="{_colour(contestants, name)}"/>'
        )
        parts.append(_text(x + 13, 38.5, name))
        x += 30 + 6.2 * len(name)
    return _svg(title, max(_LEFT_PX + _SCALE_PX + 30, x), y + 24, parts)


def reliability_svg(contestant: str, heads: Mapping[str, Sequence[Bin]]) -> str:
    """One square a head: what was said across, what was right up; a dot for every bin."""
    parts: list[str] = []
    n_across = min(4, len(heads))
    for n, (head, bins) in enumerate(heads.items()):
        x = 40 + n % n_across * (_SIDE_PX + _GAP_PX)
        y = 54 + n // n_across * (_SIDE_PX + _GAP_PX)
        parts += _square(head, bins, x, y)
    n_down = -(-len(heads) // n_across)
    width, height = (40 + k * (_SIDE_PX + _GAP_PX) for k in (n_across, n_down))
    return _svg(
        f"Reliability of {contestant}: confidence across, accuracy up", width, height + 24, parts
    )


def _square(head: str, bins: Sequence[Bin], x: float, y: float) -> list[str]:
    def place(b: Bin) -> tuple[float, float]:
        return x + b.confidence * _SIDE_PX, y + (1 - b.accuracy) * _SIDE_PX

    line = " ".join(f"{px:.1f},{py:.1f}" for px, py in map(place, bins))
    dots = [
        f'<circle cx="{px:.1f}" cy="{py:.1f}" r="3" fill="{_COLOURS[0]}"/>'
        for px, py in map(place, bins)
    ]
    bottom = y + _SIDE_PX
    return [
        f'<rect x="{x}" y="{y}" width="{_SIDE_PX}" height="{_SIDE_PX}" fill="none" stroke="#888"/>',
        f'<path d="M{x} {bottom}L{x + _SIDE_PX} {y}" stroke="#888" stroke-dasharray="3 3"/>',
        f'<polyline points="{line}" fill="none" stroke="{_COLOURS[0]}"/>',
        *dots,
        _text(x, y - 6, f"{head} (n = {sum(b.n for b in bins):,})"),
        _text(x, bottom + 13, "0", "middle"),
        _text(x + _SIDE_PX, bottom + 13, "1", "middle"),
    ]


def _bar(result: Result, y: float, colour: str) -> str:
    width = max(0.0, min(1.0, result.figure)) * _SCALE_PX
    low, high = (
        _LEFT_PX + max(0.0, min(1.0, v or 0)) * _SCALE_PX for v in (result.low, result.high)
    )
    middle = y + _BAR_PX / 2
    return (
        f'<rect x="{_LEFT_PX}" y="{y + 1}" width="{width:.1f}" height="{_BAR_PX - 2}"'
        f' fill="{colour}"/>'
        f'<path d="M{low:.1f} {middle}H{high:.1f}" stroke="currentColor" stroke-width="1.2"/>'
    )


def _colour(contestants: Sequence[str], name: str) -> str:
    return _COLOURS[list(contestants).index(name) % len(_COLOURS)]


def _text(x: float, y: float, text: str, anchor: str = "start") -> str:
    place = f'x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"'
    return f'<text {place} fill="currentColor">{escape(text)}</text>'


def _svg(title: str, width: float, height: float, parts: Sequence[str]) -> str:
    size = f'viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" height="{height:.0f}"'
    font = 'font-family="system-ui" font-size="11"'
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} {font}>',
            f"<title>{escape(title)}</title>",
            "<style>svg{color:#222;background:#fff}"
            "@media(prefers-color-scheme:dark){svg{color:#eee;background:#181818}}</style>",
            f'<text x="12" y="18" font-size="14" fill="currentColor">{escape(title)}</text>',
            *parts,
            "</svg>\n",
        ]
    )
