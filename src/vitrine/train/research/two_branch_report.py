"""What a two-branch run's report shows: regions, neighbours of photos and of their parts."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL.Image import Image

from vitrine.metrics import Interval
from vitrine.train.plots import Picture, confusion, confusion_picture, image_strip, images_of
from vitrine.train.report import Section
from vitrine.train.research.neighbours import class_probabilities, euclidean_neighbours
from vitrine.train.research.regions import RegionHit, compare_lists, recommend_by_region
from vitrine.train.research.two_branch import Looks, region_boxes
from vitrine.train.table import Table
from vitrine.types import Rows

PENS = ("#c0392b", "#2471a3", "#1e8449", "#b7950b", "#7d3c98", "#117a65")
"""Colours of the looks, in their order."""
REGIONS = "regions.json"
_K, _N_DRAWN, _N_SHOWN = 10, 6, 5


def neighbour_sections(
    table: Table,
    folder: Path,
    pixels: Callable[[Rows], torch.Tensor],
    asked: tuple[Rows, Looks],
    gallery: tuple[Rows, Looks],
) -> tuple[list[Section], dict[str, float]]:
    """Ask a gallery for photos kept aside: as a whole, by a vote, and by attended regions.

    Args:
        table: the photos.
        folder: of the run; `regions.json` and the confusion matrices go there.
        pixels: of rows.
        asked: rows, and what is seen of them.
        gallery: likewise.

    Returns:
        Sections, and figures of groups kept aside.
    """
    rows, looks = asked
    there, theirs = gallery
    near = euclidean_neighbours(looks.features.numpy(), theirs.features.numpy(), _K)
    figures, told, plots = _votes(table, folder, rows, there, near)
    sections = [
        Section(
            "Nearest photos, and how they vote",
            f"{len(rows):,} photos kept aside ask {len(there):,} that were trained on, by "
            "Euclidean distance of the joined features. Vote: the label that most of the "
            f"{_K} nearest have.",
            ("attribute", "n", "vote right", f"P@{_K}", "P@1", "majority"),
            told,
        ),
        Section(
            "Photos kept aside, and their nearest",
            plots=[
                image_strip(images_of(pixels(np.array([row, *there[found[:_N_SHOWN]]]))), "")
                for row, found in zip(rows[:_N_DRAWN], near, strict=False)
            ],
        ),
        Section("Confusion of the vote", plots=plots),
    ]
    if looks.regions.shape[1]:
        sections.append(_by_region(table, folder, pixels, asked, gallery, near, figures))
    return sections, figures


def drawn_regions(image: Image, regions: torch.Tensor, pens: Mapping[int, str]) -> Image:
    """A copy with some of its regions (steps, 4) framed: step -> colour."""
    from PIL import ImageDraw

    image = image.copy()
    pen = ImageDraw.Draw(image)
    [boxes] = region_boxes(regions[None], image.width, image.height)
    for step, colour in pens.items():
        left, top, right, bottom = boxes[step]
        if left < right and top < bottom:
            pen.rectangle((left, top, right - 1, bottom - 1), outline=colour, width=2)
    return image


def _votes(
    table: Table, folder: Path, rows: Rows, there: Rows, near: NDArray[np.int64]
) -> tuple[dict[str, float], list[Sequence[object]], list[Picture]]:
    figures: dict[str, float] = {}
    told: list[Sequence[object]] = []
    plots: list[Picture] = []
    for column, head in enumerate(table.heads):
        labels = table.labels[:, column]
        truth, known = labels[rows], labels[rows] >= 0
        if not known.any():
            continue
        votes = class_probabilities(near, labels[there], len(table.values[head]))
        right = (votes.argmax(1) == truth)[known]
        same = (labels[there][near] == truth[:, None])[known]
        most = np.bincount(labels[there].clip(0)).argmax()
        figures |= {f"vote_{head}": float(right.mean()), f"P@10_{head}": float(same.mean())}
        told.append(
            (
                *(head, int(known.sum()), float(right.mean()), float(same.mean())),
                *(float(same[:, 0].mean()), float((truth[known] == most).mean())),
            )
        )
        matrix = confusion(votes.astype(np.float32), truth, len(table.values[head]))
        plots.append(confusion_picture(head, matrix, table.values[head], folder))
    return figures, told, plots


def _by_region(
    table: Table,
    folder: Path,
    pixels: Callable[[Rows], torch.Tensor],
    asked: tuple[Rows, Looks],
    gallery: tuple[Rows, Looks],
    near: NDArray[np.int64],
    figures: dict[str, float],
) -> Section:
    rows, looks = asked
    there, theirs = gallery
    seen = theirs.glimpses.numpy()
    hits = [recommend_by_region(glimpses, seen, _K) for glimpses in looks.glimpses.numpy()]
    merged = np.array([[hit.row for hit in found] for found in hits])
    counted = {
        name: table.labels[there, table.heads.index(head)]
        for head, name in (("article_type", "types"), ("base_colour", "colours"))
        if head in table.values
    }
    told = compare_lists(near, merged, counted)
    if "article_type" in table.values:
        labels = table.labels[:, table.heads.index("article_type")]
        same = labels[there][merged] == labels[rows][:, None]
        figures["P@10_article_type_by_region"] = float(same[labels[rows] >= 0].mean())
    for name, (_, by_region) in told.items():
        figures[f"{name}_by_region".replace(" ", "_")] = by_region.figure
    _write(folder / REGIONS, table, asked, gallery, hits[:_N_DRAWN])
    return Section(
        "Neighbours of attended regions, merged",
        f"For every region its nearest photos, by their nearest region; the lists are merged in "
        f"turn. How varied the {_K} are, beside the {_K} nearest of whole photos, mean of "
        f"{len(rows):,} photos with a 95 % interval; P@10 of the same article type: "
        f"{figures.get('P@10_article_type', float('nan')):.3f} plain, "
        f"{figures.get('P@10_article_type_by_region', float('nan')):.3f} merged. Frames have the "
        "colour of the region that asked.",
        ("figure", "whole photos", "regions merged"),
        [(name, _shown(plain), _shown(other)) for name, (plain, other) in told.items()],
        plots=[
            _drawn(pixels, row, looks.regions[i], there, theirs.regions, hits[i])
            for i, row in enumerate(rows[:_N_DRAWN])
        ],
    )


def _drawn(
    pixels: Callable[[Rows], torch.Tensor],
    row: int,
    regions: torch.Tensor,
    there: Rows,
    theirs: torch.Tensor,
    hits: Sequence[RegionHit],
) -> Picture:
    shown = hits[:_N_SHOWN]
    own, *others = images_of(pixels(np.array([row, *(there[hit.row] for hit in shown)])))
    pens = {step: PENS[step % len(PENS)] for step in range(len(regions))}
    framed = [
        drawn_regions(image, theirs[hit.row], {hit.their_region: pens[hit.region]})
        for image, hit in zip(others, shown, strict=True)
    ]
    asking = ", ".join(str(hit.region + 1) for hit in shown)
    return image_strip([drawn_regions(own, regions, pens), *framed], f"found by regions {asking}")


def _write(
    path: Path,
    table: Table,
    asked: tuple[Rows, Looks],
    gallery: tuple[Rows, Looks],
    hits: Sequence[Sequence[RegionHit]],
) -> None:
    """The drawn photos and their neighbours, for others to read; places as in `Looks.regions`."""
    (rows, looks), (there, theirs) = asked, gallery
    told = [
        {
            "photo": table.photos[int(rows[i])].photo_id,
            "neighbours": [
                {
                    "region": hit.region,
                    "their_region": hit.their_region,
                    "distance": hit.distance,
                    "photo": table.photos[int(there[hit.row])].photo_id,
                    "place": looks.regions[i, hit.region].tolist(),
                    "their_place": theirs.regions[hit.row, hit.their_region].tolist(),
                }
                for hit in found
            ],
        }
        for i, found in enumerate(hits)
    ]
    path.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8", newline="\n")


def _shown(found: Interval) -> str:
    return f"{found.figure:.2f} [{found.low:.2f}, {found.high:.2f}]"
