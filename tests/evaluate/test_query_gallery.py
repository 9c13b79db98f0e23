from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image
from tests.evaluate.conftest import COLOURS, ColourEye

from vitrine.catalog import read_catalogue
from vitrine.evaluate import Contestant, evaluate, examples_from
from vitrine.evaluate.query_gallery import write_crops
from vitrine.settings import Settings

BOX = (40, 40, 80, 100)


@pytest.fixture
def in_shop(tmp_path: Path) -> Path:
    """Three items in green surroundings; only inside its box has each its own colour."""
    folder, rows = tmp_path / "in-shop", list[str]()
    for number, colour in enumerate(COLOURS.values()):
        for name, role in (("01_1_front", "query"), ("01_2_side", "gallery")):
            photo = f"img/WOMEN/Dresses/id_{number}/{name}.jpg"
            path = folder / "Img" / photo
            path.parent.mkdir(parents=True, exist_ok=True)
            image = Image.new("RGB", (120, 140), (20, 170, 30))
            image.paste(colour, BOX)
            image.save(path, quality=95)
            rows.append(f"{photo} id_{number} {role}")
    box = " ".join(map(str, BOX))
    for name, head, lines in (
        ("Eval/list_eval_partition.txt", "image_name item_id evaluation_status", rows),
        (
            "Anno/list_bbox_inshop.txt",
            "image_name clothes_type pose_type x_1 y_1 x_2 y_2",
            [f"{row.split()[0]} 3 1 {box}" for row in rows],
        ),
    ):
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("\n".join([str(len(lines)), head, *lines, ""]), "utf-8")
    return folder


def test_queries_find_their_item_by_what_is_inside_the_box(in_shop: Path, tmp_path: Path) -> None:
    examples = examples_from(read_catalogue(in_shop))
    eye = Contestant("eye", lambda _settings: ColourEye(), Settings())
    found = evaluate(examples, [eye], ["query-gallery"], folder=tmp_path / "kept")
    first = found.find("query-gallery", "R@1", "eye")
    assert first is not None
    assert (first.figure, first.n) == (1.0, 3)
    published = found.find("query-gallery", "R@20", "FashionNet (Liu 2016)")
    assert published is not None
    assert published.figure == 0.764
    assert "FashionNet (Liu 2016)" in found.baselines


def test_a_photo_is_cut_once_and_only_where_there_is_a_box(in_shop: Path, tmp_path: Path) -> None:
    photo = str(next(in_shop.rglob("*.jpg")))
    first, whole, outside = write_crops(
        [photo] * 3, ["40,40,80,100", "-", "500,500,600,600"], tmp_path / "cut"
    )
    with Image.open(first) as cut:
        assert cut.size == (40, 60)
    assert whole == outside == photo
    before = Path(first).stat().st_mtime_ns
    assert write_crops([photo], ["40,40,80,100"], tmp_path / "cut") == [first]
    assert Path(first).stat().st_mtime_ns == before
