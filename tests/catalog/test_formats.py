from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from vitrine.catalog import FORMATS, read_catalogue
from vitrine.errors import DataError, NotFoundError, UsageError, VitrineError

STYLES = "id,gender,masterCategory,subCategory,articleType,baseColour,season,year,usage,productDisplayName\n1,Men,,,,,,,,x\n"  # noqa: E501
ARTICLES = "article_id,product_code,prod_name,product_type_name\n1,1,x,Dress\n"
PHONE = "image,sender_id,label,kids\n1,1,Hat,False\n"
ATTRIBUTES = "image,category_GT,sleevelength_GT,neckline_GT,pattern_solid_GT\n1,1,1,1,2\n"
SHOPIFY = "Handle,Title,Option1 Name,Option1 Value,Variant Price,Image Src\nx,X,,,,\n"
FEED = "<!-- <html> --><rss><channel><item><id>1</id></item></channel></rss>"


@pytest.mark.parametrize(
    ("name", "text", "format"),
    [
        ("styles.csv", STYLES, "kaggle-fashion"),
        ("any_name.csv", STYLES, "kaggle-fashion"),
        ("articles.csv", ARTICLES, "hm"),
        ("any_name.csv", PHONE, "clothing-dataset"),
        ("any_name.csv", ATTRIBUTES, "clothing-attributes"),
        ("export.csv", SHOPIFY, "shopify"),
        ("feed.xml", FEED, "google-merchant"),
        ("no_suffix", FEED, "google-merchant"),
        ("feed.txt", "id\ttitle\tlink\timage_link\n1\t\t\t\n", "google-merchant"),
        ("t.tsv", "id\ttitle\n1\tx\n", "tsv"),
        ("t.csv", "id\ttitle\n1\tx\n", "tsv"),
        ("t.csv", "id|title\n1|x\n", "csv"),
        ("t.txt", "id;title\n1;x\n", "csv"),
        ("table", "id,title\n1,x\n", "csv"),
        ("t.jsonl", '{"id": 1}\n', "jsonl"),
        ("t", '{"id": 1}\n', "jsonl"),
    ],
)
def test_files_are_recognised(
    write: Callable[..., Path], name: str, text: str, format: str
) -> None:
    assert read_catalogue(write(name, text)).format == format


@pytest.mark.parametrize(
    ("table", "text", "format"),
    [
        ("styles.csv", STYLES, "kaggle-fashion"),
        ("articles.csv", ARTICLES, "hm"),
        ("images.csv", PHONE, "clothing-dataset"),
        ("labels.csv", ATTRIBUTES, "clothing-attributes"),
        ("products.csv", "id\n1\n", "csv"),
        ("catalogue.jsonl", '{"id": 1}', "jsonl"),
        ("feed.xml", FEED, "google-merchant"),
        ("prices.csv", "id\n1\n", "folder"),
    ],
)
def test_folders_are_recognised(
    write: Callable[..., Path], table: str, text: str, format: str
) -> None:
    write("shop/images/1.jpg")
    assert read_catalogue(write(f"shop/{table}", text).parent).format == format


def test_the_format_can_be_forced(write: Callable[..., Path]) -> None:
    table = write("shop/styles.csv", STYLES)
    write("shop/images/1.jpg")
    assert read_catalogue(table, format="csv").format == "csv"
    assert [p.product_id for p in read_catalogue(table.parent, format="folder")] == ["images/1"]
    with pytest.raises(UsageError, match=r"no format is called 'cvs'; known: clothing-.*'csv'"):
        read_catalogue(table, format="cvs")


@pytest.mark.parametrize("format", ["kaggle-fashion", "hm", "shopify"])
def test_a_forced_format_that_does_not_fit_says_so(write: Callable[..., Path], format: str) -> None:
    with pytest.raises(DataError, match="no column"):
        read_catalogue(write("t.csv", "title\nx\n"), format=format)
    with pytest.raises(DataError):
        read_catalogue(write("shop/a.jpg").parent, format=format)


def test_what_is_not_recognised_lists_the_formats_and_what_was_found(
    write: Callable[..., Path],
) -> None:
    for path, found in (
        (write("other.csv", "alpha\n1\n"), "a file of 8 bytes that starts with alpha"),
        (
            write("book.xlsx", b"PK\x03\x04..."),
            "a spreadsheet: unpack the one, save the other as CSV",
        ),
        (write("t.bin", b"\0\1\2"), "a file of 3 bytes"),
        (write("empty.csv", ""), "an empty file"),
        (write("folder/notes.md", "x").parent, "a folder with notes.md"),
    ):
        with pytest.raises(DataError, match="no known format") as raised:
            read_catalogue(path)
        assert found in str(raised.value)
        assert all(name in str(raised.value) for name in FORMATS)


