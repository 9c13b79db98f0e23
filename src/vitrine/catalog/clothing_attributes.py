"""Stanford's *Clothing Attributes*, people in the street: `labels/*_GT.mat` and `images/*.jpg`.

https://purl.stanford.edu/tb980qz1002 (Chen, Gallagher, Girod 2012). Each file of `labels/` has one
label for every photo, in the order of their names; the same as one table, `labels.csv`, reads too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from vitrine.catalog.assembly import Draft
from vitrine.catalog.catalogue import Catalogue, Source
from vitrine.catalog.columns import squeeze
from vitrine.catalog.delimited import read_delimited, read_header
from vitrine.catalog.lists import photos_beside
from vitrine.catalog.matlab import read_array
from vitrine.catalog.photos import is_photo
from vitrine.catalog.tables import Row, Table, read_table
from vitrine.errors import DataError

_NEEDED = frozenset({"image", "categorygt", "sleevelengthgt", "necklinegt", "patternsolidgt"})
_YES = "2"
_PATTERNS = ("floral", "graphics", "plaid", "solid", "spot", "stripe")
_COLOURS = ("black", "blue", "brown", "cyan", "gray", "green", "purple", "red", "white", "yellow")
_YES_OR_NO = ("collar", "necktie", "placket", "scarf", "skin_exposure", "many_colors")
_OFFICIAL = tuple(
    f"{name}_GT"
    for name in (
        *("category", "gender", "sleevelength", "neckline", *_YES_OR_NO, *_COLOURS),
        *(f"pattern_{pattern}" for pattern in _PATTERNS),
    )
)
"""The 26 labels of the set, each a file."""

_FIELD_CODES: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "gender": ("gender_GT", {"1": "Men", "2": "Women"}),
    "article_type": (
        "category_GT",
        {"1": "Shirts", "2": "Sweaters", "3": "Tshirts", "7": "Dresses"},
    ),
}
"""Field -> column and what its codes say; 4-6 (outerwear, suit, tank top) fit no one type."""
_EXTRA_CODES: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "sleeve": ("sleevelength_GT", {"1": "none", "2": "short", "3": "long"}),
    "neckline": ("neckline_GT", {"1": "v", "2": "round", "3": "other"}),
}


def is_clothing_attributes(path: Path) -> bool:
    """A folder with such `labels/` or `labels.csv`, or a table with its columns."""
    return (
        any((path / "labels").glob("*_GT.mat"))
        or {squeeze(name) for name in read_header(_table_of(path))} >= _NEEDED
    )


def read_clothing_attributes(source: Source) -> Catalogue:
    """Read the set, its codes in plain words; a label that annotators disagreed on is left out.

    `pattern` is said where exactly one of the six is marked; `extra` has `sleeve`, `neckline`,
    `colours` (with commas) and yes or no for `collar`, `necktie`, `placket`, `scarf`,
    `skin_exposure` and `many_colors`. Photos are `{image}` with any extension, in `images/`
    beside the labels unless told otherwise.

    Raises:
        DataError: there are neither `labels/` nor `labels.csv`, labels or photos are missing, or
            there are more of one than of the other.
    """
    path = _table_of(source.path)
    labels = source.path / "labels"
    is_official = labels.is_dir() and not path.is_file()
    if not is_official and not path.is_file():
        raise DataError(
            f"{source.path} holds no labels.csv and no labels/; read as clothing-attributes it "
            "needs one of them"
        )
    images = photos_beside(source, labels if is_official else path)

    def refine(draft: Draft, row: Row) -> None:
        for name, value in _fields(row).items():
            draft.fields.setdefault(name, value)
        draft.extra = _extra(row)
        photo = draft.fields.get("product_id", "").strip()
        draft.photos[:] = [photo] if images and photo else []

    here = replace(source, path=labels if is_official else path, images=images)
    table = _official_table(labels, images) if is_official and images else read_delimited(path)
    return read_table(here, "clothing-attributes", table, {"product_id": "image"}, refine)


def _official_table(labels: Path, images: Path) -> Table:
    photos = sorted(path.stem for path in images.iterdir() if is_photo(path.name))
    columns: dict[str, list[str]] = {}
    for name in _OFFICIAL:
        codes = read_array(labels / f"{name}.mat", "GT").ravel().tolist()
        if len(codes) != len(photos):
            raise DataError(
                f"{labels / name}.mat labels {len(codes):,} photos, and {images} holds "
                f"{len(photos):,}: labels go by the order of the photos, so that all are needed; "
                "unpack images.zip anew"
            )
        columns[name] = ["" if code != code else str(code) for code in codes]  # NaN: disagreed
    rows = zip(photos, *columns.values(), strict=True)
    header = ["image", *columns]
    return Table(header, [Row(None, dict(zip(header, row, strict=True))) for row in rows])


def _fields(row: Row) -> dict[str, str]:
    fields = {"master_category": "Apparel", **_words(row, _FIELD_CODES)}
    patterns = [name for name in _PATTERNS if _code(row, f"pattern_{name}_GT") == _YES]
    if len(patterns) == 1:
        fields["pattern"] = patterns[0]
    return fields


def _extra(row: Row) -> dict[str, str]:
    extra = _words(row, _EXTRA_CODES)
    if colours := [name for name in _COLOURS if _code(row, f"{name}_GT") == _YES]:
        extra["colours"] = ", ".join(colours)
    for name in _YES_OR_NO:
        if answer := {"1": "no", _YES: "yes"}.get(_code(row, f"{name}_GT")):
            extra[name] = answer
    return extra


def _words(row: Row, codes: Mapping[str, tuple[str, Mapping[str, str]]]) -> dict[str, str]:
    found = {name: words.get(_code(row, column)) for name, (column, words) in codes.items()}
    return {name: word for name, word in found.items() if word}


def _code(row: Row, column: str) -> str:
    """The tables have codes as 2.0; empty where annotators disagreed."""
    return str(row.cells.get(column, "")).strip().split(".")[0]


def _table_of(path: Path) -> Path:
    return path / "labels.csv" if path.is_dir() else path
