"""Pages as shops write them, and worse."""

from __future__ import annotations

from typing import Any

import pytest
from tests.collect.fake_shop import listing, page

from vitrine.collect.found import Found, FoundPhoto, FoundProduct
from vitrine.collect.pages import looks_like_a_product, read_page
from vitrine.errors import DataError

URL = "https://shop.example/products/coat"
COAT: dict[str, Any] = {"@type": "Product", "name": "Wool coat", "image": "/1.jpg"}


def read(html: str | bytes, url: str = URL) -> Found:
    return read_page(html.encode() if isinstance(html, str) else html, url)


def only_product(html: str | bytes, url: str = URL) -> FoundProduct:
    (product,) = read(html, url).products
    return product


def coat(**more: Any) -> FoundProduct:
    return only_product(page(COAT | more))


def urls(photos: tuple[FoundPhoto, ...]) -> list[str]:
    return [photo.url for photo in photos]


def offer(price: Any, currency: str = "EUR", **more: Any) -> dict[str, Any]:
    return {"@type": "Offer", "price": price, "priceCurrency": currency, **more}


def test_a_product_in_json_ld() -> None:
    product = coat(
        sku="C-1",
        gtin13="4006381333931",
        description="Warm.\n Heavy.",
        brand={"@type": "Brand", "name": "Nadel"},
        color="Navy",
        material=["Wool", "Silk"],
        size={"@type": "SizeSpecification", "name": "M"},
        category="Women > Coats",
        audience={"@type": "PeopleAudience", "suggestedGender": "https://schema.org/Female"},
        offers=offer("129.90", availability="https://schema.org/InStock"),
    )
    assert product.fields == {
        "product_id": "C-1",
        "title": "Wool coat",
        "description": "Warm. Heavy.",
        "brand": "Nadel",
        "colour": "Navy",
        "material": "Wool, Silk",
        "size": "M",
        "gtin": "4006381333931",
        "product_type": "Women > Coats",
        "gender": "Female",
        "price": "129.90 EUR",
        "availability": "in_stock",
        "link": URL,
        "seller": "shop.example",
    }
    assert urls(product.photos) == ["https://shop.example/1.jpg"]


@pytest.mark.parametrize(
    ("price", "currency", "expected"),
    [
        ("1.299,00", "EUR", "1299.00 EUR"),
        ("1,299.00", "USD", "1299.00 USD"),
        ("1299", "SEK", "1299 SEK"),
        ("49,90 €", "", "49.90 EUR"),
        (1299, "EUR", "1299 EUR"),
        (1299.5, "EUR", "1299.50 EUR"),
        (1.299, "EUR", "1.30 EUR"),
        ("1 299,00", "PLN", "1299.00 PLN"),
    ],
)
def test_prices_with_either_separator(price: Any, currency: str, expected: str) -> None:
    assert coat(offers=offer(price, currency)).fields["price"] == expected


@pytest.mark.parametrize(
    ("offers", "expected"),
    [
        (
            {
                "@type": "AggregateOffer",
                "lowPrice": "10.00",
                "highPrice": 20,
                "priceCurrency": "EUR",
            },
            {"price": "10.00 EUR"},
        ),
        (
            [offer(30), offer(20, availability="OutOfStock"), offer(25, availability="InStock")],
            {"price": "25 EUR", "availability": "in_stock"},
        ),
        (
            {"@type": "AggregateOffer", "offers": [offer(9, availability="SoldOut"), offer(12)]},
            {"price": "12 EUR"},
        ),
        (
            offer(
                "79.00",
                priceSpecification={
                    "@type": "UnitPriceSpecification",
                    "priceType": "https://schema.org/StrikethroughPrice",
                    "price": 99,
                    "priceCurrency": "EUR",
                },
            ),
            {"price": "99 EUR", "sale_price": "79.00 EUR"},
        ),
        (
            {
                "@type": "Offer",
                "priceSpecification": {"price": 5, "priceCurrency": "GBP"},
                "seller": {"@type": "Organization", "name": "Market"},
            },
            {"price": "5 GBP", "seller": "Market"},
        ),
        (
            {"@type": "Offer", "availability": "http://schema.org/PreOrder"},
            {"availability": "preorder"},
        ),
    ],
)
def test_offers_of_every_kind(offers: Any, expected: dict[str, str]) -> None:
    fields = {"seller": "shop.example"} | expected
    said = coat(offers=offers).fields
    assert {k: v for k, v in said.items() if k not in ("title", "link")} == fields


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        ("//cdn.example/a.jpg", ["https://cdn.example/a.jpg"]),
        (["a.jpg", "b c.jpg", "a.jpg"], ["products/a.jpg", "products/b%20c.jpg"]),
        ({"@type": "ImageObject", "url": "/a.jpg"}, ["a.jpg"]),
        (
            [{"@type": "ImageObject", "contentUrl": "/a.jpg", "url": "/page"}, "/b.jpg"],
            ["a.jpg", "b.jpg"],
        ),
        (["data:image/png;base64,AAAA", "javascript:alert(1)", "file:///etc/passwd", 7, None], []),
        ("http://[bad/a.jpg", []),
    ],
)
def test_photos_however_they_are_written(image: Any, expected: list[str]) -> None:
    whole = [one if "//" in one else f"https://shop.example/{one}" for one in expected]
    assert urls(coat(image=image).photos) == whole


