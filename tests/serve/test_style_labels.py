from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.serve.serving import Serve, Served, code_of, served
from tests.serve.test_access import make_key

from vitrine.serve.style_labels import LabelsAnswer, ProductLabelsAnswer
from vitrine.settings import Settings
from vitrine.shop import open_shop

PATH = "/v1/styles/labels"


@pytest.fixture(scope="module")
def styled(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server in front of a shop whose styles were found."""
    folder = tmp_path_factory.mktemp("labelled")
    path = Path(shutil.copy(built, folder / "my.shop"))
    with open_shop(path, settings=Settings(models_dir=folder / "models", threads=1)) as shop:
        shop.styles.fit(3)
    with served(path, folder / "models") as running:
        yield running


def test_the_queue_is_asked_and_answered(styled: Served) -> None:
    first = LabelsAnswer.model_validate(styled("GET", PATH).json())
    assert (first.labels, first.unsure) == (0, 8)
    assert len(first.queue) == 8
    assert first.queue[0].reason == "middle"
    one, other, third = (each.product_id for each in first.queue[:3])
    said = {"labels": [{"product_id": one, "label": "boho"}], "skip": [other], "forget": []}
    answer = LabelsAnswer.model_validate(styled("POST", PATH, json=said).json())
    assert (answer.labels, answer.skipped) == (1, 1)
    assert [word.label for word in answer.words] == ["boho"]
    assert not {one, other} & {each.product_id for each in answer.queue}
    assert answer.queue[0].proposed[0].label == "boho"
    found = styled("GET", f"{PATH}/products?product_id={one}&product_id={third}").json()
    told = ProductLabelsAnswer.model_validate(found).products
    assert [each.given for each in told] == [True, False]
    assert told[0].probability == 1
    undone = styled("POST", f"{PATH}?limit=1", json={"forget": [one, other]}).json()
    assert (undone["labels"], undone["skipped"], len(undone["queue"])) == (0, 0, 1)


def test_bad_questions(styled: Served, ask: Served) -> None:
    assert code_of(ask("GET", PATH)) == "style_not_found"
    assert code_of(styled("GET", f"{PATH}?limit=0")) == "invalid"
    assert code_of(styled("GET", f"{PATH}/products")) == "invalid"
    assert code_of(styled("GET", f"{PATH}/products?product_id=no")) == "product_not_found"
    unknown = {"labels": [{"product_id": "no", "label": "boho"}]}
    assert code_of(styled("POST", PATH, json=unknown)) == "product_not_found"
    assert code_of(styled("POST", PATH, json={"forget": ["p0"]})) == "product_not_found"
    blank = {"labels": [{"product_id": "p0", "label": " "}]}
    assert code_of(styled("POST", PATH, json=blank)) == "invalid"
    assert code_of(styled("POST", PATH, json={"words": []})) == "invalid"


def test_labels_are_given_by_admins(serve: Serve, shop: Path) -> None:
    search, _ = make_key(shop, "search")
    with serve() as own:
        headers = {"Authorization": f"Bearer {search}"}
        assert code_of(own("POST", PATH, json={}, headers=headers)) == "key_insufficient"
        assert code_of(own("GET", PATH, headers=headers)) == "style_not_found"
