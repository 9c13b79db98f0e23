"""A blind study: mixing, keeping and judging, and its pages on a real server."""

from __future__ import annotations

import re
import threading
from collections.abc import Generator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw
from tests.serve.web.views import assert_sound

from vitrine.errors import NotFoundError, UsageError
from vitrine.evaluate.blind_report import blind_reports, sign_test
from vitrine.evaluate.blind_study import STUDY, BlindStudy, mixed
from vitrine.events import Event, EventProduct
from vitrine.serve.feedback_page import study_server
from vitrine.shop import Shop, create_shop
from vitrine.types import Pixels, Product, Vectors
from vitrine.vectors import unit

if TYPE_CHECKING:
    from playwright.sync_api import Browser

RATER = "0123456789abcdef"


class LightEye:
    """Another encoder: how dark each corner of a photo is."""

    def __init__(self) -> None:
        from vitrine.types import EncoderIdentity

        self.identity = EncoderIdentity("light-eye", "f" * 64, 16, "4 x 4 px")

    def prepare(self, image: Image.Image) -> Pixels:
        return np.asarray(image.resize((4, 4), Image.Resampling.BOX))

    def embed(self, pixels: Pixels) -> Vectors:
        return unit(256.0 - pixels.reshape(len(pixels), 16, 3).mean(axis=2))


@pytest.fixture(scope="module")
def shops(tmp_path_factory: pytest.TempPathFactory) -> Generator[tuple[Shop, Shop]]:
    folder = tmp_path_factory.mktemp("blind")
    products: list[Product] = []
    for number in range(12):
        photo = folder / f"{number}.png"
        image = Image.new("RGB", (48, 64), "white")
        colour = (20 * number, 255 - 20 * number, 80 * (number % 3))
        ImageDraw.Draw(image).rectangle((4 + number, 6, 40, 60 - 3 * number), fill=colour)
        image.save(photo)
        title = "<b>dress</b>" if number == 1 else f"dress {number}"
        products.append(Product(f"p{number}", title=title, photos=(str(photo),)))
    ours = create_shop(folder / "ours.shop", encoder="colour")
    theirs = create_shop(folder / "theirs.shop", encoder=LightEye())
    with ours, theirs:
        ours.add([*products, Product("only-here", photos=products[0].photos)])
        theirs.add(products)
        yield ours, theirs


@pytest.fixture
def study(shops: tuple[Shop, Shop]) -> BlindStudy:
    return BlindStudy(*shops, n_questions=5, n_shown=4)


ids = st.lists(st.sampled_from("abcdefghij"), unique=True)


@given(ids, ids, st.integers(1, 8), st.integers(0, 99))
def test_a_mixed_list_is_what_both_found_best_first(
    ours: list[str], theirs: list[str], k: int, seed: int
) -> None:
    found = mixed(ours, theirs, k, np.random.default_rng(seed))
    names = [name for name, _ in found]
    assert len(set(names)) == len(names) == min(k, len({*ours, *theirs}))
    for team, ranking in enumerate((ours, theirs)):
        own = [name for name, by in found if by == team]
        assert own == sorted(own, key=ranking.index)
    by_team = [sum(by == team for _, by in found) for team in (0, 1)]
    if ours == theirs:
        assert abs(by_team[0] - by_team[1]) <= 1


def test_both_lead_as_often() -> None:
    rng = np.random.default_rng(0)
    first = [mixed(["a", "b"], ["c", "d"], 2, rng)[0][1] for _ in range(400)]
    assert 150 < sum(first) < 250


def test_questions_are_the_same_for_everybody(shops: tuple[Shop, Shop], study: BlindStudy) -> None:
    again = BlindStudy(*shops, n_questions=5, n_shown=4)
    assert len(study) == 5
    for number in range(5):
        question = study.question(number)
        assert again.question(number) == question
        shown = [each.product_id for each in question.shown]
        assert len(set(shown)) == 4
        assert question.asked not in shown
        assert "only-here" not in (question.asked, *shown)
        assert {each.system for each in question.shown} <= set(study.systems)
    with pytest.raises(NotFoundError, match="no question 6"):
        study.question(5)


def test_answers_are_kept_once_as_rate_events(shops: tuple[Shop, Shop], study: BlindStudy) -> None:
    shown = study.question(0).shown[2]
    assert study.keep("ann", 0, {(2, "relevance"): 4}) == 1
    assert study.keep("ann", 0, {(2, "relevance"): 1}) == 0
    (event,) = shops[0].events.iterate(f"{STUDY}-ann")
    assert (event.event_type, event.value, event.aspect) == ("rate", 4.0, "relevance")
    assert event.products[0].product_id == shown.product_id
    assert event.attributes["system"] == shown.system
    assert event.attributes["asked"] == study.question(0).asked
    for bad in ({(4, "relevance"): 3}, {(0, "beauty"): 3}, {(0, "novelty"): 6}):
        with pytest.raises(UsageError):
            study.keep("ann", 0, bad)


def test_shops_that_cannot_be_compared(shops: tuple[Shop, Shop], tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="both shops were built with colour"):
        BlindStudy(shops[0], shops[0])
    with (
        create_shop(tmp_path / "empty.shop", encoder=LightEye()) as empty,
        pytest.raises(NotFoundError, match="no photos of the same products"),
    ):
        BlindStudy(shops[0], empty)


def rating(asked: str, system: str, value: float, rater: str = "ann") -> Event:
    name = f"{asked}-{system}-{value}-{rater}"
    about = {"study": STUDY, "systems": "A / B", "system": system, "asked": asked}
    shown = (EventProduct("p"),)
    return Event(name, "rate", rater, 0.0, shown, value=value, aspect="relevance", attributes=about)


