"""From a visitor to recommendations: what is known is kept in memory and kept up to date."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial

from vitrine.errors import EventsUnavailableError, NotFoundError, QueryError, unknown
from vitrine.events import Visitor
from vitrine.index import Snapshot
from vitrine.recommend import (
    KINDS,
    Asked,
    Behaviour,
    Counted,
    Knowledge,
    Placed,
    Recommended,
    Shelf,
    behaviour_of,
    count,
    ladder_for,
    shelf_of,
)
from vitrine.search import parse_where
from vitrine.shop.feedback import ShopEvents
from vitrine.shop.judges import Judges
from vitrine.shop.results import product_to_json
from vitrine.shop.viewing import LatestView
from vitrine.store import Store
from vitrine.types import Hit, Json, Product, Where

MOST_RECOMMENDED = 1000
_CLOCKS_DIFFER_S = 60.0
_COUNTED_AT_ONCE = 1_000
_RECOUNT_S = 30.0
_RECOUNT_SHARE = 0.01
_REST = 20.0  # times as long as counting takes, so that it takes a twentieth of a core
_MOST_NAMED = 2


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for, as front ends say it."""

    kind: str = "for-you"
    visitor: str = ""
    like: Sequence[str] = ()
    dislike: Sequence[str] = ()
    viewed: Sequence[str] = ()
    where: Where | None = None
    k: int = 12
    offset: int = 0
    facts: Visitor | None = None
    explore: bool = True
    at: float | None = None


@dataclass(frozen=True, slots=True)
class Recommendations:
    """Products for a visitor, best first."""

    hits: tuple[Hit, ...]
    strategy: str
    """For `for-you` the step of the ladder: popular, like, session or history; else the kind."""
    ranked_by: str
    """blend, or ranker where one was trained."""
    took_ms: float = 0.0
    notes: tuple[str, ...] = ()

    def to_json(self) -> Json:
        """The shape that the command line and the HTTP API print."""
        return {
            "strategy": self.strategy,
            "ranked_by": self.ranked_by,
            "took_ms": round(self.took_ms, 2),
            "hits": [asdict(hit) for hit in self.hits],
            **({"notes": list(self.notes)} if self.notes else {}),
        }


def wish_of(
    *,
    like: str | Sequence[str] = (),
    dislike: str | Sequence[str] = (),
    viewed: str | Sequence[str] = (),
    where: Where | str | None = None,
    kind: str = "for-you",
    visitor: str | None = None,
    k: int = 12,
    offset: int = 0,
    age: int | None = None,
    gender: str = "",
    region: str = "",
    explore: bool = True,
    at: float | None = None,
) -> Wish:
    """Check what is asked for.

    Raises:
        QueryError: an unknown kind or gender, a number out of its range, or nothing to go by.
    """
    if kind not in KINDS:
        raise QueryError(unknown("kind of recommendation", kind, KINDS))
    if not 1 <= k <= MOST_RECOMMENDED or not 0 <= offset <= MOST_RECOMMENDED - k:
        raise QueryError(
            f"k = {k} from {offset} on is out of range: the first {MOST_RECOMMENDED} "
            "recommendations can be asked for, 1 at least"
        )
    if gender and gender not in GENDERS:
        raise QueryError(unknown("gender", gender, GENDERS))
    liked = _listed(like)
    if kind in ("looking-similar", "bought-together") and not liked:
        raise QueryError(f"{kind!r} goes by a product: say which one with like")
    facts = (
        Visitor(visitor or "", age, gender, region) if age is not None or gender or region else None
    )
    filtered = parse_where(where) if isinstance(where, str) else where
    return Wish(
        *(kind, visitor or "", liked, _listed(dislike), _listed(viewed)),
        *(filtered, k, offset, facts, explore, at),
    )


GENDERS = ("women", "men", "girls", "boys", "unisex")
"""Of visitors, as products say whom they are for."""


