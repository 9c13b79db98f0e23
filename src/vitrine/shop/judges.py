"""What was learned for recommendations, loaded when it changes."""

from __future__ import annotations

from collections.abc import Mapping

from vitrine.errors import MissingExtraError
from vitrine.recommend import LEARNERS, Judge, Learned, learned_from_bytes, ranker_from_bytes
from vitrine.store import Store

RANKER = "ranker"
SPACE = "space-"
"""Names under which a shop keeps a ranker, and before each name of a learned space."""


class Judges:
    """The ranker and the spaces of a shop; each answer first looks whether they are new.

    Args:
        store: where they are.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._ranker_at = ""
        self._judge: Judge | None = None
        self._learned: Mapping[str, Learned] = {}
        self._notes: tuple[str, ...] = ()

    def judge(self) -> Judge | None:
        """The ranker, where one was trained and can be used."""
        self._refresh()
        return self._judge

    def learned(self) -> Mapping[str, Learned]:
        """Name -> learned space; the same object until something new was learned."""
        self._refresh()
        return self._learned

    def notes(self) -> tuple[str, ...]:
        """Why a trained ranker is not used."""
        return self._notes

    def _refresh(self) -> None:
        newest = self._store.learned_at(RANKER)
        if newest == self._ranker_at:
            return
        found = {name: self._store.learned(SPACE + name) for name in LEARNERS}
        self._learned = {
            name: learned_from_bytes(name, record.content)
            for name, record in found.items()
            if record is not None
        }
        record = self._store.learned(RANKER)
        self._judge, self._notes = None, ()
        if record is not None:
            try:
                self._judge = ranker_from_bytes(record.content)
            except MissingExtraError as error:
                self._notes = (f"the trained ranker is not used: {error}",)
        self._ranker_at = newest
