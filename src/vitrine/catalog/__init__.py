"""Any source of products as one `Catalogue`, in one vocabulary.

A new format is one module with two functions and one line in `formats.FORMATS`.
"""

from __future__ import annotations

from vitrine.catalog.catalogue import Catalogue, Reader, Source
from vitrine.catalog.clothing_coparsing import read_mask
from vitrine.catalog.fields import FIELDS, Field
from vitrine.catalog.formats import FORMATS, read_catalogue, recognise
from vitrine.catalog.money import parse_price
from vitrine.catalog.translation import translate

__all__ = [
    "FIELDS",
    "FORMATS",
    "Catalogue",
    "Field",
    "Reader",
    "Source",
    "parse_price",
    "read_catalogue",
    "read_mask",
    "recognise",
    "translate",
]
