from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from vitrine.catalog import read_catalogue
from vitrine.errors import DataError, UsageError

Write = Callable[..., Path]

IN_SHOP = """3
image_name item_id evaluation_status
img/WOMEN/Dresses/id_00000002/02_1_front.jpg id_00000002 query
img/WOMEN/Dresses/id_00000002/02_2_side.jpg  id_00000002 gallery
img/MEN/Denim/id_00000080/01_1_front.jpg id_00000080 train
"""
BOXES = """3
image_name clothes_type pose_type x_1 y_1 x_2 y_2
img/WOMEN/Dresses/id_00000002/02_1_front.jpg 3 1 50 49 208 237
img/WOMEN/Dresses/id_00000002/02_2_side.jpg 3 2 51 40 200 230
img/MEN/Denim/id_00000080/01_1_front.jpg 2 1 1 2 3 4
"""
TOLD = '[{"item": "id_00000002", "color": "Navy", "description": ["Light.", "Long."]}]'
CONSUMER = """2
image_pair_name_1 image_pair_name_2 item_id evaluation_status
img/CLOTHING/Blouse/id_1/comsumer_01.jpg img/CLOTHING/Blouse/id_1/shop_01.jpg id_1 test
img/CLOTHING/Blouse/id_1/comsumer_02.jpg img/CLOTHING/Blouse/id_1/shop_01.jpg id_1 train
"""


@pytest.fixture
def in_shop(write: Write) -> Path:
    for line in IN_SHOP.splitlines()[2:]:
        write(f"set/Img/{line.split()[0]}")
    write("set/Eval/list_eval_partition.txt", IN_SHOP)
    write("set/Anno/list_bbox_inshop.txt", BOXES)
    return write("set/Anno/list_description_inshop.json", TOLD).parents[1]


def test_an_item_is_a_product_with_roles_and_boxes(in_shop: Path) -> None:
    catalogue = read_catalogue(in_shop)
    assert (catalogue.format, catalogue.failures) == ("deepfashion-in-shop", ())
    dress, denim = catalogue
    assert dress.product_id == "id_00000002"
    assert [Path(photo).name for photo in dress.photos] == ["02_1_front.jpg", "02_2_side.jpg"]
    assert dress.extra == {"roles": "query gallery", "boxes": "50,49,208,237 51,40,200,230"}
    assert (dress.gender, dress.product_type) == ("women", "WOMEN > Dresses")
    assert (dress.colour, dress.description) == ("Navy Blue", "Light. Long.")
    assert (denim.gender, denim.extra["roles"]) == ("men", "train")


def test_a_photo_that_is_missing_is_left_out_with_its_role(in_shop: Path) -> None:
    (in_shop / "Img/img/WOMEN/Dresses/id_00000002/02_1_front.jpg").unlink()
    catalogue = read_catalogue(in_shop)
    assert next(iter(catalogue)).extra == {"roles": "gallery", "boxes": "51,40,200,230"}
    (failure,) = catalogue.failures
    assert (failure.product_id, failure.line) == ("id_00000002", 3)


def test_a_list_that_was_downloaded_in_part(in_shop: Path) -> None:
    cut = in_shop / "Eval/list_eval_partition.txt"
    cut.write_text("".join(IN_SHOP.splitlines(keepends=True)[:-1]), "utf-8")
    with pytest.raises(DataError, match="it has 3 rows and has 2: it was only downloaded in part"):
        read_catalogue(in_shop)


def test_lists_without_photos(write: Write) -> None:
    folder = write("set/Eval/list_eval_partition.txt", IN_SHOP).parents[1]
    with pytest.raises(DataError, match=r"no photos: unpack img\.zip into"):
        read_catalogue(folder)


def test_columns_are_not_mapped(in_shop: Path) -> None:
    with pytest.raises(UsageError, match="no columns to map"):
        read_catalogue(in_shop, columns={"title": "item"})