def test_the_licence_of_a_photo_is_kept() -> None:
    described = {
        "@type": "ImageObject",
        "contentUrl": "/1.jpg",
        "license": "https://creativecommons.org/licenses/by/4.0/",
        "acquireLicensePage": "/licence",
        "creditText": "Ann Example",
        "copyrightNotice": "© Nadel",
    }
    expected = FoundPhoto(
        "https://shop.example/1.jpg",
        "https://creativecommons.org/licenses/by/4.0/",
        "https://shop.example/licence",
        "Ann Example",
        "© Nadel",
    )
    assert coat(image=described).photos == (expected,)
    apart = only_product(page(COAT, described))  # described beside the product, by its address
    assert apart.photos == (expected,)


def test_a_page_says_nothing_of_a_licence() -> None:
    assert coat().photos == (FoundPhoto("https://shop.example/1.jpg"),)


def test_the_licence_of_a_whole_page_counts_for_its_photos() -> None:
    html = page(COAT, head='<link rel="license" href="/cc0">')
    assert only_product(html).photos[0].license == "https://shop.example/cc0"


def test_variants_of_a_group_are_products_joined_by_its_id() -> None:
    group = {
        "@type": "ProductGroup",
        "name": "Coat",
        "productGroupID": "G1",
        "brand": {"name": "Nadel"},
        "image": "/g.jpg",
        "hasVariant": [
            {"@type": "Product", "sku": "G1-S", "size": "S", "offers": offer(10)},
            {
                "@type": "Product",
                "sku": "G1-R",
                "name": "Red coat",
                "color": "Red",
                "image": "/r.jpg",
                "url": f"{URL}?colour=red",
            },
        ],
    }
    small, red = read(page(group)).products
    assert (small.fields["item_group_id"], red.fields["item_group_id"]) == ("G1", "G1")
    assert (small.fields["title"], red.fields["title"]) == ("Coat", "Red coat")
    assert (small.fields["size"], small.fields["price"]) == ("S", "10 EUR")
    assert red.fields["brand"] == "Nadel"
    assert red.fields["link"] == f"{URL}?colour=red"
    assert urls(small.photos) == ["https://shop.example/g.jpg"]
    assert urls(red.photos) == ["https://shop.example/r.jpg"]


def test_a_variant_knows_its_group() -> None:
    product = coat(isVariantOf={"@type": "ProductGroup", "productGroupID": "G7", "brand": "Nadel"})
    assert (product.fields["item_group_id"], product.fields["brand"]) == ("G7", "Nadel")


def test_references_in_a_graph_are_followed() -> None:
    graph = {
        "@context": "https://schema.org",
        "@graph": [
            {"@type": "WebPage", "mainEntity": {"@id": "#coat"}},
            {**COAT, "@id": "#coat", "brand": {"@id": "#b"}, "image": {"@id": "#i"}},
            {"@type": "Brand", "@id": "#b", "name": "Nadel"},
            {"@type": "ImageObject", "@id": "#i", "contentUrl": "/g.jpg"},
        ],
    }
    product = only_product(page(graph))
    assert product.fields["brand"] == "Nadel"
    assert urls(product.photos) == ["https://shop.example/g.jpg"]


