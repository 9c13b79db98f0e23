from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from tests.serve.serving import Served, code_of, draw, drawn_products, served

from vitrine.catalog import Catalogue
from vitrine.serve.answers import ExplainAnswer, MapOut
from vitrine.settings import Settings
from vitrine.shop import build


@pytest.fixture(scope="module")
def seeing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server in front of a shop whose encoder has cells."""
    folder = tmp_path_factory.mktemp("seeing-shop")
    settings = Settings(models_dir=folder / "models", threads=1)
    catalogue = Catalogue("test", "a test", drawn_products(folder), [])
    build(catalogue, folder / "my.shop", encoder="default", settings=settings).close()
    with served(folder / "my.shop", folder / "models") as running:
        yield running


def explained(served: Served, photo: bytes = b"", **question: Any) -> ExplainAnswer:
    if photo:
        sent = {"files": {"photo": ("a.png", photo)}, "data": {"query": json.dumps(question)}}
        response = served("POST", "/v1/explain", **sent)
    else:
        response = served("POST", "/v1/explain", json=question)
    assert response.status_code == 200, response.text
    assert str(served.shop.parent) not in response.text
    return ExplainAnswer.model_validate(response.json())


def total(heat: MapOut | None) -> float:
    assert heat is not None
    assert (len(heat.values), len(heat.values[0])) == (heat.rows, heat.columns)
    return sum(map(sum, heat.values))


def test_a_photo_is_explained_within_its_crop(seeing: Served) -> None:
    found = explained(seeing, draw(4), product_id="p4", crop=[0.0, 0.2, 1.0, 0.8], k=3)
    assert found.maps is not None
    assert found.maps.query is not None
    assert found.maps.query.box == [0, 0.2, 1, 0.8]
    for heat in (found.maps.query, found.maps.hit):
        assert total(heat) == pytest.approx(found.cosine, abs=1e-4)
    assert found.maps.hit.of.model_dump() == {"product_id": "p4", "photo": 0}
    assert found.why["photo"] == 0


def test_products_and_words_are_explained(seeing: Served) -> None:
    liked = explained(seeing, like=["p1"], product_id="p4")
    assert liked.maps is not None
    assert total(liked.maps.query) == pytest.approx(liked.cosine, abs=1e-4)
    assert liked.why["shared"]["colour"] == "Blue"
    said = explained(seeing, text="green dress", product_id="p5")
    assert said.maps is not None
    assert said.maps.query is None
    assert said.why["words"] == ["green", "dress"]


def test_a_shop_without_cells_still_gives_its_reasons(ask: Served) -> None:
    found = explained(ask, draw(4), product_id="p1")
    assert found.maps is None
    assert found.no_maps == "the encoder 'colour' has no cells to make heat maps of"
    assert (found.why["photo"], found.cosine) == (0, None)


@pytest.mark.parametrize(
    ("question", "code"),
    [
        ({"like": ["p1"]}, "invalid"),
        ({"like": ["p1"], "product_id": "gone"}, "product_not_found"),
        ({"like": ["p1"], "product_id": "p1"}, "query_invalid"),
        ({"product_id": "p1"}, "query_invalid"),
        ({"text": "scarf", "product_id": "p1", "where": "gender=men"}, "query_invalid"),
        ({"like": ["p1"], "product_id": "p2", "heat": True}, "invalid"),
    ],
)
def test_bad_questions(ask: Served, question: dict[str, Any], code: str) -> None:
    assert code_of(ask("POST", "/v1/explain", json=question)) == code
