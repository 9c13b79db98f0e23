from __future__ import annotations

import csv
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from PIL import Image

from vitrine.errors import DataError, UsageError
from vitrine.train.photos import collect_photos, limited


def write(folder: Path, header: Sequence[str], *rows: Sequence[str], name: str = "p.csv") -> Path:
    folder.mkdir(exist_ok=True)
    with (folder / name).open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, *rows])
    for photo in "ab":
        Image.new("RGB", (40, 50), "red").save(folder / f"{photo}.png")
    return folder / name


def test_every_local_photo_with_what_is_known(tmp_path: Path) -> None:
    header = ("id", "title", "article_type", "color", "image_link", "additional_image_link")
    table = write(
        tmp_path / "shop",
        header,
        ("1", "Red shirt", "Shirts", "Red", "a.png", "b.png"),
        ("2", "Jeans", "Jeans", "", "http://x.example/c.png", ""),
        ("3", "A bag", "", "Red", "b.png", ""),
    )
    found = collect_photos([table], tmp_path)
    assert [photo.photo_id for photo in found.photos] == ["1", "1#2", "3"]
    first, second, bag = found.photos
    assert first.labels == second.labels == {"article_type": "Shirts", "base_colour": "Red"}
    assert (first.kind, first.title, first.group, first.part) == (
        "Shirts/Red",
        "Red shirt",
        "",
        None,
    )
    assert bag.kind == ""
    [failure] = found.failures
    assert (failure.product_id, failure.column) == ("2", "image_link")
    assert "local photos only" in failure.reason


def test_a_shoppers_photo_belongs_to_its_sender(tmp_path: Path) -> None:
    header = ("id", "image_link", "sender_id", "label")
    table = write(
        tmp_path / "phones", header, ("1", "a.png", "9", "Dress"), ("2", "b.png", "9", "")
    )
    first, second = collect_photos([table], tmp_path).photos
    assert first.group == second.group == "csv/9"
    assert (first.kind, first.shopper_label) == ("csv/Dress", "Dress")
    assert second.kind == ""


def test_a_file_of_groups_fixes_the_split(tmp_path: Path) -> None:
    table = write(tmp_path / "shop", ("id", "image_link"), ("1", "a.png"), ("2", "b.png"))
    groups = "id,near_duplicate_group\n1,7\n2,7\n"
    (table.parent / "near_duplicate_groups.csv").write_text(groups)
    first, second = collect_photos([table], tmp_path).photos
    assert first.group == second.group == "csv/7"
    assert first.part == second.part is not None


def test_masked_street_photos_lend_backgrounds_only(tmp_path: Path) -> None:
    table = write(
        tmp_path / "street",
        ("id", "image_link", "mask"),
        ("1", "a.png", "m.png"),
        ("2", "b.png", ""),
    )
    found = collect_photos([table], tmp_path)
    assert [photo.photo_id for photo in found.photos] == ["2"]
    [(photo, mask)] = found.masked
    assert (Path(photo).name, mask) == ("a.png", "m.png")


def test_an_archive_of_photos_is_unpacked_once(tmp_path: Path) -> None:
    table = write(tmp_path / "shop", ("id", "image_link"), ("1", "a.png"), name="styles_60x80.csv")
    with zipfile.ZipFile(table.parent / "images_60x80.zip", "w") as archive:
        archive.write(table.parent / "a.png", "a.png")
    (table.parent / "a.png").unlink()
    target = tmp_path / "cache"
    [photo] = collect_photos([table], target).photos
    assert Path(photo.path) == (target / "images_60x80" / "a.png").absolute()
    made = Path(photo.path).stat().st_mtime_ns
    collect_photos([table], target)
    assert Path(photo.path).stat().st_mtime_ns == made


def test_nothing_to_train_on(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="at least one source"):
        collect_photos([], tmp_path)
    table = write(tmp_path / "shop", ("id", "image_link"), ("1", "http://x.example/c.png"))
    with pytest.raises(DataError, match=r"no photo to train on in .*p\.csv"):
        collect_photos([table], tmp_path)


def test_a_limit_is_spread_evenly(tmp_path: Path) -> None:
    rows = [(str(n), "a.png") for n in range(10)]
    photos = collect_photos(
        [write(tmp_path / "shop", ("id", "image_link"), *rows)], tmp_path
    ).photos
    assert [photo.photo_id for photo in limited(photos, 5)] == ["0", "2", "4", "6", "8"]
    assert limited(photos, 10) == limited(photos, None) == list(photos)