def test_related_products_are_not_this_page() -> None:
    related = [{"@type": "Product", "name": "Hat", "url": "/products/hat"}]
    found = read(page(COAT | {"isRelatedTo": related}))
    assert [product.fields["title"] for product in found.products] == ["Wool coat"]
    assert found.likely == ("https://shop.example/products/hat",)


def test_the_breadcrumbs_are_the_category() -> None:
    steps = [
        {"@type": "ListItem", "position": n, "name": name}
        for n, name in enumerate(["Home", "Women", "Coats", "Wool coat"], 1)
    ]
    crumbs = {"@type": "BreadcrumbList", "itemListElement": steps}
    assert only_product(page(COAT, crumbs)).fields["product_type"] == "Women > Coats"


MICRODATA = """<html><body><div itemscope itemtype="http://schema.org/Product">
<h1 itemprop="name">Wool coat</h1>
<img itemprop="image" src="/1.jpg"><img itemprop="image" src="/2.jpg">
<span itemprop="brand" itemscope itemtype="http://schema.org/Brand">
<b itemprop="name">Nadel</b></span>
<meta itemprop="sku" content="C-1">
<div itemprop="offers" itemscope itemtype="http://schema.org/Offer">
<span itemprop="price">1.299,00</span><meta itemprop="priceCurrency" content="EUR">
<link itemprop="availability" href="http://schema.org/OutOfStock"></div></div></body></html>"""


def test_a_product_in_microdata() -> None:
    product = only_product(MICRODATA)
    assert product.fields == {
        "link": URL,
        "seller": "shop.example",
        "title": "Wool coat",
        "brand": "Nadel",
        "product_id": "C-1",
        "price": "1299.00 EUR",
        "availability": "out_of_stock",
    }
    assert urls(product.photos) == ["https://shop.example/1.jpg", "https://shop.example/2.jpg"]


def test_json_ld_wins_over_microdata_which_adds_what_is_missing() -> None:
    script = '<script type="application/ld+json">{"@type": "Product", "name": "Coat"}</script>'
    product = only_product(MICRODATA.replace("<body>", f"<body>{script}"))
    assert (product.fields["title"], product.fields["price"]) == ("Coat", "1299.00 EUR")
    assert len(product.photos) == 2


OPEN_GRAPH = """<html><head><meta property="og:type" content="product">
<meta property="og:title" content="Wool coat"><meta property="og:site_name" content="Nadel Shop">
<meta property="og:image" content="http://cdn.example/1.jpg">
<meta property="og:image" content="/2.jpg">
<meta property="product:price:amount" content="1.299,00">
<meta property="product:price:currency" content="EUR">
<meta property="product:availability" content="instock">
<meta property="product:retailer_item_id" content="C-1"></head><body></body></html>"""


def test_a_product_in_open_graph() -> None:
    product = only_product(OPEN_GRAPH)
    assert product.fields == {
        "link": URL,
        "seller": "Nadel Shop",
        "title": "Wool coat",
        "product_id": "C-1",
        "price": "1299.00 EUR",
        "availability": "in_stock",
    }
    assert urls(product.photos) == ["http://cdn.example/1.jpg", "https://shop.example/2.jpg"]


def test_an_article_with_open_graph_is_no_product() -> None:
    html = '<head><meta property="og:type" content="article"><meta property="og:title" content="x">'
    assert read(html).products == ()


@pytest.mark.parametrize(
    "broken",
    [
        '<script type="application/ld+json">{"@type": "Product", </script>',
        '<script type="application/ld+json">' + "[" * 100_000 + "</script>",
        '<script type="application/ld+json">"only words"</script>',
        '<script type="application/ld+json">[null, {"@type": ["Product", 3], "name": {}}]</script>',
        "<div itemscope itemtype='http://schema.org/Product' itemref='a b'><p id=a itemprop=name>",
        "<table><div></b></i><a href='http://['>x</a><base href='::::'>",
        "<div itemscope>" * 3000,
        "<b id=a><i itemprop=name>x</i></b>" * 900 + "<p itemscope itemref='a b a'>" * 900,
        "<div itemscope>" + "<i itemprop=name>" * 200 + "words " * 20_000,
        "\x00\x01\x02",
    ],
)
def test_broken_markup_spoils_nothing_else(broken: str) -> None:
    found = read(page(COAT).replace("<body>", f"<body>{broken}"))
    assert [product.fields["title"] for product in found.products] == ["Wool coat"]


