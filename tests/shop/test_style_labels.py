from __future__ import annotations

from pathlib import Path

import pytest
from tests.shop.conftest import MakeProduct, catalogue_of

from vitrine.errors import DataError, NotFoundError, UsageError
from vitrine.settings import Settings
from vitrine.shop import Shop, build, open_shop
from vitrine.store import LearnedRecord, open_sqlite


@pytest.fixture
def shop(tmp_path: Path, product: MakeProduct, settings: Settings) -> Shop:
    catalogue = catalogue_of(*(product(number) for number in range(24)))
    built = build(catalogue, tmp_path / "my.shop", settings=settings)
    built.styles.fit(3)
    return built


def test_labels_are_kept_and_spread(shop: Shop, settings: Settings) -> None:
    labels = shop.style_labels
    assert labels.progress().n_unsure == 24
    assert {each.label for each in labels.all()} == {""}
    asked = labels.queue(3)
    told = labels.give((each.product_id, "boho") for each in asked)
    assert (told.n_labels, dict(told.words)) == (3, {"boho": 3})
    with open_shop(shop.location, settings=settings) as again:
        every = list(again.style_labels.all())
        assert {each.product_id for each in every if each.given} == {
            each.product_id for each in asked
        }
        assert {each.label for each in every} == {"boho"}
        one = again.style_labels.of([asked[1].product_id])
        assert (one[0].probability, one[0].unsure) == (1.0, False)


def test_words_that_differ_in_case_are_one(shop: Shop) -> None:
    told = shop.style_labels.give([("p001", "Boho"), ("p002", "boho"), ("p003", " BOHO ")])
    assert dict(told.words) == {"Boho": 3}
    again = shop.style_labels.give([("p001", "smart")])
    assert dict(again.words) == {"Boho": 2, "smart": 1}
    assert shop.style_labels.given()[0] == ("p001", "smart")


def test_new_styles_and_gone_products(shop: Shop, product: MakeProduct) -> None:
    labels = shop.style_labels
    labels.give([("p001", "boho"), ("p002", "smart")])
    labels.skip(["p003"])
    shop.styles.fit(4, seed=1)
    assert labels.progress().n_labels == 2
    shop.delete("p002")
    assert labels.progress().n_labels == 1
    labels.give([("p004", "smart")])
    shop.add([product(2)])
    assert dict(labels.given()) == {"p001": "boho", "p004": "smart"}
    assert labels.forget(["p003", "p001"]).n_skipped == 0


def test_what_is_refused(shop: Shop) -> None:
    labels = shop.style_labels
    with pytest.raises(NotFoundError, match="'nope'"):
        labels.give([("p001", "boho"), ("nope", "boho")])
    assert labels.progress().n_labels == 0
    for word in (" ", "x" * 81):
        with pytest.raises(UsageError, match="1 to 80"):
            labels.give([("p001", word)])
    with pytest.raises(UsageError, match="1 to 200"):
        labels.queue(0)
    with pytest.raises(NotFoundError, match="nobody gave"):
        labels.forget(["p001"])


def test_the_curve_comes_with_checks(shop: Shop) -> None:
    labels = shop.style_labels
    word = {f"p{n:03}": ("odd", "even")[n % 2 == 0] for n in range(24)}
    for _ in range(4):
        assert labels.progress().curve == ()
        asked = labels.queue(5)
        labels.give((each.product_id, word[each.product_id]) for each in asked)
    told = labels.progress()
    assert told.n_checked >= 4
    assert [point.n_labels for point in told.curve] == [5, 10, 20]
    gains = told.brought()
    assert gains[0] is None
    share = told.curve[0].right + sum(
        (gain or 0) * (here.n_labels - before.n_labels)
        for gain, before, here in zip(gains[1:], told.curve, told.curve[1:], strict=False)
    )
    assert share == pytest.approx(told.curve[-1].right)
    assert told.to_json()["curve"][-1]["n_labels"] == 20


def test_without_styles_or_with_another_thing(
    tmp_path: Path, product: MakeProduct, settings: Settings
) -> None:
    shop = build(
        catalogue_of(*(product(n) for n in range(8))), tmp_path / "a.shop", settings=settings
    )
    with pytest.raises(NotFoundError, match="vitrine styles fit"):
        shop.style_labels.queue()
    shop.styles.fit(2)
    store = open_sqlite(tmp_path / "a.shop")
    with store.transaction() as writer:
        writer.put_learned(LearnedRecord("style_labels", b'{"format": 9}', {}, "2026"))
    store.close()
    with pytest.raises(DataError, match="labels cannot be read"):
        shop.style_labels.progress()
