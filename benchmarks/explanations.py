"""Do heat maps of tags fall on the garment, and do they change when the network's weights do?

python -m benchmarks.explanations DATA [--run RUN] [--photos N]

DATA holds research sets: `street-parsing` (*Clothing Co-Parsing* with masks) and `hm`. Pointing
game (Zhang et al., 2016): the map of a garment's article type hits where the middle of its
strongest cell lies on the garment. Of street photos every garment with a mask is asked for, on the
half of the photos that nothing was chosen on; of H&M's the surest article type, and the garment is
what differs from the bright ground. Randomisation (Adebayo et al., 2018): Spearman's correlation
of maps with those of the same network whose weights were drawn anew. RUN is of `vitrine train
tagger`.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from benchmarks.report import machine, print_table
from vitrine.encoders import (
    ENCODERS,
    Encoder,
    as_tag_explainer,
    as_tagger,
    encoder_folder,
    load_encoder,
)
from vitrine.encoders.model_files import folder_file, write_model_folder
from vitrine.encoders.model_row import read_model_row
from vitrine.evaluate.garments import NAMES, is_for_tuning, masked_photos
from vitrine.metrics import bootstrap_interval, paired_difference
from vitrine.search import HeatMap
from vitrine.settings import Settings
from vitrine.shop import explain_tags

TYPES: Mapping[str, str] = {
    **{"blazer": "Blazers", "dress": "Dresses", "jacket": "Jackets", "jeans": "Jeans"},
    **{"leggings": "Leggings", "shorts": "Shorts", "skirt": "Skirts", "sweater": "Sweaters"},
    **{"sweatshirt": "Sweatshirts", "t-shirt": "Tshirts", "shirt": "Shirts", "blouse": "Tops"},
    **{"top": "Tops", "bag": "Handbags", "purse": "Handbags", "heels": "Heels", "pumps": "Heels"},
    **{"flats": "Flats", "sandals": "Sandals", "sneakers": "Sports Shoes", "hat": "Caps"},
    **{"shoes": "Casual Shoes", "boots": "Casual Shoes", "scarf": "Scarves", "tie": "Ties"},
    **{"sunglasses": "Sunglasses", "tights": "Tights", "stockings": "Stockings"},
    **{"belt": "Belts", "watch": "Watches", "socks": "Socks", "pants": "Trousers"},
}
"""Class of a mask -> article type of *Fashion Product Images*."""
_HEAD = "article_type"
_LEAST_SHARE, _MOST_SHARE = 0.01, 0.7
_BRIGHT = 235
_SETTINGS = Settings(threads=1)

Mask: TypeAlias = NDArray[np.bool_]
Asked: TypeAlias = "tuple[Path, str | None, Mask]"
"""A photo, an article type or None for the surest, and where it is."""


@dataclass(frozen=True, slots=True)
class Played:
    """One map in the pointing game."""

    photo: str
    hit: bool
    centre: bool
    random: float
    """Share of cells that would have hit."""


def street(data: Path) -> Iterator[Asked]:
    for each in masked_photos(data / "street-parsing"):
        if is_for_tuning(each.photo):
            continue
        with Image.open(each.mask) as image:
            mask = np.asarray(image)
        worn: dict[str, Mask] = {}
        for number in np.unique(mask).tolist():
            if called := TYPES.get(NAMES[number]):
                worn[called] = worn.get(called, np.zeros(mask.shape, np.bool_)) | (mask == number)
        for called, place in sorted(worn.items()):
            if place.mean() >= _LEAST_SHARE:
                yield Path(each.photo), called, place


def products(data: Path, n: int) -> Iterator[Asked]:
    photos = sorted((data / "hm" / "images").rglob("*.webp"))
    rows = np.random.default_rng(0).permutation(len(photos))
    for row in rows[:n].tolist():
        with Image.open(photos[row]) as image:
            place = np.asarray(image.convert("RGB")).min(axis=2) < _BRIGHT
        if _LEAST_SHARE < place.mean() < _MOST_SHARE:
            yield photos[row], None, place


def play(encoder: Encoder, asked: Sequence[Asked]) -> list[Played]:
    """Maps of what the encoder knows; other types are passed over."""
    tagger = as_tagger(encoder)
    known = set() if tagger is None else set(tagger.heads[_HEAD])
    found: list[Played] = []
    for photo, called, place in asked:
        if called is None or called in known:
            tag = _HEAD if called is None else f"{_HEAD}={called}"
            [seen] = explain_tags(photo, encoder=encoder, tags=[tag], settings=_SETTINGS).maps
            hits = cells_on(seen.heat, place)
            height, width = place.shape
            hit = bool(hits.ravel()[int(seen.heat.values.argmax())])
            centre = bool(place[height // 2, width // 2])
            found.append(Played(str(photo), hit, centre, float(hits.mean())))
    return found


def cells_on(heat: HeatMap, place: Mask) -> Mask:
    """(rows, columns) whether a cell's middle lies on a place (height, width)."""
    (rows, columns), (height, width) = heat.values.shape, place.shape
    left, top, right, bottom = heat.box.sides
    y = (top + (bottom - top) * (np.arange(rows) + 0.5) / rows) * height
    x = (left + (right - left) * (np.arange(columns) + 0.5) / columns) * width
    return place[y.astype(int)[:, np.newaxis], x.astype(int)]


