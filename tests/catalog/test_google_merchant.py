from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from vitrine.catalog import read_catalogue
from vitrine.errors import DataError

RSS = """\
<?xml version="1.0"?>
<rss xmlns:g="http://base.google.com/ns/1.0" version="2.0">
<channel>
<title>Example - Online Store</title>
<link>http://www.example.com</link>
<description>A feed</description>
<item>
<g:id>TV_123456</g:id>
<g:title><![CDATA[Linen shirt & tie]]></g:title>
<g:description>Soft &lt;b&gt;linen&lt;/b&gt;.</g:description>
<g:link>http://www.example.com/shirt?a=1&amp;b=2</g:link>
<g:image_link>http://images.example.com/1.jpg</g:image_link>
<g:additional_image_link>http://images.example.com/2.jpg</g:additional_image_link>
<g:additional_image_link>http://images.example.com/3.jpg</g:additional_image_link>
<g:availability>in stock</g:availability>
<g:price>159.00 USD</g:price>
<g:sale_price>129.00 USD</g:sale_price>
<g:shipping><g:country>US</g:country><g:price>14.95 USD</g:price></g:shipping>
<g:gtin>71919219405200</g:gtin>
<g:brand>Example</g:brand>
<g:color>Navy/White</g:color>
<g:gender>female</g:gender>
<g:age_group>kids</g:age_group>
<g:google_product_category>Apparel &amp; Accessories &gt; Clothing</g:google_product_category>
<g:product_type>Home &gt; Women &gt; Shirts</g:product_type>
<g:item_group_id>TV</g:item_group_id>
</item>
<item>
<g:id>2</g:id>
<title>Plain</title>
<g:price>0 USD</g:price>
</item>
</channel>
</rss>
"""


def _line(text: str) -> int:
    return RSS[: RSS.index(text)].count("\n") + 1


def test_rss(write: Callable[..., Path]) -> None:
    catalogue = read_catalogue(write("feed.xml", RSS))
    shirt, plain = catalogue
    assert catalogue.format == "google-merchant"
    assert (shirt.product_id, shirt.title) == ("TV_123456", "Linen shirt & tie")
    assert shirt.description == "Soft linen."
    assert shirt.link == "http://www.example.com/shirt?a=1&b=2"
    assert shirt.photos == tuple(f"http://images.example.com/{n}.jpg" for n in (1, 2, 3))
    assert (str(shirt.price), str(shirt.sale_price)) == ("159.00 USD", "129.00 USD")
    assert (shirt.gender, shirt.age_group, shirt.colour) == ("girls", "kids", "Navy Blue")
    assert (shirt.availability, shirt.gtin, shirt.item_group_id) == (
        "in_stock",
        "71919219405200",
        "TV",
    )
    assert (shirt.product_type, shirt.article_type) == ("Home > Women > Shirts", "Shirts")
    assert shirt.original["gender"] == "female"
    assert shirt.extra["shipping"].split() == ["US", "14.95", "USD"]
    assert (plain.title, plain.price) == ("Plain", None)
    ((failure),) = catalogue.failures
    assert (failure.line, failure.product_id, failure.column) == (
        _line("<g:id>2") - 1,
        "2",
        "price",
    )


def test_atom(write: Callable[..., Path]) -> None:
    atom = """<?xml version="1.0" encoding="ISO-8859-1"?>
    <feed xmlns="http://www.w3.org/2005/Atom" xmlns:g="http://base.google.com/ns/1.0">
    <link rel="self" href="http://www.example.com"/>
    <entry><g:id>1</g:id><title>Crème</title><link href="http://www.example.com/1"/></entry>
    </feed>"""
    (product,) = read_catalogue(write("feed", atom.encode("latin-1")))
    assert (product.title, product.link) == ("Crème", "http://www.example.com/1")


def test_text_with_tabs(write: Callable[..., Path]) -> None:
    text = (
        "id\ttitle\tlink\timage link\tprice\tavailability\tadditional image link\n"
        "1\tShirt\thttp://x.example/1\thttp://x.example/1.jpg\t15.00 EUR\tout of stock\t"
        '"http://x.example/2.jpg,http://x.example/3.jpg"\n'
    )
    catalogue = read_catalogue(write("feed.txt", text))
    (product,) = catalogue
    assert catalogue.format == "google-merchant"
    assert (str(product.price), product.availability) == ("15.00 EUR", "out_of_stock")
    assert len(product.photos) == 3


def test_a_feed_that_breaks_off_keeps_what_came_before(write: Callable[..., Path]) -> None:
    broken = RSS[: RSS.index("<title>Plain")] + "<oops"
    catalogue = read_catalogue(write("feed.xml", broken))
    assert [product.product_id for product in catalogue] == ["TV_123456"]
    (failure,) = catalogue.failures
    assert failure.line == _line("<title>Plain")
    assert "what follows is lost" in failure.reason


BOMB = """<?xml version="1.0"?>
<!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>
<rss><channel><item><id>1</id><title>&b;</title></item></channel></rss>"""
OUTSIDE = """<?xml version="1.0"?>
<!DOCTYPE rss [<!ENTITY a SYSTEM "file:///etc/passwd">]>
<rss><channel><item><id>1</id><title>&a;</title></item></channel></rss>"""


@pytest.mark.parametrize("feed", [BOMB, OUTSIDE])
def test_entities_are_refused(write: Callable[..., Path], feed: str) -> None:
    with pytest.raises(DataError, match="declares entities or refers to other files"):
        read_catalogue(write("feed.xml", feed))


def test_what_is_no_feed(write: Callable[..., Path]) -> None:
    with pytest.raises(DataError, match="no item in it"):
        read_catalogue(write("feed.xml", "<rss><channel/></rss>"))
    with pytest.raises(DataError, match="no known format"):
        read_catalogue(write("page.xml", "<html><body/></html>"))
    with pytest.raises(DataError, match="no Google Merchant feed: the XML breaks off"):
        read_catalogue(write("feed.xml", "<rss><"), format="google-merchant")
