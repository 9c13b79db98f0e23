from __future__ import annotations

import pytest
from tests.compare.selling import listing

from vitrine.compare import read
from vitrine.compare.identifiers import gtin_of
from vitrine.compare.traits import KINDS, PEOPLE, TRAITS


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("4006381333931", "04006381333931"),
        ("04006381333931", "04006381333931"),
        ("400 6381 33393 1", "04006381333931"),
        ("036000291452", "00036000291452"),
        ("96385074", "00000096385074"),
        ("4006381333930", ""),
        ("0000000000000", ""),
        ("400638133393", ""),
        ("A006381333931", ""),
        ("\u0664006381333931", ""),
        ("", ""),
    ],
)
def test_a_gtin_counts_only_with_its_check_digit(written: str, read_as: str) -> None:
    assert gtin_of(written) == read_as


def test_brand_colours_and_people_are_no_words_of_the_title() -> None:
    said = read(listing("a", "x", "Fjordwane Women's Navy Blue V-Neck T-Shirt in Cotton"))
    assert said.brand == ("fjordwane",)
    assert said.words == ("vneck", "tshirt", "cotton")
    assert said.people == PEOPLE["woman"]
    assert said.kinds == KINDS["tshirt"]


def test_two_shops_say_the_same_in_other_words() -> None:
    one = read(
        listing("a", "x", "Crew-Neck T-shirt", colour="darknavy", product_type="men_tshirts")
    )
    other = read(listing("b", "y", "Fjordwane Men Navy Blue Round Neck Tee", gender="men"))
    neck = [*TRAITS].index("neck")
    assert one.traits[neck] & other.traits[neck]
    assert one.kinds & other.kinds
    assert one.people == other.people == PEOPLE["man"]
    assert one.families & other.families


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("Short sleeve shirt", "shirt"),
        ("Half-Sleeve Shirt", "shirt"),
        ("Chino shorts", "short"),
        ("Striped saree", "saree"),
    ],
)
def test_short_sleeves_are_no_shorts(title: str, kind: str) -> None:
    assert read(listing("a", "x", title)).kinds & KINDS[kind]
    assert bool(read(listing("a", "x", title)).kinds & KINDS["short"]) == (kind == "short")


def test_denim_is_a_cloth_in_titles_and_a_colour_in_its_field() -> None:
    assert read(listing("a", "x", "Denim skirt in white")).colours == (
        read(listing("b", "y", "Skirt", colour="White")).colours
    )
    assert read(listing("a", "x", "Skirt", colour="Denim")).families


def test_a_colour_without_a_name_of_ours_is_kept_as_written() -> None:
    assert read(listing("a", "x", colour="Coral!")).strange_colour == "coral"
    assert read(listing("a", "x", colour="Multi")).strange_colour == ""
    assert read(listing("a", "x", colour="Red")).strange_colour == ""


def test_usual_sizes_are_what_is_not_said() -> None:
    ranges = [*TRAITS].index("range")
    usual, petite = (read(listing("a", "x", t)).traits[ranges] for t in ("Dress", "Petite dress"))
    assert usual
    assert not usual & petite