class Recommending:
    """Answers wishes; safe to share between threads.

    What visitors do is read event by event before each answer. What is counted over all of them is
    counted anew in the background when a hundredth is new, or half a minute has passed, but for no
    more than a twentieth of the time.

    Args:
        store: products, and what was learned.
        events: what visitors did.
        view: the products as they are searched.
    """

    def __init__(self, store: Store, events: ShopEvents, view: LatestView) -> None:
        self._store = store
        self._events = events
        self._view = view
        self._judges = Judges(store)
        self._changing = threading.Lock()
        self._counting = threading.Lock()
        self._seen: Snapshot | None = None
        self._shelf: Shelf | None = None
        self._knowledge: Knowledge | None = None
        self._n_purges = -1
        self._counted_at = 0.0
        self._count_took_s = 0.0

    def answer(self, wish: Wish) -> Recommendations:
        """Recommend.

        Raises:
            QueryError: an unknown field in the filter.
            NotFoundError: a product that was named does not exist.
        """
        started = time.perf_counter()
        view = self._view()
        among = view.matching(wish.where)
        _check(view, [*wish.like, *wish.dislike, *wish.viewed])
        knowledge = self.knowledge(view)
        judge = self._judges.judge()
        asked = Asked(
            time.time() + _CLOCKS_DIFFER_S if wish.at is None else wish.at,
            wish.visitor,
            tuple(wish.like),
            tuple(wish.dislike),
            tuple(wish.viewed),
            among,
            self._facts(wish),
            wish.explore,
        )
        ladder = ladder_for(wish.kind, knowledge, judge)
        step, found = ladder.answer(asked, wish.offset + wish.k)
        hits = self._hits(found[wish.offset :], wish.kind)
        return Recommendations(
            hits,
            step if wish.kind == "for-you" else wish.kind,
            ladder.name,
            (time.perf_counter() - started) * 1000,
            (*view.unheard(wish.where), *self._judges.notes()),
        )

    def knowledge(self, view: Snapshot | None = None) -> Knowledge:
        """What is known now: every event, and counts that may be half a minute old."""
        view = view or self._view()
        with self._changing:
            knowledge = self._with_events(self._with_products(view))
            self._knowledge = knowledge
        if self._is_due(knowledge):
            self._recount(knowledge)
            knowledge = self._knowledge or knowledge
        return knowledge

    def _with_products(self, view: Snapshot) -> Shelf:
        if self._seen is not view or self._shelf is None:
            self._seen, self._shelf = view, shelf_of(view)
        return self._shelf

    def _with_events(self, shelf: Shelf) -> Knowledge:
        known = self._knowledge
        if known is None:
            return self._reloaded(shelf)
        if self._events.n_purges() != self._n_purges:
            if known.behaviour.n_events <= _COUNTED_AT_ONCE:
                return self._reloaded(shelf)
            self._beside(self._reload_and_swap)
        if self._events.last() != known.behaviour.last:
            newer = self._events.rows(known.behaviour.last)
            known = known.after(known.behaviour.then(newer))
        learned = self._judges.learned()
        if known.shelf is shelf and known.placed.learned is learned:
            return known
        return self._placed(shelf, known.behaviour, known.placed.counted)

    def _reloaded(self, shelf: Shelf) -> Knowledge:
        """Read every event anew."""
        n_purges = self._events.n_purges()
        behaviour = behaviour_of(self._events.rows())
        knowledge = self._placed(shelf, behaviour, self._count(behaviour, shelf))
        self._n_purges = n_purges
        return knowledge

    def _placed(self, shelf: Shelf, behaviour: Behaviour, counted: Counted) -> Knowledge:
        learned = self._judges.learned()
        return Knowledge(Placed(shelf, counted, behaviour.product_names, learned), behaviour)

    def _count(self, behaviour: Behaviour, shelf: Shelf) -> Counted:
        started = time.monotonic()
        counted = count(behaviour, shelf, time.time() + _CLOCKS_DIFFER_S, self._events.visitors())
        self._counted_at = time.monotonic()
        self._count_took_s = self._counted_at - started
        return counted

    def _is_due(self, knowledge: Knowledge) -> bool:
        n_new = knowledge.behaviour.last - knowledge.placed.counted.last
        if knowledge.behaviour.n_events <= _COUNTED_AT_ONCE:
            return n_new > 0
        waited = time.monotonic() - self._counted_at
        many = n_new > _RECOUNT_SHARE * knowledge.behaviour.n_events
        rest = _REST * self._count_took_s
        return n_new > 0 and waited > (rest if many else max(rest, _RECOUNT_S))

    def _recount(self, knowledge: Knowledge) -> None:
        """At once where it takes no time, else beside the answers."""
        work = partial(self._count_and_swap, knowledge)
        if knowledge.behaviour.n_events > _COUNTED_AT_ONCE:
            self._beside(work)
        elif self._counting.acquire(blocking=False):
            self._then_release(work)

    def _beside(self, work: Callable[[], None]) -> None:
        """Do it on another thread, unless something is being done there."""
        if self._counting.acquire(blocking=False):
            doing = partial(self._then_release, work)
            threading.Thread(target=doing, name="vitrine-counting", daemon=True).start()

    def _then_release(self, work: Callable[[], None]) -> None:
        try:
            work()
        except EventsUnavailableError:
            pass  # the next answer meets it too, and says so
        finally:
            self._counting.release()

    def _count_and_swap(self, knowledge: Knowledge) -> None:
        n_purges = self._n_purges
        folded = knowledge.behaviour.folded()
        counted = self._count(folded, knowledge.shelf)
        with self._changing:
            now = self._knowledge
            if now is None or self._n_purges != n_purges:
                return
            self._knowledge = self._placed(now.shelf, now.behaviour.refolded(folded), counted)

    def _reload_and_swap(self) -> None:
        knowledge = self._reloaded(shelf_of(self._view()))
        with self._changing:
            self._knowledge = knowledge

    def _facts(self, wish: Wish) -> Visitor | None:
        """What the question says of a visitor, else what the shop knows."""
        if wish.facts is not None or not wish.visitor:
            return wish.facts
        return self._events.visitors([wish.visitor]).get(wish.visitor)

    def _hits(self, found: Sequence[Recommended], kind: str) -> tuple[Hit, ...]:
        behind = {product_id for each in found for product_id in each.product_ids}
        ids = [*(each.product_id for each in found), *sorted(behind)]
        products = self._store.products(ids)
        return tuple(
            Hit(
                each.product_id,
                each.score,
                product_to_json(products[each.product_id]),
                _why(each, kind, products),
            )
            for each in found
            if each.product_id in products
        )


