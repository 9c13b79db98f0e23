from __future__ import annotations

import io
import json

from tests.serve.serving import Served, code_of, draw
from tests.shop.test_garments import standing_person

from vitrine.serve.answers import GarmentsAnswer


def test_boxes_go_into_a_search(ask: Served) -> None:
    out = io.BytesIO()
    standing_person().save(out, "PNG")
    photo = {"photo": ("look.png", out.getvalue())}
    response = ask("POST", "/v1/garments", files=photo)
    assert response.status_code == 200, response.text
    found = GarmentsAnswer.model_validate(response.json()).garments
    assert 2 <= len(found) <= 5
    for garment in found:
        query = {"query": json.dumps({"crop": garment.box, "k": 1})}
        assert len(ask("POST", "/v1/search", files=photo, data=query).json()["hits"]) == 1


def test_bad_questions(ask: Served) -> None:
    photo = {"photo": ("look.png", draw(1))}
    assert (
        code_of(ask("POST", "/v1/garments", files=photo, data={"query": "{}"})) == "malformed_form"
    )
    assert code_of(ask("POST", "/v1/garments", files={"photo": ("a", b"x")})) == "photo_invalid"
    assert code_of(ask("POST", "/v1/garments", json={})) == "media_type_unsupported"
