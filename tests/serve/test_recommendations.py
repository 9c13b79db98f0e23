from __future__ import annotations

import time

from tests.serve.serving import Serve, Served, code_of

from vitrine.events import Event, EventProduct
from vitrine.serve.recommending import RecommendationsAnswer

PATH = "/v1/recommendations"


def test_a_like_changes_the_next_answer(serve: Serve) -> None:
    with serve() as ask:
        before = ask("POST", PATH, json={"visitor_id": "ann", "k": 4}).json()
        assert before["strategy"] == "popular"
        liked = EventProduct("p3")
        ask.service.shop.events.append([Event("e", "like", "ann", time.time(), (liked,))])
        after = ask("POST", PATH, json={"visitor_id": "ann", "k": 4}).json()
    assert after["strategy"] == "like"
    assert after["hits"][0]["why"]["product_ids"] == ["p3"]
    assert after["hits"][0]["why"]["text"].startswith("because you liked")
    RecommendationsAnswer.model_validate(after)


def test_everything_may_be_left_out_and_pages_follow(ask: Served) -> None:
    whole = ask("POST", PATH, json={"k": 9}).json()
    assert len(whole["hits"]) == 9
    assert whole["next_cursor"] is None
    first = ask("POST", PATH, json={"k": 5}).json()
    second = ask("POST", PATH, json={"k": 5, "cursor": first["next_cursor"]}).json()
    shown = [hit["product_id"] for page in (first, second) for hit in page["hits"]]
    assert len(set(shown)) == 9
    assert second["next_cursor"] is None


def test_no_path_of_this_machine(ask: Served) -> None:
    answer = ask("POST", PATH, json={"like": ["p1"], "k": 8})
    assert str(ask.shop.parent) not in answer.text
    assert answer.json()["hits"][0]["product"]["photos"][0].startswith("/v1/products/")


def test_what_is_wrong_is_said(ask: Served) -> None:
    assert code_of(ask("POST", PATH, json={"like": ["nope"]})) == "product_not_found"
    assert code_of(ask("POST", PATH, json={"kind": "mine"})) == "invalid"
    assert code_of(ask("POST", PATH, json={"kind": "bought-together"})) == "query_invalid"
    assert code_of(ask("POST", PATH, json={"visitor": "ann"})) == "invalid"
    assert code_of(ask("POST", PATH, json={"where": "nope=1"})) == "query_invalid"
    cursor = ask("POST", PATH, json={"k": 2}).json()["next_cursor"]
    assert code_of(ask("POST", PATH, json={"k": 3, "cursor": cursor})) == "cursor_invalid"
