from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from vitrine.catalog import read_catalogue
from vitrine.errors import DataError, NotFoundError, UsageError
from vitrine.types import Price, RowFailure

HEADER = "sku,name,colour,gender,price,currency,image_url,washing\n"


def failures(source: Path, **more: object) -> list[tuple[int | None, str, str, str]]:
    catalogue = read_catalogue(source, **more)  # pyright: ignore[reportArgumentType]
    return [(f.line, f.product_id, f.column, f.reason) for f in catalogue.failures]


def test_a_whole_row(write: Callable[..., Path]) -> None:
    photo = write("img/a.jpg")
    table = write("t.csv", HEADER + 'a1, Red  shirt ,gray,Female,"1.299,00",EUR,img/a.jpg,cold\n')
    catalogue = read_catalogue(table)
    (product,) = catalogue
    assert (catalogue.format, catalogue.source, len(catalogue)) == ("csv", str(table), 1)
    assert (product.product_id, product.title) == ("a1", "Red shirt")
    assert (product.colour, product.gender) == ("Grey", "women")
    assert product.price == Price(Decimal("1299.00"), "EUR")
    assert product.photos == (str(photo),)
    assert product.original == {"colour": "gray", "gender": "Female"}
    assert product.extra == {"washing": "cold"}
    assert not catalogue.failures


def test_what_does_not_fit_is_said_with_its_line_and_the_rest_is_kept(
    write: Callable[..., Path],
) -> None:
    table = write(
        "t.csv",
        HEADER
        + "a,,,,free,EUR,,\n"
        + "b,,,,0,EUR,,\n"
        + "c,,,,-3,EUR,,\n"
        + "d,,,,5,EUR,gone.jpg,\n"
        + "a,,,,5,EUR,,\n"
        + ",,,,5,EUR,,\n"
        + "e,\0,,,5,EUR,,\n"
        + "f,\n",
    )
    assert [p.product_id for p in read_catalogue(table)] == ["a", "b", "c", "d"]
    assert [p.price for p in read_catalogue(table)][:3] == [None] * 3
    said = failures(table)
    assert [(line, who, column) for line, who, column, _ in said] == [
        (2, "a", "price"),
        (3, "b", "price"),
        (4, "c", "price"),
        (5, "d", "image_link"),
        (6, "a", "product_id"),
        (7, "", "product_id"),
        (8, "e", ""),
        (9, "", ""),
    ]
    assert said[3][3].startswith("no such file: gone.jpg")
    assert "line 2" in said[4][3]
    assert "NUL" in said[6][3]


def test_prices_without_any_currency_are_one_failure(write: Callable[..., Path]) -> None:
    table = write("t.csv", "id,price\na,5\nb,6\nc,$7\n")
    ((line, who, column, reason),) = failures(table)
    assert (line, who, column) == (2, "a", "price")
    assert "2 prices" in reason
    assert failures(table, columns={"currency": "=EUR"}) == []
    priced = read_catalogue(table, columns={"currency": "=EUR"})
    assert [str(product.price) for product in priced] == ["5 EUR", "6 EUR", "7 USD"]


def test_a_sale_price_equal_to_the_price_is_no_sale(write: Callable[..., Path]) -> None:
    table = write("t.csv", "id,price,sale_price\na,5 EUR,5 EUR\nb,5 EUR,4 EUR\n")
    assert [str(product.sale_price) for product in read_catalogue(table)] == ["None", "4 EUR"]


def test_photos_come_from_several_columns_without_repetition(write: Callable[..., Path]) -> None:
    for name in ("p/1.jpg", "p/2.jpg", "p/3.jpg"):
        write(name)
    table = write(
        "t.csv",
        'id,image2,image,additional_image_link\nx,3.jpg,1.jpg,"2.jpg,1.jpg"\n',
    )
    (product,) = read_catalogue(table, images=table.parent / "p")
    assert [Path(photo).name for photo in product.photos] == ["1.jpg", "2.jpg", "3.jpg"]


def test_photos_named_by_product_id(write: Callable[..., Path]) -> None:
    write("p/x.webp")
    catalogue = read_catalogue(write("t.csv", "id,title\nx,\ny,\n"), images=write("p/z.gif").parent)
    assert [len(product.photos) for product in catalogue] == [1, 0]
    assert [failure.product_id for failure in catalogue.failures] == ["y"]


def test_the_leaf_of_a_category_path_may_be_an_article_type(write: Callable[..., Path]) -> None:
    table = write("t.csv", "id,category\na,Home > Women > Dress\nb,Home > Sale\n")
    dress, sale = read_catalogue(table)
    assert (dress.article_type, dress.product_type) == ("Dresses", "Home > Women > Dress")
    assert (sale.article_type, sale.product_type) == ("", "Home > Sale")


