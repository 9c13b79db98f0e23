from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.shop.conftest import MakePhoto, MakeProduct, catalogue_of

from vitrine.errors import DataError, NotFoundError, UsageError
from vitrine.settings import Settings
from vitrine.shop import Shop, build, open_shop


@pytest.fixture
def shop(tmp_path: Path, product: MakeProduct, settings: Settings) -> Shop:
    catalogue = catalogue_of(*(product(number) for number in range(24)))
    return build(catalogue, tmp_path / "my.shop", settings=settings)


def test_styles_are_found_kept_and_given_to_every_product(shop: Shop, settings: Settings) -> None:
    with pytest.raises(NotFoundError, match="vitrine styles fit"):
        shop.styles.list()
    fitted = shop.styles.fit(4).to_json()
    assert fitted["k"] == 4
    assert -1 <= fitted["silhouette_shuffled"] < fitted["silhouette"] <= 1
    assert 0 < fitted["mean_confidence"] <= 1
    with open_shop(shop.location, settings=settings) as again:
        assert [style.to_json() for style in again.styles.list()] == fitted["styles"]
        members = list(again.styles.members())
    assert len(members) == 24
    for style in fitted["styles"]:
        ids = {product_id for product_id, style_id, _ in members if style_id == style["style_id"]}
        assert len(ids) == style["size"]
        assert set(style["exemplars"]) <= ids


def test_what_people_decided_stays(shop: Shop) -> None:
    [first, second, third, _] = (style.style_id for style in shop.styles.fit(4).styles)
    assert shop.styles.rename(first, "our best").by_hand
    merged = shop.styles.merge([second, third])
    assert merged.style_id == second
    again = {style.style_id: style for style in shop.styles.fit(4, seed=1).styles}
    assert again[first].name == "our best"
    assert again[second].size == merged.size
    assert third not in again
    with pytest.raises(UsageError, match="already"):
        shop.styles.rename(second, "Our best")


def test_new_products_get_their_style_at_once(shop: Shop, product: MakeProduct) -> None:
    shop.styles.fit(3)
    before = {product_id: style for product_id, style, _ in shop.styles.members()}
    shop.add([product(100, 5)])  # the photo of another one
    shop.delete("p007")
    after = {product_id: style for product_id, style, _ in shop.styles.members()}
    assert after.pop("p100") == before["p005"]
    assert after == {
        product_id: style for product_id, style in before.items() if product_id != "p007"
    }


def test_a_style_and_its_neighbours(shop: Shop) -> None:
    largest = shop.styles.fit(4).styles[0]
    detail = shop.styles.show(largest.style_id).to_json()
    assert detail["share"] == pytest.approx(largest.size / 24, abs=1e-4)
    assert len(detail["neighbours"]) == 3
    cosines = [each["cosine"] for each in detail["neighbours"]]
    assert cosines == sorted(cosines, reverse=True)
    style_of = {product_id: style for product_id, style, _ in shop.styles.members()}
    for each in detail["neighbours"]:
        assert {style_of[p] for p in each["between"]} <= {largest.style_id, each["style_id"]}
    assert 0 < sum(each["share"] for each in detail["palette"]) <= 1
    with pytest.raises(NotFoundError, match="no style is called 'x'"):
        shop.styles.show("x")


def test_another_encoder_needs_another_fit_which_keeps_names(
    shop: Shop, second_encoder: Path
) -> None:
    first = shop.styles.fit(3)
    style_id = first.styles[0].style_id
    shop.styles.rename(style_id, "our best")
    shop.reindex(second_encoder)
    with pytest.raises(DataError, match="another encoder"):
        shop.styles.list()
    again = shop.styles.fit(3)
    assert {style.style_id: style.name for style in again.styles if style.by_hand} == {
        style_id: "our best"
    }
    [told] = again.to_json()["moved"]
    assert (told["style_id"], told["name"]) == (style_id, "our best")
    assert 0 < told["overlap"] <= 1
    assert first.moved == shop.styles.fit(3).moved == ()


def test_a_shop_that_moves_twice_or_back_keeps_names(shop: Shop, second_encoder: Path) -> None:
    style_id = shop.styles.fit(3).styles[0].style_id
    shop.styles.rename(style_id, "our best")
    shop.reindex(second_encoder)
    shop.reindex("colour")
    assert "our best" in {style.name for style in shop.styles.list()}
    shop.reindex("colour")
    assert shop.styles.fit(3).moved == ()
    assert "our best" in {style.name for style in shop.styles.list()}


def test_a_style_from_photos(shop: Shop, photo: MakePhoto) -> None:
    largest = shop.styles.fit(3).styles[0]
    number = int(largest.exemplars[0][1:])
    found = shop.suggest_styles([photo(number), photo(number).read_bytes()], k=3)
    assert found.matched
    assert found.styles[0].style == largest
    assert found.looks[0].photos == (0, 1)
    [part] = found.wardrobe
    assert part.hits[0][0] == largest.exemplars[0]
    assert len(part.hits) == 3
    only_men = shop.suggest_styles([photo(number)], where="gender=men").wardrobe[0]
    assert all(int(product_id[1:]) % 2 == 0 for product_id, _ in only_men.hits)
    assert "notes" not in found.to_json()
    nothing = shop.suggest_styles([photo(number)], where="gender=mem")
    assert nothing.matched
    assert nothing.wardrobe == ()
    [typing_error, empty] = nothing.to_json()["notes"]
    assert "Did you mean 'men'" in typing_error
    assert "nothing is suggested" in empty


