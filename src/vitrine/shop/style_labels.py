"""Labels of a shop: which products to label next, what people said, and what that tells of others.

Kept as JSON in the shop, by product id, so that neither new styles nor another encoder lose them.
"""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from vitrine.errors import DataError, NotFoundError, UsageError
from vitrine.shop.style_label_results import AskedProduct, LabelProgress, ProductLabel
from vitrine.shop.styling import Styling
from vitrine.store import LearnedRecord, Store, Writer
from vitrine.styles.label_queue import LabelQueue
from vitrine.styles.labelling import (
    Answers,
    Ground,
    Learnt,
    answers,
    ground_of,
    learn,
    learning_curve,
    likely_words,
)

if TYPE_CHECKING:
    from vitrine.styles import StyleBoard

MOST_LABELS = 2_000
MOST_ASKED = 200
LONGEST_LABEL = 80
N_PROPOSED = 3
_NAME, _FORMAT = "style_labels", 1


@dataclass(frozen=True, slots=True)
class _Said:
    """What is kept."""

    labels: Mapping[str, str]
    """Product id -> label, in the order in which they were given."""
    skipped: tuple[str, ...]


@dataclass(frozen=True)
class _Told:
    """What people said about the products of today, and all that follows from it."""

    board: StyleBoard
    ground: Ground
    queue: LabelQueue
    labels: Mapping[str, str]
    rows: Mapping[str, int]
    skipped: tuple[int, ...]

    @cached_property
    def learnt(self) -> Learnt | None:
        if not self.labels:
            return None
        rows = np.array([self.rows[each] for each in self.labels])
        return learn(self.ground, rows, list(self.labels.values()))

    @cached_property
    def answers(self) -> Answers | None:
        return None if self.learnt is None else answers(self.ground, self.learnt)

    @cached_property
    def progress(self) -> LabelProgress:
        rows = np.array([self.rows[each] for each in self.labels], dtype=np.int64)
        checks = self.ground.order[: self.ground.n_checks]
        words = list(self.labels.values())
        n = len(self.rows)
        return LabelProgress(
            n_labels=len(rows),
            n_products=n,
            n_skipped=len(self.skipped),
            words=dict(Counter(words).most_common()),
            n_unsure=n if self.answers is None else int(self.answers.unsure.sum()),
            n_checked=int(np.isin(rows, checks).sum()),
            curve=tuple(learning_curve(self.ground, rows, words)) if words else (),
        )

    def asked(self, k: int) -> Iterator[AskedProduct]:
        styles = self.board.model.styles
        for each in self.queue.next(self.learnt, self.skipped, k):
            likely = (
                likely_words(self.ground, self.learnt, each.row, N_PROPOSED) if self.learnt else ()
            )
            yield AskedProduct(
                self.board.looks.product_ids[each.row],
                each.reason,
                styles[each.style].style_id,
                styles[each.beside].style_id,
                tuple(likely),
            )


