from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.serve.serving import Serve, Served, code_of, draw, served
from tests.serve.test_access import make_key

from vitrine.serve.style_inbox import DecisionAnswer, NovelAnswer
from vitrine.serve.styles import StyleDetailOut, StylesAnswer, SuggestAnswer
from vitrine.settings import Settings
from vitrine.shop import open_shop


@pytest.fixture(scope="module")
def styled(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server in front of a shop whose styles were found."""
    folder = tmp_path_factory.mktemp("styled")
    path = Path(shutil.copy(built, folder / "my.shop"))
    with open_shop(path, settings=Settings(models_dir=folder / "models", threads=1)) as shop:
        shop.styles.fit(3)
    with served(path, folder / "models") as running:
        yield running


def test_styles_are_listed_and_shown(styled: Served) -> None:
    listed = StylesAnswer.model_validate(styled("GET", "/v1/styles").json()).styles
    assert len(listed) == 3
    assert sum(style.size for style in listed) == 8
    shown = styled("GET", f"/v1/styles/{listed[0].style_id}")
    detail = StyleDetailOut.model_validate(shown.json())
    assert detail.size == listed[0].size
    assert len(detail.neighbours) == 2


def test_a_style_from_photos(styled: Served) -> None:
    photos = [("photo", (f"{number}.png", draw(number))) for number in (0, 3, 1)]
    answer = styled("POST", "/v1/styles/suggest", files=photos, data={"query": '{"k": 2}'})
    assert answer.status_code == 200, answer.text
    found = SuggestAnswer.model_validate(answer.json())
    assert found.matched
    assert found.style
    assert found.photos == 3
    assert sorted(p for look in found.looks for p in look.photos) == [0, 1, 2]
    assert all(1 <= len(part.hits) <= 2 for part in found.wardrobe)
    filtered = styled(
        "POST",
        "/v1/styles/suggest",
        files=photos,
        data={"query": '{"where": {"gender": "women"}}'},
    ).json()
    odd = {"p1", "p3", "p5", "p7"}
    assert {hit["product_id"] for part in filtered["wardrobe"] for hit in part["hits"]} <= odd


def test_bad_questions(styled: Served, ask: Served) -> None:
    photo = ("photo", ("a.png", draw(1)))
    path = "/v1/styles/suggest"
    assert code_of(ask("GET", "/v1/styles")) == "style_not_found"
    assert code_of(ask("POST", path, files=[photo])) == "style_not_found"
    assert code_of(styled("GET", "/v1/styles/x")) == "style_not_found"
    assert code_of(styled("POST", path, json={})) == "media_type_unsupported"
    assert code_of(styled("POST", path, files=[photo] * 21)) == "malformed_form"
    assert code_of(styled("POST", path, files=[("photo", ("a", b"x"))])) == "photo_invalid"
    for query, code in (('{"k": 0}', "invalid"), ('{"where": {"nope": 1}}', "query_invalid")):
        assert code_of(styled("POST", path, files=[photo], data={"query": query})) == code


@pytest.fixture(scope="module")
def grown(arrivals: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server in front of a shop to which something new came."""
    folder = tmp_path_factory.mktemp("grown")
    with served(Path(shutil.copy(arrivals, folder / "my.shop")), folder / "models") as running:
        yield running


def test_what_is_new_is_listed_and_decided(grown: Served, styled: Served) -> None:
    path = "/v1/styles/novel"
    assert NovelAnswer.model_validate(styled("GET", path).json()).proposals == []
    found = NovelAnswer.model_validate(grown("GET", path).json())
    assert found.waiting == 14
    [proposal] = found.proposals
    decide = f"{path}/{proposal.proposal_id}"
    assert code_of(grown("POST", f"{path}/n0", json={"decision": "dismiss"})) == "style_not_found"
    assert code_of(grown("POST", decide, json={"decision": "forget"})) == "invalid"
    assert code_of(grown("POST", decide, json={"decision": "merge"})) == "invalid"
    taken = {"decision": "accept", "name": proposal.nearest.name}
    assert code_of(grown("POST", decide, json=taken)) == "invalid"
    accepted = grown("POST", decide, json={"decision": "accept", "name": "rain"})
    answer = DecisionAnswer.model_validate(accepted.json())
    assert answer.style
    assert answer.style.name == "rain"
    assert answer.novel.proposals == []
    assert code_of(grown("POST", decide, json={"decision": "dismiss"})) == "style_not_found"


def test_what_is_new_is_for_admins(serve: Serve, shop: Path) -> None:
    search, _ = make_key(shop, "search")
    with serve() as own:
        headers = {"Authorization": f"Bearer {search}"}
        asked = own("GET", "/v1/styles/novel", headers=headers)
        assert code_of(asked) == "key_insufficient"