def test_bad_requests(shop: Shop, tmp_path: Path, settings: Settings) -> None:
    with pytest.raises(UsageError, match="no recipe is called 'x'"):
        shop.styles.fit(recipe="x")
    with pytest.raises(DataError, match="ask for fewer"):
        shop.styles.fit(25)
    with pytest.raises(NotFoundError, match="vitrine styles fit"):
        shop.suggest_styles(["nowhere.png"])
    shop.styles.fit(3)
    with pytest.raises(UsageError, match="1 to 50 photos, not 0"):
        shop.suggest_styles([])
    empty = build(catalogue_of(), tmp_path / "empty.shop", settings=settings)
    with pytest.raises(DataError, match="0 products have a photo"):
        empty.styles.fit()


@pytest.fixture
def grown(arrivals: Path, tmp_path: Path, settings: Settings) -> Iterator[Shop]:
    """A shop to which something new came."""
    with open_shop(shutil.copy(arrivals, tmp_path / "grown.shop"), settings=settings) as shop:
        yield shop


def test_a_new_style_is_proposed_and_accepted(grown: Shop, settings: Settings) -> None:
    newcomers = grown.styles.novel()
    assert set(newcomers.waiting) == {f"a{number}" for number in range(240, 254)}
    [proposal] = newcomers.proposals
    assert set(proposal.product_ids) <= set(newcomers.waiting)
    assert proposal.name == "rain jacket"
    accepted = grown.styles.accept(proposal.proposal_id, "yellow rain")
    assert accepted.by_hand
    assert {"a240", accepted.exemplars[0]} <= set(proposal.product_ids)
    assert grown.styles.novel().proposals == ()
    with open_shop(grown.location, settings=settings) as again:
        assert again.styles.novel() == grown.styles.novel()
        names = {style.name for style in again.styles.fit(2).styles}
    assert "yellow rain" in names
    with pytest.raises(NotFoundError, match="no proposal"):
        grown.styles.accept(proposal.proposal_id)


def test_a_new_style_is_dismissed_for_good(grown: Shop) -> None:
    [proposal] = grown.styles.novel().proposals
    before = grown.styles.list()
    assert grown.styles.dismiss(proposal.proposal_id).proposals == ()
    assert grown.styles.list() == before
    grown.styles.fit(3, seed=1)
    assert grown.styles.novel().proposals == ()


def test_decisions_hold_under_another_encoder(grown: Shop, second_encoder: Path) -> None:
    waited = set(grown.styles.novel().waiting)
    [proposal] = grown.styles.novel().proposals
    accepted = grown.styles.accept(proposal.proposal_id, "yellow rain")
    grown.reindex(second_encoder)
    again = grown.styles.fit(2)
    [kept] = [style for style in again.styles if style.by_hand]
    assert (kept.style_id, kept.name) == (accepted.style_id, "yellow rain")
    style_of = {product_id: style for product_id, style, _ in grown.styles.members()}
    with_it = [style_of[each] == accepted.style_id for each in proposal.product_ids]
    assert sum(with_it) > len(with_it) / 2
    newcomers = grown.styles.novel()
    assert newcomers.proposals == ()
    assert set(newcomers.waiting) <= waited - set(proposal.product_ids)


def test_a_new_style_joins_one_that_is_there(grown: Shop) -> None:
    [proposal] = grown.styles.novel().proposals
    style_id = grown.styles.list()[0].style_id
    with pytest.raises(UsageError, match="a style"):
        grown.styles.merge([proposal.proposal_id])
    assert grown.styles.merge([proposal.proposal_id, style_id]).style_id == style_id
    style_of = {product_id: style for product_id, style, _ in grown.styles.members()}
    assert {style_of[product_id] for product_id in proposal.product_ids} == {style_id}
    assert len(grown.styles.list()) == 3
    assert grown.styles.novel().proposals == ()


def test_a_palette_and_what_sets_a_style_apart(grown: Shop) -> None:
    [proposal] = grown.styles.novel().proposals
    accepted = grown.styles.accept(proposal.proposal_id, "yellow rain")
    detail = grown.styles.show(accepted.style_id)
    assert {each.name for each in detail.palette} & {"Yellow", "Gold", "Mustard", "Lime Green"}
    assert detail.palette[0].share > 0.3
    for neighbour in detail.neighbours:
        assert [(word.field, word.word) for word in neighbour.apart] == [
            ("article_type", "Rain Jacket")
        ]
    navy = next(style for style in grown.styles.list() if style != accepted)
    assert grown.styles.show(navy.style_id).palette[0].name != detail.palette[0].name
