"""The photos of any number of catalogues, with what is known about each."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from vitrine.catalog import Catalogue, read_catalogue
from vitrine.errors import DataError, UsageError
from vitrine.evaluate import NearDuplicates, Part, group_name, read_near_duplicates
from vitrine.train.labels import Said, said_by, spelled
from vitrine.types import Product, RowFailure


@dataclass(frozen=True, slots=True)
class Photo:
    """One photo; a head that is absent from `labels` is unknown."""

    path: str
    source: str
    photo_id: str
    group: str = ""
    """Photos of one group are never in two parts; empty until it is known."""
    part: Part | None = None
    """None until it is known."""
    labels: Mapping[str, str] = field(default_factory=dict[str, str])
    title: str = ""
    kind: str = ""
    """What a supervised-contrastive loss takes for the same; empty: unknown."""
    shopper_label: str = ""
    """Of a shopper's own photo, in its source's words."""
    sender: str = ""
    """Who took a shopper's photo; empty for a shop's."""
    marks: frozenset[str] = frozenset()
    """Labels of a set that gives a photo many at once."""


@dataclass(frozen=True, slots=True)
class Collection:
    """Everything that sources hold for training."""

    photos: Sequence[Photo]
    masked: Sequence[tuple[str, str]]
    """Photo and mask of street scenes, which lend their backgrounds."""
    failures: Sequence[RowFailure]


def collect_photos(sources: Sequence[str | Path], unpack_to: Path) -> Collection:
    """Read every source through the catalogue readers.

    A table called `NAME_x.csv` has its photos in the folder or archive `images_x` beside it; an
    archive is unpacked once. Products with a `mask` lend their backgrounds and are not learnt.

    Args:
        sources: whatever `read_catalogue` reads.
        unpack_to: folder for the content of archives.

    Raises:
        UsageError: no source.
        DataError: there is no local photo in any of them.
    """
    if not sources:
        raise UsageError("training needs at least one source of photos")
    found: list[tuple[Photo, Said]] = []
    masked: list[tuple[str, str]] = []
    failures: list[RowFailure] = []
    for source in sources:
        catalogue = read_catalogue(source, images=_images_beside(Path(source), unpack_to))
        failures += catalogue.failures
        masked += [(p.photos[0], p.extra["mask"]) for p in catalogue if _has_mask(p)]
        found += _photos_of(catalogue, failures)
    if not found:
        raise DataError(
            f"no photo to train on in {', '.join(map(str, sources))}; training reads local photos "
            "of products, not those at http(s) addresses"
        )
    labels = spelled([said for _, said in found])
    photos = [_labelled(photo, own) for (photo, _), own in zip(found, labels, strict=True)]
    return Collection(photos, masked, failures)


def limited(photos: Sequence[Photo], n: int | None) -> list[Photo]:
    """At most `n` photos, spread evenly over all sources."""
    if n is None or n >= len(photos):
        return list(photos)
    return [photos[i * len(photos) // n] for i in range(n)]


def _photos_of(catalogue: Catalogue, failures: list[RowFailure]) -> Iterator[tuple[Photo, Said]]:
    duplicates = read_near_duplicates(Path(catalogue.source))
    for product in catalogue:
        if _has_mask(product):
            continue
        said, sender = said_by(product), product.extra.get("sender_id", "")
        group, part = _group(catalogue, product, duplicates)
        for number, path in enumerate(product.photos, 1):
            if path.casefold().startswith(("http://", "https://")):
                failures.append(_not_local(catalogue, product, path))
                continue
            photo = Photo(
                path=path,
                source=_source_name(catalogue),
                photo_id=product.product_id if number == 1 else f"{product.product_id}#{number}",
                group=group,
                part=part,
                title=product.title if catalogue.format != "folder" else "",
                shopper_label=product.extra.get("label", "") if sender else "",
                sender=sender,
                marks=_marks(product),
            )
            yield photo, said


def _marks(product: Product) -> frozenset[str]:
    """Labels with semicolons (Fashion144k) or attributes with commas (DeepFashion)."""
    extra = product.extra
    said = [*extra.get("labels", "").split(";"), *extra.get("attributes", "").split(",")]
    return frozenset(word.strip() for word in said if word.strip())


def _group(
    catalogue: Catalogue, product: Product, duplicates: NearDuplicates | None
) -> tuple[str, Part | None]:
    """The product's group, where it is known before its photos are looked at."""
    format = catalogue.format
    if sender := product.extra.get("sender_id", ""):
        return group_name(format, sender), None
    if duplicates is not None:
        part = duplicates.part_of(format, product.product_id)
        return group_name(format, duplicates.group_of(product.product_id)), part
    # the split of this set is fixed: every photo is a group by itself
    known = format == "clothing-attributes"
    return group_name(format, product.product_id) if known else "", None


def _source_name(catalogue: Catalogue) -> str:
    return group_name(catalogue.format, "").rstrip("/")


def _labelled(photo: Photo, labels: Mapping[str, str]) -> Photo:
    """With its kind: a shop's article type and colour, or what a shopper's photo was called."""
    kind = ""
    if photo.sender:
        kind = f"{photo.source}/{photo.shopper_label}" if photo.shopper_label else ""
    # a street photo has several colours and few types: no kind could be told from it
    elif photo.source != "attributes" and {"article_type", "base_colour"} <= labels.keys():
        kind = f"{labels['article_type']}/{labels['base_colour']}"
    return replace(photo, labels=labels, kind=kind)


def _images_beside(table: Path, unpack_to: Path) -> Path | None:
    suffix = table.stem.partition("_")[2]
    if not suffix or not table.is_file():
        return None
    folder = table.with_name(f"images_{suffix}")
    archive = table.with_name(f"images_{suffix}.zip")
    if folder.is_dir() or not archive.is_file():
        return folder if folder.is_dir() else None
    target = unpack_to / folder.name
    if not target.is_dir():
        draft = target.with_name(f"{target.name}.part")
        with zipfile.ZipFile(archive) as packed:
            packed.extractall(draft)
        draft.replace(target)
    return target


def _has_mask(product: Product) -> bool:
    return bool(product.photos and product.extra.get("mask"))


def _not_local(catalogue: Catalogue, product: Product, path: str) -> RowFailure:
    reason = f"training reads local photos only, not {path[:200]}"
    return RowFailure(catalogue.source, None, product.product_id, "image_link", reason)
