"""Another site's page, with a strict policy, embeds both components."""

from __future__ import annotations

import os
import re
import shutil
import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import (  # pyright: ignore[reportMissingTypeStubs]
    Axe,
)
from playwright.sync_api import BrowserContext, Page, Route, sync_playwright
from tests.serve.serving import (
    MARKUP,
    Serve,
    Served,
    code_of,
    draw,
    drawn_products,
    served,
    until,
)

from vitrine import __version__
from vitrine.catalog import Catalogue
from vitrine.events import Event
from vitrine.serve import create_key
from vitrine.serve.embed.script import script
from vitrine.settings import Settings
from vitrine.shop import build
from vitrine.store import open_sqlite
from vitrine.types import Price

SIMILAR = "vitrine-similar"
PHOTO = "vitrine-photo-search"
STRANGER = "https://evil.example"


def make_key(shop: Path, kind: str) -> str:
    store = open_sqlite(shop)
    token, _ = create_key(store, kind, kind)  # pyright: ignore[reportArgumentType]
    store.close()
    return token


def test_every_origin_may_load_the_module_and_nothing_else(ask: Served) -> None:
    module = ask("GET", "/embed.js", headers={"Origin": STRANGER})
    assert module.status_code == 200
    assert module.headers["content-type"] == "text/javascript; charset=utf-8"
    assert module.headers["access-control-allow-origin"] == "*"
    for path in ("/embed-demo", "/v1/products/p1", "/embed.js/"):
        refused = ask("GET", path, headers={"Origin": STRANGER})
        assert code_of(refused) == "origin_refused"
        assert "access-control-allow-origin" not in refused.headers
    elsewhere = ask("GET", "/embed.js", headers={"Host": "evil.example"})
    assert code_of(elsewhere) == "host_refused"


