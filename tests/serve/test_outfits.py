from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from PIL import Image
from tests.outfits.wardrobe import wardrobe
from tests.serve.serving import Served, code_of, served

from vitrine.serve.outfits import OutfitsAnswer


@pytest.fixture(scope="module")
def clothes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("clothes")
    wardrobe(folder).close()
    with served(folder / "clothes.shop", folder / "models") as running:
        yield running


def answered(response: httpx.Response) -> OutfitsAnswer:
    assert response.status_code == 200, response.text
    return OutfitsAnswer.model_validate(response.json())


def post(clothes: Served, path: str, **asked: Any) -> httpx.Response:
    return clothes("POST", path, json=asked)


def test_around_a_product(clothes: Served) -> None:
    asked = {"k": 2, "budget": "140 EUR", "exclude": ["tops-0", "tops-1"], "alternatives": 2}
    found = answered(clothes("GET", "/v1/products/jeans-0/outfits", params=asked))
    assert len(found.outfits) == 2
    for outfit in found.outfits:
        slots = [piece.slot for piece in outfit.pieces]
        assert len(set(slots)) == len(slots)
        assert outfit.total is not None
        assert float(outfit.total.amount) <= 140
        shown = {piece.product_id for piece in outfit.pieces}
        assert not {"tops-0", "tops-1"} & shown
        for piece in outfit.pieces:
            assert piece.product.photos == [f"/v1/products/{piece.product_id}/photos/0"]
            assert {pairing.with_ for pairing in piece.why} == shown - {piece.product_id}
            assert len(piece.alternatives) <= 2


def test_around_several(clothes: Served) -> None:
    question = {"like": ["jeans-0"], "keep": ["heels-1"], "where": {"colour": "Red"}, "k": 1}
    [outfit] = answered(post(clothes, "/v1/outfits", **question)).outfits
    colours = {piece.product.colour for piece in outfit.pieces if not piece.kept}
    assert colours == {"Red"}
    assert {"jeans-0", "heels-1"} <= {piece.product_id for piece in outfit.pieces}
    other = answered(post(clothes, "/v1/outfits", like=["jeans-0"], shuffle=3)).outfits
    assert other == answered(post(clothes, "/v1/outfits", like=["jeans-0"], shuffle=3)).outfits


def test_judged_and_swapped(clothes: Served) -> None:
    """What the board does: a piece gives way to one of its alternatives."""
    pieces = ["jeans-0", "tops-1", "heels-3"]
    [outfit] = answered(post(clothes, "/v1/outfits/judge", products=pieces, alternatives=3)).outfits
    assert [piece.product_id for piece in outfit.pieces] == pieces
    other = outfit.pieces[1].alternatives[0].product_id
    pieces[1] = other
    [swapped] = answered(post(clothes, "/v1/outfits/judge", products=pieces)).outfits
    assert [piece.product_id for piece in swapped.pieces] == pieces


def test_photos_of_nobody_knows_what(clothes: Served) -> None:
    """This shop's encoder names nothing, and says so."""
    out = io.BytesIO()
    Image.new("RGB", (60, 80), "red").save(out, "PNG")
    photo = {"photo": ("look.png", out.getvalue())}
    response = clothes("POST", "/v1/outfits", files=photo, data={"query": json.dumps({"k": 1})})
    assert code_of(response) == "query_invalid"
    assert "cannot tell what piece" in response.json()["detail"]


@pytest.mark.parametrize(
    ("path", "asked", "code"),
    [
        ("/v1/outfits", {}, "query_invalid"),
        ("/v1/outfits", {"like": ["gone"]}, "product_not_found"),
        ("/v1/outfits", {"like": ["jeans-0", "skirts-0"]}, "query_invalid"),
        ("/v1/outfits", {"like": ["jeans-0"], "k": 25}, "invalid"),
        ("/v1/outfits", {"like": ["jeans-0"], "mood": "good"}, "invalid"),
        ("/v1/outfits", {"like": ["jeans-0"], "budget": "free"}, "query_invalid"),
        ("/v1/outfits", {"like": ["jeans-0"], "where": {"mood": "good"}}, "query_invalid"),
        ("/v1/outfits/judge", {"products": ["jeans-0"]}, "invalid"),
        ("/v1/outfits/judge", {"products": ["jeans-0", "jeans-0"]}, "query_invalid"),
    ],
)
def test_refused(clothes: Served, path: str, asked: dict[str, Any], code: str) -> None:
    assert code_of(post(clothes, path, **asked)) == code


def test_products_whose_id_has_a_slash(ask: Served) -> None:
    response = ask("GET", "/v1/products/sale%2F50%25%20off%3F%C3%BC/outfits")
    assert code_of(response) == "query_invalid"
    assert "no part of an outfit" in response.json()["detail"]
