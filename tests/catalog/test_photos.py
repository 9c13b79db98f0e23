from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from vitrine.catalog.photos import PhotoFinder, split_photos
from vitrine.errors import DataError, NotFoundError


@pytest.mark.parametrize(
    ("cell", "photos"),
    [
        ("", []),
        ("a.jpg", ["a.jpg"]),
        ("a.jpg|b.jpg", ["a.jpg", "b.jpg"]),
        ("a.jpg, b.PNG;c.webp", ["a.jpg", "b.PNG", "c.webp"]),
        ("red, front.jpg", ["red, front.jpg"]),
        ("https://x.example/1.jpg?w=1,2", ["https://x.example/1.jpg?w=1,2"]),
        (
            "https://x.example/1.jpg , http://x.example/2",
            ["https://x.example/1.jpg", "http://x.example/2"],
        ),
    ],
)
def test_cells_with_several_photos(cell: str, photos: list[str]) -> None:
    assert split_photos(cell) == photos


@pytest.mark.parametrize(
    "written", ["images/red.jpg", "images/RED.JPG", "images/red", "images\\red.jpg", "./images/red"]
)
def test_a_photo_is_found_however_it_is_written(write: Callable[..., Path], written: str) -> None:
    photo = write("images/red.jpg")
    assert PhotoFinder([photo.parents[1]]).find(written) == str(photo)


def test_accents_are_found_in_either_spelling(write: Callable[..., Path]) -> None:
    photo = write("u\u0308ber.jpg")
    assert Path(PhotoFinder([photo.parent]).find("\u00fcber.jpg")).samefile(photo)


def test_the_exact_name_wins(write: Callable[..., Path]) -> None:
    names = ["a.png", "a.jpg", "a"]
    photos = {name: str(write(name)) for name in names}
    finder = PhotoFinder([Path(photos["a"]).parent])
    assert [finder.find(name) for name in names] == [photos[name] for name in names]


def test_folders_are_tried_in_order(write: Callable[..., Path]) -> None:
    first, second = write("1/a.jpg"), write("2/b.jpg")
    write("2/a.jpg")
    finder = PhotoFinder([first.parent, second.parent])
    assert finder.find("a.jpg") == str(first)
    assert finder.find("b.jpg") == str(second)


@pytest.mark.parametrize(
    "written", ["../secret.jpg", "{outside}", "images/../../secret", "..\\secret.jpg", "../nothing"]
)
def test_paths_of_a_stranger_may_not_leave_what_he_sent(
    write: Callable[..., Path], written: str
) -> None:
    photo, outside = write("sent/images/red.jpg"), write("secret.jpg")
    sent = photo.parents[1]
    finder = PhotoFinder([sent, sent / "images"], within=sent)
    assert finder.find("images/../images/red.jpg") == str(photo)
    with pytest.raises(DataError, match="leads out of what was sent") as refusal:
        finder.find(written.format(outside=outside))
    assert str(sent) not in str(refusal.value)
    with pytest.raises(NotFoundError, match=r"no such file in what was sent: blue\.jpg$"):
        finder.find("blue.jpg")


def test_paths_may_leave_the_folder_if_they_exist(write: Callable[..., Path]) -> None:
    photo, table = write("photos/a.jpg"), write("tables/t.csv", "")
    finder = PhotoFinder([table.parent])
    assert finder.find("../photos/a.jpg") == str(photo)
    assert finder.find(str(photo)) == str(photo)
    with pytest.raises(NotFoundError, match=r"no such file: \.\./photos/b\.jpg"):
        finder.find("../photos/b.jpg")


def test_addresses_stay_as_they_are(tmp_path: Path) -> None:
    finder = PhotoFinder([tmp_path])
    assert finder.find("https://x.example/a b.jpg") == "https://x.example/a b.jpg"
    assert finder.find("//cdn.example/a.jpg") == "https://cdn.example/a.jpg"


@pytest.mark.parametrize(
    "written",
    ["ftp://x.example/a.jpg", "data:image/png;base64,AA", "file:///a.jpg", "\\\\host\\a.jpg"],
)
def test_other_schemes_are_refused(tmp_path: Path, written: str) -> None:
    with pytest.raises(DataError, match="neither a file nor"):
        PhotoFinder([tmp_path]).find(written)


@pytest.mark.parametrize("written", ["a\0b.jpg", "x" * 5000, "", ".", "https://", "a.jpg/b.jpg"])
def test_nonsense_is_no_file(write: Callable[..., Path], written: str) -> None:
    folder = write("a.jpg").parent
    with pytest.raises(DataError):
        PhotoFinder([folder]).find(written)