class StyleLabels:
    """Labels of one shop; safe to share between threads.

    Args:
        store: where they are kept.
        styling: gives styles and products.
        clock: now, in UTC.
    """

    def __init__(
        self,
        store: Store,
        styling: Styling,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._store = store
        self._styling = styling
        self._clock = clock
        self._latest: tuple[str, _Told] | None = None
        self._making = threading.Lock()

    def progress(self) -> LabelProgress:
        """How many labels there are, and what they get right.

        Raises:
            NotFoundError: no styles were found yet.
            DataError: they belong to another encoder.
        """
        told = self._told()
        with self._making:
            return told.progress

    def queue(self, k: int = 12) -> tuple[AskedProduct, ...]:
        """Products that are worth a label most, the best first, no two nearly the same photo.

        Args:
            k: 1 to 200.

        Raises:
            NotFoundError, DataError: as `progress`.
            UsageError: k is out of its range.
        """
        if not 1 <= k <= MOST_ASKED:
            raise UsageError(f"{k} products to label; it is 1 to {MOST_ASKED}")
        told = self._told()
        with self._making:
            return tuple(told.asked(k))

    def give(self, labels: Iterable[tuple[str, str]]) -> LabelProgress:
        """Say what products are called; a later word for a product replaces the earlier one.

        Words that differ in case only are one, spelt as at first.

        Args:
            labels: product id and label. All are kept, or none.

        Raises:
            NotFoundError: no styles were found yet, or a product has no photo or does not exist.
            UsageError: a label is empty or has more than 80 letters, or there are too many.
        """
        pairs = [(product_id, _word(label)) for product_id, label in labels]
        self._known(product_id for product_id, _ in pairs)
        with self._store.transaction() as writer:
            said = self._said()
            spelt = {word.casefold(): word for word in reversed(list(said.labels.values()))}
            kept = dict(said.labels)
            for product_id, word in pairs:
                kept.pop(product_id, None)
                kept[product_id] = spelt.setdefault(word.casefold(), word)
            if len(kept) > MOST_LABELS:
                raise UsageError(
                    f"a shop keeps {MOST_LABELS:,} labels at most, and these would make "
                    f"{len(kept):,}; what is known of so many products belongs into the catalogue"
                )
            self._keep(writer, _Said(kept, tuple(p for p in said.skipped if p not in kept)))
        return self.progress()

    def skip(self, product_ids: Sequence[str]) -> LabelProgress:
        """Do not ask for these again.

        Raises:
            NotFoundError: as `give`.
        """
        self._known(product_ids)
        with self._store.transaction() as writer:
            said = self._said()
            skipped = dict.fromkeys([*said.skipped, *product_ids])
            skipped = tuple(each for each in skipped if each not in said.labels)
            self._keep(writer, _Said(said.labels, skipped))
        return self.progress()

    def forget(self, product_ids: Sequence[str]) -> LabelProgress:
        """Take labels, or skips, back.

        Raises:
            NotFoundError: no styles were found yet, or nothing was said of a product.
        """
        with self._store.transaction() as writer:
            said = self._said()
            for each in product_ids:
                if each not in said.labels and each not in said.skipped:
                    raise NotFoundError(f"nobody gave a label to {each!r} here")
            labels = {name: word for name, word in said.labels.items() if name not in product_ids}
            skipped = tuple(each for each in said.skipped if each not in product_ids)
            self._keep(writer, _Said(labels, skipped))
        return self.progress()

    def given(self) -> tuple[tuple[str, str], ...]:
        """Product id and label of what people said, the last ones first.

        Raises:
            NotFoundError, DataError: as `progress`.
        """
        return tuple(reversed(tuple(self._told().labels.items())))

    def all(self) -> Iterator[ProductLabel]:
        """What every product with a photo is called.

        Raises:
            NotFoundError, DataError: as `progress`.
        """
        told = self._told()
        with self._making:
            found = told.answers
        return (_label_of(told, found, row) for row in range(len(told.rows)))

    def of(self, product_ids: Sequence[str]) -> tuple[ProductLabel, ...]:
        """What these products are called.

        Raises:
            NotFoundError: as `give`.
        """
        rows = self._known(product_ids)
        told = self._told()
        with self._making:
            found = told.answers
        return tuple(_label_of(told, found, row) for row in rows)

    def _known(self, product_ids: Iterable[str]) -> list[int]:
        rows = self._told().rows
        found: list[int] = []
        for each in product_ids:
            if each not in rows:
                raise NotFoundError(f"there is no product {each!r} with a photo in this shop")
            found.append(rows[each])
        return found

    def _told(self) -> _Told:
        board, at = self._styling.board(), self._store.learned_at(_NAME)
        with self._making:
            if self._latest is None or self._latest[0] != at or self._latest[1].board is not board:
                self._latest = (at, self._made(board))
            return self._latest[1]

    def _made(self, board: StyleBoard) -> _Told:
        """Products that are gone, or lost their photo, count no more."""
        before = self._latest[1] if self._latest else None
        same = before is not None and before.board is board
        ground = before.ground if before and same else ground_of(board)
        queue = before.queue if before and same else LabelQueue(board, ground)
        rows = {product_id: row for row, product_id in enumerate(board.looks.product_ids)}
        said = self._said()
        labels = {name: word for name, word in said.labels.items() if name in rows}
        skipped = tuple(rows[each] for each in said.skipped if each in rows)
        return _Told(board, ground, queue, labels, rows, skipped)

    def _said(self) -> _Said:
        record = self._store.learned(_NAME)
        if record is None:
            return _Said({}, ())
        try:
            kept = json.loads(record.content)
            if kept["format"] != _FORMAT:
                raise ValueError(f"format {kept['format']}")
            labels = {str(name): str(word) for name, word in kept["labels"]}
            return _Said(labels, tuple(map(str, kept["skipped"])))
        except (ValueError, KeyError, TypeError) as error:
            raise DataError(f"the shop's labels cannot be read ({error})") from error

    def _keep(self, writer: Writer, said: _Said) -> None:
        """Products that no longer exist are dropped."""
        there = self._store.products([*said.labels, *said.skipped])
        labels = [[name, word] for name, word in said.labels.items() if name in there]
        skipped = [each for each in said.skipped if each in there]
        kept = {"format": _FORMAT, "labels": labels, "skipped": skipped}
        now = self._clock().isoformat(timespec="microseconds")
        about = {"labels": len(labels)}
        content = json.dumps(kept, ensure_ascii=False).encode()
        writer.put_learned(LearnedRecord(_NAME, content, about, now))


def _label_of(told: _Told, found: Answers | None, row: int) -> ProductLabel:
    product_id = told.board.looks.product_ids[row]
    if found is None:
        return ProductLabel(product_id, "", 0.0, False, True)
    word, sure = found.words[int(found.codes[row])], float(found.probabilities[row])
    return ProductLabel(product_id, word, sure, bool(found.given[row]), bool(found.unsure[row]))


def _word(label: str) -> str:
    word = " ".join(label.split())
    if not 1 <= len(word) <= LONGEST_LABEL:
        raise UsageError(f"a label has 1 to {LONGEST_LABEL} letters, not {len(word)}")
    return word
