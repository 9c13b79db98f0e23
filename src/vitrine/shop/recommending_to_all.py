"""Recommendations for every visitor at once, as batch jobs and contests want them."""

from __future__ import annotations

from collections.abc import Iterator

from vitrine.errors import NotFoundError
from vitrine.recommend import Asked, behaviour_of, know, ladder_for, shelf_of
from vitrine.recommend.popularity import segments_of
from vitrine.shop.feedback import ShopEvents
from vitrine.shop.judges import Judges
from vitrine.shop.viewing import LatestView
from vitrine.store import Store


def recommend_to_all(
    store: Store, events: ShopEvents, view: LatestView, k: int
) -> Iterator[tuple[str, list[str]]]:
    """Give k product ids, best first, for every visitor of whom anything is known.

    It is asked as of just after the newest event, so that a log of years ago is answered as it
    would have been then; nothing is explored. Visitors without events share the list of their age
    band, gender and region.

    Raises:
        NotFoundError: there are neither events nor visitors.
    """
    shelf, behaviour = shelf_of(view()), behaviour_of(events.rows())
    facts, names = events.visitors(), behaviour.visitor_names
    who = sorted({*facts, *(names[code] for code in range(len(names)))})
    if not who:
        raise NotFoundError(
            "this shop knows no visitors; `vitrine events import` reads events, and with"
            " --customers what is known of visitors"
        )
    times = behaviour.all().at
    at = float(times.max()) + 1 if len(times) else 0.0
    judges = Judges(store)
    knowledge = know(shelf, behaviour, at, facts, judges.learned())
    ladder = ladder_for("for-you", knowledge, judges.judge())
    shared: dict[tuple[str, ...], list[str]] = {}
    for visitor_id in who:
        about = facts.get(visitor_id)
        alike = (visitor_id,) if visitor_id in names else ("", *segments_of(about))
        if alike not in shared:
            asked = Asked(at, visitor_id, facts=about, explore=False)
            found = [each.product_id for each in ladder.recommend(asked, k)]
            if visitor_id in names:
                yield visitor_id, found
                continue
            shared[alike] = found
        yield visitor_id, shared[alike]