def test_the_module_is_one_file_that_stays(ask: Served) -> None:
    module = ask("GET", "/embed.js")
    assert "@@" not in module.text
    assert "import {" not in module.text
    assert "export " not in module.text
    assert "://" not in module.text
    assert module.headers["cache-control"] == "public, max-age=600"
    kept = ask("GET", "/embed.js", params={"v": __version__})
    assert kept.headers["cache-control"] == "public, max-age=31536000, immutable"
    older = ask("GET", "/embed.js", params={"v": "0.0.0"})
    assert older.headers["cache-control"] == "public, max-age=600"
    again = ask("GET", "/embed.js", headers={"If-None-Match": module.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_the_recipe_names_whatever_a_shop_can_set() -> None:
    recipe = (Path(__file__).parents[2] / "docs" / "embed.md").read_text(encoding="utf-8")
    source = script().decode()
    words = re.findall(r"^    (\w+): \"", source, re.M)
    names = {
        *re.findall(r'getAttribute\("([a-z-]+)"\)', source),
        *re.findall(r"var\((--vitrine-[a-z-]+)", source),
        *re.findall(r'part: "([a-z]+)"', source),
        *re.findall(r'this\.#?emit\("([a-z-]+)"', source),
        *(word for word in words if word != "heading"),
    }
    assert len(names) > 50
    missing = {name for name in names if not re.search(rf"`{name}[`\"=]|{name}:", recipe)}
    assert missing == set()


def test_a_search_key_in_the_address_shows_photos_and_nothing_else(
    serve: Serve, shop: Path
) -> None:
    search, admin = make_key(shop, "search"), make_key(shop, "admin")
    photo = "/v1/products/p1/photos/0"
    with serve() as own:
        assert code_of(own("GET", photo)) == "key_missing"
        assert code_of(own("GET", photo, params={"key": search[:-3]})) == "key_unknown"
        assert code_of(own("GET", photo, params={"key": admin})) == "key_insufficient"
        shown = own("GET", photo, params={"key": search})
        assert (shown.status_code, shown.headers["content-type"]) == (200, "image/webp")
        assert shown.headers["cache-control"].startswith("private")
        assert code_of(own("GET", "/v1/products/p1", params={"key": search})) == "key_missing"


def test_the_plain_shop_is_shown_to_this_computer_only(ask: Served) -> None:
    page = ask("GET", "/embed-demo")
    assert 'product-id="p0"' in page.text
    assert "unsafe" not in page.headers["content-security-policy"]
    assert MARKUP not in ask("GET", "/embed-demo", params={"product": "p1"}).text
    assert code_of(ask("GET", "/embed-demo", params={"product": "x"})) == "product_not_found"
    proxied = ask("GET", "/embed-demo", headers={"X-Forwarded-For": "203.0.113.7"})
    assert code_of(proxied) == "web_local"


def test_the_plain_shop_asks_for_a_key_where_there_are_keys(serve: Serve, shop: Path) -> None:
    key = make_key(shop, "search")
    with serve() as own:
        assert code_of(own("GET", "/embed-demo")) == "key_missing"
        assert code_of(own("GET", "/embed-demo", params={"key": "wrong"})) == "key_unknown"
        assert f'key="{key}"' in own("GET", "/embed-demo", params={"key": key}).text


@contextmanager
def plain_site(pages: dict[str, tuple[str, str]]) -> Generator[str]:
    """A site of somebody else: path -> policy and HTML; its pages may be added later."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            policy, html = pages.get(self.path, ("default-src 'none'", ""))
            body = html.encode()
            self.send_response(200 if html else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Security-Policy", policy)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None: ...

    site = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=site.serve_forever)
    thread.start()
    try:
        yield f"http://localhost:{site.server_port}"
    finally:
        site.shutdown()
        thread.join()
        site.server_close()


@dataclass
class Visit:
    """A page, and what it did."""

    page: Page
    requests: list[str] = field(default_factory=list[str])
    console: list[str] = field(default_factory=list[str])

    def __post_init__(self) -> None:
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("console", lambda message: self.console.append(message.text))
        self.page.on("pageerror", lambda error: self.console.append(f"pageerror {error}"))

    @property
    def hosts(self) -> set[str]:
        return {urlsplit(url).netloc for url in self.requests if not url.startswith("data:")}

    @property
    def ours(self) -> list[str]:
        """What the components told the developer."""
        return [line for line in self.console if line.startswith("vitrine: ")]

    def state(self, component: str, state: str) -> None:
        self.page.wait_for_selector(f"{component}[state={state}]", state="attached", timeout=30_000)


@dataclass(frozen=True)
class Stage:
    """A server with a key, and a site of another origin that it knows."""

    server: str
    site: str
    key: str
    pages: dict[str, tuple[str, str]]


@pytest.fixture(scope="module")
def linked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shop whose products have links, one of them a trap, and a sale."""
    folder = tmp_path_factory.mktemp("linked-shop")
    products = [
        replace(product, link=f"https://shop.example/{product.product_id}", brand="Elm")
        for product in drawn_products(folder)
    ]
    products[1] = replace(products[1], link="javascript:alert(1)", availability="out_of_stock")
    products[2] = replace(products[2], sale_price=Price(Decimal("7.5"), "EUR"))
    settings = Settings(models_dir=folder / "models", threads=1)
    catalogue = Catalogue("test", "a test", products, [])
    build(catalogue, folder / "my.shop", encoder="colour", settings=settings).close()
    return folder / "my.shop"


@pytest.fixture(scope="module")
def chromium() -> Iterator[BrowserContext]:
    path = os.environ.get("VITRINE_CHROMIUM") or shutil.which("chromium")
    if path is None:
        pytest.skip("no Chromium on this machine; install it or set VITRINE_CHROMIUM")
    flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=flags)
        yield browser.new_context()
        browser.close()


@pytest.fixture(scope="module")
def stage(linked: Path) -> Iterator[Stage]:
    pages: dict[str, tuple[str, str]] = {}
    key = make_key(linked, "search")
    with (
        plain_site(pages) as site,
        served(linked, linked.parent / "models", serve_allow_origins=(site,)) as own,
    ):
        yield Stage(own.url, site, key, pages)


@pytest.fixture
def visit(stage: Stage, chromium: BrowserContext) -> Iterator[Callable[..., Visit]]:
    """Look at a page with these elements; `{key}` in them is the search key."""
    opened: list[Page] = []

    def look(
        *elements: str,
        site: str = stage.site,
        answer: Callable[[Route], object] | None = None,
    ) -> Visit:
        path = f"/{len(stage.pages)}"
        stage.pages[path] = (_policy(stage.server), _page(stage, "".join(elements)))
        opened.append(chromium.new_page())
        seen = Visit(opened[-1])
        if answer:
            seen.page.route("**/similar?*", answer)
        seen.page.goto(site + path)
        return seen

    yield look
    for page in opened:
        page.close()


def _policy(server: str) -> str:
    return (
        f"default-src 'none'; script-src {server}; connect-src {server}; img-src {server}; "
        "base-uri 'none'; require-trusted-types-for 'script'"
    )


def _page(stage: Stage, elements: str) -> str:
    body = elements.replace("{key}", stage.key)
    return (
        '<!doctype html><html lang="en-GB"><meta charset="utf-8"><title>Shop</title>'
        '<meta name="viewport" content="width=device-width">'
        '<meta name="color-scheme" content="light dark">'
        f'<script type="module" src="{stage.server}/embed.js"></script>'
        f"<body><main><h1>A shop</h1>{body}</main></body></html>"
    )


BOTH = (
    f'<{SIMILAR} product-id="p0" key="{{key}}" count="4"></{SIMILAR}>',
    f'<{PHOTO} key="{{key}}" count="3" where="gender=women"></{PHOTO}>',
)
Look = Callable[..., Visit]


@pytest.mark.browser
def test_similar_products_appear_on_another_site(stage: Stage, visit: Look) -> None:
    seen = visit(BOTH[0])
    seen.state(SIMILAR, "hits")
    cards = seen.page.locator(f"{SIMILAR} .card")
    assert cards.count() == 4
    assert seen.page.locator(f"{SIMILAR} h2").inner_text() == "You may also like"
    assert "p0" not in seen.page.locator(f"{SIMILAR} .title").all_inner_texts()
    assert "4 similar products" in seen.page.locator(f"{SIMILAR} [role=status]").inner_text()
    seen.page.wait_for_function(
        "(c) => [...document.querySelector(c).shadowRoot.querySelectorAll('img')]"
        ".every((i) => i.complete && i.naturalWidth > 0)",
        arg=SIMILAR,
    )
    assert seen.hosts == {urlsplit(stage.server).netloc, urlsplit(stage.site).netloc}
    assert seen.console == []


@pytest.mark.browser
def test_a_card_says_what_the_product_says(visit: Look) -> None:
    seen = visit(f'<{SIMILAR} product-id="p0" key="{{key}}" count="20"></{SIMILAR}>')
    seen.state(SIMILAR, "hits")
    page = seen.page
    trap = page.locator(f"{SIMILAR} .card", has_text="alert")
    assert MARKUP in trap.inner_text()
    assert "Sold out" in trap.inner_text()
    assert trap.locator("a").count() == 0
    sale = page.locator(f"{SIMILAR} .card", has_text="€7.50")
    assert "€12.00" in sale.locator("s").inner_text()
    assert sale.locator("a").get_attribute("href") == "https://shop.example/p2"
    assert page.locator(f"{SIMILAR} .brand").first.inner_text() == "Elm"


@pytest.mark.browser
def test_a_photo_finds_products(stage: Stage, visit: Look) -> None:
    seen = visit(BOTH[1])
    seen.state(PHOTO, "asking")
    chooser = seen.page.locator(f"{PHOTO} input").first
    chooser.set_input_files({"name": "a.png", "mimeType": "image/png", "buffer": draw(3)})
    seen.state(PHOTO, "hits")
    titles = seen.page.locator(f"{PHOTO} .title").all_inner_texts()
    assert len(titles) == 3
    assert titles[0].startswith("Red dress 3")
    assert seen.page.locator(f"{PHOTO} canvas").get_attribute("aria-label") == "Your photo"
    assert seen.hosts == {urlsplit(stage.server).netloc, urlsplit(stage.site).netloc}
    assert seen.console == []
    seen.page.get_by_role("button", name="Another photo").click()
    seen.state(PHOTO, "asking")
    chooser = seen.page.locator(f"{PHOTO} input").first
    chooser.set_input_files({"name": "a.txt", "mimeType": "text/plain", "buffer": b"hello"})
    seen.state(PHOTO, "error")
    assert "no photo that can be read" in seen.page.locator(f"{PHOTO} .note").inner_text()


GIVEN = """([component, kind]) => {
  const bytes = new Uint8Array(%s);
  const transfer = new DataTransfer();
  transfer.items.add(new File([bytes], "a.png", { type: "image/png" }));
  const named = kind === "paste" ? { clipboardData: transfer } : { dataTransfer: transfer };
  const kinds = { paste: ClipboardEvent, drop: DragEvent };
  const event = new kinds[kind](kind, { ...named, bubbles: true, composed: true });
  const root = document.querySelector(component).shadowRoot;
  (kind === "paste" ? document.body : root.querySelector(".drop")).dispatchEvent(event);
}"""


@pytest.mark.browser
@pytest.mark.parametrize("way", ["drop", "paste"])
def test_a_photo_is_dropped_or_pasted(visit: Look, way: str) -> None:
    seen = visit(BOTH[1])
    seen.state(PHOTO, "asking")
    seen.page.evaluate(GIVEN % list(draw(5)), [PHOTO, way])
    seen.state(PHOTO, "hits")
    assert seen.page.locator(f"{PHOTO} .title").first.inner_text().startswith("Green dress 5")


@pytest.mark.browser
def test_the_page_hears_and_may_take_over(stage: Stage, visit: Look) -> None:
    seen = visit("<i></i>")
    heard = seen.page.evaluate(
        """async ([name, key]) => {
          const heard = [];
          document.addEventListener("vitrine-hits", (e) => heard.push(e.detail.hits.length));
          document.addEventListener("vitrine-click", (e) => {
            heard.push([e.detail.product_id, e.detail.position, e.detail.product.brand]);
            e.preventDefault();
          });
          await customElements.whenDefined(name);
          const element = document.createElement(name);
          for (const [attribute, value] of Object.entries({
            "api-key": key, "product-id": "p0", count: "2", "link-to": "/p/{id}?from=embed",
          })) element.setAttribute(attribute, value);
          const hits = () => new Promise((done) =>
            element.addEventListener("vitrine-hits", done, { once: true }));
          const first = hits();
          document.body.append(element);
          await first;
          const link = element.shadowRoot.querySelectorAll("a")[1];
          heard.push(new URL(link.href).search);
          link.click();
          const second = hits();
          element.setAttribute("count", "3");
          element.setAttribute("product-id", "p4");
          await second;
          return heard;
        }""",
        [SIMILAR, stage.key],
    )
    assert heard[0] == 2
    assert heard[1] == "?from=embed"
    assert heard[2][1:] == [1, "Elm"]
    assert heard[3:] == [3]


@pytest.mark.browser
@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("vitrine_search_0123456789ab_wrong", "key_unknown"),
        ("", "key_missing"),
        ("vitrine_admin_0123456789ab_x", "this page shows an admin key to everyone"),
    ],
)
def test_a_key_that_does_not_fit_is_told_to_the_developer_alone(
    visit: Look, key: str, said: str
) -> None:
    seen = visit(
        f'<{SIMILAR} product-id="p0" key="{key}"></{SIMILAR}>',
        f'<{SIMILAR} product-id="p1" key="{key}"></{SIMILAR}>',
    )
    seen.page.wait_for_function(
        "(name) => [...document.querySelectorAll(name)].every((e) => e.matches('[state=off]'))",
        arg=SIMILAR,
    )
    assert not any(each.is_visible() for each in seen.page.locator(SIMILAR).all())
    assert len(seen.ours) == 1
    assert said in seen.ours[0]
    asked = [url for url in seen.requests if "/v1/" in url]
    assert (asked == []) == ("admin" in key)