def test_a_report_worked_by_hand() -> None:
    events = [
        *(rating("q1", "A", value) for value in (5.0, 4.0)),
        rating("q1", "B", 3.0),
        rating("q1", "A", 1.0, "bob"),
        rating("q1", "B", 2.0, "bob"),
        *(rating("q2", system, 3.0) for system in "AB"),
        rating("q3", "A", 5.0),
        replace(rating("q4", "A", 1.0), attributes={}),
    ]
    (report,) = blind_reports(events)
    assert (report.systems, report.n_raters, report.n_questions) == (("A", "B"), 2, 3)
    means = {mean.system: mean for mean in report.means}
    assert means["A"].mean == pytest.approx((5 + 4 + 1 + 3 + 5) / 5)
    assert means["B"].n == 3
    (preference,) = report.preferences
    assert (preference.wins, preference.ties) == ((1, 0), 1)
    assert preference.difference == pytest.approx(((1.5 - 1) / 2 + 0) / 2)
    assert preference.p_value == 1
    assert report.to_json()["preferences"][0]["wins"] == [1, 0]
    with pytest.raises(NotFoundError, match="no blind study was rated"):
        blind_reports([])


@pytest.mark.parametrize(("wins", "losses"), [(0, 0), (9, 1), (7, 7), (8, 7), (2, 30)])
def test_the_sign_test_is_scipys(wins: int, losses: int) -> None:
    from scipy.stats import binomtest

    theirs = binomtest(wins, wins + losses).pvalue if wins + losses else 1.0
    assert sign_test(wins, losses) == pytest.approx(theirs)


@pytest.fixture
def pages(study: BlindStudy) -> Generator[httpx.Client]:
    started, urls = threading.Event(), list[str]()

    def announce(url: str) -> None:
        urls.append(url)
        started.set()

    server = study_server(study, 0, announce)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    assert started.wait(30)
    with httpx.Client(base_url=urls[0], follow_redirects=True, trust_env=False) as client:
        yield client
    server.should_exit = True
    thread.join(30)


def test_a_rater_goes_through_and_never_learns_who_found_what(
    pages: httpx.Client, shops: tuple[Shop, Shop], study: BlindStudy
) -> None:
    page = pages.get("/")
    rater = page.url.params["rater"]
    assert re.fullmatch("[0-9a-f]{16}", rater)
    for number in range(1, 6):
        assert page.url.path == f"/questions/{number}"
        assert f"Question {number} of 5" in page.text
        assert not any(word in page.text for word in ("colour", "light-eye", "<b>dress", "<script"))
        assert page.text.count("<select") == 4 * 3
        labels = re.findall(r'<label for="([^"]+)"', page.text)
        assert labels == re.findall(r'<select id="([^"]+)"', page.text)
        for source in re.findall(r'src="(/questions/[^"]+)"', page.text):
            photo = pages.get(source)
            assert photo.headers["content-type"] == "image/webp"
        form = {"relevance-1": "5", "usefulness-2": "2", "novelty-1": ""}
        page = pages.post(str(page.url), data=form)
    assert page.url.path == "/thanks"
    kept = list(shops[0].events.iterate(f"{STUDY}-{rater}"))
    assert [event.value for event in kept if event.aspect == "relevance"] == [5.0] * 5
    assert len(kept) == 10
    firsts = [study.question(n).shown[0].system for n in range(5)]
    assert [e.attributes["system"] for e in kept if e.aspect == "relevance"] == firsts


@pytest.mark.parametrize(
    ("method", "path", "data", "status"),
    [
        ("GET", "/questions/1?rater=<script>", None, 404),
        ("GET", "/questions/1", None, 404),
        ("GET", f"/questions/6?rater={RATER}", None, 404),
        ("GET", f"/questions/0?rater={RATER}", None, 404),
        ("GET", "/questions/1/photos/5", None, 404),
        ("POST", f"/questions/1?rater={RATER}", {"relevance-9": "3"}, 422),
        ("POST", f"/questions/1?rater={RATER}", {"relevance-1": "7"}, 422),
        ("POST", f"/questions/1?rater={RATER}", {"beauty-1": "3"}, 422),
        ("POST", f"/questions/1?rater={RATER}", {"relevance-1": "x" * 20_000}, 413),
    ],
)
def test_what_the_pages_refuse(
    pages: httpx.Client, method: str, path: str, data: dict[str, str] | None, status: int
) -> None:
    answer = pages.request(method, path, data=data)
    assert answer.status_code == status
    assert "text/html" in answer.headers["content-type"]
    assert "That did not work" in answer.text


def test_strangers_pages_may_not_ask(pages: httpx.Client) -> None:
    assert pages.get("/", headers={"Host": "evil.example"}).status_code == 403
    form = {"relevance-1": "3"}
    path = f"/questions/1?rater={RATER}"
    elsewhere = pages.post(path, data=form, headers={"Origin": "http://evil.example"})
    assert elsewhere.status_code == 403


@pytest.mark.browser
def test_a_question_is_accessible_narrow_and_answered_by_keyboard(
    chromium: Browser, pages: httpx.Client, shops: tuple[Shop, Shop]
) -> None:
    rater = "feedfeedfeedfeed"
    context = chromium.new_context(viewport={"width": 320, "height": 800})
    page = context.new_page()
    page.goto(str(pages.base_url.join(f"/questions/1?rater={rater}")))
    assert_sound(page)
    page.get_by_label("Does it fit what you look at?").first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.get_by_role("button", name="Next question").press("Enter")
    page.wait_for_url("**/questions/2*")
    (event,) = shops[0].events.iterate(f"{STUDY}-{rater}")
    assert (event.value, event.aspect, event.products[0].position) == (2.0, "relevance", 0)
    context.close()
