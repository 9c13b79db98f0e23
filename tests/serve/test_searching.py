from __future__ import annotations

import json

import pytest
from tests.serve.serving import MARKUP, N_PRODUCTS, Served, code_of, draw

from vitrine.serve.answers import SearchAnswer, TagsAnswer


def ids(answer: object) -> list[str]:
    return [hit.product_id for hit in SearchAnswer.model_validate(answer).hits]


def test_words_find_products(ask: Served) -> None:
    response = ask.search(text="red dress", k=3)
    assert response.status_code == 200
    assert set(ids(response.json())) == {"p0", "p3", "p6"}


def test_a_photo_finds_the_product_that_shows_it(ask: Served) -> None:
    response = ask("POST", "/v1/search", files={"photo": ("look.png", draw(4))})
    assert response.status_code == 200
    assert ids(response.json())[0] == "p4"
    filtered = ask(
        "POST",
        "/v1/search",
        files={"photo": ("look.png", draw(4))},
        data={"query": json.dumps({"where": {"gender": "women"}, "k": 2})},
    )
    assert set(ids(filtered.json())) <= {"p1", "p3", "p5", "p7"}
    assert len(ids(filtered.json())) == 2


def test_likes_and_filters_as_object_or_line(ask: Served) -> None:
    as_object = ask.search(like=["p1"], where={"gender": "women", "price": {"lte": 15}}, k=50)
    as_line = ask.search(like=["p1"], where="gender=women price<=15", k=50)
    assert set(ids(as_object.json())) == set(ids(as_line.json())) == {"p3", "p5"}


def test_products_like_one(ask: Served) -> None:
    found = ids(ask("GET", "/v1/products/p0/similar", params={"k": 50}).json())
    assert set(found) == {f"p{n}" for n in range(1, N_PRODUCTS - 1)}
    women = ask("GET", "/v1/products/p0/similar", params={"where": "gender=women"})
    assert set(ids(women.json())) == {"p1", "p3", "p5", "p7"}


@pytest.mark.parametrize("by", ["like", "photo"])
def test_cursors_lead_through_every_hit_once(ask: Served, by: str) -> None:
    everything = ids(ask.search(like=["p0"], k=100).json())
    found: list[str] = []
    cursor = None
    for _ in range(10):
        question = {"like": ["p0"], "k": 3, **({"cursor": cursor} if cursor else {})}
        if by == "photo":
            form = {"photo": ("a.png", draw(0))}
            answer = ask(
                "POST", "/v1/search", files=form, data={"query": json.dumps(question)}
            ).json()
        else:
            answer = ask.search(**question).json()
        found += ids(answer)
        cursor = answer["next_cursor"]
        if cursor is None:
            break
    assert len(found) == len(set(found))
    assert set(found) == set(everything)


def test_the_address_pages_too(ask: Served) -> None:
    first = ask("GET", "/v1/products/p0/similar", params={"k": 4}).json()
    second = ask(
        "GET", "/v1/products/p0/similar", params={"k": 4, "cursor": first["next_cursor"]}
    ).json()
    whole = ask("GET", "/v1/products/p0/similar", params={"k": 8}).json()
    assert ids(first) + ids(second) == ids(whole)


def test_markup_in_a_title_comes_back_as_data(ask: Served) -> None:
    response = ask.search(text="dress", k=20)
    assert response.headers["content-type"] == "application/json"
    assert response.headers["x-content-type-options"] == "nosniff"
    products = [hit["product"] for hit in response.json()["hits"]]
    titles = {product["product_id"]: product["title"] for product in products}
    assert titles["p1"] == f"Blue dress {MARKUP}"


def test_no_answer_shows_where_files_are(ask: Served) -> None:
    answers = [
        ask.search(text="dress", k=20),
        ask.search(like=["p0"], k=20),
        ask("GET", "/v1/products/p0"),
        ask("GET", "/v1/products/p0/similar"),
        ask("GET", "/version"),
        ask("GET", "/metrics"),
        ask.search(like=["nobody"]),
    ]
    for answer in answers:
        assert str(ask.shop.parent) not in answer.text
        assert ".png" not in answer.text
    product = answers[2].json()
    assert product["photos"] == ["/v1/products/p0/photos/0"]
    assert product["extra"] == {"fit": "slim"}


def test_tags_of_a_photo(ask: Served) -> None:
    response = ask("POST", "/v1/tags", files={"photo": draw(1)})
    answer = TagsAnswer.model_validate(response.json())
    assert answer.encoder == "colour"
    assert answer.tags["base_colour"].value.endswith("Blue")


def test_nothing_to_search_by(ask: Served) -> None:
    assert code_of(ask.search()) == "query_invalid"
    assert code_of(ask.search(like=["nobody"])) == "product_not_found"
    assert code_of(ask.search(like=["sale/50% off?ü"])) == "query_invalid"
    deep = ask("GET", "/v1/products/nobody/similar")
    assert (deep.status_code, code_of(deep)) == (404, "product_not_found")


def test_request_ids_are_echoed_or_made(ask: Served) -> None:
    echoed = ask("GET", "/livez", headers={"X-Request-ID": "shop-7.a_b"})
    assert echoed.headers["x-request-id"] == "shop-7.a_b"
    for bad in ("two words", "x" * 65, "<b>"):
        made = ask("GET", "/livez", headers={"X-Request-ID": bad})
        assert len(made.headers["x-request-id"]) == 32
