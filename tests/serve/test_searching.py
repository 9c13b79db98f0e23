from __future__ import annotations

import io
import json
from typing import get_args

import pytest
from PIL import Image
from tests.serve.serving import MARKUP, N_PRODUCTS, Served, code_of, draw

from vitrine.search import GROUPINGS, SORTS, Query
from vitrine.serve.answers import SearchAnswer, TagsAnswer
from vitrine.serve.questions import Grouping, SearchQuestion, Sort


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


def test_a_typing_error_in_a_filter_is_told(ask: Served) -> None:
    answer = ask.search(where="gender=wommen").json()
    assert (answer["hits"], len(answer["notes"])) == ([], 1)
    assert answer["notes"][0].endswith("Did you mean 'women'?")
    assert "notes" not in ask.search(where="gender=women").json()


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


def test_dislikes_keep_away(ask: Served) -> None:
    liked = ids(ask.search(like=["p0"], k=7).json())
    both = ids(ask.search(like=["p0"], dislike=["p1"], k=7).json())
    assert set(liked) - set(both) == {"p1"}
    assert code_of(ask.search(like=["p0"], dislike=["p0"])) == "query_invalid"


def test_like_this_but(ask: Served) -> None:
    answer = ask.search(like=["p0"], but="blue and cheaper", k=20).json()
    assert ids(answer) == []
    assert answer["understood"]
    dearer = ask.search(like=["p0"], but="blue", k=20).json()
    assert set(ids(dearer)) == {"p1", "p4", "p7"}
    assert dearer["hits"][0]["why"]["changed"]["colour"] == {"was": "Red", "is": "Blue"}
    by_address = ask("GET", "/v1/products/p0/similar", params={"but": "blue"}).json()
    assert ids(by_address) == ids(dearer)


def test_a_part_of_a_photo(ask: Served) -> None:
    two = Image.new("RGB", (120, 80), "white")
    two.paste(Image.open(io.BytesIO(draw(3))), (0, 0))
    two.paste(Image.open(io.BytesIO(draw(4))), (60, 0))
    out = io.BytesIO()
    two.save(out, "PNG")
    for crop, product_id in (([0, 0, 0.5, 1], "p3"), ([0.5, 0, 1, 1], "p4")):
        question = {"query": json.dumps({"crop": crop, "k": 1})}
        answer = ask("POST", "/v1/search", files={"photo": out.getvalue()}, data=question)
        assert ids(answer.json()) == [product_id]


def test_facets_orders_and_least_scores(ask: Served) -> None:
    answer = ask.search(where={}, facets=["gender", "price"], sort="price_desc", k=3).json()
    assert ids(answer) == ["p7", "p6", "p5"]
    assert answer["total"] == N_PRODUCTS
    assert answer["facets"]["gender"]["values"] == [
        {"value": "men", "count": 4},
        {"value": "women", "count": 4},
    ]
    assert answer["facets"]["price"]["max"] == 17
    far = ask.search(like=["p0"], min_score=1.0).json()
    assert (far["hits"], far["nothing_close"]) == ([], True)


def test_a_facet_tells_no_place_of_a_file(ask: Served) -> None:
    answer = ask.search(where={}, facets=["source_file", "fit"])
    assert answer.json()["facets"]["fit"]["values"] == [{"value": "slim", "count": 8}]
    assert answer.json()["facets"]["source_file"]["values"] == []
    assert str(ask.shop.parent) not in answer.text


def test_the_choices_are_those_of_the_search() -> None:
    assert get_args(Sort) == SORTS
    assert get_args(Grouping) == GROUPINGS
    missing = {"images", "dislike_images", "offset"}
    assert set(Query.__dataclass_fields__) - missing <= set(SearchQuestion.model_fields)


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
