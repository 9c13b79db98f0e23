"""H&M's articles: `articles.csv` and `images/0xx/{article_id}.ext`.

https://www.kaggle.com/competitions/h-and-m-personalized-fashion-recommendations
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from vitrine.catalog.assembly import Draft
from vitrine.catalog.catalogue import Catalogue, Source
from vitrine.catalog.columns import squeeze
from vitrine.catalog.delimited import read_delimited, read_header
from vitrine.catalog.tables import Row, read_table
from vitrine.errors import DataError

_COLUMNS = {
    "product_id": "article_id",
    "title": "prod_name",
    "description": "detail_desc",
    "item_group_id": "product_code",
    "article_type": "product_type_name",
    "sub_category": "product_group_name",
    "pattern": "graphical_appearance_name",
    "colour": "colour_group_name",
}
_NEEDED = frozenset({"articleid", "productcode", "prodname", "producttypename"})
_PATH = ("index_group_name", "index_name", "garment_group_name", "product_type_name")

_WHO = {
    "womens": "women",
    "women": "women",
    "ladies": "women",
    "ladieswear": "women",
    "lingeries": "women",
    "mama": "women",
    "mens": "men",
    "men": "men",
    "menswear": "men",
    "girl": "girls",
    "girls": "girls",
    "boy": "boys",
    "boys": "boys",
    "baby": "unisex",
    "kids": "unisex",
    "children": "unisex",
}
"""Words of a section or index name -> whom it is for."""


def is_hm(path: Path) -> bool:
    """A folder with `articles.csv`, or a table with its columns."""
    return {squeeze(name) for name in read_header(_table_of(path))} >= _NEEDED


def read_hm(source: Source) -> Catalogue:
    """Read the articles; ids get back the leading zero that tables lose.

    Photos are `0xx/{article_id}` with any extension, in `images/` beside the table unless
    told otherwise; where there is no such folder, products have none. "Dark Blue" and the
    like become our words, `original` keeps H&M's. Divided says for whom it is only where
    its section does.

    Raises:
        DataError: there is no `articles.csv`, or its columns are others.
    """
    path = _table_of(source.path)
    if not path.is_file():
        raise DataError(f"{source.path} holds no articles.csv; read as hm it needs one")
    images = source.images or path.parent / "images"
    has_photos = source.images is not None or images.is_dir()

    def refine(draft: Draft, row: Row) -> None:
        _restore_zeros(draft)
        _add_person(draft)
        draft.fields.setdefault("product_type", _product_type(row))
        article_id = draft.fields.get("product_id", "")
        if has_photos and article_id and not draft.photos:
            draft.photos.append(f"{article_id[:3]}/{article_id}")

    here = replace(source, path=path, images=images if has_photos else None)
    return read_table(here, "hm", read_delimited(path), _COLUMNS, refine)


def _restore_zeros(draft: Draft) -> None:
    article_id = draft.fields.get("product_id", "").strip()
    if article_id.isdecimal():
        draft.fields["product_id"] = article_id.zfill(10)


def _add_person(draft: Draft) -> None:
    section = draft.extra.get("section_name", "")
    index = draft.extra.get("index_name", "")
    group = draft.extra.get("index_group_name", "")
    who = next(filter(None, map(_who, (section, index, group))), "")
    if who and "gender" not in draft.fields:
        draft.fields["gender"] = who
    if group == "Baby/Children" and "age_group" not in draft.fields:
        draft.fields["age_group"] = "infant" if index.startswith("Baby") else "kids"


def _who(name: str) -> str:
    """The first word that says it; a boy's baby clothes are for boys, so neutral comes last."""
    words = name.casefold().replace("/", " ").replace(",", " ").split()
    said = [_WHO[word] for word in words if word in _WHO]
    return next((who for who in said if who != "unisex"), said[0] if said else "")


def _product_type(row: Row) -> str:
    """H&M's own path of categories, without repetitions and "Unknown"."""
    names = (str(row.cells.get(name, "")).strip() for name in _PATH)
    return " > ".join(dict.fromkeys(name for name in names if name and name != "Unknown"))


def _table_of(path: Path) -> Path:
    return path / "articles.csv" if path.is_dir() else path