@pytest.mark.browser
def test_a_refused_origin_is_told_to_the_developer_alone(stage: Stage, visit: Look) -> None:
    seen = visit(*BOTH, site=stage.site.replace("localhost", "127.0.0.1"))
    seen.state(SIMILAR, "off")
    assert seen.page.locator(SIMILAR).is_hidden()
    assert len(seen.ours) == 1
    assert "--allow-origin http://127.0.0.1:" in seen.ours[0]
    chooser = seen.page.locator(f"{PHOTO} input").first
    chooser.set_input_files({"name": "a.png", "mimeType": "image/png", "buffer": draw(3)})
    seen.state(PHOTO, "error")
    note = seen.page.locator(f"{PHOTO} .note").inner_text()
    assert note == "Photo search is not available right now."
    assert len(seen.ours) == 1


@pytest.mark.browser
def test_what_visitors_do_is_told_if_the_shop_wants_it(visit: Look, linked: Path) -> None:
    element = f'<{SIMILAR} product-id="p0" key="{{key}}" count="4" likes events'
    seen = visit(f'{element} visitor-id="v-1"></{SIMILAR}>')
    seen.state(SIMILAR, "hits")
    page = seen.page
    page.wait_for_timeout(1000)
    heart = page.locator(f"{SIMILAR} .like").nth(1)
    heart.click()
    assert heart.get_attribute("aria-pressed") == "true"
    page.evaluate(
        "(c) => document.querySelector(c).report('add-to-cart', [{product_id: 'p0', quantity: 2}])",
        SIMILAR,
    )
    page.goto("about:blank")  # whoever leaves takes nothing with him
    store = open_sqlite(linked)

    def noted() -> dict[str, Event]:
        return {event.event_type: event for event in store.events().iterate("v-1")}

    until(lambda: set(noted()) == {"impression", "like", "add-to-cart"})
    events = noted()
    store.close()
    shown = events["impression"].products
    assert [product.position for product in shown] == [0, 1, 2, 3]
    assert events["like"].products[0] == shown[1]
    assert events["add-to-cart"].products[0].quantity == 2
    assert events["like"].attributes["list"] == SIMILAR


