from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs

import numpy as np
import pytest
from tests.serve.serving import MARKUP, Served, served
from tests.serve.web.desks import Person
from tests.serve.web.pages import Page

from vitrine.settings import Settings
from vitrine.shop import create_shop
from vitrine.store import ImageRecord, PhotoRef, Store, VectorRecord, open_sqlite
from vitrine.types import Product, Tag
from vitrine.vectors import unit

PHOTOS = itertools.count()
BLUE = Tag("Blue", 0.9, unsure=False)


def put(store: Store, product_id: str, tags: dict[str, Tag], *, like: int, **said: str) -> None:
    """Put a product whose photo is seen as told; `like` numbers its vector."""
    identity = store.encoder()
    sha256 = f"{next(PHOTOS):064}"
    direction = np.random.default_rng(like).standard_normal((1, identity.dim))
    vector = unit(direction.astype(np.float32))[0]
    product = Product(product_id, **{"title": f"Coat {product_id}"} | said, photos=("1.jpg",))  # pyright: ignore[reportArgumentType]
    with store.transaction() as writer:
        writer.put_images([ImageRecord(sha256, 3, 4, b"")])
        writer.put_vectors(identity, [VectorRecord(sha256, vector, tags)])
        writer.put_products([(product, [PhotoRef("1.jpg", sha256)])])


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server in front of an empty shop of the encoder that ships."""
    folder = tmp_path_factory.mktemp("review")
    settings = Settings(models_dir=folder / "models", threads=1)
    create_shop(folder / "a.shop", settings=settings).close()
    with served(folder / "a.shop", folder / "models") as running:
        yield running


@pytest.fixture
def store(desk: Served) -> Iterator[Store]:
    """The store of that shop, emptied again after each test."""
    opened = open_sqlite(Path(desk.shop))
    yield opened
    with opened.transaction() as writer:
        writer.delete_products(opened.product_ids())
    opened.close()


@pytest.fixture
def who(desk: Served) -> Person:
    return Person(desk)


def items(page: Page) -> list[tuple[str, str, str, str]]:
    """Product, field, value and what is seen, of every item on a page."""
    marks = [
        parse_qs(found["value"], keep_blank_values=True)
        for found in page.all("input", name="item-")
    ]
    return [(m["product"][0], m["field"][0], m["value"][0], m["seen"][0]) for m in marks]


def marks(page: Page) -> list[tuple[str, str]]:
    """What the form of a page says of its items."""
    return [(found["name"], found["value"]) for found in page.all("input", name="item-")]


def test_a_decision_persists_and_does_not_come_back(
    store: Store, who: Person, desk: Served
) -> None:
    for number, name in enumerate("abc"):
        put(store, name, {"base_colour": BLUE}, like=number, colour="Red")
    page = who.open("/desk/review")
    assert items(page) == [(name, "colour", "Red", "Blue") for name in "abc"]
    choices = (("do-0", "keep"), ("do-1", "take"), ("other-2", "navy"))
    answer = who.fill(page, "/desk/review", *marks(page), *choices, kind="doubted", field="colour")
    assert answer.headers["location"] == "/desk/review?kind=doubted&field=colour"
    after = who.open("/desk/review?kind=doubted&field=colour")
    assert "3 decided: 1 kept, 2 changed." in after.text
    assert items(after) == []
    assert "All looked at" in after.text
    assert [desk.service.shop.get(name).colour for name in "abc"] == ["Red", "Blue", "Navy Blue"]
    assert [review.decided for review in store.reviews()] == ["kept", "corrected", "corrected"]
    assert items(Person(desk).open("/desk/review")) == []
    again = who.open("/desk/review")
    assert "3 decided" not in again.text
    assert "Your last 3 decisions can be taken back." in again.text
    undone = who.fill(again, "/desk/undo", back="/desk/review?kind=doubted")
    assert undone.headers["location"] == "/desk/review?kind=doubted"
    back = who.open("/desk/review?kind=doubted")
    assert "3 decisions taken back." in back.text
    assert len(items(back)) == 3
    assert {desk.service.shop.get(name).colour for name in "abc"} == {"Red"}
    assert not back.all("form", action="/desk/undo")


@pytest.mark.parametrize(
    ("bulk", "colours"), [("keep", ["Red", "Green", "Red"]), ("take", ["Blue", "Green", "Red"])]
)
def test_selected_ones_are_decided_at_once(
    store: Store, who: Person, desk: Served, bulk: str, colours: list[str]
) -> None:
    for number, name in enumerate("abc"):
        put(store, name, {"base_colour": BLUE}, like=number, colour="Red")
    page = who.open("/desk/review")
    chosen = (
        ("select", "0"),
        ("select", "1"),
        ("bulk", bulk),
        ("do-1", "other"),
        ("other-1", "Green"),
    )
    who.fill(page, "/desk/review", *marks(page), *chosen)
    assert [desk.service.shop.get(name).colour for name in "abc"] == colours
    assert [name for name, *_ in items(who.open("/desk/review"))] == ["c"]


def test_gaps_are_filled_or_left_open(store: Store, who: Person, desk: Served) -> None:
    put(store, "a", {"base_colour": BLUE}, like=1)
    put(store, "b", {"base_colour": BLUE}, like=2)
    put(store, "c", {"base_colour": Tag("Red", 0.3, unsure=True)}, like=3)
    page = who.open("/desk/review?kind=missing")
    assert items(page) == [("a", "colour", "", "Blue"), ("b", "colour", "", "Blue")]
    who.fill(page, "/desk/review", *marks(page), ("do-0", "keep"), ("do-1", "take"), kind="missing")
    assert items(who.open("/desk/review?kind=missing")) == []
    assert [desk.service.shop.get(name).colour for name in "ab"] == ["", "Blue"]
    assert items(who.open("/desk/review?kind=unsure")) == [("c", "colour", "", "Red")]


def test_what_changed_meanwhile_is_left_alone(store: Store, who: Person, desk: Served) -> None:
    for number, name in enumerate("ab"):
        put(store, name, {"base_colour": BLUE}, like=number, colour="Red")
    page = who.open("/desk/review")
    desk.service.shop.patch("a", colour="Green")
    desk.service.shop.delete("b")
    who.fill(page, "/desk/review", *marks(page), ("do-0", "take"), ("do-1", "take"))
    assert "2 had changed meanwhile" in who.open("/desk").text
    assert desk.service.shop.get("a").colour == "Green"


@pytest.mark.parametrize(
    "pairs",
    [
        (),
        (("item-0", "product=a&field=title&value=Coat+a&seen=x"), ("do-0", "take")),
        (("item-0", "product=a&field=__class__&value=x&seen=x"), ("do-0", "take")),
        (("item-0", "nonsense"), ("do-0", "take")),
        (("item-0", "product=a&field=colour&value=Red&seen=Blue"), ("do-0", "wrong")),
        (("item-0", "product=a&field=colour&value=Red&seen=Blue"), ("do-0", "other")),
    ],
)
def test_a_form_that_decides_nothing_changes_nothing(
    store: Store, who: Person, desk: Served, pairs: tuple[tuple[str, str], ...]
) -> None:
    put(store, "a", {"base_colour": BLUE}, like=1, colour="Red")
    before = desk.service.shop.get("a")
    page = who.open("/desk/review")
    assert who.fill(page, "/desk/review", *pairs).status_code == 303
    assert "Nothing was decided yet." in who.open("/desk/review").text
    assert desk.service.shop.get("a") == before
    assert not store.reviews()


def test_titles_and_values_cannot_become_markup(store: Store, who: Person) -> None:
    put(store, MARKUP, {"base_colour": BLUE}, like=1, colour="Red", title=MARKUP, brand=MARKUP)
    put(store, '"><b>', {"base_colour": BLUE}, like=1, title=MARKUP)
    for path in ("/desk", "/desk/review", "/desk/review?kind=missing", "/desk/copies"):
        page = who.open(path)
        assert MARKUP not in page.answer.text
        assert not page.all("b")
    delete = who.open("/desk/copies").all("a", href="/desk/delete")[0]["href"]
    assert MARKUP not in who.open(delete).answer.text


@pytest.mark.parametrize(
    "path",
    ["/desk/review?kind=nothing&field=title", "/desk/review?select=all", "/desk/copies?again=1"],
)
def test_addresses_that_mean_little_lead_somewhere(store: Store, who: Person, path: str) -> None:
    put(store, "a", {"base_colour": BLUE}, like=1, colour="Red")
    assert who.open(path).answer.status_code == 200


def test_look_alikes_are_joined_told_apart_or_deleted(
    store: Store, who: Person, desk: Served
) -> None:
    for name, like in (("a", 1), ("b", 1), ("c", 2), ("d", 2), ("e/f", 3), ("g", 3)):
        put(store, name, {}, like=like)
    page = who.open("/desk/copies?again=1")
    assert "3 groups" in page.text
    who.fill(page, "/desk/copies/join", ("product", "a"), ("product", "b"))
    assert {desk.service.shop.get(name).item_group_id for name in "ab"} == {"a"}
    who.fill(page, "/desk/copies/apart", ("product", "c"), ("product", "d"))
    page = who.open("/desk/copies")
    assert "They are kept apart." in page.text
    assert [found["value"] for found in page.all("input", name="product")] == ["e/f", "g"]
    sure = who.open(page.all("a", href="/desk/delete")[0]["href"])
    assert "Delete “Coat e/f”?" in sure.text
    assert len(desk.service.shop) == 6
    who.fill(sure, "/desk/delete", product="e/f")
    assert len(desk.service.shop) == 5
    page = who.open("/desk/copies?again=1")
    assert "e/f is deleted." in page.text
    assert "No look-alikes" in page.text
    assert who.ask("GET", "/desk/delete?product=e/f").status_code == 404
