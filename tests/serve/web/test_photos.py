from __future__ import annotations

import asyncio
import io
import logging
from pathlib import Path

import pytest
from PIL import Image
from tests.serve.serving import Serve, Served, draw, until
from tests.serve.web.pages import AS_PERSON, Page, visit

from vitrine.errors import ConfigurationError
from vitrine.serve.web.shelf import KeptPhoto, PhotoShelf, cleaned


def send(served: Served, photo: bytes, **more: str) -> str:
    """Bring a photo; where the page of its hits is."""
    answer = served("POST", "/photos", files={"photo": photo}, data=more, headers=AS_PERSON)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def name_in(address: str) -> str:
    return address.split("photo=")[1].split("&")[0]


def test_a_photo_leads_to_what_looks_like_it(window: Served, photo: Path) -> None:
    address = send(window, photo.read_bytes())
    page = visit(window, address)
    assert page.ids[0] == "D0040"
    assert "We keep your photo for 60 more minutes" in page.text
    assert len(name_in(address)) == 22


def test_the_rest_of_the_search_goes_on(window: Served, photo: Path) -> None:
    rest = "q=blouse&gender=women&crop=0,0,0.5,1&page=3"
    address = send(window, photo.read_bytes(), query=rest)
    assert address == f"/search?q=blouse&photo={name_in(address)}&gender=women"
    assert visit(window, address).ids


def test_a_part_of_a_photo_is_searched(window: Served, photo: Path) -> None:
    address = send(window, photo.read_bytes())
    whole, part = visit(window, address), visit(window, f"{address}&crop=0.1,0.1,0.5,0.4")
    assert whole.ids != part.ids
    assert part.all("input", name="crop_left")[0]["value"] == "10.0"


def test_the_kept_copy_holds_nothing_but_pixels(ask: Served) -> None:
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "a secret"
    Image.new("RGB", (2400, 1200), "red").save(out, "JPEG", exif=exif, comment=b"another")
    answer = ask("GET", f"/photos/{name_in(send(ask, out.getvalue()))}")
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["cache-control"].startswith("private, max-age=")
    assert b"secret" not in answer.content
    assert b"another" not in answer.content
    kept = Image.open(io.BytesIO(answer.content))
    assert (kept.format, max(kept.size) <= 1600, kept.getexif()) == ("JPEG", True, {})


def test_a_photo_is_forgotten_when_its_owner_says_so(ask: Served) -> None:
    address = send(ask, draw(1))
    path = visit(ask, address).all("form", action="/forget")[0]["action"]
    assert ask("POST", path).headers["location"] == "/"
    assert visit(ask, address).answer.status_code == 410
    assert ask("GET", f"/photos/{name_in(address)}").status_code == 404


def test_a_photo_whose_time_is_over_is_gone_and_the_page_says_so(serve: Serve) -> None:
    with serve(serve_photo_kept_s=1) as own:
        address = send(own, draw(1), query="q=dress&colour=Red")
        assert visit(own, address).answer.status_code == 200
        until(lambda: visit(own, address).answer.status_code == 410)
        page = visit(own, address)
        assert "This photo has been let go" in page.text
        assert page.all("a", href="/search?q=dress&colour=Red")
        assert page.all("input", name="query")[0]["value"] == "q=dress&colour=Red"


def test_where_no_photo_is_kept_the_hits_come_at_once(serve: Serve) -> None:
    with serve(serve_photo_kept_s=0) as own:
        page = visit(own, "/photos", files={"photo": draw(1)})
        assert page.answer.status_code == 200
        assert page.ids[0] == "p1"
        assert "not kept" in page.text
        assert page.all("img", src="data:image/jpeg;base64,")
        assert "photo=" not in page.answer.text
        assert not page.all("a", class_="act")


def test_no_log_names_a_photo(serve: Serve, caplog: pytest.LogCaptureFixture) -> None:
    with serve() as own, caplog.at_level(logging.DEBUG, "vitrine.serve"):
        address = send(own, draw(1))
        visit(own, address)
        visit(own, f"/photos/{name_in(address)}x")
    assert caplog.text
    assert name_in(address) not in caplog.text


@pytest.mark.parametrize(
    ("files", "status", "title"),
    [
        ({"photo": b"<svg/>"}, 422, "That photo cannot be read"),
        ({"photo": b""}, 400, "No photo arrived"),
        ({"else": b"x"}, 400, "No photo arrived"),
        ({"photo": b"x" * 20_000_000}, 413, "That photo is too large"),
    ],
)
def test_what_is_no_photo_is_said_kindly(
    ask: Served, files: dict[str, bytes], status: int, title: str
) -> None:
    page = visit(ask, "/photos", files=files)
    assert (page.answer.status_code, title in page.text) == (status, True)


def test_a_flood_of_photos_is_sent_away(serve: Serve) -> None:
    with serve(serve_queue=0) as own:
        lane = own.service.searches
        lane._n_inside = 1  # pyright: ignore[reportPrivateUsage]
        page = visit(own, "/photos", files={"photo": draw(1)})
        lane._n_inside = 0  # pyright: ignore[reportPrivateUsage]
        assert page.answer.status_code == 503
        assert "retry-after" in page.answer.headers
        assert isinstance(page, Page)


def test_the_oldest_photos_go_first() -> None:
    async def fill() -> None:
        now = 0.0
        shelf = PhotoShelf(60, 25, clock=lambda: now)
        names = [shelf.put(KeptPhoto(bytes(10), 1, 1)) for _ in range(3)]
        assert [shelf.get(name) is not None for name in names] == [False, True, True]
        shelf.put(KeptPhoto(bytes(30), 1, 1))
        assert len(shelf) == 0
        last = shelf.put(KeptPhoto(bytes(10), 1, 1))
        now = 59.0
        assert shelf.left_s(last) == 1.0
        now = 60.0
        assert shelf.get(last) is None
        assert len(shelf) == 0

    asyncio.run(fill())


def test_a_photo_goes_by_itself() -> None:
    async def wait() -> None:
        shelf = PhotoShelf(0.05, 100)
        shelf.put(KeptPhoto(bytes(10), 1, 1))
        await asyncio.sleep(0.2)
        assert len(shelf) == 0

    asyncio.run(wait())


def test_large_photos_are_made_smaller() -> None:
    kept = cleaned(Image.new("RGBA", (3200, 800)))
    assert (kept.width, kept.height) == (1600, 400)


def test_garments_on_a_photo_are_offered_as_parts(window: Served, photo: Path) -> None:
    try:
        found = window.service.shop.find_garments(photo)
    except ConfigurationError as error:
        pytest.skip(f"nothing finds garments here: {error}")
    page = visit(window, send(window, photo.read_bytes()))
    sides = {",".join(f"{round(side, 3):g}" for side in each.box.sides) for each in found}
    assert {part["data-box"] for part in page.all("a", data_box=",")} <= sides
    assert len(page.all("a", data_box=",")) == len(page.all("rect"))
    for part in page.all("a", data_box=","):
        chosen = visit(window, part["href"])
        assert chosen.all("a", aria_current="true", data_box=part["data-box"])
