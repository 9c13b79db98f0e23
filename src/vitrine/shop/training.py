"""Train a shop's ranker on its own events, and keep it in the shop."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from vitrine.recommend import LEARNERS, TrainedRanker, behaviour_of, shelf_of, train_ranker
from vitrine.shop.feedback import ShopEvents
from vitrine.shop.judges import RANKER, SPACE
from vitrine.shop.viewing import LatestView
from vitrine.store import LearnedRecord, Store


def train_shop_ranker(
    store: Store,
    events: ShopEvents,
    view: LatestView,
    *,
    seed: int,
    on_step: Callable[[str], None],
) -> TrainedRanker:
    """Train, and keep ranker and spaces in one transaction if they beat the blend.

    Raises:
        DataError: too few visitors came back.
        MissingExtraError: LightGBM or Implicit is not installed.
    """
    trained = train_ranker(
        shelf_of(view()),
        behaviour_of(events.rows()),
        events.visitors(),
        learners=tuple(LEARNERS),
        seed=seed,
        on_step=on_step,
    )
    if trained.better:
        now = datetime.now(UTC).isoformat()
        with store.transaction() as writer:
            for name, space in trained.learned.items():
                writer.put_learned(LearnedRecord(SPACE + name, space.to_bytes(), {}, now))
            content = trained.ranker.to_bytes()
            writer.put_learned(LearnedRecord(RANKER, content, trained.about, now))
    return trained
