from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from vitrine.catalog import read_catalogue
from vitrine.errors import UsageError
from vitrine.shop import export_products
from vitrine.types import Product

MakeProduct = Callable[..., Product]


@pytest.mark.parametrize("suffix", [".csv", ".tsv", ".jsonl", ".parquet"])
def test_what_is_exported_reads_back_the_same(
    suffix: str, tmp_path: Path, product: MakeProduct
) -> None:
    products = [
        replace(
            product(1, 1, 2, 3),
            description='Says "hello", twice; 5 & 6.',
            brand="Ünïcode & Söhne",
            year=2026,
            sale_price=None,
        ),
        replace(product(2), extra={"heel height": "flat"}, original={}),
        replace(product(3), photos=(), price=None, added_at="2026-01-02T03:04:05+00:00"),
    ]
    path = tmp_path / f"out{suffix}"
    assert export_products(products, path) == 3
    catalogue = read_catalogue(path)
    assert not catalogue.failures
    assert [replace(p, original={}) for p in catalogue] == products
    assert [p.added_at for p in catalogue] == [p.added_at for p in products]


def test_an_unknown_suffix_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no export suffix is called '.xls'; known: .csv"):
        export_products([], tmp_path / "out.xls")