def _why(found: Recommended, kind: str, products: Mapping[str, Product]) -> Json:
    named = [products[each] for each in found.product_ids if each in products]
    titles = " and ".join(product.title or product.product_id for product in named[:_MOST_NAMED])
    texts = _TEXTS_OF_SIMILAR if kind == "looking-similar" else _TEXTS
    with_titles, without = texts.get(found.because, _TEXTS[found.because])
    text = with_titles.format(titles) if titles else without
    return {"because": found.because, "product_ids": list(found.product_ids), "text": text}


_TEXTS: Mapping[str, tuple[str, str]] = {
    "liked": ("because you liked {}", "because of what you liked"),
    "viewed": ("because you looked at {}", "because of what you looked at"),
    "bought": ("because you bought {}", "because of what you bought"),
    "bought-with": ("often chosen together with {}", "often chosen together"),
    "variant": ("another colour or size of {}", "another colour or size"),
    "similar-visitors": ("visitors with your taste chose it", "visitors with your taste chose it"),
    "popular": ("popular now", "popular now"),
    "trending": ("gaining visitors now", "gaining visitors now"),
    "new": ("new in the shop", "new in the shop"),
    "repurchase": ("you bought it before", "you bought it before"),
    "explored": ("few have seen it yet", "few have seen it yet"),
}
_TEXTS_OF_SIMILAR = {"liked": ("looks like {}", "looks alike")}


def _check(view: Snapshot, product_ids: Sequence[str]) -> None:
    for product_id in product_ids:
        if product_id not in view.product_row_of:
            raise NotFoundError(f"there is no product {product_id!r} in this shop")


def _listed(ids: str | Sequence[str]) -> tuple[str, ...]:
    return (ids,) if isinstance(ids, str) else tuple(ids)