@pytest.mark.browser
def test_nothing_is_told_of_whom_nobody_knows_or_who_does_not_want_it(visit: Look) -> None:
    element = f'<{SIMILAR} product-id="p0" key="{{key}}" count="4" events'
    unknown = visit(f"{element}></{SIMILAR}>")
    unknown.state(SIMILAR, "hits")
    assert unknown.ours == [
        "vitrine: events need visitor-id: a random number that the page gives to this visitor"
    ]
    unwilling = visit(f'{element} visitor-id="v-2"></{SIMILAR}>')
    unwilling.state(SIMILAR, "hits")
    will_be_sent = unwilling.page.evaluate(
        """(c) => {
          Object.defineProperty(navigator, "globalPrivacyControl", { value: true });
          return document.querySelector(c).report("like", [{ product_id: "p0" }]);
        }""",
        SIMILAR,
    )
    assert will_be_sent is False
    assert not any("/v1/events" in request for request in unknown.requests)


@pytest.mark.browser
def test_where_nothing_is_found_words_say_so_or_nothing_is_shown(visit: Look) -> None:
    for wish, state, words in (
        ('where="brand=Nobody"', "empty", "Nothing similar yet."),
        ('min-score="1" where="colour=Blue"', "far", "Nothing close enough."),
        ('min-score="1" where="colour=Blue" text-far="Leider nichts."', "far", "Leider nichts."),
        ('where="brand=Nobody" text-empty=""', "off", ""),
        ('where="colur=red"', "off", ""),
    ):
        seen = visit(f'<{SIMILAR} product-id="p0" key="{{key}}" {wish}></{SIMILAR}>')
        seen.state(SIMILAR, state)
        assert seen.page.locator(f"{SIMILAR} .note").inner_text() == words
        assert seen.page.locator(f"{SIMILAR} h2").is_visible() == bool(words)