@pytest.mark.parametrize("name", ["t.csv", "t.tsv", "shop/products.csv"])
def test_a_table_of_unknown_columns_says_what_was_looked_for_and_how_to_name_them(
    write: Callable[..., Path], name: str
) -> None:
    write("shop/images/1.jpg")
    delimiter = "\t" if name == "t.tsv" else ","
    table = write(name, delimiter.join(["Nummer", "Preis"]) + f"\n1{delimiter}5 EUR\n")
    source = table.parent if table.parent.name == "shop" else table
    with pytest.raises(DataError) as raised:
        read_catalogue(source)
    said = str(raised.value)
    assert "Nummer, Preis. Looked for are product_id (or id), title (or name)" in said
    format = "tsv" if name == "t.tsv" else "csv"
    assert f"--format {format} --map product_id=COLUMN --map title=COLUMN" in said
    columns = {"product_id": "Nummer", "price": "Preis"}
    (product,) = read_catalogue(table, format=format, columns=columns)
    assert str(product.price) == "5 EUR"


def test_a_table_without_ids_says_what_was_looked_for(write: Callable[..., Path]) -> None:
    table = write("t.csv", "Name,Colour\nRed dress,red\n")
    looked = r"looked for product_id \(or id, sku, .*\), found Name, Colour\. .*--map product_id="
    with pytest.raises(DataError, match=looked):
        read_catalogue(table)
    assert [p.product_id for p in read_catalogue(table, columns={"product_id": "Name"})]


@pytest.mark.parametrize("source", ["nowhere.csv", "a\0b", "x" * 5000])
def test_what_does_not_exist(source: str) -> None:
    with pytest.raises(NotFoundError, match="no such file or folder"):
        read_catalogue(source)


def test_an_address_is_no_source() -> None:
    with pytest.raises(UsageError, match="download the file first"):
        read_catalogue("https://x.example/feed.xml")


GOOD = {"csv": b"\nlast-one,x\n", "jsonl": b'\n{"id": "last-one"}\n'}
bytes_of_tables = st.one_of(
    st.binary(max_size=200),
    st.text(alphabet='id,"\n\r;{}[]<>&\\u0d8é\t|=\0', max_size=120).map(str.encode),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(bytes_of_tables, st.sampled_from([*FORMATS]))
@example(b"\xff\xfe" + b"i", "csv")
@example(b"[" * 100_000, "jsonl")
@example(b"<rss>" * 1000, "google-merchant")
@example(b'<?xml version="1.0" encoding="utf-32"?><rss/>', "google-merchant")
def test_any_bytes_are_read_or_clearly_refused(
    write: Callable[..., Path], content: bytes, format: str
) -> None:
    path = write("t.csv", content)
    for forced in (format, None):
        try:
            catalogue = read_catalogue(path, format=forced)
        except VitrineError:
            continue
        assert all(product.product_id for product in catalogue)
        assert "\ufffd" not in str(catalogue) or "\ufffd".encode() in content
        str(catalogue.failures).encode("utf-8")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text(alphabet='ab,\n"', max_size=60), st.sampled_from(["csv", "jsonl"]))
def test_rubbish_before_a_good_row_does_not_lose_it(
    write: Callable[..., Path], rubbish: str, format: str
) -> None:
    head = b"id,title\n" if format == "csv" else b'{"id": "first"}\n'
    body = head + rubbish.encode() + GOOD[format]
    catalogue = read_catalogue(write(f"t.{format}", body), format=format)
    assert "last-one" in [product.product_id for product in catalogue]


@pytest.mark.real_data
def test_the_real_listings_of_five_shops(real_data: Path) -> None:
    catalogue = read_catalogue(
        real_data / "shops" / "products_2020_5shops.csv",
        columns={"product_id": "url", "price": "mrp", "sale_price": "price"},
    )
    assert (catalogue.format, len(catalogue)) == ("csv", 9_554)
    assert [failure.column for failure in catalogue.failures] == ["product_id"]
    assert all(product.price and product.photos and product.link for product in catalogue)
    assert {product.price.currency for product in catalogue if product.price} == {"INR", "USD"}
    assert {product.seller for product in catalogue} == {
        "AJIO",
        "AJIO-TRENDS",
        "ASOS",
        "KOOVS",
        "MYNTRA",
    }


@pytest.mark.real_data
def test_the_real_phone_photos(real_data: Path) -> None:
    folder = real_data / "phone-photos-cc0"
    columns = {"product_id": "image", "article_type": "label"}
    table = read_catalogue(folder / "images.csv", columns=columns)
    assert (len(table), len(table.failures)) == (4_317, 0)
    assert all(product.photos for product in table)
    assert len(read_catalogue(folder / "images")) == 4_317