def test_shoppers_photos_are_queries_of_the_shops(write: Write) -> None:
    for name in ("comsumer_01", "comsumer_02", "shop_01"):
        write(f"set/Img/img/CLOTHING/Blouse/id_1/{name}.jpg")
    folder = write("set/Eval/list_eval_partition.txt", CONSUMER).parents[1]
    catalogue = read_catalogue(folder)
    assert catalogue.format == "deepfashion-consumer-to-shop"
    (blouse,) = catalogue
    assert [Path(photo).stem for photo in blouse.photos] == [
        "shop_01",
        "comsumer_01",
        "comsumer_02",
    ]
    assert blouse.extra == {"roles": "gallery query train-query"}


@pytest.fixture
def attributes(write: Write) -> Path:
    photo = "img/Sheer_Pleated-Front_Blouse/img_00000001.jpg"
    write(f"set/Img/{photo}")
    write("set/Eval/list_eval_partition.txt", f"1\nimage_name evaluation_status\n{photo} val\n")
    anno = "set/Anno/list_"
    write(f"{anno}category_img.txt", f"1\nimage_name category_label\n{photo} 2\n")
    write(f"{anno}category_cloth.txt", "2\ncategory_name category_type\nAnorak 1\nBlouse 1\n")
    attributes = "2\nattribute_name attribute_type\na-line 3\nfloral print 1\n"
    write(f"{anno}attr_cloth.txt", attributes)
    write(f"{anno}attr_img.txt", f"1\nimage_name attribute_labels\n{photo} -1  1\n")
    box = write(f"{anno}bbox.txt", f"1\nimage_name x_1 y_1 x_2 y_2\n{photo} 72 79 232 273\n")
    return box.parents[1]


def test_categories_and_attributes(attributes: Path) -> None:
    catalogue = read_catalogue(attributes)
    assert catalogue.format == "deepfashion-attributes"
    (blouse,) = catalogue
    assert blouse.product_id == "img/Sheer_Pleated-Front_Blouse/img_00000001.jpg"
    assert blouse.extra == {
        "category": "Blouse",
        "attributes": "floral print",
        "roles": "val",
        "boxes": "72,79,232,273",
    }


@pytest.mark.parametrize(
    "name",
    [
        "list_category_img.txt",
        "list_category_cloth.txt",
        "list_attr_img.txt",
        "list_attr_cloth.txt",
        "list_eval_partition.txt",
    ],
)
def test_a_list_that_is_missing_is_named(attributes: Path, name: str) -> None:
    next(attributes.rglob(name)).unlink()
    with pytest.raises(DataError, match=f"holds no {name}: this set is downloaded in parts"):
        read_catalogue(attributes)


def test_lists_that_do_not_belong_together(attributes: Path) -> None:
    cloth = attributes / "Anno/list_category_cloth.txt"
    cloth.write_text("1\ncategory_name category_type\nAnorak 1\n", "utf-8")
    with pytest.raises(DataError, match=r"img\.txt, line 3: one number from 1 to 1 .* not '2'"):
        read_catalogue(attributes)


@pytest.mark.parametrize("name", ["list_bbox_inshop.txt", "list_description_inshop.json"])
def test_in_shop_without_its_partition(write: Write, name: str) -> None:
    write("set/Img/img/WOMEN/Dresses/id_00000002/02_1_front.jpg")
    folder = write(f"set/Anno/{name}", "[]").parents[1]
    with pytest.raises(DataError, match=r"holds no list_eval_partition\.txt"):
        read_catalogue(folder)
    write("set/Eval/list_eval_partition.txt", "")
    with pytest.raises(DataError, match="does not begin with a count"):
        read_catalogue(folder)


def test_none_of_the_photos_is_there(in_shop: Path) -> None:
    for photo in in_shop.rglob("*.jpg"):
        photo.unlink()
    with pytest.raises(DataError, match="none of the photos of 2 products is in"):
        read_catalogue(in_shop)
