from __future__ import annotations

import numpy as np
import pytest
from tests.styles.planted import planted

from vitrine.errors import NotFoundError
from vitrine.index import choice_column
from vitrine.styles import (
    RECIPES,
    Looks,
    StyleBoard,
    StyleModel,
    accepted,
    from_bytes,
    newcomers_of,
    settled_model,
    taken_in,
    to_bytes,
    without_news,
)
from vitrine.types import Vectors

VECTORS, LABELS = planted(6, 60, seed=3)
KINDS = ("Tops", "Jeans", "Belts", "Heels", "Ties", "Watches")
OLD = LABELS < 5


def looks_at(vectors: Vectors, kinds: list[str], start: int = 0) -> Looks:
    ids = tuple(f"p{number:03}" for number in range(start, start + len(vectors)))
    return Looks(np.arange(len(vectors)), ids, vectors, {"article_type": choice_column(kinds)})


def first_shop() -> Looks:
    return looks_at(VECTORS[OLD], [KINDS[label] for label in LABELS[OLD]])


def with_watches(n: int, looks: Looks | None = None) -> Looks:
    before = first_shop() if looks is None else looks
    words = [before.said["article_type"].word(row) for row in range(len(before.rows))]
    arrived = VECTORS[~OLD][:n]
    return looks_at(np.concatenate([before.vectors, arrived]), words + ["Watches"] * n)


def fitted(looks: Looks, before: StyleModel | None = None, k: int = 5, seed: int = 0) -> StyleModel:
    recipe = RECIPES["merged-prototypes"]
    found = recipe.find(looks.vectors, k, seed=seed)
    model = settled_model(recipe.name, found, looks.vectors, looks.said, before=before)
    return without_news(model, looks, before)


@pytest.fixture(scope="module")
def model() -> StyleModel:
    return fitted(first_shop())


def test_nothing_new_is_nothing_proposed(model: StyleModel) -> None:
    newcomers = newcomers_of(StyleBoard(model, first_shop()))
    assert newcomers.waiting == ()
    assert newcomers.proposals == ()
    more, _ = planted(6, 90, seed=3)  # other draws of the same directions
    others = looks_at(more[: 5 * 90], [""] * 450, start=1000)
    assert newcomers_of(StyleBoard(model, others)).proposals == ()


def test_what_is_new_waits_until_it_coheres(model: StyleModel) -> None:
    few = newcomers_of(StyleBoard(model, with_watches(7)))
    assert len(few.waiting) == 7
    assert few.proposals == ()
    [proposal] = newcomers_of(StyleBoard(model, with_watches(20))).proposals
    assert proposal.name == "watches"
    assert proposal.product_ids == tuple(f"p{number}" for number in range(300, 320))
    assert proposal.silhouette > 0.3
    assert set(proposal.exemplars) < set(proposal.product_ids)
    [grown] = newcomers_of(StyleBoard(model, with_watches(60))).proposals
    assert grown.proposal_id == proposal.proposal_id
    assert len(grown.product_ids) == 60


def test_copies_of_one_photo_are_no_style(model: StyleModel) -> None:
    shop = first_shop()
    copies = np.repeat(VECTORS[~OLD][:1], 30, axis=0)
    looks = looks_at(np.concatenate([shop.vectors, copies]), [""] * (len(shop.rows) + 30))
    newcomers = newcomers_of(StyleBoard(model, looks))
    assert len(newcomers.waiting) == 30
    assert newcomers.proposals == ()


def test_unlike_strangers_are_no_style(model: StyleModel) -> None:
    rng = np.random.default_rng(0)
    odd = rng.normal(size=(40, VECTORS.shape[1])).astype(np.float32)
    odd /= np.linalg.norm(odd, axis=1, keepdims=True)
    shop = first_shop()
    looks = looks_at(np.concatenate([shop.vectors, odd]), [""] * (len(shop.rows) + 40))
    newcomers = newcomers_of(StyleBoard(model, looks))
    assert len(newcomers.waiting) > 20
    assert newcomers.proposals == ()


def test_an_accepted_proposal_is_a_style_that_fits_do_not_take_back(model: StyleModel) -> None:
    looks = with_watches(20)
    [proposal] = newcomers_of(StyleBoard(model, looks)).proposals
    grown = from_bytes(to_bytes(accepted(model, proposal, "time pieces")))
    board = StyleBoard(grown, looks)
    assert board.detail("s06").summary.name == "time pieces"
    assert board.detail("s06").summary.size == 20
    assert newcomers_of(board).proposals == ()
    coarse = fitted(looks, before=grown, k=2, seed=1)  # too few to find it
    assert "time pieces" in [style.name for style in coarse.styles]
    place = coarse.position("s06")
    assert (StyleBoard(coarse, looks).membership.styles[300:] == place).all()
    gone = fitted(first_shop(), before=grown, k=5)
    assert "s06" not in [style.style_id for style in gone.styles]


def test_a_dismissed_proposal_comes_back_for_others_only(model: StyleModel) -> None:
    looks = with_watches(20)
    [proposal] = newcomers_of(StyleBoard(model, looks)).proposals
    calm = from_bytes(to_bytes(model.having_settled(proposal.product_ids)))
    assert newcomers_of(StyleBoard(calm, looks)).proposals == ()
    assert newcomers_of(StyleBoard(calm, with_watches(25))).proposals == ()
    [again] = newcomers_of(StyleBoard(calm, with_watches(40))).proposals
    assert set(again.product_ids).isdisjoint(proposal.product_ids)
    refitted = fitted(looks, before=calm, k=5)
    assert newcomers_of(StyleBoard(refitted, looks)).proposals == ()


def test_a_proposal_joins_a_style(model: StyleModel) -> None:
    looks = with_watches(20)
    [proposal] = newcomers_of(StyleBoard(model, looks)).proposals
    before = StyleBoard(model, looks).membership.styles[:300]
    grown = taken_in(model, proposal, "s03")
    board = StyleBoard(grown, looks)
    assert len(grown.styles) == 5
    assert (board.membership.styles[300:] == grown.position("s03")).all()
    assert (board.membership.styles[:300] == before).all()
    with pytest.raises(NotFoundError, match="no style"):
        taken_in(model, proposal, "s99")
    with pytest.raises(NotFoundError, match="no proposal is called 'n0'"):
        newcomers_of(board).proposal("n0")


def test_what_waited_goes_on_waiting_after_a_refit(model: StyleModel) -> None:
    looks = with_watches(7)
    again = fitted(looks, before=model, k=5)
    waiting = newcomers_of(StyleBoard(again, with_watches(20))).waiting
    strange = StyleBoard(again, looks).membership.novel[300:]
    assert {f"p{300 + n}" for n in np.flatnonzero(strange)} <= set(waiting)
