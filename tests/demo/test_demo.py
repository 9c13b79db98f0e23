from __future__ import annotations

import base64
import io
import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Protocol

import pytest
from PIL import Image
from rich.console import Console

from vitrine.catalog import read_catalogue
from vitrine.demo import demo_source, run_demo
from vitrine.demo.examples import EXAMPLES, Answer, Question, held_back, questions
from vitrine.demo.page import render_page
from vitrine.demo.terminal import print_answer
from vitrine.errors import UsageError
from vitrine.settings import Settings
from vitrine.shop import ImportReport, SearchResult, create_shop, open_shop
from vitrine.types import Hit, Product

VOID = {"meta", "link", "img"}
MOST_BYTES = 1_500_000
HOSTILE = "<script>alert(1)</script> \"'><img src=x> [red]sale[/red] & more"


class Ran(Protocol):
    """What the fixture `demo` gives."""

    @property
    def out(self) -> Path: ...
    @property
    def page(self) -> Path: ...
    @property
    def printed(self) -> str: ...
    @property
    def settings(self) -> Settings: ...
    @property
    def html(self) -> str: ...


class Reading(HTMLParser):
    """Checks that tags close in order, and notes what the tests ask about."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.addresses: list[str] = []
        self.ids: list[str] = []
        self.images: list[dict[str, str | None]] = []
        self.text = ""
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        self.tags.append(tag)
        self.addresses += [v for k in ("src", "href", "srcset") if (v := said.get(k)) is not None]
        self.ids += [v for v in [said.get("id")] if v is not None]
        if tag == "img":
            self.images.append(said)
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style":
            self.text += data


def test_a_shop_and_a_page_are_left(demo: Ran) -> None:
    assert demo.page == demo.out / "index.html"
    assert (demo.out / "demo.shop").is_file()
    with open_shop(demo.out / "demo.shop", settings=demo.settings) as shop:
        assert len(shop) == len(read_catalogue(demo_source()))
        assert shop.verify() == []


def test_every_question_has_hits_on_the_page_and_on_the_terminal(demo: Ran) -> None:
    sections = demo.html.split('<section class="question"')[1:]
    assert [section.count('<li class="card">') for section in sections] == [8, 8, 8]
    for example in EXAMPLES:
        assert example.title in demo.printed
    assert len(re.findall(r"^ +\d  .*€\d+\.\d\d +[01]\.\d\d ", demo.printed, re.M)) == 24


def test_answers_are_those_of_the_shop(demo: Ran) -> None:
    like = next(q for q in questions(read_catalogue(demo_source())) if q.example.by == "product")
    assert like.product
    with open_shop(demo.out / "demo.shop", settings=demo.settings) as shop:
        hits = shop.search(like=like.product.product_id, where=like.example.where, k=8)
    section = demo.html.split('<section class="question"')[2]
    shown = re.findall(r"<h3>(.*?)</h3>", section)
    assert shown == [_escaped(hit.product["title"]) for hit in hits]
    prices = [hit.product.get("sale_price") or hit.product["price"] for hit in hits]
    assert all(float(price["amount"]) < 60 for price in prices)


def test_the_photo_searched_by_was_not_indexed(demo: Ran) -> None:
    catalogue = read_catalogue(demo_source())
    asked = questions(catalogue)
    photo = next(str(q.photo) for q in asked if q.example.by == "photo")
    left = [path for product in held_back(catalogue, asked) for path in product.photos]
    assert photo not in left
    assert len(left) == sum(len(product.photos) for product in catalogue) - 1
    with open_shop(demo.out / "demo.shop", settings=demo.settings) as shop:
        assert shop.search(image=photo, k=1)[0].score < 0.99


def test_the_page_needs_nothing_but_itself(demo: Ran) -> None:
    page = Reading(demo.html)
    assert demo.page.stat().st_size < MOST_BYTES
    assert all(a.startswith(("data:", "#")) for a in page.addresses)
    assert {a[1:] for a in page.addresses if a.startswith("#")} <= set(page.ids)
    assert not {"script", "iframe", "object", "form"} & set(page.tags)
    assert "url(" not in demo.html
    assert "@import" not in demo.html
    assert len(page.images) == 26


def test_every_image_is_embedded_whole_and_described(demo: Ran) -> None:
    for image in Reading(demo.html).images:
        head, _, body = (image["src"] or "").partition(",")
        assert head == "data:image/webp;base64"
        with Image.open(io.BytesIO(base64.b64decode(body, validate=True))) as picture:
            picture.load()
            assert picture.width * 4 == picture.height * 3
        assert image["alt"]


def test_the_page_is_well_formed(demo: Ran) -> None:
    page = Reading(demo.html)
    assert len(page.ids) == len(set(page.ids))
    assert [page.tags.count(tag) for tag in ("html", "title", "h1", "main", "header")] == [1] * 5
    levels = [int(tag[1]) for tag in page.tags if re.fullmatch(r"h[1-6]", tag)]
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_both_say_that_pictures_are_drawn_and_how_to_go_on(demo: Ran) -> None:
    for said in (" ".join(Reading(demo.html).text.split()), demo.printed):
        assert "drawn by vitrine's own code" in said
        assert "vitrine index path/to/catalogue --shop my.shop" in said
        assert "vitrine search --shop my.shop --image photo.jpg" in said
        assert '--like PRODUCT_ID --where "price<60 gender=women"' in said
    assert str(demo.page) in demo.printed


def test_a_second_run_goes_on_from_the_first(demo: Ran) -> None:
    console = Console(file=io.StringIO(), width=120)
    run_demo(demo.out, settings=demo.settings, console=console)
    assert isinstance(console.file, io.StringIO)
    assert "0 of them new" in console.file.getvalue()
    again = Reading(demo.html)
    assert len(again.images) == 26
    assert "Gone over again in" in again.text


def test_a_file_in_the_way_is_said_plainly(tmp_path: Path) -> None:
    taken = tmp_path / "taken"
    taken.touch()
    with pytest.raises(UsageError, match="taken is a file; give a folder"):
        run_demo(taken, settings=Settings(), console=Console())


def test_a_page_and_a_shop_of_somebody_else_stay(tmp_path: Path) -> None:
    page, shop = tmp_path / "index.html", tmp_path / "demo.shop"
    page.write_text("<title>My site</title>", encoding="utf-8")
    with pytest.raises(UsageError, match="is not the demo's, so it is not replaced"):
        run_demo(tmp_path, settings=Settings(), console=Console())
    assert page.read_text(encoding="utf-8") == "<title>My site</title>"
    assert not shop.exists()
    page.unlink()
    settings = Settings(encoder="colour", models_dir=tmp_path / "models")
    with create_shop(shop, settings=settings) as mine:
        mine.add([Product("mine", title="My hat")])
    with pytest.raises(UsageError, match="holds products that are not the demo's"):
        run_demo(tmp_path, settings=settings, console=Console())
    with open_shop(shop, settings=settings) as mine:
        assert [product.product_id for product in mine.products()] == ["mine"]


def test_markup_in_a_title_is_shown_as_text() -> None:
    page = Reading(render_page(REPORT, "drawn", [hostile_answer()], [("why", "a <b> && c")]))
    assert HOSTILE in page.text
    assert "a <b> && c" in page.text
    assert "script" not in page.tags
    assert page.images == []
    assert "no photo" in page.text


def test_markup_in_a_title_is_printed_as_text() -> None:
    console = Console(file=io.StringIO(), width=120)
    print_answer(console, 1, hostile_answer("[red]sale[/red]"))
    assert isinstance(console.file, io.StringIO)
    assert "[red]sale[/red]" in console.file.getvalue()


def test_no_hits_are_said_and_not_left_blank() -> None:
    answer = replace(hostile_answer(), result=SearchResult((), 1.0))
    assert "Nothing in this catalogue" in Reading(render_page(REPORT, "drawn", [answer], [])).text


def hostile_answer(title: str = HOSTILE) -> Answer:
    product = {"title": title, "brand": HOSTILE, "price": {"amount": "5", "currency": "EUR"}}
    hits = (Hit("p1", 0.5, product, {"words": ["blue"]}),)
    return Answer(Question(next(e for e in EXAMPLES if e.by == "words")), SearchResult(hits, 1.0))


def _escaped(title: str) -> str:
    for plain, safe in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("'", "&#39;")):
        title = title.replace(plain, safe)
    return title


REPORT = ImportReport(
    products=1,
    photos=0,
    without_photo=1,
    not_fetched=0,
    failed=0,
    added=1,
    changed=0,
    unchanged=0,
    deleted=0,
    embedded=0,
    seconds=0.5,
    photos_per_second=0.0,
    encoder="colour",
    shop="demo.shop",
    errors="",
)