@pytest.mark.browser
def test_a_server_that_is_busy_is_asked_again(visit: Look) -> None:
    answers = iter([503, 200, 503, 503, 200])

    def answer(route: Route) -> None:
        if next(answers) == 200:
            route.continue_()
        else:
            headers = {"Access-Control-Allow-Origin": "*", "Retry-After": "0.1"}
            route.fulfill(status=503, headers=headers, json={"code": "busy", "detail": "flood"})

    seen = visit(BOTH[0], answer=answer)
    seen.state(SIMILAR, "hits")
    seen.page.locator(SIMILAR).evaluate("(e) => e.setAttribute('count', '2')")
    seen.state(SIMILAR, "error")
    assert "cannot be shown right now" in seen.page.locator(f"{SIMILAR} .note").inner_text()
    seen.page.get_by_role("button", name="Try again").click()
    seen.state(SIMILAR, "hits")
    assert seen.page.locator(f"{SIMILAR} .card").count() == 2


@pytest.mark.browser
def test_skeletons_stand_in_while_the_server_thinks(visit: Look) -> None:
    held: list[Route] = []
    thinking = True

    def hold(route: Route) -> None:
        if thinking:
            held.append(route)
        else:
            route.continue_()

    seen = visit(BOTH[0], answer=hold)
    seen.state(SIMILAR, "loading")
    assert seen.page.locator(f"{SIMILAR} .waiting").count() == 4
    assert seen.page.locator(f"{SIMILAR} section").get_attribute("aria-busy") == "true"
    thinking = False
    for route in held:
        route.continue_()
    seen.state(SIMILAR, "hits")
    assert seen.page.locator(f"{SIMILAR} .waiting").count() == 0