def played_row(name: str, on: str, played: Sequence[Played]) -> list[object]:
    _, photos = np.unique([each.photo for each in played], return_inverse=True)
    hits = np.array([each.hit for each in played])
    centre = np.array([each.centre for each in played])
    more = paired_difference(hits, centre, photos)
    return [
        *(name, on, len(played), _interval(hits, photos), f"{centre.mean():.3f}"),
        f"{np.mean([each.random for each in played]):.3f}",
        f"{more.figure:+.3f} [{more.low:+.3f}, {more.high:+.3f}]",
    ]


def redrawn_default(folder: Path, *, whole: bool) -> Encoder:
    """The encoder `default` with random tag heads, or with nothing that was learnt."""
    import torch

    from vitrine.train.graphs import export_image, read_heads, write_heads
    from vitrine.train.refit import Head
    from vitrine.train.towers import ImageTower, Shape

    kept = encoder_folder(ENCODERS["default"], _SETTINGS)
    if kept is None:
        raise SystemExit("this copy of vitrine is without the encoder default")
    row, made = read_model_row(kept), folder / "image.onnx"
    made.write_bytes((kept / "image.onnx").read_bytes())
    if whole:
        tagger = as_tagger(load_encoder("default", _SETTINGS))
        values = {} if tagger is None else {h: len(v) for h, v in tagger.heads.items()}
        torch.manual_seed(0)
        size = (row.input.height_px, row.input.width_px)
        export_image(ImageTower(values, Shape(), size).eval(), made, *size)
    else:
        rng = np.random.default_rng(0)
        write_heads(
            made,
            {
                name: Head(
                    rng.normal(0, head.weight.std(), head.weight.shape).astype(np.float32),
                    head.bias,
                )
                for name, head in read_heads(made).items()
            },
        )
    files = row.files.model_copy(
        update={"image": row.files.image.model_copy(update={"sha256": None})}
    )
    write_model_folder(
        row.model_copy(update={"files": files, "name": "redrawn"}),
        lambda file: made if file.path == "image.onnx" else folder_file(kept, file),
        folder / "model",
    )
    return load_encoder(folder / "model", _SETTINGS)


