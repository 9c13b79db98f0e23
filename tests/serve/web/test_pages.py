from __future__ import annotations

import re
from urllib.parse import quote

import pytest
from tests.serve.serving import MARKUP, Serve, Served, code_of
from tests.serve.web.desks import Person
from tests.serve.web.pages import AS_PERSON, visit

EVERY_PAGE = (
    "/",
    "/search",
    "/search?q=dress",
    "/search?like=p0",
    "/search?like=p0&dislike=p1&but=blue",
    "/search?colour=Red&price_min=11",
    "/products/p0",
    "/why?like=p0&product=p3",
)


@pytest.mark.parametrize("path", EVERY_PAGE)
def test_every_page_is_one_that_a_browser_may_trust(ask: Served, path: str) -> None:
    page = visit(ask, path)
    assert page.answer.status_code == 200
    assert page.all("html", lang="en")
    assert len(page.all("h1")) == 1
    asked = [found.get("src") or found.get("href") for tag, found in page.elements if tag != "a"]
    assert all(each.startswith("/") for each in asked if each)


@pytest.mark.parametrize("path", EVERY_PAGE)
def test_titles_are_text(ask: Served, path: str) -> None:
    assert MARKUP not in visit(ask, path).answer.text


def test_a_hostile_title_is_shown_as_it_is_written(ask: Served) -> None:
    page = visit(ask, "/products/p1")
    assert MARKUP in page.text
    assert all(found.get("src") for found in page.all("script"))
    words = visit(ask, f"/search?q={quote(MARKUP)}")
    assert words.all("input", id="q")[0]["value"] == MARKUP


def test_styles_and_scripts_are_kept_for_ever_under_their_version(ask: Served) -> None:
    address = visit(ask, "/").all("link", rel="stylesheet")[0]["href"]
    kept = ask("GET", address)
    assert kept.headers["content-type"] == "text/css; charset=utf-8"
    assert kept.headers["cache-control"] == "public, max-age=31536000, immutable"
    old = ask("GET", re.sub(r"/static/\w+/", "/static/0123456789abcdef/", address))
    assert (old.text, old.headers["cache-control"]) == (kept.text, "no-cache")
    assert ask("GET", "/static/x/../../wording/en.json").status_code == 404
    assert ask("GET", "/static/x/nothing.css").status_code == 404


def test_the_front_window_shows_what_is_new_and_ways_in(ask: Served) -> None:
    page = Person(ask).open("/")
    assert len(page.ids) == 9
    ways = [found["href"] for found in page.all("a", class_="chip")]
    assert "/search?colour=Red" in ways
    assert visit(ask, "/search?colour=Red").ids == ["p6", "p3", "p0"]


def test_words_find_and_filters_narrow_down(ask: Served) -> None:
    page = visit(ask, "/search?q=dress&gender=women&colour=Blue&price_max=12")
    assert page.ids == ["p1"]
    taken_back = [found["href"] for found in page.all("a", class_="chip on")]
    assert "/search?q=dress&gender=women&colour=Blue" in taken_back
    assert "up to €12.00" in page.text


def test_a_facet_that_is_chosen_from_still_shows_the_rest(ask: Served) -> None:
    page = visit(ask, "/search?colour=Red")
    more = [found["href"] for found in page.all("a", href="colour=Red&colour=Blue")]
    assert more == ["/search?colour=Red&colour=Blue"]
    assert len(visit(ask, more[0]).ids) == 6


def test_like_and_less_like_are_links_that_add_to_the_search(ask: Served) -> None:
    page = visit(ask, "/search?like=p0")
    assert "p0" not in page.ids
    liked = [found["href"] for found in page.all("a", class_="act")]
    assert "/search?like=p0&like=p3" in liked
    assert "/search?like=p0&dislike=p3" in liked
    assert not {"p0", "p3"} & set(visit(ask, "/search?like=p0&like=p3").ids)


def test_but_changes_and_can_be_taken_back(ask: Served) -> None:
    offers = {found["href"] for found in visit(ask, "/search?like=p0").all("a", class_="chip")}
    assert "/search?like=p0&but=blue" in offers
    assert "/search?like=p0&but=cheaper" in offers
    page = visit(ask, "/search?like=p3&but=blue&but=cheaper")
    assert page.ids == ["p1"]
    assert "Blue instead of Red" in page.text
    on = [found["href"] for found in page.all("a", class_="chip on")]
    assert on == ["/search?like=p3&but=cheaper", "/search?like=p3&but=blue"]


def test_pages_follow_each_other_without_a_script(window: Served) -> None:
    first = visit(window, "/search")
    following = first.all("a", rel="next")[0]["href"]
    assert following == "/search?page=2"
    second = visit(window, following)
    assert second.all("a", rel="prev")[0]["href"] == "/search"
    assert len(first.ids) == 24
    assert second.ids
    assert not set(first.ids) & set(second.ids)
    cards = visit(window, "/search?page=2&part=cards")
    assert cards.ids == second.ids
    assert not cards.all("h1")


def test_a_product_says_what_is_known_and_by_whom(window: Served) -> None:
    page = visit(window, "/products/D0040")
    for said in ("Puff-Sleeve Blouse", "€42.00", "Cotton", "Sold out", "Also comes as"):
        assert said in page.text
    assert re.search(r"Sleeves Long seen in the photo, \d+ % sure", page.text)
    assert page.all("a", href="https://")[0]["rel"] == "noopener noreferrer nofollow"
    assert page.all("img", src="/products/D0040/photos/1?size=large")


