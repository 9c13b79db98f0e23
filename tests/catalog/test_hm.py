from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from vitrine.catalog import read_catalogue

HEADER = (
    "article_id,product_code,prod_name,product_type_no,product_type_name,product_group_name,"
    "graphical_appearance_no,graphical_appearance_name,colour_group_code,colour_group_name,"
    "perceived_colour_value_id,perceived_colour_value_name,perceived_colour_master_id,"
    "perceived_colour_master_name,department_no,department_name,index_code,index_name,"
    "index_group_no,index_group_name,section_no,section_name,garment_group_no,"
    "garment_group_name,detail_desc\n"
)


def article(
    article_id: str = "0108775015",
    kind: str = "T-shirt",
    colour: str = "Dark Blue",
    index: str = "Ladieswear",
    group: str = "Ladieswear",
    section: str = "Womens Everyday Basics",
) -> str:
    return (
        f"{article_id},0108775,Strap top,253,{kind},Garment Upper body,1010017,Stripe,9,{colour},"
        f'4,Dark,5,Black,1676,Jersey Basic,A,"{index}",1,{group},16,"{section}",1002,'
        'Jersey Basic,"Jersey top, with narrow straps."\n'
    )


def test_the_official_layout(write: Callable[..., Path]) -> None:
    photo = write("images/010/0108775015.jpg")
    root = write("articles.csv", HEADER + article("108775015")).parent
    catalogue = read_catalogue(root)
    (product,) = catalogue
    assert (catalogue.format, catalogue.failures) == ("hm", ())
    assert (product.product_id, product.item_group_id) == ("0108775015", "0108775")
    assert product.photos == (str(photo),)
    assert (product.title, product.description) == ("Strap top", "Jersey top, with narrow straps.")
    assert (product.article_type, product.colour) == ("Tshirts", "Navy Blue")
    assert (product.pattern, product.gender) == ("Striped", "women")
    assert product.original == {
        "article_type": "T-shirt",
        "colour": "Dark Blue",
        "pattern": "Stripe",
        "sub_category": "Garment Upper body",
    }
    assert product.product_type == "Ladieswear > Jersey Basic > T-shirt"
    assert product.extra["department_name"] == "Jersey Basic"


@pytest.mark.parametrize(
    ("group", "index", "section", "gender", "age_group"),
    [
        ("Ladieswear", "Ladieswear", "H&M+", "women", ""),
        ("Ladieswear", "Lingeries/Tights", "Womens Lingerie", "women", ""),
        ("Menswear", "Menswear", "Contemporary Smart", "men", ""),
        ("Baby/Children", "Children Sizes 92-140", "Kids Boy", "boys", "kids"),
        ("Baby/Children", "Children Sizes 134-170", "Girls Underwear & Basics", "girls", "kids"),
        ("Baby/Children", "Baby Sizes 50-98", "Baby Essentials & Complements", "unisex", "infant"),
        ("Baby/Children", "Children Accessories, Swimwear", "Kids & Baby Shoes", "unisex", "kids"),
        ("Sport", "Sport", "Men H&M Sport", "men", ""),
        ("Sport", "Sport", "Ladies H&M Sport", "women", ""),
        ("Divided", "Divided", "Ladies Denim", "women", ""),
        ("Divided", "Divided", "Divided Collection", "", ""),
    ],
)
def test_whom_an_article_is_for(
    write: Callable[..., Path], group: str, index: str, section: str, gender: str, age_group: str
) -> None:
    table = write("articles.csv", HEADER + article(index=index, group=group, section=section))
    (product,) = read_catalogue(table)
    assert (product.gender, product.age_group) == (gender, age_group)


def test_unknown_words(write: Callable[..., Path]) -> None:
    table = write("articles.csv", HEADER + article(kind="Unknown", colour="Other Pink"))
    (product,) = read_catalogue(table)
    assert (product.article_type, product.colour) == ("", "Pink")


def test_a_photo_that_is_not_there(write: Callable[..., Path]) -> None:
    write("images/010/0000000000.jpg")
    catalogue = read_catalogue(write("articles.csv", HEADER + article()))
    assert next(iter(catalogue)).photos == ()
    assert [failure.line for failure in catalogue.failures] == [2]


@pytest.mark.real_data
def test_the_real_set(real_data: Path) -> None:
    catalogue = read_catalogue(real_data / "hm")
    assert (len(catalogue), len(catalogue.failures)) == (5_902, 0)
    assert all(len(product.photos) == 1 for product in catalogue)
    assert all(len(product.product_id) == 10 for product in catalogue)
    genders = [product.gender for product in catalogue]
    assert set(genders) == {"women", "men", "girls", "boys", "unisex", ""}
    assert genders.count("") == 1_048  # Divided, but for its Ladies Denim


@pytest.mark.real_data
def test_the_table_of_transactions_gets_its_zeros_back(real_data: Path) -> None:
    catalogue = read_catalogue(real_data / "hm" / "articles_20180920.csv")
    assert len(catalogue) == 4_903
    assert sum(1 for product in catalogue if product.photos) == 143
