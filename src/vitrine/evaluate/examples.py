"""The photos that encoders are measured on, as columns: what is known of each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from hashlib import sha1
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from vitrine.catalog import translate
from vitrine.errors import DataError, UsageError
from vitrine.evaluate.splits import (
    NearDuplicates,
    Part,
    group_name,
    learnt_from,
    part_of,
    parts_selected,
    read_near_duplicates,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from vitrine.catalog import Catalogue
    from vitrine.types import Product

    Words: TypeAlias = NDArray[np.str_]

HEADS: Mapping[str, str] = {
    "gender": "gender",
    "master_category": "master_category",
    "sub_category": "sub_category",
    "article_type": "article_type",
    "base_colour": "colour",
    "season": "season",
    "usage": "usage",
    "pattern": "pattern",
    "sleeve": "sleeve",
    "neckline": "neckline",
}
"""Tag head -> the field of a product (or its column of extras) that says the same."""


@dataclass(frozen=True, slots=True, eq=False)
class Examples:
    """One row a photo; every array is (n,), and the empty string means "not known"."""

    name: str
    """Of the source, for tables."""
    part: str
    """What was chosen of it: validation, unseen..."""
    photos: Words
    """Paths."""
    product_ids: Words
    positions: NDArray[np.int64]
    """0 for a product's main photo."""
    titles: Words
    groups: Words
    """Near-duplicates or one sender's photos; the unit of every bootstrap."""
    designs: Words
    """`item_group_id`: the same design in several colours."""
    copies: Words
    """What is the same article, whoever sells it; the product_id where nothing says so."""
    senders: Words
    """Who took a shopper's photo."""
    sender_labels: Words
    """What a shopper's photo is said to show."""
    labels: Mapping[str, Words]
    """Head -> the vocabulary's word."""
    written: Mapping[str, Words]
    """Head -> the word as the source writes it."""
    roles: Words
    """What a benchmark does with the photo: query, gallery, train..."""
    boxes: Words
    """Where its garment is: `left,top,right,bottom` in pixels; `-` or empty: everywhere."""
    format: str = ""
    """Of the catalogue."""
    source: Path = Path()
    """Where the catalogue was read from, for benchmarks with questions in files of their own."""
    training_titles: frozenset[str] = frozenset()
    """Titles of the part that encoders may have learnt from."""
    has_groups: bool = False
    """Whether `groups` are the source's own."""
    notes: tuple[str, ...] = ()
    """What a reader of the figures should know."""

    def __len__(self) -> int:
        return len(self.photos)

    def only(self, chosen: NDArray[np.bool_]) -> Examples:
        """The rows chosen, (n,), in their order."""
        changed: dict[str, object] = {}
        for column in fields(self):
            value = getattr(self, column.name)
            if isinstance(value, np.ndarray):
                changed[column.name] = value[chosen]
            elif column.name in ("labels", "written"):
                changed[column.name] = {head: words[chosen] for head, words in value.items()}
        return replace(self, **changed)  # pyright: ignore[reportArgumentType]

    @property
    def main(self) -> NDArray[np.bool_]:
        """Rows that are a product's main photo."""
        return self.positions == 0


def examples_from(
    catalogue: Catalogue, *, part: str | None = None, limit: int | None = None
) -> Examples:
    """Take the local photos of a catalogue, with what it says of them.

    Args:
        catalogue: of any format.
        part: a name of `splits.SELECTIONS`. None: "validation" of the sets that the default
            encoder learnt from, everything of others.
        limit: at most so many products, chosen by a hash of their design or group, so that
            siblings stay together; None for all.

    Raises:
        UsageError: an unknown part, or a limit below 1.
        DataError: no photo is left.
    """
    if limit is not None and limit < 1:
        raise UsageError(f"limit is {limit}; it must be 1 or more")
    duplicates = read_near_duplicates(Path(catalogue.source))
    can_split = duplicates is not None or _is_split_by_itself(catalogue)
    is_split = learnt_from(catalogue.format) and can_split
    chosen = part or ("validation" if is_split else "all")
    wanted = parts_selected(chosen)
    grouped = [(product, *_group(catalogue, product, duplicates)) for product in catalogue]
    kept = [row for row in grouped if chosen == "all" or row[2] in wanted]
    if limit is not None:
        kept = _limited(kept, limit)
    n_products = len(kept)
    kept = [row for row in kept if any(not _is_url(photo) for photo in row[0].photos)]
    if not kept:
        raise DataError(
            f"{catalogue.source} has no product with a local photo in its part {chosen!r}; "
            "evaluation reads photos from files"
        )
    train = frozenset(p.title for p, _, own in grouped if is_split and own == "train")
    notes = _notes(catalogue, chosen, can_split, n_products - len(kept))
    columns = _columns(Path(catalogue.source).name, chosen, kept)
    return replace(
        columns,
        format=catalogue.format,
        source=Path(catalogue.source),
        training_titles=train,
        has_groups=duplicates is not None,
        notes=notes,
    )