def redrawn_run(folder: Path, *, whole: bool) -> Encoder:
    """A run's network with random tag heads, or with all weights as they were drawn at first."""
    import torch

    from vitrine.train.research.explaining import RunEncoder
    from vitrine.train.research.run_networks import read_run

    exported = load_encoder(folder / "model", _SETTINGS)
    run = read_run(folder, as_tagger(exported), _SETTINGS)
    if run is None:
        raise SystemExit(f"{folder} is no run of vitrine train tagger")
    torch.manual_seed(0)
    for name, module in run.network.named_modules():
        reset: Callable[[], None] | None = getattr(module, "reset_parameters", None)
        if reset is not None and (whole or name.startswith("heads.")):
            reset()
    return RunEncoder(exported, run)


def redrawn(run: Path | None, *, whole: bool) -> Encoder:
    """A run's encoder, or `default`, with random tag heads or with nothing that was learnt."""
    if run is not None:
        return redrawn_run(run, whole=whole)
    with tempfile.TemporaryDirectory() as somewhere:
        found = redrawn_default(Path(somewhere), whole=whole)
        as_tag_explainer(found)  # opens its graph while the file is there
        return found


def likeness(encoder: Encoder, other: Encoder, photos: Sequence[Path]) -> NDArray[np.float64]:
    """Rank correlation of two encoders' maps of what the first is surest of, photo by photo."""
    return np.array([_alike(encoder, other, photo, photo) for photo in photos])


def elsewhere(encoder: Encoder, photos: Sequence[Path]) -> NDArray[np.float64]:
    """The same of one encoder's maps of a photo and of the next one: what framing alone makes."""
    shifted = [*photos[1:], photos[0]]
    return np.array([_alike(encoder, encoder, *pair) for pair in zip(photos, shifted, strict=True)])


def _alike(encoder: Encoder, other: Encoder, photo: Path, there: Path) -> float:
    from scipy.stats import rankdata

    [seen] = explain_tags(photo, encoder=encoder, tags=[_HEAD], settings=_SETTINGS).maps
    tag = f"{_HEAD}={seen.tag.value}"
    [drawn] = explain_tags(there, encoder=other, tags=[tag], settings=_SETTINGS).maps
    one, two = seen.heat.values, drawn.heat.values
    if one.shape != two.shape or np.ptp(one) == 0 or np.ptp(two) == 0:
        return 0.0
    return float(np.corrcoef(rankdata(one), rankdata(two))[0, 1])


def _interval(values: NDArray[np.generic], groups: NDArray[np.generic] | None = None) -> str:
    found = bootstrap_interval(values, groups)
    return f"{found.figure:.3f} [{found.low:.3f}, {found.high:.3f}]"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--run", type=Path)
    parser.add_argument("--photos", type=int, default=600)
    given = parser.parse_args()
    worn, sold = list(street(given.data)), list(products(given.data, given.photos))
    encoders = {"`default`, exact": load_encoder("default", _SETTINGS)}
    if given.run is not None:
        from vitrine.train.research.explaining import load_run

        encoders["the run, Grad-CAM"] = load_run(given.run, _SETTINGS)
    print(machine())
    print("\nPointing game\n")
    header = ["maps", "photos", "n", "hit", "middle", "random cell", "hit less middle"]
    print_table(
        header,
        [
            played_row(name, on, play(encoder, asked))
            for on, asked in (("street, garments worn", worn), ("H&M, surest type", sold))
            for name, encoder in encoders.items()
        ],
    )
    photos = [photo for photo, _, _ in sold][: given.photos // 4]
    rows: list[list[object]] = []
    for name, encoder in encoders.items():
        for what, whole in (("tag heads drawn anew", False), ("all weights drawn anew", True)):
            other = redrawn(given.run if "run" in name else None, whole=whole)
            rows.append([name, what, len(photos), _interval(likeness(encoder, other, photos))])
        rows.append([name, "another photo", len(photos), _interval(elsewhere(encoder, photos))])
    print("\nRank correlation with the map of the same tag\n")
    print_table(["maps", "against", "n", "correlation"], rows)


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    main()