FOCUSED = """() => {
  const element = document.activeElement.shadowRoot?.activeElement;
  if (!element) return [document.activeElement.tagName, "none"];
  const outlined = element.tagName === "INPUT" ? element.parentElement : element;
  return [`${element.tagName} ${element.href}`, getComputedStyle(outlined).outlineStyle];
}"""


@pytest.mark.browser
def test_the_keyboard_reaches_everything(visit: Look) -> None:
    seen = visit(*BOTH)
    seen.state(SIMILAR, "hits")
    reached: list[str] = []
    for _ in range(4):
        seen.page.keyboard.press("Tab")
        name, outline = seen.page.evaluate(FOCUSED)
        reached.append(name)
        assert outline != "none", reached
    links = [each for each in reached if each.startswith("A https://shop.example/")]
    assert len(links) == 3
    assert "INPUT" in reached[-1]


LOOKS: list[tuple[int, Literal["light", "dark"]]] = [
    (1280, "light"),
    (1280, "dark"),
    (360, "dark"),
    (320, "light"),
]


@pytest.mark.browser
def test_it_fits_every_screen_and_theme(visit: Look) -> None:
    seen = visit(*BOTH)
    seen.state(SIMILAR, "hits")
    cards = seen.page.locator(f"{SIMILAR} .card")
    for width, scheme in LOOKS:
        seen.page.set_viewport_size({"width": width, "height": 900})
        seen.page.emulate_media(color_scheme=scheme)
        wide, room = seen.page.evaluate(
            "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
        )
        assert wide <= room == width
        first, second = cards.nth(0).bounding_box(), cards.nth(1).bounding_box()
        assert first is not None
        assert second is not None
        assert first["y"] == second["y"]
        ink = cards.first.locator(".title").evaluate("(e) => getComputedStyle(e).color")
        assert ink == ("rgb(0, 0, 0)" if scheme == "light" else "rgb(255, 255, 255)")


def _serious(page: Page) -> list[str]:
    found: Any = Axe().run(page)
    return [
        f"{each['id']}: {each['nodes'][0]['html']}"
        for each in found.response["violations"]
        if each["impact"] in ("serious", "critical")
    ]


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_has_nothing_serious_to_say(
    ask: Served, chromium: BrowserContext, scheme: Literal["light", "dark"]
) -> None:
    with chromium.new_page() as page:
        page.emulate_media(color_scheme=scheme)
        seen = Visit(page)
        page.goto(f"{ask.url}/embed-demo")
        seen.state(SIMILAR, "hits")
        assert _serious(page) == []
        chooser = page.locator(f"{PHOTO} input").first
        chooser.set_input_files({"name": "a.png", "mimeType": "image/png", "buffer": draw(3)})
        seen.state(PHOTO, "hits")
        assert _serious(page) == []


@pytest.mark.browser
def test_the_plain_shop_works_without_a_key(ask: Served, chromium: BrowserContext) -> None:
    with chromium.new_page() as page:
        seen = Visit(page)
        page.goto(f"{ask.url}/embed-demo")
        seen.state(SIMILAR, "hits")
        page.locator(f"{SIMILAR} a").first.click()
        page.wait_for_url("**/embed-demo?product=*")
        seen.state(SIMILAR, "hits")
        chooser = page.locator(f"{PHOTO} input").first
        chooser.set_input_files({"name": "a.png", "mimeType": "image/png", "buffer": draw(3)})
        seen.state(PHOTO, "hits")
        assert seen.hosts == {urlsplit(ask.url).netloc}
        assert seen.console == []