def test_a_broken_block_is_told() -> None:
    html = page(COAT, head='<script type="application/ld+json">{"a": </script>')
    assert "a JSON-LD block cannot be read" in read(html).problems[0]


@pytest.mark.parametrize(
    ("price", "reason"),
    [("free", "not a price"), ("-5", "negative"), ("12.00", "has no currency")],
)
def test_a_price_that_cannot_be_read_is_left_out_and_told(price: str, reason: str) -> None:
    found = read(page(COAT | {"offers": {"@type": "Offer", "price": price}}))
    assert "price" not in found.products[0].fields
    assert reason in found.problems[0]


@pytest.mark.parametrize("data", [b"", b"   "])
def test_nothing_is_no_page(data: bytes) -> None:
    with pytest.raises(DataError, match="no HTML"):
        read(data)


def test_other_encodings_are_read() -> None:
    html = page(head='<meta charset="iso-8859-1"><meta property="og:type" content="product">')
    html = html.replace("</head>", '<meta property="og:title" content="Écharpe"></head>')
    assert only_product(html.encode("latin-1")).fields["title"] == "Écharpe"


def test_characters_that_no_catalogue_holds_are_taken_out() -> None:
    html = page(COAT | {"name": "Coat\x00\x1b[31m \ud800 end"})
    assert only_product(html).fields["title"] == "Coat[31m ? end"


# lists


def test_links_to_products_come_first() -> None:
    html = listing(
        ["/products/a", "/products/b"],
        "<nav><a href='/men'><img></a></nav><a href='/sale'>Sale</a><a href='/login'>in</a>"
        "<a href='/products/c'>c</a><a href='https://other.example/products/x'>x</a>"
        "<a href='mailto:a@b.c'>m</a><a href='/lookbook'><img></a><a href='/size.pdf'>s</a>"
        "<a href='/products/a#reviews'>again</a>",
    )
    found = read(html, "https://shop.example/coats")
    assert [url.removeprefix("https://shop.example/") for url in found.likely] == [
        *("products/a", "products/b", "products/c", "lookbook"),
    ]
    assert found.possible == ("https://shop.example/sale",)


def test_an_item_list_leads_to_products() -> None:
    steps = [
        {"@type": "ListItem", "url": "/one"},
        {"@type": "ListItem", "item": {"@type": "Product", "name": "Two", "url": "/two"}},
    ]
    found = read(page({"@type": "ItemList", "itemListElement": steps}), "https://shop.example/")
    assert found.likely == ("https://shop.example/one", "https://shop.example/two")


def test_cards_in_microdata_lead_to_their_pages() -> None:
    card = "<div itemscope itemtype='http://schema.org/Product'><a itemprop=url href='/{0}'>"
    card += "<b itemprop=name>{0}</b></a></div>"
    html = f"<body>{card.format('one')}{card.format('two')}</body>"
    found = read(html, "https://shop.example/coats")
    assert found.products == ()
    assert found.likely == ("https://shop.example/one", "https://shop.example/two")


@pytest.mark.parametrize(
    ("url", "link", "expected"),
    [
        ("/coats", '<a rel="next" href="/coats/2">', "/coats/2"),
        ("/coats", '<a href="/coats?page=3">3</a><a href="/coats?page=2">2</a>', "/coats?page=2"),
        ("/coats?page=2", '<a href="/coats">1</a><a href="/coats?page=3">', "/coats?page=3"),
        ("/coats/page/2", '<a href="/coats/page/3/">', "/coats/page/3/"),
        ("/coats", '<a href="/hats?page=2">', None),
        ("/coats", '<a rel="next" href="https://other.example/coats?page=2">', None),
    ],
)
def test_the_next_page_of_a_list(url: str, link: str, expected: str | None) -> None:
    found = read(page(body=link), f"https://shop.example{url}")
    assert found.further == ((f"https://shop.example{expected}",) if expected else ())


@pytest.mark.parametrize(
    "path",
    [
        "/products/coat",
        "/p/123",
        "/coat-123456.html",
        "/de/produkt/mantel",
        "/item?id=7",
        "/x/dp/B0",
    ],
)
def test_addresses_of_products(path: str) -> None:
    assert looks_like_a_product(f"https://shop.example{path}")


def test_what_is_found_survives_the_journal() -> None:
    found = read(page(COAT | {"offers": offer("x")}), URL)
    assert Found.from_json(found.to_json()) == found
