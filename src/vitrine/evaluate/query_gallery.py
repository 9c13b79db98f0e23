"""Protocol `query-gallery`: published benchmarks with queries and a gallery of their own.

DeepFashion's In-Shop and Consumer-to-Shop and DeepFashion2 say which photos ask and which are
found, and where the garment is; photos are cut to that box first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from vitrine.evaluate.examples import codes_of
from vitrine.evaluate.neighbours import first_rank
from vitrine.evaluate.results import Result, mean_result
from vitrine.images import decode
from vitrine.metrics import reciprocal_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vitrine.evaluate.contestants import Contestant
    from vitrine.evaluate.examples import Examples
    from vitrine.types import Vectors

QUERY_GALLERY = "query-gallery"
_KS = (1, 5, 10, 20, 30, 50)
_IN_SHOP = "deepfashion-in-shop"
_N_IN_SHOP_QUERIES = 14_218
_AT_LEAST_PX = 512

PUBLISHED: Mapping[str, Mapping[int, float]] = {
    "two-branch (Le)": {5: 0.683, 10: 0.728, 20: 0.775, 30: 0.802, 50: 0.834},
    "VAM (Wang 2017)": {5: 0.836, 10: 0.887, 20: 0.923, 30: 0.936, 50: 0.947},
    "FashionNet (Liu 2016)": {5: 0.678, 10: 0.725, 20: 0.764, 30: 0.781, 50: 0.796},
    "DARN (Huang 2015)": {5: 0.548, 10: 0.624, 20: 0.675, 30: 0.701, 50: 0.719},
    "WTBI (Chen 2015)": {5: 0.425, 10: 0.470, 20: 0.506, 30: 0.514, 50: 0.540},
}
"""Who -> k -> recall at k on In-Shop, as Le's thesis (RIT) gives them; not measured here."""


def has_queries(examples: Examples) -> bool:
    """Some photos are queries and some are a gallery."""
    return bool((examples.roles == "query").any() and (examples.roles == "gallery").any())


def asks_or_answers(examples: Examples) -> NDArray[np.bool_]:
    """The photos that the protocol looks at, (n,)."""
    return np.isin(examples.roles, ("query", "gallery"))


def measure_query_gallery(contestant: Contestant, examples: Examples, folder: Path) -> list[Result]:
    """R@k and MRR over all queries whose product is in the gallery.

    Args:
        contestant: who looks.
        examples: with roles; boxes are in pixels.
        folder: where cut photos are kept.
    """
    queries = examples.only(examples.roles == "query")
    gallery = examples.only(examples.roles == "gallery")
    codes = codes_of(examples.product_ids)
    asked, there = codes[examples.roles == "query"], codes[examples.roles == "gallery"]
    vectors = _seen(contestant, queries, folder), _seen(contestant, gallery, folder)
    ranks = first_rank(*vectors, (asked, there))
    findable = ranks > 0
    ranks, units = ranks[findable], asked[findable]
    name = contestant.name
    return [
        *(mean_result(QUERY_GALLERY, f"R@{k}", name, ranks <= k, units) for k in _KS),
        mean_result(QUERY_GALLERY, "MRR", name, reciprocal_of(ranks), units),
    ]


def published_results(examples: Examples) -> list[Result]:
    """What others published of the very benchmark; of other sources nothing."""
    if examples.format != _IN_SHOP:
        return []
    return [
        Result(QUERY_GALLERY, f"R@{k}", who, figure, _N_IN_SHOP_QUERIES)
        for who, recalls in PUBLISHED.items()
        for k, figure in recalls.items()
    ]


def write_crops(photos: Sequence[str], boxes: Sequence[str], folder: Path) -> list[str]:
    """Write every photo cut to its box; one that is there already is kept.

    Args:
        photos: paths.
        boxes: `left,top,right,bottom` in pixels; anything else leaves the photo whole.
        folder: for PNG files, named by photo and box; made if need be.

    Returns:
        Paths, in the order of `photos`.

    Raises:
        ImageError: a photo cannot be decoded.
    """
    folder.mkdir(parents=True, exist_ok=True)
    return [_cut(photo, box, folder) for photo, box in zip(photos, boxes, strict=True)]


def _seen(contestant: Contestant, examples: Examples, folder: Path) -> Vectors:
    photos = write_crops(examples.photos.tolist(), examples.boxes.tolist(), folder)
    return contestant.see(photos).vectors


def _cut(photo: str, box: str, folder: Path) -> str:
    sides = box.split(",")
    if len(sides) != 4:
        return photo
    left, top, right, bottom = (int(side) for side in sides)
    data = Path(photo).read_bytes()
    path = folder / f"{sha256(data + box.encode()).hexdigest()[:24]}.png"
    if not path.is_file():
        decoded = decode(data, at_least_px=_AT_LEAST_PX)
        image = decoded.image
        scale = image.width / decoded.width
        edges = (left * scale, top * scale, right * scale, bottom * scale)
        inside = (max(0, round(edges[0])), max(0, round(edges[1])))
        ends = (min(image.width, round(edges[2])), min(image.height, round(edges[3])))
        if inside[0] >= ends[0] or inside[1] >= ends[1]:
            return photo
        draft = path.with_suffix(".part")
        image.crop((*inside, *ends)).save(draft, "PNG")
        draft.replace(path)
    return str(path)