def test_an_id_may_hold_anything(ask: Served) -> None:
    page = visit(ask, "/products/sale%2F50%25%20off%3F%C3%BC")
    assert "Scarf" in page.text
    assert page.all("a", href="https://shop.example/scarf")
    assert "no photo" in page.text


def test_photos_of_products(ask: Served, window: Served) -> None:
    small = window("GET", "/products/D0040/photos/0")
    assert small.headers["content-type"] == "image/webp"
    again = {"If-None-Match": small.headers["etag"]}
    assert window("GET", "/products/D0040/photos/0", headers=again).status_code == 304
    large = window("GET", "/products/D0040/photos/0?size=large")
    assert len(large.content) > len(small.content)
    for missing in ("/products/p0/photos/7", "/products/nobody/photos/0?size=large"):
        assert code_of(ask("GET", missing)) == "photo_not_found"


def test_a_photo_that_moved_away_is_shown_small(serve: Serve) -> None:
    with serve() as own:
        own.service.shop.patch("p0", title="Moved")
        photo = own.service.shop.get("p0").photos[0]
        assert own("GET", "/products/p0/photos/0?size=large").status_code == 200
        assert photo.encode() not in own("GET", "/products/p0").content


def test_reasons_come_with_light_on_both_photos(window: Served) -> None:
    like = visit(window, "/search?like=D0040")
    why = like.all("details", data_why="/why")[0]["data-why"]
    page = visit(window, why)
    pictures = page.all("img", src="data:image/webp;base64,")
    assert [bool(found["alt"]) for found in pictures] == [True, True]
    part = visit(window, f"{why}&part=why")
    assert not part.all("h1")
    assert len(part.all("img")) == 2


def test_an_encoder_without_cells_says_so(ask: Served) -> None:
    assert "no picture of where they match" in visit(ask, "/why?like=p0&product=p3").text


def test_nothing_found_says_how_to_go_on(ask: Served) -> None:
    page = visit(ask, "/search?q=dress&colour=Red&price_max=1")
    assert page.answer.status_code == 200
    assert "Nothing found" in page.text
    assert page.all("a", class_="button")[0]["href"] == "/search?q=dress"


def test_nothing_close_enough_is_said_and_can_be_overruled(window: Served) -> None:
    path = "/search?like=D0040&article_type=Kurtas&colour=Teal&colour=Magenta"
    page = visit(window, path)
    assert "Nothing comes close enough" in page.text
    assert page.ids == []
    anyway = page.all("a", class_="button")[0]["href"]
    assert visit(window, anyway).ids


@pytest.mark.parametrize(
    "path",
    [
        "/search?crop=1,2",
        "/search?crop=0.5,0,0.2,1",
        "/search?crop_left=nan",
        "/search?page=0",
        "/search?page=99999999999999999999",
        "/search?price_min=inf",
        "/search?price_max=cheap",
        f"/search?q={'x' * 501}",
        "/search?q=a%00b",
        "/search?" + "&".join(f"like=p{n}" for n in range(21)),
        "/search?like=p0&dislike=p0",
        "/search?like=p0&but=cheaper&but=dearer",
        "/why?q=dress&product=p0&crop=a",
    ],
)
def test_what_cannot_be_searched_is_said_kindly(ask: Served, path: str) -> None:
    page = visit(ask, path)
    assert page.answer.status_code == 422
    assert "That cannot be searched" in page.text


@pytest.mark.parametrize(
    ("path", "status", "title"),
    [
        ("/nothing/here", 404, "There is nothing here"),
        ("/products/nobody", 404, "That piece is gone"),
        ("/search?like=nobody", 404, "That piece is gone"),
        ("/why?like=p0", 422, "Something went wrong"),
    ],
)
def test_people_get_a_page_of_what_went_wrong(
    ask: Served, path: str, status: int, title: str
) -> None:
    page = visit(ask, path)
    assert (page.answer.status_code, title in page.text) == (status, True)
    assert page.answer.headers["x-request-id"] in page.text


def test_programs_get_problems(ask: Served) -> None:
    assert code_of(ask("GET", "/nothing/here")) == "not_found"
    assert code_of(ask("GET", "/v1/nothing", headers=AS_PERSON)) == "not_found"
    assert code_of(ask("GET", "/v1/products/nobody", headers=AS_PERSON)) == "product_not_found"


def test_a_crop_in_percent_is_one_in_shares(ask: Served) -> None:
    page = visit(ask, "/search?q=dress&crop_left=10&crop_top=0&crop_right=90&crop_bottom=50")
    assert page.all("a", href="crop=0.1%2C0%2C0.9%2C0.5")


def test_prices_in_several_currencies_are_not_compared(serve: Serve) -> None:
    with serve() as own:
        own.service.shop.patch("p0", price="10 USD")
        page = visit(own, "/search?q=dress")
        assert page.answer.status_code == 200
        assert not page.all("input", name="price_min")
        assert not page.all("a", href="sort=price_asc")
        chosen = visit(own, "/search?q=dress&currency=EUR&price_max=12&sort=price_asc")
        assert chosen.ids == ["p1", "p2"]
        assert chosen.all("input", name="price_min")
        assert visit(own, "/search?q=dress&price_max=12").answer.status_code == 422