def test_descriptions_lose_their_markup(write: Callable[..., Path]) -> None:
    table = write("t.csv", 'id,description\na,"<p>Soft &amp; <b>warm</b><br>wool</p>"\n')
    assert next(iter(read_catalogue(table))).description == "Soft & warm wool"


def test_columns_of_every_kind_of_table(write: Callable[..., Path]) -> None:
    columns = {"product_id": "ref", "colour": "farbe"}
    for name, text in (
        ("t.csv", "ref;farbe\n1;navy\n"),
        ("t.tsv", "ref\tfarbe\n1\tnavy\n"),
        ("t.jsonl", '{"ref": 1, "farbe": "navy"}\n'),
    ):
        suffix = name.removeprefix("t.")
        (product,) = read_catalogue(write(name, text), format=suffix, columns=columns)
        assert (product.product_id, product.colour) == ("1", "Navy Blue")
        with pytest.raises(UsageError, match="'nope'; known: farbe, ref"):
            read_catalogue(write(name, text), format=suffix, columns={"product_id": "nope"})


def test_a_table_without_ids_says_how_to_name_them(write: Callable[..., Path]) -> None:
    with pytest.raises(DataError, match="product_id=COLUMN"):
        read_catalogue(write("t.csv", "name,colour\nx,red\n"))
    with pytest.raises(DataError, match="holds no products"):
        read_catalogue(write("t.csv", "id,colour\n"))


def test_a_missing_folder_of_photos_is_said(write: Callable[..., Path]) -> None:
    table = write("t.csv", "id\nx\n")
    with pytest.raises(NotFoundError, match="folder of photos"):
        read_catalogue(table, images=table.parent / "nowhere")


def test_jsonl_keeps_numbers_lists_and_nested_prices(write: Callable[..., Path]) -> None:
    write("1.jpg")
    write("2.jpg")
    items: list[object] = [
        {"id": 7, "price": {"amount": 49.90, "currency": "EUR"}, "images": ["1.jpg", "2.jpg"]},
        {"id": "8", "price": float("nan"), "sizes": ["S", "M"], "brand": None, "new": True},
        ["no object"],
    ]
    lines = [*map(json.dumps, items), "", "{broken", '{"id": "\\ud800"}', '{"id": "9"}']
    table = write("t.jsonl", "\n".join(lines))
    catalogue = read_catalogue(table)
    seven, eight, nine = catalogue
    assert (seven.product_id, str(seven.price), len(seven.photos)) == ("7", "49.9 EUR", 2)
    assert (eight.price, eight.size, eight.extra) == (None, "S, M", {"new": "true"})
    assert nine.product_id == "9"
    assert [failure.line for failure in catalogue.failures] == [3, 5, 6]


def test_a_json_list_is_read_too(write: Callable[..., Path]) -> None:
    table = write("t.json", json.dumps([{"id": "a"}, 5, {"id": "b"}], indent=1))
    catalogue = read_catalogue(table)
    assert [product.product_id for product in catalogue] == ["a", "b"]
    assert catalogue.failures == (
        RowFailure(str(table), None, "", "", "a JSON str where an object is needed"),
    )


def test_parquet(tmp_path: Path) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    table = pyarrow.table(
        {
            "id": [1, 2, 3],
            "price": [Decimal("49.90"), None, Decimal("5.00")],
            "currency": ["EUR", "EUR", "EUR"],
            "sizes": [["S", "M"], [], None],
            "year": [2012.0, float("nan"), None],
        }
    )
    parquet.write_table(table, tmp_path / "t.parquet")
    catalogue = read_catalogue(tmp_path / "t.parquet")
    assert catalogue.format == "parquet"
    assert [str(p.price) for p in catalogue] == ["49.90 EUR", "None", "5.00 EUR"]
    assert [(p.size, p.year) for p in catalogue] == [("S, M", 2012), ("", None), ("", None)]
    (tmp_path / "t.parquet").write_bytes(b"PAR1 and nothing more")
    with pytest.raises(DataError, match="as Parquet"):
        read_catalogue(tmp_path / "t.parquet")


def test_when_products_came_is_told_in_utc(write: Callable[..., Path]) -> None:
    lines = "a,2026-11-21T01:30:00+02:00\nb,2026-11-21\nc,\nd,21/11/2026\n"
    catalogue = read_catalogue(write("t.csv", "sku,added_at\n" + lines))
    assert [product.added_at for product in catalogue] == [
        *("2026-11-20T23:30:00+00:00", "2026-11-21T00:00:00+00:00", "", "")
    ]
    assert [(each.line, each.column) for each in catalogue.failures] == [(5, "added_at")]
    assert "not a date or moment like 2026-11-21: '21/11/2026'" in catalogue.failures[0].reason