def joined(first: Examples, *others: Examples) -> Examples:
    """Put the rows of several sources into one, under the name of the first."""
    changed: dict[str, object] = {}
    for column in fields(first):
        values = [getattr(part, column.name) for part in (first, *others)]
        if isinstance(values[0], np.ndarray):
            changed[column.name] = np.concatenate(values)
        elif column.name in ("labels", "written"):
            changed[column.name] = {h: np.concatenate([v[h] for v in values]) for h in values[0]}
    titles = first.training_titles.union(*(part.training_titles for part in others))
    return replace(first, **changed, training_titles=titles)  # pyright: ignore[reportArgumentType]


def codes_of(words: Words) -> NDArray[np.int64]:
    """Numbers for words, the same for the same word; -1 for the empty one."""
    values, codes = np.unique(words, return_inverse=True)
    return np.where(values[codes] == "", -1, codes) if len(words) else codes.astype(np.int64)


def _group(
    catalogue: Catalogue, product: Product, duplicates: NearDuplicates | None
) -> tuple[str, Part]:
    if sender := product.extra.get("sender_id", ""):
        group = group_name(catalogue.format, sender)
        return group, part_of(group)
    if duplicates is not None:
        group = group_name(catalogue.format, duplicates.group_of(product.product_id))
        return group, duplicates.part_of(catalogue.format, product.product_id)
    group = group_name(catalogue.format, product.product_id)
    return group, part_of(group)


def _is_split_by_itself(catalogue: Catalogue) -> bool:
    """Sets whose groups need no file: senders, or photos that have no near-duplicates."""
    return catalogue.format in ("clothing-dataset", "clothing-attributes")


def _limited(rows: list[tuple[Product, str, Part]], limit: int) -> list[tuple[Product, str, Part]]:
    def key(row: tuple[Product, str, Part]) -> bytes:
        return sha1((row[0].item_group_id or row[1]).encode(), usedforsecurity=False).digest()

    kept = {row[0].product_id for row in sorted(rows, key=key)[:limit]}
    return [row for row in rows if row[0].product_id in kept]


def _columns(
    name: str,
    part: str,
    rows: list[tuple[Product, str, Part]],
) -> Examples:
    photos = list(_photos(rows))

    def column(values: Iterable[str]) -> Words:
        return np.array(list(values), np.str_)

    products = [product for product, _, _, _ in photos]
    return Examples(
        name=name,
        part=part,
        photos=column(path for _, _, path, _ in photos),
        product_ids=column(p.product_id for p in products),
        positions=np.array([position for *_, position in photos], np.int64),
        titles=column(p.title for p in products),
        groups=column(group for _, group, _, _ in photos),
        designs=column(p.item_group_id for p in products),
        copies=column(p.extra.get("product_key", "") or p.product_id for p in products),
        senders=column(p.extra.get("sender_id", "") for p in products),
        sender_labels=column(p.extra.get("label", "") for p in products),
        labels={h: column(_said(p, field) for p in products) for h, field in HEADS.items()},
        written={h: column(_written(p, field) for p in products) for h, field in HEADS.items()},
        roles=column(_of_photo(p, "roles", position) for p, _, _, position in photos),
        boxes=column(_of_photo(p, "boxes", position) for p, _, _, position in photos),
    )


def _photos(
    rows: Iterable[tuple[Product, str, Part]],
) -> Iterator[tuple[Product, str, str, int]]:
    for product, group, _ in rows:
        local = (photo for photo in product.photos if not _is_url(photo))
        for position, path in enumerate(local):
            yield product, group, path, position


def _of_photo(product: Product, name: str, position: int) -> str:
    """The word of one photo, where a reader gives one for each; its photos are all local."""
    words = product.extra.get(name, "").split()
    return words[position] if len(words) == len(product.photos) else ""


def _said(product: Product, field: str) -> str:
    value: str = getattr(product, field, "") or product.extra.get(field, "")
    return translate(field, value)


def _written(product: Product, field: str) -> str:
    said: str = getattr(product, field, "") or product.extra.get(field, "")
    return product.original.get(field, said) if said else ""


def _is_url(photo: str) -> bool:
    return photo.lower().startswith(("http://", "https://"))


def _notes(
    catalogue: Catalogue, part: str, can_split: bool, n_without_photo: int
) -> tuple[str, ...]:
    notes: list[str] = []
    if learnt_from(catalogue.format) and (not can_split or part in ("all", "train")):
        notes.append(
            "the default encoder learnt from photos of this set: its figures here are flattering"
        )
    if n_without_photo:
        notes.append(f"{n_without_photo:,} products without a local photo were left out")
    if catalogue.failures:
        notes.append(f"{len(catalogue.failures):,} rows or photos of the source could not be read")
    return tuple(notes)
