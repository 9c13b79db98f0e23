"""A ranker trained on windows of days."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from tests.recommend.conftest import NOW, Events, event_rows
from tests.recommend.crowds import two_looks, two_tastes

from vitrine.errors import DataError, MissingExtraError
from vitrine.recommend import (
    Asked,
    TrainedRanker,
    behaviour_of,
    know,
    ranked,
    ranker_from_bytes,
    train_ranker,
)
from vitrine.recommend.features import FEATURES


@pytest.fixture(scope="module")
def trained() -> TrainedRanker:
    pytest.importorskip("lightgbm")
    behaviour = behaviour_of(event_rows(two_tastes()))
    return train_ranker(two_looks(), behaviour, learners=(), rounds=30)


def test_it_is_compared_with_the_blend_on_days_kept_aside(trained: TrainedRanker) -> None:
    about = trained.about
    assert about["visitors"] >= 100
    assert about["judged_visitors"] > 20
    assert 0 < about["ndcg_ranker"] <= 1
    assert trained.better == (about["ndcg_ranker"] > about["ndcg_blend"])
    assert about["window_days"] < 7


def test_it_recommends_and_survives_being_kept(trained: TrainedRanker, events: Events) -> None:
    knowledge = know(two_looks(), events(two_tastes()), NOW)
    again = ranker_from_bytes(trained.ranker.to_bytes())
    asked = Asked(NOW, "v3", explore=False)
    found = ranked(knowledge, trained.ranker).recommend(asked, 8)
    assert found == ranked(knowledge, again).recommend(asked, 8)
    assert sum(int(each.product_id[1:]) % 2 for each in found) >= 6
    assert all(each.because for each in found)


def test_the_future_is_not_looked_at(trained: TrainedRanker, events: Events) -> None:
    early = [each for each in two_tastes() if each[3] > 10]
    moment = NOW - 10 * 86_400
    asked = Asked(moment, "v3", explore=False)
    past = ranked(know(two_looks(), events(early), moment), trained.ranker)
    whole = ranked(know(two_looks(), events(two_tastes()), moment), trained.ranker)
    assert past.recommend(asked, 10) == whole.recommend(asked, 10)


def test_too_few_visitors_are_refused(events: Events) -> None:
    with pytest.raises(DataError, match="a ranker needs 100"):
        train_ranker(two_looks(), events(two_tastes(12)), learners=())


def test_what_is_no_ranker_is_refused(trained: TrainedRanker) -> None:
    content = trained.ranker.to_bytes()
    with pytest.raises(DataError, match="this is no ranker"):
        ranker_from_bytes(b"something else")
    with pytest.raises(DataError, match="train it again"):
        ranker_from_bytes(content.replace(FEATURES[0].encode(), b"another feature"))


def test_without_lightgbm_the_extra_is_named(
    trained: TrainedRanker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "lightgbm", None)
    with pytest.raises(MissingExtraError, match=r"\[recommend\]"):
        ranker_from_bytes(trained.ranker.to_bytes())


def test_features_are_finite(events: Events) -> None:
    from vitrine.recommend.blending import WEIGHTS, gather
    from vitrine.recommend.features import features_of
    from vitrine.recommend.profile import profile_of

    knowledge = know(two_looks(), events(two_tastes()), NOW)
    for asked in (Asked(NOW), Asked(NOW, "v3"), Asked(NOW, disliked=("p03",), liked=("p04",))):
        profile = profile_of(knowledge, asked)
        pool = gather(knowledge, profile, knowledge.shelf.sellable, tuple(WEIGHTS[profile.step]), 9)
        features = features_of(knowledge, profile, pool)
        assert features.shape == (len(pool.rows), len(FEATURES))
        assert np.isfinite(features).all()
